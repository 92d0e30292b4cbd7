"""Counts and states, as a monitoring reads them."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from pages.shared import limits, metrics, streams, visitors, work
from pages.shared.routes import answered
from pages.shared.store import STORE
from pages.shared.worker import TooLargeError
from pages.shared.workers import CrowdedError
from tests.pages.asking import asked
from tests.pages.opening import opened, unopened


@pytest.fixture(autouse=True)
def _wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.METRICS.variable, "1")


def test_unless_it_is_wanted_nothing_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(limits.METRICS.variable)
    answer = asked(Starlette(routes=metrics.ROUTES), "/metrics")
    assert (answer.status, answer.text) == (404, "")


def numbers() -> dict[str, float]:
    """What the address says, by name and labels, as Prometheus itself reads it."""
    answer = asked(Starlette(routes=metrics.ROUTES), "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def more(before: dict[str, float]) -> dict[str, float]:
    """What has been counted since, without times."""
    return {
        name: value - before.get(name, 0)
        for name, value in numbers().items()
        if value != before.get(name, 0)
        and name.startswith("weight_decay")
        and "_sum" not in name
        and "_bucket" not in name
        and "kept_bytes" not in name
    }


def test_every_number_is_there_from_the_start() -> None:
    there = numbers()
    for name in ("visitors", "streams", "kept_bytes", "workers", "faults_total"):
        assert math.isfinite(there[f"weight_decay_{name}"])
    assert there["process_cpu_seconds_total"] > 0


def test_what_a_page_does_is_counted_with_its_time() -> None:
    before = numbers()
    page = opened("train", {"epochs": "3"})
    assert more(before) == {"weight_decay_move_seconds_count train opening": 1}
    page.select_slider(key="weight_decay").set_value(0.0).run()
    page.select_slider(key="weight_decay").set_value(10.0).run()
    assert more(before)["weight_decay_move_seconds_count train script"] == 2
    took = "weight_decay_move_seconds_sum train script"
    assert 0 < numbers()[took] - before.get(took, 0) < 60


def test_a_drag_is_counted_and_one_that_is_refused_is_a_refusal() -> None:
    def answer(query: Any) -> Any:
        if query:
            raise TooLargeError
        return {}

    before = numbers()
    app = Starlette(
        routes=[answered("/api/demo", answer)], middleware=[Middleware(metrics.Counted)]
    )
    addresses = ("/api/demo", "/api/demo?n=1", "/nowhere")
    assert [asked(app, address).status for address in addresses] == [200, 400, 404]
    assert more(before) == {
        "weight_decay_move_seconds_count demo route": 1,
        "weight_decay_refusals_total 400": 1,
    }


@pytest.mark.parametrize("status", [403, 413, 421, 429, 431, 503])
def test_whoever_refuses_is_counted(status: int) -> None:
    async def refused(request: Any) -> Response:
        return Response(status_code=status)

    before = numbers()
    app = Starlette(routes=[Route("/", refused)], middleware=[Middleware(metrics.Counted)])
    asked(app, "/")
    assert more(before) == {f"weight_decay_refusals_total {status}": 1}


def test_a_socket_that_is_refused_is_counted() -> None:
    async def refused(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.http.response.start", "status": 403, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})

    before = numbers()
    asked(metrics.Counted(refused), "/")
    assert more(before) == {"weight_decay_refusals_total 403": 1}


def test_what_a_page_has_no_room_for_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def crowded(*_: Any, **__: Any) -> Any:
        raise CrowdedError

    monkeypatch.setattr("pages.train.payload.picture.training_picture", crowded)
    before = numbers()
    assert unopened("train").run().error
    assert more(before)["weight_decay_refusals_total CrowdedError"] == 1


def test_what_a_stream_has_no_room_for_is_a_refusal() -> None:
    def events(query: Any) -> Any:
        raise TooLargeError
        yield

    before = numbers()
    address = streams.Streamed("/api/demo/stream", events)
    assert "event: failed" in asked(Starlette(routes=[address]), address.path).text
    assert more(before) == {"weight_decay_refusals_total TooLargeError": 1}


def test_what_is_there_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "present", lambda: 7)
    monkeypatch.setattr(streams, "open_streams", {1, 2, 3})
    monkeypatch.setattr(STORE, "bytes", 12345)
    monkeypatch.setattr(work, "_workers", SimpleNamespace(alive=2))
    told = numbers()
    names = ("visitors", "streams", "kept_bytes", "workers")
    assert [told[f"weight_decay_{name}"] for name in names] == [7, 3, 12345, 2]
