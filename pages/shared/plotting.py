"""What the pictures of all pages have in common: axes of Plotly figures, in plain JSON.

Building a figure with go.Figure costs more than all the rest of a moved slider; a test has
go.Figure accept each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

Trace = dict[str, Any]
Series = dict[str, list[float | None]]

# So many marks of a predicted or measured curve lie on the other.
MARKS = 20
# So few epochs are ticked one by one: there is no half epoch.
FEW_EPOCHS = 8
MARGIN = 0.05  # of the logarithmic range, above and below the data
# So many decades below the largest number of a panel a number is rounding, or nobody looks at it.
DEEPEST = 14.0


def log_axis(values: Iterable[float | None], deepest: float = np.inf) -> dict[str, Any]:
    """Range and ticks of a logarithmic axis that holds all positive numbers; {} without any.

    Numbers more than `deepest` decades below the largest lie below it.
    """
    drawn = [x for x in values if x is not None and x > 0]
    if not drawn:
        return {}
    high = float(np.log10(max(drawn)))
    low = max(float(np.log10(min(drawn))), high - deepest)
    room = max(MARGIN * (high - low), 0.1)
    return {"range": [low - room, high + room]} | log_ticks(low - room, high + room)


def log_ticks(low: float, high: float) -> dict[str, Any]:
    """Even steps within a decade, 1, 2 and 5 over a few, whole decades or every few over many."""
    if high - low < 0.8:
        step = f"{(10**high - 10**low) / 4:.0e}"
        return {"dtick": f"L{float(step):g}", "tickformat": "~g"}
    if high - low < 2.5:
        return {"dtick": "D2", "tickformat": "~g"}
    return {"dtick": float(-(-(high - low) // 7))}
