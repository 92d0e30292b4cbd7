"""The maps of η by λ: their runs, the order they come in, their limits, what is said of them."""

import csv
import json
from contextlib import closing
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.stats import theilslopes

from pages.map import payload as picture
from pages.map import sections
from pages.map.answer import box, neighbours, valley
from pages.map.answer import cells as answer
from pages.map.figure import maps
from pages.map.figure.axes import Frame
from pages.map.presets import PRESETS
from pages.map.question import ALL, FORM, Panel, Plan, Shown, on_train, plan_of, spaced
from pages.map.words import cells, reading
from pages.map.words import maps as words
from pages.shared import work
from pages.shared.encoding import encode
from pages.shared.numbers import plain
from pages.shared.run import Asked
from pages.shared.settings import settings_of
from pages.train.question import FORM as TRAIN
from tests.pages.opening import told, values
from wd_core import OPTIMIZERS, collect, make_dataset, train
from wd_core.arrays import Array

# Columns of one matrix are summed in another order than a lone run.
ROUNDING = 1e-9
SMALL = {"n_features": 6, "n_train": 8, "n_test": 5, "epochs": 4, "batch_size": 4}
FEW = Shown(per_decade=1, decay_from=0.1)


def small(shown: Shown = FEW, **values: Any) -> Plan:
    return plan_of(settings_of({**SMALL, **values}), shown)


def filled(plan: Plan) -> answer.Cells:
    answer.trained(plan).finish()
    return answer.cells(plan)


@pytest.mark.parametrize("scale", ["torch", "paper"])
def test_every_cell_is_the_lone_run(scale: str) -> None:
    plan = small(replace(FEW, scale=scale))
    found = filled(plan)
    assert found.complete
    for at in np.ndindex(plan.shape):
        run = plan.run(*at)
        alone = collect(train(make_dataset(plan.spec(at[3])), [run]))
        assert found.diverged_at[at] == alone.diverged_at[0]
        if alone.diverged_at[0] < 0:
            numbers = (alone.test_loss, alone.train_loss, alone.weight_norm)
            for mine, other in zip((found.test, found.train, found.norm), numbers, strict=True):
                assert mine[at] == pytest.approx(other[-1, 0], rel=ROUNDING)


def test_two_kinds_of_decay_that_are_one_rule_are_trained_once() -> None:
    torch, paper = small(), small(replace(FEW, scale="paper"))
    first = torch.panels.index(Panel("sgd", "coupled"))
    other = torch.panels.index(Panel("sgd", "decoupled"))
    assert torch.twin(other) == first
    assert paper.twin(other) == other
    assert reading.rules(torch).startswith("Under SGD the two are one rule. SGD with momentum, ")
    assert answer.Cells(paper).total * 5 == answer.Cells(torch).total * 6
    found = filled(torch)
    assert found.done == found.total
    np.testing.assert_array_equal(found.test[first], found.test[other])


def test_the_papers_decay_takes_the_same_share_at_every_learning_rate() -> None:
    plan = small(replace(FEW, scale="paper"))
    panel = plan.panels.index(Panel("adam", "decoupled"))
    shares = {
        plan.run(panel, 2, column, 0).lr * plan.run(panel, 2, column, 0).weight_decay
        for column in range(len(plan.lr))
    }
    assert np.ptp(list(shares)) <= 1e-15
    assert plan.rows(plan.panels[panel])[2] == pytest.approx(shares.pop())


def test_values_are_even_on_a_logarithmic_axis_and_short() -> None:
    values = np.array(spaced(1e-4, 1.0, 3))
    assert len(values) == 13
    assert values[[0, -1]].tolist() == [1e-4, 1.0]
    np.testing.assert_allclose(np.diff(np.log10(values)), 1 / 3, atol=0.005)
    assert all(len(f"{value:.3g}") <= 8 and float(f"{value:.3g}") == value for value in values)
    assert spaced(0.1, 0.1, 8) == (0.1,)


def test_the_middle_run_is_a_run_and_divergence_counts_as_the_worst() -> None:
    found = answer.Cells(small(replace(FEW, seeds=3)))
    found.finished[0, 0, 0] = [True, True, True]
    found.test[0, 0, 0] = [3.0, 1.0, 2.0]
    found.finished[0, 0, 1] = [True, True, True]
    found.test[0, 0, 1] = [0.1, 5.0, 5.0]
    found.diverged_at[0, 0, 1] = [4, -1, 2]
    found.finished[0, 0, 2] = [True, False, True]
    found.test[0, 0, 2] = [7.0, np.nan, 6.0]
    middle = found.middle()
    assert (middle.test[0, 0, 0], middle.seed[0, 0, 0]) == (2.0, 2)
    assert middle.diverged[0, 0].tolist()[:3] == [False, True, False]
    assert middle.lost[0, 0, 1] == 2
    assert np.isnan(middle.sound[0, 0, 1])
    assert (middle.test[0, 0, 2], middle.trained[0, 0, 2]) == (6.0, 2)
    assert np.isnan(middle.test[0, 0, 3])
    assert middle.diverged_at[0, 0, 3] == -1


