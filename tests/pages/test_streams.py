"""The route of all streams: it ends with its reader, and holds nothing meanwhile."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from anyio.to_thread import run_sync
from starlette.applications import Starlette

from pages.shared import streams
from pages.shared.payload import Events, Rows, Waiting
from pages.shared.routes import answered
from pages.shared.streams import EventStream, Streamed
from pages.shared.visitors import moved_on

PATIENCE = 30.0  # only a failing test waits for it


class Work:
    """Events of a work that says what was done with it."""

    def __init__(self, count: int = 10**9, *, silent: bool = False, wrong: str = "") -> None:
        self.count, self.silent, self.wrong = count, silent, wrong
        self.steps, self.closed = 0, threading.Event()

    def events(self) -> Events:
        try:
            for k in range(self.count):
                self.steps += 1
                time.sleep(0.001)
                yield None if self.silent else ("rows", Rows(series={}, epoch=k, seconds_left=None))
            if self.wrong:
                raise ValueError(self.wrong)
            yield "done", {}
        finally:
            self.closed.set()


async def never() -> Any:
    await anyio.sleep_forever()


async def serve(
    work: Work,
    send: Callable[[Any], Awaitable[None]],
    receive: Callable[[], Awaitable[Any]] = never,
) -> None:
    with anyio.fail_after(PATIENCE):
        await EventStream(work.events)({"type": "http"}, receive, send)


def sent_by(work: Work) -> str:
    """All that a reader who takes everything gets."""
    bodies: list[bytes] = []

    async def send(message: Any) -> None:
        bodies.append(message.get("body", b""))

    anyio.run(serve, work, send)
    assert work.closed.is_set()
    return b"".join(bodies).decode()


def test_events_come_in_the_form_of_the_protocol() -> None:
    rows = 'event: rows\ndata: {"series":{},"epoch":0,"seconds_left":null}\n\n'
    assert sent_by(Work(1)) == f"{rows}event: done\ndata: {{}}\n\n"


def test_what_is_wrong_is_said() -> None:
    text = sent_by(Work(0, wrong="n is too small"))
    assert text.startswith("event: failed\n")
    assert "These settings do not go together: n is too small." in text


def test_a_reader_who_takes_nothing_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE_SECONDS", 0.1)
    work, taken = Work(), []

    async def send(message: Any) -> None:
        taken.append(message)
        if len(taken) > 3:
            await anyio.sleep_forever()

    anyio.run(serve, work, send)
    assert work.closed.is_set()
    assert work.steps < 10
    assert not streams.open_streams


@pytest.mark.parametrize("silent", [True, False])
def test_a_browser_that_is_closed_ends_the_work_between_two_blocks(silent: bool) -> None:
    work = Work(silent=silent)

    async def send(message: Any) -> None:
        pass

    async def receive() -> Any:
        while work.steps < 5:
            await anyio.sleep(0.001)
        return {"type": "http.disconnect"}

    anyio.run(serve, work, send, receive)
    assert work.closed.is_set()
    assert work.steps < 1000


def test_a_stream_with_nothing_to_say_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SILENCE_SECONDS", 0.005)
    text = sent_by(Work(50, silent=True))
    assert text.count(streams.NOTHING_NEW) >= 2
    assert text.replace(streams.NOTHING_NEW, "") == "event: done\ndata: {}\n\n"


def test_streams_do_not_use_up_the_threads_that_others_need() -> None:
    """R2: sixty streams at work, and a drag is answered; no stream is left behind."""
    works = [Work(silent=True) for _ in range(60)]

    async def send(message: Any) -> None:
        pass

    async def all_of_them() -> None:
        async with anyio.create_task_group() as tasks:
            for work in works:
                tasks.start_soon(serve, work, send)
            with anyio.fail_after(PATIENCE):
                while min(work.steps for work in works) < 3:
                    await run_sync(time.sleep, 0.001)
            tasks.cancel_scope.cancel()

    anyio.run(all_of_them)
    assert all(work.closed.is_set() for work in works)


def test_a_signal_ends_a_stream_in_the_midst_of_a_step() -> None:
    """R9: a generator that is just executing is closed when its step is over."""
    work = Work(silent=True)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def cancelled() -> None:
        task = asyncio.create_task(serve(work, send))
        while work.steps < 3:
            await asyncio.sleep(0)
        for scope in list(streams.open_streams):
            scope.cancel()
        await task  # and the server has no error to tell of

    asyncio.run(cancelled())
    assert work.closed.is_set()
    assert sent[-1]["more_body"] is False


def test_no_stream_begins_while_the_server_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = threading.Event()
    stopping.set()
    monkeypatch.setattr(streams, "_stopping", stopping)
    status, _, _, works = asked("GET", b"count=3")
    assert status == 503
    assert not works


def test_who_moves_on_before_the_rest_is_over_has_begun_no_work() -> None:
    works: list[Work] = []

    async def send(message: Any) -> None:
        pass

    async def receive() -> Any:
        await anyio.sleep(0.05)
        return {"type": "http.disconnect"}

    def events(query: Any) -> Events:
        works.append(Work())
        return works[-1].events()

    async def gone() -> None:
        scope = {"type": "http", "method": "GET", "path": "/s", "query_string": b"", "headers": []}
        with anyio.fail_after(PATIENCE):
            await Starlette(routes=[Streamed("/s", events, rests=True)])(scope, receive, send)

    anyio.run(gone)
    assert not works
    assert not streams.open_streams


@pytest.mark.parametrize(("query", "rest"), [(b"count=1", 0.3), (b"count=1&at_once=1", 0.0)])
def test_a_rest_comes_before_the_work_unless_it_is_asked_for_at_once(
    monkeypatch: pytest.MonkeyPatch, query: bytes, rest: float
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(streams, "REST_SECONDS", 0.3)
    monkeypatch.setattr(streams.anyio, "sleep", sleep)
    _, _, text, _ = asked("GET", query, rests=True)
    assert slept == [rest]
    assert text.endswith("event: done\ndata: {}\n\n")


def asked(
    method: str, query: bytes, *, rests: bool = False
) -> tuple[int, dict[str, str], str, list[Work]]:
    """What an address of streams answers: its status, headers and text, and the works begun."""
    works: list[Work] = []
    sent: list[Any] = []

    def events(query: Any) -> Events:
        works.append(Work(int(dict(query)["count"])))
        return works[-1].events()

    async def send(message: Any) -> None:
        sent.append(message)

    async def answered() -> None:
        scope = {
            "type": "http",
            "method": method,
            "path": "/api/stream",
            "query_string": query,
            "headers": [],
        }
        await Starlette(routes=[Streamed("/api/stream", events, rests=rests)])(scope, never, send)

    anyio.run(answered)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    text = b"".join(message.get("body", b"") for message in sent).decode()
    return sent[0]["status"], headers, text, works


def test_the_address_answers_with_a_stream() -> None:
    status, headers, text, works = asked("GET", b"count=2")
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-store"
    assert "content-length" not in headers
    assert text.count("event: rows") == 2
    assert works[0].closed.is_set()


def test_who_asks_for_the_head_alone_starts_no_work() -> None:
    status, headers, text, works = asked("HEAD", b"count=2")
    assert (status, text, works) == (200, "", [])
    assert headers["content-type"].startswith("text/event-stream")


# ---- waiting


def test_who_waits_for_a_place_is_told_so_once_and_when_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "PLACE_SECONDS", 0.001)

    def events() -> Events:
        for message in ("two before", "two before", "one before"):
            yield "waiting", Waiting(message=message)
        yield None
        yield "done", {}

    sent: list[bytes] = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    async def all_of_it() -> None:
        await EventStream(events)({"type": "http"}, never, send)

    anyio.run(all_of_it)
    said = [
        f'event: waiting\ndata: {{"message":"{text}"}}\n\n'
        for text in ("two before", "one before", "")
    ]
    assert b"".join(sent).decode() == "".join(said) + "event: done\ndata: {}\n\n"


def test_those_who_wait_for_a_worker_hold_up_no_other_stream() -> None:
    """R1: however many of them there are."""
    answer = threading.Event()

    def waits() -> Events:
        until = time.monotonic() + PATIENCE
        while not answer.wait(0.01):
            assert time.monotonic() < until
            moved_on()
        yield "done", {}

    async def send(message: Any) -> None:
        pass

    async def all_of_them() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(3 * streams.THREADS):
                tasks.start_soon(EventStream(waits), {"type": "http"}, never, send)
            await anyio.sleep(0)
            try:
                await serve(Work(20), send)
                assert not answer.is_set()
            finally:
                answer.set()
        places = streams._limiter(streams._places, streams.THREADS)
        assert (places.total_tokens, places.borrowed_tokens) == (streams.THREADS, 0)

    anyio.run(all_of_them)


@pytest.mark.parametrize("address", ["stream", "drag"])
def test_who_leaves_ends_the_waiting_for_an_answer(address: str) -> None:
    """A closed tab ends what a worker does for it, in the midst of a decomposition too."""
    waits, ended = threading.Event(), threading.Event()

    def answer(query: Any) -> Any:
        try:
            waits.set()
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until:
                moved_on()
                time.sleep(0.001)
        except BaseException:
            ended.set()
            raise

    def events(query: Any) -> Events:
        answer(query)
        yield "done", {}

    async def receive() -> Any:
        while not waits.is_set():
            await anyio.sleep(0.001)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        pass

    async def gone() -> None:
        routes = [Streamed("/api/made/stream", events), answered("/api/made/drag", answer)]
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/api/made/{address}",
            "query_string": b"",
            "headers": [],
        }
        with anyio.fail_after(PATIENCE):
            await Starlette(routes=routes)(scope, receive, send)

    anyio.run(gone)
    assert ended.is_set()
    moved_on()  # of no request
