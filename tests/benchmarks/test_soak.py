"""The soak's verdict, and the largest runs that it asks for."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from benchmarks import processes, soak
from benchmarks.soak import Minute
from pages.registry import PICTURED


def minute(**taken: float) -> Minute:
    """One in which the server was looked at once."""
    usual = {"MiB": 1000.0, "serving": 500.0, "threads": 40.0, "files": 100.0, "processes": 6.0}
    return Minute(taken={name: [value] for name, value in (usual | taken).items()})


def test_what_is_flat_has_not_grown_whatever_it_was_at_first() -> None:
    begun = [minute(MiB=500.0, files=20.0), minute(MiB=800.0)]
    assert not list(soak.growth([*begun, *(minute() for _ in range(4))]))
    assert not list(soak.growth([minute()] * 5 + [minute(MiB=1020.0, threads=43.0)]))


@pytest.mark.parametrize(
    ("name", "most", "line"),
    [
        ("MiB", 1200.0, "MiB grew from 1000 to 1200"),
        ("threads", 50.0, "threads grew from 40 to 50"),
        ("files", 130.0, "files grew from 100 to 130"),
        ("processes", 8.0, "processes grew from 6 to 8"),
    ],
)
def test_what_has_grown_is_named(name: str, most: float, line: str) -> None:
    past = [minute() for _ in range(4)] + [minute(**{name: most}) for _ in range(2)]
    assert list(soak.growth(past)) == [line]


@pytest.mark.parametrize("page", [page.path for page in PICTURED])
def test_the_largest_run_of_a_page_is_within_its_limits(page: str) -> None:
    form = next(one.form for one in PICTURED if one.path == page)
    query = parse_qsl(soak.largest(page, 7))
    _, complaints = form.given(query)
    assert not complaints
    assert {key for key, _ in query} >= {"seed"}


def test_threads_and_files_of_processes_are_counted() -> None:
    ours = [os.getpid()]
    threads, files = processes.threads(ours), processes.files(ours)
    with Path(os.devnull).open("rb"), Path(os.devnull).open("rb"):
        assert processes.files(ours) == files + 2
    assert threads >= 1
    assert processes.threads([2**22 + 1]) == processes.files([2**22 + 1]) == 0


def test_a_minute_is_a_line_of_the_table() -> None:
    one = minute()
    one.visits, one.times = 7, [100.0, 300.0, 200.0]
    one.troubles["waited more than 60 s"] += 2
    line = one.line("3").split()
    assert line[:10] == ["3", "7", "3", "200", "300", "1000", "500", "40", "100", "6"]
    assert line[10:] == ["2", "x", "waited", "more", "than", "60", "s"]
