"""Many people at once on any page: from a move to the message that holds the new picture.

    python -m benchmarks.load                                       # every page, and all together
    python -m benchmarks.load --people 1 9 30 100 --pages train all
    python -m benchmarks.load --people 30 --pages "geometry?view=surface" --ways route --pause 3
    python -m benchmarks.load --people 100 --pages all --url http://127.0.0.1:8501
    python -m benchmarks.load --quick

Each page gets a server of its own on two cores, which the people share, or all of them come to the
address of a server that stands. Every visitor has another
seed, and no move asks what has been asked before.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import chain, count, islice
from pathlib import Path
from statistics import median

from benchmarks import processes
from benchmarks.controls import Asked
from benchmarks.table import NOTHING, cell, columns, high
from benchmarks.visitor import LostError, NoPictureError, Visitor, opened
from benchmarks.ways import WAYS, Move, question
from pages.registry import PICTURED
from tests.browser.conftest import ROOT, serve

CORES = 2
ALL = "all"
# Of the pause between two moves of one person.
SPREAD = (0.7, 1.3)


@dataclass(frozen=True)
class Plan:
    """How the people behave; `beside` names a page that one more of them never stops moving on."""

    moves: int = 20
    pause: float = 1.0
    patience: float = 60.0
    beside: str = ""


QUICK = Plan(moves=4, pause=0.3)


@dataclass
class Row:
    """What a crowd met: times in milliseconds, and what went wrong, how often."""

    page: str
    way: str
    people: int
    opened: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    mebibytes: float = 0.0
    troubles: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """The row as it is printed; of several pages, the times on each below."""
        times = [took for part in self.times.values() for took in part]
        moves = len(times)
        ours = [self.mebibytes] if self.mebibytes else []  # none of a server that others started
        cpu = [1000 * self.cpu_seconds / moves] if moves and ours else []
        yield columns(
            WIDTHS,
            self.page,
            self.way,
            str(self.people),
            cell(self.opened, median),
            cell(self.whole, median),
            str(moves),
            f"{moves / self.seconds:.1f}" if moves else NOTHING,
            cell(times, median),
            cell(times, high),
            cell(cpu, sum),
            cell(ours, sum),
            *(f" {times} x {what}" for what, times in self.troubles.most_common()),
        )
        if self.page == ALL:
            for page, part in self.times.items():
                found = (str(len(part)), "", cell(part, median), cell(part, high))
                yield columns(WIDTHS, f"  {page}", "", "", "", "", *found)


HEAD = ("page", "way", "people", "opened", "whole", "moves", "a s", "median", "95 %", "CPU", "MiB")
WIDTHS = (-22, -7, 6, 7, 7, 6, 6, 7, 7, 6, 6)


class Crowd:
    """People on one server; whoever comes later finds asked what the earlier asked."""

    def __init__(self, url: str, plan: Plan, first: int = 1) -> None:
        self.url, self.plan = url, plan
        self._numbers, self._asked = count(first), Asked()

    async def come(self, page: str, way: str, people: int) -> Row | None:
        """What so many meet who go through all their moves; None where the page lacks the way."""
        row = Row(page, way, people)
        where = [part.path for part in PICTURED] if page == ALL else [page]
        async with AsyncExitStack() as stack:
            there: list[Visitor] = []
            pages = (where[place % len(where)] for place in range(people))
            await asyncio.gather(*(self._arrive(row, page, stack, there) for page in pages))
            if people == 1 and there:  # nobody else has to wait for what the page works on
                await self._settled(row, there[0])
            walks = [(visitor, self._moves(visitor, way)) for visitor in there]
            if there and not any(moves for _, moves in walks):
                return None
            async with self._beside(row):
                pause = self.plan.pause
                await _measured(row, [self._walk(row, *walk, pause) for walk in walks])
        return row

    async def _arrive(
        self, row: Row, page: str, stack: AsyncExitStack, there: list[Visitor]
    ) -> None:
        number = next(self._numbers)
        path, _, query = page.partition("?")
        seed = f"seed={number}"
        with noted(row):
            came = opened(self.url, number, self.plan.patience)
            visitor = await stack.enter_async_context(came)
            row.opened.append(await visitor.arrive(path, "&".join(filter(None, [query, seed]))))
            if seed not in question(visitor):  # a page without chance: one's own question
                for move in islice(WAYS["script"](visitor, self._asked), 1):
                    await move()
            there.append(visitor)

    async def _settled(self, row: Row, visitor: Visitor) -> None:
        began = time.perf_counter()
        with noted(row):
            await visitor.settle()
            row.whole.append(row.opened[0] + 1000 * (time.perf_counter() - began))

    def _moves(self, visitor: Visitor, way: str) -> Iterable[Move]:
        """One after the other, each found when the one before it is made; none: an empty list."""
        moves = islice(WAYS[way](visitor, self._asked), self.plan.moves)
        first = next(moves, None)
        return [] if first is None else chain([first], moves)

    async def _walk(self, row: Row, visitor: Visitor, moves: Iterable[Move], pause: float) -> None:
        draw = random.Random(visitor.number)
        with noted(row):
            for move in moves:
                await visitor.linger(pause * draw.uniform(*SPREAD))
                with noted(row, NoPictureError):
                    row.times[visitor.page].append(await move())

    @asynccontextmanager
    async def _beside(self, row: Row) -> AsyncIterator[None]:
        """One more, who never rests, and whose times do not count."""
        if not self.plan.beside:
            yield
            return
        other = Row(self.plan.beside, row.way, 1)
        restless = asyncio.create_task(self._restless(other))
        yield
        restless.cancel()
        await asyncio.gather(restless, return_exceptions=True)
        row.troubles.update({f"beside: {what}": times for what, times in other.troubles.items()})

    async def _restless(self, row: Row) -> None:
        async with AsyncExitStack() as stack:
            there: list[Visitor] = []
            await self._arrive(row, row.page, stack, there)
            for visitor in there:
                await self._walk(row, visitor, WAYS["script"](visitor, self._asked), 0)


@contextmanager
def noted(row: Row, *kinds: type[Exception]) -> Iterator[None]:
    """What goes wrong is part of the row."""
    try:
        yield
    except (LostError, NoPictureError) as error:
        if kinds and not isinstance(error, kinds):
            raise
        row.troubles[str(error)] += 1


async def _measured(row: Row, walks: Sequence[Awaitable[None]]) -> None:
    began, spent = time.perf_counter(), processes.cpu_seconds(processes.below(os.getpid()))
    await asyncio.gather(*walks)
    row.seconds = time.perf_counter() - began
    server = processes.below(os.getpid())
    row.cpu_seconds = processes.cpu_seconds(server) - spent
    row.mebibytes = processes.mebibytes(server)


@contextmanager
def started() -> Iterator[str]:
    """The address of a server that has just started."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(ROOT / "app.py", Path(folder) / "log.txt") as server,
    ):
        yield server.url


