"""What ridge, early stopping and both keep of each direction of the data, and where they agree.

In the coordinates of `spectrum.decompose` a solution is w = Σ v_j kept_j c_j/√s_j: least squares
with the share kept_j of each direction. Early stopping is t full-batch steps from w = 0 with the
bias at its best, that is on centred data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wd_core.arrays import Array
from wd_core.checks import require
from wd_core.signatures import typed

# Points between the ends of a search, basins of these that are followed down, and how far.
GRID, BASINS, ZOOM, ROUNDS = 160, 5, 12, 10
# |1 − ηs|^t below exp(−DONE) is rounding beside 1.
DONE = 40.0
# So many numbers are searched among at a time.
BLOCK = 1 << 18
EPSILON = float(np.finfo(np.float64).eps)

# Of points [M, P], each row on the scale of the problem of this number.
Distance = Callable[[Array, NDArray[np.int64]], Array]


@typed
def ridge_filter(s: ArrayLike, weight_decay: ArrayLike) -> Array:
    """What ridge keeps: s/(s + λ), broadcast; 0 where s = 0, and 1 elsewhere at λ = 0."""
    s, lam = np.asarray(s, dtype=np.float64), np.asarray(weight_decay, dtype=np.float64)
    kept = np.zeros(np.broadcast_shapes(s.shape, lam.shape))
    np.divide(s, s + lam, out=kept, where=s > 0)
    return kept


@typed
def descent_filter(
    s: ArrayLike, lr: float, steps: ArrayLike, weight_decay: ArrayLike = 0.0
) -> Array:
    """What t steps of descent with decay keep: s/(s + λ) · (1 − (1 − η(s + λ))^t), broadcast.

    λ = 0 is early stopping alone; `steps` = inf is its limit where η(s + λ) < 2. Above that it
    grows without end, and between 1 and 2 it swings around its limit.
    """
    s, lam = np.asarray(s, dtype=np.float64), np.asarray(weight_decay, dtype=np.float64)
    t = np.asarray(steps, dtype=np.float64)
    with np.errstate(invalid="ignore"):  # inf is neither even nor odd, and its power is 0
        odd = t % 2 == 1
    return np.where(s > 0, ridge_filter(s, lam) * _done(lr * (s + lam), t, odd), 0.0)


@typed
def filter_distance(first: ArrayLike, second: ArrayLike) -> Array:
    """Root mean square over the directions (last axis) of the difference of two kept shares."""
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    with np.errstate(over="ignore"):
        return np.asarray(np.sqrt((difference**2).mean(-1)))


@typed
def degrees_of_freedom(kept: ArrayLike) -> Array:
    """The trace of the hat matrix: 1 for the intercept and the sum of the kept shares."""
    return np.asarray(1 + np.asarray(kept, dtype=np.float64).sum(-1))


@overload
def closest_steps(s: ArrayLike, lr: float, weight_decay: float) -> float: ...
@overload
def closest_steps(s: ArrayLike, lr: float, weight_decay: Sequence[float] | Array) -> Array: ...
@typed
def closest_steps(s: ArrayLike, lr: float, weight_decay: ArrayLike) -> float | Array:
    """The whole number t >= 1 of steps without decay that keeps most nearly what ridge(λ) keeps.

    It minimises `filter_distance` over the directions s > 0, [r]; the smallest of equals. inf where
    only the limit does: at λ = 0, unless η s_max >= 2. An array [L] for an array of λ.
    """
    s = _directions(s)
    lams = np.asarray(weight_decay, dtype=np.float64)
    blocks = _blocks(lams.ravel(), len(s))
    steps = np.concatenate([_closest_steps(s, lr, block) for block in blocks])
    return steps.reshape(lams.shape) if lams.ndim else float(steps[0])


@overload
def closest_weight_decay(s: ArrayLike, lr: float, steps: float) -> float: ...
@overload
def closest_weight_decay(s: ArrayLike, lr: float, steps: Sequence[float] | Array) -> Array: ...
@typed
def closest_weight_decay(s: ArrayLike, lr: float, steps: ArrayLike) -> float | Array:
    """The λ >= 0 whose ridge keeps most nearly what `steps` steps without decay keep.

    It minimises `filter_distance` over the directions s > 0, [r]; inf where none is large enough.
    An array [T] for an array of steps.
    """
    s = _directions(s)
    t = np.asarray(steps, dtype=np.float64)
    blocks = _blocks(t.ravel(), len(s))
    lam = np.concatenate([_closest_weight_decay(s, lr, block) for block in blocks])
    return lam.reshape(t.shape) if t.ndim else float(lam[0])


def _blocks(values: Array, directions: int) -> list[Array]:
    """The values in parts whose search grids stay in the cache."""
    return np.array_split(values, max(1, len(values) * GRID * directions // BLOCK))


def _closest_steps(s: Array, lr: float, lam: Array) -> Array:
    x, wanted = lr * s, ridge_filter(s, lam[:, None])
    limit, swings = bool(x.max() < 2), bool(x.max() > 1)
    ends = [1.0, np.inf] if limit else [1.0]
    rows, candidates = [np.arange(len(lam))] * len(ends), [np.full(len(lam), end) for end in ends]
    stride = 2 if swings else 1
    for odd in (False, True) if swings else (False,):
        # where 1 − ηs < 0 even and odd steps lie on two smooth curves: each is searched alone
        smooth, end = _smooth(x, wanted, odd), _horizon(s, x, lam)
        row, around = _minima(smooth, np.ones(len(lam)), end, apart=stride)
        for t in around:
            below = np.floor((t - odd) / stride) * stride + odd
            rows += [row, row]
            candidates += [np.maximum(1.0, below), below + stride]
    row, t = np.concatenate(rows), np.concatenate(candidates)
    best = _best(row, t, filter_distance(descent_filter(s, lr, t[:, None]), wanted[row]))
    return np.where((lam == 0) & limit, np.inf, best)


def _closest_weight_decay(s: Array, lr: float, steps: Array) -> Array:
    kept = descent_filter(s, lr, steps[:, None])

    def distance(lam: Array, row: NDArray[np.int64]) -> Array:
        return filter_distance(ridge_filter(s, lam[..., None]), kept[row][:, None])

    exact = np.full(kept.shape, np.inf)
    np.divide(s * np.maximum(1 - kept, 0), kept, out=exact, where=kept > 0)
    exact[np.isposinf(kept)] = 0.0
    # each direction alone would choose `exact`: all together choose between the ends of these
    low = np.maximum(exact.min(1), EPSILON * float(s.min()))
    high = np.minimum(exact.max(1), float(s.max()) / EPSILON)
    every, one = np.arange(len(steps)), np.flatnonzero(low == high)
    between = np.flatnonzero(low < high)
    row, (_, least, _) = _minima(
        lambda lam, at: distance(lam, between[at]), low[between], high[between]
    )
    rows = np.concatenate([every, every, one, between[row]])
    lam = np.concatenate([np.zeros(len(every)), np.full(len(every), np.inf), low[one], least])
    return _best(rows, lam, distance(lam[:, None], rows)[:, 0])


# ---------------------------------------------------------------- parts


def _directions(s: ArrayLike) -> Array:
    given = np.asarray(s, dtype=np.float64)
    given = given[given > 0]
    require(len(given) > 0, "s", "of at least one direction with s > 0", np.shape(s))
    return given


def _done(x: Array, t: Array, odd: NDArray[np.bool_] | bool) -> Array:
    """1 − (1 − x)^t; for a real t, that of the even or the odd steps where 1 − x < 0."""
    with np.errstate(all="ignore"):
        slow: Array = -np.expm1(t * np.log1p(-x))
        if not (x >= 1).any():
            return slow
        swinging = 1 - np.where(odd, -1.0, 1.0) * (x - 1) ** t
    return np.where(x < 1, slow, swinging)


def _smooth(x: Array, wanted: Array, odd: bool) -> Distance:
    return lambda t, row: filter_distance(_done(x, t[..., None], odd), wanted[row][:, None])


def _horizon(s: Array, x: Array, weight_decay: Array) -> Array:
    """The t beyond which every direction has passed what it wants, or nothing changes any more."""
    rate = -np.log(np.abs(1 - x), where=x != 1, out=np.full(len(x), -np.inf))
    with np.errstate(divide="ignore", over="ignore"):
        crossed = np.minimum(np.log1p(s / weight_decay[:, None]), DONE)
    crossed = np.where(x < 1, crossed, DONE)
    finite = rate > 0
    return np.asarray(np.max(crossed[:, finite] / rate[finite], axis=1, initial=2.0))


def _minima(
    distance: Distance, low: Array, high: Array, apart: float = 0.0
) -> tuple[NDArray[np.int64], Array]:
    """The lowest local minima between positive ends [L]: fine grids, and each basin followed.

    The row of each minimum, [M], and an end before it, itself, and an end after it, [3, M]; ends
    that are at most so far `apart` are near enough.
    """
    x = np.geomspace(low, high, GRID, axis=1)
    d = distance(x, np.arange(len(low)))
    beyond = np.full((len(low), 1), np.inf)
    left, right = np.hstack([beyond, d[:, :-1]]), np.hstack([d[:, 1:], beyond])
    basins = np.where((d < left) & (d <= right), d, np.inf)
    lowest = np.argsort(basins, axis=1)[:, :BASINS]
    row, place = np.nonzero(np.take_along_axis(basins, lowest, axis=1) < np.inf)
    around = x[row, _around(lowest[row, place], GRID)]
    for _ in range(ROUNDS):
        wide = np.flatnonzero(around[2] - around[0] > apart)
        if not len(wide):
            break
        x = np.geomspace(around[0, wide], around[2, wide], ZOOM, axis=1)
        i = distance(x, row[wide]).argmin(1)
        around[:, wide] = x[np.arange(len(wide)), _around(i, ZOOM)]
    return row, around


def _around(i: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Of so many places the one before each, itself, and the one after, [3, M]."""
    return np.asarray(np.clip([i - 1, i, i + 1], 0, count - 1))


def _best(row: NDArray[np.int64], candidates: Array, distance: Array) -> Array:
    """For each row the candidate of the least distance, the smallest of equals."""
    order = np.lexsort([candidates, distance, row])
    first = np.unique(row[order], return_index=True)[1]
    return candidates[order[first]]
