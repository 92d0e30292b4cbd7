"""What runs really do: whether they settle, grow or diverge, found by running them for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wd_core.arrays import Array
from wd_core.checks import Phrase, require
from wd_core.optimizers import Hyperparameters, Runs
from wd_core.records import Dataset, Run
from wd_core.signatures import typed
from wd_core.training import collect, expected_seconds, train

# A learning rate is advised only after so many epochs: some blow up after hundreds.
EPOCHS = 2000
# What trying may take while somebody waits.
SECONDS = 0.5
# Of a trial so many epochs are looked at: all of most, so that no burst lies between two.
LOOKS = 4000
# A run that is advised has to settle with an η so many times as large, too.
MARGIN = 1.2
# A loss is no higher than another up to this factor.
ALIKE = 1.05
# A loss that is so many times that of a while ago is rising.
RISING = 2.0
QUARTERS = 4


@dataclass(frozen=True)
class Course:
    """The training loss of a run: at its start and end, and its highest in the second half.

    highest_at: the epoch of the highest; falls: whether the second half only comes down, or each
    quarter's highest is at most half that of the one before; earlier, lately: medians over the
    second quarter and the last; untrained: the loss of predicting the mean of y, where a strong
    decay may rightly end; diverged_at: the epoch at which the run diverged, None if it did not.
    Overshoots on the way are no verdict: the second half alone is judged.
    """

    epochs: int
    start: float
    end: float
    highest: float
    highest_at: int
    falls: bool
    earlier: float
    lately: float
    untrained: float
    diverged_at: int | None

    @property
    def grows(self) -> bool:
        """Whether the run gets worse and worse: it diverges, or ends above its start and rising.

        Bursts that come and go are no growth: Adam has them where gradients vanish.
        """
        above = min(self.lately, self.end) > ALIKE * max(self.start, self.untrained)
        return self.diverged_at is not None or (above and self.lately > RISING * self.earlier)

    @property
    def settles(self) -> bool:
        """Whether the loss comes down and stays down.

        In all of the second half it is no higher than before the first step, and does not rise from
        what it has come down to: a run near its limit has bursts that end, until one does not.
        """
        low = self.highest <= ALIKE * max(self.start, self.untrained)
        floor = self.untrained or self.start / 10  # where the mean is all there is to learn
        calm = self.falls or self.highest <= RISING * max(self.end, floor)
        return self.diverged_at is None and low and calm


@typed
def affordable(dataset: Dataset, runs: Sequence[Hyperparameters], epochs: int = EPOCHS) -> bool:
    """Whether running all of these for so many epochs is done while somebody waits."""
    longer = _run_on(runs, epochs)
    return expected_seconds(dataset.n_train, dataset.n_features, longer) <= SECONDS


@typed
def courses(
    dataset: Dataset, runs: Sequence[Hyperparameters], epochs: int = EPOCHS
) -> list[Course]:
    """What each run does, run on to at least `epochs`; all at once, so of one batch size and seed.

    The runs' own epochs where these are more, or where η falls: such a run ends with its schedule.
    They must then be alike, as `train` asks.
    """
    found = looked_at(dataset, runs, epochs)
    return [course(dataset, found, row) for row in range(len(runs))]


@typed
def looked_at(dataset: Dataset, runs: Sequence[Hyperparameters], epochs: int = 0) -> Run:
    """The runs, run on to at least so many epochs, with the epochs at which they are looked at."""
    longer = _run_on(runs, epochs)
    every = max(1, -(-max(run.epochs for run in Runs.of(longer)) // LOOKS))
    return collect(train(dataset, longer, record_every=every))


@typed
def course(dataset: Dataset, found: Run, row: int = 0, epochs: int | None = None) -> Course:
    """What one of these runs did, in its first epochs or in all."""
    n_runs = len(found.diverged_at)
    require(-n_runs <= row < n_runs, "row", Phrase("one of {n_runs} runs", n_runs=n_runs), row)
    epochs = int(found.epoch[-1]) if epochs is None else epochs
    epoch = found.epoch[found.epoch <= epochs]
    loss, diverged = found.train_loss[: len(epoch), row], int(found.diverged_at[row])
    half, quarter = len(epoch) // 2, len(epoch) // 4
    at = half + int(np.nan_to_num(loss[half:], nan=np.inf).argmax())
    return Course(
        epochs=int(epoch[-1]),
        start=float(loss[0]),
        end=float(loss[-1]),
        highest=float(loss[at]),
        highest_at=int(epoch[at]),
        falls=at == half or _halving(loss),
        earlier=float(np.median(loss[quarter : max(half, 1)])),
        lately=float(np.median(loss[-max(quarter, 1) :])),
        untrained=float(dataset.y_train.var()) / 2,
        diverged_at=diverged if 0 <= diverged <= epochs else None,
    )


def _run_on(runs: Sequence[Hyperparameters], epochs: int) -> list[Hyperparameters]:
    """The runs with at least so many epochs; as they are where η falls in one."""
    if any(run.lr_falls for run in runs):
        return list(runs)
    return [replace(run, epochs=max(run.epochs, epochs)) for run in runs]


def _halving(loss: Array) -> bool:
    """Whether the highest of the last three quarters is halved from one to the next.

    Fewer records than quarters tell no such thing.
    """
    if len(loss) < QUARTERS:
        return False
    second, third, last = (float(part.max()) for part in np.array_split(loss, QUARTERS)[1:])
    return last <= third / 2 and third <= second / 2


@dataclass(frozen=True)
class Trial:
    """A run, what it does when it is run on, and whether it may be advised.

    settles: whether it settles in its own epochs and for long, and with a larger η as well: of many
    that are tried the largest that settles is one that just does, or was lucky.
    """

    run: Hyperparameters
    course: Course
    settles: bool


@typed
def settling(
    dataset: Dataset, runs: Sequence[Hyperparameters], epochs: int = EPOCHS
) -> tuple[Trial, ...] | None:
    """The runs tried, down to the first that settles; all of them where none does.

    None where running them takes too long: then nothing is known of them, and none may be advised.
    """
    if not runs:
        return ()
    both = [*runs, *(replace(run, lr=MARGIN * run.lr) for run in runs)]
    if not affordable(dataset, both, epochs):
        return None
    found = looked_at(dataset, both, epochs)
    done: list[Trial] = []
    for row, run in enumerate(runs):
        each = [
            course(dataset, found, of, last)
            for of in (row, row + len(runs))
            for last in (run.epochs, int(found.epoch[-1]))
        ]
        done.append(Trial(run, each[1], all(one.settles for one in each)))
        if done[-1].settles:
            break
    return tuple(done)