@pytest.mark.parametrize(("per_decade", "seeds"), [(1, 1), (3, 2), (8, 1)])
def test_the_cells_come_from_coarse_to_fine_and_each_once(per_decade: int, seeds: int) -> None:
    plan = small(Shown(per_decade=per_decade, seeds=seeds))
    waves = list(answer.coarse_to_fine(plan))
    every = np.concatenate(waves)
    assert len(np.unique(every, axis=0)) == len(every) == answer.Cells(plan).total
    first = [wave for wave in waves if wave[0, 3] == 0]
    assert [wave[0, 3] for wave in waves] == [0] * len(first) + list(range(1, seeds))
    assert {0, 1} <= set(first[0][:, 1])  # λ = 0 and the least λ are in the coarsest
    assert all(
        np.isin((first[0][:, axis] - base).clip(0) % 8, [0]).all()
        for axis, base in ((1, 1), (2, 0))
    )
    assert all(len(a) < len(b) for a, b in pairwise(first[-2:]))


def test_coarse_cells_fill_the_finer_ones_around_them() -> None:
    known = np.zeros((1, 18, 17), dtype=bool)
    values = np.full(known.shape, np.nan)
    for row, column in ((0, 0), (0, 8), (1, 0), (1, 8), (9, 0), (9, 8), (0, 16), (1, 16), (9, 16)):
        known[0, row, column], values[0, row, column] = True, 100 * row + column
    known[0, 3, 2], values[0, 3, 2] = True, 7.0
    shown = answer.spread(values, known)[0]
    assert shown[8, 7] == 100  # of the block of (1, 0)
    assert shown[9, 7] == 900
    assert shown[0, 7] == 0  # λ = 0 is no part of a block
    assert shown[4, 3] == 7  # of the finer block of (3, 2)
    assert shown[5, 3] == 100
    assert np.isnan(answer.spread(values, np.zeros_like(known))).all()
    np.testing.assert_array_equal(answer.spread(values, known)[known], values[known])


def test_a_stopped_sweep_keeps_its_cells_and_another_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "TURN_SECONDS", 0.0)
    plan = small(Shown(per_decade=2, seeds=2), seed=41)
    with closing(answer.trained(plan).watch()) as training:
        next(batches for batches in training if batches)
    before = answer.cells(plan)
    assert 0 < before.done < before.total
    answer.trained(plan).finish()
    found = answer.cells(plan)
    assert found.complete
    kept = before.finished
    np.testing.assert_array_equal(found.test[kept], before.test[kept])
    alone = filled(small(Shown(per_decade=2, seeds=2), seed=41))
    np.testing.assert_array_equal(found.test, alone.test)


def test_no_run_is_trained_twice_however_often_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "TURN_SECONDS", 0.0)
    plan = small(Shown(per_decade=2, seeds=2), seed=42)
    while not answer.trained(plan).whole:
        before = len(answer.trained(plan).parts)
        with closing(answer.trained(plan).watch()) as training:
            for _ in training:
                if len(answer.trained(plan).parts) > before:
                    break
    places = np.concatenate([batch.places for batch in answer.trained(plan).parts])
    assert len(np.unique(places, axis=0)) == len(places) == answer.Cells(plan).total


def test_maps_of_the_same_data_share_their_cells() -> None:
    before = filled(small(Shown(per_decade=2, seeds=2), seed=43))
    plan = small(Shown(per_decade=1, decay_to=10.0, lr_to=0.1, seeds=3, scale="paper"), seed=43)
    start = answer.Cells(plan, answer.trained(plan).parts)
    both = {lr for lr in plan.lr if lr in before.plan.lr}
    assert len(both) == len(plan.lr)
    for p, panel in enumerate(plan.panels):
        shared = before.finished[before.plan.panels.index(panel)].any() and not plan.by_step(panel)
        assert start.finished[p, ..., :2].all() == shared
        assert not start.finished[p, ..., 2].any()
    found = filled(plan)
    for at in zip(*start.finished.nonzero(), strict=True):
        run = plan.run(*map(int, at))
        alone = collect(train(make_dataset(plan.spec(int(at[3]))), [run]))
        assert found.diverged_at[at] == alone.diverged_at[0]
        if found.diverged_at[at] < 0:
            assert found.test[at] == pytest.approx(alone.test_loss[-1, 0], rel=ROUNDING)


