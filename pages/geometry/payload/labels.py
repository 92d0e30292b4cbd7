"""Where words stand in every picture: beside what they name, and clear of what is drawn there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.geometry.answer.solutions import Solutions
from pages.geometry.figure.shapes import TIP
from pages.shared.moves import Moves
from wd_core.arrays import Array

# The room between a point and its name, in shares of half the frame; how many times as wide as high
# a word needs it; which share of it a line needs that may pass close by.
ROOM, WORD, LINE = 0.14, 1.8, 0.55
# What a level set through a word costs, where a word on top of another costs 1.
STRUCK = 0.4
# Half of a word's box, in `ROOM`s.
BOX = np.array([0.8, 0.45])
# How many times as far away a word stands where there is no room beside its point.
FARTHER = 1.5
# From where a word would go to the other side.
TURNS = np.radians([0, 45, -45, 90, -90, 135, -135, 180])
# Points of the way of w* that words keep clear of.
SAMPLES = 60


def around(points: Array, heading: Array, solved: Solutions) -> Array:
    """Eight places around points [K, 2], the first one in the direction `heading` [K, 2], and the
    same again farther out, where it is too crowded.
    """
    turn = np.arctan2(heading[:, 1], heading[:, 0])[:, None] + TURNS
    ring = np.stack([WORD * np.cos(turn), np.sin(turn)], -1)
    rings = np.concatenate([ring, FARTHER * ring], axis=1)
    return np.asarray(points[:, None] + ROOM * solved.half * rings)


def clearest(
    at: Array, words: Array, lines: Array, solved: Solutions, *, size: float = 1.0
) -> Array:
    """Of the places at [K, C, 2] the first with the most room, [K, 2].

    In the frame, clear of words and points [K, T, 2], of points on lines [K, S, 2], and of the
    level set of L through w*; `size`: how many times as large as a short word this one is.
    """
    need = ROOM * solved.half * size
    cost = _crowding(at, words, need) + _crowding(at, lines, LINE * need)
    cost = cost + STRUCK * struck(at, solved) + _cut_off(at, solved, size)
    return np.asarray(at[np.arange(len(at)), cost.round(9).argmin(1)])


def _crowding(at: Array, taken: Array, need: float) -> Array:
    """0 where nothing is nearer than `need`, 1 where something lies right there, [K, C]."""
    across, up = (at[:, :, None, k] - taken[:, None, :, k] for k in (0, 1))
    across /= WORD
    across *= across
    up *= up
    across += up  # in place: these are the largest arrays of the page
    return np.asarray(np.maximum(1 - np.sqrt(across.min(-1)) / need, 0))


def _cut_off(at: Array, solved: Solutions, size: float) -> NDArray[np.bool_]:
    """Whether the frame would cut a word at [K, C, 2], [K, C]."""
    left, right, bottom, top = solved.box
    wide, high = BOX * ROOM * solved.half * size
    x, y = at[..., 0], at[..., 1]
    return np.asarray(
        (x < left + wide) | (x > right - wide) | (y < bottom + high) | (y > top - high)
    )


def struck(at: Array, solved: Solutions) -> NDArray[np.bool_]:
    """Whether the level set of L through w* crosses the box of a word at [K, C, 2], [K, C]."""
    steps = np.array([-1.0, 0.0, 1.0])
    box = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2) * BOX * ROOM * solved.half
    height = solved.each(lambda surface, w: surface.loss(w), solved.optimum)
    loss = solved.each(lambda surface, w: surface.loss(w), at[:, :, None] + box)
    inside = loss < height[:, None, None]
    return np.asarray(inside.any(-1) & ~inside.all(-1))


def taken(solved: Solutions, moved: Moves) -> Array:
    """Where points, arrows and the words so far lie in every picture, [K, T, 2]."""
    best = solved.optimum
    words = [row["affine"][:, 4:] for key, row in moved.items() if key.endswith("label")]
    along = np.linspace(0, 1, 9)[:, None, None]
    tips = [_tip(moved[key]) for key in ("force", "pull")]
    shafts = [best + share * (tip - best) for tip in tips for share in along]
    return np.stack([np.zeros_like(best), solved.minimiser, *words, *shafts], axis=1)


def _tip(arrow: dict[str, Any]) -> Array:
    return np.column_stack([arrow["x"][:, TIP], arrow["y"][:, TIP]])


def way(solved: Solutions) -> Array:
    """Points of the path of w*(λ), evenly spaced along it, the same in every picture: [K, S, 2]."""
    path = solved.optimum
    gone = np.concatenate([[0.0], np.linalg.norm(np.diff(path, axis=0), axis=1).cumsum()])
    at = np.linspace(0, gone[-1], SAMPLES)
    points = np.column_stack([np.interp(at, gone, column) for column in path.T])
    return np.broadcast_to(points, (len(path), SAMPLES, 2))
