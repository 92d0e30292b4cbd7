"""The two parts of w over the epochs, against an SVD of the rows, scikit-learn and long runs."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from pages.act.answer.parts import soon, split
from pages.act.payload.parts import parts_of_w
from pages.act.words import parts
from pages.shared import cached
from pages.shared.presets import PRESETS
from pages.shared.settings import settings_of
from wd_core import collect, train

SQUARE = {"n_features": 20, "noise": 0.05, "lr": 0.3, "weight_decay": 1.0, "batch_size": 20}


@pytest.mark.parametrize(
    "values",
    [{}, {"n_train": 7}, {"optimizer": "momentum", "decay": "decoupled"}, {"weight_decay": 0.0}],
    ids=str,
)
def test_the_null_space_follows_its_factor(values: dict[str, Any]) -> None:
    settings = settings_of(values)
    found = split(settings)
    data, run = cached.dataset(settings.data), cached.short_run(settings)
    _, _, Vt = np.linalg.svd(data.X_train)
    null = Vt[data.n_train :]
    w = run.weights[:, 0]
    np.testing.assert_allclose(found.left, np.linalg.norm(w @ null.T, axis=1), rtol=1e-9)
    np.testing.assert_allclose(found.left, found.predicted, rtol=1e-9)
    row = np.linalg.norm(w @ Vt[: data.n_train].T, axis=1)
    np.testing.assert_allclose(found.reached, row, rtol=1e-9)
    np.testing.assert_allclose(found.weight_norm**2, found.left**2 + row**2, rtol=1e-9)
    assert "decay alone predicts" in parts.outcome(found)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"optimizer": "adam", "lr": 0.01}, "which leads out of the row space"),
        ({"optimizer": "momentum"}, "λw passes through the optimizer"),
        ({"optimizer": "adam", "init_std": 0.0}, "the start is 0, and the run ends at"),
        ({"n_features": 5}, "there is no null space"),
        ({"init_std": 0.0}, "nothing to shrink"),
        ({"lr": 0.5}, "diverged by epoch"),
    ],
    ids=str,
)
def test_where_there_is_no_factor_the_sentence_says_why(values: dict[str, Any], said: str) -> None:
    settings = settings_of(values)
    payload = parts_of_w(settings, "")
    assert said in payload["sentence"]
    names = {trace["meta"]["series"] for trace in payload["figure"]["data"]}
    assert ("predicted" in names) == (values == {"lr": 0.5})


def test_a_part_that_is_all_of_w_has_no_curve_of_its_own() -> None:
    for values, named in (
        ({"n_features": 5}, "‖w‖, all in the row space"),
        ({"init_std": 0.0}, "‖w‖, all in the row space"),
        ({}, "‖w‖"),
    ):
        traces = parts_of_w(settings_of(values), "")["figure"]["data"]
        shown = {trace["meta"]["series"]: trace["name"] for trace in traces}
        assert shown["weight_norm"] == named
        assert ({"reached", "left"} <= shown.keys()) == (named == "‖w‖")


def test_a_run_of_a_second_is_taken_apart_as_a_short_one_is() -> None:
    """The preset of 200 dimensions takes longer than the eye's blink, and no longer than a wait."""
    (preset,) = (preset for preset in PRESETS if "d = 200" in preset.name and "λ" in preset.name)
    settings = preset.question.settings
    assert not cached.is_short(settings)
    assert soon(settings)
    found, data = split(settings), cached.dataset(settings.data)
    w = collect(train(data, [settings.run])).weights[-1, 0]
    assert found.epoch[-1] == settings.run.epochs
    assert found.weight_norm[-1] == pytest.approx(np.linalg.norm(w), rel=1e-9)
    assert not soon(settings_of({"n_features": 300, "n_train": 300, "epochs": 20000}))


@pytest.mark.parametrize(
    ("values", "course"),
    [({"lr": 1.0}, "grows"), ({"weight_decay": 0.0}, "stays as it is"), ({}, "only shrinks")],
)
def test_outside_the_row_space_a_start_has_one_course(values: dict[str, Any], course: str) -> None:
    settings = settings_of(values)
    said = parts.decay_alone(split(settings), pictured=True)
    assert [c for c in ("grows", "stays as it is", "only shrinks") if c in said] == [course]


def test_what_is_lost_in_rounding_is_said_to_be() -> None:
    for weight_decay, lost in ((100.0, True), (3.0, False)):
        settings = settings_of({"weight_decay": weight_decay})
        assert ("lost in rounding" in parts.outcome(split(settings))) == lost


def test_the_distance_to_ridge_is_that_to_scikit_learn() -> None:
    settings = settings_of({**SQUARE, "epochs": 60})
    data = cached.dataset(settings.data)
    model = Ridge(alpha=data.n_train * settings.run.weight_decay).fit(data.X_train, data.y_train)
    w = cached.short_run(settings).weights[:, 0]
    away = np.linalg.norm(w - model.coef_, axis=1)
    np.testing.assert_allclose(split(settings).to_end, away, rtol=1e-6, atol=1e-12)


def test_a_run_is_measured_from_the_solution_that_it_goes_to() -> None:
    """Decoupled momentum arrives at ridge(λ(1 − μ)), and says so; AdamW at none."""
    values = {**SQUARE, "n_features": 5, "lr": 0.05, "epochs": 2000, "decay": "decoupled"}
    payload = parts_of_w(settings_of({**values, "optimizer": "momentum"}), "")
    assert payload["series"]["to_end"][0] > 0.1
    assert payload["series"]["to_end"][-1] < 1e-9
    assert "its distance to ridge, λ = 0.1" in {t["name"] for t in payload["figure"]["data"]}
    payload = parts_of_w(settings_of({**values, "optimizer": "adam"}), "")
    assert set(payload["series"]["to_end"]) == {None}
    assert not [tile for tile in payload["tiles"] if "distance" in tile["label"]]


def test_without_decay_the_nearest_of_many_solutions_is_the_end() -> None:
    """Twenty examples of 60 weights: the start decides to which least squares solution w goes."""
    values = {"n_features": 60, "weight_decay": 0.0, "lr": 0.1, "epochs": 3000, "batch_size": 20}
    settings = settings_of(values)
    data, w = cached.dataset(settings.data), cached.short_run(settings).weights[-1, 0]
    least = np.linalg.pinv(data.X_train - data.X_train.mean(0)) @ data.y_train
    inside = np.linalg.pinv(data.X_train) @ data.X_train
    assert np.linalg.norm(inside @ (w - least)) > 1e-3
    assert split(settings).to_end[-1] < 1e-6
    assert "It is a least squares solution, up to rounding." in parts.outcome(split(settings))