def test_a_part_of_a_map_is_whole_at_once() -> None:
    filled(small(Shown(per_decade=1), seed=44))
    part = small(Shown(per_decade=1, lr_to=0.01, decay_from=0.1), seed=44)
    assert answer.trained(part).whole
    shown = picture.maps(settings_of({**SMALL, "seed": 44}), Shown(per_decade=1, lr_to=0.01))
    assert shown["stream"] is None


def test_other_data_and_settings_share_nothing() -> None:
    filled(small(FEW, seed=45))
    for other in ({"seed": 46}, {"seed": 45, "epochs": 5}, {"seed": 45, "n_features": 7}):
        assert not answer.trained(small(FEW, **other)).parts


def test_before_a_map_is_trained_it_shows_the_nearest_cells_of_the_one_before() -> None:
    settings = settings_of({**SMALL, "seed": 47})
    before = filled(plan_of(settings, Shown(per_decade=2))).middle()
    shown = Shown(per_decade=2, lr_to=0.3)
    plan = plan_of(settings, shown)
    known = np.zeros(plan.shape[:3], dtype=bool)
    nothing = np.full(known.shape, np.nan)
    losses, lost, filled_in = neighbours.filled(plan, nothing, nothing, known)
    assert filled_in.all()
    assert not known.any()
    grid = np.array(plan_of(settings, Shown(per_decade=2)).lr)
    columns = [int(np.abs(np.log(grid / lr)).argmin()) for lr in plan.lr]
    np.testing.assert_array_equal(losses, before.sound[:, :, columns])
    np.testing.assert_array_equal(lost, before.diverged[:, :, columns])
    opening = picture.maps(settings, shown)
    assert opening["sentence"] == words.coming(nearby=True)
    assert "at_once" not in str(opening["stream"])  # who moves on asks for nothing more


def test_maps_that_nobody_has_trained_cost_the_next_one_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[Plan]()

    def noted(plan: Plan) -> float:
        asked.append(plan)
        return 1.0

    monkeypatch.setattr(answer, "expected", noted)
    plans = [small(Shown(per_decade=1, lr_to=lr), seed=48) for lr in (0.02, 0.05, 0.1, 0.2)]
    for plan in plans:
        assert not answer.trained(plan).parts
    assert asked == plans  # each once, when it was new
    known = np.zeros(plans[0].shape[:3], dtype=bool)
    nothing = np.full(known.shape, np.nan)
    assert not neighbours.filled(plans[0], nothing, nothing, known)[2].any()
    assert asked == plans
    assert [answer.middle_so_far(plan) for plan in plans] == [None] * len(plans)


def test_cells_beyond_the_map_before_and_its_zero_are_near_to_none() -> None:
    assert neighbours.nearest((0.0, 0.1, 1.0, 100.0), (0.0, 0.1, 1.0, 10.0)).tolist() == [
        0,
        1,
        2,
        -1,
    ]
    assert neighbours.nearest((0.0, 0.4), (0.1, 1.0, 10.0)).tolist() == [-1, 1]
    assert neighbours.nearest((0.1, 0.2), (0.1,)).tolist() == [0, -1]


def test_a_map_that_is_too_much_says_so_and_what_to_do() -> None:
    why = answer.too_much(small(Shown(per_decade=8, seeds=25), epochs=20_000, n_features=200))
    assert why is not None
    assert "minutes" in why
    assert "Choose fewer" in why
    wide = answer.too_much(small(FEW, n_features=10_000, n_train=2000, batch_size=2000, epochs=1))
    assert wide is not None
    assert "million numbers" in wide
    assert answer.too_much(plan_of(settings_of({}), Shown())) is None


@pytest.mark.parametrize("slope", [-1.0, 0.0, 0.6])
def test_the_line_of_a_made_valley_has_its_slope(slope: float) -> None:
    lr, lam = np.geomspace(1e-4, 1, 13), np.array([0, *np.geomspace(1e-3, 1e3, 25)])
    with np.errstate(divide="ignore"):
        away = np.log10(lam)[:, None] - slope * (np.log10(lr) + 2)
    losses = np.where(
        away < 0, 10.0 ** np.minimum(2, -2 * away), 1 + 0.01 * np.maximum(away, 0) ** 2
    )
    found = valley.valley(lr, lam, losses)
    assert found is not None
    assert found.crossing.straight
    assert found.crossing.slope == pytest.approx(slope, abs=0.03)  # a third of a decade a cell
    losses[:, -1] = np.nan  # a column that diverges is left out
    assert len(valley.valley(lr, lam, losses).crossing.lr) < len(found.crossing.lr) + 1


