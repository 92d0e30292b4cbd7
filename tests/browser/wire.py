"""A wire to a server that can be cut, and one that goes dead without a word."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

from tests.browser.conftest import LOOPBACK

PIECE = 65536


class Wire:
    """Passes on what comes to its own address, until it is cut or held, and again when mended."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._lines: set[asyncio.Task[None]] = set()
        self._whole = True
        self._started = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._started.wait()

    def cut(self) -> None:
        """End all connections, and refuse others."""
        self._do(self._cut)

    def hold(self) -> None:
        """Pass on nothing any more, and say nothing of it."""
        self._do(self._flows.clear)

    def mend(self) -> None:
        """Be a wire again; what was held is lost, and those it belonged to are told."""
        self._do(self._mend)

    def end(self) -> None:
        """Be no wire any more."""
        self._do(self._ended.set)
        self._thread.join()

    def _do(self, act: Callable[[], None]) -> None:
        """Have this done by the thread of the wire."""
        done = Event()
        self._loop.call_soon_threadsafe(lambda: (act(), done.set()))
        done.wait()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._flows, self._ended = asyncio.Event(), asyncio.Event()
        self._flows.set()
        server = await asyncio.start_server(self._connect, LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}{self._path}"
        self._started.set()
        await self._ended.wait()
        server.close()
        lines = list(self._lines)
        self._cut()
        await asyncio.gather(*lines, return_exceptions=True)

    def _cut(self) -> None:
        self._whole = False
        for line in self._lines:
            line.cancel()

    def _mend(self) -> None:
        if not self._flows.is_set():
            self._cut()
        self._whole = True
        self._flows.set()

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        line = asyncio.ensure_future(self._join(near, back))
        self._lines.add(line)
        with suppress(asyncio.CancelledError, OSError, ExceptionGroup):
            await line
        self._lines.discard(line)
        await _end(back)

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if not self._whole:
            return
        far, on = await asyncio.open_connection(self._host, self._port)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(near, on))
                both.create_task(self._pass_on(far, back))
        finally:
            await _end(on)

    async def _pass_on(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while piece := await source.read(PIECE):
            await self._flows.wait()
            to.write(piece)
            await to.drain()
        to.write_eof()


async def _end(writer: asyncio.StreamWriter) -> None:
    """At once, and whatever was still to be written."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


@contextmanager
def wired(url: str) -> Iterator[Wire]:
    """A wire to the server at this address, until the block ends."""
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.end()
