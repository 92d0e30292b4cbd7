"""The picture's numbers are the engine's, whichever way they take, and its lines what they say."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from pages.shared import cached, work
from pages.shared.brought.packed import packed
from pages.shared.encoding import encode
from pages.shared.fields import Value
from pages.shared.payload import Events
from pages.shared.plotting import MARKS
from pages.shared.run import Pin
from pages.shared.settings import DEFAULTS, SETTINGS, Settings, relevant, settings_of
from pages.shared.store import Store
from pages.train import answer
from pages.train.payload import picture
from pages.train.payload.picture import beside_exact, in_numbers, stream, training_picture
from pages.train.words import diverged
from tests.matrix.driver import number, recording
from tests.matrix.recompute import Recomputed
from tests.pages.opening import told
from wd_core import Dataset, DatasetSpec, Run, collect, make_dataset, read_table, train
from wd_core.data import OWN
from wd_core.training import interruptible

# The picture's numbers have six digits.
SIX_DIGITS = 1e-5
# Six digits again, of the two numbers whose difference or sum is compared.
OF_TERMS = 2e-5

TABLE = "a,b,y\n1,2,3\n2,,1\n3,1,2\n5,2,2\n8,,1\n4,4,0\n7,1,3\n6,2,2\n"
ROWS = packed(read_table(TABLE))
OWN_TABLE: dict[str, Value] = {"source": OWN, "rows": ROWS, "target": "y", "n_train": 4}
CHANGES: dict[str, tuple[dict[str, Value], Value]] = {
    "rows": (OWN_TABLE, packed(read_table(TABLE.replace("5", "9")))),
    "target": (OWN_TABLE, "a"),
    "roles": (OWN_TABLE, "a=left_out"),
    "holes": (OWN_TABLE, "median"),
    "weight_decay": ({}, 1.0),
    "lr": ({}, 0.002),
    "n_features": ({}, 100),
    "source": ({"n_features": 20}, "sparse"),
    "n_train": ({}, 15),
    "n_test": ({}, 50),
    "noise": ({}, 0.02),
    "true_weight": ({}, 0.02),
    "true_bias": ({}, 0.1),
    "n_informative": ({"source": "sparse"}, 5),
    "correlation": ({"source": "correlated"}, 0.5),
    "extension": ({"source": "diabetes", "n_features": 30}, "noise"),
    "optimizer": ({}, "adam"),
    "decay": ({"optimizer": "momentum"}, "decoupled"),
    "momentum": ({"optimizer": "momentum"}, 0.5),
    "batch_size": ({}, 4),
    "epochs": ({}, 50),
    "init_std": ({}, 0.5),
    "seed": ({}, 1),
}


def at_once(settings: Settings) -> Run:
    """The run beside its twin, straight from the engine."""
    runs = [settings.run, replace(settings.run, weight_decay=0.0)]
    return collect(train(make_dataset(settings.data), runs))


def column(payload: dict[str, Any], name: str) -> np.ndarray:
    """One series of a picture, gaps as NaN."""
    return np.array([math.nan if x is None else x for x in payload["series"][name]])


def level(payload: dict[str, Any], name: str) -> float:
    """The height of a horizontal line."""
    (trace,) = (t for t in payload["figure"]["data"] if t["name"] == name)
    return float(trace["y"][0])


def test_every_setting_has_a_change_to_try() -> None:
    """Of a small table its hash and its file's name follow from its rows."""
    assert set(CHANGES) == set(SETTINGS) - {"table", "file"}


@pytest.mark.parametrize("key", CHANGES)
def test_every_control_alone_changes_the_picture(key: str) -> None:
    context, value = CHANGES[key]
    before = training_picture(settings_of(context))
    after = training_picture(settings_of(context | {key: value}))
    assert after["run"] != before["run"]
    assert after["series"]["test_loss"] != before["series"]["test_loss"]


@pytest.mark.parametrize("key", ["momentum", "correlation", "extension", "n_informative"])
def test_a_control_that_is_not_read_changes_nothing(key: str) -> None:
    assert key not in relevant(str(DEFAULTS["source"]), str(DEFAULTS["optimizer"]))
    other = training_picture(settings_of({key: CHANGES[key][1]}))
    assert other == training_picture(settings_of({}))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"optimizer": "adam", "decay": "decoupled", "lr": 0.01, "weight_decay": 0.1},
        {"optimizer": "nesterov", "source": "correlated", "correlation": 0.5, "batch_size": 7},
        {"source": "diabetes", "n_features": 30, "n_train": 50, "init_std": 0.1},
    ],
)
def test_the_curves_are_the_engines(values: dict[str, Value]) -> None:
    settings = settings_of(values)
    payload, run = training_picture(settings), at_once(settings)
    assert payload["series"]["epoch"] == run.epoch.tolist()
    for name in ("train_loss", "test_loss", "weight_norm", "penalty"):
        for row, suffix in enumerate(("", "_0")):
            wanted = getattr(run, name)[:, row]
            np.testing.assert_allclose(column(payload, name + suffix), wanted, rtol=SIX_DIGITS)


