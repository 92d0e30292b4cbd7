"""Long work as server-sent events: one way for all pages, which holds nothing that it need not.

The work runs in a few threads that serve streams alone, for a moment at a time, so that neither
drags nor files wait for it. It ends when the browser closes the stream, and when the browser has
taken nothing for a while.
"""

from __future__ import annotations

import asyncio
import math
import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from threading import Event, Lock
from types import FrameType
from typing import Any

import anyio
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pages.shared import counts
from pages.shared.encoding import encode
from pages.shared.leaving import GoneError, listening
from pages.shared.payload import Event as Told
from pages.shared.payload import Events, Failure, Waiting
from pages.shared.reasons import reason
from pages.shared.routes import NEVER_STORED, Query, asked
from pages.shared.words import refusal
from pages.shared.worker import NoAnswerError

# So many streams are worked for at the same moment; the others wait for their turn. One that waits
# for a worker's answer does not count meanwhile.
THREADS = 4
# Who waits for a place hears so often how many come before him.
PLACE_SECONDS = 0.25
# A reader that takes nothing for so long has gone.
PATIENCE_SECONDS = 10.0
# A stream that has nothing to say says so, lest a proxy takes it for dead.
SILENCE_SECONDS = 5.0
NOTHING_NEW = ": working\n\n"

# Who has just moved may move again: what a page can wait with begins when so long nothing did. A
# link with the parameter asks for it at once.
REST_SECONDS = 1.5
WITHOUT_REST = "at_once"
NAMED = re.compile(rf"(^|&){WITHOUT_REST}(=|&|$)".encode())

# The end of a stream waits so long for its reader to take it.
END_SECONDS = 1.0

open_streams: set[anyio.CancelScope] = set()
_stopping = Event()
# Of each run of the event loop: the places, and the threads of who has one, or ends.
_places: RunVar[CapacityLimiter] = RunVar("places of streams")
_threads: RunVar[CapacityLimiter] = RunVar("threads of streams")


class Streamed(Route):
    """The address of the events of a query; where it rests, they begin after `REST_SECONDS`."""

    def __init__(
        self, path: str, events: Callable[[Query], Events], *, rests: bool = False
    ) -> None:
        super().__init__(path, self._answer)
        self._events, self._rests = events, rests

    async def _answer(self, request: Request) -> Response:
        if request.method == "HEAD":  # asks what kind of answer there is, and for no work
            return Response(media_type=EventStream.media_type, headers=NEVER_STORED)
        waits = self._rests and not NAMED.search(request.scope["query_string"])
        rest = REST_SECONDS if waits else 0.0
        return EventStream(lambda: self._events(asked(request)), rest)

    def prepare(self) -> None:
        """Work out what the page shows by default, for who comes first."""
        for _ in self._events([]):
            pass


class EventStream(Response):
    """Events as they come, until they end or the reader has gone."""

    media_type = "text/event-stream"

    def __init__(self, begin: Callable[[], Events], rest: float = 0.0) -> None:
        # X-Accel-Buffering: a proxy shall not hold them back
        super().__init__(headers=NEVER_STORED | {"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._work, self._rest = _Work(begin), rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them; when this returns nothing is left of their work."""
        if _stopping.is_set():
            return await Response(status_code=503)(scope, receive, send)
        loop = asyncio.get_running_loop()

        def waits() -> None:
            loop.call_soon_threadsafe(self._leave_place)

        with anyio.CancelScope() as reading:
            open_streams.add(reading)
            try:
                async with listening(receive, reading.cancel, waits):
                    await self._send(send)
            finally:
                open_streams.discard(reading)
                with anyio.CancelScope(shield=True):
                    await _in_thread(self._work.close)
                    with anyio.move_on_after(END_SECONDS):
                        await send(_body(b"", more=False))

    async def _send(self, send: Send) -> None:
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        with suppress(TimeoutError):
            async for text in self._texts():
                with anyio.fail_after(PATIENCE_SECONDS):
                    await send(_body(text.encode(), more=True))

    async def _texts(self) -> AsyncIterator[str]:
        await anyio.sleep(self._rest)
        said, waits = time.monotonic(), ""
        try:
            while True:
                event = await self._next()
                if event is _ENDED:
                    return
                if (why := _waits(event)) != waits:
                    waits = why
                    yield _text("waiting", Waiting(message=waits))
                    said = time.monotonic()
                if waits:
                    await anyio.sleep(PLACE_SECONDS)
                    event = None
                if event is not None:
                    yield _text(*event)
                elif time.monotonic() - said > SILENCE_SECONDS:
                    yield NOTHING_NEW
                else:
                    continue
                said = time.monotonic()
        except ValueError as error:
            yield _text("failed", Failure(message=refusal(reason(error))))
        except NoAnswerError as error:
            counts.REFUSALS.labels(type(error).__name__).inc()
            yield _text("failed", Failure(message=reason(error)))
        except GoneError:
            return

    async def _next(self) -> Any:
        await _limiter(_places, THREADS).acquire_on_behalf_of(self)
        try:
            return await _in_thread(self._work.next)
        finally:
            self._leave_place()

    def _leave_place(self) -> None:
        with suppress(RuntimeError):  # it has left it already
            _limiter(_places, THREADS).release_on_behalf_of(self)


_ENDED: Any = object()


class _Work:
    """Events whose work is done by one thread at a time, whichever comes; begun by the first."""

    def __init__(self, begin: Callable[[], Events]) -> None:
        self._begin, self._lock = begin, Lock()
        self._events: Events | None = None

    def next(self) -> Told | None:
        with self._lock:
            if self._events is None:
                self._events = self._begin()
            return next(self._events, _ENDED)

    def close(self) -> None:
        with self._lock:
            if self._events is not None:
                self._events.close()


def _waits(event: Told | None) -> str:
    """Why a stream waits for a place, as its event says; nothing where it does not."""
    return event[1]["message"] if event is not None and event[0] == "waiting" else ""


async def _in_thread(work: Callable[[], Any]) -> Any:
    return await run_sync(work, limiter=_limiter(_threads, math.inf))


def _limiter(kept: RunVar[CapacityLimiter], size: float) -> CapacityLimiter:
    try:
        return kept.get()
    except LookupError:
        kept.set(CapacityLimiter(size))
        return kept.get()


def _body(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _text(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {encode(data)}\n\n"


def end_streams_on_signals() -> None:
    """Let a signal to stop end the streams, and begin none: the server waits for them for ever."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, before: Any = before) -> None:
            _stopping.set()
            for scope in list(open_streams):
                loop.call_soon_threadsafe(scope.cancel)
            if callable(before):
                before(number, frame)

        signal.signal(number, stop)
