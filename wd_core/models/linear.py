"""The linear model: runs as the columns of one matrix, in a basis of what they can reach.

Runs that share data, batch order and update rule are the columns of one matrix v [K+2, R], whose
rows are the K coordinates of w, the bias and a constant −1: on rows A = [x, 1, y] the residual is
then A v and the gradient Aᵀ(A v). Where a run never leaves the span of its start and the training
rows (`Hyperparameters.spans`), w is kept in an orthonormal basis of that span, so that d = 200 with
20 examples costs 21 coordinates; losses and ‖w‖ are the same in any such basis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from wd_core.arrays import Array, as_array
from wd_core.checks import Phrase, require
from wd_core.device import Place
from wd_core.models.seam import Offer, Order
from wd_core.objective import augmented
from wd_core.optimizers import Hyperparameters, Optimizer, Rates, Runs, Tensor, thresholded
from wd_core.records import Dataset, EpochRecord
from wd_core.scoring import Scorer, basis_pays, folded, spread_of
from wd_core.seeding import generator, start_draw

Start = tuple[Array, Array]

# Training sets up to this many numbers are prepared in float64 whatever the run's own precision.
SMALL = 1 << 20
# Rough overhead of a step, only to size the blocks.
STEP_SECONDS = 8e-6
# A training set up to this size is gathered an epoch at a time; a larger one would leave the cache.
GATHER_WHOLE = 1 << 16
# Columns are counted in odd multiples of this: rows whose length is a power of two fall onto the
# same lines of the cache, and the second product of a step then takes half as long again.
ODD = 16


@dataclass(frozen=True)
class Linear:
    """x·w + b, with the half mean square or, as `Hyperparameters.loss` says, the mean square."""

    offers: ClassVar[frozenset[Offer]] = frozenset({"exact solutions", "directions", "steps"})

    def given_start(
        self, start: tuple[ArrayLike, ArrayLike], n_runs: int, dataset: Dataset
    ) -> Start:
        """(weights [D] or [R, D], bias scalar or [R]) as arrays [R, D] and [R]."""
        n_features = dataset.n_features
        require(len(start) == 2, "start", "weights and bias", len(start))
        weights, bias = start
        weights = as_array("start weights", weights, min(max(np.ndim(weights), 1), 2))
        bias = as_array("start bias", bias, min(np.ndim(bias), 1))
        for name, array, shape in (
            ("start weights", weights, (n_runs, n_features)),
            ("start bias", bias, (n_runs,)),
        ):
            fits = array.shape in (shape, shape[1:])
            require(
                fits,
                name,
                Phrase("of shape {shape} or {rest}", shape=shape, rest=shape[1:]),
                array.shape,
            )
        return np.broadcast_to(weights, (n_runs, n_features)), np.broadcast_to(bias, (n_runs,))

    def of_runs(self, start: Start, rows: Sequence[int]) -> Start:
        """The part of a given start that belongs to these runs."""
        return start[0][rows], start[1][rows]

    def check(self, dataset: Dataset, runs: Sequence[Hyperparameters]) -> None:
        """Any data and any settings will do."""

    def problem(
        self,
        dataset: Dataset,
        runs: Runs,
        where: Place,
        start: Start | None,
    ) -> Columns:
        """These runs as columns."""
        first, X = runs[0], dataset.X_train
        n, d, R = dataset.n_train, dataset.n_features, len(runs)
        if start is None:
            draw = start_draw(first.seed, d)
            directions, which = draw[None, :-1], np.zeros(R, dtype=np.int64)
            scale = runs.numbers("init_std")
            b0 = runs.numbers("init_bias_std") * draw[-1]
        else:
            w0, b0 = start
            directions, which = _apart(w0)
            scale = np.ones(R)
        spread = spread_of(X, directions, first.epochs * R, runs.spans)
        # the weight of a row in a batch's gradient goes into the rows, and out of the losses again
        weight = weight_of(first)
        # a large set is not copied more than once; a small one is folded before it loses digits
        precise = n * d <= SMALL or where.dtype in (np.float64, torch.float64)
        width = np.float64 if precise else np.float32
        rows = augmented(spread.shrink(X), dataset.y_train, weight**0.5, width)
        test_rows = augmented(spread.shrink(dataset.X_test), dataset.y_test)
        # `take` lays the rows one after the other, as all that a step makes: two orders are slow
        columns = scale * spread.shrink(directions).T.take(which, 1)
        v = np.concatenate([columns, [b0], np.full((1, R), -1.0)])
        A, few = where.put(rows), folded(rows, first.epochs * R)
        scorer = Scorer(
            train=A if few is rows else where.put(few),
            test=where.put(folded(test_rows, first.epochs * R)),
            n_train=n * weight,
            n_test=len(dataset.X_test),
            runs=runs,
            spread=spread,
            where=where,
        )
        noisy = runs.numbers("input_noise").any()
        return (NoisyColumns if noisy else Columns)(A, where.put(v), runs, where, scorer)

    def height(
        self, n: int, d: int, runs: Sequence[Hyperparameters], n_classes: int | None = None
    ) -> int:
        """Rows of the matrix that holds the first run and its like: coordinates, bias, constant."""
        first = runs[0]
        pays = basis_pays(Runs.of(runs).spans, n, d, 1, first.epochs * len(runs))
        return (n + 1 if pays else d) + 2


def _apart(w0: Array) -> tuple[Array, NDArray[np.int64]]:
    """The different rows, and which of them each is."""
    if (w0 == w0[0]).all():  # as most often; sorting rows takes far longer
        return w0[:1], np.zeros(len(w0), dtype=np.int64)
    return np.unique(w0, axis=0, return_inverse=True)


class Columns:
    """A group of runs on rows A [N, K+2], moved from v [K+2, R]."""

    def __init__(
        self,
        A: Tensor,
        v: Tensor,
        runs: Runs,
        where: Place,
        scorer: Scorer | None = None,
    ) -> None:
        self.A, self.start, self.runs, self.where, self.scorer = A, v, runs, where, scorer
        self.gather_whole = A.shape[0] * A.shape[1] <= GATHER_WHOLE
        first = runs[0]
        self._nominal, self._halved = first.batch_size, first.loss == "half_mse"
        self._product, self._none = where.product, where.put(0.0)
        radii = runs.numbers("max_norm")
        self.radius = where.put([radii]) if np.isfinite(radii).any() else None

    def batches(self, order: Order) -> Iterator[Tensor]:
        """The rows of each batch."""
        index, edges = order
        rows = self.where.rows
        whole = rows(self.A, index) if self.gather_whole else None
        for i, j in pairwise(edges):
            yield rows(self.A, index[i:j]) if whole is None else whole[i:j]

    def rates(self, rule: Optimizer, rows: int) -> Rates:
        """The numbers of a step; under `half_mse` coupled decay counts as a short batch does."""
        share = rows / self._nominal if self._halved else 1.0
        return rates_of(self.runs, rule, len(self.start), share, self.where)

    def each(self, numbers: Array) -> Tensor:
        """One number for each run, as a row."""
        return self.where.put([numbers])

    def gradient(self, v: Tensor, batch: Tensor) -> Tensor:
        """Aᵀ(A v), weighted where a short batch is divided by its own size."""
        residual = self._product(batch, v)
        if not self._halved and len(batch) != self._nominal:
            residual = 1 / (len(batch) / self._nominal) * residual
        gradient = self._product(batch.mT, residual)
        gradient[-1] = self._none  # the constant −1 stays
        return gradient

    def project(self, v: Tensor, rates: Rates) -> None:
        """Thresholded by a sharp penalty, then onto ‖w‖ <= max_norm, where a run has one.

        In this order the two are the proximal map of both together.
        """
        if rates.cut is not None:
            v[:-2] = thresholded(v[:-2], rates.cut)
        if self.radius is not None:
            w = v[:-2]
            w *= (self.radius / (w * w).sum(0) ** 0.5).clip(max=1)

    def lots(self) -> list[Columns]:
        """So many columns at a time that what a step works on stays in the cache."""
        size = max(1, self.where.lot // len(self.start))
        if size >= ODD:
            size = ODD * (size // ODD - 1 | 1)  # the odd multiple
        if len(self.runs) <= size:
            return [self]
        return [self._part(slice(i, i + size)) for i in range(0, len(self.runs), size)]

    def _part(self, part: slice) -> Columns:
        runs = self.runs[part]
        v = self.where.put(self.start[:, part]) + 0  # a copy, whose columns are all it has
        scorer = None if self.scorer is None else replace(self.scorer, runs=runs)
        return type(self)(self.A, v, runs, self.where, scorer)

    def watch(self, epoch: int, v: Tensor) -> None:
        """Divergence alone."""
        assert self.scorer is not None
        self.scorer.watch(epoch, v)

    def score(self, epochs: Sequence[int], states: Sequence[Tensor]) -> list[EpochRecord]:
        """Losses, norms, divergence."""
        assert self.scorer is not None  # left out where steps alone are asked for
        return self.scorer.score(epochs, states)

    step_seconds = STEP_SECONDS

    @property
    def height(self) -> int:
        """How many numbers a run moves."""
        return len(self.start)

    @property
    def held(self) -> int:
        """How many numbers a state and the scoring of it hold."""
        assert self.scorer is not None
        rows = len(self.start) + len(self.scorer.train) + len(self.scorer.test)
        return len(self.runs) * rows


class NoisyColumns(Columns):
    """The same, of which some see their inputs with fresh noise at every step.

    The draw E [m, D] of a batch is that of all runs, which differ by σ: on rows [x + σe, 1, y] the
    residual is A v + σ·E w, and the gradient of w has σ·Eᵀ of it more.
    """

    def __init__(self, A: Tensor, v: Tensor, runs: Runs, *more: Any) -> None:
        super().__init__(A, v, runs, *more)
        self._sigma = self.where.put([runs.numbers("input_noise")])
        self._fresh = generator(runs[0].seed, "input noise")
        self._weight = weight_of(runs[0]) ** 0.5

    def gradient(self, v: Tensor, batch: Tensor) -> Tensor:
        """Aᵀ(A v) with the noise in A."""
        draw = torch.randn(len(batch), len(v) - 2, generator=self._fresh, dtype=torch.float64)
        noise = self.where.put(self._weight * draw.numpy())
        residual = batch @ v + self._sigma * (noise @ v[:-2])
        if not self._halved:
            residual = residual / (len(batch) / self._nominal)
        gradient = batch.mT @ residual
        gradient[:-2] += self._sigma * (noise.mT @ residual)
        gradient[-1] = self._none
        return gradient


def weight_of(run: Hyperparameters) -> float:
    """What the square of a row's residual counts in the gradient's loss, on a full batch."""
    return (1 if run.loss == "half_mse" else 2) / run.batch_size


def rates_of(runs: Runs, rule: Optimizer, height: int, share: float, where: Place) -> Rates:
    """The numbers of a step in the shapes of `Rates`; `share` scales coupled decay, and cuts."""

    def common(name: str) -> Tensor | float:
        """A row, or the one number that all have."""
        if name not in runs.columns:
            return float(getattr(runs.base, name))
        return where.put([runs.numbers(name)])

    def betas() -> Sequence[Tensor | float]:
        """The same of both."""
        if "betas" not in runs.columns:
            return runs.base.betas
        return [where.put([part]) for part in runs.column("betas").T]

    def tall(weights: Array, bias: Array, constant: float) -> Tensor:
        """Numbers of the runs in every row of w, in the bias's, and in that of the constant."""
        numbers = np.empty((height, len(runs)))
        numbers[:-2], numbers[-2], numbers[-1] = weights, bias, constant
        return where.put(numbers)

    beta1, beta2 = betas()
    lr, on_bias, coupled = runs.numbers("lr"), runs.numbers("decay_bias"), runs.coupled
    decay, sharp = runs.smooth * np.where(coupled, share, 1.0), runs.sharp
    in_gradient = 0 * coupled if rule.one_decay else coupled
    pull, taken = decay * in_gradient, lr * decay * (1 - in_gradient)
    return Rates(
        lr=tall(lr, lr, 0.0) if "lr" in runs.columns else where.put(runs.base.lr),
        pull=tall(pull, on_bias * pull, 0.0) if in_gradient.any() else 0.0,
        keep=1.0 if in_gradient.all() else tall(1 - taken, 1 - on_bias * taken, 1.0),
        momentum=common("momentum"),
        beta1=beta1,
        beta2=beta2,
        eps=common("eps"),
        cut=where.put([lr * sharp * share]) if sharp.any() else None,
    )