def test_losses_are_those_of_the_weights_without_the_penalty() -> None:
    settings = settings_of({})
    data, run, payload = make_dataset(settings.data), at_once(settings), training_picture(settings)
    w, b = run.weights[-1, 0], run.bias[-1, 0]
    for part, X, y in (
        ("train", data.X_train, data.y_train),
        ("test", data.X_test, data.y_test),
    ):
        half_mean_square = float(np.mean((X @ w + b - y) ** 2)) / 2
        assert column(payload, f"{part}_loss")[-1] == pytest.approx(
            half_mean_square, rel=SIX_DIGITS
        )
    assert column(payload, "weight_norm")[-1] == pytest.approx(np.linalg.norm(w), rel=SIX_DIGITS)


@pytest.mark.parametrize("weight_decay", [0.0, 0.3, 3.0])
def test_the_ledger_adds_up(weight_decay: float) -> None:
    payload = training_picture(settings_of({"weight_decay": weight_decay}))
    loss, penalty = column(payload, "train_loss"), column(payload, "penalty")
    np.testing.assert_allclose(column(payload, "objective"), loss + penalty, rtol=OF_TERMS)
    norm = column(payload, "weight_norm")
    np.testing.assert_allclose(penalty, weight_decay / 2 * norm**2, rtol=OF_TERMS)
    test = column(payload, "test_loss")
    np.testing.assert_allclose(column(payload, "gap"), test - loss, atol=OF_TERMS * test.max())


def test_the_twin_shares_data_and_start_and_differs_by_decay_alone() -> None:
    payload = training_picture(settings_of({}))
    alone = training_picture(settings_of({"weight_decay": 0.0}))
    for name in ("train_loss", "test_loss", "weight_norm"):
        assert payload["series"][name][0] == payload["series"][f"{name}_0"][0]
        # A row of two runs equals the same run alone up to rounding, which six digits may show.
        np.testing.assert_allclose(
            column(payload, f"{name}_0"), column(alone, name), rtol=SIX_DIGITS, atol=1e-12
        )
    assert "train_loss_0" not in alone["series"]
    assert set(column(payload, "penalty_0")) == {0.0}


@pytest.mark.parametrize("values", [{}, {"weight_decay": 0.5, "n_train": 18}, {"batch_size": 20}])
def test_the_part_out_of_reach_shrinks_as_predicted(values: dict[str, Value]) -> None:
    settings = settings_of(values)
    payload, run = training_picture(settings), settings.run
    left, predicted = column(payload, "unreachable"), column(payload, "predicted")
    marked = np.isfinite(predicted)
    assert marked[[0, -1]].all()
    assert marked.sum() == min(MARKS + 1, len(left))
    np.testing.assert_allclose(predicted[marked], left[marked], rtol=OF_TERMS)
    whole, rest = divmod(settings.data.n_train, run.batch_size)
    shrink = run.lr * run.weight_decay
    epoch_factor = (1 - shrink) ** whole * (1 - shrink * rest / run.batch_size)
    epochs = column(payload, "epoch")
    np.testing.assert_allclose(left, left[0] * epoch_factor**epochs, rtol=OF_TERMS)


def test_the_book_erases_its_start_by_the_factor_it_should() -> None:
    payload = training_picture(settings_of({"weight_decay": 3.0}))
    left = column(payload, "unreachable")
    assert left[-1] / left[0] == pytest.approx((1 - 0.003 * 3) ** 400, rel=OF_TERMS)


def test_nothing_is_out_of_reach_below_n_dimensions() -> None:
    payload = training_picture(settings_of({"n_features": 10}))
    assert not {"unreachable", "predicted"} & set(payload["series"])


@pytest.mark.parametrize("values", [{"optimizer": "adam"}, {"optimizer": "momentum"}])
def test_no_prediction_where_theory_has_none(values: dict[str, Value]) -> None:
    series = training_picture(settings_of(values))["series"]
    assert "unreachable" in series
    assert "predicted" not in series