def test_the_slope_is_that_of_theil_and_sen() -> None:
    rng = np.random.default_rng(1)
    lr = np.geomspace(1e-3, 1, 9)
    lam = lr**-0.7 * 10 ** rng.normal(0, 0.2, 9)
    found = valley.line(list(zip(lr.tolist(), lam.tolist(), strict=True)), 1.0)
    assert found.slope == pytest.approx(theilslopes(np.log10(lam), np.log10(lr)).slope)
    assert np.isnan(valley.line([(1.0, 1.0), (2.0, 1.0)], 1.0).slope)


def test_a_bent_line_is_not_called_straight() -> None:
    lr = np.geomspace(1e-3, 1, 9)
    bent = np.abs(np.log10(lr) + 1.5)
    points = list(zip(lr.tolist(), (10**bent).tolist(), strict=True))
    assert not valley.line(points, 0.3).straight


def test_a_best_weight_decay_is_one_inside_its_range() -> None:
    lr, lam = np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 2.0, 3.0])
    losses = np.array([[2, 1, 1, 2.0], [1, 2, 1, np.nan], [2, 3, 1, 1.5]])
    assert valley.bottom(lr, lam, losses).lr.tolist() == [0.1]
    assert valley.bottom(lr, lam, losses).weight_decay.tolist() == [2.0]


def test_nothing_is_said_where_everything_diverged_or_nothing_matters() -> None:
    lr, lam = np.array([0.1, 0.2, 0.3]), np.array([0.0, 1.0, 2.0])
    assert valley.valley(lr, lam, np.full((3, 3), np.nan)) is None
    flat = valley.valley(lr, lam, np.full((3, 3), 2.0))
    assert flat is not None
    assert len(flat.crossing.lr) == 0


def test_the_papers_claim_holds_on_the_books_problem() -> None:
    """PRESETS P5: slope −1 over λ, 0 over the paper's λ′, measured on a grid of our own."""
    settings = settings_of({})
    for scale, expected in (("torch", -1.0), ("paper", 0.0)):
        shown = Shown(optimizers="sgd", scale=scale)
        plan = plan_of(settings, shown)
        valleys = picture.valleys_of(plan, filled(plan).middle())
        coupled, decoupled = (found.crossing.slope for found in valleys if found)
        assert coupled == pytest.approx(-1, abs=0.02)
        assert decoupled == pytest.approx(expected, abs=0.02)


# Rules that step by a sign or divide by the gradients' size walk around their end in steps of η;
# averages of squares remember a thousand of the four thousand steps.
WALK = 8 * box.LR


def test_each_rule_arrives_at_the_exact_point_that_is_said_of_it() -> None:
    found = box.arrivals(tuple(OPTIMIZERS))
    panels = [one.panel for one in found]
    assert panels == [
        Panel(name, decay)
        for name, rule in OPTIMIZERS.items()
        for decay in (("coupled",) if rule.one_decay else ("coupled", "decoupled"))
    ]
    for one in found:
        assert one.exact is not None
        linear = OPTIMIZERS[one.panel.optimizer].linear
        assert one.away == pytest.approx(0, abs=1e-6 if linear else WALK), one.panel
    ends = {one.panel: one for one in found}
    # PRESETS P5c: ridge (h w̃/(h + λ)) for coupled decay, a box for decoupled Adam
    np.testing.assert_allclose(ends[Panel("adam", "coupled")].exact, [1, -0.4 / 3], atol=1e-12)
    np.testing.assert_allclose(ends[Panel("adam", "decoupled")].exact, [0.5, -0.2])
    weaker = ends[Panel("momentum", "decoupled")].exact  # λ(1 − μ) = 0.2
    np.testing.assert_allclose(weaker, [3 / 1.2, -0.8 / 4.2], atol=1e-12)


SETTING = Shown("adam", "paper", 2, 5, 0.001, 0.3, 0.1, 30.0)


@pytest.mark.parametrize("shown", [Shown(), SETTING])
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"optimizer": "adam", "decay": "decoupled", "lr": 0.0215, "weight_decay": 2.15},
        {"n_features": 20, "momentum": 0.5, "seed": 3},
        {"optimizer": "momentum", "momentum": 0.5},
    ],
)
def test_a_link_is_the_maps_and_the_run(shown: Shown, values: dict[str, Any]) -> None:
    settings = settings_of(values)
    link, said = FORM.read(parse_qsl(FORM.query(Asked(settings, shown))))
    assert (link.shown, said) == (shown, [])
    assert plan_of(link.settings, shown).cell_of(link.settings.run) == plan_of(
        settings, shown
    ).cell_of(settings.run)
    if shown.optimizers == ALL or "momentum" not in values or settings.run.optimizer != "sgd":
        assert link.settings == settings
    assert FORM.query(Asked(settings_of({}), Shown())) == ""


