"""η × λ, in cases of the matrix: each cell is run by the oracles, and all that is said is held."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import numpy as np
import pytest
from scipy.stats import theilslopes

from pages.map import payload as picture
from pages.map.answer import box
from pages.map.question import FORM, Shown, plan_of
from pages.shared.numbers import plain
from pages.shared.run import Asked
from pages.shared.settings import Settings
from pages.shared.words import Said
from tests.descent import Descent
from tests.matrix import cases, driver, traces
from tests.matrix.cases import Case
from tests.matrix.checks import CHECKS, numbers_are_said
from tests.matrix.driver import Visit, faults_of, hold, number, visit
from tests.matrix.recompute import Recomputed
from tests.oracles import Array, ridge
from wd_core import OPTIMIZERS

# Sums in another order; a rule that steps by signs repeats it nearly to the last digit.
CLOSE = 1e-7
KINDS = ("coupled", "decoupled")
# Cells hold numbers of three digits.
COLUMNS = [1e-3, 0.01, 0.1, 1.0]
ROWS = [0.0, 0.1, 1.0, 10.0, 100.0]
MIDDLE = 0.03  # of the η, to one digit: there λ′ = λ·MIDDLE
EPOCHS, LONGER = 5, 20


def _map_cases() -> tuple[Case, ...]:
    """Every pair of values of what this page reads, once; a run that grows for every rule."""
    rows = [c for c in cases.settling() if not c.decay_bias]
    fields = ("optimizer", "batches", "strength", "shape", "source", "decay")

    def pairs(case: Case) -> set[tuple[Any, ...]]:
        values = [(name, getattr(case, name)) for name in fields]
        return {(a, b) for i, a in enumerate(values) for b in values[i + 1 :]}

    missing, chosen = set().union(*map(pairs, rows)), []
    while missing:
        best = max(rows, key=lambda case: len(pairs(case) & missing))
        chosen.append(best)
        missing -= pairs(best)
    return (*chosen, *cases.growing()[::2])


CASES = _map_cases()


def shown_of(case: Case) -> Shown:
    """The maps of a case: one rule's or the overview, on either scale, of one seed or three."""
    k = CASES.index(case)
    return Shown(
        optimizers="all" if k % 12 == 5 else case.optimizer,
        scale=("torch", "paper")[k // 2 % 2],
        per_decade=1,
        seeds=3 if k % 7 == 3 else 1,
        lr_from=COLUMNS[0],
        decay_from=ROWS[1],
    )


def settings_of(case: Case) -> Settings:
    found = case.settings()
    epochs = LONGER if case.grows else EPOCHS
    lr = 1.0 if case.grows else 0.01
    return Settings(found.data, replace(found.run, lr=lr, epochs=epochs))


@dataclass(frozen=True)
class Cell:
    """A cell's run in the middle of its seeds, by the oracles."""

    lr: float
    weight_decay: float
    test: float
    train: float
    weight_norm: float
    epoch: int | None
    seed: int
    lost: int
    seeds: int
    spread: float  # the largest test loss of its seeds over the smallest

    @property
    def sound(self) -> float:
        """Its test loss; NaN where it diverged."""
        return math.nan if self.epoch is not None else self.test


class Maps:
    """The maps of a case worked out again."""

    def __init__(self, case: Case) -> None:
        self.case, self.shown, self.settings = case, shown_of(case), settings_of(case)
        featured = [name for name, rule in OPTIMIZERS.items() if rule.featured]
        self.names = featured if self.shown.optimizers == "all" else [self.shown.optimizers]
        self.panels = [(name, kind) for kind in KINDS for name in self.names]
        self.short = self.n % self.settings.run.batch_size

    @property
    def n(self) -> int:
        """The training examples."""
        return self.settings.data.n_train

    def by_step(self, panel: int) -> bool:
        """Whether the rows are λ′ = ηλ."""
        return self.shown.scale == "paper" and self.panels[panel][1] == "decoupled"

    def strength(self, panel: int, row: int) -> float:
        """λ or λ′ of a row."""
        return ROWS[row] * (MIDDLE if self.by_step(panel) else 1.0)

    @cached_property
    def cells(self) -> list[list[list[Cell]]]:
        """Every cell, by panel, row and column."""
        return [
            [[self._cell(p, r, lr) for lr in COLUMNS] for r in range(len(ROWS))]
            for p in range(len(self.panels))
        ]

    def _cell(self, panel: int, row: int, lr: float) -> Cell:
        name, kind = self.panels[panel]
        lam = self.strength(panel, row) / (lr if self.by_step(panel) else 1.0)
        runs = []
        for k in range(self.shown.seeds):
            seed = self.settings.data.seed + k
            run = replace(
                self.settings.run, optimizer=name, decay=kind, lr=lr, weight_decay=lam, seed=seed
            )
            data = replace(self.settings.data, seed=seed)
            runs.append(Recomputed(data, run))
        with np.errstate(all="ignore"):
            lost = [one.diverged_at for one in runs]
            tests = [math.inf if lost[k] is not None else runs[k].test for k in range(len(runs))]
            k = sorted(range(len(runs)), key=lambda k: tests[k])[(len(runs) - 1) // 2]
            one, sound = runs[k], lost[k] is None
            return Cell(
                lr=lr,
                weight_decay=lam,
                test=tests[k],
                train=one.train if sound else math.nan,
                weight_norm=one.weight_norm if sound else math.nan,
                epoch=lost[k],
                seed=one.run.seed,
                lost=sum(epoch is not None for epoch in lost),
                seeds=len(runs),
                spread=max(tests) / min(tests),
            )

    def losses(self, panel: int) -> Array:
        """The test losses of a panel, NaN where a run diverged."""
        return np.array([[cell.sound for cell in row] for row in self.cells[panel]])

    @property
    def own(self) -> list[int]:
        """The panels that are counted: two of the same runs once."""
        alike = self.shown.scale == "torch" and not self.short
        twice = [
            kind == "decoupled" and alike and OPTIMIZERS[name].one_decay
            for name, kind in self.panels
        ]
        return [p for p, again in enumerate(twice) if not again]

    def differ(self, name: str) -> bool:
        """Whether both kinds of decay of a rule are counted."""
        return sum(self.panels[p][0] == name for p in self.own) == 2

    @property
    def lost(self) -> int:
        """The cells that diverged, of the panels that are counted."""
        return sum(int(np.isnan(self.losses(p)).sum()) for p in self.own)

    def best(self, name: str) -> list[float]:
        """The best test losses of a rule with both kinds of decay, the lower first."""
        own = [p for p, panel in enumerate(self.panels) if panel[0] == name]
        return sorted(float(np.nanmin(self.losses(p))) for p in own)

    def spread_of_best(self, name: str, kind: str) -> float:
        """How far the seeds of the best cell of a map lie apart."""
        panel = self.panels.index((name, kind))
        row, column = divmod(int(np.nanargmin(self.losses(panel))), len(COLUMNS))
        return self.cells[panel][row][column].spread

    def crossing(self, panel: int) -> tuple[list[tuple[float, float]], int]:
        """η and λ where the loss, falling, is half-way from no decay to the best; and how many η
        are past it at the smallest λ."""
        losses, points, below = self.losses(panel), [], 0
        if np.isnan(losses).all() or np.nanmax(losses) <= (1 + 1e-9) * np.nanmin(losses):
            return points, below
        best = np.nanmin(losses)
        middle = np.median([x for x in losses[0] if not math.isnan(x)] or [math.nan])
        for column, lr in enumerate(COLUMNS):
            bare = losses[0, column]
            if math.isnan(bare) or bare > 10 * middle or bare < 1.5 * best:
                continue
            half = math.sqrt(bare * best)
            for row in range(1, len(ROWS)):
                if math.isnan(losses[row, column]):
                    break
                if losses[row, column] > half:
                    continue
                if row == 1:
                    below += 1
                else:
                    a, b = np.log(losses[row - 1, column]), np.log(losses[row, column])
                    share = (a - math.log(half)) / (a - b)
                    at = math.log(self.strength(panel, row - 1)) + share * math.log(10)
                    points.append((lr, math.exp(at)))
                break
        return points, below

    def bottom(self, panel: int) -> list[tuple[float, float]]:
        """The best λ > 0 of each η that has one clearly inside the map."""
        points = []
        for column, lr in enumerate(COLUMNS):
            sound = [
                (self.losses(panel)[row, column], row)
                for row in range(1, len(ROWS))
                if not math.isnan(self.losses(panel)[row, column])
            ]
            if len(sound) < 3:
                continue
            loss, row = min(sound)
            ends = sound[0][0], sound[-1][0]
            if min(ends) >= 1.05 * loss and min(ends) > loss:
                points.append((lr, self.strength(panel, row)))
        return points


def slope_of(points: list[tuple[float, float]]) -> float | None:
    """The slope of a line through most of the points; None where there is none."""
    if len(points) < 3:
        return None
    x, y = np.log10(points).T
    slope = float(theilslopes(y, x).slope)
    rest = y - slope * x
    near = np.abs(rest - np.median(rest)) <= 0.5 + 0.01  # rows are a decade high
    return slope if near.mean() >= 0.75 else None


@lru_cache(maxsize=1)
def opened(case: Case) -> tuple[Visit, Maps]:
    """The page with whole maps, shared by the tests that follow each other, and the oracles'."""
    query = parse_qsl(FORM.query(Asked(settings_of(case), shown_of(case))))
    asked, _ = FORM.read(query)
    forget = driver.forget

    def trained() -> None:
        forget()
        picture.trained(plan_of(asked.settings, asked.shown)).finish()

    with patch.object(driver, "forget", trained):
        return visit("map", dict(query), checks=()), Maps(case)


# Said of a cell, and in the table: held one by one, in their order.
CELLS, TABLE = "<br>", ("(end)", "({n_lr} η)", "only {n_lr} η", "{below} below", "λ′ = {strength}")


def in_table(text: str) -> bool:
    return text == "{lost} of {cells}" or any(part in text for part in TABLE)


def test_the_page_holds_every_check(case):
    seen, _ = opened(case)
    assert not faults_of(seen, (*CHECKS, numbers_are_said))


def test_every_cell(case):
    seen, found = opened(case)
    said = iter(seen.saying(CELLS))
    for panel in found.cells:
        for cell in (cell for row in panel for cell in row):
            values = next(said).values
            expected = {
                "lr": cell.lr,
                "weight_decay": cell.weight_decay,
                "product": cell.lr * cell.weight_decay,
            }
            if cell.epoch is None:
                expected |= {k: getattr(cell, k) for k in ("test", "train", "weight_norm")}
            else:
                expected |= {"epoch": cell.epoch}
            if cell.lost and cell.seeds > 1:
                expected |= {"lost": cell.lost, "seeds": cell.seeds}
            assert {k: number(v) for k, v in values.items()} == pytest.approx(
                expected, rel=CLOSE, abs=1e-12
            )
    assert next(said, None) is None


def test_every_colour_and_mark(case):
    seen, found = opened(case)
    (payload,) = seen.payloads
    figure = payload["figure"]
    heats = [t for t in figure["data"] if t["type"] == "heatmap"]
    assert len(heats) == len(found.panels)
    for panel, heat in enumerate(heats):
        z = np.array([[math.nan if x is None else x for x in row] for row in _rows(heat["z"])])
        z, losses = np.delete(z, 1, axis=0), found.losses(panel)
        assert (np.isnan(z) == np.isnan(losses)).all()
        floor = heat["zmin"]
        with np.errstate(divide="ignore"):
            expected = np.maximum(np.log10(losses), floor)
        np.testing.assert_allclose(z, expected, atol=1e-6, equal_nan=True)
    stars = [t for t in figure["data"] if t.get("legendgroup") == "best cell"]
    for panel, star in enumerate(stars):
        losses = found.losses(panel)
        for lr in traces.numbers(star["x"]):
            column = int(np.argmin(np.abs(np.log10(COLUMNS) - lr)))
            best = np.nanmin(losses)
            assert np.nanmin(losses[:, column]) <= (1 + 1e-6) * best


def _rows(data: Any) -> Any:
    return traces.decoded(data)


def test_every_entry_of_the_legend_is_in_its_panel(case):
    """Of the shapes, too: the line of ηλ, and the frame of the chosen run."""
    seen, _ = opened(case)
    (payload,) = seen.payloads
    layout = payload["figure"]["layout"]
    for shape in layout["shapes"]:
        if shape.get("showlegend"):
            (left, right), (low, high) = (
                layout[f"{axis[0]}axis{axis[1:]}"]["range"]
                for axis in (shape["xref"], shape["yref"])
            )
            x, y = (shape["x0"] + shape["x1"]) / 2, (shape["y0"] + shape["y1"]) / 2
            assert left - 1e-9 <= x <= right + 1e-9
            assert low - 1e-9 <= y <= high + 1e-9


def test_the_table(case):
    seen, found = opened(case)
    rows = seen.page.dataframe[0].value
    assert len(rows) == len(found.own)
    for (_, row), panel in zip(rows.iterrows(), found.own, strict=True):
        losses = found.losses(panel)
        assert row["diverged"] == f"{int(np.isnan(losses).sum())} of {losses.size}"
        name, kind = found.panels[panel]
        called = NAMED.get((name, kind), kind) if found.differ(name) else "either"
        assert row["best cell of"] == f"{OPTIMIZERS[name].label}, {called}"
        if np.isnan(losses).all():
            assert row["loss"] == "–"
            continue
        best = np.nanmin(losses)
        assert row["loss"] == plain(best)
        at = np.argwhere(losses <= (1 + 1e-9) * best)
        if row["at η"] not in ("any", "several"):
            (column,) = set(at[:, 1])
            end = " (end)" * int(column in (0, len(COLUMNS) - 1))
            assert row["at η"] == f"{plain(COLUMNS[column])}{end}"
        if row["at λ"] not in ("any", "several"):
            (place,) = set(at[:, 0])
            prefix = "λ′ = " * found.by_step(panel)
            end = " (end)" * int(place == len(ROWS) - 1)
            assert row["at λ"] == f"{prefix}{plain(found.strength(panel, place))}{end}"
        points, below = found.crossing(panel)
        assert row["best λ, slope"] == _cell_of(found.bottom(panel), 0)
        assert row["half the work, slope"] == _cell_of(points, below)


def _cell_of(points: list[tuple[float, float]], below: int) -> str:
    slope = slope_of(points)
    parts = []
    if slope is not None:
        parts.append(f"{plain(round(slope, 3))} ({len(points)} η)")
    elif points:
        parts.append(f"bent ({len(points)} η)" if len(points) > 2 else f"only {len(points)} η")
    if below:
        parts.append(f"{below} below")
    return ", ".join(parts) or "none"


def _chosen(found: Maps, _: Any) -> Cell:
    """The cell of the chosen run."""
    run = found.settings.run
    panel = found.panels.index((run.optimizer, run.decay))
    return next(
        cell
        for row in found.cells[panel]
        for cell in row
        if cell.lr == run.lr and math.isclose(cell.weight_decay, run.weight_decay)
    )


def _of_chosen(name: str) -> Any:
    return lambda found, said: getattr(_chosen(found, said), name)


def _constant(found: Maps, _: Any) -> float:
    """The test loss of predicting the mean, the middle one of the seeds."""
    data, run = found.settings.data, found.settings.run
    seeds = range(data.seed, data.seed + found.shown.seeds)
    losses = sorted(Recomputed(replace(data, seed=seed), run).constant_test for seed in seeds)
    return losses[(len(losses) - 1) // 2]


def _straight(found: Maps, by_step: bool, slope: float) -> int:
    slopes = [slope_of(found.crossing(p)[0]) for p in found.own if found.by_step(p) == by_step]
    return sum(one is not None and abs(one - slope) <= 0.15 for one in slopes)


def named(said: Said) -> str:
    """The rule that a sentence names."""
    return next(key for key, r in OPTIMIZERS.items() if r.label == said.values["optimizer"])


HALF = np.diag(np.sqrt(2 * np.array(box.CURVATURE)))
TWO_WEIGHTS = np.concatenate([HALF, -HALF])
TARGETS = TWO_WEIGHTS @ np.array(box.MINIMISER)
# How far from its end a rule may be that divides by the gradients or takes their sign.
WALK = 8 * box.LR
# What a rule needs whose steps become ever smaller.
LARGER = 0.3


def points() -> list[Array]:
    """Where a rule can end: ridge of λ, of λ(1 − μ), or the box's best point."""
    lam = box.WEIGHT_DECAY
    ridges = [ridge(TWO_WEIGHTS, TARGETS, strength)[0] for strength in (lam, lam * (1 - 0.9))]
    return [*ridges, np.clip(box.MINIMISER, -1 / lam, 1 / lam)]


@lru_cache(maxsize=32)
def walked(name: str, kind: str, lr: float) -> Array:
    """Where the oracle of a rule arrives with this kind of decay."""
    run = replace(
        cases.covering()[0].settings().run,
        optimizer=name,
        decay=kind,
        weight_decay=box.WEIGHT_DECAY,
        lr=lr,
        batch_size=4,
    )
    descent = Descent(TWO_WEIGHTS, TARGETS, run, np.zeros(2), np.zeros(1))
    for _ in range(box.STEPS):
        descent.step(np.arange(4))
    return np.array(descent.weights[:, 0])


def arrivals(found: Maps) -> list[tuple[str, str]]:
    """The rows of the table of ends."""
    featured = [name for name, rule in OPTIMIZERS.items() if rule.featured]
    return [
        (name, kind)
        for name in dict.fromkeys((*featured, *found.names))
        for kind in (("coupled",) if OPTIMIZERS[name].one_decay else ("coupled", "decoupled"))
    ]


def shown_points(seen: Visit) -> list[Array]:
    """The points of that table, where a rule ends and the exact one, row by row."""
    return [
        np.array([number(said.values["w1"]), number(said.values["w2"])])
        for said in seen.saying("({w1},\u00a0{w2})")
    ]


ORACLES = {
    **{name: _of_chosen(name) for name in ("test", "train", "weight_norm", "seed")},
    **{name: _of_chosen(name) for name in ("epoch", "lost", "seeds")},
    "lr": lambda found, said: found.settings.run.lr,
    "weight_decay": lambda found, said: found.settings.run.weight_decay,
    "product": lambda found, said: found.settings.run.lr * found.settings.run.weight_decay,
    ("cells diverged", "lost"): lambda found, said: found.lost,
    "cells": lambda found, said: len(found.own) * len(ROWS) * len(COLUMNS),
    "constant_test": _constant,
    ("with the same test loss", "test"): lambda found, said: np.nanmin(found.losses(0)),
    "best_lower": lambda found, said: found.best(named(said))[0],
    "best_other": lambda found, said: found.best(named(said))[1],
    ("On all {all_maps}", "all_maps"): lambda found, said: _straight(
        found, "λ′" in said.text, 0 if "λ′" in said.text else -1
    ),
    ("over λ the", "maps"): lambda found, said: _straight(found, False, -1),
    ("over λ the", "all_maps"): lambda found, said: sum(not found.by_step(p) for p in found.own),
    ("over λ′ the", "maps"): lambda found, said: _straight(found, True, 0),
    ("over λ′ the", "all_maps"): lambda found, said: sum(found.by_step(p) for p in found.own),
    "epochs": lambda found, said: found.settings.run.epochs,
    ("Cell: the", "seeds"): lambda found, said: found.shown.seeds,
    "batch_size": lambda found, said: found.settings.run.batch_size,
    "n_train": lambda found, said: found.n,
    "short": lambda found, said: found.short,
    "unit": lambda found, said: MIDDLE,
    # what the page counts by, as it says
    "factor": lambda found, said: 1.5,
    ("Slope: the", "share"): lambda found, said: 0.75,
    ("Two best cells", "share"): lambda found, said: 0.2,
    ("Two weights", "weight_decay"): lambda found, said: 2.0,
    ("Two weights", "lr"): lambda found, said: 0.002,
    "steps": lambda found, said: 4000,
    "strength": lambda found, said: 2.0 * (0.1 if "1 − μ" in str(said) else 1.0),
    "bound": lambda found, said: 1 / 2.0,
}


# What stands above a map of its best cell.
NOTES = ("best {loss}", "η {lr}, λ {strength}", "η {lr}, λ′ {strength}", "in {n_best} cells")
NAMED = {("adam", "decoupled"): "decoupled (AdamW)"}


def test_the_best_cell_stands_above_its_map(case):
    seen, found = opened(case)
    said = iter([one for one in seen.said if one.text in NOTES])
    for panel in range(len(found.panels)):
        losses = found.losses(panel)
        sound = losses[~np.isnan(losses)]
        if len(sound) == 0 or (len(sound) > 1 and sound.max() <= (1 + 1e-9) * sound.min()):
            continue
        best, at = next(said), next(said)
        if best.values["loss"] == "0 up to rounding":
            continue
        assert number(best.values["loss"]) == pytest.approx(sound.min(), rel=6e-3)
        cells = np.argwhere(losses <= (1 + 1e-9) * sound.min())
        if len(cells) > 1:
            assert at.values["n_best"] == len(cells)
            continue
        ((row, column),) = cells
        assert ("λ′" in at.text) == found.by_step(panel)
        assert number(at.values["lr"]) == pytest.approx(COLUMNS[column], rel=6e-3)
        assert number(at.values["strength"]) == pytest.approx(found.strength(panel, row), rel=6e-3)
    assert not list(said)


def test_every_sentence(case):
    seen, found = opened(case)
    slopes = [slope_of(found.crossing(p)[0]) for p in range(len(found.panels))]
    noted = [number(said.values["slope"]) for said in seen.saying("slope {slope}")]
    assert noted == pytest.approx([round(s, 3) for s in slopes if s is not None], abs=6e-4)
    rest = [
        said
        for said in seen.said
        if CELLS not in said.text
        and not in_table(said.text)
        and said.text not in ("slope {slope}", "({w1},\u00a0{w2})", *NOTES)
        and "distance" not in said.values
    ]
    hold(rest, ORACLES, found)


def test_where_the_rules_end(case):
    seen, found = opened(case)
    (table,) = [node.value for node in seen.page.table]
    rows, shown = arrivals(found), iter(shown_points(seen))
    assert len(table) == len(rows)
    away, own, late = [], [], {}
    for name, kind in rows:
        rule, reached = OPTIMIZERS[name], next(shown)
        if rule.decays[kind].end.shape == "neither":
            own.append(False)
            continue
        exact = next(shown)
        own.append(np.allclose(exact, points()[0]))
        end, far = reached, float(np.abs(reached - exact).max())
        if far > WALK:
            late[rule.label, kind] = far
            end = walked(name, kind, LARGER)  # with larger steps it does arrive there
        least = min(points(), key=lambda point: float(np.abs(point - end).max()))
        np.testing.assert_allclose(exact, least, atol=1e-9)
        assert np.abs(end - exact).max() <= (1e-6 if rule.linear else WALK)
        away += [far] if far <= WALK else []
        if name == "adam":
            np.testing.assert_allclose(reached, walked(name, kind, box.LR), atol=1e-9)
    assert not list(shown)
    (said,) = seen.saying("of its exact point")
    assert number(said.values["distance"]) == pytest.approx(max(away))
    assert said.text.startswith("What arrives" if late else "Each ends")
    noted = seen.saying("still on its way")
    assert len(noted) == len(late)
    for one, ((label, kind), far) in zip(noted, late.items(), strict=True):
        assert str(one).startswith(f"{label}, {kind}")
        assert number(one.values["distance"]) == pytest.approx(far)
    assert bool(seen.saying("Only those whose exact point is ridge of λ")) == (not all(own))


VERDICTS = (
    "Coupled decay gets lower here {optimizers}.",
    "Decoupled decay gets lower here {optimizers}.",
    "Both kinds of decay reach about the same loss {optimizers}.",
    "Under {optimizers} there is a map on which every run diverged.",
)
OF_ALL = "Under each optimizer both kinds of decay reach about the same loss."
UNSURE = "Under {optimizer} the two best losses, {best_lower} and {best_other}, differ by less than"


def verdicts(seen: Visit, label: str, differ: bool) -> list[bool]:
    """Which of the verdicts are said of an optimizer."""
    named = {
        said.text: f", {said.values['optimizers']},".replace(" and ", ", ").replace("under ", "")
        for said in seen.said
        if said.text in VERDICTS
    }
    if differ and any(said.text == OF_ALL for said in seen.said):
        named[VERDICTS[2]] = f", {label},"
    return [f", {label}," in named.get(text, "") for text in VERDICTS]


def test_which_kind_gets_lower(case):
    """By the best losses, as the table has them, and by how far the seeds of each lie apart."""
    seen, found = opened(case)
    text = " ".join(seen.captions)
    nothing = "makes a difference" in text or "Every run diverged" in text
    for name in found.names:
        said = verdicts(seen, OPTIMIZERS[name].label, found.differ(name))
        pair = [found.losses(found.panels.index((name, kind))) for kind in KINDS]
        if not found.differ(name) or nothing:
            assert said == [False] * 4
        elif any(np.isnan(losses).all() for losses in pair):
            assert said == [False, False, False, True]
        else:
            coupled, decoupled = (float(np.nanmin(losses)) for losses in pair)
            lower = [1.2 * coupled < decoupled, 1.2 * decoupled < coupled]
            alike = not any(lower)
            apart = max(coupled, decoupled) / min(coupled, decoupled)
            unsure = not alike and apart <= max(found.spread_of_best(name, k) for k in KINDS)
            if unsure:
                lower = [False, False]
            assert said == [*lower, alike, False]
            about = [s for s in seen.saying(UNSURE) if OPTIMIZERS[name].label in s.values.values()]
            assert len(about) == unsure


# What each entry of the legend is explained by.
EXPLAINED = {
    "diverges": "Hatched",
    "exact limit, full batch": "Solid",
    "estimated limit, batches": "Dotted",
    "limit of decay alone": "Dash-dotted",
    "halfway from no decay to the best": "Green line: ",
    "best cell": "Best cell: where it lies on the edge",
    "ηλ": "Dashed",
}


def test_what_is_drawn_is_explained_and_nothing_else(case):
    seen, _ = opened(case)
    (payload,) = seen.payloads
    parts = [*payload["figure"]["data"], *payload["figure"]["layout"]["shapes"]]
    names = {str(part["name"]).partition(" =")[0] for part in parts if part.get("showlegend")}
    (text,) = [text for text in seen.captions if text.startswith("- Cell: the")]
    for name, words in EXPLAINED.items():
        assert (words in text) == (name in names), name
    listed = " ".join(map(str, seen.page.dataframe[0].value.to_numpy().ravel()))
    assert ("Slope: the" in text) == bool(re.search(r"[\d.] \(\d+ η\)|bent", listed))


def lines(seen: Visit, name: str) -> dict[int, tuple[Array, Array]]:
    """The lines of this name by panel, η and what stands at their height, as it is drawn."""
    (payload,) = seen.payloads
    found = {}
    for trace in payload["figure"]["data"]:
        if trace.get("name") == name:
            panel = int(str(trace["xaxis"])[1:] or 1) - 1
            found[panel] = traces.numbers(trace["x"]), traces.numbers(trace["y"])
    return found


def test_a_limit_is_where_repeated_steps_begin_to_grow(case):
    """In the row of no decay, and at a λ within the map; of a rule that is linear."""
    seen, found = opened(case)
    if found.shown.seeds > 1:
        pytest.skip("the middle one of three")
    for name in ("exact limit, full batch", "estimated limit, batches"):
        drawn = lines(seen, name)
        for panel, (x, y) in drawn.items():
            rule, kind = found.panels[panel]
            run = replace(found.settings.run, optimizer=rule, decay=kind)
            exact = name.startswith("exact")
            if exact:
                run = replace(run, batch_size=found.n)
            one = Recomputed(found.settings.data, run)
            assert one.growth(lr=0.99 * 10 ** x[0], weight_decay=0.0) <= 1 + 1e-9
            assert one.growth(lr=1.01 * 10 ** x[0], weight_decay=0.0) > 1 + 1e-9
            rows = np.log10([found.strength(panel, 1), found.strength(panel, len(ROWS) - 1)])
            inside = np.flatnonzero((y > rows[0]) & (y < rows[1]) & (x > -3.2) & (x < 0.2))
            if exact and len(inside):
                at = inside[len(inside) // 2]
                lr, lam = 10 ** x[at], 10 ** y[at] / (10 ** x[at] if found.by_step(panel) else 1)
                assert one.growth(lr=0.99 * lr, weight_decay=lam) <= 1 + 1e-9
                assert one.growth(lr=1.01 * lr, weight_decay=lam) > 1 + 1e-9


def test_where_decay_alone_diverges_is_drawn(case):
    """Where each step takes a share of w, and no limit is known that is stricter."""
    seen, found = opened(case)
    drawn = lines(seen, "limit of decay alone")
    for panel, (rule, kind) in enumerate(found.panels):
        apart = kind == "decoupled" and not OPTIMIZERS[rule].linear
        top = found.strength(panel, len(ROWS) - 1)
        within = math.log10(2) < math.log10(top) + 0.5 if found.by_step(panel) else True
        assert (panel in drawn) == (apart and within)
        if panel in drawn:
            x, y = drawn[panel]
            product = y if found.by_step(panel) else x + y
            np.testing.assert_allclose(product[np.isfinite(product)], math.log10(2), atol=1e-9)


ANSWERS = {
    False: (
        -1,
        "over λ the green line falls as 1/η",
        "On no map over λ does",
        "Over λ it does not show",
    ),
    True: (0, "over λ′ the green line is level", "On no map over λ′ does", "Over λ′ it does not"),
}


def test_whether_they_pull_together(case):
    seen, found = opened(case)
    text = " ".join(seen.captions)
    nothing = "makes a difference" in text or "Every run diverged" in text
    for by_step, (slope, yes, no, unknown) in ANSWERS.items():
        said = [words in text for words in (yes, no, unknown)]
        over = [p for p in found.own if found.by_step(p) == by_step]
        if nothing or not over:
            assert said == [False] * 3
            continue
        straight = _straight(found, by_step, slope)
        near = straight > 0
        some = any(len(found.crossing(p)[0]) >= 3 for p in over)
        assert said == [near, some and not near, not some]
        whole = "On the map " if len(over) == 1 else "On both maps " if len(over) == 2 else "On all"
        (answer,) = seen.saying(yes) or [""]
        assert near == bool(answer)
        assert not near or answer.startswith(whole) == (straight == len(over))


def _named(seen: Visit, words: str) -> set[str]:
    """The maps that the sentence with these words names."""
    return {
        name
        for said in seen.saying(words)
        for name in re.split(", | and ", str(said.values.get("maps", "")))
    }


def _answers(found: Maps, by_step: bool) -> dict[bool | None, set[str]]:
    """The maps whose line goes along, those whose line does not, and those without one (None)."""
    names: dict[bool | None, set[str]] = {True: set(), False: set(), None: set()}
    for p in (p for p in found.own if found.by_step(p) == by_step):
        points, _ = found.crossing(p)
        slope, (name, kind) = slope_of(points), found.panels[p]
        along = slope is not None and abs(slope - (0 if by_step else -1)) <= 0.15
        label = OPTIMIZERS[name].label
        label = f"{kind} {label}" if found.differ(name) else label
        names[along if len(points) >= 3 else None].add(label)
    return names


def test_the_plain_verdict_names_the_maps(case):
    seen, found = opened(case)
    if "makes a difference" in seen.sentences[0] or "Every run diverged" in seen.sentences[0]:
        return
    names = _answers(found, by_step=False)
    yes, no, unknown = (names[answer] for answer in (True, False, None))
    if any(map(found.by_step, range(len(found.panels)))):
        _of_coupled_decay_alone(seen, yes, no, unknown)
        return
    every, none = seen.saying("Yes: on every map"), seen.saying("No: on no map")
    except_for = _named(seen, "Yes, except under")
    assert bool(every) == bool(yes and not no | unknown)
    assert bool(none) == bool(no and not yes | unknown)
    assert except_for in (no, set())
    assert bool(except_for) == (len(yes) > len(no) > 0 == len(unknown))
    listed = bool(yes) and not every and not except_for
    assert _named(seen, "Yes under {maps}") == (yes if listed else set())
    assert _named(seen, "Not so under {maps}") == (no if listed else set())
    assert _named(seen, "Under {maps} too few") == (unknown if listed else set())
    assert bool(seen.saying("No: where it shows")) == bool(no and unknown and not yes)


def _of_coupled_decay_alone(seen: Visit, yes: set[str], no: set[str], unknown: set[str]) -> None:
    """What is said of the maps over λ beside those over λ′."""
    half = seen.saying("Coupled decay needs about half at twice the learning rate")
    but = _named(seen, "at twice the learning rate, except under")
    most = len(yes) > len(no) and not unknown
    assert bool(half) == most
    assert but == (no if most else set())
    assert _named(seen, "needs about half the decay under") == (set() if most else yes)
    assert _named(seen, "does not need half the decay under") == (set() if yes else no)
    assert _named(seen, "too few cells show it") == unknown


def test_the_plain_verdict_names_the_maps_of_shares(case):
    seen, found = opened(case)
    if "makes a difference" in seen.sentences[0] or "Every run diverged" in seen.sentences[0]:
        return
    names = _answers(found, by_step=True)
    yes, no, unknown = (names[answer] for answer in (True, False, None))
    every = bool(seen.saying("decay needs no look at the learning rate."))
    assert every == bool(yes and not no | unknown)
    assert _named(seen, "needs no look at the learning rate under") == (set() if every else yes)
    assert _named(seen, "decay needs a look at") == no
