"""The ASGI entry, `streamlit run app.py`: warms up, and adds the live chart's routes."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import streamlit as st
import torch
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from threadpoolctl import threadpool_limits

from pages.geometry.payload import surface as payload
from pages.geometry.question import scene
from pages.map import payload as map_picture
from pages.map import question as map_plan
from pages.shared import assets
from pages.shared.chart import encode
from pages.shared.link import Link, read_link
from pages.shared.payload import Failure
from pages.train.payload.picture import stream, training_picture

# Streamlit's threads let go of the interpreter with every message they send, and each wait to get
# it back lasts this long: at Python's 5 ms thirty people wait while half of the machine idles.
SWITCH_SECONDS = 0.001
NEVER_STORED = {"Cache-Control": "no-store"}

open_streams: set[asyncio.Task[Any]] = set()


async def training(request: Request) -> Response:
    """The picture of a run whose control is being dragged."""

    def draw() -> str:
        link = _link(request)
        return encode(training_picture(link.settings, link.pins, waits=False))

    return await _answer(draw)


async def surface(request: Request) -> Response:
    """The geometry page's surface while λ is being dragged."""

    def draw() -> str:
        shown, _ = scene.read_link(request.query_params.multi_items())
        return encode(payload.surface(shown))

    return await _answer(draw)


async def training_stream(request: Request) -> Response:
    """A long run as server-sent events; it ends when the browser closes the stream."""
    link = _link(request)
    return _streamed(stream(link.settings, link.pins))


async def map_stream(request: Request) -> Response:
    """The maps of learning rate by weight decay as they are trained, in the same way."""
    link, shown, _ = map_plan.read_link(request.query_params.multi_items())
    return _streamed(map_picture.stream(link.settings, shown))


async def home(request: Request) -> Response:
    """The page that opens has no path of its own in Streamlit: its name leads to the root."""
    query = request.url.query
    return RedirectResponse(f"{assets.base_path()}/" + (f"?{query}" if query else ""))


async def _answer(draw: Any) -> Response:
    try:
        return Response(
            await run_in_threadpool(draw), media_type="application/json", headers=NEVER_STORED
        )
    except ValueError as error:
        return Response(encode({"message": str(error)}), 400, media_type="application/json")


def _streamed(run: Iterator[tuple[str, Any]]) -> Response:
    return StreamingResponse(
        _events(run),
        media_type="text/event-stream",
        headers=NEVER_STORED | {"X-Accel-Buffering": "no"},
    )


async def _events(run: Iterator[tuple[str, Any]]) -> AsyncIterator[str]:
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


def _link(request: Request) -> Link:
    return read_link(request.query_params.multi_items())


def warm() -> None:
    """Pay what the first visitor would pay: imports, a small run with its figure, the files.

    What stands then is taken out of the garbage collector's sight: walking through it costs every
    session a hundred milliseconds a time.
    """
    # Streamlit's tables import the first two on first use, torch.optim's first step the third
    for module in ("pandas", "pyarrow", "torch._dynamo"):
        importlib.import_module(module)

    sys.setswitchinterval(SWITCH_SECONDS)
    torch.set_num_threads(1)
    threadpool_limits(1)
    assets.warm()
    encode(training_picture(read_link([]).settings))
    gc.collect()
    gc.freeze()


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


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Warm up before the first request."""
    warm()
    if threading.current_thread() is threading.main_thread():  # signals reach no other
        end_streams_on_signals()
    yield


app = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    routes=[
        *assets.ROUTES,
        Route("/train", home),
        Route("/api/train", training),
        Route("/api/train/stream", training_stream),
        Route(payload.ROUTE, surface),
        Route("/api/map/stream", map_stream),
    ],
)
