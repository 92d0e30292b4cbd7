"""The pictures of “act” against training by the engine, scikit-learn and a search."""

import math
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest
from sklearn.linear_model import Ridge

from pages.act.answer.states import states
from pages.act.figure.directions import NAMES, ticks
from pages.act.payload import directions
from pages.act.payload.parts import parts_of_w
from pages.act.question import matching
from pages.act.question.matching import matches, spectrum
from pages.act.question.shown import FORM, FREE, TOGETHER, Shown
from pages.act.words import kept as words
from pages.shared import cached
from pages.shared.numbers import plain
from pages.shared.run import Asked
from pages.shared.settings import Settings, settings_of
from wd_core import Dataset, Hyperparameters, collect, train

# What is drawn is sent in seven digits.
DRAWN = 1e-6
# Training by steps against a closed form in a few hundred of them.
TRAINED = 1e-9

BOOK: dict[str, Any] = {}
SQUARE = {"n_features": 20, "noise": 0.05, "lr": 0.3, "weight_decay": 1.0, "batch_size": 20}
SMALL = {"n_train": 6, "n_features": 3, "n_test": 5, "epochs": 5, "lr": 0.1}


def kept_by_training(settings: Settings, steps: int, weight_decay: float) -> np.ndarray:
    """The share of least squares after full-batch steps of the engine on the centred data."""
    data, parts = cached.dataset(settings.data), spectrum(settings.data)
    centred = Dataset(
        data.X_train - parts.x_mean, data.y_train - parts.y_mean, data.X_test, data.y_test
    )
    run = Hyperparameters(
        weight_decay, settings.run.lr, batch_size=data.n_train, epochs=steps, init_std=0.0
    )
    w = collect(train(centred, [run], record_every=steps)).weights[-1, 0]
    return np.asarray(w @ parts.V / (parts.c / np.sqrt(parts.s)))


@pytest.mark.parametrize("values", [BOOK, SQUARE, SMALL], ids=str)
@pytest.mark.parametrize("sliders", [TOGETHER, FREE])
def test_the_dots_stand_where_training_and_scikit_learn_end(
    values: dict[str, Any], sliders: str
) -> None:
    settings, shown = settings_of(values), Shown(7 if sliders == FREE else 0, sliders)
    payload, now = directions.directions(settings, shown), states(settings, shown)
    data, parts = cached.dataset(settings.data), spectrum(settings.data)
    k = payload["position"]
    lam, t = float(now.weight_decay[k]), int(now.steps[k])
    model = Ridge(alpha=data.n_train * lam, solver="svd").fit(data.X_train, data.y_train)
    expected = {
        "ridge": model.coef_ @ parts.V / (parts.c / np.sqrt(parts.s)),
        "stopped": kept_by_training(settings, t, 0.0),
        "both": kept_by_training(settings, t, lam),
    }
    for name, kept in expected.items():
        dots = payload["moves"][f"{name} dots"]
        np.testing.assert_allclose(dots["y"][k], kept, rtol=DRAWN, atol=DRAWN)
        np.testing.assert_allclose(dots["x"][k], np.log10(parts.s), atol=DRAWN)
        assert payload["series"][f"{name}_dof"][k] == pytest.approx(1 + kept.sum(), rel=TRAINED)
        sizes = 10 ** payload["moves"][f"{name} sizes"]["y"][k]
        w = np.abs(kept * parts.c / np.sqrt(parts.s))
        np.testing.assert_allclose(sizes, w, rtol=1e-4)
    apart = math.sqrt(((expected["ridge"] - expected["stopped"]) ** 2).mean())
    assert payload["series"]["distance"][k] == pytest.approx(apart, rel=1e-6)
    assert payload["series"]["rule"][k] == pytest.approx(settings.run.lr * lam * t)


