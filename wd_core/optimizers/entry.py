"""What the registry says of an optimizer: its rule, and every fact that words are made from.

A rule is written with operators alone, so that the same function runs on NumPy arrays and on torch
tensors. It moves the augmented weights v [K+2, R]: the coordinates of w, the bias, and a constant
−1 (see `models.linear`). `Rates` holds every number of the runs in a shape that broadcasts against
v; gradient and decay are zero in the rows that they must not touch, so no rule mentions bias or
constant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from wd_core.checks import Phrase, require
from wd_core.optimizers.formula import Formula
from wd_core.optimizers.settings import KINDS, Kind, RunSettings

Tensor = Any  # np.ndarray on the CPU, torch.Tensor on a GPU: operators only
State = tuple[Tensor, ...]
SHAPES = ("ridge", "box", "neither")
# How formulas write the numbers of a run that no page has a setting for.
CONSTANTS: Mapping[str, tuple[str, Callable[[RunSettings], float]]] = {
    "beta1": (r"\beta_1", lambda run: run.betas[0]),
    "beta2": (r"\beta_2", lambda run: run.betas[1]),
    "eps": (r"\epsilon", lambda run: run.eps),
}


@dataclass(frozen=True)
class Rates:
    """The numbers of one step for R runs: lr, pull, keep [K+2, R], the rest [1, R].

    `pull` is the coefficient of w in the gradient (coupled decay); `keep` multiplies w before the
    step (decoupled decay). What all the runs have alike may be a single number; so `pull` is 0.0,
    or `keep` 1.0, where that kind of decay is idle, and costs nothing. `cut`: how far w is
    thresholded after the step, None where the penalty has no sharp part; rules do not read it.
    """

    lr: Tensor
    pull: Tensor | float
    keep: Tensor | float
    momentum: Tensor | float
    beta1: Tensor | float
    beta2: Tensor | float
    eps: Tensor | float
    cut: Tensor | None = None

    def pulled(self, gradient: Tensor, v: Tensor) -> Tensor:
        """The gradient with coupled decay in it, in place."""
        if not isinstance(self.pull, float):
            gradient += self.pull * v
        return gradient

    def kept(self, v: Tensor) -> Tensor:
        """v with decoupled decay taken off."""
        return v if isinstance(self.keep, float) else self.keep * v

    def at(self, lr: Tensor | float, decay: Tensor | float) -> Rates:
        """The numbers of a step whose η, and whose decay beside the gradient, are so many times."""
        keep = self.keep if isinstance(self.keep, float) else 1 - (1 - self.keep) * decay
        cut = None if self.cut is None else self.cut * lr
        rest = self.momentum, self.beta1, self.beta2, self.eps
        return Rates(self.lr * lr, self.pull, keep, *rest, cut)


Update = Callable[[Tensor, Tensor, State, Rates, int], tuple[Tensor, State]]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """How a step is a sum over the gradients it has seen, so that each one's part can be named.

    The step is −lr·respond/scale. `respond(gradient, memory, rates)` is linear in the present
    gradient and in what is kept of earlier ones; `remember(memory, gradient, rates)` is what is
    kept after it, and `memory` the slot in which the rule keeps it, None for a rule that keeps
    nothing of the kind. `scale(response, state, rates, t)` is what the whole step is divided by,
    from the whole response and the rule's state after the step.
    """

    memory: str | None
    remember: Callable[[Any, Any, Rates], Any]
    respond: Callable[[Any, Any, Rates], Any]
    scale: Callable[[Any, State, Rates, int], Any]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Where descent on all examples stops converging, for a rule that is linear in its gradients.

    lr (in h and μ): the learning rate from which it does not converge, h being the largest
    curvature over (w, b) of what is descended, with `counted` (in λ and μ) in the place of λ.
    """

    lr: Formula
    counted: Formula

    def __post_init__(self) -> None:
        _require_texts(self)


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a run goes as η → 0 on all examples at once.

    shape "ridge": to the exact ridge solution whose λ is `strength` (in λ and μ); "box": to the
    least loss with every |w_j| at most `strength`; "neither": to no such point, and `strength` is
    None. `on_batches`: whether that holds on batches, too. Where it does not, and where the shape
    is neither, `elsewhere` says why in a sentence.
    """

    shape: Literal["ridge", "box", "neither"]
    strength: Formula | None
    on_batches: bool
    elsewhere: str = ""

    def __post_init__(self) -> None:
        require(
            self.shape in SHAPES,
            "end.shape",
            Phrase("one of {choices}", choices=", ".join(SHAPES)),
            self.shape,
        )
        if self.shape == "neither":
            require(self.strength is None, "end.strength", "None, beside neither", self.strength)
        else:
            stated = isinstance(self.strength, Formula)
            require(
                stated,
                "end.strength",
                Phrase("the Formula of the {shape}", shape=self.shape),
                self.strength,
            )
        require(isinstance(self.on_batches, bool), "end.on_batches", "stated", self.on_batches)
        said = bool(str(self.elsewhere or "").strip())
        require(
            said or (self.on_batches and self.shape != "neither"),
            "end.elsewhere",
            "a sentence, where the end is not known on batches or at all",
            self.elsewhere,
        )


@dataclass(frozen=True, kw_only=True)
class Torch:
    """How the rule is written in PyTorch.

    call: the class; options(run): its arguments beside the parameters and lr, as text; `decays`:
    whether its weight_decay is this kind of decay (else decay is written by hand); definition: the
    source of a class that torch lacks, which takes (params, lr, ..., weight_decay=0.0).
    """

    call: str
    options: Callable[[RunSettings], tuple[str, ...]]
    decays: bool
    definition: str = ""

    def __post_init__(self) -> None:
        named = bool(str(self.call or "").strip())
        require(named, "torch.call", "the name of a class", self.call)
        require(callable(self.options), "torch.options", "a function of a run", self.options)
        require(isinstance(self.decays, bool), "torch.decays", "True or False", self.decays)


@dataclass(frozen=True, kw_only=True)
class Decay:
    """What one kind of decay does under a rule.

    name: what the two together are called; acts: a sentence on how it acts; part: a sentence on
    what "decay's part" of a step is; `factor`: whether every step multiplies w by 1 − ηλ as such,
    beside what the gradients do, and, where not, `no_factor`: a sentence that says why;
    limit: None where no limit is known; end: where a run goes; torch: the same in PyTorch.
    """

    name: str
    acts: str
    part: str
    factor: bool
    no_factor: str
    limit: Limit | None
    end: Destination
    torch: Torch

    def __post_init__(self) -> None:
        _require_texts(self, optional=("no_factor",))
        require(
            self.factor or bool(self.no_factor.strip()),
            "no_factor",
            "a sentence, where no factor describes the decay",
            self.no_factor,
        )


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """One entry of the registry; a fact that is missing or blank raises ValueError with its name.

    label and formula (LaTeX) are for the page; `reads` names the fields of Hyperparameters it uses,
    and `needs` what it asks of them: a rule in words and a test, by field. `slots` names its arrays
    of state (all start at zero), `update(v, gradient, state, rates, t)` is step number t = 1, 2,
    ... and returns (v, state); the gradient is its own, and all else that it is given it leaves as
    it is; `parts` takes a step apart. `linear`: whether the step is linear in
    v, gradient and state. `degree`: gradients c times as large (and an ε likewise) make the steps
    c^degree times as large. `leaves_span`: "" where v never leaves the span of its start and the
    training rows, else a sentence that says why it does. `one_decay`: whether coupled and decoupled
    decay are the same rule, which is then given as `keep`. `featured`: whether the overview of
    learning rate by decay shows it.
    """

    label: str
    formula: str
    reads: tuple[str, ...]
    needs: Mapping[str, tuple[str, Callable[[Any], bool]]]
    slots: tuple[str, ...]
    update: Update
    parts: Parts
    linear: bool
    degree: Literal[0, 1]
    leaves_span: str
    one_decay: bool
    featured: bool
    decays: Mapping[Kind, Decay]

    def __post_init__(self) -> None:
        _require_texts(self, optional=("leaves_span",))
        known = {field.name for field in fields(RunSettings)}
        for name in ("reads", "needs"):
            strange = set(getattr(self, name)) - known
            require(not strange, name, "fields of Hyperparameters", sorted(strange))
        require(
            set(self.decays) == set(KINDS),
            "decays",
            Phrase("one of {kinds} each", kinds=KINDS),
            [*self.decays],
        )
        for name in ("update", *(f"parts.{part}" for part in ("remember", "respond", "scale"))):
            owner = self.parts if "." in name else self
            require(callable(getattr(owner, name.split(".")[-1])), name, "a function", None)
        memory = self.parts.memory
        require(memory is None or memory in self.slots, "parts.memory", "one of the slots", memory)
        limited = all(decay.limit is not None for decay in self.decays.values())
        require(limited or not self.linear, "limit", "stated for a linear rule", None)
        require(self.degree in (0, 1), "degree", "0 or 1", self.degree)

    @property
    def spans(self) -> bool:
        """Whether v never leaves the span of its start and the training rows."""
        return not self.leaves_span

    @property
    def plain(self) -> bool:
        """Whether a step is w ← (1−ηλ)w − ηg, with nothing kept from earlier ones."""
        return self.linear and not self.slots

    def alias(self, kind: Kind) -> str:
        """What the rule is called with this kind of decay; "" where that is made from its label.

        And where both kinds are one rule.
        """
        name = self.decays[kind].name
        made = re.search(rf"(?<!\w){re.escape(self.label)}(?!\w)", name)
        return "" if made or self.one_decay else name

    def constants(self, run: RunSettings) -> dict[str, float]:
        """The numbers of its formula for which no page has a setting, as this run has them."""
        named = CONSTANTS.items()
        return {name: of(run) for name, (latex, of) in named if latex in self.formula}


def _require_texts(entry: object, optional: tuple[str, ...] = ()) -> None:
    """Every text of an entry says something, and every fact is there; a limit may be unknown."""
    for field in fields(entry):  # type: ignore[arg-type]
        value = getattr(entry, field.name)
        blank = isinstance(value, str) and not value.strip() and field.name not in optional
        absent = value is None and field.name != "limit"
        require(not (blank or absent), field.name, "stated", value)
