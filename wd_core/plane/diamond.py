"""The L1 norm beside the quadratic of two weights: exact minimisers under penalty or constraint.

Under a penalty the optimality conditions say which weights are zero, in the diamond the edges' own
minimisers do: a zero is exact, and next to one no digits are lost to comparing losses.
A valley, L = ½ s (v·w − t)², has a line of minimisers; of those left equal the one of least
Euclidean norm is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wd_core.arrays import Array
from wd_core.plane.surface import Surface
from wd_core.signatures import typed

# |v_1| and |v_2| closer than this are equal up to rounding: the valley runs along an edge.
EQUAL = 1e-12
SIGNS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


@dataclass(frozen=True)
class ZeroRange:
    """Weight `weight` (0 or 1) is exactly 0 for every radius of the diamond in low ... high."""

    weight: int
    low: float
    high: float


@typed
def penalised(surface: Surface, l1: float) -> Array:
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


@typed
def inside_diamond(surface: Surface, radius: float) -> Array:
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


@typed
def all_inside_diamond(surface: Surface, radius: float) -> Array:
    """The ends [2, 2] of the segment of all minimisers; for a surface with curvature."""
    if surface.rank == 2:
        return np.tile(inside_diamond(surface, radius), (2, 1))
    _, v, t = _valley(surface)
    widest = radius * float(np.abs(v).max())
    if abs(t) >= widest and not _along_an_edge(v):
        return np.tile(inside_diamond(surface, radius), (2, 1))
    at, along = np.clip(t, -widest, widest) * v, np.array([-v[1], v[0]])
    slope = SIGNS @ along
    bounding = np.abs(slope) > EQUAL  # the other sides run along the valley
    shares = (radius - SIGNS[bounding] @ at) / slope[bounding]
    first, last = shares[slope[bounding] < 0].max(), shares[slope[bounding] > 0].min()
    return np.asarray([at + first * along, at + last * along])


@typed
def zero_ranges(surface: Surface) -> list[ZeroRange]:
    """Where one weight is exactly 0, from the optimality conditions at a corner.

    At r·σe_i the pull along the axis is σg_i − H_ii r, and across it |g_j − σH_ij r| must not be
    larger. Beyond ‖w̃‖₁ the diamond is idle; up to there a zero of w̃ is held where it was before.
    """
    g, H = -surface.gradient(np.zeros(2)), surface.hessian
    if not g.any() or (surface.rank == 1 and _along_an_edge(surface.eigenvectors[:, 0])):
        return []
    found = []
    for i in (0, 1):
        if g[i] == 0:
            continue
        sign = np.sign(g[i])  # a corner that is held lies on the side of the pull
        pull, across = abs(g[i]), g[1 - i] * np.array([1, -1])
        gain = H[i, i] - sign * H[0, 1] * np.array([1, -1])  # gain·r <= pull − across, both
        bounds = [(pull - a, b) for a, b in zip(across.tolist(), gain.tolist(), strict=True)]
        low = max([room / b for room, b in bounds if b < 0], default=0.0)
        high = min([room / b for room, b in bounds if b > 0] + [pull / H[i, i]])
        possible = all(room >= 0 for room, b in bounds if b == 0)
        if possible and high > max(low, 0.0) + EQUAL * pull / H[i, i]:
            found.append(ZeroRange(1 - i, max(low, 0.0), float(high)))
    return found


def _along_an_edge(v: Array) -> bool:
    """Whether a valley across v runs along an edge of the diamond."""
    return bool(abs(abs(v[0]) - abs(v[1])) < EQUAL)


def _edge_minima(surface: Surface, radius: float) -> Iterator[tuple[float, float, Array]]:
    """For each edge: the least loss, how far beyond its ends that of its line is, and the point.

    Next to a corner the losses of two edges agree up to rounding: the one not cut short is meant.
    """
    for signs in SIGNS:
        begin, along = radius * np.array([signs[0], 0.0]), radius * np.array([-signs[0], signs[1]])
        share = float(-surface.gradient(begin) @ along / (along @ surface.hessian @ along))
        cut = min(max(share, 0.0), 1.0)
        w = signs * radius * np.array([1 - cut, cut])
        yield float(surface.loss(w)), abs(share - cut), w + 0.0  # no −0


def _valley_inside(surface: Surface, free: Array, radius: float) -> Array:
    _, v, t = _valley(surface)
    widest = radius * float(np.abs(v).max())  # of v·w over the diamond
    if abs(t) >= widest:
        return _shortest(v, float(np.copysign(widest, t)))
    # the line of minimisers enters the diamond between its points of least L1 and of least L2 norm
    corner = _shortest(v, t)
    least, most = np.abs(corner).sum(), np.abs(free).sum()
    return np.asarray(corner + (radius - least) / (most - least) * (free - corner))


def _valley(surface: Surface) -> tuple[float, Array, float]:
    """s, v [2] and t of L = ½ s (v·w − t)²."""
    v = surface.eigenvectors[:, 0]
    return float(surface.eigenvalues[0]), v, float(v @ surface.minimiser)


def _shortest(v: Array, level: float) -> Array:
    """The w [2] of least L1 norm with v·w = level: on an axis, or halfway where both would do."""
    if _along_an_edge(v):
        return np.asarray(level * np.sign(v) / np.abs(v).sum())
    axis = np.abs(v).argmax()
    return np.asarray(np.where(np.arange(2) == axis, level / v[axis], 0.0))


def _shrunk(value: float, by: float) -> float:
    """Soft thresholding: towards zero by `by`, and no further."""
    return max(value - by, 0.0) + min(value + by, 0.0)