def test_the_curves_pass_through_the_dots_and_the_markers_lie_on_the_curves() -> None:
    payload = directions.directions(settings_of({**SQUARE, "lr": 0.1}), Shown())
    figure, moves, series = payload["figure"], payload["moves"], payload["series"]
    for k in range(0, len(series["step"]), 7):
        for name in ("ridge", "stopped", "both"):
            if series[f"{name}_dof"][k] is None:
                assert np.isnan(moves[name]["y"][k]).all()
                continue
            x, y = (moves[name][axis][k] for axis in "xy")
            dots_x, dots_y = (moves[f"{name} dots"][axis][k] for axis in "xy")
            # straight pieces between the points of a smooth curve
            np.testing.assert_allclose(np.interp(dots_x, x, y), dots_y, atol=0.02)
            at = moves[f"{name} now"]["affine"][k]
            assert not at[:4].any()
            assert at[5] == pytest.approx(series[f"{name}_dof"][k], rel=DRAWN)
            panel = "x3" if name == "ridge" else "x4"
            low, high = figure["layout"][f"xaxis{panel[1]}"]["range"]
            assert low <= at[4] <= high
    (ridge_dof,) = (
        t for t in figure["data"] if t.get("xaxis") == "x3" and t["mode"] == "lines"
    )  # fmt: skip
    k = payload["position"]
    at = moves["ridge now"]["affine"][k]
    assert np.interp(at[4], ridge_dof["x"], ridge_dof["y"]) == pytest.approx(at[5], rel=DRAWN)


def test_the_picture_marks_least_squares_and_the_truth() -> None:
    settings = settings_of(SQUARE)
    data, parts = cached.dataset(settings.data), spectrum(settings.data)
    traces = {t["name"]: t for t in directions.directions(settings, Shown())["figure"]["data"]}
    w = np.linalg.lstsq(data.X_train - parts.x_mean, data.y_train - parts.y_mean, rcond=None)[0]
    np.testing.assert_allclose(10 ** traces["least squares"]["y"], np.abs(w @ parts.V), rtol=1e-6)
    assert data.w_true is not None
    truth = np.abs(parts.V.T @ data.w_true)
    np.testing.assert_allclose(10 ** traces["truth"]["y"], truth, rtol=1e-9)
    assert "s = 0" in traces
    assert "s = 0" not in {
        t["name"] for t in directions.directions(settings_of(SMALL), Shown())["figure"]["data"]
    }


# the oracle is for steps that do not overshoot
SLOW = [BOOK, {**SQUARE, "lr": 0.1}, {"source": "diabetes", "lr": 0.02}]


@pytest.mark.parametrize("values", SLOW, ids=str)
def test_each_slider_moves_the_other_to_its_best_match(values: dict[str, Any]) -> None:
    settings = settings_of(values)
    now = states(settings, Shown())
    s, tried = now.s, np.append(0.0, np.geomspace(1e-6, 1e4, 3000))
    every = np.unique(np.geomspace(1, 1e7, 3000).round())

    def apart(lam: Any, t: Any) -> Any:
        kept = -np.expm1(np.asarray(t)[..., None] * np.log1p(-now.lr * s))
        return np.sqrt(((s / (s + np.asarray(lam)[..., None]) - kept) ** 2).mean(-1))

    assert now.lr * s[0] < 1
    for k in set(now.by_weight_decay[1::6]):
        lam, t = now.weight_decay[k], now.steps[k]
        assert now.match[k] == "steps"
        assert apart(lam, t) <= apart(lam, every).min() + 1e-12
    for k in {*now.by_steps[::5]} - {now.chosen}:
        lam, t = now.weight_decay[k], now.steps[k]
        assert now.match[k] == "weight_decay"
        # six digits of λ: the distance is flat there
        assert apart(lam, t) <= apart(tried, t).min() + 1e-9


