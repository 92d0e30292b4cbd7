"""What a picture shows, in a sentence for every λ; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.geometry.answer.solutions import Solutions
from pages.geometry.question.scene import Scene
from pages.geometry.question.sources import Problem
from pages.geometry.words import descents
from pages.shared.numbers import Digits, every_digit, exact, percent, plain
from pages.shared.words import Said, joined, label, say, told

MEANING = label(
    "L is the loss on the data, a function of the weights w; w̃ is the w that makes L least (of "
    "several the shortest), and w* the one that does so with the penalty (λ/2)‖w‖² added, or "
    "inside the disc ‖w‖² ≤ θ."
)
LEVELS = label(
    "Level sets lie where √(2f), f being the height above the lowest point of the panel, grows in "
    "equal steps; where they would crowd, every other one is left out."
)
ARROWS = label(
    "Arrows are in proportion to their pulls, but a short one is drawn long enough to be seen."
)
TURNING = label(
    "With λ this plane turns about the line through w̃. The path shows every w*(λ) in the plane of "
    "its own λ: how far along w̃ it lies, and how far from that line. The level sets, the disc and "
    "w* belong to the plane of the present λ."
)
FLAT = label("The loss is flat: every w is a minimiser; w̃ = 0 is the shortest.")
# Below this share of the length of w̃ the length of w* itself says more.
SHORT = 1e-3


def drawn(given: Problem, solved: Solutions) -> list[str]:
    """How to read the level sets, as far as what they explain is there."""
    pulled = [told(ARROWS)] if solved.free_norm > 0 else []
    return [told(LEVELS), *pulled, *([told(TURNING)] if given.turns else [])]


def sentences(scene: Scene, given: Problem, solved: Solutions) -> list[str]:
    """What w* does, and where a descent goes, for every picture."""
    length = np.linalg.norm(solved.optimum, axis=1).tolist()
    pulled = [_pulled(given, solved, k, length[k]) for k in range(len(length))]
    walked = descents.ends(scene, solved)
    if walked is None:
        return list(pulled)
    return [joined([pull, walk]) for pull, walk in zip(pulled, walked, strict=True)]


def _pulled(given: Problem, solved: Solutions, k: int, length: float) -> str:
    lam, theta, free = float(solved.weight_decay[k]), float(solved.theta[k]), solved.free_norm
    if solved.flat:
        return told(FLAT)
    if free == 0:
        return say("w̃ = 0, so w* = 0 whatever λ and θ are: neither has an effect.")
    if lam == 0:
        return _free(given, theta, free)
    share = length / math.sqrt(free)
    if share < SHORT:
        return say(
            "λ = {weight_decay} has pulled w* to a length of {length}, and a larger λ pulls it "
            "closer to 0; it gets there for no finite λ.",
            weight_decay=lam,
            length=length,
        )
    return say(
        "λ = {weight_decay} and θ = {theta} give the same w*: there the pull of the data and "
        "that of the penalty cancel, and the level set of L touches the circle. w* is {share} as "
        "long as w̃.",
        weight_decay=lam,
        theta=theta,
        share=percent(share),
    )


def _free(given: Problem, theta: float, free: float) -> Said:
    if theta <= free and given.alone:
        return say("λ = 0: w* = w̃. The disc just holds it, so the constraint does not bind.")
    if theta <= free:
        return say(
            "λ = 0: w* = w̃, the shortest of all minimisers of L. The disc just holds it, so the "
            "constraint does not bind."
        )
    size = {"theta": apart_from(theta, free), "free_norm": apart_from(free, theta)}
    if given.alone:
        return say(
            "λ = 0: w* = w̃. θ = {theta} is more than ‖w̃‖² = {free_norm}, so the constraint does "
            "not bind.",
            **size,
        )
    return say(
        "λ = 0: w* = w̃, the shortest of all minimisers of L. θ = {theta} is more than "
        "‖w̃‖² = {free_norm}, so the constraint does not bind.",
        **size,
    )


def apart_from(value: float, other: float) -> Digits:
    """A number with as many digits as it takes to tell it from another one."""
    for form in (plain, exact):
        if form(value) != form(other):
            return form(value)
    return every_digit(value)


def lifted(solved: Solutions) -> Said:
    """What the penalty does to the surface of the loss."""
    lam = solved.now
    if lam == 0:
        return say("λ = 0: loss and objective are one surface.")
    if solved.free_norm > 0:
        return say(
            "λ = {weight_decay}: the penalty lifts the loss everywhere but at 0, and most far out; "
            "so the lowest point moves in.",
            weight_decay=lam,
        )
    return say(
        "λ = {weight_decay}: the penalty lifts the loss everywhere but at 0, and most far out; w̃ "
        "is at 0, so the lowest point stays there.",
        weight_decay=lam,
    )


def steep(reach: float) -> Said:
    """How little of a steep objective lies in the picture."""
    return say("J is so steep that it leaves the picture within {reach} of w*.", reach=reach)


def pair(name: str, w: np.ndarray) -> dict[str, float]:
    """The two coordinates of a point as values of a sentence, {name}1 and {name}2."""
    first, second = (float(x) for x in w)
    return {f"{name}1": first, f"{name}2": second}