@pytest.mark.parametrize(("n_features", "weight_decay"), [(200, 3.0), (20, 0.1), (5, 1.0)])
def test_the_ridge_line_is_scikit_learns(n_features: int, weight_decay: float) -> None:
    settings = settings_of({"n_features": n_features, "weight_decay": weight_decay})
    data = make_dataset(settings.data)
    other = Ridge(alpha=data.n_train * weight_decay, solver="svd").fit(data.X_train, data.y_train)
    wanted = float(np.mean((other.predict(data.X_test) - data.y_test) ** 2)) / 2
    # Two decompositions of one well-posed problem.
    assert level(training_picture(settings), "test, exact ridge") == pytest.approx(wanted, rel=1e-9)
    norm = cached.baselines(settings.data, weight_decay).ridge_norm
    assert norm == pytest.approx(float(np.linalg.norm(other.coef_)), rel=1e-9)


def test_the_constant_predictor_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # The training mean is 2; on the test data it misses by 2, 2 and 1: (4 + 4 + 1) / 3 / 2.
    hand = Dataset([[0.0], [1.0]], [1.0, 3.0], [[0.0], [1.0], [2.0]], [0.0, 4.0, 3.0])
    monkeypatch.setattr(cached, "dataset", lambda spec: hand)
    spec = DatasetSpec(n_train=2, n_test=3, n_features=1)
    assert cached.baselines.__wrapped__(spec, 1.0).constant_test == pytest.approx(1.5, rel=1e-12)


def test_the_constant_line_is_the_baseline() -> None:
    settings = settings_of({"seed": 3})
    data = make_dataset(settings.data)
    wanted = float(np.mean((data.y_test - np.mean(data.y_train)) ** 2)) / 2
    drawn = level(training_picture(settings), "test, constant predictor")
    assert drawn == pytest.approx(wanted, rel=1e-12)


def test_a_decomposition_that_costs_too_much_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "SVD_SECONDS", 0.0)
    settings = settings_of({"seed": 12345})
    payload = training_picture(settings)
    assert not [t for t in payload["figure"]["data"] if "ridge" in t["name"]]
    assert "unreachable" not in payload["series"]
    assert "at this size it costs too much" in " ".join(beside_exact(settings))


@pytest.mark.parametrize(
    ("values", "weight_decay"),
    [
        # one batch an epoch; a velocity adds up 1/(1 − μ) gradients
        ({"optimizer": "momentum", "decay": "decoupled", "batch_size": 20, "n_features": 5}, 0.3),
        ({"optimizer": "nesterov", "decay": "decoupled", "batch_size": 20, "n_features": 5}, 0.3),
        # decay acts twice an epoch on 1.5 batches of data
        ({"decay": "decoupled", "n_train": 15, "batch_size": 10, "n_features": 5}, 4.0),
        ({"optimizer": "adam", "batch_size": 20}, 3.0),
        ({"optimizer": "momentum"}, 3.0),
    ],
)
def test_a_run_is_compared_with_the_ridge_solution_that_it_goes_to(
    values: dict[str, Value], weight_decay: float
) -> None:
    settings = settings_of(values)
    data = make_dataset(settings.data)
    other = Ridge(alpha=data.n_train * weight_decay, solver="svd").fit(data.X_train, data.y_train)
    wanted = float(np.mean((other.predict(data.X_test) - data.y_test) ** 2)) / 2
    name = "test, exact ridge" + (f", λ = {weight_decay:g}" if weight_decay != 3 else "")
    assert level(training_picture(settings), name) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    "values",
    [
        {"optimizer": "adam", "decay": "decoupled", "lr": 0.01, "weight_decay": 1.0},
        {"optimizer": "adam", "decay": "decoupled", "weight_decay": 1.0, "batch_size": 20},
        {"optimizer": "lion"},
        {"optimizer": "rmsprop", "weight_decay": 0.0},
    ],
)
def test_a_run_that_goes_to_no_ridge_solution_is_compared_with_none(
    values: dict[str, Value],
) -> None:
    settings = settings_of(values)
    names = [trace["name"] for trace in training_picture(settings)["figure"]["data"]]
    assert not [name for name in names if "ridge" in name or "least squares" in name]
    assert "compared with no exact solution" in " ".join(beside_exact(settings))


