"""Where λ stands along an axis: at log₁₀ λ, and 0 in a place of its own; no Streamlit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared.axes import log_places, ticked
from pages.shared.numbers import plain
from wd_core.arrays import Array

# λ = 0 stands this share of the axis left of the smallest λ, and the axis is cut half-way.
GAP = 0.08
EDGE = 0.03
# Over so few decades 2 and 5 are ticked, too. In a small panel there are no more ticks than this,
# and none this close to 0.
FEW_DECADES, MOST_TICKS, CLOSE = 1.5, 5, 0.15


@dataclass(frozen=True)
class Scale:
    """Where λ stands along every panel."""

    least: float
    most: float

    @property
    def ends(self) -> tuple[float, float]:
        """log₁₀ of the smallest and the largest λ."""
        return math.log10(self.least), math.log10(self.most)

    @property
    def zero(self) -> float:
        """Where λ = 0 stands."""
        low, high = self.ends
        return low - GAP * (high - low)

    @property
    def range(self) -> list[float]:
        """What the axis shows."""
        low, high = self.ends
        return [self.zero - EDGE * (high - low), high + EDGE * (high - low)]

    def place(self, weight_decay: Array) -> Array:
        """Where these λ stand; what lies beside the axis, at its nearer end."""
        low, high = self.ends
        with np.errstate(divide="ignore"):
            return np.where(weight_decay > 0, np.clip(np.log10(weight_decay), low, high), self.zero)

    def shows(self, weight_decay: float) -> bool:
        """Whether this λ has a place of its own on the axis."""
        return weight_decay == 0 or self.least <= weight_decay <= self.most

    def weight_decay(self, x: float) -> float:
        """The λ that stands there: 0 left of where the axis is cut, else one between its ends."""
        low, high = self.ends
        return 0.0 if x < (self.zero + low) / 2 else 10.0 ** min(max(x, low), high)

    def ticks(self, small: bool) -> dict[str, Any]:
        """0, and powers of ten; over few decades 1, 2 and 5. In a small panel none close to 0."""
        low, high = self.ends
        digits = (1, 2, 5) if high - low <= FEW_DECADES else (1,)
        least = self.zero + CLOSE * (high - low) if small else low
        marks = log_places(max(least, low), high, digits)
        if small:
            marks = marks[:: math.ceil(len(marks) / MOST_TICKS)]
        return ticked([(self.zero, "0"), *marks])


def number(value: float) -> str:
    """A number to three digits, ∞, or – where there is none."""
    if math.isnan(value):
        return "–"
    return "∞" if math.isinf(value) else plain(value)
