"""One update of a run taken apart: what the data did to every weight, and what decay did.

`Replay` walks the very steps of `train`, from the same start in the same batch order, and gives any
of them as terms that add up: w_new = (w + by_data + by_decay)·clip. With momentum each term holds
what earlier steps left of it; under Adam both are divided by the same √ŝ + ε.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import Phrase, require
from wd_core.device import place
from wd_core.divergence import BEYOND_SENSE
from wd_core.linear.spectrum import row_space
from wd_core.models.linear import GATHER_WHOLE, Columns, rates_of, weight_of
from wd_core.models.seam import Index
from wd_core.objective import augmented
from wd_core.optimizers import OPTIMIZERS, Hyperparameters, Rates, Runs, State, thresholded
from wd_core.optimizers.pace import Pace
from wd_core.records import Dataset
from wd_core.seeding import start_draw
from wd_core.signatures import typed
from wd_core.steps import Walk
from wd_core.training import batch_order, expected_seconds

# Where a replay stops for good: weights this many times as large as at the start have a loss that
# `train` calls divergence.
BEYOND_WEIGHTS = BEYOND_SENSE**0.5
# What a replay may take to reach a step, and what it may keep on its way.
SECONDS, ROWS, NUMBERS = 3.0, 1_000_000, 1_000_000
# Below this share of the norm, the part out of reach is rounding.
NOTHING_LEFT = 1e-9
# States kept on the way, from which later questions go on.
STOPS = 512


@dataclass(frozen=True, eq=False)
class Inspection:
    """One update in its terms; vectors hold the D weights and, last, the bias: [D + 1].

    step: 1 ... steps of the run; epoch: 1 ...; place: which batch of the epoch it is, 1 ...
    rows: the examples of the batch; before, after: weights; gradient: of the data loss on these
    rows in the run's loss convention, without decay; rate: what decay alone would take of each
    weight, ηλ (less for a short batch), 0 where nothing decays, and of a penalty with a sharp part
    only the smooth one; by_data, by_decay: what each adds, thresholding counted to decay;
    clip: the factor of the projection onto ‖w‖ <= max_norm, 1 where it does nothing.
    """

    step: int
    epoch: int
    place: int
    rows: Index
    before: Array
    after: Array
    gradient: Array
    rate: Array
    by_data: Array
    by_decay: Array
    clip: float

    @property
    def shrunk(self) -> Array:
        """The share of each weight that decay took, −by_decay/w [D + 1]; NaN where w = 0."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return np.where(self.before != 0, -self.by_decay / self.before, np.nan)


@dataclass(frozen=True, slots=True)
class _Stop:
    """The state before a step: weights, the optimizer's arrays, and decay's part of the first."""

    v: Array
    state: State
    memory: Array