@pytest.mark.parametrize(("n_features", "many"), [(5, False), (19, False), (20, True), (200, True)])
def test_without_decay_the_line_says_whether_there_is_one_solution(
    n_features: int, many: bool
) -> None:
    payload = training_picture(settings_of({"weight_decay": 0.0, "n_features": n_features}))
    names = {trace["name"] for trace in payload["figure"]["data"]}
    assert ("test, least squares of least norm" in names) == many
    assert ("test, least squares" in names) != many


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ({}, "J"),
        ({"optimizer": "adam"}, "J"),
        ({"decay": "decoupled"}, "J"),
        ({"decay": "decoupled", "n_train": 18}, "sum"),
        ({"optimizer": "momentum", "decay": "decoupled"}, "sum"),
        ({"optimizer": "adam", "decay": "decoupled"}, "sum"),
        ({"optimizer": "adam", "decay": "decoupled", "weight_decay": 0.0}, "J"),
    ],
)
def test_a_sum_that_no_step_descends_is_no_objective(values: dict[str, Value], label: str) -> None:
    (tile,) = (t for t in training_picture(settings_of(values))["tiles"] if "terms" in t)
    assert tile["terms"][-1]["label"] == label
    assert ("= objective" in tile["label"]) == (label == "J")


@pytest.mark.parametrize(
    ("values", "name", "predicted"),
    [
        ({}, "its part out of reach", "predicted (1−ηλ)<sup>t</sup>"),
        ({"n_train": 18}, "its part out of reach", "predicted ((1−ηλ)<sup>3</sup>(1−ηλ·3/5))"),
        ({"optimizer": "momentum"}, "its part out of reach", None),
        ({"optimizer": "momentum", "weight_decay": 0.0}, "its part out of reach", "predicted"),
        ({"optimizer": "adam"}, "its part outside the span of the examples", None),
    ],
)
def test_what_no_example_reaches_is_named_as_it_is(
    values: dict[str, Value], name: str, predicted: str | None
) -> None:
    traces = training_picture(settings_of(values))["figure"]["data"]
    found = {t["meta"]["series"]: t["name"] for t in traces if "meta" in t}
    assert found["unreachable"] == name
    assert found.get("predicted", "").startswith(predicted or "")
    assert ("predicted" in found) == (predicted is not None)


def test_every_tile_shows_a_series_that_exists() -> None:
    for values in ({}, {"weight_decay": 0.0}):
        payload = training_picture(settings_of(values))
        shown = {tile["series"] for tile in payload["tiles"] if "series" in tile}
        shown |= {term["series"] for tile in payload["tiles"] for term in tile.get("terms", ())}
        assert shown <= set(payload["series"])


def test_every_series_is_as_long_as_the_epochs_and_drawn_traces_have_one() -> None:
    payload = training_picture(settings_of({}))
    assert {len(values) for values in payload["series"].values()} == {101}
    named = {t["meta"]["series"] for t in payload["figure"]["data"] if "meta" in t}
    assert named <= set(payload["series"])


def test_many_epochs_are_thinned_out_and_keep_their_ends() -> None:
    payload = training_picture(settings_of({"epochs": 1003, "n_features": 5}))
    epochs = payload["series"]["epoch"]
    assert (epochs[0], epochs[-1]) == (0, 1003)
    assert len(epochs) <= cached.RECORDS + 2


def test_a_pinned_run_is_drawn_as_it_was() -> None:
    other = settings_of({"lr": 0.01})
    payload = training_picture(settings_of({}), [Pin("fast", other)])
    wanted = training_picture(other)["series"]
    traces = {t["name"]: t for t in payload["figure"]["data"]}
    assert list(traces["test, fast"]["y"]) == wanted["test_loss"]
    assert list(traces["‖w‖, fast"]["y"]) == wanted["weight_norm"]
    assert "pin=fast" in payload["query"]


def test_the_run_is_named_by_its_link() -> None:
    assert training_picture(settings_of({}))["run"] == "defaults"
    payload = training_picture(settings_of({"lr": 0.01}))
    assert payload["run"] == payload["query"] == "lr=0.01"
    assert payload["live"]["url"] == "/api/train?lr=0.01"


def test_a_drag_is_answered_for_every_step_of_its_control() -> None:
    controls = training_picture(settings_of({}))["live"]["controls"]
    for key, control in controls.items():
        assert control["param"] == key
        steps = [SETTINGS[key].read(text) for text in control["values"]]
        assert steps == list(SETTINGS[key].steps)


def test_a_drag_is_answered_for_a_value_between_the_steps() -> None:
    # A value from a link is one more step of its slider, so every later place has moved by one.
    controls = training_picture(settings_of({"weight_decay": 0.25}))["live"]["controls"]
    assert "0.25" in controls["weight_decay"]["values"]


