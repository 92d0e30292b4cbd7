"""A table of numbers that is printed a line at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

NOTHING = "-"


def high(times: Sequence[float], share: float = 0.95) -> float:
    """The least of the times that this share of them does not exceed."""
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


def cell(times: Sequence[float], of: Callable[[Sequence[float]], float]) -> str:
    """The median, say, of times in milliseconds."""
    return f"{of(times):.0f}" if times else NOTHING


def columns(widths: Sequence[int], *cells: str) -> str:
    """Cells in columns, to the left where the width is negative; what has no column follows."""
    put = [
        text.ljust(-width) if width < 0 else text.rjust(width)
        for text, width in zip(cells, widths, strict=False)
    ]
    return " ".join([*put, *cells[len(widths) :]]).rstrip()
