"""Where descent stops converging on the maps: the limits, their lines, and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest

from pages.map import payload as picture
from pages.map.answer import limits
from pages.map.figure import maps
from pages.map.question import Panel, Shown
from pages.map.words import legend, reading
from tests.descent import largest_stable_lr
from tests.pages.test_map import FEW, filled, payload_of, small
from wd_core import OPTIMIZERS, largest_curvature, make_dataset, max_stable_lr
from wd_core.linear.cycles import cycle_limit
from wd_core.training import batch_order


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("scale", ["torch", "paper"])
def test_full_batches_diverge_beyond_the_limit_and_only_there(optimizer: str, scale: str) -> None:
    shown = Shown(optimizers=optimizer, scale=scale, per_decade=6, seeds=1, lr_from=0.03)
    plan = small(shown, batch_size=8, epochs=2000, init_std=1.0)
    middle = filled(plan).middle()
    for index, panel in enumerate(plan.panels):
        edge = limits.full_batch(plan, index)
        assert edge is not None
        rows = np.array(plan.rows(panel))
        diverged = middle.diverged[index]
        assert diverged.any()
        assert not diverged.all()
        for row, lam in enumerate(rows):
            for column, lr in enumerate(plan.lr):
                run = plan.run(index, row, column, 0)
                limit = max_stable_lr(make_dataset(plan.spec(0)).X_train, run)
                if abs(np.log(lr / limit)) > 0.05:  # 2000 steps tell what is 5 % off
                    assert diverged[row, column] == (lr > limit), (panel, lr, lam, limit)


LINEAR = [name for name, rule in OPTIMIZERS.items() if rule.linear]
# A search that is halved to a share of 2e-5, and half a cell of the drawn line on log axes.
SEARCHED, BETWEEN_POINTS = 1e-4, 0.02


@pytest.mark.parametrize("optimizer", LINEAR)
def test_the_drawn_limits_are_where_repeated_batches_begin_to_grow(optimizer: str) -> None:
    plan = small(Shown(optimizers=optimizer, seeds=1), batch_size=3, n_features=3)
    X = make_dataset(plan.spec(0)).X_train
    order = next(batch_order(plan.spec(0).seed, len(X), 1))
    batches = [order[i : i + 3] for i in range(0, len(X), 3)]
    for index in range(2):
        edges = limits.edges(plan, index)
        assert edges.full is not None
        assert edges.cycle is not None
        assert edges.alone is None
        run = replace(plan.run(index, 0, 0, 0), weight_decay=0.0)
        cycle = largest_stable_lr(X, run, batches)
        assert edges.cycle.bare == pytest.approx(cycle, rel=SEARCHED)
        whole = replace(run, weight_decay=3.0, batch_size=8)
        full = largest_stable_lr(X, whole, [order])
        drawn = np.interp(3.0, limits.STRENGTHS, edges.full.lr)
        assert drawn == pytest.approx(full, rel=BETWEEN_POINTS)


def test_on_the_papers_scale_a_limit_lies_at_its_share_a_step() -> None:
    plans = [small(Shown(optimizers="momentum", scale=scale)) for scale in ("torch", "paper")]
    torch, paper = (limits.full_batch(plan, 1) for plan in plans)
    assert torch is not None
    assert paper is not None
    assert paper.weight_decay == pytest.approx(torch.lr * torch.weight_decay)
    assert (paper.bare, paper.lr.tolist()) == (torch.bare, torch.lr.tolist())


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
def test_the_limit_of_batches_is_that_of_the_engine_where_it_is_looked_for(decay: str) -> None:
    """`cycle_limit` is held against runs in its own tests."""
    plan = small(Shown(optimizers="momentum", seeds=3), batch_size=3)
    index = plan.panels.index(Panel("momentum", decay))  # type: ignore[arg-type]
    edge = limits.batches(plan, index)
    assert edge is not None
    data = [make_dataset(plan.spec(seed)) for seed in range(3)]
    h = np.median([largest_curvature(one.X_train) for one in data])
    for share in limits.SHARES:
        runs = [replace(plan.run(index, 0, 0, k), weight_decay=float(share * h)) for k in range(3)]
        limit = np.median([cycle_limit(one, run) for one, run in zip(data, runs, strict=True)])
        there = np.interp(np.log(share * h), np.log(edge.weight_decay), np.log(edge.lr))
        assert np.exp(there) == pytest.approx(limit, rel=0.1)  # the line bends at these points


def test_decay_alone_is_the_limit_where_no_other_is_known() -> None:
    for scale, level in (("torch", 2.0), ("paper", 2.0)):
        plan = small(Shown(optimizers="adam", scale=scale))
        coupled, decoupled = (limits.edges(plan, index) for index in range(2))
        assert (coupled.full, coupled.cycle, coupled.alone) == (None, None, None)
        assert decoupled.alone is not None
        assert np.isnan(decoupled.alone.bare)
        rows = decoupled.alone.weight_decay
        steps = rows if scale == "paper" else rows * decoupled.alone.lr
        assert steps == pytest.approx(level)


def test_beyond_the_limit_of_decay_alone_decoupled_adam_diverges() -> None:
    plan = small(Shown("adam", per_decade=4, seeds=1, lr_from=0.1, decay_from=3.0), epochs=3000)
    index = plan.panels.index(Panel("adam", "decoupled"))
    diverged = filled(plan).middle().diverged[index]
    product = np.outer(plan.strength, plan.lr)
    assert diverged[product > 2.1].all()
    assert not diverged[product < 1.9].any()


def test_full_batches_have_one_limit_and_large_data_a_word() -> None:
    assert limits.batches(small(Shown(optimizers="sgd"), batch_size=8), 0) is None
    plan = small(Shown(optimizers="momentum"), n_train=100, n_features=100, batch_size=10)
    assert limits.batches(plan, 0) is None
    text = reading.reading(plan, {legend.FULL}, whole=True)
    assert "would take too long for SGD with momentum" in text
    assert "Dotted" not in text


def test_the_line_of_a_limit_stands_in_the_row_of_no_decay_where_it_is_without_decay() -> None:
    plan = small(Shown(optimizers="sgd", seeds=1, decay_from=1e-3), batch_size=8)
    frame = picture.frame(plan, plan.panels[0])
    edge = limits.full_batch(plan, 0)
    assert edge is not None
    payload = payload_of(Shown(optimizers="sgd", seeds=1, decay_from=1e-3), batch_size=8)
    line = next(t for t in payload["figure"]["data"] if t.get("name") == legend.FULL)
    x, y = line["x"], line["y"]
    zero, gap, bottom = frame.y_edges[:3]
    assert y[:3] == [pytest.approx(zero), pytest.approx(gap), None]
    assert x[:2] == pytest.approx([np.log10(edge.bare)] * 2)
    assert min(y[3:]) == pytest.approx(bottom)


def test_what_is_not_drawn_is_not_spoken_of() -> None:
    for query in ({}, {"batch_size": 8}, {"noise": 0.0, "true_weight": 0.0, "init_std": 0.0}):
        for shown in (FEW, Shown("adam", per_decade=1, lr_from=1e-4, lr_to=1e-3, seeds=1)):
            payload = payload_of(shown, **query)
            drawn = maps.legend(payload["figure"])
            plan = small(shown, **query)
            text = reading.reading(plan, drawn, whole=True)
            assert all(point.startswith("- ") for point in text.splitlines())
            for name, words_of_it in (
                (legend.LOST, "Hatched"),
                (legend.CROSSING, "Green"),
                (legend.FULL, "Solid"),
                (legend.CYCLE, "Dotted"),
                (legend.ALONE, "Dash-dotted"),
                (legend.BEST, "Best cell: where it lies"),
                (legend.CONSTANT, "Dashed"),
            ):
                assert (words_of_it in text) == (name in drawn), (name, query)


def test_batches_are_said_to_fail_earlier_only_where_the_drawn_limit_is_lower() -> None:
    for values in ({"batch_size": 3}, {"batch_size": 2, "n_features": 3}, {"batch_size": 1}):
        for optimizer in ("sgd", "momentum"):
            plan = small(Shown(optimizers=optimizer, seeds=1), **values)
            text = reading.reading(plan, {legend.CYCLE}, whole=True)
            lower = True
            for index in range(2):
                edges = limits.edges(plan, index)
                assert edges.cycle is not None
                assert edges.full is not None
                inside = (edges.full.lr > 0) & (limits.STRENGTHS >= 0.01)
                inside &= limits.STRENGTHS <= 100
                lower &= edges.cycle.bare < edges.full.bare
                lower &= bool((edges.cycle.lr[inside] < edges.full.lr[inside]).all())
            assert ("fail earlier" in text) == lower
