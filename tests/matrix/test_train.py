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

from pages.shared.judging import ALIKE
from pages.shared.numbers import plain
from pages.shared.words import Said
from tests.matrix import traces
from tests.matrix.cases import Case
from tests.matrix.checks import CHECKS, numbers_are_said
from tests.matrix.comparisons import Comparison, Side, hold_comparisons, idle
from tests.matrix.driver import Oracle, Visit, faults_of, hold, number, visit
from tests.matrix.recompute import SETTINGS, Recomputed, recomputed
from tests.oracles import Array
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
# ‖w‖² up to this is rounding.
NOTHING = 1e-20


def exact(found: Recomputed) -> tuple[Array, float]:
    """The exact solution that a run is compared with: where its own steps, many and small, go."""
    if found.run.weight_decay == 0:
        return found.ridge(0.0)
    if OPTIMIZERS[found.run.optimizer].linear:
        return found.destination
    return found.ridge()  # known for coupled decay on all examples alone


def strength(found: Recomputed, otherwise: float) -> float:
    """The λ of which it is the ridge solution: there the data's gradient is −λw.

    `otherwise` where w is 0, as for one example: it is the solution of every λ then.
    """
    w, b = exact(found)
    if found.run.weight_decay == 0 or w @ w < NOTHING:
        return otherwise if found.run.weight_decay else 0.0
    residual = found.data.X_train @ w + b - found.data.y_train
    gradient = found.data.X_train.T @ residual / found.n_train
    return float(-(gradient @ w) / (w @ w))


def in_mean_squares(name: str) -> Oracle:
    """A number of the run on mean squares, if with all of them it takes the same steps."""
    fields = {"mse_lr": "lr", "mse_weight_decay": "weight_decay", "mse_eps": "eps"}

    def oracle(found: Recomputed, said: Said) -> float:
        given = {f: number(said.values[key]) for key, f in fields.items() if key in said.values}
        return number(said.values[name]) if found.same_steps(loss="mse", **given) else math.nan

    return oracle


def settled(field: str) -> Oracle:
    """An advised value, if the run with it does not grow."""

    def oracle(found: Recomputed, said: Said) -> float:
        value = number(said.values[f"advised_{field}"])
        fine = value < getattr(found.run, field) and not found.grows(**{field: value})
        return value if fine else math.nan

    return oracle


def curvature(found: Recomputed, said: Said) -> float:
    """The largest eigenvalue of the Hessian over (w, b), the bias without decay."""
    lam = number(said.values.get("counted_weight_decay", found.run.weight_decay))
    A = np.column_stack([found.data.X_train, np.ones(found.n_train)])
    decay = np.diag([lam] * (A.shape[1] - 1) + [0.0])
    return float(np.linalg.eigvalsh(A.T @ A / found.n_train + decay)[-1])


def evaluated(text: str, symbols: Mapping[str, float]) -> float:
    """What a printed formula gives."""
    text = re.sub(r"⌈([^⌉]*)⌉", r"*ceil(\1)", text.replace("−", "-").replace("·", "*"))
    text = re.sub(r"(?<=[\dλμ)])(?=[λμηh(])", "*", text)
    return float(eval(text, {"ceil": math.ceil, **symbols}))


def formula_of(key: str) -> Oracle:
    """What the formula beside a number gives, with h as it was printed."""

    def oracle(found: Recomputed, said: Said) -> Any:
        run, h = found.run, number(said.values.get("curvature", math.nan))
        symbols = {"λ": run.weight_decay, "μ": run.momentum, "η": run.lr, "h": h}
        symbols |= {"n": found.n_train, "B": run.batch_size}
        return pytest.approx(evaluated(str(said.values[key]), symbols), rel=CLOSE)

    return oracle


def later(found: Recomputed, said: Said) -> Any:
    """The training loss of the run when it goes on."""
    return found.train_loss(*found.after(int(number(said.values["tried"]))))


# What every number in the page's sentences must be, by its name.
ORACLES = SETTINGS | {
    "epoch": lambda found, said: found.diverged_at,
    "train": lambda found, said: found.train,
    "test": lambda found, said: found.test,
    "train_start": lambda found, said: found.train_start,
    "train_later": later,
    "train_without": lambda found, said: found.train_without,
    "test_without": lambda found, said: found.test_without,
    "ridge_test": lambda found, said: near(found.test_loss(*exact(found))),
    "constant_test": lambda found, said: found.constant_test,
    "end_weight_decay": lambda found, said: near(
        strength(found, number(said.values["end_weight_decay"]))
    ),
    "alpha": lambda found, said: near(
        found.n_train * strength(found, number(said.values["alpha"]) / found.n_train)
    ),
    "bound": lambda found, said: 1 / found.run.weight_decay,
    "mse_lr": in_mean_squares("mse_lr"),
    "mse_weight_decay": in_mean_squares("mse_weight_decay"),
    "mse_eps": in_mean_squares("mse_eps"),
    "limit": lambda found, said: pytest.approx(found.limit, rel=1e-4),
    "curvature": curvature,
    "counted_weight_decay": formula_of("counted"),
    "advised_lr": settled("lr"),
    "advised_weight_decay": settled("weight_decay"),
    "tried": lambda found, said: max(2000, found.run.epochs),
    "short_rows": lambda found, said: found.n_train % found.run.batch_size,
    "beta1": lambda found, said: found.run.betas[0],
    "beta2": lambda found, said: found.run.betas[1],
    "eps": lambda found, said: found.run.eps,
    "unreached": lambda found, said: found.data.X_train.shape[1] - found.n_train,
    ("training examples", "n"): lambda found, said: found.n_train,
    ("test examples", "n"): lambda found, said: len(found.data.y_test),
}


