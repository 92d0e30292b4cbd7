"""Independent answers: torch.optim with autograd, least squares by stacking, sums written out.

Nothing here imports a formula from `wd_core`; only its specs are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from wd_core import Dataset, Hyperparameters

Array = NDArray[np.float64]
Batches = list[list[NDArray[np.int64]]]


def random_dataset(
    n: int, d: int, seed: int = 0, *, n_test: int = 9, offset: float = 0.3, scale: float = 1.0
) -> Dataset:
    """Gaussian features with a mean that is not zero, targets of order one."""
    draw = np.random.default_rng(seed)
    w = draw.normal(size=d) / np.sqrt(d)

    def part(rows: int) -> tuple[Array, Array]:
        X = scale * (draw.normal(size=(rows, d)) + offset)
        return X, X @ w / scale + 0.7 + 0.3 * draw.normal(size=rows)

    return Dataset(*part(n), *part(n_test), w_true=w)


def random_batches(n: int, batch_size: int, epochs: int, seed: int = 0) -> Batches:
    """A shuffle for every epoch, cut into batches, the last one short where n is no multiple."""
    draw = np.random.default_rng(seed)
    return [
        [order[i : i + batch_size] for i in range(0, n, batch_size)]
        for order in (draw.permutation(n) for _ in range(epochs))
    ]


def half_mean_square(X: Array, y: Array, w: Array, b: float) -> float:
    """1/(2N) Σ (x·w + b − y)², example by example."""
    return sum((float(x @ w) + b - t) ** 2 for x, t in zip(X, y, strict=True)) / (2 * len(y))


@dataclass
class Path:
    """Weights [steps + 1, D] and bias [steps + 1] after every epoch, epoch 0 first."""

    weights: Array
    bias: Array


def torch_path(
    dataset: Dataset, run: Hyperparameters, w0: Array, b0: float, batches: Batches
) -> Path:
    """One run by autograd and torch.optim, one parameter group each for w and b."""
    X, y = torch.tensor(dataset.X_train), torch.tensor(dataset.y_train)
    w = torch.tensor(w0, requires_grad=True)
    b = torch.tensor(float(b0), dtype=torch.float64, requires_grad=True)
    decayed = [w, b] if run.decay_bias else [w]
    optimizer = _optimizer(run, w, b)
    weights, bias = [w.detach().numpy().copy()], [b.item()]
    for epoch in batches:
        for batch in epoch:
            rows = torch.as_tensor(np.asarray(batch))
            optimizer.zero_grad()
            _loss(run, X[rows] @ w + b, y[rows], decayed).backward()
            if run.decay == "decoupled":
                with torch.no_grad():
                    for parameter in decayed:
                        parameter.mul_(1 - run.lr * run.weight_decay)
            optimizer.step()
            if run.max_norm is not None:
                with torch.no_grad():
                    w.mul_(min(1.0, run.max_norm / w.norm().item()))
        weights.append(w.detach().numpy().copy())
        bias.append(b.item())
    return Path(np.array(weights), np.array(bias))


def _loss(
    run: Hyperparameters, output: torch.Tensor, y: torch.Tensor, decayed: Sequence[torch.Tensor]
) -> torch.Tensor:
    """The book's scratch loss (penalty broadcast, nominal batch size), or MSELoss."""
    if run.loss == "mse":
        return torch.nn.functional.mse_loss(output, y)
    rows = (output - y) ** 2 / 2
    if run.decay == "coupled":
        rows = rows + run.weight_decay * sum((p**2).sum() for p in decayed) / 2
    return rows.sum() / run.batch_size


def _optimizer(run: Hyperparameters, w: torch.Tensor, b: torch.Tensor) -> torch.optim.Optimizer:
    # The scratch loss holds its penalty already; decoupled decay is written out above.
    decay = run.weight_decay if run.loss == "mse" and run.decay == "coupled" else 0.0
    groups = [
        {"params": [w], "weight_decay": decay},
        {"params": [b], "weight_decay": decay if run.decay_bias else 0.0},
    ]
    return ORACLES[run.optimizer](groups, run)


