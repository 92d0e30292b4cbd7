"""Lion (Chen et al. 2023): every weight steps by η, in the direction of a sign."""

from __future__ import annotations

from wd_core.optimizers.entry import Decay, Optimizer, Parts, Rates, State, Tensor, Torch
from wd_core.optimizers.facts import APART, NO_FACTOR, box_if_whole, ridge_if_whole
from wd_core.optimizers.settings import RunSettings

DEFINITION = '''\
class Lion(torch.optim.Optimizer):
    """As in Chen et al., Symbolic Discovery of Optimization Algorithms (2023)."""

    def __init__(self, params, lr, betas, weight_decay=0.0):
        numbers = {"lr": lr, "betas": betas, "weight_decay": weight_decay}
        super().__init__(params, numbers)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, (beta1, beta2) = group["lr"], group["betas"]
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                p.mul_(1 - lr * group["weight_decay"])
                p.sub_(lr * torch.sign(beta1 * mean + (1 - beta1) * p.grad))
                mean.mul_(beta2).add_((1 - beta2) * p.grad)
'''
SIGNS = (
    "Where such a run ends on batches is not known: of each weight's average gradient only the "
    "sign counts, and that changes from batch to batch."
)


def _lion(v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int) -> tuple[Tensor, State]:
    (mean,) = state
    gradient = rates.pulled(gradient, v)
    mixed = rates.beta1 * mean + (1 - rates.beta1) * gradient
    step = rates.lr * (mixed > 0) - rates.lr * (mixed < 0)
    return rates.kept(v) - step, (rates.beta2 * mean + (1 - rates.beta2) * gradient,)


def _options(run: RunSettings) -> tuple[str, ...]:
    betas = ", ".join(repr(float(beta)) for beta in run.betas)
    return (f"betas=({betas})",)


LION = Optimizer(
    label="Lion",
    formula=(
        r"\begin{gathered} w \leftarrow w - \eta\,\mathrm{sign}(\beta_1 m + (1-\beta_1) g) \\"
        r" m \leftarrow \beta_2 m + (1-\beta_2) g \end{gathered}"
    ),
    reads=("betas",),
    needs={},
    slots=("mean",),
    update=_lion,
    parts=Parts(
        memory="mean",
        remember=lambda memory, gradient, rates: (
            rates.beta2 * memory + (1 - rates.beta2) * gradient
        ),
        respond=lambda gradient, memory, rates: rates.beta1 * memory + (1 - rates.beta1) * gradient,
        # where the average is 0 there is no step, and nothing to divide
        scale=lambda response, state, rates, t: abs(response) + (response == 0),
    ),
    linear=False,
    degree=0,
    leaves_span=(
        "It steps by the sign of each weight's average gradient, which leads out of the row space."
    ),
    one_decay=False,
    featured=False,
    decays={
        "coupled": Decay(
            name="Lion with L2",
            acts="λw joins the gradient, and of the average of both only the sign counts.",
            part=(
                "λw enters the gradient, and of the average of all gradients Lion takes the sign: "
                "the average divided by its size. Decay's part is the share that the terms λw of "
                "this and earlier steps have in that average, divided alike; the two parts add up "
                "to the step."
            ),
            limit=None,
            end=ridge_if_whole(SIGNS),
            torch=Torch(call="Lion", options=_options, decays=False, definition=DEFINITION),
            **NO_FACTOR,
        ),
        "decoupled": Decay(
            name="Lion",
            limit=None,
            end=box_if_whole(SIGNS),
            torch=Torch(call="Lion", options=_options, decays=True, definition=DEFINITION),
            **APART,
        ),
    },
)
