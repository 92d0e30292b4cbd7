"""What the browser draws of a payload: its traces as they stand at the end, and their axes."""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Payload = Mapping[str, Any]

# A point on the rim of a panel is in it, whatever rounding says.
RIM = 1e-9


@dataclass(frozen=True)
class Drawn:
    """A trace as it stands: its points, and those of them within the ranges of its axes."""

    trace: Mapping[str, Any]
    x: Array
    y: Array
    inside: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """Its entry in the legend."""
        return str(self.trace.get("name") or "")

    @property
    def in_legend(self) -> bool:
        """Whether the legend names it, as a trace that is drawn."""
        shown = self.trace.get("showlegend") is not False
        return bool(self.name) and shown and self.trace.get("visible", True) is True


def decoded(data: Any) -> Any:
    """An array of a payload: a list, or base64 as Plotly writes it, of one or two axes."""
    if not isinstance(data, Mapping):
        return data
    flat = np.frombuffer(b64decode(data["bdata"]), dtype=data["dtype"])
    shape = [int(size) for size in str(data.get("shape", flat.size)).split(",")]
    return flat.reshape(shape)


def numbers(data: Any) -> Array:
    """The numbers of such an array; what is none is NaN."""
    data = decoded(data)
    if data is None:
        return np.empty(0)
    return np.array([_number(value) for value in data], dtype=np.float64)


def _number(value: object) -> float:
    if value is None:
        return math.nan
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0.0  # a category, or a date: it has a place on its axis


def drawn(payload: Payload) -> Iterator[Drawn]:
    """Every scatter, bar or heatmap trace of a payload at the end of its run, or where it opens."""
    figure = payload.get("figure") or {}
    for trace in figure.get("data", ()):
        if trace.get("type", "scatter") not in ("scatter", "scattergl", "bar"):
            continue
        x, y = _points(payload, trace)
        if x.size == 0 and y.size:
            x = np.arange(float(y.size))
        layout = figure.get("layout", {})
        inside = _within(layout, trace.get("xaxis", "x"), x)
        inside &= _within(layout, trace.get("yaxis", "y"), y)
        yield Drawn(trace, x, y, inside)


def _points(payload: Payload, trace: Mapping[str, Any]) -> tuple[Array, Array]:
    meta = trace.get("meta") or {}
    if isinstance(meta, Mapping) and "series" in meta:
        series = payload.get("series") or {}
        return numbers(series.get(meta.get("x", "epoch"))), numbers(series.get(meta["series"]))
    if isinstance(meta, Mapping) and "moves" in meta:
        return _moved(payload, trace, meta["moves"])
    return numbers(trace.get("x")), numbers(trace.get("y"))


def _moved(payload: Payload, trace: Mapping[str, Any], name: str) -> tuple[Array, Array]:
    move, at = payload["moves"][name], int(payload.get("position", 0))
    if "affine" in move:
        a, b, c, d, e, f = decoded(move["affine"])[at]
        x, y = numbers(trace.get("x")), numbers(trace.get("y"))
        return a * x + b * y + e, c * x + d * y + f
    return numbers(decoded(move["x"])[at]), numbers(decoded(move["y"])[at])


def _within(layout: Mapping[str, Any], axis: str, values: Array) -> NDArray[np.bool_]:
    given = layout.get(f"{axis[0]}axis{axis[1:]}", {})
    logarithmic = given.get("type") == "log"
    finite = np.isfinite(values) & ((values > 0) | (not logarithmic))
    limits = given.get("range") or layout.get(
        f"{axis[0]}axis{str(given.get('matches', axis))[1:]}", {}
    ).get("range")
    if not limits or None in limits:
        return finite
    low, high = sorted(float(end) for end in limits)
    with np.errstate(divide="ignore", invalid="ignore"):
        places = np.log10(values) if logarithmic else values
    room = RIM * max(1.0, abs(low), abs(high))
    return finite & (places >= low - room) & (places <= high + room)


def panels_of_notes(payload: Payload) -> list[tuple[str, str]]:
    """Words written into the panels: the x axis that each note refers to, and its text."""
    layout = (payload.get("figure") or {}).get("layout", {})
    return [
        (str(note.get("xref", "paper")).removesuffix(" domain"), str(note.get("text", "")))
        for note in layout.get("annotations", ())
    ]
