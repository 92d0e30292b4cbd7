"""People who come and go for long: what the server takes by then, minute by minute.

    python -m benchmarks.soak                       # thirty people, ten minutes
    python -m benchmarks.soak --minutes 3 --people 10

They open a page, move on it, and leave, are cut off, or come back to the session they had. Now and
then one asks for the largest run that a page has, and does not wait for it. At the end all have
left and are forgotten. Memory, threads, open files and processes must not grow from the middle of
the time to its end; where one does, the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from statistics import median

from benchmarks import processes
from benchmarks.controls import Asked
from benchmarks.load import CORES, SPREAD
from benchmarks.table import cell, columns, high
from benchmarks.visitor import LostError, NoPictureError, Visitor, opened
from benchmarks.ways import WAYS
from pages.registry import PICTURED, Page
from pages.shared import limits
from pages.shared.fields import Choice
from tests.browser.conftest import ROOT, serve

# What is kept fills up within the first minutes, and a session is forgotten soon.
KEPT_MEGABYTES, FORGOTTEN_SECONDS = 128, 20
# Then there is nobody, and the server has seen to it.
GONE_SECONDS = FORGOTTEN_SECONDS + 25
# So often it is looked what the server takes.
LOOK_SECONDS = 2.0
PATIENCE = 60.0
# A visit has at most so many moves; one in so many asks for the largest run, and stays so long.
MOVES, LARGEST_ONE_IN, LARGEST_SECONDS = 8, 12, 3.0
LEAVES, IS_CUT_OFF, COMES_BACK = "leaves", "is cut off", "comes back"
# What makes work large, of the settings of a page.
SIZES = ("n_features", "n_train", "n_test", "epochs", "seeds", "draws")
# What may be more at the end than in the middle, as a share of that, and in any case. MiB is that
# of all processes, `serving` that of the one that serves the pages.
GROWTH = 0.1
TAKEN = {"MiB": 30.0, "serving": 30.0, "threads": 5.0, "files": 15.0, "processes": 1.0}

HEAD = ("minute", "visits", "moves", "median", "95 %", *TAKEN)
WIDTHS = (-8, 7, 7, 7, 7, 7, 8, 8, 6, 10)


@dataclass
class Minute:
    """What happened in a minute, and what the server took each time it was looked at."""

    visits: int = 0
    times: list[float] = field(default_factory=list)
    taken: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in TAKEN})
    troubles: Counter[str] = field(default_factory=Counter)

    def look(self, root: int) -> None:
        """Look at what the server takes now."""
        server = [root, *processes.below(root)]
        self.taken["MiB"].append(processes.mebibytes(server))
        self.taken["serving"].append(processes.mebibytes([root]))
        self.taken["threads"].append(processes.threads(server))
        self.taken["files"].append(processes.files(server))
        self.taken["processes"].append(len(server))

    def line(self, name: str) -> str:
        """The minute as it is printed."""
        return columns(
            WIDTHS,
            name,
            str(self.visits),
            str(len(self.times)),
            cell(self.times, median),
            cell(self.times, high),
            *(cell(values, median) for values in self.taken.values()),
            *(f" {times} x {what}" for what, times in self.troubles.most_common()),
        )


class Class:
    """People who come and go."""

    def __init__(self, url: str, pause: float) -> None:
        self.minute = Minute()
        self._url, self._pause = url, pause
        self._numbers, self._asked = count(1), Asked()

    async def person(self, number: int) -> None:
        """Visit after visit, until this is cancelled."""
        draw = random.Random(number)
        session = page = ""
        while True:
            page = page if session else draw.choice(PICTURED).path
            with self._noted(page):
                session = await self._visit(page, session, draw)
            await asyncio.sleep(self._pause * draw.uniform(*SPREAD))

    async def _visit(self, path: str, session: str, draw: random.Random) -> str:
        """Come and go: the session, where this one will come back to it."""
        number, how = next(self._numbers), draw.choice((LEAVES, IS_CUT_OFF, COMES_BACK))
        self.minute.visits += 1
        async with opened(self._url, number, PATIENCE, session) as visitor:
            if draw.randrange(LARGEST_ONE_IN) == 0:
                await visitor.arrive(path, largest(path, number))
                await visitor.linger(LARGEST_SECONDS)
            else:
                await visitor.arrive(path, f"seed={number}")
                await self._moves(visitor, draw)
            if how == IS_CUT_OFF:
                visitor.socket.transport.abort()
            return visitor.session if how == COMES_BACK else ""

    async def _moves(self, visitor: Visitor, draw: random.Random) -> None:
        for move in islice(WAYS["script"](visitor, self._asked), draw.randint(0, MOVES)):
            await visitor.linger(self._pause * draw.uniform(*SPREAD))
            with self._noted(visitor.page, pictures=True):
                self.minute.times.append(await move())

    @contextmanager
    def _noted(self, page: str, *, pictures: bool = False) -> Iterator[None]:
        """What goes wrong is part of the minute; `pictures`: that a move brought none, alone."""
        try:
            yield
        except (LostError, NoPictureError) as error:
            if pictures and not isinstance(error, NoPictureError):
                raise
            self.minute.troubles[f"/{page} {error}"] += 1


def largest(path: str, seed: int) -> str:
    """The link to a page with all that makes its work large at its limit."""
    page: Page = next(page for page in PICTURED if page.path == path)
    sizes = {key: page.form.settings[key] for key in SIZES if key in page.form.settings}
    ends = {
        key: setting.most if hasattr(setting, "most") else setting.steps[-1]
        for key, setting in sizes.items()
        if not isinstance(setting, Choice)
    }
    return "&".join(f"{key}={value:.0f}" for key, value in (ends | {"seed": seed}).items())


async def soaked(url: str, root: int, people: int, minutes: float, pause: float) -> list[Minute]:
    """The minutes, each printed when it is over; then all have left."""
    group = Class(url, pause)
    there = [asyncio.create_task(group.person(number)) for number in range(people)]
    past: list[Minute] = []
    began = time.monotonic()
    while time.monotonic() < began + 60 * minutes:
        await asyncio.sleep(LOOK_SECONDS)
        group.minute.look(root)
        if time.monotonic() > began + 60 * (len(past) + 1):
            print(group.minute.line(str(len(past) + 1)), flush=True)
            past.append(group.minute)
            group.minute = Minute()
    for one in there:
        one.cancel()
    await asyncio.gather(*there, return_exceptions=True)
    await asyncio.sleep(GONE_SECONDS)
    end = Minute()
    end.look(root)
    print(end.line("all left"), flush=True)
    return past


def growth(past: Sequence[Minute]) -> Iterator[str]:
    """A line for what the server took more of at the end than in the middle."""
    third = max(1, len(past) // 3)
    middle, last = past[-2 * third : -third], past[-third:]
    for name, least in TAKEN.items():
        before, after = (
            median([value for minute in part for value in minute.taken[name]])
            for part in (middle or past[:1], last)
        )
        if after - before > max(least, GROWTH * before):
            yield f"{name} grew from {before:.0f} to {after:.0f}"


def faults(log: str) -> list[str]:
    """The lines of a server's log that tell of a fault."""
    return [line for line in log.splitlines() if "Error" in line]


def main() -> None:
    """Print the table, and what has grown."""
    take = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    take.add_argument("--minutes", type=float, default=10.0)
    take.add_argument("--people", type=int, default=30)
    take.add_argument("--pause", type=float, default=1.0, help="seconds between two moves: 1")
    asked = take.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)  # the server inherits it
    os.environ.setdefault(limits.KEPT.variable, str(KEPT_MEGABYTES))
    forgets = f"--server.disconnectedSessionTTL={FORGOTTEN_SECONDS}"
    print(f"{asked.people} people on {len(cores)} cores; times of moves in ms")
    print(columns(WIDTHS, *HEAD), flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(ROOT / "app.py", Path(folder) / "log.txt", forgets) as server,
    ):
        past = asyncio.run(soaked(server.url, server.pid, asked.people, asked.minutes, asked.pause))
        print(*faults(server.log.read_text(encoding="utf-8")), sep="\n")
    grown = list(growth(past))
    print(*(grown or ["nothing grew"]), sep="\n")
    sys.exit(1 if grown else 0)


if __name__ == "__main__":
    main()
