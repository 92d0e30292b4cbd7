"""How a run ended, in plain words; the numbers behind them are said elsewhere, when asked for."""

from __future__ import annotations

from collections.abc import Iterator

from pages.shared.cached import Baselines
from pages.shared.numbers import every_digit, plain
from pages.shared.remedies import Remedies
from pages.shared.words import Said, joined, say
from pages.train.words import story
from pages.train.words.story import Outcome


def sentence(end: Outcome, baselines: Baselines, found: Remedies) -> str:
    """What decay did here, and how the result compares with the simplest prediction.

    found: what makes a run settle that goes on growing.
    """
    if end.has_grown:
        return joined(_grown(end, found))
    end, baselines, lost = story.without_rounding(end, baselines)
    said = [story.effect(end, baselines), _constant(end.test, baselines.constant_test)]
    return joined([*said, *story.reservations(end, lost=lost)])


def diverged(epoch: int, found: Remedies) -> str:
    """That a run left the range of numbers, and what makes it settle."""
    said = say("Diverged by epoch {epoch}.", epoch=epoch)
    grown = say("The steps grow instead of settling, until the numbers are too large to hold.")
    return joined([said, grown, advice(found)])


def advice(found: Remedies) -> Said:
    """What to choose: values that have been tried, if there are any."""
    if found.lr is not None and found.weight_decay is not None:
        return say(
            "Choose the learning rate {advised_lr} or the decay {advised_weight_decay}: with "
            "either the run settles.",
            advised_lr=every_digit(found.lr),
            advised_weight_decay=every_digit(found.weight_decay),
        )
    if found.lr is not None:
        return say(
            "Choose the learning rate {advised_lr}: with it the run settles.",
            advised_lr=every_digit(found.lr),
        )
    if found.weight_decay is not None:
        return say(
            "Choose the decay {advised_weight_decay}: with it the run settles.",
            advised_weight_decay=every_digit(found.weight_decay),
        )
    return say("Choose a smaller learning rate.")


def _grown(end: Outcome, found: Remedies) -> Iterator[Said]:
    if end.course is None:
        yield say("The training loss has grown instead of falling.")
    elif end.course.grows:
        yield say("Diverging: the training loss has grown instead of falling, and goes on growing.")
        yield advice(found)
    else:
        yield say("The training loss ends above its start, but does not grow without end.")
    if end.without_diverged:
        yield say("Without decay it has left the range of numbers.")


def _constant(test: float, constant_test: float) -> Said:
    """A run with this test loss beside the simplest prediction."""
    if plain(constant_test) == plain(test):
        return say("The simplest prediction, the training mean for every example, does as well.")
    if constant_test < test:
        return say("The simplest prediction, the training mean for every example, beats this run.")
    return say("This run beats the simplest prediction, the training mean for every example.")
