"""The load benchmark's visitor, on the real server: it can move on every page, in every way."""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.load import Crowd, Plan, Row
from benchmarks.visitor import opened
from benchmarks.ways import WAYS
from pages.registry import PICTURED
from tests.browser.conftest import Server

# Only a failing test waits for it.
PATIENCE = 60.0
PLAN = Plan(moves=1, pause=0)
DRAGS = ["train", "geometry?view=surface"]


def visited(url: str, page: str, way: str, people: int) -> Row | None:
    """In a thread of its own: the tests' browser keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(Crowd(url, PLAN).come(page, way, people))).result()


@pytest.mark.parametrize("page", [page.path for page in PICTURED])
def test_a_move_on_a_page_brings_a_picture(server: Server, page: str) -> None:
    row = visited(server.url, page, "script", 1)
    assert row is not None
    assert not row.troubles
    assert (len(row.opened), len(row.whole), len(row.times[page])) == (1, 1, 1)


@pytest.mark.parametrize("page", DRAGS)
def test_a_drag_past_the_script_brings_a_picture(server: Server, page: str) -> None:
    row = visited(server.url, page, "route", 2)
    assert row is not None
    assert not row.troubles
    assert sum(map(len, row.times.values())) == 2


def test_a_way_that_a_page_lacks_has_no_row(server: Server) -> None:
    assert set(WAYS) == {"script", "chart", "route"}
    assert visited(server.url, "book", "chart", 1) is None


def test_people_on_all_pages_each_have_a_question_of_their_own(server: Server) -> None:
    row = visited(server.url, "all", "script", len(PICTURED))
    assert row is not None
    assert not row.troubles
    assert {page: len(times) for page, times in row.times.items()} == {
        page.path: 1 for page in PICTURED
    }


def workers() -> set[int]:
    """The worker processes of all servers of this test run."""
    commands = {pid: (Path("/proc") / str(pid) / "cmdline") for pid in processes.below(os.getpid())}
    return {
        pid
        for pid, path in commands.items()
        if path.exists() and b"forkserver" in path.read_bytes()
    }


async def busy() -> int:
    """The worker that is at work, once one is; asked often: the work takes a third of a second."""
    while True:
        before = {pid: processes.cpu_seconds([pid]) for pid in workers()}
        await asyncio.sleep(0.05)
        for pid, spent in before.items():
            if processes.cpu_seconds([pid]) - spent > 0.03:
                return pid


async def going(worker: int) -> float:
    """How many seconds a worker lives on."""
    began = time.monotonic()
    while worker in workers() and time.monotonic() < began + 4:
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def changes_her_mind(url: str) -> float:
    """Asks for what takes seconds, then for less: how long the worker of the first lives on."""
    async with opened(url, 1, PATIENCE) as visitor:
        await visitor.arrive("act", "n_train=1000&n_features=3&seed=91")
        dimension = visitor.controls["Dimension d"]
        fragment = visitor._fragments[dimension.id]
        await visitor._ask(dimension.state("1000"), fragment)
        worker = await asyncio.wait_for(busy(), PATIENCE)
        await visitor._ask(dimension.state("5"), fragment)
        async with asyncio.timeout(PATIENCE):
            while not any("n_features=5&" in f"{chart.query}&" for chart in visitor.charts):
                await visitor._hear()
        return await going(worker)


async def leaves(url: str) -> float:
    """Asks for a decomposition of seconds and closes the tab: how long its worker lives on."""
    async with opened(url, 2, PATIENCE) as visitor:
        await visitor.arrive("act", "n_train=1000&n_features=3&seed=92")
        dimension = visitor.controls["Dimension d"]
        await visitor._ask(dimension.state("1000"), visitor._fragments[dimension.id])
        worker = await asyncio.wait_for(busy(), PATIENCE)
    return await going(worker)


def test_a_closed_tab_ends_its_work(server: Server) -> None:
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(leaves(server.url))).result() < 2


def test_a_newer_move_ends_the_older_work(server: Server) -> None:
    with ThreadPoolExecutor(1) as thread:
        there = thread.submit(lambda: asyncio.run(changes_her_mind(server.url)))
        assert there.result() < 2
