"""What the geometry shows, in plain words; its numbers are said elsewhere, when asked for."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from pages.geometry.answer.descents import products, stability
from pages.geometry.answer.solutions import Solutions, outside
from pages.geometry.question.scene import Scene, with_descent
from pages.geometry.question.sources import Problem
from pages.geometry.words import descents
from pages.geometry.words.meaning import SHORT
from pages.shared.numbers import percent
from pages.shared.words import Said, joined, say
from wd_core.arrays import Array

MEANING: Final = say(
    "The lines join weights with the same loss. A penalty on long weights, or a disc that they may "
    "not leave, pulls the best point from where the data are fitted best in towards zero."
)


def sentences(scene: Scene, given: Problem, solved: Solutions) -> list[str]:
    """What penalty and disc do to the best point, and where a descent goes, for every picture."""
    length = np.linalg.norm(solved.optimum, axis=1).tolist()
    pulled = [_pulled(given, solved, k, length[k]) for k in range(len(length))]
    if not with_descent(scene) or outside(scene, solved.box):
        return list(pulled)
    ways = zip(products(scene).tolist(), stability(scene, solved).tolist(), strict=True)
    walked = [_walked(scene, solved, k, *way) for k, way in enumerate(ways)]
    return [joined([pull, walk]) for pull, walk in zip(pulled, walked, strict=True)]


def _pulled(given: Problem, solved: Solutions, k: int, length: float) -> Said:
    if solved.flat:
        return say("The loss is flat: all weights fit the data alike, and zero is the shortest.")
    if solved.free_norm == 0:
        return say(
            "The data are fitted best at zero already: neither the penalty nor the disc has an "
            "effect."
        )
    if solved.weight_decay[k] == 0 and given.alone:
        return say(
            "Without a penalty the best point stays where the data are fitted best: the disc does "
            "not bind."
        )
    if solved.weight_decay[k] == 0:
        return say(
            "Without a penalty the best point is the shortest of all that fit the data best: the "
            "disc does not bind."
        )
    share = length / math.sqrt(solved.free_norm)
    if share < SHORT:
        return say(
            "So strong a penalty, or so small a disc, leaves next to nothing of the best point, "
            "but never quite zero."
        )
    return say(
        "Penalty and disc give the same best point. It is {share} as far from zero as the point "
        "that fits the data best. There the pull of the data and that of the penalty cancel.",
        share=percent(share),
    )


def _walked(scene: Scene, solved: Solutions, k: int, product: float, stability: float) -> Said:
    """As in the exact sentences: by the part of the start that is moved."""
    if product > 2:
        return say("Gradient descent diverges: its learning rate is too large.")
    if product == 2:
        return say("Gradient descent neither converges nor diverges: it swings for ever.")
    there = descents.arrives(scene, solved, k)
    if product == 0 and there:
        return say("Gradient descent starts at it and stays.")
    if product == 0:
        return say("Gradient descent stays at its start: nothing pulls it.")
    if stability >= 2:
        return say(
            "Gradient descent ends there only because its start has no part along the steepest "
            "direction."
        )
    if there:
        return say("Gradient descent converges to it.")
    return say(
        "Gradient descent converges elsewhere, to the nearest point of the valley, along which "
        "nothing pulls."
    )


def valley(given: Problem, solved: Solutions) -> Said | None:
    """A loss that is flat in one direction of the plane; None for another."""
    if given.turns or solved.surfaces[0].rank != 1:
        return None
    return say(
        "A whole line in this plane fits the data alike, dash-dotted in the picture; its shortest "
        "point is marked."
    )


def sliced(given: Problem) -> Said:
    """What the plane of a slice is a plane of."""
    if given.turns:
        return say(
            "A plane through the loss in many dimensions: it holds zero and both best points, and "
            "turns with the penalty. The problem is this page’s own; Train’s run is another."
        )
    return say(
        "A plane through the loss in many dimensions: it holds zero and the best points of every "
        "penalty. The problem is this page’s own; Train’s run is another."
    )


def zeros(solved: Solutions, best_l1: Array) -> list[Said]:
    """How many weights L1 makes exactly zero at the present size, and how many L2 does."""
    k = solved.chosen
    return [_zeros_of_l1(best_l1[k]), _zeros_of_l2(solved.optimum[k])]


def _zeros_of_l1(w: Array) -> Said:
    match int((w == 0).sum()):
        case 0:
            return say("Inside the diamond neither weight is exactly zero.")
        case 1:
            return say("Inside the diamond one weight is exactly zero.")
    return say("Inside the diamond both weights are zero.")


def _zeros_of_l2(w: Array) -> Said:
    match int((w == 0).sum()):
        case 0:
            return say("Inside the disc neither weight is exactly zero.")
        case 1:
            return say("Inside the disc one weight is exactly zero.")
    return say("Inside the disc both weights are zero.")
