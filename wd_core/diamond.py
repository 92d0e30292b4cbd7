"""The L1 norm beside the quadratic of two weights: exact minimisers under penalty or constraint.

Under a penalty the optimality conditions say which weights are zero, in the diamond the edges' own
minimisers do: a zero is exact, and next to one no digits are lost to comparing losses.
A valley, L = ½ s (v·w − t)², has a line of minimisers; of those left equal the one of least
Euclidean norm is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from wd_core.types import Array

if TYPE_CHECKING:
    from wd_core.geometry import Quadratic

# |v_1| and |v_2| closer than this are equal up to rounding: the valley runs along an edge.
EQUAL = 1e-12
SIGNS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


def penalised(surface: Quadratic, l1: float) -> Array:
    """argmin L(w) + l1·‖w‖₁, [2]."""
    if l1 == 0 or surface.rank == 0:
        return surface.ridge(0.0)
    if surface.rank == 1:
        s, v, t = _valley(surface)
        return _shortest(v, _shrunk(t, l1 / (s * np.abs(v).max())))
    pull = -surface.gradient(np.zeros(2))
    for axis in (0, 1):
        w = np.zeros(2)
        w[axis] = _shrunk(pull[axis], l1) / surface.hessian[axis, axis]
        if abs(surface.gradient(w)[1 - axis]) <= l1:
            return w
    # no weight is zero: of the four orthants the one whose stationary point lies inside it
    V = surface.eigenvectors
    stationary = surface.minimiser - l1 * (SIGNS @ V / surface.eigenvalues) @ V.T
    inside = (stationary * SIGNS).min(1).argmax()
    return np.asarray(SIGNS[inside] * np.maximum(stationary[inside] * SIGNS[inside], 0))


def inside_diamond(surface: Quadratic, radius: float) -> Array:
    """argmin L(w) subject to ‖w‖₁ <= radius, [2]."""
    free = surface.ridge(0.0)
    if np.abs(free).sum() <= radius:
        return free
    if surface.rank == 1:
        return _valley_inside(surface, free, radius)
    edges = list(_edge_minima(surface, radius))
    least = min(loss for loss, _, _ in edges) * (1 + EQUAL)
    _, _, w = min((edge for edge in edges if edge[0] <= least), key=lambda edge: edge[1])
    return w


def _edge_minima(surface: Quadratic, radius: float) -> Iterator[tuple[float, float, Array]]:
    """For each edge: the least loss, how far beyond its ends that of its line is, and the point.

    Next to a corner the losses of two edges agree up to rounding: the one not cut short is meant.
    """
    for signs in SIGNS:
        begin, along = radius * np.array([signs[0], 0.0]), radius * np.array([-signs[0], signs[1]])
        share = float(-surface.gradient(begin) @ along / (along @ surface.hessian @ along))
        cut = min(max(share, 0.0), 1.0)
        w = signs * radius * np.array([1 - cut, cut])
        yield float(surface.loss(w)), abs(share - cut), w + 0.0  # no −0


def _valley_inside(surface: Quadratic, free: Array, radius: float) -> Array:
    _, v, t = _valley(surface)
    widest = radius * float(np.abs(v).max())  # of v·w over the diamond
    if abs(t) >= widest:
        return _shortest(v, float(np.copysign(widest, t)))
    # the line of minimisers enters the diamond between its points of least L1 and of least L2 norm
    corner = _shortest(v, t)
    least, most = np.abs(corner).sum(), np.abs(free).sum()
    return np.asarray(corner + (radius - least) / (most - least) * (free - corner))


def _valley(surface: Quadratic) -> tuple[float, Array, float]:
    """s, v [2] and t of L = ½ s (v·w − t)²."""
    v = surface.eigenvectors[:, 0]
    return float(surface.eigenvalues[0]), v, float(v @ surface.minimiser)


def _shortest(v: Array, level: float) -> Array:
    """The w [2] of least L1 norm with v·w = level: on an axis, or halfway where both would do."""
    size = np.abs(v)
    if abs(size[0] - size[1]) < EQUAL:
        return np.asarray(level * np.sign(v) / size.sum())
    axis = size.argmax()
    return np.asarray(np.where(np.arange(2) == axis, level / v[axis], 0.0))


def _shrunk(value: float, by: float) -> float:
    """Soft thresholding: towards zero by `by`, and no further."""
    return max(value - by, 0.0) + min(value + by, 0.0)
