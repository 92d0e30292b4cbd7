"""What runs really do: whether they settle, grow or diverge, found by running them for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wd_core.training import collect, expected_seconds, train
from wd_core.types import Array, Dataset, Hyperparameters

# A learning rate is advised only after so many epochs: some blow up after hundreds.
EPOCHS = 2000
# What trying may take while somebody waits.
SECONDS = 0.5
# Of a trial so many epochs are looked at: all of most, so that no burst lies between two.
LOOKS = 4000
# So many candidates run at once; the first ones mostly serve.
AT_ONCE = 4
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
        calm = self.falls or self.highest <= RISING * max(self.end, self.untrained)
        return self.diverged_at is None and low and calm


def affordable(dataset: Dataset, runs: Sequence[Hyperparameters], epochs: int = EPOCHS) -> bool:
    """Whether running all of these for so many epochs is done while somebody waits."""
    longer = [replace(run, epochs=max(run.epochs, epochs)) for run in runs]
    return expected_seconds(dataset.n_train, dataset.n_features, longer) <= SECONDS


def courses(
    dataset: Dataset, runs: Sequence[Hyperparameters], epochs: int = EPOCHS
) -> list[Course]:
    """What each run does, run on to at least `epochs`; all at once, so of one batch size and seed.

    The runs' own epochs where these are more; they must then be alike, as `train` asks.
    """
    longer = [replace(run, epochs=max(run.epochs, epochs)) for run in runs]
    found = collect(train(dataset, longer, record_every=max(1, -(-longer[0].epochs // LOOKS))))
    untrained = float(dataset.y_train.var()) / 2
    half, quarter = len(found.epoch) // 2, len(found.epoch) // 4
    made = []
    for row in range(len(longer)):
        loss, diverged = found.train_loss[:, row], int(found.diverged_at[row])
        at = half + int(np.nan_to_num(loss[half:], nan=np.inf).argmax())
        made.append(
            Course(
                epochs=longer[row].epochs,
                start=float(loss[0]),
                end=float(loss[-1]),
                highest=float(loss[at]),
                highest_at=int(found.epoch[at]),
                falls=at == half or _halving(loss),
                earlier=float(np.median(loss[quarter:half])),
                lately=float(np.median(loss[-quarter:])),
                untrained=untrained,
                diverged_at=None if diverged < 0 else diverged,
            )
        )
    return made


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
    """A run and what it does: in its own epochs, where it fails there already, or after long."""

    run: Hyperparameters
    course: Course


def settling(
    dataset: Dataset, runs: Sequence[Hyperparameters], epochs: int = EPOCHS
) -> tuple[Trial, ...] | None:
    """The runs tried one after the other, down to the first that settles, soon and for long.

    Some are run at once. Where none settles, all are there; None where running them takes too long:
    then nothing is known of them, and none may be advised.
    """
    done: list[Trial] = []
    for at in range(0, len(runs), AT_ONCE):
        some = runs[at : at + AT_ONCE]
        if not affordable(dataset, some, epochs):
            return None
        owns, longs = (courses(dataset, some, least) for least in (1, epochs))
        for run, own, long in zip(some, owns, longs, strict=True):
            done.append(Trial(run, long if own.settles else own))
            if done[-1].course.settles:
                return tuple(done)
    return tuple(done)
