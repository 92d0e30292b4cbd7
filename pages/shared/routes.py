"""The addresses that a chart asks without a rerun: answered whole, or as a stream of events."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import FrameType
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from pages.shared.chart import encode
from pages.shared.payload import Events, Failure

Query = Sequence[tuple[str, str]]
NEVER_STORED = {"Cache-Control": "no-store"}

open_streams: set[asyncio.Task[Any]] = set()


def answered(path: str, answer: Callable[[Query], Mapping[str, Any]]) -> Route:
    """The address of what is drawn while a control is being dragged."""

    async def endpoint(request: Request) -> Response:
        query = request.query_params.multi_items()
        try:
            text = await run_in_threadpool(lambda: encode(answer(query)))
        except ValueError as error:
            text = encode({"message": str(error)})
            return Response(text, 400, media_type="application/json")
        return Response(text, media_type="application/json", headers=NEVER_STORED)

    return Route(path, endpoint)


def streamed(path: str, events: Callable[[Query], Events]) -> Route:
    """The address of long work as server-sent events; it ends when the browser closes it."""

    async def endpoint(request: Request) -> Response:
        return StreamingResponse(
            _sent(events(request.query_params.multi_items())),
            media_type="text/event-stream",
            headers=NEVER_STORED | {"X-Accel-Buffering": "no"},
        )

    return Route(path, endpoint)


async def _sent(run: Events) -> AsyncIterator[str]:
    """Each event in the form of the protocol; the work runs in a thread, one event at a time."""
    done: tuple[str, Any] = ("", {})
    task = asyncio.current_task()
    assert task is not None
    open_streams.add(task)
    try:
        while (event := await run_in_threadpool(next, run, done)) is not done:
            yield _event(*event)
    except ValueError as error:
        yield _event("failed", Failure(message=f"These settings do not go together: {error}."))
    finally:
        open_streams.discard(task)
        run.close()  # type: ignore[attr-defined]


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {encode(data)}\n\n"


def end_streams_on_signals() -> None:
    """Let a signal to stop end the open streams too: the server waits for them without limit."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, before: Any = before) -> None:
            for task in list(open_streams):
                loop.call_soon_threadsafe(task.cancel)
            if callable(before):
                before(number, frame)

        signal.signal(number, stop)