def test_data_that_are_all_zero_have_a_picture_that_says_so() -> None:
    nothing = {"noise": 0.0, "true_weight": 0.0, "true_bias": 0.0, "init_std": 0.0}
    payload = training_picture(settings_of(nothing))
    assert set(column(payload, "test_loss")) == {0.0}
    assert payload["sentence"]
    figure = payload["figure"]
    assert [note["xref"] for note in figure["layout"]["annotations"]] == ["x domain", "x2 domain"]
    assert not [trace for trace in figure["data"] if trace.get("showlegend", True)]


def test_a_pin_that_is_longer_than_the_run_is_drawn_whole() -> None:
    longer = Pin("longer", settings_of({"epochs": 300}))
    payload = training_picture(settings_of({}), [longer])
    assert payload["figure"]["layout"]["xaxis"]["range"] == [0, 300]
    assert payload["total"] == 100


def legend(payload: dict[str, Any]) -> set[str]:
    """The names that stand in the legends."""
    return {t["name"] for t in payload["figure"]["data"] if t.get("showlegend", True)}


def test_a_line_far_below_a_run_that_diverged_is_not_in_the_legend() -> None:
    wild = settings_of({"lr": 0.1, "optimizer": "momentum"})
    assert "test, constant predictor" not in legend(training_picture(wild))
    assert "test, constant predictor" in legend(training_picture(settings_of({})))


@pytest.mark.parametrize("values", [{"lr": 1.0}, {"lr": 1.0, "weight_decay": 0.0}])
def test_a_run_that_diverges_says_when_and_why_and_stops_there(values: dict[str, Value]) -> None:
    settings = settings_of(values)
    payload, run = training_picture(settings), at_once(settings)
    epoch = int(run.diverged_at[0])
    assert epoch > 0
    assert payload["sentence"].startswith(f"Diverged by epoch {epoch}. ")
    assert in_numbers(settings).startswith(f"Diverged by epoch {epoch}. η = 1 is above ")
    loss = column(payload, "train_loss")
    assert np.isfinite(loss[:epoch]).all()
    assert np.isnan(loss[epoch:]).all()
    for axis in ("yaxis", "yaxis2"):
        assert all(math.isfinite(end) for end in payload["figure"]["layout"][axis]["range"])


@pytest.mark.parametrize(
    "values",
    [
        {"lr": 1.0},
        {"lr": 0.1, "optimizer": "momentum"},
        {"lr": 0.1, "optimizer": "nesterov"},
        {"lr": 0.1, "weight_decay": 30.0},
        {"lr": 0.5, "optimizer": "adam", "decay": "decoupled", "weight_decay": 100.0},
    ],
)
def test_what_is_advised_settles(values: dict[str, Value]) -> None:
    with recording() as said:
        work.STORE.clear()
        training_picture(settings_of(values))
    (advised,) = (number(s.values["advised_lr"]) for s in said if "advised_lr" in s.values)
    assert advised < values["lr"]
    for lr in (advised, 0.97 * advised):
        run = at_once(settings_of(values | {"lr": lr, "epochs": 3000}))
        assert run.diverged_at[0] == -1
        assert run.train_loss[1000:, 0].max() <= run.train_loss[0, 0]


def test_a_smaller_decay_is_advised_only_where_it_helps() -> None:
    broken: dict[str, Value] = {"lr": 0.03, "weight_decay": 100.0, "epochs": 300}
    text = training_picture(settings_of(broken))["sentence"]
    assert "or the decay 20: with either the run settles" in text
    ran = at_once(settings_of(broken | {"weight_decay": 20.0, "epochs": 3000}))
    assert ran.diverged_at[0] < 0
    assert ran.train_loss[1500:, 0].max() < 0.1 * ran.train_loss[0, 0]
    assert "or the decay" not in training_picture(settings_of({"lr": 1.0}))["sentence"]


