"""A chart as a page sends it: what a visitor has to know to move in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.controls import about
from pages.shared import guide

Choice = Mapping[str, float]

# Streamlit's name of what a component tells Python once.
TOLD = "$$STREAMLIT_INTERNAL_KEY_{id}__events"
# Reading a whole payload costs milliseconds, which the server then lacks.
_STREAM, _QUERY = re.compile(r'"stream":\s*"'), re.compile(r'"query":\s*"([^"]*)"')


@dataclass(frozen=True)
class Chart:
    """One chart: its Streamlit id and what its payload says to the browser."""

    id: str
    query: str = ""
    # asked during a drag: the address, and by the slider's key its parameter and values
    url: str = ""
    drags: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    # of its own first slider: each stop's numbers of all sliders, the nearest to the present first
    stops: tuple[Choice, ...] = ()
    stream: str = ""
    work: str = ""

    name = "the chart"

    def chosen(self, choice: Choice) -> WidgetState:
        """What the browser says when its sliders are let go at these numbers."""
        told = [{"event": "chosen", "value": dict(choice)}]
        return WidgetState(id=TOLD.format(id=self.id), json_trigger_value=json.dumps(told))


def content(component: BidiComponent) -> str | bytes:
    """What Python gave to the component, as it was sent."""
    kind = component.WhichOneof("data")
    return getattr(component, kind) if kind in ("json", "bytes") else b""


def draws(component: BidiComponent) -> bool:
    """Whether the component draws: the guide does not, nor what is given nothing."""
    return component.component_name != guide.NAME and bool(content(component))


def streams(sent: str | bytes) -> bool:
    """Whether the rest of this payload comes as a stream."""
    return _STREAM.search(_text(sent)) is not None


def query_of(sent: str | bytes) -> str:
    """The query of the link to what this payload shows; none where it names none."""
    found = _QUERY.search(_text(sent))
    return found[1] if found else ""


def chart_of(component: BidiComponent) -> Chart:
    """The chart that this component is."""
    data = json.loads(_text(content(component)) or "{}")
    payload = data.get("payload", data)
    live = payload.get("live") or {}
    stream = payload.get("stream") or ""
    return Chart(
        id=component.id,
        query=payload.get("query") or "",
        url=live.get("url", ""),
        drags={
            key: (control["param"], tuple(control["values"]))
            for key, control in live.get("controls", {}).items()
        },
        stops=tuple(_stops(payload)),
        stream=stream,
        work=payload.get("work") or stream,
    )


def _text(sent: str | bytes) -> str:
    return sent.decode() if isinstance(sent, bytes) else sent


def _stops(payload: Mapping[str, Any]) -> list[Choice]:
    sliders = payload.get("sliders") or []
    if not sliders:
        return []
    stops = list(map(str, sliders[0]["stops"]))
    now = str(payload.get("position", -1))
    order = about(stops, stops.index(now) if now in stops else len(stops) - 1)
    series = payload["series"]
    return [{s["key"]: series[s["key"]][int(stop)] for s in sliders} for stop in order]
