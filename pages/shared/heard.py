"""What a chart says, and so anybody who speaks to the server: nothing where it makes no sense."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

State = Mapping[Any, Any]


def said(state: State, chart: str, event: str) -> Any:
    """What the chart with this key says in this session at an event; None where it says nothing."""
    return getattr(state.get(chart), event, None)


def slid(state: State, chart: str, *names: str) -> tuple[float | None, ...] | None:
    """The numbers of the chart's own sliders by these names; one that follows others is None.

    None in place of all where one is missing, or is no number.
    """
    values = said(state, chart, "chosen")
    if not isinstance(values, Mapping) or not values.keys() >= {*names}:
        return None
    numbers = [values[name] for name in names]
    if any(number is not None and not _is_number(number) for number in numbers):
        return None
    return tuple(None if number is None else float(number) for number in numbers)


def clicked(state: State, chart: str, count: int) -> tuple[float, ...] | None:
    """So many numbers that say where there was a click."""
    values = said(state, chart, "clicked")
    if (
        not isinstance(values, list | tuple)
        or len(values) != count
        or not all(map(_is_number, values))
    ):
        return None
    return tuple(map(float, values))


def dragged(state: State, chart: str) -> tuple[str, str] | None:
    """The name of a control that was moved while nobody heard of it, and its value."""
    told = said(state, chart, "dragged")
    if not isinstance(told, Mapping):
        return None
    pair = told.get("slot"), told.get("value")
    return pair if all(isinstance(one, str) for one in pair) else None  # type: ignore[return-value]


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:  # a whole number with hundreds of digits
        return False