def test_nobody_waits_for_trials_during_a_drag(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("this takes a while")

    monkeypatch.setattr(diverged, "limit", refuse)
    monkeypatch.setattr(diverged, "remedies", refuse)
    monkeypatch.setattr(picture, "course", refuse)
    text = training_picture(settings_of({"lr": 1.0}), waits=False)["sentence"]
    assert text.startswith("Diverged by epoch ")
    assert text.endswith("Choose a smaller learning rate.")
    growing = settings_of({"lr": 0.1, "optimizer": "momentum", "epochs": 1})
    text = training_picture(growing, waits=False)["sentence"]
    assert text.startswith("The training loss has grown")


@pytest.mark.parametrize(
    "values",
    [
        {"lr": 0.03, "weight_decay": 100.0, "batch_size": 20, "decay": "decoupled", "epochs": 10},
        {"lr": 0.5, "epochs": 1},
    ],
)
def test_a_run_that_has_grown_names_the_limit_after_the_verdict(values: dict[str, Value]) -> None:
    settings = settings_of(values | {"optimizer": "momentum", "n_features": 20})
    assert training_picture(settings)["sentence"].startswith("Diverging: ")
    with recording() as said:
        text = in_numbers(settings)
    assert text.startswith("Diverging: ")
    (one,) = (s for s in said if "limit" in s.values)
    assert one in text
    assert "is above" in one
    known = Recomputed(settings.data, settings.run).limit
    assert number(one.values["limit"]) == pytest.approx(known, rel=1e-4)
    assert number(one.values["lr"]) == settings.run.lr > known
    whole = settings.run.batch_size == settings.data.n_train
    assert ("That limit is 2(1 + μ)/h" in text) == whole


def test_a_run_that_decay_alone_makes_grow_says_so() -> None:
    values = {"lr": 0.03, "weight_decay": 100.0, "optimizer": "adam", "decay": "decoupled"}
    settings = settings_of(values | {"epochs": 5})
    assert training_picture(settings)["sentence"].startswith("Diverging: ")
    text = in_numbers(settings)
    assert text.startswith("Diverging: ")
    assert "ηλ = 3 is above 2, so decay alone multiplies w by 1 − ηλ = −2 at every" in text


def test_a_run_that_only_overshoots_is_not_diverging() -> None:
    values = {"optimizer": "adam", "lr": 0.3, "weight_decay": 0.0, "init_std": 0.0, "epochs": 5}
    text = training_picture(settings_of(values))["sentence"]
    assert "does not grow without end" in text
    assert "Diverging" not in text
    values = {"optimizer": "momentum", "lr": 0.1, "epochs": 1}
    assert training_picture(settings_of(values))["sentence"].startswith("Diverging")


def test_a_diverged_run_fills_its_picture() -> None:
    payload = training_picture(settings_of({"lr": 1.0}))
    shown = payload["series"]["epoch"][-1]
    assert shown < 100
    assert payload["figure"]["layout"]["xaxis"]["range"] == [0, max(1, shown)]
    assert training_picture(settings_of({}))["figure"]["layout"]["xaxis"]["range"] == [0, 100]


def test_runs_that_never_moved_do_not_cross() -> None:
    nothing = {"true_weight": 0.0, "true_bias": 0.0, "noise": 0.0, "init_std": 0.0}
    text = training_picture(settings_of(nothing))["sentence"]
    assert text.startswith("Weight decay made little difference: the test loss ends at 0, without")


def test_one_patient_is_no_measurement() -> None:
    values: dict[str, Value] = {"source": "diabetes", "n_train": 2000, "n_features": 10}
    assert "on a single test example" in training_picture(settings_of(values))["sentence"]


def test_a_pinned_run_that_diverged_leaves_the_picture_to_the_present_one() -> None:
    settings, wild = settings_of({}), Pin("wild", settings_of({"lr": 1.0, "n_features": 3000}))
    payload, alone = training_picture(settings, [wild]), training_picture(settings)
    for axis in ("yaxis", "yaxis2"):
        low, high = payload["figure"]["layout"][axis]["range"]
        assert [low, high] == alone["figure"]["layout"][axis]["range"]
    said = "wild leaves the picture at the top."
    assert payload["sentence"] == f"{alone['sentence']} {said}"
    other = training_picture(wild.settings, [Pin("calm", settings), Pin("too", settings)])
    assert other["sentence"].endswith(" The losses of calm and too lie below the picture.")


@pytest.mark.usefixtures("all_runs_long")
def test_a_stream_says_at_its_end_which_pins_leave_the_picture() -> None:
    settings, wild = settings_of({"epochs": 33}), settings_of({"lr": 1.0, "epochs": 33})
    told(stream(wild))
    events = told(stream(settings, [Pin("one", wild), Pin("other", wild)]))
    assert dict(events)["picture"]["sentence"].endswith(
        "one and other leave the picture at the top."
    )


@pytest.mark.parametrize("values", [{"lr": 1.0}, {"lr": 0.3}, {"lr": 1.0, "weight_decay": 0.0}])
def test_a_run_that_diverged_ends_in_the_table_as_in_the_tiles(values: dict[str, Value]) -> None:
    settings = settings_of(values)
    payload, end = training_picture(settings), picture.ended(settings)
    assert end is not None
    assert payload["sentence"].startswith(f"Diverged by epoch {end.diverged_at}.")
    for name, loss in (("train_loss", end.train), ("test_loss", end.test)):
        assert loss == pytest.approx(payload["series"][name][-1], rel=SIX_DIGITS)
    assert end.norm == pytest.approx(payload["series"]["weight_norm"][-1], rel=SIX_DIGITS)


def test_a_twin_that_diverges_alone_is_named() -> None:
    # Far above 2/s every step grows; a decoupled λ with ηλ = 1 forgets w at each step instead.
    values = {"lr": 0.05, "weight_decay": 20.0, "epochs": 200}
    settings = settings_of(values)
    run = at_once(settings)
    assert (run.diverged_at[0], run.diverged_at[1] > 0) == (-1, True)
    payload = training_picture(settings)
    assert "without it the run diverged." in payload["sentence"]
    assert payload["sentence"].endswith(" λ = 0 leaves the picture at the top.")
    assert payload["figure"]["layout"]["yaxis"]["range"][1] < 4
    assert math.isnan(column(payload, "test_loss_0")[-1])


@pytest.mark.parametrize("values", [{}, {"lr": 1.0}, {"weight_decay": 0.0, "n_train": 1}])
def test_a_picture_is_plain_json(values: dict[str, Value]) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    text = encode(training_picture(settings_of(values)))
    assert json.loads(text, parse_constant=refuse)["total"] == 100


# ---------------------------------------------------------------- long runs


@pytest.fixture
def all_runs_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run is streamed, and every record is sent at once."""
    monkeypatch.setattr(cached, "SHORT_SECONDS", -1.0)
    monkeypatch.setattr(picture, "PACE_SECONDS", 0.0)
    monkeypatch.setattr(work, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(work, "STORE", Store(2**28))


@pytest.fixture
def closings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For each run of the engine that has ended, the last epoch it was asked for."""
    ended: list[int] = []

    def watched(*args: Any, **options: Any) -> Iterator[Any]:
        epoch = -1
        try:
            for record in interruptible(*args, **options):
                epoch = epoch if record is None else record.epoch
                yield record
        finally:
            ended.append(epoch)

    monkeypatch.setattr(answer, "interruptible", watched)
    return ended


def first(events: Events) -> Any:
    """What it says next."""
    return next(event for event in events if event is not None)


def joined(events: list[tuple[str, dict[str, Any]]]) -> dict[str, list[float | None]]:
    """The series that the rows of a stream add up to."""
    rows = [payload["series"] for name, payload in events if name == "rows"]
    return {name: [x for part in rows for x in part[name]] for name in rows[0]}


@pytest.mark.usefixtures("all_runs_long")
def test_a_long_run_starts_empty_with_the_address_of_its_stream() -> None:
    payload = training_picture(settings_of({"lr": 0.01}))
    assert payload["stream"] == "/api/train/stream?lr=0.01"
    assert set(map(len, payload["series"].values())) == {0}
    assert {t["meta"]["series"] for t in payload["figure"]["data"]} <= set(payload["series"])


def test_short_runs_have_no_stream_and_really_long_ones_do() -> None:
    assert training_picture(settings_of({}))["stream"] is None
    long = settings_of({"n_features": 10000, "n_train": 2000, "epochs": 300, "batch_size": 32})
    assert training_picture(long)["stream"]


@pytest.mark.usefixtures("all_runs_long")
def test_a_stream_brings_rows_then_the_picture_then_its_end() -> None:
    events = told(stream(settings_of({"epochs": 30})))
    assert [name for name, _ in events] == ["rows"] * 31 + ["picture", "done"]
    rows = [payload for name, payload in events if name == "rows"]
    assert [row["epoch"] for row in rows] == list(range(31))
    assert rows[0]["seconds_left"] is None
    assert all(row["seconds_left"] >= 0 for row in rows[1:])
    assert rows[-1]["seconds_left"] == 0
    assert events[-1] == ("done", {})


@pytest.mark.usefixtures("all_runs_long")
def test_a_stream_ends_with_what_training_at_once_gives() -> None:
    settings = settings_of({"epochs": 30, "optimizer": "nesterov"})
    events = told(stream(settings))
    finished, run = dict(events)["picture"], at_once(settings)
    for name, values in joined(events).items():
        assert finished["series"][name] == values
    for name in ("train_loss", "test_loss", "weight_norm"):
        for row, suffix in enumerate(("", "_0")):
            wanted = getattr(run, name)[:, row]
            np.testing.assert_allclose(column(finished, name + suffix), wanted, rtol=SIX_DIGITS)


def test_a_streamed_picture_is_the_one_sent_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of({"epochs": 40, "seed": 2})
    whole = training_picture(settings)
    monkeypatch.setattr(cached, "SHORT_SECONDS", -1.0)
    finished = dict(told(stream(settings)))["picture"]
    assert finished == {key: whole[key] for key in finished}


@pytest.mark.usefixtures("all_runs_long")
def test_rows_come_at_a_pace_not_once_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "PACE_SECONDS", math.inf)
    events = told(stream(settings_of({"epochs": 30})))
    rows = [payload for name, payload in events if name == "rows"]
    assert [row["epoch"] for row in rows] == [0, 30]
    assert joined(events)["epoch"] == list(range(31))