def test_nonsense_in_a_link_is_named() -> None:
    pairs = [("optimizers", "tiger"), ("per_decade", "99"), ("lr_from", "0.5"), ("lr_to", "0.1")]
    asked, said = FORM.read([*pairs, ("lr", "x")])
    assert asked == Asked(settings_of({}), Shown())
    assert len(said) == 4
    assert "end before they begin" in said[-1]


def test_the_stream_does_not_depend_on_the_chosen_run() -> None:
    some = settings_of({"seed": 5, "momentum": 0.8})
    other = settings_of({"seed": 5, "momentum": 0.8, "optimizer": "adam", "lr": 0.5})
    assert picture.swept_query(some, FEW) == picture.swept_query(other, FEW)
    asked, _ = FORM.read(parse_qsl(picture.swept_query(other, FEW)))
    assert plan_of(asked.settings, asked.shown) == plan_of(some, FEW)


def test_a_cell_opens_as_its_run_on_train() -> None:
    plan = small()
    found = filled(plan)
    middle = found.middle()
    for at in [(1, 2, 1), (5, 1, 0), (2, 0, 3)]:
        seed = int(middle.seed[at])
        settings = replace(settings_of(SMALL), data=plan.spec(seed), run=plan.run(*at, seed))
        link = on_train(settings)
        assert link is not None
        assert link.page == "train"
        asked, complaints = TRAIN.read(parse_qsl(link.query))
        assert complaints == []
        there = collect(train(make_dataset(asked.settings.data), [asked.settings.run]))
        assert there.test_loss[-1, 0] == pytest.approx(middle.test[at], rel=ROUNDING)


def test_what_train_cannot_say_has_no_link() -> None:
    plan = small(replace(FEW, scale="paper"))
    panel = plan.panels.index(Panel("adam", "decoupled"))
    settings = replace(settings_of(SMALL), run=plan.run(panel, len(plan.strength) - 1, 0, 0))
    assert on_train(settings) is None


def test_a_point_of_a_panel_is_its_cell() -> None:
    frame = Frame("", np.geomspace(1e-3, 1, 4), np.array([0, *np.geomspace(0.1, 10, 3)]), False)
    for row, lam in enumerate(frame.strength):
        for column, lr in enumerate(frame.lr):
            assert frame.cell_at(np.log10(lr), float(frame.height(lam))) == (row, column)
    low, zero_top, bottom, *_ = frame.y_edges
    assert low < zero_top < bottom
    assert frame.cell_at(-1, (zero_top + bottom) / 2) is None
    assert frame.cell_at(5, 0) is None
    assert frame.cell_at(-1, 9) is None


def payload_of(shown: Shown, **values: Any) -> dict[str, Any]:
    settings = settings_of({**SMALL, **values})
    events = told(picture.stream(settings, shown))
    assert events[-1][0] == "done"
    payload = picture.maps(settings, shown)
    assert payload["stream"] is None
    return dict(json.loads(encode(payload)))


@pytest.mark.parametrize(
    "shown", [FEW, replace(FEW, scale="paper"), Shown("adam", per_decade=1), Shown("nesterov")]
)
def test_the_figure_is_one_that_plotly_takes(shown: Shown) -> None:
    payload = payload_of(shown)
    figure = go.Figure(payload["figure"])
    heats = [trace for trace in figure.data if trace.type == "heatmap"]
    assert len(heats) == 2 * len(shown.trained)
    assert sum(bool(trace.showscale) for trace in heats) == 1
    assert len({(t.zmin, t.zmax) for t in heats}) == 1  # one scale for all
    assert {t.xaxis for t in heats} == {"x", *(f"x{i}" for i in range(2, len(heats) + 1))}
    names = [trace.name for trace in figure.data if trace.showlegend]
    assert len(names) == len(set(names))
    assert {"diverges", "best cell"} <= set(names)


def test_hover_says_the_cells_numbers() -> None:
    plan = small()
    payload = payload_of(FEW)
    heat = next(trace for trace in payload["figure"]["data"] if trace["type"] == "heatmap")
    middle = answer.cells(plan).middle()
    assert all(text == maps.BETWEEN for text in heat["text"][1])
    text = heat["text"][2][1]  # after λ = 0 and the gap
    run = plan.run(0, 1, 1, 0)
    assert text.startswith(f"η = {run.lr:g}, λ = {run.weight_decay:g}")
    assert f"test loss {plain(float(middle.test[0, 1, 1]))}" in text
    lost = np.argwhere(middle.diverged[0])[0]
    assert "diverged at epoch" in cells.hover(plan, middle, 0)[lost[0]][lost[1]]