def test_together_every_stop_is_in_order() -> None:
    for values in (BOOK, SQUARE, SMALL):
        now = states(settings_of(values), Shown())
        assert (np.diff(now.weight_decay) >= 0).all()
        assert (np.diff(now.weight_decay[now.by_weight_decay]) > 0).all()
        assert (np.diff(now.steps[now.by_steps]) > 0).all()
        assert now.weight_decay[now.by_weight_decay[0]] == 0
        assert now.weight_decay.max() == 100
        assert {*now.by_weight_decay, *now.by_steps} == set(range(len(now.steps)))


def test_free_each_slider_stands_still_while_the_other_moves() -> None:
    now = states(settings_of(BOOK), Shown(40, FREE))
    lam, t = now.weight_decay[now.chosen], now.steps[now.chosen]
    assert (lam, t) == (3, 40)
    assert set(now.steps[now.by_weight_decay]) == {40}
    assert set(now.weight_decay[now.by_steps]) == {3}
    # the browser puts the other thumb at the stop nearest in number: that must be the present one
    for mine, other in (
        (now.by_weight_decay, now.by_steps),
        (now.by_steps, now.by_weight_decay),
    ):
        for k in mine:
            assert min(other, key=lambda stop: abs(stop - k)) == now.chosen


def test_no_decay_and_ever_more_steps_keep_all() -> None:
    settings = settings_of({"weight_decay": 0.0})
    payload = directions.directions(settings, Shown())
    k = payload["position"]
    assert payload["series"]["steps"][k] is None
    assert payload["sliders"][1]["texts"][k] == "∞"
    for name in ("ridge", "stopped", "both"):
        assert payload["series"][f"{name}_dof"][k] == 1 + len(spectrum(settings.data).s)
    assert payload["series"]["distance"][k] == 0
    now = states(settings, Shown())
    assert "only the limit of ever more steps" in words.sentences(now)[k]
    assert "without ever stopping" in payload["sentences"][k]


def test_descent_that_diverges_keeps_no_share() -> None:
    limit = 2 / spectrum(settings_of(BOOK).data).s[0]
    above = directions.directions(settings_of({"lr": 1.01 * limit}), Shown())
    assert set(above["series"]["stopped_dof"]) == {None}
    assert all("Stopping early keeps no share" in text for text in above["sentences"])
    assert set(above["sliders"][1]["texts"]) == {"no match: diverges"}
    free = directions.directions(settings_of({"lr": 1.01 * limit}), Shown(50, FREE))
    assert free["sliders"][1]["texts"][free["position"]] == "50: diverges"
    below = directions.directions(settings_of({"lr": 0.99 * limit}), Shown())
    assert None not in below["series"]["stopped_dof"]
    # but where nothing is ever stopped there is nothing to overshoot
    assert sum("every step overshoots" not in text for text in below["sentences"]) <= 1
    # with decay the limit is lower: η(s_max + λ) < 2
    beyond = [lam > 2 / (0.99 * limit) - 2 / limit for lam in below["series"]["weight_decay"]]
    assert [dof is None for dof in below["series"]["both_dof"]] == beyond
    assert True in beyond


def test_the_rule_of_thumb_goes_the_way_that_was_asked() -> None:
    settings = settings_of(BOOK)
    now = states(settings, Shown())
    said = words.sentences(now)
    for k in {*now.by_steps} - {*now.by_weight_decay}:
        t = float(now.steps[k])
        rule = 1 / (now.lr * t)
        kept = -np.expm1(t * np.log1p(-now.lr * now.s))
        away = math.sqrt(((now.s / (now.s + rule) - kept) ** 2).mean())
        assert "no other λ comes nearer" in said[k]
        assert said[k].endswith(f"λ = 1/(ηt) = {plain(rule)} differs by {plain(away)}.")
    for k in {*now.by_weight_decay[1:]} - {*now.by_steps}:
        assert "no other t comes nearer" in said[k]
        rule = 1 / (now.lr * now.weight_decay[k])
        assert f"t = 1/(ηλ) = {plain(rule)}" in said[k]
        rounded = f", rounded to {max(1, round(rule))} step" in said[k]
        assert rounded == (plain(rule) != plain(max(1, round(rule))))


