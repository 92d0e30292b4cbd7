"""What a map shows, in numbers: its best cell, and whether the λ that is needed moves with η."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.arrays import Array

# λ matters at an η where no decay at all costs at least this factor over the best cell.
MATTERS = 1.5
# Losses within this share of each other are the same up to rounding.
ALIKE = 1e-9
# A column has a best λ of its own where both ends of the range cost at least this factor more.
DISTINCT = 1.05
# A run without decay that ends at this many times the median one is on its way to diverge.
BLOWN = 10.0
FEWEST = 3  # points of a line
ROUNDING = 0.01  # decades: cells are at numbers of three digits
STRAIGHT = 0.75  # the share of points that must be on it


@dataclass(frozen=True, eq=False)
class Line:
    """Points λ over η of some columns, and the straight line through them, both logarithmic.

    slope: d log λ / d log η, the median of the slopes between any two points (Theil and Sen), so
    that a few points that stray do not turn it; NaN for fewer than three. `near`: how many points
    are within half a row of the line.
    """

    lr: Array
    weight_decay: Array
    slope: float
    near: int

    @property
    def straight(self) -> bool:
        """Whether most of the points are on the line."""
        return len(self.lr) >= FEWEST and self.near >= STRAIGHT * len(self.lr)


@dataclass(frozen=True, eq=False)
class Valley:
    """One map's best cells (row, column) and their loss; for each η the λ that does half the work,
    and the best λ of the columns that have one inside their range.

    `best` has every cell of the least loss, `nothing`: that loss is 0 up to rounding. `any_row`,
    `any_column`: λ, or η, can be any, for every other cell of the best one's column, or row, that
    has not diverged has the same loss; `flat`: so has every cell of the map. `below`: at how many η
    the smallest λ > 0 does half the work already.
    """

    best: tuple[tuple[int, int], ...]
    nothing: bool
    loss: float
    any_row: bool
    any_column: bool
    flat: bool
    crossing: Line
    below: int
    bottom: Line


def valley(lr: Array, weight_decay: Array, losses: Array, rounding: float = 0.0) -> Valley | None:
    """Of losses [L, E] over weight_decay [L], 0 first, and lr [E]; NaN where a run diverged.

    Losses up to `rounding` are all 0: none of them is better than another.

    Half the work at an η is the geometric mean of its loss without decay and of the best loss of
    the map; it is looked at where λ matters and the run without decay holds. None where every run
    diverged, or nothing is known yet.
    """
    if not np.isfinite(losses).any():
        return None
    losses = np.maximum(losses, rounding)
    loss, bare = float(np.nanmin(losses)), losses[0]
    best = np.argwhere(losses <= (1 + ALIKE) * loss).tolist()
    row, column = best[0]
    flat = alike(losses)
    sound = bare[np.isfinite(bare)]
    typical = float(np.median(sound)) if len(sound) else np.nan
    looked = (bare <= BLOWN * typical) & (bare >= MATTERS * loss) & (not flat)
    points, below = crossing(
        lr[looked], weight_decay[1:], losses[1:, looked], np.sqrt(loss * bare[looked])
    )
    return Valley(
        best=tuple((row, column) for row, column in best),
        nothing=loss <= rounding,
        loss=loss,
        any_row=alike(losses[:, column]),
        any_column=alike(losses[row]),
        flat=flat,
        crossing=line(points, _row(weight_decay)),
        below=below,
        bottom=bottom(lr, weight_decay[1:], losses[1:]),
    )


def alike(losses: Array) -> bool:
    """Whether at least two runs have not diverged, and all of these have the same loss."""
    sound = losses[np.isfinite(losses)]
    return len(sound) > 1 and bool(sound.max() <= (1 + ALIKE) * sound.min())


def crossing(
    lr: Array, weight_decay: Array, losses: Array, level: Array
) -> tuple[list[tuple[float, float]], int]:
    """The least λ > 0 of each column at which the loss, falling with λ, passes the column's level.

    Between two cells it is interpolated on logarithmic axes; a column without a passage is left
    out. And how many columns are not above their level at the smallest λ.
    """
    points, below = [], 0
    for eta, column, half in zip(lr, losses.T, level, strict=True):
        falls = np.flatnonzero(column <= half)
        if len(falls) == 0 or not np.isfinite(column[: falls[0]]).all():
            continue
        if falls[0] == 0:
            below += 1
            continue
        i = int(falls[0]) - 1
        with np.errstate(divide="ignore"):
            high, low = np.log(column[i : i + 2])
            share = (high - np.log(half)) / (high - low) if half > 0 else 1.0
        ends = np.log(weight_decay[i : i + 2])
        points.append((float(eta), float(np.exp(ends[0] + share * (ends[1] - ends[0])))))
    return points, below


def bottom(lr: Array, weight_decay: Array, losses: Array) -> Line:
    """The λ of each column's smallest loss, where the loss is clearly larger at both its ends."""
    points = []
    for eta, column in zip(lr, losses.T, strict=True):
        known = np.flatnonzero(np.isfinite(column))
        if len(known) < FEWEST:
            continue
        least, ends = known[np.argmin(column[known])], column[known[[0, -1]]]
        if (ends >= DISTINCT * column[least]).all() and (ends > column[least]).all():
            points.append((float(eta), float(weight_decay[least])))
    return line(points, _row(weight_decay))


def line(points: Sequence[tuple[float, float]], row: float) -> Line:
    """The straight line through points (η, λ) on logarithmic axes; a row is so many decades."""
    lr, weight_decay = np.array(points).reshape(-1, 2).T
    if len(lr) < FEWEST:
        return Line(lr, weight_decay, float("nan"), 0)
    x, y = np.log10(lr), np.log10(weight_decay)
    first, second = np.triu_indices(len(x), 1)
    slope = float(np.median((y[second] - y[first]) / (x[second] - x[first])))
    rest = y - slope * x
    near = np.abs(rest - np.median(rest)) <= row / 2 + ROUNDING
    return Line(lr, weight_decay, slope, int(near.sum()))


def _row(weight_decay: Array) -> float:
    """The height of a row in decades."""
    logs = np.log10(weight_decay[weight_decay > 0])
    return float((logs[-1] - logs[0]) / max(1, len(logs) - 1))
