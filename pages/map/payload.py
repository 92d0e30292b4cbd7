"""The map page's payload: the maps as far as they are trained, and the stream of the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.map.answer import limits, neighbours
from pages.map.answer.cells import Cells, Middle, all_cells, cells, spread, too_much, trained
from pages.map.answer.cells import middle as middle_of
from pages.map.answer.valley import Valley, valley
from pages.map.figure import maps as figure
from pages.map.figure.axes import Frame
from pages.map.figure.overlays import Map
from pages.map.question import FORM, VARIED, Panel, Plan, Shown, plan_of
from pages.map.words import cells as cells_words
from pages.map.words import maps as words
from pages.map.words import plain
from pages.shared import cached
from pages.shared.language import speaking, spoken
from pages.shared.pace import pictures
from pages.shared.payload import Events, Figure, Part, Payload
from pages.shared.run import Asked, Pin
from pages.shared.settings import DEFAULTS, Settings, settings_of
from pages.shared.words import tell
from pages.shared.work import kept
from wd_core.arrays import Array

# The picture is sent anew at this pace while cells come.
PACE_SECONDS = 0.2
# Residuals of this share of the targets are rounding.
ROUNDED = 1e-13


def maps(settings: Settings, shown: Shown, pins: Sequence[Pin] = ()) -> Payload:
    """The payload for these controls: finished, or as far as it is, with the address of the rest.

    Raises ValueError where the maps are too large.
    """
    plan = plan_of(settings, shown)
    if why := too_much(plan):
        raise ValueError(why)
    found, query = cells(plan), FORM.query(Asked(settings, shown, tuple(pins)))
    swept = swept_query(settings, shown)
    now = _now(found)
    return {
        "run": f"map {swept}",
        "query": query,
        "unit": tell("run"),
        "total": found.total,
        "come": found.done,
        "stream": None if found.complete else f"/api/map/stream?{swept}",
        "work": swept,
        "resumes": True,
        "series": now["series"],
        "figure": {**now["figure"], "layout": _layout(plan, settings, shown)},
        "sentence": now["sentence"],
    }


def swept_query(settings: Settings, shown: Shown) -> str:
    """The query of what is trained: the link without the present run and the pins."""
    axes = {key: DEFAULTS[key] for key in VARIED}
    return FORM.query(Asked(settings_of(settings.values() | axes), shown))


def stream(settings: Settings, shown: Shown) -> Events:
    """The events of the training: a `picture` and its `rows` at a fixed pace, `done` at the end.

    Closing the iterator ends the training; what came so far is kept.
    """
    plan = plan_of(settings, shown)
    if why := too_much(plan):
        raise ValueError(why)
    yield from pictures(
        trained(plan),
        PACE_SECONDS,
        lambda: cells(plan),
        _now,
        lambda found: (found.done, found.total),
    )
    yield "done", {}


def _now(found: Cells) -> Part:
    """What follows from the cells that are there."""
    return _whole(found.plan, spoken()) if found.complete else _drawn(found, whole=False)


@kept
def _whole(plan: Plan, language: str) -> Part:
    """The same once all of them are there, in this language: nothing in it changes any more."""
    with speaking(language):
        return _drawn(all_cells(plan), whole=True)


def _drawn(found: Cells, *, whole: bool) -> Part:
    plan = found.plan
    middle = middle_of(plan) if whole else found.middle()
    losses, lost, known = middle.sound, middle.diverged.astype(float), middle.trained > 0
    exact = known
    if not whole:
        losses, lost, known = neighbours.filled(plan, losses, lost, known)
    losses, lost = spread(np.maximum(losses, rounding(plan)), known), spread(lost, known)
    valleys = whole_valleys(plan) if whole else valleys_of(plan, middle)
    drawn = [
        Map(
            **vars(frame(plan, panel)),
            losses=losses[i],
            diverged=lost[i] == 1,
            hover=cells_words.hover(plan, middle, i) if whole else None,
            best=_best(plan, panel, valleys[i]),
            crossing=_crossing(valleys[i] if whole else None),
            edges=limits.edges(plan, i, whole=whole),
            note=words.note(plan, panel, valleys[i]) if whole else "",
        )
        for i, panel in enumerate(plan.panels)
    ]
    return {
        "figure": {"data": figure.traces(drawn)},
        "series": {"epoch": [found.done]},
        "sentence": plain.summary(plan, middle, valleys)
        if whole
        else words.coming(nearby=bool((known & ~exact).any())),
    }


@kept
def whole_valleys(plan: Plan) -> list[Valley | None]:
    """What each panel's map shows once all cells are there."""
    return valleys_of(plan, middle_of(plan))


def valleys_of(plan: Plan, middle: Middle) -> list[Valley | None]:
    """What each panel's map shows."""
    lr, losses = np.array(plan.lr), middle.sound
    return [
        valley(lr, np.array(plan.rows(panel)), losses[i], rounding(plan))
        for i, panel in enumerate(plan.panels)
    ]


@kept
def predicting_the_mean(plan: Plan) -> float:
    """The test loss without any weights: as in a cell, that in the middle of the seeds."""
    losses = sorted(cached.constant_loss(cached.dataset(plan.spec(s))) for s in range(plan.seeds))
    return losses[(plan.seeds - 1) // 2]


@kept
def rounding(plan: Plan) -> float:
    """Up to this test loss the residuals are rounding of the targets."""
    targets = cached.dataset(plan.spec(0)).y_test
    return ROUNDED**2 * float(np.mean(targets**2)) / 2


def frame(plan: Plan, panel: Panel) -> Frame:
    """The panel's coordinates."""
    return Frame(panel.label, np.array(plan.lr), np.array(plan.rows(panel)), plan.by_step(panel))


def _layout(plan: Plan, settings: Settings, shown: Shown) -> Figure:
    run = settings.run
    panel, (lr, strength) = Panel(run.optimizer, run.decay), plan.place(run)
    chosen = figure.Chosen(
        panel=plan.panels.index(panel) if panel in plan.panels else None,
        lr=lr,
        strength=strength,
        shrink=run.lr * run.weight_decay,
    )
    return figure.layout([frame(plan, kind) for kind in plan.panels], len(shown.trained), chosen)


def _best(plan: Plan, panel: Panel, found: Valley | None) -> tuple[Array, Array]:
    cells = () if found is None or found.flat else found.best
    rows = plan.rows(panel)
    return np.array([plan.lr[c] for _, c in cells]), np.array([rows[r] for r, _ in cells])


def _crossing(found: Valley | None) -> tuple[Array, Array]:
    if found is None:
        return np.empty(0), np.empty(0)
    return found.crossing.lr, found.crossing.weight_decay
