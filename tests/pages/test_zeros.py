"""Exact zeros: the state that teaches, the step, and that proximal steps go where the page says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from pages.registry import PAGES
from pages.zeros.answer import Step, cut, solved
from pages.zeros.payload import picture
from pages.zeros.presets import PRESETS
from pages.zeros.question import DEFAULT, WEIGHT_DECAYS, Question
from tests.pages.opening import opened, payloads
from wd_core import Hyperparameters, collect, make_dataset, train

SEEDS = range(20)


def winners(question: Question) -> list[float]:
    """Over seeds, how many times the best lasso's loss the best decay's is."""
    found = [solved(replace(question, seed=seed)) for seed in SEEDS]
    return [float(one.smooth.test_loss.min() / one.sharp.test_loss.min()) for one in found]


def test_each_preset_suits_the_penalty_that_it_names() -> None:
    few, all_matter = (preset.question for preset in PRESETS)
    assert few == DEFAULT
    assert np.mean([ratio > 1.05 for ratio in winners(few)]) >= 0.9
    assert np.mean([ratio < 1 / 1.05 for ratio in winners(all_matter)]) >= 0.9


def test_zeros_stay_as_the_mark_moves_on() -> None:
    """At the default λ about half of the weights are gone, in nearly every draw; none by decay."""
    for seed in SEEDS:
        found = solved(replace(DEFAULT, seed=seed))
        assert 15 <= found.sharp.zeros[DEFAULT.marked] <= 35
        assert not found.smooth.zeros.any()
        assert found.sharp.zeros[-1] == DEFAULT.n_features
        gone = np.array(WEIGHT_DECAYS) >= found.empties
        assert (found.sharp.zeros[gone] == DEFAULT.n_features).all()
        assert (found.sharp.zeros[~gone] < DEFAULT.n_features).all()


def test_proximal_steps_end_at_the_solution_with_the_same_zeros() -> None:
    run = Hyperparameters(
        weight_decay=DEFAULT.at,
        lr=0.2,
        batch_size=DEFAULT.n_train,
        epochs=600,
        penalty="l1",
        init_std=0.0,
    )
    end = collect(train(make_dataset(DEFAULT.data), [run], record_every=600)).weights[-1, 0]
    exact = solved(DEFAULT).sharp.weights[DEFAULT.marked]
    assert end == pytest.approx(exact, abs=1e-6)  # 600 steps at the least curvature, e^−14
    assert ((end == 0) == (exact == 0)).all()


def test_the_step_is_the_penalty_and_torchs_softshrink() -> None:
    weights = np.linspace(-0.6, 0.6, 25)
    for amount in (0.003, 0.1, 0.7):
        shrunk = torch.nn.functional.softshrink(torch.from_numpy(weights), amount).numpy()
        assert cut(weights, amount) == pytest.approx(shrunk, abs=1e-15)
        for weight, after in zip(weights, shrunk, strict=True):
            assert Step(weight, amount).sharp == pytest.approx(after, abs=1e-15)


@pytest.mark.parametrize(
    ("weight", "amount", "steps"), [(0.3, 0.1, 3), (0.31, 0.1, 4), (0.0, 1, 0)]
)
def test_steps_to_zero_are_counted(weight: float, amount: float, steps: int) -> None:
    assert Step(-weight, amount).to_zero == steps


def test_every_stop_has_its_step_on_the_lines() -> None:
    moves = picture(DEFAULT)["moves"]
    for place, weight_decay in enumerate(WEIGHT_DECAYS):
        taken = DEFAULT.lr * weight_decay
        x, y = (np.asarray(moves["sharp step"][part])[place] for part in "xy")
        at = np.linspace(-0.5, 0.5, 11)
        softshrink = torch.nn.functional.softshrink(torch.from_numpy(at), taken).numpy()
        assert np.interp(at, x, y) == pytest.approx(softshrink, abs=1e-6)  # float32
        marks = np.asarray(moves["smooth weight"]["affine"])[place, 4:]
        assert marks == pytest.approx([DEFAULT.weight, (1 - taken) * DEFAULT.weight], abs=1e-6)


def test_a_link_opens_exactly_its_picture_and_the_slider_stops_there() -> None:
    page = opened("zeros", {"at": "0.13", "n_informative": "40"})
    (payload,) = payloads(page)
    assert payload["series"]["at"][payload["position"]] == 0.13
    assert payload["query"] == "at=0.13&n_informative=40"
    assert len(payload["series"]["at"]) == len(WEIGHT_DECAYS) + 1
    assert "zeros" in {page.path for page in PAGES}
