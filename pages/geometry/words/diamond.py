"""What L1 does to the two weights, beside L2, in sentences; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.geometry.answer.solutions import Solutions
from pages.geometry.question.sources import WEIGHTS
from pages.geometry.words.meaning import pair
from pages.shared.words import Said, say
from wd_core.arrays import Array
from wd_core.plane.diamond import ZeroRange

# Points closer than this share of √θ are one, up to rounding.
ALIKE = 1e-9


def sparsity(solved: Solutions, best: Array) -> list[Said]:
    """What L1 and L2 make of the two weights at the present size, and over all sizes."""
    k = solved.chosen
    present = [_on_diamond(best[k]), _on_disc(solved.optimum[k])]
    if solved.flat:
        return [
            *present,
            say("The loss is flat: every point of the diamond is as good; 0 is the shortest."),
        ]
    if solved.free_norm == 0:
        return [*present, say("w̃ = 0, so both are 0 whatever θ is, with L1 and with L2.")]
    return [*present, *_as_good(solved), *_held(solved)]


def _zero(w: Array) -> list[str]:
    return [name for name, x in zip(WEIGHTS, w, strict=True) if x == 0]


def _on_diamond(w: Array) -> Said:
    zero, at = _zero(w), pair("l1_", w)
    if len(zero) == 2:
        return say("On the diamond w = ({l1_1}, {l1_2}): both are 0.", **at)
    if not zero:
        return say("On the diamond w = ({l1_1}, {l1_2}): neither is 0.", **at)
    return say("On the diamond w = ({l1_1}, {l1_2}): {weight} is exactly 0.", weight=zero[0], **at)


def _on_disc(w: Array) -> Said:
    zero, at = _zero(w), pair("best", w)
    if len(zero) == 2:
        return say("On the disc of the same √θ w = ({best1}, {best2}): both are 0.", **at)
    if not zero:
        return say("On the disc of the same √θ w = ({best1}, {best2}): neither is 0.", **at)
    return say(
        "On the disc of the same √θ w = ({best1}, {best2}): {weight} is exactly 0.",
        weight=zero[0],
        **at,
    )


def _as_good(solved: Solutions) -> list[Said]:
    """Where L has more than one minimiser in the diamond."""
    radius = math.sqrt(solved.theta[solved.chosen])
    ends = solved.surfaces[0].l1_minimisers(radius)
    if np.abs(ends[0] - ends[1]).max() <= ALIKE * radius:
        return []
    return [
        say(
            "In the diamond L has more than one minimiser: every point of the line from "
            "({from1}, {from2}) to ({to1}, {to2}) is as good, and the shortest is shown.",
            **pair("from", ends[0]),
            **pair("to", ends[1]),
        )
    ]


def _held(solved: Solutions) -> list[Said]:
    """Over which sizes L1 holds a weight at 0, and whether L2 does so too."""
    ranges = solved.surfaces[0].l1_zero_ranges()
    always = [name for name, w in zip(WEIGHTS, solved.optimum.T, strict=True) if (w == 0).all()]
    if not ranges and not always:
        return [
            say("Here L1 holds neither weight at exactly 0 over a range of θ, and nor does L2.")
        ]
    said = [_range(held, solved) for held in ranges]
    if always:
        return [*said, say("L2 holds {weight} at 0 for every θ, too.", weight=always[0])]
    return [*said, say("L2 holds neither weight at 0 over a range of θ.")]


def _range(held: ZeroRange, solved: Solutions) -> Said:
    low, high, theta = held.low**2, held.high**2, float(solved.theta[solved.chosen])
    weight, here = WEIGHTS[held.weight], low <= theta <= high
    if held.low == 0 and solved.minimiser[0][held.weight] == 0:
        return say(
            "L1 holds {weight} at exactly 0 for every θ, for in w̃ it is 0 already.", weight=weight
        )
    if low == 0 and here:
        return say(
            "L1 holds {weight} at exactly 0 for every θ up to {high}, as at the present one.",
            weight=weight,
            high=high,
        )
    if low == 0:
        return say(
            "L1 holds {weight} at exactly 0 for every θ up to {high}, but not at the present one.",
            weight=weight,
            high=high,
        )
    if here:
        return say(
            "L1 holds {weight} at exactly 0 for every θ from {low} to {high}, as at the present "
            "one.",
            weight=weight,
            low=low,
            high=high,
        )
    return say(
        "L1 holds {weight} at exactly 0 for every θ from {low} to {high}, but not at the present "
        "one.",
        weight=weight,
        low=low,
        high=high,
    )
