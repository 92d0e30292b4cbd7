"""The map page's payload: the maps as far as they are trained, and the stream of the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any

import numpy as np

from pages.shared import cached
from pages.shared.link import Pin
from pages.shared.map import figures, limits, words
from pages.shared.map.axes import Frame
from pages.shared.map.plan import VARIED, Panel, Plan, Shown, plan_of
from pages.shared.map.sweeps import Cells, Middle, cells, spread, too_much
from pages.shared.map.valley import Valley, valley
from pages.shared.settings import DEFAULTS, Settings, settings_of
from wd_core.types import Array

Payload = dict[str, Any]

# The picture is sent anew at this pace while cells come.
PACE_SECONDS = 0.2


def maps(settings: Settings, shown: Shown, pins: Sequence[Pin] = ()) -> Payload:
    """The payload for these controls: finished, or as far as it is, with the address of the rest.

    Raises ValueError where the maps are too large.
    """
    plan = plan_of(settings, shown)
    if why := too_much(plan):
        raise ValueError(why)
    found, query = cells(plan), shown.query(settings, pins)
    swept = swept_query(settings, shown)
    payload: Payload = {
        "run": f"map {swept}",
        "query": query,
        "unit": "run",
        "total": found.total,
        "stream": None if found.complete else f"/api/map/stream?{swept}",
        "series": {"epoch": [found.done]},
    }
    now = _now(found)
    figure = {**now["figure"], "layout": _layout(plan, settings, shown)}
    return payload | now | {"figure": figure}


def swept_query(settings: Settings, shown: Shown) -> str:
    """The query of what is trained: the link without the present run and the pins."""
    axes = {key: DEFAULTS[key] for key in VARIED}
    return shown.query(settings_of(settings.values() | axes), ())


def stream(settings: Settings, shown: Shown) -> Iterator[tuple[str, Payload]]:
    """The events of the training: a `picture` and its `rows` at a fixed pace, `done` at the end.

    Closing the iterator ends the training; what came so far is kept.
    """
    plan = plan_of(settings, shown)
    if why := too_much(plan):
        raise ValueError(why)
    found = cells(plan)
    began, sent, ends, before, new = time.monotonic(), 0.0, None, found.done, False
    with closing(found.fill()) as training:
        for came in training:
            new, now = new or came, time.monotonic()
            if now - sent < PACE_SECONDS:
                continue
            done = found.done
            if new:
                yield "picture", _now(found)
                ends = now + (now - began) / max(1, done - before) * (found.total - done)
            left = None if ends is None else max(0.0, ends - now)
            yield "rows", {"series": {}, "epoch": done, "seconds_left": left}
            sent, new = now, False
    yield "picture", _now(found)
    yield "done", {}


def _now(found: Cells) -> Payload:
    """What follows from the cells that are there."""
    plan, middle = found.plan, found.middle()
    known = middle.trained > 0
    losses, lost = spread(middle.sound, known), spread(middle.diverged.astype(float), known)
    valleys = valleys_of(plan, middle)
    drawn = [
        figures.Map(
            **vars(frame(plan, panel)),
            losses=losses[i],
            diverged=lost[i] == 1,
            hover=words.hover(plan, middle, i) if found.complete else None,
            best=_best(plan, panel, valleys[i]),
            crossing=_crossing(valleys[i]) if found.complete else None,
            limit=_edge(limits.full_batch(plan, i)),
            estimate=_edge(limits.batches(plan, i)),
            note=words.note(valleys[i]) if found.complete else "",
        )
        for i, panel in enumerate(plan.panels)
    ]
    return {
        "figure": {"data": figures.traces(drawn)},
        "series": {"epoch": [found.done]},
        "sentence": words.summary(plan, middle, valleys, predicting_the_mean(plan))
        if found.complete
        else words.COMING,
    }


def valleys_of(plan: Plan, middle: Middle) -> list[Valley | None]:
    """What each panel's map shows."""
    lr, losses = np.array(plan.lr), middle.sound
    return [
        valley(lr, np.array(plan.rows(panel)), losses[i]) for i, panel in enumerate(plan.panels)
    ]


@lru_cache(maxsize=64)
def predicting_the_mean(plan: Plan) -> float:
    """The test loss without any weights: as in a cell, that in the middle of the seeds."""
    losses = sorted(cached.constant_loss(cached.dataset(plan.spec(s))) for s in range(plan.seeds))
    return losses[(plan.seeds - 1) // 2]


def frame(plan: Plan, panel: Panel) -> Frame:
    """The panel's coordinates."""
    return Frame(panel.label, np.array(plan.lr), np.array(plan.rows(panel)), plan.by_step(panel))


def _layout(plan: Plan, settings: Settings, shown: Shown) -> Payload:
    run = settings.run
    panel, (lr, strength) = Panel(run.optimizer, run.decay), plan.place(run)
    chosen = figures.Chosen(
        panel=plan.panels.index(panel) if panel in plan.panels else None,
        lr=lr,
        strength=strength,
        shrink=run.lr * run.weight_decay,
    )
    return figures.layout([frame(plan, kind) for kind in plan.panels], len(shown.trained), chosen)


def _best(plan: Plan, panel: Panel, found: Valley | None) -> tuple[float, float] | None:
    if found is None or found.flat:
        return None
    row, column = found.best
    return plan.lr[column], plan.rows(panel)[row]


def _crossing(found: Valley | None) -> tuple[Array, Array] | None:
    return None if found is None else (found.crossing.lr, found.crossing.weight_decay)


def _edge(found: limits.Edge | None) -> tuple[Array, Array] | None:
    return None if found is None else (found.lr, found.weight_decay)