@pytest.mark.parametrize("weight_decay", [0.0, 3.0, 100.0])
@pytest.mark.parametrize("values", [BOOK, SMALL, SQUARE], ids=str)
def test_every_weight_at_the_opened_place_is_in_the_picture(
    values: dict[str, Any], weight_decay: float
) -> None:
    payload = directions.directions(settings_of({**values, "weight_decay": weight_decay}), Shown())
    low, high = payload["figure"]["layout"]["yaxis2"]["range"]
    for name in ("ridge", "stopped"):
        sizes = payload["moves"][f"{name} sizes"]["y"][payload["position"]]
        assert low < sizes.min() <= sizes.max() < high


@pytest.mark.parametrize(
    "values", [BOOK, SMALL, {"lr": 1.0}, {"n_train": 2}, {"source": "diabetes"}], ids=str
)
def test_plotly_accepts_every_part_of_the_figures(values: dict[str, Any]) -> None:
    settings = settings_of(values)
    for figure in (
        directions.directions(settings, Shown())["figure"],
        parts_of_w(settings, "")["figure"],
    ):
        accepted = go.Figure(figure).to_plotly_json()
        assert [t["name"] for t in accepted["data"]] == [t["name"] for t in figure["data"]]


def test_marks_without_a_place_are_sent_out_of_sight() -> None:
    for values in ({"lr": 0.5}, {"weight_decay": 0.0}, SQUARE):
        payload = directions.directions(settings_of(values), Shown())
        for trace in payload["figure"]["data"]:
            move = payload["moves"].get((trace.get("meta") or {}).get("moves"))
            if move and "markers" in trace["mode"]:
                assert all(np.isfinite(part).all() for part in move.values())


def test_targets_that_do_not_vary_leave_no_weights_of_rounding() -> None:
    settings = settings_of({"noise": 0.0, "true_weight": 0.0, "true_bias": 0.3, "init_std": 0.0})
    payload = directions.directions(settings, Shown())
    assert not {"least squares", "truth"} & {t["name"] for t in payload["figure"]["data"]}
    notes = [note["text"] for note in payload["figure"]["layout"]["annotations"]]
    assert "none: y does not vary" in notes
    parts = parts_of_w(replace(settings, data=replace(settings.data, true_bias=0.0)), "")
    assert not parts["figure"]["data"]
    assert [note["text"] for note in parts["figure"]["layout"]["annotations"]] == [
        "none: every weight is 0 at every epoch"
    ]


# ---------------------------------------------------------------- links and words


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, Shown()),
        ({"weight_decay": 0.25, "lr": 0.01}, Shown()),
        ({"weight_decay": 0.0}, Shown(sliders=FREE)),
        ({"weight_decay": 2.5}, Shown(123, FREE)),
        (SMALL, Shown(3, FREE)),
        ({"n_train": 1}, Shown(9, FREE)),
    ],
    ids=str,
)
def test_a_link_says_the_state_and_nothing_twice(values: dict[str, Any], shown: Shown) -> None:
    settings = settings_of(values)
    link = FORM.query(Asked(settings, shown))
    read, complaints = FORM.read(parse_qsl(link))
    assert not complaints
    assert read.settings == settings
    assert FORM.query(read) == link


def test_where_weight_decay_follows_the_link_names_the_steps_alone() -> None:
    base = settings_of({})
    now = states(base, Shown())
    k = next(k for k in now.by_steps if now.match[k] == "weight_decay")
    lam, t = float(now.weight_decay[k]), int(now.steps[k])
    settings = replace(base, run=replace(base.run, weight_decay=lam))
    asked = Asked(settings, Shown(t))
    assert FORM.query(asked) == f"steps={t}"
    state: dict[Any, Any] = {}
    assert FORM.take([("steps", str(t))], state) == []
    assert FORM.chosen(state) == asked
    assert states(settings, Shown(t)).steps[states(settings, Shown(t)).chosen] == t


