"""Whether more can hurt, in plain words; the numbers behind them are said when asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pages.dimension.answer import Seen
from pages.dimension.words.finding import course_of, peak_at
from pages.dimension.words.names import NOUNS, number
from pages.shared.words import Said, joined, say


def sentences(seen: Seen) -> list[str]:
    """What decay does at every place of the axis."""
    return [joined([_at(seen, k), *_boundless(seen, k)]) for k in range(len(seen.drawn.grid))]


def _boundless(seen: Seen, k: int) -> Iterator[Said]:
    """What the ∞ among the numbers at a place says."""
    if seen.found.count[k] and math.isinf(seen.limit[0, k]):
        yield say(
            "A limit of ∞ says: as features and examples grow together, it gets worse and worse "
            "without decay."
        )


def _at(seen: Seen, k: int) -> Said:
    noun = NOUNS[seen.problem.measure]
    if not seen.found.count[k]:
        return say("Here the {noun} has not been measured yet.", noun=noun)
    zero, _, best = (number(float(x)) for x in seen.median[:, k])
    return say(
        "Here the {noun} is {zero} without decay, and {best} with the decay that suits this place.",
        noun=noun,
        zero=zero,
        best=best,
    )


def finding(seen: Seen) -> str:
    """Whether there is a peak, and what the best decay makes of it."""
    return joined([*_peak(seen), *_best(seen)])


def _peak(seen: Seen) -> Iterator[Said]:
    problem, drawn = seen.problem, seen.drawn
    noun, more = NOUNS[problem.measure], problem.axis == "n_features"
    if problem.noise == 0:
        yield say("No: without noise nothing peaks, with decay or without.")
        return
    if not seen.found.count.all():
        yield say("The training sets are being drawn; the answer comes with them.")
        return
    zero, best = seen.median[[0, 2]]
    top = peak_at(zero, drawn.grid, drawn.sizes.peak)
    if top is None:
        yield say("Without decay the {noun} shows no peak on this axis.", noun=noun)
        return
    high, low = float(zero[top]), float(best[top])
    if (
        not drawn.whole
    ):  # its numbers would be older than those at the mark, which come by themselves
        yield _so_far(noun, more=more)
    elif more:
        yield say(
            "Yes, more features can hurt: without decay the {noun} peaks at {high} where "
            "features are about as many as examples. The decay that suits that place makes it "
            "{low}.",
            noun=noun,
            high=high,
            low=low,
        )
    else:
        yield say(
            "Yes, more examples can hurt: without decay the {noun} peaks at {high} where "
            "examples are about as many as features. The decay that suits that place makes it "
            "{low}.",
            noun=noun,
            high=high,
            low=low,
        )


def _so_far(noun: str, *, more: bool) -> Said:
    """Where the peak is, before all is drawn."""
    if more:
        return say(
            "So far, without decay, the {noun} peaks where features are about as many as examples.",
            noun=noun,
        )
    return say(
        "So far, without decay, the {noun} peaks where examples are about as many as features.",
        noun=noun,
    )


def _best(seen: Seen) -> Iterator[Said]:
    if seen.problem.noise and not seen.found.count.all():
        return
    way = course_of(seen.limit[2])
    if way in ("rises", "falls"):
        yield say("With the decay that suits each place there is no peak.")
    elif way == "both":
        yield say("Even with the decay that suits each place the curve goes up and down.")