@pytest.mark.usefixtures("all_runs_long")
def test_the_start_is_shown_before_slow_data_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "SLOW_NUMBERS", 0)
    events = told(stream(settings_of({"epochs": 3})))
    assert [name for name, _ in events] == ["picture"] * 2 + ["rows"] * 3 + ["picture", "done"]
    early, start = events[0][1]["series"], events[1][1]["series"]
    assert early["train_loss"] == early["gap"] == early["objective_0"] == [None]
    for name in ("epoch", "test_loss", "test_loss_0", "weight_norm", "penalty"):
        assert early[name] == pytest.approx(start[name], rel=SIX_DIGITS)
    assert start["train_loss"] == pytest.approx(events[-2][1]["series"]["train_loss"][:1])


@pytest.mark.usefixtures("all_runs_long")
def test_closing_a_stream_ends_the_run(closings: list[int]) -> None:
    events = stream(settings_of({"epochs": cached.RECORDS}))
    assert first(events)[1]["epoch"] == 0
    assert first(events)[1]["epoch"] == 1
    assert closings == []
    events.close()  # type: ignore[attr-defined]
    assert closings == [1]


@pytest.mark.usefixtures("all_runs_long")
def test_a_streamed_run_can_be_pinned_only_once_it_has_ended() -> None:
    settings = settings_of({"epochs": 30, "seed": 8})
    events = stream(settings)
    first(events)
    events.close()  # type: ignore[attr-defined]
    assert picture.ended(settings) is None
    finished = dict(told(stream(settings)))["picture"]
    end = picture.ended(settings)
    assert end is not None
    assert end.test == pytest.approx(finished["series"]["test_loss"][-1], rel=SIX_DIGITS)
    drawn = training_picture(settings_of({}), [Pin("kept", settings)])
    assert "test, kept" in {t["name"] for t in drawn["figure"]["data"]}


