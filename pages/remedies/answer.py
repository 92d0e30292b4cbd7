"""What every remedy makes of the loss on new examples, in draw after draw of the data."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pages.remedies.question import Question
from pages.shared import cached
from pages.shared.work import Parts, resumable
from wd_core import Dataset, Hyperparameters, train
from wd_core.arrays import Array

DRAWS = 20
# Of these the one with the least test loss is taken; noise on the inputs takes the same.
WEIGHT_DECAYS = (0.003, 0.01, 0.03, 0.06, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0, 2.0, 4.0)
TWICE = 2
# A first picture waits for so much of a moment, less than a draw of usual size takes: so for the
# marked draw alone. The others come when nobody moves on.
AT_FIRST = 0.04
# So many steps lie between two moments to stop, where only the end is wanted.
MOMENT = 50
# In the order of their losses.
NOTHING, DECAY, STOPPING, NOISE, DATA, FEATURES = REMEDIES = range(6)
# The band that is drawn: four draws in five.
BAND = (0.1, 0.9)


@dataclass(frozen=True)
class Draw:
    """A draw's test losses in the order of REMEDIES, and what was chosen by looking at them.

    weight_decay: the best λ, and the variance of the noise; steps: when stopping is best;
    constant: the loss of predicting the training mean.
    """

    losses: tuple[float, ...]
    weight_decay: float
    steps: int
    constant: float


@resumable
def drawing(so_far: Sequence[Draw], question: Question) -> Parts[Draw]:
    """The draws of a question, one after the other; the marked one comes first."""
    for draw in range(len(so_far), DRAWS):
        yield (yield from _draw(question, draw))


def _draw(question: Question, draw: int) -> Generator[None, None, Draw]:
    data, run = cached.dataset(question.data(draw)), question.run(draw)
    bare = (yield from _tested(data, [run], 1))[:, 0]
    decays = [replace(run, weight_decay=lam) for lam in WEIGHT_DECAYS]
    decayed = (yield from _tested(data, decays))[-1]
    lam = WEIGHT_DECAYS[int(decayed.argmin())]
    ends = []
    for examples, other in (
        (data, replace(run, input_noise=lam**0.5)),
        (cached.dataset(question.data(draw, TWICE)), question.run(draw, TWICE)),
        (fewer(data, question.left), run),
    ):
        ends.append(float((yield from _tested(examples, [other]))[-1, 0]))
    return Draw(
        losses=(float(bare[-1]), float(decayed.min()), float(bare.min()), *ends),
        weight_decay=lam,
        steps=int(bare.argmin()),
        constant=cached.constant_loss(data),
    )


def _tested(
    data: Dataset, runs: list[Hyperparameters], every: int = MOMENT
) -> Generator[None, None, Array]:
    """Test losses [E, R] after every so many steps; a moment to stop after each."""
    losses = []
    for record in train(data, runs, record_every=every):
        losses.append(record.test_loss)
        yield None
    return np.array(losses)


def fewer(data: Dataset, features: int) -> Dataset:
    """The same examples with only their first features."""
    return Dataset(data.X_train[:, :features], data.y_train, data.X_test[:, :features], data.y_test)


@dataclass(frozen=True, eq=False)
class Seen:
    """A question and the draws that have come, one at least, the marked one first."""

    question: Question
    draws: tuple[Draw, ...]

    @property
    def whole(self) -> bool:
        """Whether all have come."""
        return len(self.draws) >= DRAWS

    @cached_property
    def losses(self) -> Array:
        """Test losses [S, 6]."""
        return np.array([draw.losses for draw in self.draws])

    @cached_property
    def median(self) -> Array:
        """The middle of every remedy's draws [6]."""
        return np.median(self.losses, 0)

    @cached_property
    def band(self) -> Array:
        """Where four of five of them lie [2, 6]."""
        return np.quantile(self.losses, BAND, 0)

    @property
    def constant(self) -> float:
        """The median loss of predicting the training mean."""
        return float(np.median([draw.constant for draw in self.draws]))


def begun(question: Question) -> Seen:
    """What is known after a first moment of work: the marked draw at least."""
    return Seen(question, drawing(question).begin(least=1, share=AT_FIRST))


def now(question: Question) -> Seen:
    """What is known now."""
    return Seen(question, drawing(question).parts)
