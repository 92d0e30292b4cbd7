"""The payload of the page “which”: one figure, and the numbers at every trained λ."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pages.shared.encoding import as_series
from pages.shared.fields import usual
from pages.shared.pace import pictures
from pages.shared.payload import Events, Part, Payload, Slider
from pages.shared.words import tell
from pages.which.answer import measured
from pages.which.answer.measured import Seen
from pages.which.answer.solutions import METHODS
from pages.which.figure import picture as picture_figure
from pages.which.figure.scale import Scale
from pages.which.figure.traces import RULES, Mark, Shown
from pages.which.question import FORM, Problem
from pages.which.words import places, plain
from wd_core.arrays import Array

# The picture is sent anew at this pace while numbers come.
PACE_SECONDS = 0.4


def picture(seen: Seen) -> Payload:
    """The payload of a problem, with what has been worked out so far, and where the rest is."""
    problem = seen.problem
    part, query = drawn(seen), FORM.query(problem)
    # the same work wherever the mark is
    worked = FORM.query(replace(problem, at=float(usual(FORM.settings["at"]))))
    return {
        "run": f"{query or 'defaults'} {seen.trained.done} {len(seen.again.found)}",
        "query": query,
        "figure": part["figure"],
        "moves": part["moves"],
        "series": part["series"],
        "sliders": [_slider(seen)],
        "position": problem.marked,
        "sentences": part["sentences"],
        "tiles": part["tiles"],
        "total": part["total"],
        "come": _count(seen)[1],
        "unit": part["unit"],
        "stream": None if seen.whole else f"/api/which/stream?{worked}",
        "resumes": True,
    }


def stream(problem: Problem) -> Events:
    """The events of the work: `picture` and `rows` at a pace, `done` at the end."""
    for work in measured.works(problem):
        yield from pictures(
            work,
            PACE_SECONDS,
            lambda: measured.seen(problem),
            drawn,
            lambda seen: _count(seen)[1:],
        )
    yield "done", {}


def drawn(seen: Seen) -> Part:
    """What follows from what has been worked out so far."""
    problem, exact = seen.problem, seen.exact
    shown = Shown(
        scale=Scale(problem.span.least, problem.span.most),
        grid=seen.grid,
        fine=exact.fine if exact else None,
        paths=exact.paths if exact else None,
        found=seen.found,
        marks=marks(seen),
        constant=exact.constant if exact else None,
        revision=f"which {problem.span.least} {problem.span.most} {problem.data}",
    )
    figure, moves = picture_figure.picture(shown)
    unit, _, total = _count(seen)
    return {
        "figure": figure,
        "moves": moves,
        "series": _series(seen),
        "sentences": plain.sentences(seen),
        "tiles": places.tiles(seen),
        "total": total,
        "unit": unit,
    }


def _count(seen: Seen) -> tuple[str, int, int]:
    """What is counted now, how many have come, and of how many."""
    if not seen.trained.whole:
        return "run", seen.trained.done, seen.trained.total
    return tell("data set"), len(seen.again.found), seen.again.count


def marks(seen: Seen) -> list[Mark]:
    """What each rule chooses on these data, and on the others so far."""
    nothing = np.empty(0)
    found = []
    for rule in RULES:
        if rule == "trained":
            best = seen.found.best
            lam, loss = (
                (math.nan, math.nan)
                if best is None
                else (float(seen.grid[best]), float(seen.found.test[best]))
            )
            others = nothing
        elif seen.exact is None:
            lam, loss, others = math.nan, math.nan, nothing
        else:
            k = METHODS.index(rule)
            lam, loss = (
                float(x[k]) for x in (seen.exact.chosen.weight_decay, seen.exact.chosen.test)
            )
            others = seen.again.column(rule)[0] if rule != "bayes" else nothing
        why = places.undefined(seen, rule) if math.isnan(lam) else ""
        found.append(Mark(rule, lam, loss, others, why))
    return found


def _series(seen: Seen) -> dict[str, list[float | None]]:
    nothing = np.full(len(seen.grid), np.nan)
    exact, found = seen.exact, seen.found
    at = exact.at if exact else None
    columns: dict[str, Array] = {
        "step": np.arange(len(seen.grid), dtype=np.float64),
        "at": seen.grid,
        "exact train": at.train if at else nothing,
        "exact test": at.test if at else nothing,
        "dof": at.dof if at else nothing,
        "norm": at.norm if at else nothing,
        "trained train": found.train,
        "trained test": found.test,
    }
    return {name: as_series(values) for name, values in columns.items()}


def _slider(seen: Seen) -> Slider:
    return {
        "key": "at",
        "label": tell("Marked λ"),
        "help": tell(
            "λ: moves the upright line and every number; a click in the picture does so too."
        ),
        "role": "penalty",
        "stops": list(range(len(seen.grid))),
        "texts": [places.lam(x) for x in seen.grid.tolist()],
    }
