"""What happened in a run, in sentences made from its numbers and never more than they show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pages.shared.cached import Baselines
from pages.shared.judging import ALIKE, FEW_TESTS
from pages.shared.remedies import Remedies
from pages.shared.words import Said, joined, say, say_n
from pages.train.words import rivals
from pages.train.words.diverged import advice
from wd_core.trials import Course

# A test loss this many times the training loss is called memorising.
MEMORISED = 10.0
# A training loss this many times its start, and that of predicting the mean, has grown.
GROWN = 2.0
# Losses below this share of what there was to learn are rounding: 1e-13 of its square root.
ROUNDING = 1e-26


@dataclass(frozen=True)
class Outcome:
    """The end of a run: its losses, and those of its twin without decay if it has one.

    `unclear`: over the last epochs both test losses moved through a common value. `start`: the
    training loss before the first step; `untrained`: that of predicting the mean, where a strong
    decay may rightly end. `n_test`: how many examples measure the test loss. `scale`: the loss of
    predicting 0. `course`: what a run that has grown does when it goes on; None: not tried.
    """

    weight_decay: float
    train: float
    test: float
    test_without: float | None
    train_without: float = 0.0
    without_diverged: bool = False
    unclear: bool = False
    start: float = math.inf
    untrained: float = 0.0
    n_test: int = FEW_TESTS
    scale: float = 0.0
    course: Course | None = None

    @property
    def has_grown(self) -> bool:
        """Whether the training loss ends far above its start, and above predicting the mean."""
        return self.train > GROWN * max(self.start, self.untrained)

    @property
    def without_has_grown(self) -> bool:
        """The same of the twin without decay."""
        return self.train_without > GROWN * max(self.start, self.untrained)

    def told(self, loss: float) -> float:
        """The loss, 0 where it is rounding."""
        start = self.start if math.isfinite(self.start) else 0.0
        return loss if loss > ROUNDING * max(self.scale, start) else 0.0


def sentence(end: Outcome, baselines: Baselines, found: Remedies, why: Sequence[Said] = ()) -> str:
    """What decay did here, and how the result compares with the simplest prediction.

    `why`: the causes if it grows, `found`: what makes it settle then.
    """
    if end.has_grown:
        return joined(_grown(end, found, why))
    end, baselines, lost = without_rounding(end, baselines)
    said = [effect(end, baselines), rivals.constant(end.test, baselines.constant_test)]
    return joined([*said, *reservations(end, lost=lost)])


def without_rounding(end: Outcome, baselines: Baselines) -> tuple[Outcome, Baselines, bool]:
    """The same with losses that are rounding as 0, and whether there are any."""
    losses = (end.train, end.test, end.test_without, baselines.constant_test)
    if not any(loss and not end.told(loss) for loss in losses):
        return end, baselines, False
    without = end.test_without
    told = replace(
        end,
        train=end.told(end.train),
        test=end.told(end.test),
        test_without=None if without is None else end.told(without),
        unclear=end.unclear and end.told(end.test) > 0,
    )
    return told, replace(baselines, constant_test=end.told(baselines.constant_test)), True


def reservations(end: Outcome, *, lost: bool) -> Iterator[Said]:
    """What is to be kept in mind of these numbers; `lost`: some of them were rounding."""
    if end.n_test < FEW_TESTS:
        yield _few_tests(end.n_test)
    if lost:
        yield say("A loss of 0 is 0 up to rounding here.")


def _grown(end: Outcome, found: Remedies, why: Sequence[Said]) -> Iterator[Said]:
    course = end.course
    if course is None:
        yield say(
            "The training loss has grown from {train_start} to {train}.",
            train_start=end.start,
            train=end.train,
        )
    elif course.grows:
        yield say(
            "Diverging: the training loss has grown from {train_start} to {train} instead of "
            "falling, and it goes on growing.",
            train_start=end.start,
            train=end.train,
        )
        yield from why
        yield advice(found)
    else:
        yield say(
            "The training loss ends at {train}, above its start at {train_start}, but does not "
            "grow without end: at epoch {tried} it is {train_later}.",
            train_start=end.start,
            train=end.train,
            tried=course.epochs,
            train_later=course.end,
        )
    if end.without_diverged:
        yield say("Without decay it has left the range of numbers.")
    elif end.test_without is not None:
        yield say(
            "Without decay the test loss ends at {test_without}.", test_without=end.test_without
        )


def _few_tests(n_test: int) -> Said:
    return say_n(
        "All of this is measured on a single test example: chance decides much of it.",
        "All of this is measured on only {n} test examples: chance decides much of it.",
        n_test,
    )


def effect(end: Outcome, baselines: Baselines) -> Said:
    """What decay did to the test loss."""
    if end.test_without is None:
        return _without_decay(end, baselines)
    test, other = end.test, end.test_without
    if end.without_diverged:
        return say(
            "With weight decay the test loss ends at {test}; without it the run diverged.",
            test=test,
        )
    if end.without_has_grown:
        return say(
            "With weight decay the test loss ends at {test}; without it, it ends at "
            "{test_without}, and the training loss has grown from {train_start} to "
            "{train_without}.",
            test=test,
            test_without=other,
            train_start=end.start,
            train_without=end.train_without,
        )
    if end.unclear:
        return say(
            "Weight decay made no clear difference: the test loss ends at {test}, without decay at "
            "{test_without}, and over the last epochs each still moved through the other’s values.",
            test=test,
            test_without=other,
        )
    return _told_apart(test, other)


def _told_apart(test: float, other: float) -> Said:
    if other > ALIKE * test:
        return say(
            "Weight decay helped: the test loss ends at {test} instead of {test_without}.",
            test=test,
            test_without=other,
        )
    if test > ALIKE * other:
        return say(
            "Weight decay hurt: the test loss ends at {test} instead of {test_without} without it.",
            test=test,
            test_without=other,
        )
    return say(
        "Weight decay made little difference: the test loss ends at {test}, without it at "
        "{test_without}.",
        test=test,
        test_without=other,
    )


def _without_decay(end: Outcome, baselines: Baselines) -> Said:
    memorised = end.train < baselines.constant_test < end.test
    if memorised and end.test > MEMORISED * end.train:
        return say(
            "Without decay the run has memorised its training examples: their loss ends at "
            "{train}, that of new ones at {test}.",
            train=end.train,
            test=end.test,
        )
    return say(
        "Without decay the test loss ends at {test}, the training loss at {train}.",
        test=end.test,
        train=end.train,
    )