@pytest.mark.usefixtures("all_runs_long")
def test_a_streamed_run_is_not_trained_again_when_it_is_pinned() -> None:
    settings = settings_of({"epochs": 30, "seed": 9})
    assert training_picture(settings)["stream"]
    finished = dict(told(stream(settings)))["picture"]
    pinned = training_picture(settings, [Pin("kept", settings)])
    assert pinned["stream"] is None
    assert pinned["series"] == finished["series"]
    assert "unreachable" in pinned["series"]  # though the weights are not kept


@pytest.mark.usefixtures("all_runs_long")
def test_pins_leave_the_work_of_a_stream_the_same() -> None:
    settings = settings_of({"epochs": 31, "seed": 9})
    other = settings_of({"epochs": 31, "seed": 9, "weight_decay": 1.0})
    alone, pinned = training_picture(settings), training_picture(settings, [Pin("one", other)])
    assert alone["run"] != pinned["run"]
    assert alone["work"] == pinned["work"] != training_picture(other)["work"]


@pytest.mark.usefixtures("all_runs_long")
def test_streamed_runs_are_forgotten_in_their_order() -> None:
    runs = [settings_of({"epochs": 2, "seed": seed}) for seed in range(12)]
    for settings in runs:
        told(stream(settings))
        if settings == runs[0]:
            work.STORE.budget = 4 * work.STORE.bytes
        assert work.STORE.bytes <= work.STORE.budget
    is_known = [picture.ended(settings) is not None for settings in runs]
    assert is_known == sorted(is_known)
    assert is_known[0] < is_known[-1]


def test_a_long_run_that_diverges_ends_with_its_reason() -> None:
    settings = settings_of({"lr": 1.0, "epochs": 20000})
    assert not cached.is_short(settings)
    events = told(stream(settings))
    assert [name for name, _ in events][-2:] == ["picture", "done"]
    finished = dict(events)["picture"]
    assert finished["sentence"].startswith("Diverged by epoch ")
    assert finished["series"]["train_loss"][-1] is not None
    assert (
        f"epoch {finished['series']['epoch'][-1] + cached.record_every(20000)}."
        in (finished["sentence"])
    )
    assert all(before < after for before, after in pairwise(finished["series"]["epoch"]))
