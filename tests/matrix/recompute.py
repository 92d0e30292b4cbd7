"""A case worked out again, by other means: runs stepped by the oracles, sums example by example.

No formula of `wd_core` is used: of it come the specs, the data, and the draws of the start and of
the order of the rows, without which nothing could be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import islice, pairwise
from typing import Any

import numpy as np

from pages.shared.settings import Settings
from pages.shared.words import Said
from tests.descent import Descent, Epoch, epoch_matrix, growth, largest_stable_lr
from tests.matrix.cases import Case
from tests.oracles import Array, half_mean_square, ridge
from wd_core import Dataset, DatasetSpec, Hyperparameters, make_dataset
from wd_core.seeding import start_draw
from wd_core.training import batch_order

# A loss so many times its start, or than 1, counts as having left the range of numbers.
LOST = 1e15
# The squares of weights up to this size can be summed.
LARGEST = 1e150
# η times the largest curvature, small enough for a series in η; a few epochs tell runs apart.
SMALL_STEP, FEW = 1e-3, 5
# Singular values below this share of the largest are rounding: the data do not reach there.
NOTHING = 1e-10


class Recomputed:
    """What a run on its data comes to."""

    def __init__(self, spec: DatasetSpec, run: Hyperparameters) -> None:
        """`run` may hold what no link can say, a decayed bias for example."""
        self.spec, self.run = spec, run

    @cached_property
    def data(self) -> Dataset:
        """The training and the test examples."""
        return make_dataset(self.spec)

    @property
    def n_train(self) -> int:
        """n, as many as there are."""
        return len(self.data.y_train)

    @cached_property
    def start(self) -> tuple[Array, float]:
        """w and b before the first step."""
        draw = start_draw(self.run.seed, self.data.X_train.shape[1])
        return self.run.init_std * draw[:-1], self.run.init_bias_std * float(draw[-1])

    def batches(self, epochs: int | None = None) -> Iterator[Epoch]:
        """The rows of each batch, epoch after epoch; the last of an epoch may be short."""
        size, n = self.run.batch_size, self.n_train
        for order in batch_order(self.run.seed, n, self.run.epochs if epochs is None else epochs):
            yield [order[i : i + size] for i in range(0, n, size)]

    # The run, and others of its kind

    def descent(self, **changes: Any) -> Descent:
        """The run before its first step, or one that differs from it."""
        w, b = self.start
        run = replace(self.run, **changes)
        return Descent(self.data.X_train, self.data.y_train, run, w, np.array(b))

    def path(self, **changes: Any) -> tuple[Array, Array]:
        """w [E + 1, D] and b [E + 1] after each epoch, up to where their squares are no floats."""
        descent = self.descent(**changes)
        weights, bias = [descent.weights[:, 0]], [descent.bias[0]]
        for batches in self.batches(changes.get("epochs")):
            descent.epoch(batches)
            weights.append(descent.weights[:, 0])
            bias.append(descent.bias[0])
            if not np.abs(weights[-1]).max() < LARGEST:
                break
        return np.array(weights), np.array(bias)

    @cached_property
    def _run(self) -> tuple[Array, Array]:
        return self.path()

    @cached_property
    def _twin(self) -> tuple[Array, Array]:
        return self.path(weight_decay=0.0)

    def after(self, epochs: int, **changes: Any) -> tuple[Array, float]:
        """w and b of the run, or of one that differs, when it goes on for so many epochs."""
        weights, bias = self.path(**{"epochs": epochs, **changes})
        return weights[-1], float(bias[-1])

    def repeated(self, epochs: int, **changes: Any) -> tuple[Array, float]:
        """The same where each epoch takes the batches of the first."""
        descent = self.descent(**changes)
        for _ in range(epochs):
            descent.epoch(self.first_epoch)
        return descent.weights[:, 0], float(descent.bias[0])

    @cached_property
    def first_epoch(self) -> Epoch:
        """The batches of the first epoch."""
        return next(self.batches(1))

    # Losses, half mean squares

    def train_loss(self, w: Array, b: float) -> float:
        """On the training examples."""
        return half_mean_square(self.data.X_train, self.data.y_train, w, b)

    def test_loss(self, w: Array, b: float) -> float:
        """On the test examples."""
        return half_mean_square(self.data.X_test, self.data.y_test, w, b)

    @property
    def weights(self) -> Array:
        """w [E + 1, D] of the run."""
        return self._run[0]

    @property
    def bias(self) -> Array:
        """b [E + 1] of the run."""
        return self._run[1]

    @property
    def end(self) -> tuple[Array, float]:
        """w and b at the end."""
        return self.weights[-1], float(self.bias[-1])

    @property
    def end_without(self) -> tuple[Array, float]:
        """w and b at the end of the twin without decay."""
        return self._twin[0][-1], float(self._twin[1][-1])

    @cached_property
    def train(self) -> float:
        """The training loss at the end."""
        return self.train_loss(*self.end)

    @cached_property
    def test(self) -> float:
        """The test loss at the end."""
        return self.test_loss(*self.end)

    @cached_property
    def train_start(self) -> float:
        """The training loss before the first step."""
        return self.train_loss(*self.start)

    @cached_property
    def test_without(self) -> float:
        """The test loss at the end of the twin without decay."""
        return self.test_loss(*self.end_without)

    @cached_property
    def train_without(self) -> float:
        """The training loss at the end of the twin without decay."""
        return self.train_loss(*self.end_without)

    @property
    def weight_norm(self) -> float:
        """‖w‖ at the end."""
        return float(np.sqrt(sum(x * x for x in self.weights[-1])))

    @property
    def penalty(self) -> float:
        """(λ/2)‖w‖² at the end, with b² where the bias is decayed."""
        b = float(self.bias[-1]) if self.run.decay_bias else 0.0
        return self.run.weight_decay / 2 * (self.weight_norm**2 + b**2)

    @cached_property
    def diverged_at(self) -> int | None:
        """The epoch after which the run's numbers are lost."""
        return self.lost(self._run)

    @cached_property
    def without_diverged_at(self) -> int | None:
        """The same of its twin without decay."""
        return self.lost(self._twin)

    def lost(self, path: tuple[Array, Array]) -> int | None:
        """The first epoch of a path that has left the range of numbers, by either loss."""
        limits = [LOST * max(loss(*self.start), 1.0) for loss in (self.train_loss, self.test_loss)]
        for epoch, (w, b) in enumerate(zip(*path, strict=True)):
            if not np.abs(w).max() < LARGEST:
                return epoch
            losses = self.train_loss(w, b), self.test_loss(w, b)
            if not all(loss <= limit for loss, limit in zip(losses, limits, strict=True)):
                return epoch
        return None

    # What a run is measured against

    def ridge(self, weight_decay: float | None = None) -> tuple[Array, float]:
        """The exact solution for this λ, or the run's; at 0 the least squares of least norm."""
        lam = self.run.weight_decay if weight_decay is None else weight_decay
        return ridge(self.data.X_train, self.data.y_train, lam)

    @property
    def ridge_test(self) -> float:
        """The test loss of the exact solution for the run's λ."""
        return self.test_loss(*self.ridge())

    @property
    def constant_test(self) -> float:
        """The test loss of predicting the mean of the training targets."""
        return self._constant(self.data.y_test)

    @property
    def constant_train(self) -> float:
        """The training loss of the same."""
        return self._constant(self.data.y_train)

    def _constant(self, targets: Array) -> float:
        mean = sum(self.data.y_train) / self.n_train
        return float(sum((t - mean) ** 2 for t in targets) / (2 * len(targets)))

    # Where it goes

    def rest(self, lr: float) -> Array:
        """(w, b) that an epoch of the first batches leaves as it is, of a linear rule.

        Where many are, as in directions that nothing moves, the one of least norm.
        """
        matrix = epoch_matrix(self.data.X_train, replace(self.run, lr=lr), self.first_epoch)
        d, zero = self.data.X_train.shape[1], np.zeros(1)
        from_zero = Descent(
            self.data.X_train, self.data.y_train, replace(self.run, lr=lr), np.zeros(d), zero
        )
        from_zero.epoch(self.first_epoch)
        states = [from_zero.rule.state[p][name].numpy()[:, 0] for p, name in from_zero.slots()]
        moved = np.concatenate([from_zero.weights[:, 0], from_zero.bias, *states])
        still = np.eye(len(matrix)) - matrix
        return np.linalg.lstsq(still, moved, rcond=lr * NOTHING)[0][: d + 1]

    @cached_property
    def destination(self) -> tuple[Array, float]:
        """Where a linear rule goes as η → 0: its rest at two small η, and from there to 0."""
        scale = float(np.linalg.norm(self.data.X_train, 2)) ** 2 + 1 + self.run.weight_decay
        lr = SMALL_STEP / scale
        ends = [self.rest(lr / 2**k) for k in range(4)]
        for power in range(1, len(ends)):  # Richardson: each round takes a power of η away
            weight = 2**power
            ends = [(weight * b - a) / (weight - 1) for a, b in pairwise(ends)]
        return ends[0][:-1], float(ends[0][-1])

    def same_steps(self, **changes: Any) -> bool:
        """Whether a run that differs so, in another loss convention say, takes the same steps."""
        ours, theirs = (self.path(epochs=FEW, **more)[0] for more in ({}, changes))
        return ours.shape == theirs.shape and np.allclose(ours, theirs, rtol=1e-7, atol=1e-10)

    # What decay alone does

    def out_of_reach(self, w: Array) -> Array:
        """The part of w that no training example feels."""
        rows = self.data.X_train.T
        return w - rows @ np.linalg.lstsq(rows, w, rcond=NOTHING)[0]

    @property
    def steps_an_epoch(self) -> int:
        """⌈n/B⌉."""
        return len(self.first_epoch)

    def factor(self, rows: int) -> float:
        """What decay alone multiplies w by in a step on so many rows of plain descent."""
        scaled = self.run.decay == "coupled" and self.run.loss == "half_mse"
        share = rows / self.run.batch_size if scaled else 1.0
        return 1 - self.run.lr * self.run.weight_decay * share

    def shrunk(self, epochs: int | None = None) -> float:
        """The product of these factors over all the steps of so many epochs."""
        product = 1.0
        for _ in range(self.run.epochs if epochs is None else epochs):
            for batch in self.first_epoch:
                product *= self.factor(len(batch))
        return product

    # Where it diverges

    @cached_property
    def limit(self) -> float:
        """The η at which repeating the first epoch's batches begins to grow, of a linear rule."""
        return largest_stable_lr(self.data.X_train, self.run, self.first_epoch)

    def growth(self, **changes: Any) -> float:
        """What such an epoch multiplies the distance from rest by in the end, of a linear rule."""
        run = replace(self.run, **changes)
        return growth(self.data.X_train, run, self.first_epoch)

    def grows(self, epochs: int = 2000, **changes: Any) -> bool:
        """Whether the run, or one that differs, really grows: in the second half of so many epochs.

        Of any rule; the order of the rows is drawn anew in each epoch, as in the run.
        """
        descent = self.descent(**changes)
        losses = []
        for batches in islice(self.batches(epochs), epochs):
            descent.epoch(batches)
            losses.append(self.train_loss(descent.weights[:, 0], float(descent.bias[0])))
            if not losses[-1] < LARGEST:
                return True
        early, late = losses[: epochs // 2], losses[epochs // 2 :]
        return max(late) > 2 * max(*early[-len(early) // 2 :], self.train_start)


def recomputed(case: Case | Settings, **changes: Any) -> Recomputed:
    """The case worked out; `changes` are what its link cannot say, such as decay_bias=True."""
    settings = case.settings() if isinstance(case, Case) else case
    return _recomputed(settings.data, replace(settings.run, **changes))


_recomputed = lru_cache(maxsize=16)(Recomputed)


def _of_data(name: str) -> Callable[[Recomputed, Said], float]:
    return lambda found, _: getattr(found.spec, name)


def _of_run(name: str) -> Callable[[Recomputed, Said], float]:
    return lambda found, _: getattr(found.run, name)


# Oracles of the names that mean a setting wherever they stand.
SETTINGS: Mapping[Any, Callable[[Recomputed, Said], Any]] = {
    **{
        name: _of_run(name)
        for name in ("weight_decay", "lr", "momentum", "batch_size", "epochs", "init_std")
    },
    **{
        name: _of_data(name)
        for name in ("noise", "true_weight", "true_bias", "n_informative", "correlation")
    },
    "seed": _of_data("seed"),
    "n_train": lambda found, _: len(found.data.y_train),
    "n_test": lambda found, _: len(found.data.y_test),
    "n_features": lambda found, _: found.data.X_train.shape[1],
    "product": lambda found, _: found.run.lr * found.run.weight_decay,
    "factor": lambda found, _: 1 - found.run.lr * found.run.weight_decay,
}