def test_the_stream_counts_its_runs_and_ends_with_the_whole_picture() -> None:
    settings = settings_of({**SMALL, "seed": 11})
    opening = picture.maps(settings, FEW)
    address = f"/api/map/stream?{picture.swept_query(settings, FEW)}"
    assert opening["stream"] == address  # who has just come does not wait: the chart sees to it
    assert opening["unit"] == "run"
    events = told(picture.stream(settings, FEW))
    assert [name for name, _ in events[-2:]] == ["picture", "done"]
    assert events[0][0] == "picture"
    counts = [body["epoch"] for name, body in events if name == "rows"]
    assert counts == sorted(counts)
    assert events[-2][1]["series"]["epoch"] == [opening["total"]]
    assert "cells diverged" in events[-2][1]["sentence"]
    assert "layout" not in events[-2][1]["figure"]  # what the hand has chosen stays


def middle_of(plan: Plan, losses: Array) -> answer.Middle:
    """That of maps whose every seed ends with these losses; NaN where they diverge."""
    found = answer.Cells(plan)
    found.test[:], found.finished[:] = losses[..., None], True
    found.diverged_at[:] = np.where(np.isnan(found.test), 7, -1)
    return found.middle()


def said(plan: Plan, losses: Array) -> str:
    middle = middle_of(plan, losses)
    return words.summary(plan, middle, picture.valleys_of(plan, middle), 0.5)


def table_of(plan: Plan, losses: Array) -> list[dict[str, str]]:
    middle = middle_of(plan, losses)
    return words.table(plan, middle, picture.valleys_of(plan, middle))


def test_the_table_holds_what_each_map_shows() -> None:
    plan = small(Shown("adam", per_decade=3))
    lr, lam = np.array(plan.lr), np.array(plan.strength)
    with np.errstate(divide="ignore"):
        away = np.log10(lam)[:, None] + np.log10(lr) + 2  # 0 where ηλ = 0.01
    falling = np.where(away < 0, 10.0 ** np.minimum(2, -2 * away), 1 + away**2)
    falling[13, 6] = 0.9  # λ = 100, η = 0.01
    alike = np.full_like(falling, 3.0)
    alike[:, -1] = np.nan
    coupled, decoupled = table_of(plan, np.array([falling, alike]))
    assert coupled["best cell of"] == "Adam, coupled"
    assert (coupled["loss"], coupled["at η"], coupled["at λ"]) == ("0.9", "0.01", "100 (end)")
    assert coupled["half the work, slope"].startswith("−1 (")
    assert coupled["best λ, slope"].startswith("−1 (")
    assert coupled["diverged"] == f"0 of {alike.size}"
    assert decoupled == {
        "best cell of": "Adam, decoupled (AdamW)",
        "loss": "3",
        "at η": "any",
        "at λ": "any",
        "best λ, slope": "none",
        "half the work, slope": "none",
        "diverged": f"{len(lam)} of {alike.size}",
    }


def test_half_the_work_is_counted_from_no_decay_at_each_learning_rate() -> None:
    lr, lam = np.geomspace(1e-3, 1, 4), np.array([0.0, 0.01, 0.1, 1.0, 10.0])
    bare = np.array([4.0, 16.0, 64.0, 1.2])
    losses = np.array([bare, [4, 16, 1, 1], [4, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]], float)
    found = valley.valley(lr, lam, losses)
    assert found is not None
    # from 4 to 1 between λ = 0.1 and 1, from 16 to 1 between 0.01 and 0.1: half-way in both logs
    assert found.crossing.lr == pytest.approx(lr[:2])
    assert found.crossing.weight_decay == pytest.approx([10**-0.5, 10**-1.5])
    assert found.below == 1  # 64 is down to 1 at the smallest λ > 0; 1.2 has no work to do
    with_none = losses.copy()
    with_none[1:, 1] = 16.0
    assert valley.valley(lr, lam, with_none).crossing.lr == pytest.approx(lr[:1])  # type: ignore[union-attr]


def test_where_lambda_matters_less_decay_is_needed_the_larger_the_learning_rate() -> None:
    preset = next(p for p in PRESETS if p.name.startswith("λ matters"))
    plan = plan_of(preset.question.settings, replace(preset.question.shown, optimizers="adam"))
    middle = filled(plan).middle()
    coupled = picture.valleys_of(plan, middle)[0]
    assert coupled is not None
    line = coupled.crossing
    assert len(line.lr) >= 5
    assert (np.diff(line.weight_decay[:5]) < 0).all()
    assert coupled.below >= 5
    cell = words.table(plan, middle, picture.valleys_of(plan, middle))[0]["half the work, slope"]
    assert f"{coupled.below} below" in cell


