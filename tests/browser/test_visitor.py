"""The load benchmark's visitor, on the real server: it can move on every page, in every way."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.load import Crowd, Plan, Row
from benchmarks.ways import WAYS
from pages.registry import PAGES
from tests.browser.conftest import Server

PLAN = Plan(moves=1, pause=0)
DRAGS = ["train", "geometry?view=surface"]


def visited(url: str, page: str, way: str, people: int) -> Row | None:
    """In a thread of its own: the tests' browser keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(Crowd(url, PLAN).come(page, way, people))).result()


@pytest.mark.parametrize("page", [page.path for page in PAGES])
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
    row = visited(server.url, "all", "script", len(PAGES))
    assert row is not None
    assert not row.troubles
    assert {page: len(times) for page, times in row.times.items()} == {
        page.path: 1 for page in PAGES
    }
