"""What the matrix holds pages against agrees with the engine where the engine is exact."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from pages.shared.words import say
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.recompute import SETTINGS, recomputed
from wd_core import OPTIMIZERS, collect, train
from wd_core.linear.behaviour import behaviour
from wd_core.linear.cycles import cycle_limit

# Two ways of some hundred steps in float64, relative to numbers of order one.
CLOSE = 1e-9
# What the engine's search for a limit leaves.
SEARCH = 3e-5
# A window of η in which an epoch grows by less than this may be missed, as the engine says.
SLOW = 1.003
# What a series in η leaves of where a run goes.
SERIES = 1e-7


def test_a_run_and_its_twin(case):
    run = replace(case.settings().run, decay_bias=case.decay_bias)
    found = recomputed(case, decay_bias=case.decay_bias)
    engine = collect(train(found.data, [run, replace(run, weight_decay=0.0)]))
    lost = [-1 if at is None else at for at in (found.diverged_at, found.without_diverged_at)]
    assert engine.diverged_at.tolist() == lost
    if max(lost) >= 0:
        return
    expected = [found.train, found.test, found.test_without]
    ours = [engine.train_loss[-1, 0], engine.test_loss[-1, 0], engine.test_loss[-1, 1]]
    np.testing.assert_allclose(ours, expected, rtol=CLOSE, atol=CLOSE)
    assert engine.penalty[-1, 0] == pytest.approx(found.penalty, rel=CLOSE, abs=CLOSE)


def test_the_limit_of_a_linear_rule(case):
    found = recomputed(case, decay_bias=case.decay_bias)
    limit = cycle_limit(found.data, found.run)
    if math.isnan(limit):
        return
    if found.limit < limit * (1 - SEARCH):  # a window that the engine's search steps over
        inside = np.geomspace(found.limit, 1.06 * found.limit, 20)
        assert max(found.growth(lr=lr) for lr in inside) < SLOW
    else:
        assert found.limit == pytest.approx(limit, rel=SEARCH)


def test_a_comparison_is_held_against_the_numbers_shown():
    table = (
        Comparison("helped: {test} instead of {other}", "test", "<", "other"),
        idle("Choose a smaller η"),
    )
    helped = "It helped: {test} instead of {other}. Choose a smaller η."
    hold_comparisons([say(helped, test=0.1, other=0.2)], table, None)
    for test, other in ((0.2, 0.1), (0.1, 0.10000001)):
        with pytest.raises(AssertionError, match="does not hold"):
            hold_comparisons([say(helped, test=test, other=other)], table, None)
    with pytest.raises(AssertionError, match="nobody says"):
        hold_comparisons([say("It is better.")], table, None)


def test_settings_are_known_by_name(case):
    found, settings = recomputed(case), case.settings()
    assert SETTINGS["weight_decay"](found, say("")) == settings.run.weight_decay
    assert SETTINGS["n_train"](found, say("")) == settings.data.n_train


def test_where_a_linear_rule_goes(case):
    """Found from the oracle's epochs alone; with λ = 0 and d ≥ n the start decides between many."""
    found = recomputed(case)
    n, d = found.data.X_train.shape
    if not OPTIMIZERS[case.optimizer].linear or case.grows or (case.strength == "zero" and d >= n):
        return
    end = behaviour(found.run, n).end
    assert end.kind == "ridge"
    (w, b), (ridge_w, ridge_b) = found.destination, found.ridge(end.weight_decay.value)
    np.testing.assert_allclose([*w, b], [*ridge_w, ridge_b], rtol=SERIES, atol=SERIES)


def test_the_same_steps_in_the_other_loss(case):
    found = recomputed(case)
    same = behaviour(found.run, found.n_train).in_loss("mse")
    if same is not None and not case.grows:
        changes = {name: getattr(same.run, name) for name in ("lr", "weight_decay", "eps", "loss")}
        assert found.same_steps(**changes)
    elif same is None:
        halved = {"lr": found.run.lr / 2, "weight_decay": 2 * found.run.weight_decay}
        assert not found.same_steps(loss="mse", **halved)
