"""One visitor of a page: what a browser says to the server and hears from it, without drawing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from streamlit.proto.AutoRerun_pb2 import AutoRerun
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.charts import Chart, chart_of, content, draws, query_of, streams
from benchmarks.controls import Control, control_of
from pages.shared.streams import WITHOUT_REST

# The ends of a stream of events.
ENDS = (b"event: done", b"event: failed")


class LostError(Exception):
    """Why a visitor got no further."""


class NoPictureError(Exception):
    """A move after which no chart looked different."""


@asynccontextmanager
async def opened(
    url: str, number: int, patience: float, session: str = ""
) -> AsyncIterator[Visitor]:
    """A visitor who has connected; it leaves with the block.

    `session`: the one to come back to, as a browser does whose line was cut.
    """
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    with patient(patience):
        socket = await connect(
            address,
            origin=url,  # type: ignore[arg-type]
            subprotocols=["streamlit", *(["-", session] if session else [])],  # type: ignore[list-item]
            max_size=None,
            max_queue=None,
            ping_interval=None,
            open_timeout=patience,
        )
    async with socket:
        visitor = Visitor(url, number, socket, patience, _cookies(socket))
        try:
            yield visitor
        finally:
            await visitor.leave()


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """What takes too long, or breaks off, loses the visitor."""
    try:
        yield
    except TimeoutError as error:
        raise LostError(f"waited more than {seconds:g} s") from error
    except (ConnectionClosed, OSError) as error:
        raise LostError(f"was cut off ({type(error).__name__})") from error


class Visitor:
    """A session, and what its page has told it so far."""

    def __init__(
        self,
        url: str,
        number: int,
        socket: ClientConnection,
        patience: float,
        cookies: str = "",
    ) -> None:
        self.url, self.number, self.socket, self.patience = url, number, socket, patience
        self.cookies = cookies
        self.page = self.query = self.session = self._page_hash = ""
        self.controls: dict[str, Control] = {}
        # those that the run which is heard now has not drawn yet: at its end they have gone
        self._undrawn: set[str] = set()
        # of each control and chart: the fragment that runs again when it is moved
        self._fragments: dict[str, str] = {}
        # where every control stands: a browser says it of all of them each time
        self._stand: dict[str, WidgetState] = {}
        # the fragments of the run that is heard now; none: it is of the whole page
        self._running: frozenset[str] | None = None
        self._works_on = False
        self._shown: dict[str, BidiComponent] = {}
        self._queries: dict[str, str] = {}
        self._changes = 0
        # what need not be sent again: heard in this run, and in the one before
        self._kept: dict[str, ForwardMsg] = {}
        self._older: dict[str, ForwardMsg] = {}
        self._again: dict[str, asyncio.Task[None]] = {}
        self._streams: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def charts(self) -> list[Chart]:
        """The charts as they look now."""
        return [chart_of(component) for component in self._shown.values()]

    async def arrive(self, page: str, query: str) -> float:
        """Open the page. Milliseconds to the last element of its first run."""
        self.page, self.query = page, query
        began = last = time.perf_counter()
        with patient(self.patience):
            async with asyncio.timeout(self.patience):
                await self._ask()
                while True:
                    message = await self._hear()
                    if message.HasField("delta"):
                        last = time.perf_counter()
                    if message.HasField("script_finished"):
                        return 1000 * (last - began)

    async def settle(self) -> None:
        """Wait until the page has all that it works on, in further runs and in streams."""
        with patient(self.patience):
            async with asyncio.timeout(self.patience):
                while self._works_on:
                    await self._hear()
                for _, reading in self._streams.values():
                    await reading

    async def move(self, moved: Control | Chart, state: WidgetState) -> float:
        """Milliseconds from saying this to the last chart that looks different then."""
        fragment, queries = self._fragments[moved.id], dict(self._queries)
        self._running = None
        if isinstance(moved, Control):
            self._stand[moved.id] = state
        began, took, heard = time.perf_counter(), None, False
        with patient(self.patience):
            async with asyncio.timeout(self.patience):
                await self._ask(state, fragment)
                while True:
                    changes = self._changes
                    message = await self._hear()
                    # Streamlit may answer by a run of the whole page that was due anyhow
                    heard = heard or self._runs(fragment) or queries != self._queries
                    if not heard:
                        continue
                    if self._changes > changes:
                        took = 1000 * (time.perf_counter() - began)
                    if message.HasField("script_finished"):
                        break
        if took is None:
            raise NoPictureError(f"saw no new picture after a move of {moved.name}")
        return took

    async def drag(self, url: str, param: str, value: str) -> float:
        """Milliseconds to the whole answer of the address that a chart asks during a drag."""
        path, _, query = url.partition("?")
        asked = dict(parse_qsl(query, keep_blank_values=True)) | {param: value}
        began, status = time.perf_counter(), b""
        with patient(self.patience):
            async with asyncio.timeout(self.patience):
                async for line in self._answer(f"{path}?{urlencode(asked)}"):
                    status = status or line
        if b" 200 " not in status:
            raise LostError(f"was told {status.decode().strip()}")
        return 1000 * (time.perf_counter() - began)

    async def linger(self, seconds: float) -> None:
        """Look at the page for so long."""
        with patient(self.patience), suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._hear()

    async def leave(self) -> None:
        """End what goes on by itself."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- what is said

    async def _ask(
        self, state: WidgetState | None = None, fragment: str = "", **flags: bool
    ) -> None:
        told = {state.id: state} if state else {}
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.fragment_id = self.query, fragment
        if self._page_hash:
            asked.page_script_hash = self._page_hash
        else:
            asked.page_name = self.page
        asked.cached_message_hashes.extend({**self._older, **self._kept})
        asked.is_auto_rerun = flags.get("auto", False)
        asked.widget_states.widgets.extend((self._stand | told).values())
        await self.socket.send(message.SerializeToString())

    # ---- what is heard

    async def _hear(self) -> ForwardMsg:
        message: ForwardMsg = ForwardMsg.FromString(await self.socket.recv())
        if message.HasField("ref_hash"):
            known = self._older | self._kept
            if message.ref_hash not in known:
                raise LostError("was sent the name of a message instead of the message")
            message = self._kept[message.ref_hash] = known[message.ref_hash]
        elif message.metadata.cacheable:
            self._kept[message.hash] = message
        if message.HasField("new_session"):
            self._begin(message)
        elif message.HasField("navigation"):
            self._page_hash = message.navigation.page_script_hash
        elif message.HasField("delta"):
            self._element(message.delta.new_element, message.delta.fragment_id)
        elif message.HasField("auto_rerun"):
            self._repeat(message.auto_rerun)
        elif message.HasField("stop_auto_rerun"):
            self._stop(*message.stop_auto_rerun.fragment_ids)
        elif message.HasField("script_finished"):
            if self._kept:
                self._older, self._kept = self._kept, {}
            self._works_on = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if not self._works_on:
                for label in self._undrawn:
                    del self.controls[label]
                self._undrawn.clear()
        return message

    def _begin(self, message: ForwardMsg) -> None:
        self.session = message.new_session.initialize.session_id
        self._running = frozenset(message.metadata.run.fragment_ids)
        self._undrawn = {
            label
            for label, one in self.controls.items()
            if not self._running or self._fragments[one.id] in self._running
        }
        if not self._running:  # of the whole page: what repeats itself is told anew
            self._stop(*self._again)

    def _runs(self, fragment: str) -> bool:
        return self._running is not None and (fragment in self._running or not fragment)

    def _element(self, element: Element, fragment: str) -> None:
        if element.HasField("exception"):
            raise LostError(f"met {element.exception.type}: {element.exception.message[:80]}")
        if element.HasField("bidi_component"):
            if draws(element.bidi_component):
                self._chart(element.bidi_component, fragment)
        elif control := control_of(element):
            self._fragments[control.id] = fragment
            self.controls[control.label] = control
            self._undrawn.discard(control.label)
            if control.told or control.id not in self._stand:
                self._stand[control.id] = control.state(control.now)

    def _chart(self, component: BidiComponent, fragment: str) -> None:
        self._fragments[component.id] = fragment
        self._stand[component.id] = WidgetState(id=component.id, json_value="{}")
        before = self._shown.get(component.id)
        self._shown[component.id] = component
        sent = content(component)
        if before and sent == content(before):
            return
        self._changes += 1
        self._queries[component.id] = query_of(sent)
        if component.id in self._streams or streams(sent):
            self._follow(chart_of(component), first=before is None)

    def _follow(self, chart: Chart, *, first: bool) -> None:
        """As the chart does: another work closes the stream and opens its own."""
        work, reading = self._streams.pop(chart.id, ("", None))
        if reading and work == chart.work:
            self._streams[chart.id] = (work, reading)
            return
        if reading:
            reading.cancel()
        if chart.stream:
            path = f"{chart.stream}&{WITHOUT_REST}=1" if first else chart.stream
            self._streams[chart.id] = (chart.work, self._begun(self._read(path)))

    def _repeat(self, told: AutoRerun) -> None:
        async def again() -> None:
            while True:
                await asyncio.sleep(told.interval)
                await self._ask(fragment=told.fragment_id, auto=True)

        self._stop(told.fragment_id)
        self._again[told.fragment_id] = self._begun(again())

    def _begun(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self._tasks.append(asyncio.create_task(work))
        return self._tasks[-1]

    def _stop(self, *fragments: str) -> None:
        for fragment in fragments:
            if task := self._again.pop(fragment, None):
                task.cancel()

    # ---- past the socket

    async def _read(self, path: str) -> None:
        """A stream of events up to its end."""
        async for line in self._answer(path):
            if line.startswith(ENDS):
                return

    async def _answer(self, path: str) -> AsyncIterator[bytes]:
        """The lines of the answer to a GET, its status first."""
        host = urlsplit(self.url)
        secure = host.scheme == "https"
        reader, writer = await asyncio.open_connection(
            host.hostname, host.port or (443 if secure else 80), ssl=secure or None, limit=2**26
        )
        with closing(writer):
            head = {"Host": host.netloc, "Connection": "close", "Cookie": self.cookies}
            lines = [f"{name}: {value}\r\n" for name, value in head.items() if value]
            writer.write(f"GET {host.path}{path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode())
            while line := await reader.readline():
                yield line


def _cookies(socket: ClientConnection) -> str:
    """What a browser has been asked to keep, as it says it again: a proxy knows it by that."""
    kept: SimpleCookie = SimpleCookie()
    for line in socket.response.headers.get_all("Set-Cookie") if socket.response else ():
        kept.load(line)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in kept.items())