def rows(page: str, crowds: Sequence[int], ways: Sequence[str], crowd: Crowd) -> Iterator[Row]:
    """The rows of one page."""
    for way in ways:
        for people in crowds:
            row = asyncio.run(crowd.come(page, way, people))
            if row is None:
                break
            yield row


def main() -> None:
    """Print the table."""
    take = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    take.add_argument("--people", type=int, nargs="+", default=[], help="sizes of the crowd: 1 30")
    take.add_argument("--pages", nargs="+", default=[*(page.path for page in PICTURED), ALL])
    take.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS)
    take.add_argument("--moves", type=int, help="of each person: 20")
    take.add_argument("--pause", type=float, help="seconds between two moves of one person: 1")
    take.add_argument("--patience", type=float, help="seconds after which somebody gives up: 60")
    take.add_argument("--beside", help="a page with its link, on which one more never rests")
    take.add_argument("--url", help="of a server that stands: then none is started")
    take.add_argument("--quick", action="store_true", help="1 and 3 people, few moves")
    asked = take.parse_args()
    given = {name: vars(asked)[name] for name in ("moves", "pause", "patience", "beside")}
    plan = replace(
        QUICK if asked.quick else Plan(), **{k: v for k, v in given.items() if v is not None}
    )
    crowds = asked.people or ([1, 3] if asked.quick else [1, 30])
    if asked.url:
        where = f"at {asked.url}"
    else:
        cores = sorted(os.sched_getaffinity(0))[:CORES]
        os.sched_setaffinity(0, cores)  # the server inherits it
        where = f"{len(cores)} cores that the people share"
    first = int(time.time()) if asked.url else 1  # that server may have met the earlier numbers
    print(f"{where}; times in ms, CPU in ms a move")
    print(columns(WIDTHS, *HEAD), flush=True)
    for page in asked.pages:
        ways = asked.ways
        if page == ALL:  # somebody on every page, who moves as is possible on every page
            crowds, ways = sorted({max(people, len(PICTURED)) for people in crowds}), ["script"]
        with nullcontext(asked.url) if asked.url else started() as url:
            for row in rows(page, crowds, ways, Crowd(url.rstrip("/"), plan, first)):
                print(*row.lines(), sep="\n", flush=True)


if __name__ == "__main__":
    main()
