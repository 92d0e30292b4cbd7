"""Where λ stands along an axis: at log₁₀ λ, and 0 in a place of its own; no Streamlit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from wd_core.types import Array

# λ = 0 stands this share of the axis left of the smallest λ, and the axis is cut half-way.
GAP = 0.08
EDGE = 0.03


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

    def weight_decay(self, x: float) -> float:
        """The λ that stands there: 0 left of where the axis is cut, else one between its ends."""
        low, high = self.ends
        return 0.0 if x < (self.zero + low) / 2 else 10.0 ** min(max(x, low), high)

    def ticks(self, small: bool) -> dict[str, Any]:
        """0, and whole powers of ten; in a small panel a few, and none close to 0."""
        low, high = self.ends
        first = math.ceil(low - 1e-9)
        powers = list(range(first, math.floor(high + 1e-9) + 1))
        if small:
            powers = powers[1 :: max(1, round((high - low) / 2))]
        words = [f"{10.0**k:g}" if -3 <= k <= 3 else f"10<sup>{k}</sup>" for k in powers]
        return {"tickvals": [self.zero, *powers], "ticktext": ["0", *words]}
