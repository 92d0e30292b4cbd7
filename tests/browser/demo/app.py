"""ASGI entry of the demo: the chart's routes, a live answer, and a stream that keeps a record."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from pages.shared import assets, head
from pages.shared.door import Door
from pages.shared.encoding import encode
from tests.browser.demo.runs import curves, payload

LOG: list[dict[str, str | float]] = []


def record(event: str, name: str) -> None:
    """Note what happened and when, for the tests to read."""
    LOG.append({"event": event, "name": name, "time": time.time()})


async def train(request: Request) -> Response:
    """The payload of one weight decay, as a live drag asks for it."""
    weight_decay = request.query_params["weight_decay"]
    record("train", weight_decay)
    return Response(encode(payload(weight_decay)), media_type="application/json")


async def rows(name: str, epochs: int, pace: float) -> AsyncGenerator[str]:
    """Epochs of a long run; the record says when the reader came and when it was let go."""
    record("opened", name)
    series = curves(0.1, epochs)
    try:
        if name.startswith("queued"):
            yield event("waiting", encode({"message": "Waiting for a place: 2 come before."}))
            await asyncio.sleep(5 * pace)
            yield event("waiting", encode({"message": ""}))
            await asyncio.sleep(5 * pace)
        for epoch in range(1, epochs + 1):
            row = {key: [values[epoch]] for key, values in series.items()}
            left = (epochs - epoch) * pace
            yield event("rows", encode({"series": row, "epoch": epoch, "seconds_left": left}))
            if epoch == 20:
                yield event("picture", encode({"sentence": "Twenty epochs are in."}))
            await asyncio.sleep(pace)
        if name.startswith("broken"):
            yield event("failed", encode({"message": "The demo broke on purpose."}))
        else:
            yield event("done", "{}")
    finally:
        record("closed", name)


def event(name: str, data: str) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {data}\n\n"


async def stream(request: Request) -> Response:
    """A long run, as named and paced by the query."""
    query = request.query_params
    body = rows(query["name"], int(query["epochs"]), float(query["pace"]))
    return StreamingResponse(body, media_type="text/event-stream")


async def log(request: Request) -> Response:
    """Everything noted so far."""
    return JSONResponse(LOG)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    assets.warm()
    yield


app: ASGIApp = st.App(
    Path(__file__).parent / "page.py",
    lifespan=lifespan,
    middleware=[Middleware(head.Head)],
    routes=[
        *assets.ROUTES,
        Route("/api/train", train),
        Route("/api/stream", stream),
        Route("/api/log", log),
    ],
)
app = Door(app)
