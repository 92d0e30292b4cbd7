"""Axes of pictures on which a visitor may put a guess, before the picture is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pages.shared.words import tells


@tells("label")
@dataclass(frozen=True)
class GuessAxis:
    """An axis of a page's picture.

    label: what stands along it; ends: its ends for a question of the page; log: whether even ratios
    are even steps. place: where a value stands in the figure, in the numbers of its axis; panel:
    which axis that is, by what its name ends with.
    """

    label: str
    ends: Callable[[Any], tuple[float, float]]
    log: bool = False
    place: Callable[[float], float] = float
    panel: str = ""
