"""Threads that answer requests: they say when they wait for a worker, and hear who has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event

from starlette.types import Receive


@dataclass(frozen=True)
class Request:
    """A request that is answered: `gone` is set once nobody waits for that.

    `waits` is called, again and again, by a thread that waits for a worker.
    """

    gone: Event
    waits: Callable[[], None]


_REQUEST: ContextVar[Request | None] = ContextVar("the request that is answered", default=None)


class GoneError(BaseException):
    """Nobody waits for this answer any more."""


def nothing() -> None:
    """Whom it makes no difference."""


@asynccontextmanager
async def listening(
    receive: Receive, leave: Callable[[], None] = nothing, waits: Callable[[], None] = nothing
) -> AsyncIterator[None]:
    """While a request is answered, hear whether its browser closes the connection.

    Then `leave` is called, and who waits for a worker in one of its threads meets a GoneError.
    `waits` is called by threads that do.
    """
    gone = Event()

    async def listen() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()
        leave()

    before, listener = _REQUEST.set(Request(gone, waits)), asyncio.create_task(listen())
    try:
        yield
    finally:
        gone.set()
        listener.cancel()
        _REQUEST.reset(before)


def heed() -> None:
    """What a thread that waits does again and again: GoneError if nobody waits for its answer."""
    request = _REQUEST.get()
    if request is None:
        return
    if request.gone.is_set():
        raise GoneError
    request.waits()