def near(value: float) -> Any:
    """The value as far as a series in η finds it."""
    return pytest.approx(value, rel=GOES, abs=1e-12)


def this_run(name: str) -> Side:
    """The run's own test loss, or the rival's where both are shown alike."""

    def side(found: Recomputed, said: Said) -> float:
        rival = said.values[name]
        return number(rival) if plain(found.test) == str(rival) else found.test

    return side


VERDICTS = {
    "better than this run": "<",
    "worse than this run": ">",
    "the same as this run": "=",
}
# What its words compare.
COMPARISONS: tuple[Comparison, ...] = (
    *(
        Comparison(f"{{{name}}}, {words}", name, relation, this_run(name))
        for name in ("ridge_test", "constant_test")
        for words, relation in VERDICTS.items()
    ),
    Comparison("helped: the test loss ends at {test} instead of", "test", "<", "test_without"),
    Comparison("hurt: the test loss ends at {test} instead of", "test", ">", "test_without"),
    Comparison(
        "beats this run", lambda found, _: found.constant_test, "<", lambda found, _: found.test
    ),
    Comparison(
        "run beats the", lambda found, _: found.constant_test, ">", lambda found, _: found.test
    ),
    Comparison("made little difference", "test", "~", "test_without", ALIKE),
    Comparison("is above {limit}", "lr", ">", "limit"),
    Comparison("is below {limit}", "lr", "<", "limit"),
    Comparison("ηλ = {product} is above 2", "product", ">", 2.0),
    Comparison("{train}, above its start", "train", ">", "train_start"),
    Comparison("has grown from {train_start} to {train}", "train", ">", "train_start"),
    Comparison(
        "has grown from {train_start} to {train_without}", "train_without", ">", "train_start"
    ),
    *map(
        idle,
        (
            "made no clear difference",
            "instead of falling, and it goes",
            "has grown instead of falling",
            "The training loss ends above its start",
            "The steps grow instead of settling",
            "does not grow without end",
            "Choose a smaller learning rate",
            "but does not grow",
            "least squares",
            "least norm",
            "the least of",
            "the least data loss",
            "At least {unreached}",
            "the largest curvature",
            "the same λ",
            "the same steps",
            "no weight beyond",
            "Choose a smaller η",
        ),
    ),
)


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


def test_a_run_is_compared_only_with_where_it_goes(case):
    """The line of an exact solution is that of the λ to which the run's steps go, or not drawn."""
    seen, found = opened(case), recomputed(case)
    exact = [level(seen, words) for words in ("ridge", "least squares")]
    if case.grows or all(height is None for height in exact):
        return
    height = next(height for height in exact if height is not None)
    n, d = found.data.X_train.shape
    many = level(seen, "least squares of least norm") is not None
    assert many == (case.strength == "zero" and d >= n), "there are many, and the start decides"
    assert goes_to(found, height), f"{seen.query}: the run goes elsewhere"


def goes_to(found: Recomputed, test_loss: float) -> bool:
    """Whether the run's own steps, many and small, end at this test loss."""
    run = found.run
    # where a rule that is not linear ends on batches, its entry says, and long runs hold it
    penalised = run.decay == "coupled" or run.weight_decay == 0
    rule = OPTIMIZERS[run.optimizer]
    stated = rule.decays["coupled"].end.on_batches or found.steps_an_epoch == 1
    known = rule.linear or (penalised and stated)
    wanted = found.test_loss(*exact(found))
    return known and math.isclose(wanted, test_loss, rel_tol=GOES, abs_tol=ROUNDING)


def test_the_limit_is_what_its_rule_gives(case):
    for said in opened(case).saying("That limit is"):
        (limit,) = opened(case).numbers("limit")
        assert limit == formula_of("formula")(recomputed(case), said)


def test_the_formulas_beside_numbers_give_them(case):
    beside = {"end_weight_decay": "formula", "bound": "formula"}
    beside |= {"mse_lr": "lr_formula", "mse_weight_decay": "decay_formula"}
    for said in opened(case).said:
        for name, key in beside.items():
            if name in said.values:
                given = formula_of(key)(recomputed(case), said)
                assert number(said.values[name]) == given, said


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