class PaperLion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al., Symbolic Discovery of Optimization Algorithms (2023), in NumPy.

    Coupled decay is that of torch.optim: weight_decay·p joins the gradient first.
    """

    def __init__(self, params, run):
        super().__init__(params, {"lr": run.lr, "weight_decay": 0.0})
        self.beta1, self.beta2 = run.betas
        self.mean = {}

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                theta = p.numpy()
                g = p.grad.numpy() + group["weight_decay"] * theta
                m = self.mean.get(p, np.zeros_like(theta))
                update = np.sign(self.beta1 * m + (1 - self.beta1) * g)
                self.mean[p] = self.beta2 * m + (1 - self.beta2) * g
                p.copy_(torch.as_tensor(theta - group["lr"] * update))


def _sgd(groups, run, **more):
    return torch.optim.SGD(groups, lr=run.lr, **more)


# The one line that each optimizer has here: itself from torch, or from its paper.
ORACLES = {
    "sgd": _sgd,
    "momentum": lambda p, run: _sgd(p, run, momentum=run.momentum),
    "nesterov": lambda p, run: _sgd(p, run, momentum=run.momentum, nesterov=True),
    "adam": lambda p, run: torch.optim.Adam(p, lr=run.lr, betas=run.betas, eps=run.eps),
    "rmsprop": lambda p, run: torch.optim.RMSprop(p, lr=run.lr, alpha=run.betas[1], eps=run.eps),
    "lion": PaperLion,
}


def present(run, age):
    """A rule that steps by the present gradient alone."""
    return 1.0 * (age == 0)


# What a rule that keeps earlier gradients makes of those of so many steps ago, before it divides by
# their size; a rule without a line here takes the present one alone.
AGES = {
    "momentum": lambda run, age: run.momentum**age,
    "nesterov": lambda run, age: run.momentum ** (age + 1) + (age == 0),
    "adam": lambda run, age: run.betas[0] ** age,
    "lion": lambda run, age: np.where(
        age == 0,
        1 - run.betas[0],
        run.betas[0] * (1 - run.betas[1]) * run.betas[1] ** np.maximum(age - 1.0, 0),
    ),
}


def ridge(X: Array, y: Array, weight_decay: float) -> tuple[Array, float]:
    """argmin of 1/(2N) Σ r² + (λ/2)‖w‖² by least squares on stacked rows; λ = 0: least norm."""
    n, d = X.shape
    x_mean, y_mean = X.mean(0), y.mean()
    rows = np.vstack([X - x_mean, np.sqrt(n * weight_decay) * np.eye(d)])
    w = np.linalg.lstsq(rows, np.concatenate([y - y_mean, np.zeros(d)]), rcond=1e-12)[0]
    return w, float(y_mean - x_mean @ w)


def without_row(dataset: Dataset, i: int) -> tuple[Array, Array]:
    """The training data less one example."""
    return np.delete(dataset.X_train, i, 0), np.delete(dataset.y_train, i)


def schemes(epochs: int, batch_size: int) -> Iterator[Hyperparameters]:
    """Every optimizer × kind of decay × loss × bias decay × projection, all stable."""
    for optimizer in ORACLES:
        for decay in ("coupled", "decoupled"):
            for loss in ("half_mse", "mse"):
                for decay_bias in (False, True):
                    for max_norm in (None, 0.6):
                        yield Hyperparameters(
                            weight_decay=0.7,
                            lr=0.02,
                            batch_size=batch_size,
                            epochs=epochs,
                            optimizer=optimizer,
                            momentum=0.8,
                            betas=(0.85, 0.97),
                            eps=1e-3,
                            decay=decay,
                            loss=loss,
                            max_norm=max_norm,
                            decay_bias=decay_bias,
                        )


def name_of(run: Hyperparameters) -> str:
    """A test's name for a scheme."""
    parts = [run.optimizer, run.decay, run.loss]
    parts += ["decay_bias"] * run.decay_bias + ["max_norm"] * (run.max_norm is not None)
    return "-".join(parts)
