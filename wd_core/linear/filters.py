"""What ridge, early stopping and both keep of each direction of the data, and where they agree.

In the coordinates of `spectrum.decompose` a solution is w = Σ v_j kept_j c_j/√s_j: least squares
with the share kept_j of each direction. Early stopping is t full-batch steps from w = 0 with the
bias at its best, that is on centred data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wd_core.arrays import Array
from wd_core.checks import require

# Points between the ends of a search, basins of these that are followed down, and how far.
GRID, BASINS, ZOOM, ROUNDS = 160, 5, 12, 10
# |1 − ηs|^t below exp(−DONE) is rounding beside 1.
DONE = 40.0
EPSILON = float(np.finfo(np.float64).eps)

Distance = Callable[[Array], Array]


def ridge_filter(s: ArrayLike, weight_decay: ArrayLike) -> Array:
    """What ridge keeps: s/(s + λ), broadcast; 0 where s = 0, and 1 elsewhere at λ = 0."""
    s, lam = np.asarray(s, dtype=np.float64), np.asarray(weight_decay, dtype=np.float64)
    kept = np.zeros(np.broadcast_shapes(s.shape, lam.shape))
    np.divide(s, s + lam, out=kept, where=s > 0)
    return kept


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


def filter_distance(first: ArrayLike, second: ArrayLike) -> Array:
    """Root mean square over the directions (last axis) of the difference of two kept shares."""
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    with np.errstate(over="ignore"):
        return np.asarray(np.sqrt((difference**2).mean(-1)))


def degrees_of_freedom(kept: ArrayLike) -> Array:
    """The trace of the hat matrix: 1 for the intercept and the sum of the kept shares."""
    return np.asarray(1 + np.asarray(kept, dtype=np.float64).sum(-1))


def closest_steps(s: ArrayLike, lr: float, weight_decay: float) -> float:
    """The whole number t >= 1 of steps without decay that keeps most nearly what ridge(λ) keeps.

    It minimises `filter_distance` over the directions s > 0, [r]; the smallest of equals. inf where
    only the limit does: at λ = 0, unless η s_max >= 2.
    """
    s = _directions(s)
    wanted, x = ridge_filter(s, weight_decay), lr * s
    limit = bool(x.max() < 2)
    if weight_decay == 0 and limit:
        return float("inf")

    def distance(t: Array) -> Array:
        return filter_distance(descent_filter(s, lr, t[:, None]), wanted)

    candidates = {1.0} | ({float("inf")} if limit else set())
    swings = bool(x.max() > 1)
    for odd in (False, True) if swings else (False,):
        # where 1 − ηs < 0 even and odd steps lie on two smooth curves: each is searched alone
        for t in _minima(_smooth(x, wanted, odd), 1.0, _horizon(s, x, weight_decay)):
            stride = 2 if swings else 1
            below = np.floor((t - odd) / stride) * stride + odd
            candidates |= {max(1.0, float(below)), float(below) + stride}
    return _best(distance, candidates)


def closest_weight_decay(s: ArrayLike, lr: float, steps: float) -> float:
    """The λ >= 0 whose ridge keeps most nearly what `steps` steps without decay keep.

    It minimises `filter_distance` over the directions s > 0, [r]; inf where none is large enough.
    """
    s = _directions(s)
    kept = descent_filter(s, lr, steps)

    def distance(lam: Array) -> Array:
        return filter_distance(ridge_filter(s, lam[:, None]), kept)

    exact = np.full(len(s), np.inf)
    np.divide(s * np.maximum(1 - kept, 0), kept, out=exact, where=kept > 0)
    exact[np.isposinf(kept)] = 0.0
    # each direction alone would choose `exact`: all together choose between the ends of these
    low, high = float(exact.min()), float(exact.max())
    low, high = max(low, EPSILON * float(s.min())), min(high, float(s.max()) / EPSILON)
    between = _minima(distance, low, high) if low < high else [low] if low == high else []
    return _best(distance, {0.0, float("inf"), *between})


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
    return lambda t: filter_distance(_done(x, t[:, None], odd), wanted)


def _horizon(s: Array, x: Array, weight_decay: float) -> float:
    """The t beyond which every direction has passed what it wants, or nothing changes any more."""
    rate = -np.log(np.abs(1 - x), where=x != 1, out=np.full(len(x), -np.inf))
    crossed = np.full(len(x), DONE)
    if weight_decay > 0:
        crossed = np.where(x < 1, np.minimum(np.log1p(s / weight_decay), DONE), DONE)
    finite = rate > 0
    return float(max(2.0, np.max(crossed[finite] / rate[finite], initial=2.0)))


def _minima(distance: Distance, low: float, high: float) -> list[float]:
    """The lowest local minima between two positive ends: a fine grid, and each basin followed."""
    x = np.geomspace(low, high, GRID)
    d = distance(x)
    left, right = np.append(np.inf, d[:-1]), np.append(d[1:], np.inf)
    places = np.flatnonzero((d < left) & (d <= right))
    lowest = places[np.argsort(d[places])][:BASINS]
    return [_followed(distance, x[max(i - 1, 0)], x[min(i + 1, GRID - 1)]) for i in lowest]


def _followed(distance: Distance, low: float, high: float) -> float:
    for _ in range(ROUNDS):
        x = np.geomspace(low, high, ZOOM)
        i = int(distance(x).argmin())
        low, high = x[max(i - 1, 0)], x[min(i + 1, ZOOM - 1)]
    return float(x[i])


def _best(distance: Distance, candidates: Iterable[float]) -> float:
    """The candidate of the least distance, the smallest of equals."""
    ordered = np.array(sorted(candidates))
    return float(ordered[np.argmin(distance(ordered))])
