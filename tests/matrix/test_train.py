"""Train, in every case of the matrix: what it says, draws and gives away is worked out again."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from tests.matrix import traces
from tests.matrix.cases import Case
from tests.matrix.checks import CHECKS, numbers_are_said
from tests.matrix.comparisons import Comparison, hold_comparisons
from tests.matrix.driver import Visit, faults_of, hold, visit
from tests.matrix.recompute import SETTINGS, Recomputed, recomputed
from tests.wd_core.test_export import printed
from wd_core import OPTIMIZERS

# What a picture and a script have of a number: six digits.
SHOWN = 1e-5
# Two ways of some hundred steps in float64.
CLOSE = 1e-9
# Where a run goes is found as a series in η, or at the end of many steps.
GOES = 1e-6
# A loss that is rounding alone.
ROUNDING = 1e-14

# What every number in the page's sentences must be, by its name.
ORACLES = SETTINGS | {
    "train": lambda found, said: found.train,
    "test": lambda found, said: found.test,
    "train_start": lambda found, said: found.train_start,
    "test_without": lambda found, said: found.test_without,
    "ridge_test": lambda found, said: found.test_loss(*found.destination),
    "constant_test": lambda found, said: found.constant_test,
    "limit": lambda found, said: pytest.approx(found.limit, rel=1e-4),
}
# What its words compare.
COMPARISONS: tuple[Comparison, ...] = ()


# The page is still to be brought to it.
UNMENDED = pytest.mark.xfail(strict=False, reason="Train says it in old words")


@lru_cache(maxsize=1)
def opened(case: Case) -> Visit:
    """The page in this case, shared by the tests that follow each other; the checks have a test."""
    return visit("train", case.query(), checks=())


def level(seen: Visit, words: str) -> float | None:
    """The height of the line whose name holds these words, where there is one."""
    heights = [t.y[0] for p in seen.payloads for t in traces.drawn(p) if words in t.name]
    return float(heights[0]) if heights else None


def _series_of(tile: Mapping[str, Any]) -> list[str]:
    return [str(part["series"]) for part in tile.get("terms") or [tile]]


def ends(case: Case) -> bool:
    """Whether the case comes to an end in numbers."""
    found = recomputed(case)
    return found.diverged_at is None and found.without_diverged_at is None


@UNMENDED
def test_the_page_holds_every_check(case):
    seen = opened(case)
    assert not faults_of(seen, (*CHECKS, numbers_are_said))


def test_every_sentence(case):
    seen, found = opened(case), recomputed(case)
    hold(seen, ORACLES, found)
    hold_comparisons(seen.said, COMPARISONS, found)


def test_the_curves_and_the_tiles_over_them(case):
    (payload,) = opened(case).payloads
    found, series = recomputed(case), payload["series"]
    for epoch, train, test, norm in zip(
        *(series[name] for name in ("epoch", "train_loss", "test_loss", "weight_norm")),
        strict=True,
    ):
        w, b = found.weights[epoch], found.bias[epoch]
        expected = [found.train_loss(w, b), found.test_loss(w, b), float(np.linalg.norm(w))]
        assert [train, test, norm] == pytest.approx(expected, rel=SHOWN, abs=1e-18)
    last = {name: values[-1] for name, values in series.items()}
    named = {name for tile in payload["tiles"] for name in _series_of(tile)}
    assert named <= last.keys()
    if ends(case):
        half = case.settings().run.weight_decay / 2 * last["weight_norm"] ** 2
        assert last["penalty"] == pytest.approx(half, rel=SHOWN)
        assert last["gap"] == pytest.approx(found.test - found.train, rel=SHOWN, abs=SHOWN)
        assert last["objective"] == pytest.approx(found.train + half, rel=SHOWN)


def test_the_part_out_of_reach_and_its_prediction(case):
    (payload,) = opened(case).payloads
    found, series = recomputed(case), payload["series"]
    if "unreachable" not in series:
        return
    start = float(np.linalg.norm(found.out_of_reach(found.weights[0])))
    for epoch, left, predicted in zip(
        series["epoch"],
        series["unreachable"],
        series.get("predicted") or [None] * len(series["epoch"]),
        strict=True,
    ):
        part = float(np.linalg.norm(found.out_of_reach(found.weights[epoch])))
        assert left == pytest.approx(part, rel=SHOWN, abs=1e-12 * start)
        if predicted is not None:
            assert predicted == pytest.approx(start * abs(found.shrunk(epoch)), rel=SHOWN)
            assert predicted == pytest.approx(part, rel=1e-3, abs=1e-9 * start)


@UNMENDED
def test_a_run_is_compared_only_with_where_it_goes(case):
    """The line of an exact solution is that of the λ to which the run's steps go, or not drawn."""
    seen, found = opened(case), recomputed(case)
    exact = [level(seen, words) for words in ("ridge", "least squares")]
    if case.grows or all(height is None for height in exact):
        return
    height = next(height for height in exact if height is not None)
    n, d = found.data.X_train.shape
    if case.strength == "zero" and d >= n:
        pytest.fail("there are many least squares solutions, and the start decides which")
    assert goes_to(found, height), f"{seen.query}: the run goes elsewhere"


def goes_to(found: Recomputed, test_loss: float) -> bool:
    """Whether the run's own steps, many and small, end at this test loss."""
    if OPTIMIZERS[found.run.optimizer].linear:
        return math.isclose(
            found.test_loss(*found.destination), test_loss, rel_tol=GOES, abs_tol=ROUNDING
        )
    # of the others it is known of a penalty in the gradient of all examples alone
    known = found.run.decay == "coupled" and found.steps_an_epoch == 1
    return known and math.isclose(
        found.test_loss(*found.ridge()), test_loss, rel_tol=GOES, abs_tol=ROUNDING
    )


@UNMENDED
def test_an_advised_learning_rate_settles(case):
    """Follow every "choose η below X" at 0.97 X, for 2,000 epochs."""
    (payload,) = opened(case).payloads
    advised = re.search(r"[Cc]hoose η below (\d[\d.]*\d)", payload["sentence"])
    if advised:
        assert not recomputed(case).grows(lr=0.97 * float(advised[1]))


def test_the_numbers_to_take_away(case):
    text = opened(case).file("Numbers (CSV)")
    rows = list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#")))
    found = recomputed(case)
    last = found.diverged_at or case.settings().run.epochs
    for row in rows[: last + (found.diverged_at is None)]:
        w, b = found.weights[int(row["epoch"])], found.bias[int(row["epoch"])]
        ours = [float(row[name]) for name in ("train_loss", "test_loss", "weight_norm")]
        expected = [found.train_loss(w, b), found.test_loss(w, b), float(np.linalg.norm(w))]
        assert ours == pytest.approx(expected, rel=1e-7, abs=1e-18)


def test_the_script_to_take_away(case):
    if not ends(case):
        return  # such a script says so, and has no losses to print
    epoch, *losses = printed(opened(case).file("PyTorch script"))
    found = recomputed(case)
    assert epoch == found.run.epochs
    assert losses == pytest.approx([found.train, found.test], rel=SHOWN, abs=1e-24)
