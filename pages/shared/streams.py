"""Long work as server-sent events: one way for all pages, which holds nothing that it need not.

The work runs in a few threads that serve streams alone, for a moment at a time, so that neither
drags nor files wait for it. It ends when the browser closes the stream, and when the browser has
taken nothing for a while.
"""

from __future__ import annotations

import asyncio
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

from pages.shared.encoding import encode
from pages.shared.payload import Event as Told
from pages.shared.payload import Events, Failure
from pages.shared.routes import NEVER_STORED, Query
from pages.shared.words import refusal
from pages.shared.worker import NoAnswerError

# So many streams are worked for at the same moment; the others wait for their turn.
THREADS = 4
# A reader that takes nothing for so long has gone.
PATIENCE_SECONDS = 10.0
# A stream that has nothing to say says so, lest a proxy takes it for dead.
SILENCE_SECONDS = 5.0
NOTHING_NEW = ": working\n\n"

# Who has just moved may move again: what a page can wait with begins when so long nothing did. A
# link with the parameter asks for it at once.
REST_SECONDS = 1.5
AT_ONCE = "at_once"

# The end of a stream waits so long for its reader to take it.
END_SECONDS = 1.0

open_streams: set[anyio.CancelScope] = set()
_stopping = Event()
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
        query = request.query_params
        rest = REST_SECONDS if self._rests and AT_ONCE not in query else 0.0
        return EventStream(lambda: self._events(query.multi_items()), rest)

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
        tasks = anyio.create_task_group()
        open_streams.add(tasks.cancel_scope)
        try:
            async with tasks:
                tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
                await self._send(send)
                tasks.cancel_scope.cancel()
        finally:
            open_streams.discard(tasks.cancel_scope)
            with anyio.CancelScope(shield=True):
                await run_sync(self._work.close)
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
        said = time.monotonic()
        try:
            while True:
                event = await run_sync(self._work.next, limiter=_limiter())
                if event is _ENDED:
                    return
                if event is not None:
                    yield _text(*event)
                elif time.monotonic() - said > SILENCE_SECONDS:
                    yield NOTHING_NEW
                else:
                    continue
                said = time.monotonic()
        except ValueError as error:
            yield _text("failed", Failure(message=refusal(str(error))))
        except NoAnswerError as error:
            yield _text("failed", Failure(message=str(error)))


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


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def _limiter() -> CapacityLimiter:
    try:
        return _threads.get()
    except LookupError:
        _threads.set(CapacityLimiter(THREADS))
        return _threads.get()


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
