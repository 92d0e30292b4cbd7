"""The tables of the benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import median

import numpy as np
import pytest

from benchmarks import processes
from benchmarks.load import Row, noted
from benchmarks.table import NOTHING, cell, columns, high
from benchmarks.visitor import LostError, NoPictureError

# Burns as much CPU time as it is asked for, in a child that it outlives, then waits.
BURNING = """
import subprocess, sys
burn = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.run([sys.executable, "-c", burn], check=True)
print("burnt", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("n", [1, 2, 19, 20, 21, 100])
def test_the_high_time_is_the_least_that_19_of_20_do_not_exceed(n: int) -> None:
    times = np.random.default_rng(n).permutation(n).astype(float).tolist()
    assert high(times) == np.quantile(times, 0.95, method="inverted_cdf")


def test_there_is_no_number_where_nothing_was_measured() -> None:
    assert cell([], median) == NOTHING
    assert cell([1.0, 2.4, 9.0], median) == "2"


def test_columns_are_as_wide_as_asked_and_the_rest_follows() -> None:
    assert columns((-4, 3), "a", "b", "and more") == "a      b and more"


def test_a_row_of_several_pages_has_a_line_for_each() -> None:
    row = Row("all", "script", 3, opened=[100.0, 300.0], seconds=2.0)
    row.cpu_seconds, row.mebibytes = 0.04, 400.0
    row.times |= {"train": [10.0, 30.0], "book": [900.0, 1100.0]}
    whole, train, book = row.lines()
    assert whole.split()[:3] == ["all", "script", "3"]
    # opened, whole, moves, moves a second, median, 95 %, CPU a move, MiB
    assert whole.split()[3:] == ["200", "-", "4", "2.0", "465", "1100", "10", "400"]
    assert train.split() == ["train", "2", "20", "30"]
    assert book.split() == ["book", "2", "1000", "1100"]


@pytest.mark.parametrize("error", [LostError("waited"), NoPictureError("saw nothing")])
def test_what_goes_wrong_is_counted_in_the_row(error: Exception) -> None:
    row = Row("train", "script", 2)
    for _ in range(2):
        with noted(row):
            raise error
    (line,) = row.lines()
    assert line.endswith(f"2 x {error}")


def test_a_fault_of_the_benchmark_itself_is_not_hidden() -> None:
    with pytest.raises(KeyError), noted(Row("train", "script", 1)):
        raise KeyError


@pytest.fixture
def burning() -> Iterator[int]:
    """A process whose child has burnt CPU time and ended."""
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", BURNING], **pipe) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == b"burnt\n"
        yield process.pid
        process.communicate()


def test_the_time_of_a_child_that_has_ended_is_kept(burning: int) -> None:
    assert burning in processes.below(os.getpid())
    assert processes.cpu_seconds([burning]) >= 0.3 - 2 / processes.TICKS
    assert processes.mebibytes([burning]) > 1


def test_a_process_that_has_ended_takes_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert processes.cpu_seconds([ended.pid]) == processes.mebibytes([ended.pid]) == 0