def test_a_link_is_read_without_a_decomposition() -> None:
    """It takes seconds: who opens the page waits for it, and no route that reads links."""
    with patch.object(matching, "decompose", side_effect=AssertionError):
        asked, complaints = FORM.read([("steps", "201"), ("seed", "4711")])
        assert complaints == []
        assert FORM.query(asked) == "seed=4711&steps=201"
    state: dict[Any, Any] = {}
    FORM.take([("steps", "201"), ("seed", "4711")], state)
    settings = FORM.chosen(state).settings
    best = matches(settings.data, settings.run.lr)
    assert settings.run.weight_decay == best.weight_decay_for(201)
    assert FORM.query(FORM.chosen(state)) == "seed=4711&steps=201"


def test_a_weight_decay_that_cannot_be_is_the_default_and_steps_follow_from_it() -> None:
    asked, complaints = FORM.read([("steps", "200"), ("weight_decay", "nonsense")])
    default = settings_of({}).run.weight_decay
    assert asked.settings.run.weight_decay == default
    assert asked.shown.steps == 0
    assert complaints[0].endswith(f"{default:g} is used instead.")
    assert "t follows from λ" in complaints[1]


def test_shares_in_words_never_claim_all_or_nothing() -> None:
    assert words.share(0.99999) == "more than 99.9 %"
    assert words.share(1.0) == "100 %"
    assert words.share(1.0, whole=False) == "more than 99.9 %"
    assert words.share(1.25, whole=False) == "125 %"
    assert words.share(0.0) == "0 %"
    assert words.share(1e-5) == "less than 0.1 %"
    assert words.share(1.25) == "125 %"
    assert words.share(-0.5) == "−50 %"


def test_shares_that_rounding_makes_whole_are_called_alike() -> None:
    settings = settings_of({**SQUARE, "lr": 0.1, "weight_decay": 1e-4})
    payload = directions.directions(settings, Shown(2000, FREE))
    said = payload["sentences"][payload["position"]]
    assert "more than 99.9 % of the strongest" in said
    assert "100 %" not in said


def test_where_descent_diverges_the_panel_of_steps_says_why_it_is_empty() -> None:
    for lr, empty in ((1.0, True), (0.003, False)):
        layout = directions.directions(settings_of({"lr": lr}), Shown())["figure"]["layout"]
        notes = [note["text"] for note in layout["annotations"]]
        assert ("none: descent diverges at this η" in notes) == empty


@pytest.mark.parametrize(
    ("lr", "entries"),
    [(1.0, {"ridge"}), (0.11, {"ridge", "early stopping"}), (0.003, {*NAMES.values()})],
)
def test_the_legend_names_what_has_a_curve(lr: float, entries: set[str]) -> None:
    data = directions.directions(settings_of({"lr": lr, "weight_decay": 3.0}), Shown())["figure"][
        "data"
    ]
    named = {trace["name"] for trace in data if trace.get("showlegend", True)}
    assert named - {"least squares", "truth"} == entries


def test_no_tick_is_close_to_zero_in_a_small_panel() -> None:
    axis = directions.directions(settings_of({}), Shown())["figure"]["layout"]["xaxis3"]
    zero, first = axis["tickvals"][:2]
    low, high = axis["range"]
    assert axis["ticktext"][0] == "0"
    assert (first - zero) / (high - low) > 0.14


@pytest.mark.parametrize("ends", [(-6.3, 0.4), (0.4, 1.2), (-40.0, 3.0), (0.0, 9.0)])
def test_ticks_of_a_logarithmic_axis_are_a_few_and_inside(ends: tuple[float, float]) -> None:
    places, texts = zip(*ticks(*ends), strict=True)
    assert 1 < len(places) <= 9
    assert len(places) == len(texts) == len(set(texts))
    assert all(ends[0] <= place <= ends[1] for place in places)
