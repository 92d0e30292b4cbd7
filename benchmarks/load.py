"""Thirty people at once: from a moved slider to the message that holds the new picture.

    python -m benchmarks.load

Starts `streamlit run app.py` on two cores and connects people over real websockets with the
server's own messages; each moves λ about once a second. Prints median and 95th percentile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.conftest import ROOT, Server, serve

PEOPLE, MOVES = 30, 20
CORES = 2
# Between two moves of one person, in seconds.
PAUSE = (0.7, 1.3)
AIM_MS = 500
# Nothing here takes so long unless something is wrong.
PATIENCE_SECONDS = 60
CHOICES = ("0.1", "0.2", "0.3", "0.5", "1", "2", "5", "10", "20")


@dataclass
class Person:
    """One session: what its page has told it so far."""

    socket: ClientConnection
    slider: str = ""
    fragment: str = ""
    kept: dict[str, ForwardMsg] = field(default_factory=dict)

    async def messages(self) -> AsyncIterator[ForwardMsg]:
        """What the server sends; a reference stands for a message it has sent before."""
        async for raw in self.socket:
            message = ForwardMsg.FromString(raw)
            if message.HasField("ref_hash"):
                message = self.kept[message.ref_hash]
            elif message.hash:
                self.kept[message.hash] = message
            yield message

    async def arrive(self) -> None:
        """Open the page, and note the slider and the fragment it lies in."""
        await self._send(BackMsg())
        async for message in self.messages():
            element = message.delta.new_element
            if element.HasField("slider") and element.slider.label.endswith("λ"):
                self.slider, self.fragment = element.slider.id, message.delta.fragment_id
            if message.HasField("script_finished"):
                return

    async def move(self, weight_decay: str) -> float:
        """Milliseconds from sending a new λ to the message with its picture."""
        request = BackMsg()
        request.rerun_script.fragment_id = self.fragment
        state = request.rerun_script.widget_states.widgets.add(id=self.slider)
        state.string_array_value.data.append(weight_decay)
        began = time.perf_counter()
        await self._send(request)
        took = None
        async for message in self.messages():
            if took is None and _shows(message, weight_decay):
                took = 1000 * (time.perf_counter() - began)
            if message.HasField("script_finished"):
                break
        assert took is not None, "the run ended without a picture of this λ"
        return took

    async def _send(self, message: BackMsg) -> None:
        message.rerun_script.SetInParent()
        await self.socket.send(message.SerializeToString())


def _shows(message: ForwardMsg, weight_decay: str) -> bool:
    element = message.delta.new_element
    if not element.HasField("bidi_component"):
        return False
    run = json.loads(element.bidi_component.bytes)["payload"]["run"]
    return bool(run == f"weight_decay={weight_decay}")


@asynccontextmanager
async def arrived(server: Server) -> AsyncIterator[Person]:
    """A person with the page open."""
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    options = {"origin": server.url, "subprotocols": ["streamlit"], "max_size": None}
    async with connect(address, **options) as socket:  # type: ignore[arg-type]
        person = Person(socket)
        await person.arrive()
        yield person


async def visit(server: Server, number: int, ready: asyncio.Barrier) -> list[float]:
    """One person's times; they begin together, out of step."""
    draw = random.Random(number)
    times, last = [], ""
    async with arrived(server) as person:
        await ready.wait()
        for _ in range(MOVES):
            await asyncio.sleep(draw.uniform(*PAUSE))
            last = draw.choice([choice for choice in CHOICES if choice != last])
            times.append(await person.move(last))
    return times


async def crowd(server: Server, people: int) -> tuple[list[float], float]:
    """Everybody's times, and how many moves a second there were."""
    ready = asyncio.Barrier(people + 1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        visits = [asyncio.create_task(visit(server, i, ready)) for i in range(people)]
        await ready.wait()
        began = time.perf_counter()
        times = [took for part in await asyncio.gather(*visits) for took in part]
    return times, len(times) / (time.perf_counter() - began)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=PEOPLE, choices=range(1, 101))
    people = arguments.parse_args().people
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)  # the server inherits it
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(ROOT / "app.py", Path(folder) / "log.txt") as server,
    ):
        print(f"{'people':>6} {'moves':>6} {'a second':>9} {'median ms':>10} {'p95 ms':>8}")
        for count in (1, people):
            times, rate = asyncio.run(crowd(server, count))
            high = quantiles(times, n=20)[-1]
            row = f"{count:>6} {len(times):>6} {rate:>9.1f} {median(times):>10.0f} {high:>8.0f}"
            print(row, flush=True)
    print(f"aim: a median of {AIM_MS} ms at most, on {len(cores)} cores that the people share")


if __name__ == "__main__":
    main()