class Replay:
    """The steps of one run, 1 ... `steps`, each to be had by its number.

    What has been walked is remembered at a few stops, so that going on is cheap. `last` is the last
    step that can be inspected: later ones would take too long, or follow the run's divergence,
    which is where a weight is larger than `limit`.
    """

    @typed
    def __init__(self, dataset: Dataset, run: Hyperparameters) -> None:
        none = "0 for a run that is taken apart: what the data do is then no sum over the examples"
        require(run.input_noise == 0, "input_noise", none, run.input_noise)
        self.dataset, self.run = dataset, run
        n, d = dataset.n_train, dataset.n_features
        self.an_epoch = -(-n // run.batch_size)
        self.steps = run.steps(n)
        self._pace = Pace.of(Runs.of([run]), self.steps)
        self.last = min(self.steps, affordable_steps(n, d, run))
        self.diverged = False
        self._A = augmented(dataset.X_train, dataset.y_train, weight_of(run) ** 0.5)
        draw = start_draw(run.seed, d)
        start = np.concatenate([run.init_std * draw[:-1], [run.init_bias_std * draw[-1], -1.0]])
        self.limit = BEYOND_WEIGHTS * max(1.0, float(np.abs(start).max()))
        v = start[:, None]
        rule = OPTIMIZERS[run.optimizer]
        self._stops = {0: _Stop(v, (0 * v,) * len(rule.slots), 0 * v)}
        stops = max(1, min(STOPS, NUMBERS // (len(v) * (len(rule.slots) + 2))))
        self._every = -(-self.steps // stops) if self.steps else 1
        self._where = place("cpu", torch.float64, 0)
        self._orders: list[Index] = []
        self._rows = np.empty((0, 0))  # of the epoch that was walked last, in its order
        self._rows_of = -1
        self._coming = batch_order(run.seed, n, run.epochs)
        self._rates: dict[int, Rates] = {}

    @typed
    def step(self, step: int) -> Inspection:
        """Step `step`, 1 <= step <= steps, or the `last` one where that comes before it."""
        require(step <= self.steps, "step", Phrase("at most {steps}", steps=self.steps), step)
        with np.errstate(all="ignore"):
            begin = max(k for k in self._stops if k < min(step, self.last))
            while True:
                end = min(step, self.last)
                walk, memory = self._resume(self._stops[begin])
                for k in range(begin, end - 1):
                    memory = self._move(walk, memory, k)
                    if self._beyond(walk.v, k + 1):
                        break
                    if (k + 1) % self._every == 0:
                        self._stops[k + 1] = _Stop(walk.v, walk.state, memory)
                else:
                    seen = self._inspect(walk, memory, end - 1)
                    if end == 1 or not self._beyond(walk.v, end):
                        return seen
                begin = max(k for k in self._stops if k < self.last)

    @typed
    def after(self, steps: int) -> Array:
        """w and b after so many steps, [D + 1], 0 <= steps <= `last`; the start after none."""
        stop = self._stops.get(steps)
        return self.step(steps).after if stop is None else stop.v[:-1, 0]

    def _beyond(self, v: Array, step: int) -> bool:
        """Whether the run has lost all sense with this step; the one before is then its last."""
        if np.abs(v).max() <= self.limit:
            return False
        self.last, self.diverged = max(1, step - 1), True
        return True

    def _resume(self, stop: _Stop) -> tuple[Walk, Array]:
        problem = Columns(self._A, stop.v, Runs.of([self.run]), self._where)
        walk = Walk(problem, OPTIMIZERS[self.run.optimizer], self._pace)
        walk.state = stop.state
        return walk, stop.memory

    def _edges(self, k: int) -> tuple[Index, int, int]:
        """The order of the epoch that step k + 1 is in, and where its batch begins and ends."""
        epoch, batch = divmod(k, self.an_epoch)
        while len(self._orders) <= epoch:
            self._orders.append(next(self._coming))
        begin = batch * self.run.batch_size
        return self._orders[epoch], begin, min(begin + self.run.batch_size, self.dataset.n_train)

    def _numbers(self, rows: int, k: int) -> Rates:
        """The numbers of step k + 1, on so many rows."""
        if rows not in self._rates:
            run = self.run
            share = rows / run.batch_size if run.loss == "half_mse" else 1.0
            height = self._A.shape[1]
            rule = OPTIMIZERS[run.optimizer]
            self._rates[rows] = rates_of(Runs.of([run]), rule, height, share, self._where)
        its = self._rates[rows]
        return its if self._pace is None else its.at(*self._pace.at(k))

    def _move(self, walk: Walk, memory: Array, k: int) -> Array:
        """Step k + 1; decay's part of the optimizer's first array after it."""
        batch = self._batch(k)
        rates = self._numbers(len(batch), k)
        memory = OPTIMIZERS[self.run.optimizer].parts.remember(memory, rates.pull * walk.v, rates)
        walk.t = k
        walk.steps([batch])
        return memory

    def _batch(self, k: int) -> Array:
        """The rows of step k + 1."""
        order, begin, end = self._edges(k)
        if self._A.size > GATHER_WHOLE:
            return np.asarray(self._where.rows(self._A, order[begin:end]))
        epoch = k // self.an_epoch
        if self._rows_of != epoch:
            self._rows, self._rows_of = np.asarray(self._where.rows(self._A, order)), epoch
        return self._rows[begin:end]

    def _inspect(self, walk: Walk, memory: Array, k: int) -> Inspection:
        order, begin, end = self._edges(k)
        rates, run = self._numbers(end - begin, k), self.run
        rows, v = order[begin:end], walk.v
        gradient, pull = self._gradient(rows, v), rates.pull * v
        rule = OPTIMIZERS[run.optimizer]
        slot, parts = rule.parts.memory, rule.parts
        kept = 0 * v if slot is None else walk.state[rule.slots.index(slot)]
        data = parts.respond(gradient, kept - memory, rates)
        decay = parts.respond(pull, memory, rates)
        self._move(walk, memory, k)
        scale = parts.scale(data + decay, walk.state, rates, k + 1)
        by_data = -rates.lr * data / scale
        by_decay = (rates.keep - 1) * v - rates.lr * decay / scale
        if rates.cut is not None:
            w = (v + by_data + by_decay)[:-2]
            by_decay[:-2] += thresholded(w, rates.cut) - w
        norm = float(np.linalg.norm((v + by_data + by_decay)[:-2]))
        clip = 1.0 if run.max_norm is None or norm <= run.max_norm else run.max_norm / norm
        epoch, batch = divmod(k, self.an_epoch)
        return Inspection(
            step=k + 1,
            epoch=epoch + 1,
            place=batch + 1,
            rows=rows,
            before=v[:-1, 0],
            after=walk.v[:-1, 0],
            gradient=gradient[:-1, 0],
            rate=(1 - rates.keep + rates.lr * rates.pull)[:-1, 0],
            by_data=by_data[:-1, 0],
            by_decay=by_decay[:-1, 0],
            clip=clip,
        )

    def _gradient(self, rows: Index, v: Array) -> Array:
        """Of the data loss on these rows, [D + 2, 1], its last entry 0."""
        run, X = self.run, self.dataset.X_train[rows]
        residual = X @ v[:-2] + v[-2] - self.dataset.y_train[rows, None]
        size = run.batch_size if run.loss == "half_mse" else len(rows) / 2
        return np.concatenate([X.T @ residual, [residual.sum(0)], [[0.0]]]) / size


@typed
def affordable_steps(n_train: int, n_features: int, run: Hyperparameters) -> int:
    """How many steps can be replayed while somebody waits: whole epochs, at least the first."""
    # a replay holds w itself, where other runs may hold fewer coordinates
    seconds = expected_seconds(n_train, n_features, [replace(run, epochs=1)], whole=True)
    epochs = max(1, min(int(SECONDS / seconds), ROWS // n_train))
    return epochs * -(-n_train // run.batch_size)


@typed
def out_of_reach(X: ArrayLike, weights: ArrayLike) -> Array | None:
    """How much of the first weights' part that no row of X reaches is in each, [K], sign included.

    weights [K, D], the start first: P₀w_k·P₀w_0/‖P₀w_0‖². None where the rows reach all of w_0.
    """
    w = as_array("weights", weights, 2)
    require(len(w) > 0, "weights", "of at least one row", w.shape)
    basis = row_space(X)
    apart = w - (w @ basis) @ basis.T
    size = float(np.linalg.norm(apart[0]))
    if not size > NOTHING_LEFT * float(np.linalg.norm(w[0])):
        return None
    return np.asarray(apart @ apart[0] / size**2)
