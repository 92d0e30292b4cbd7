"""The second axis of the loss panel: where the exact solution has round degrees of freedom."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared.numbers import plain
from pages.which.answer.solutions import Curves
from pages.which.figure.scale import Scale

# Ticks stand at least these shares of the axis apart, on a desktop and on a phone.
APART, NARROW_APART = 0.05, 0.13
# With fewer ticks than this less round numbers are ticked as well.
ENOUGH = 3


@dataclass(frozen=True)
class Ticks:
    """Where the numbers stand along the axis, and what they are."""

    places: list[float]
    texts: list[str]

    @property
    def layout(self) -> dict[str, Any]:
        """The same as an axis takes it."""
        return {"tickvals": self.places, "ticktext": self.texts}


def ticks(curves: Curves, scale: Scale, apart: float = APART) -> Ticks:
    """Round degrees of freedom, and those of λ = 0 at its place, so far apart.

    curves: exact ones over λ, 0 first; the degrees of freedom fall with λ.
    """
    x, dof = scale.place(curves.weight_decay[1:]), curves.dof[1:]
    low, high = scale.range
    placed = {scale.zero: plain(float(curves.dof[0]))}
    for k, numbers in enumerate(_rounder_first(float(dof[0]))):
        if k > 1 and len(placed) > ENOUGH:
            break
        for number in numbers:
            if not dof[-1] <= number <= dof[0]:
                continue
            at = float(np.interp(-number, -dof, x))
            if all(abs(at - other) >= apart * (high - low) for other in placed):
                placed[at] = plain(number)
    return Ticks(list(placed), list(placed.values()))


def _rounder_first(most: float) -> Iterator[list[float]]:
    """Numbers up to the largest one, falling: 1, 2 and 5 times powers of ten, then less round."""
    power = math.floor(math.log10(most))
    yield [digit * 10.0**k for k in range(power, -1, -1) for digit in (5, 2, 1)]
    for step in (5 * 10.0 ** (power - 1), 10.0 ** (power - 1), 10.0 ** (power - 2)):
        yield [step * k for k in range(math.floor(most / step), 0, -1)]