def test_losses_that_are_all_alike_have_no_best() -> None:
    plan = small(Shown(per_decade=1))
    nothing = np.zeros((6, len(plan.strength), len(plan.lr)))
    text = said(plan, nothing)
    assert text.startswith("Every cell that has not diverged ends with a test loss of 0, up to ")
    assert "Losses that are 0 up to rounding have the lightest colour" in text
    assert "green line" not in text
    assert "lightest" not in said(plan, nothing + 1)
    assert "ends with the same test loss, 1: neither" in said(plan, nothing + 1)
    rows = table_of(plan, nothing)
    assert {(row["at η"], row["at λ"], row["best λ, slope"]) for row in rows} == {
        ("any", "any", "none")
    }
    by_column = nothing + np.arange(len(plan.lr)) + 1
    assert {(row["at η"], row["at λ"]) for row in table_of(plan, by_column)} == {
        ("1.00×10⁻⁴ (end)", "any")
    }
    lone = nothing + np.nan
    lone[:, 2, 1] = 3.0  # one cell is left, whose λ and η are the only ones
    assert {(row["at η"], row["at λ"]) for row in table_of(plan, lone)} == {("0.001", "0.1")}
    lost = said(plan, nothing + np.nan)
    assert lost.startswith("Every run diverged")


def test_losses_that_are_rounding_are_no_better_than_each_other() -> None:
    plan = small(Shown("adam", per_decade=1, seeds=1))
    rounding = picture.rounding(plan)
    assert 0 < rounding < 1e-20
    losses = np.ones((2, len(plan.strength), len(plan.lr)))
    losses[0, 0] = rounding * np.array([1e-6, 1e-3, 0.5, 1, 2])
    losses[1, 0] = 0.0
    text = said(plan, losses)
    assert "Both kinds of decay reach about the same loss under Adam" in text
    assert "Losses that are 0 up to rounding have the lightest colour" in text
    row = table_of(plan, losses)[0]
    assert (row["loss"], row["at η"], row["at λ"]) == ("0 up to rounding", "several", "0")


def test_a_map_of_zeros_is_coloured() -> None:
    payload = payload_of(FEW, noise=0.0, true_weight=0.0, init_std=0.0, true_bias=0.0)
    heats = [t for t in payload["figure"]["data"] if t["type"] == "heatmap"]
    for heat in heats:
        assert (values(heat["z"])[0] == heat["zmin"]).all()
    stars = [t for t in payload["figure"]["data"] if t.get("name") == "best cell"]
    assert all(star["x"] == [] for star in stars)


def test_a_short_last_batch_makes_two_rules_of_the_two_kinds() -> None:
    plan = small(batch_size=3)  # 8 rows: the last batch has 2 of 3
    other = plan.panels.index(Panel("sgd", "decoupled"))
    assert plan.twin(other) == other
    assert "two are one" not in said(plan, np.ones((6, len(plan.strength), len(plan.lr))))
    rules = reading.rules(plan)
    assert "Under SGD they differ in the last batch of an epoch alone: its 2 of 3 rows" in rules
    found = filled(plan)
    first = plan.panels.index(Panel("sgd", "coupled"))
    cell = (3, 1, 0)  # λ = 10, η = 0.001
    for panel in (first, other):
        run = plan.run(panel, *cell)
        alone = collect(train(make_dataset(plan.spec(0)), [run])).test_loss[-1, 0]
        assert found.test[panel, *cell] == pytest.approx(alone, rel=ROUNDING)
    assert found.test[first, *cell] != pytest.approx(found.test[other, *cell], rel=1e-6)


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [
        ((0.0017, 0.0042), [0.002, 0.0025, 0.003, 0.0035, 0.004]),
        ((0.0016, 0.021), [0.002, 0.005, 0.01, 0.02]),
        ((0.009, 95.0), [0.01, 0.1, 1, 10]),
        ((1.0, 1.05), [1.0, 1.01, 1.02, 1.03, 1.04, 1.05]),
    ],
)
def test_the_colours_are_ticked_at_round_numbers(
    ends: tuple[float, float], ticks: list[float]
) -> None:
    found = maps.round_numbers(*np.log10(ends).tolist())
    assert found == pytest.approx(ticks) or set(found) <= set(ticks)
    assert 2 <= len(found) <= 7
    assert all(ends[0] * (1 - 1e-6) <= x <= ends[1] * (1 + 1e-6) for x in found)
    assert all(float(f"{x:.2g}") == x or float(f"{x:.3g}") == x for x in found)


