"""Shapes that are moved: circles, rings, ellipses as maps of a circle, arrows."""

from __future__ import annotations

import numpy as np

from pages.shared.moves import affine
from wd_core.arrays import Array

# Corners of a circle: at a radius of 300 pixels its sides are off by a third of one.
CORNERS = 64
ARROW_POINTS = 7
# Where in an arrow's points its tip is.
TIP = 4


def circle(corners: int = CORNERS) -> Array:
    """The unit circle, closed, [corners + 1, 2]."""
    turn = np.linspace(0, 2 * np.pi, corners + 1)
    return np.column_stack([np.cos(turn), np.sin(turn)])


def rings(radii: Array, corners: int = CORNERS) -> Array:
    """Circles of these radii, each followed by a gap, [R · (corners + 2), 2]."""
    one = np.vstack([circle(corners), [np.nan, np.nan]])
    return np.asarray((radii[:, None, None] * one).reshape(-1, 2))


def ellipses(s: Array, V: Array, size: Array, centre: Array, widest: float) -> Array:
    """Affine maps of the unit circle to the level sets ½ wᵀHw = size²/2 around `centre`, [K, 6].

    s [K, 2], V [K, 2, 2]: the eigenvalues and eigenvectors of H; size [K]. A direction without
    curvature gets an axis of `widest`: in the frame, two parallel lines.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        axes = size[:, None] / np.sqrt(s)
    axes = np.where(np.isnan(axes) | (axes > widest), widest, axes)
    return affine(V * axes[:, None, :], centre)


def arrows(tails: Array, vectors: Array, head: float) -> Array:
    """Shaft and head of K arrows, [K, 7, 2], with a gap between the two."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    along = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    size = np.minimum(head, 0.6 * length)
    across = 0.45 * size * np.column_stack([-along[:, 1], along[:, 0]])
    tips = tails + vectors
    neck = tips - size * along
    gap = np.full_like(tips, np.nan)
    return np.stack([tails, neck, gap, neck + across, tips, neck - across, neck + across], axis=1)
