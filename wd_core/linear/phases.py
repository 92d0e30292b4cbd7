"""How gradient descent behaves at a learning rate and a decay: smooth, rippling, flipping, lost.

Full-batch descent on J moves along each eigenvector of its Hessian by a factor of its own, 1 − ηh.
The largest h decides: below η = 1/h every factor is positive, below 2/h every one is within ±1.
Where ηλ > 1 the factor of pure decay, 1 − ηλ, is negative too: a weight that no example reaches
changes its sign with every step, and so does every direction but one, that of the free bias; where
the bias is decayed, too, every one does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import require
from wd_core.linear.behaviour import behaviour
from wd_core.linear.cycles import cycle_limit
from wd_core.linear.spectrum import largest_curvature, stability
from wd_core.optimizers import OPTIMIZERS, Hyperparameters, Known, Loss
from wd_core.records import Dataset
from wd_core.signatures import typed

Phase = Literal["monotone", "ripples", "flips", "diverges"]
Broken = Literal["none", "decay", "full", "batch", "unknown"]

LOSSES: tuple[Loss, ...] = get_args(Loss)
# Halvings of an interval until only rounding is left.
HALVINGS = 80


@dataclass(frozen=True, eq=False)
class Curvature:
    """The curvature of the training loss over (w, b), made by `Curvature.of`.

    s [r]: eigenvalues of XᵀX/N, the largest first; tilt [r]: x̄ along their eigenvectors. With them
    the largest curvature of J follows for any λ without another decomposition.
    """

    s: Array
    tilt: Array
    decay_bias: bool = False

    @classmethod
    @typed
    def of(cls, X: ArrayLike, *, decay_bias: bool = False) -> Curvature:
        """Of the rows X [N, D]."""
        X = as_array("X", X, 2)
        n, d = X.shape
        squares, U = np.linalg.eigh(X.T @ X / n if d <= n else X @ X.T / n)
        squares, U = np.maximum(squares[::-1], 0), U[:, ::-1]
        tilt = U.T @ X.mean(0) if d <= n else np.sqrt(squares / n) * U.sum(0)
        return cls(squares, tilt, decay_bias)

    @typed
    def largest(self, weight_decay: ArrayLike) -> Array:
        """The largest eigenvalue of [[XᵀX/N + λI, x̄], [x̄ᵀ, 1]] for one λ or an array of them."""
        lam = as_array("weight_decay", weight_decay, np.ndim(weight_decay))
        require(bool((lam >= 0).all()), "weight_decay", ">= 0", float(lam.min(initial=0.0)))
        corner = 1.0 + lam if self.decay_bias else np.ones_like(lam)
        # The root above all s + λ and the corner of h − corner − Σ tilt²/(h − s − λ), which rises.
        low = np.maximum(self.s[0] + lam, corner)
        high = low + float(np.linalg.norm(self.tilt))
        diagonal, squares = self.s + lam[..., None], self.tilt**2
        pulls, before = squares > 0, np.full(lam.shape, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                terms = squares / (middle[..., None] - diagonal)
                pull = np.where(pulls, terms, 0.0).sum(-1)
                above = middle - corner >= pull
                low, high = np.where(above, low, middle), np.where(above, middle, high)
                if np.array_equal(middle, before):  # no float lies between any more
                    break
                before = middle
        return np.asarray(high)

    @typed
    def phase(self, lr: float, weight_decay: float) -> Phase:
        """Of full-batch descent with the half mean square at η and λ.

        monotone: no direction changes its sign on the way to the minimum; ripples: some do, and
        the way still ends there; flips: all but a free bias's do (ηλ > 1); diverges: η >= 2/h,
        where the way never ends.
        """
        h = float(self.largest(weight_decay))
        if lr * h >= 2:
            return "diverges"
        if lr * weight_decay > 1:
            return "flips"
        return "ripples" if lr * h > 1 else "monotone"


@dataclass(frozen=True, eq=False)
class Limits:
    """Where the learning rate of a run stands against what it may be.

    largest: the largest curvature s_max of the data loss over (w, b); with_decay: h, the same with
    the decay in it; full: the exact limit of full-batch descent with its formula, None where none
    is known, and `counted` the λ that stands in its h; batch: an estimate of it for minibatches,
    `batch_limit` (NaN for a full batch, and where there is none); takes_all: whether every step
    takes all examples; shrink: ηλ; alone: the η from which a full step of decay alone makes w
    longer, None where none does, and `grows` whether an epoch of it does.
    """

    dataset: Dataset = field(repr=False)
    run: Hyperparameters
    largest: float
    with_decay: float
    full: Known | None
    counted: Known | None
    batch: float
    takes_all: bool
    shrink: float
    alone: Known | None
    grows: bool

    @property
    def lr(self) -> float:
        """η of the run."""
        return self.run.lr

    @cached_property
    def table(self) -> dict[tuple[str, str], Known | None]:
        """`full` for every optimizer and loss convention that go with the rest of the run.

        That stays as it is. Worked out on first access, for each asks for a curvature of its own.
        """
        X, run = self.dataset.X_train, self.run
        return {
            (name, loss): stability(X, replace(run, optimizer=name, loss=loss))
            for name in OPTIMIZERS
            for loss in LOSSES
            if run.can_have(optimizer=name, loss=loss)
        }

    @property
    def limit(self) -> float:
        """The limit of this run's steps, on all examples or on batches; NaN if unknown."""
        if self.full is None or not self.takes_all:
            return self.batch
        return self.full.value

    @property
    def broken(self) -> Broken:
        """The limit that the run breaks: decay's own, of all examples, or of its batches."""
        if self.grows:
            return "decay"
        if math.isnan(self.limit):
            return "unknown"
        if self.lr < self.limit:
            return "none"
        return "full" if self.takes_all else "batch"


@typed
def limits(dataset: Dataset, run: Hyperparameters) -> Limits:
    """Measured on this training set; see `stability` for what each limit means."""
    X, known = dataset.X_train, behaviour(run, dataset.n_train)
    full = stability(X, run)
    scale = 2 if run.loss == "mse" else 1
    if full is None:
        decayed = scale * largest_curvature(X, run.ridge_weight_decay, decay_bias=run.decay_bias)
    else:
        decayed = full.symbols["h"]
    return Limits(
        dataset=dataset,
        run=run,
        largest=scale * largest_curvature(X),
        with_decay=decayed,
        full=full,
        counted=known.counted,
        batch=batch_limit(dataset, run),
        takes_all=known.takes_all,
        shrink=run.lr * run.weight_decay,
        alone=known.limit_alone,
        grows=known.grows_alone,
    )


@typed
def batch_limit(dataset: Dataset, run: Hyperparameters) -> float:
    """An estimate of where minibatch descent diverges, `cycle_limit`; NaN for a full batch.

    What one batch stirs up is carried through the next ones, damped or made worse by them, so no
    batch by itself has the limit. Epochs have other orders than the first: a bound on neither side.
    """
    return math.nan if run.batch_size >= dataset.n_train else cycle_limit(dataset, run)
