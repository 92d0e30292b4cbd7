"""What visitors of the load benchmark read in a chart's message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.proto.BidiComponent_pb2 import BidiComponent

from benchmarks.charts import chart_of, content, query_of, streams

PAYLOAD: dict[str, Any] = {
    "run": "seed=7&lr=0.1",
    "query": "seed=7&lr=0.1",
    "figure": {"data": []},
    "series": {"step": [0, 1, 2], "at": [0.0, 0.5, 2.0], "theta": [9.0, 4.0, 1.0]},
    "sliders": [
        {"key": "at", "label": "λ", "stops": [0, 1, 2], "texts": []},
        {"key": "theta", "label": "θ", "stops": [0, 2], "texts": []},
    ],
    "position": 1,
    "live": {"url": "/api/a?seed=7", "controls": {"k": {"param": "p", "values": ["1", "2"]}}},
    "stream": None,
}


def sent(payload: dict[str, Any], *, as_bytes: bool = False) -> BidiComponent:
    text = json.dumps({"base": "", "payload": payload})
    if as_bytes:
        return BidiComponent(id="chart", bytes=text.encode())
    return BidiComponent(id="chart", json=text)


@pytest.mark.parametrize("as_bytes", [False, True])
def test_a_chart_is_read_from_text_and_from_bytes(as_bytes: bool) -> None:
    component = sent(PAYLOAD, as_bytes=as_bytes)
    chart = chart_of(component)
    assert (chart.id, chart.query, chart.url) == ("chart", "seed=7&lr=0.1", "/api/a?seed=7")
    assert chart.drags == {"k": ("p", ("1", "2"))}
    assert chart.stops == ({"at": 0.0, "theta": 9.0}, {"at": 2.0, "theta": 1.0})
    assert query_of(content(component)) == "seed=7&lr=0.1"
    assert not streams(content(component))


def test_a_payload_alone_is_a_chart_too() -> None:
    assert chart_of(BidiComponent(json=json.dumps(PAYLOAD))).query == PAYLOAD["query"]


def test_a_stream_is_one_work_by_its_name_or_by_its_address() -> None:
    plain = sent({"stream": "/api/s?seed=7"})
    assert streams(content(plain))
    assert (chart_of(plain).stream, chart_of(plain).work) == ("/api/s?seed=7", "/api/s?seed=7")
    assert chart_of(sent({"stream": "/api/s?seed=7&pin=1", "work": "seed=7"})).work == "seed=7"


def test_a_chart_that_only_draws_has_nothing_to_move() -> None:
    chart = chart_of(sent({"run": "a", "figure": {}, "series": {}}))
    assert (chart.query, chart.url, chart.stops, chart.stream) == ("", "", (), "")
    assert not chart.drags


def test_what_a_slider_says_when_it_is_let_go_is_a_trigger() -> None:
    chart = chart_of(sent(PAYLOAD))
    state = chart.chosen(chart.stops[0])
    assert state.id.endswith("_chart__events")
    told = [{"event": "chosen", "value": {"at": 0.0, "theta": 9.0}}]
    assert json.loads(state.json_trigger_value) == told
