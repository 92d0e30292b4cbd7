"""Where everything that moves with λ and θ is drawn in every picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pages.geometry.answer.solutions import Box, Solutions
from pages.geometry.figure.panels import RINGS
from pages.geometry.figure.shapes import arrows, ellipses
from pages.geometry.payload.labels import ROOM, TURNS, around, clearest, taken, way
from pages.shared.moves import Move, Moves, affine, paths, places
from wd_core.arrays import Array

# A level set is drawn up to this many half frames wide: in a valley it has no end.
WIDEST = 1e3
# A name is so many times as near to its own point as to another.
OWN = 1.3
# Shares of half the frame: an arrow's length at the least and at the most, its head.
SHORTEST_ARROW, LONGEST_ARROW, HEAD = 0.24, 0.9, 0.09
# Places on the axis of log₁₀ λ: of λ = 0, and of the largest on the slider.
AT_ZERO, LAST = -3.5, 6.0


def base(solved: Solutions, best_l1: Array | None = None) -> Moves:
    """The disc, the points with their arrows and names, and the level sets.

    best_l1 [K, 2]: a point that the name of w* keeps away from, for that is not its own.
    """
    s, V, best, lams = solved.eigenvalues, solved.eigenvectors, solved.optimum, solved.weight_decay
    zero, unit = np.zeros_like(best), np.broadcast_to(np.eye(2), V.shape)
    log_lam, theta = curve(solved)
    round_ = np.ones_like(s)
    return {
        "disc": {"affine": affine(np.sqrt(solved.theta)[:, None, None] * unit, zero)},
        "touching": through(solved, best),
        "optimum": places(best),
        "minimiser": places(solved.minimiser),
        "curve": places(np.column_stack([log_lam, theta])),
        **_arrows(solved, best_l1),
        **_level_sets(solved, "loss", s, V, solved.minimiser),
        **_level_sets(solved, "penalty", lams[:, None] * round_, unit, zero),
        **_level_sets(solved, "objective", s + lams[:, None], V, best),
    }


def through(solved: Solutions, points: Array) -> Move:
    """The level sets of L through one point in every picture, [K, 2]."""
    size = np.sqrt(2 * solved.each(lambda surface, w: surface.loss(w), points))
    return {
        "affine": ellipses(
            solved.eigenvalues, solved.eigenvectors, size, solved.minimiser, WIDEST * solved.half
        )
    }


def _level_sets(solved: Solutions, name: str, s: Array, V: Array, centre: Array) -> Moves:
    """Rings around the lowest point, and the word "flat" where there are none."""
    size = spacing(steepness(s, V, centre, solved.box))
    flat, far = size == 0, WIDEST * solved.half
    rings = ellipses(s, V, size, centre, far)
    rings[flat] = 0, 0, 0, 0, far, far
    left, right, bottom, _ = solved.box
    word = np.broadcast_to([(left + right) / 2, bottom + 0.3 * solved.half], centre.shape)
    return {
        f"{name} rings": {"affine": rings},
        f"flat {name}": places(or_away(word, flat, solved)),
    }


def steepness(s: Array, V: Array, centre: Array, box: Box) -> Array:
    """√(2f) at the highest corner of the frame for f = ½ (w − centre)ᵀH(w − centre), [K]."""
    left, right, bottom, top = box
    corners = np.array([[x, y] for x in (left, right) for y in (bottom, top)])
    along = (corners - centre[:, None]) @ V  # [K, 4, 2]
    return np.asarray(np.sqrt((s[:, None] * along**2).sum(-1).max(1)))


def spacing(highest: Array) -> Array:
    """Steps of √(2f) between level sets: powers of two, so that the frame holds 6 to 10; [K].

    Where a function grows, every other level set goes and the others stay where they are.
    0 for a function that is flat.
    """
    with np.errstate(divide="ignore"):
        powers = np.ceil(np.log2(highest / RINGS))
    return np.where(highest > 0, 2.0**powers, 0.0)


def _arrows(solved: Solutions, best_l1: Array | None) -> Moves:
    """The two arrows at w*, equal and opposite, a short one drawn at the least length; the names.

    A name stands on beyond the tip of its arrow, or where else it is clear of the rest.
    """
    pull = -solved.weight_decay[:, None] * solved.optimum  # and −∇L is its opposite: that is w*
    length = np.linalg.norm(pull, axis=1, keepdims=True)
    share = length / length.max() if length.any() else length
    drawn = np.where(length > 0, np.maximum(LONGEST_ARROW * share, SHORTEST_ARROW), 0) * solved.half
    vectors = drawn * np.divide(pull, length, out=np.zeros_like(pull), where=length > 0)
    shown, best, head = length[:, 0] > 0, solved.optimum, HEAD * solved.half
    moved: Moves = {
        "force": paths(arrows(best, -vectors, head)),
        "pull": paths(arrows(best, vectors, head)),
        **_names(solved, best_l1),
    }
    for key, vector in (("force", -vectors), ("pull", vectors)):
        at = around(best + vector, vector, solved)
        place = clearest(at, taken(solved, moved), way(solved), solved)
        moved[f"{key} label"] = places(or_away(place, shown, solved))
    return moved


def _names(solved: Solutions, best_l1: Array | None) -> Moves:
    """The names of w* and w̃ on either side of the ray through w*, clear of the arrows."""
    best, free = solved.optimum, solved.minimiser
    ray = np.where(best.any(1, keepdims=True), best, np.array([1.0, 1.0]))
    ray = ray / np.linalg.norm(ray, axis=1, keepdims=True)
    aside = np.column_stack([-ray[:, 1], ray[:, 0]])
    other = ((free - best) * aside).sum(1, keepdims=True) > 1e-9 * solved.half
    aside = ROOM * solved.half * np.where(other, -aside, aside)
    at = best + aside if best_l1 is None else _own(best, aside, best_l1, solved)
    return {"optimum label": places(at), "minimiser label": places(free - aside)}


def _own(best: Array, aside: Array, other: Array, solved: Solutions) -> Array:
    """Places of a name beside its points [K, 2], [K, 2]: not nearer to another point than to those.

    Where it would be, it goes round its point to where the other one is farthest.
    """
    at = around(best, aside, solved)[:, : len(TURNS)]
    away = [np.linalg.norm(at - point[:, None], axis=-1) for point in (best, other)]
    room = away[1] / away[0]
    clear = np.where(room[:, 0] >= OWN, 0, room.argmax(1))
    found = at[np.arange(len(at)), clear]
    return np.where((clear == 0)[:, None], best + aside, found)


def curve(solved: Solutions) -> tuple[Array, Array]:
    """log₁₀ λ, with a place for 0, and θ(λ)."""
    lams = solved.weight_decay
    log = np.where(lams > 0, np.log10(np.where(lams > 0, lams, 1)), AT_ZERO)
    return np.maximum(log, AT_ZERO), np.minimum(solved.theta, solved.free_norm)


def l1_optima(solved: Solutions) -> Array:
    """The minimiser of L on the diamond |w₁| + |w₂| ≤ √θ of every picture, [K, 2]."""
    return np.array(
        [
            surface.l1_constrained(math.sqrt(theta)) if theta > 0 else np.zeros(2)
            for surface, theta in zip(solved.surfaces, solved.theta.tolist(), strict=True)
        ]
    )


def diamond(solved: Solutions, best: Array, moved: Moves) -> Moves:
    """The diamond of every picture, its minimiser with a name clear of what moves already, and the
    level set through that.
    """
    below = np.broadcast_to([0.0, -1.0], best.shape)
    at = around(best, below, solved)
    unit = np.broadcast_to(np.eye(2), (len(best), 2, 2))
    return {
        "diamond": {
            "affine": affine(np.sqrt(solved.theta)[:, None, None] * unit, np.zeros_like(best))
        },
        "touching diamond": through(solved, best),
        "optimum l1": places(best),
        "optimum l1 label": places(clearest(at, taken(solved, moved), way(solved), solved)),
    }


def or_away(at: Array, shown: Any, solved: Solutions) -> Array:
    """The places where they are shown, and elsewhere one far outside the frame."""
    return np.where(np.asarray(shown)[:, None], at, WIDEST * solved.half)