def test_the_answer_follows_the_numbers() -> None:
    plan = small(Shown("adam", per_decade=3))
    lr, lam = np.array(plan.lr), np.array(plan.strength)
    with np.errstate(divide="ignore"):
        product = np.log10(lam)[:, None] + np.log10(lr)
        alone = np.log10(lam)[:, None] + 0 * lr
    falling, level = (10.0 ** np.clip(-away - 1, -1, 2) for away in (product, alone))
    text = said(plan, np.array([falling, 2 * level]))
    assert "On 1 of the 2 maps over λ the green line falls as 1/η" in text
    assert "Coupled decay gets lower here under Adam" in text
    text = said(plan, np.array([falling, falling]))
    assert "On both maps over λ the green line falls as 1/η" in text
    text = said(plan, np.array([level, level]))
    assert "On no map over λ does the green line fall as 1/η" in text
    assert "Both kinds of decay reach about the same loss under Adam" in text
    assert f"0 of {2 * lam.size * lr.size} cells diverged" in text
    assert "Predicting the mean has 0.5." in text
    assert "gets lower" not in said(plan, np.array([falling, 0.9 * level]))


def test_a_kind_is_called_lower_only_beyond_the_spread_over_the_seeds() -> None:
    plan = small(Shown("adam", per_decade=1, seeds=3))
    found = answer.Cells(plan)
    found.finished[:] = True
    found.test[0], found.test[1] = 1.0, 2.0
    for spread, lower in ((1.9, True), (2.1, False)):
        found.test[1, ..., 2] = 2.0 * spread
        middle = found.middle()
        assert middle.spread[1] == pytest.approx(spread)
        text = words.summary(plan, middle, picture.valleys_of(plan, middle), 0.5)
        assert ("Coupled decay gets lower" in text) == lower
        assert ("the two best losses, 1 and 2, differ by less than the seeds do" in text) != lower
        assert "about the same" not in text
    found.test[1] = 1.1  # nearly as low: about the same, however far the seeds lie apart
    found.test[1, ..., 2] = 9.0
    middle = found.middle()
    text = words.summary(plan, middle, picture.valleys_of(plan, middle), 0.5)
    assert "Both kinds of decay reach about the same loss" in text


def test_one_rule_in_two_panels_is_counted_once() -> None:
    plan = small(Shown(per_decade=3))
    found = answer.Cells(plan)
    found.finished[:] = True
    product = np.log10(np.maximum(plan.strength, 1e-9))[:, None] + np.log10(plan.lr)
    found.test[:] = (10.0 ** np.clip(-product - 1, -1, 2))[..., None]
    found.diverged_at[[0, 3], -1, -1] = 1  # SGD, coupled and decoupled
    middle = found.middle()
    text = words.summary(plan, middle, picture.valleys_of(plan, middle), 0.5)
    assert "On all 5 maps over λ the green line falls" in text
    assert "The two maps of SGD show the same runs and count as one" in text
    assert f"1 of {5 * product.size} cells diverged" in text


def test_predicting_the_mean_is_measured_in_the_middle_of_the_seeds() -> None:
    plan = small()
    data = [make_dataset(plan.spec(seed)) for seed in range(plan.seeds)]
    losses = [np.mean((d.y_test - np.mean(d.y_train)) ** 2) / 2 for d in data]
    assert picture.predicting_the_mean(plan) == pytest.approx(np.median(losses))
    assert len({round(float(x), 9) for x in losses}) == plan.seeds


def test_the_table_holds_every_run() -> None:
    plan = small()
    found = filled(plan)
    rows = list(csv.DictReader(StringIO(sections.table(found))))
    assert len(rows) == np.prod(plan.shape)
    row = next(r for r in rows if r["optimizer"] == "adam" and r["diverged_at"] == "")
    panel = plan.panels.index(Panel("adam", row["decay"]))  # type: ignore[arg-type]
    column = plan.lr.index(float(row["lr"]))
    place = plan.strength.index(float(row["weight_decay"]))
    assert float(row["test_loss"]) == found.test[panel, place, column, int(row["seed"])]
    lost = next(r for r in rows if r["diverged_at"])
    assert lost["test_loss"] == ""


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_ready_soon_and_in_range(preset: Any) -> None:
    plan = plan_of(preset.question.settings, preset.question.shown)
    assert answer.too_much(plan) is None
    assert FORM.read(parse_qsl(preset.link.query)) == (preset.question, [])
    assert preset.values.keys() <= FORM.settings.keys()
