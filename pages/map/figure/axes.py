"""The coordinates of the maps: where η and λ lie in a panel, and where the panels lie.

Both axes are linear in the decimal logarithm, so that λ = 0 can have a row of its own below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pages.shared.axes import power_of_ten, ticked
from pages.shared.numbers import plain
from pages.shared.plotting import Box, Plain, grid
from wd_core.arrays import Array

# The row of λ = 0 and the gap above it, in rows; a single row or column is so many decades wide.
ZERO, GAP, ALONE = 1.0, 0.4, 1 / 3
# Between panels, in shares of the figure; on a phone another.
BESIDE, ABOVE = 0.055, 0.18
NARROW_BESIDE, NARROW_ABOVE = 0.13, 0.16
# And where the panels on the right name their own upright axis.
NAMED_BESIDE = 0.09
COMMON = {"ticks": "outside", "ticklen": 3, "showgrid": False, "zeroline": False}


@dataclass(frozen=True, eq=False)
class Frame:
    """A panel: lr [E] of the columns; strength [L] of the rows: λ, or λ′ = ηλ, 0 first."""

    title: str
    lr: Array
    strength: Array
    by_step: bool

    @property
    def width(self) -> float:
        """Of a column, in decades."""
        return _step(self.lr)

    @property
    def depth(self) -> float:
        """Of a row, in decades."""
        return _step(self.strength[1:])

    @property
    def x_edges(self) -> Array:
        """Between the columns, [E + 1]."""
        return _edges(self.lr)

    @property
    def y_edges(self) -> Array:
        """Around λ = 0, the gap above it, and the other rows, [L + 2]."""
        edges = _edges(self.strength[1:])
        return np.array([edges[0] - (ZERO + GAP) * self.depth, edges[0] - GAP * self.depth, *edges])

    @property
    def zero(self) -> float:
        """Where λ = 0 lies."""
        return float(self.y_edges[:2].mean())

    def height(self, strength: ArrayLike) -> Array:
        """Where these λ lie; 0 in its own row."""
        strength = np.asarray(strength, dtype=np.float64)
        with np.errstate(divide="ignore"):
            return np.where(strength > 0, np.log10(strength), self.zero)

    def holds(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.bool_]:
        """Whether each of these places is in the panel."""
        (left, right), (low, high) = self.x_edges[[0, -1]], self.y_edges[[0, -1]]
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        return np.asarray((x >= left) & (x <= right) & (y >= low) & (y <= high))

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the cell at a point; None in the gap and outside."""
        row = int(np.searchsorted(self.y_edges, y)) - 1
        column = int(np.searchsorted(self.x_edges, x)) - 1
        if row == 1 or not (0 <= row <= len(self.strength) and 0 <= column < len(self.lr)):
            return None
        return max(0, row - 1), column

    @property
    def across(self) -> Plain:
        """The axis of η, without its title."""
        return {**COMMON, "range": self.x_edges[[0, -1]].tolist(), **_ticks(self.lr)}

    @property
    def upwards(self) -> Plain:
        """The axis of λ, without its title."""
        ticks = _ticks(self.strength[1:], self.zero)
        return {**COMMON, "range": self.y_edges[[0, -1]].tolist(), **ticks}


def boxes(rows: int, columns: int, *, narrow: bool = False, named: bool = False) -> list[Box]:
    """Where the panels lie, row by row from the top; `named`: each its upright axis."""
    beside, above = (NARROW_BESIDE, NARROW_ABOVE) if narrow else (BESIDE, ABOVE)
    return grid(rows, columns, NAMED_BESIDE if named else beside, above)


def _step(values: Array) -> float:
    logs = np.log10(values)
    return float((logs[-1] - logs[0]) / (len(logs) - 1)) if len(logs) > 1 else ALONE


def _edges(values: Array) -> Array:
    logs, half = np.log10(values), _step(values) / 2
    return np.array([logs[0] - half, *(logs[1:] + logs[:-1]) / 2, logs[-1] + half])


def _ticks(values: Array, zero: float | None = None) -> Plain:
    """A tick a decade, or one where none is in the range; and one at 0."""
    low, high = np.log10(values[[0, -1]])
    powers = np.arange(np.ceil(low - 1e-6), np.floor(high + 1e-6) + 1).astype(int).tolist()
    named = [(float(p), power_of_ten(p)) for p in powers]
    named = named or [(float(low), plain(float(values[0])))]
    return ticked(named if zero is None else [*named, (zero, "0")])
