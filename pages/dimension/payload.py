"""The dimension page's payload: one figure, and the numbers at every place of the axis."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pages.dimension import answer
from pages.dimension import figure as figures
from pages.dimension.answer import Curves, Seen, curves, fine
from pages.dimension.question import DEFAULT, FORM, Problem
from pages.dimension.words import names, plain
from pages.shared.numbers import number_text
from pages.shared.pace import pictures
from pages.shared.payload import Events, Part, Payload, Slider
from pages.shared.words import tell
from wd_core.arrays import Array

SERIES = {"zero": 0, "best": 2}
# The picture is sent anew at this pace while training sets are drawn.
PACE_SECONDS = 0.4


def descent(seen: Seen) -> Payload:
    """The payload of a problem, with what has been measured so far, and where the rest is."""
    problem, part = seen.problem, drawn(seen)
    query = FORM.query(problem)
    return {
        "run": f"{query or 'defaults'} {seen.drawn.parts}",
        "query": query,
        "figure": part["figure"],
        "moves": part["moves"],
        "series": part["series"],
        "sliders": [_slider(seen)],
        "position": seen.marked,
        "sentences": part["sentences"],
        "tiles": part["tiles"],
        "total": seen.drawn.total,
        "come": seen.drawn.parts,
        "unit": tell("part"),
        "stream": None if seen.drawn.whole else f"/api/dimension/stream?{_worked(problem)}",
        "resumes": True,
    }


def _worked(problem: Problem) -> str:
    """The query of what is drawn: of all marks that leave the measured places as they are."""
    unmarked = replace(problem, at=DEFAULT.at)
    return FORM.query(unmarked if unmarked.grid == problem.grid else problem)


def stream(problem: Problem) -> Events:
    """The events of the drawing: `picture` and `rows` at a pace, `done` at the end."""
    yield from pictures(
        answer.work(problem),
        PACE_SECONDS,
        lambda: answer.now(problem),
        drawn,
        lambda seen: (seen.drawn.parts, seen.drawn.total),
    )
    yield "done", {}


def drawn(seen: Seen) -> Part:
    """What follows from what has been measured so far."""
    problem, grid = seen.problem, seen.drawn.grid
    lines = curves(problem, fine(problem))
    axis = figures.Axis(
        titles=names.axis_titles(problem),
        fine=_places(problem, lines.x),
        at=_places(problem, seen.at.x),
        words=[names.place(problem, x) for x in grid],
        peak=float(_places(problem, np.array([problem.sizes.peak]))[0]),
        peak_name=names.peak_name(problem) if problem.sizes.diverges and problem.noise else "",
    )
    figure, moves = figures.descent(
        axis,
        _drawn(seen, lines),
        problem.shown(lines.without - problem.noise**2),
        names.titles(problem),
        f"dimension-{problem.axis}-{problem.sizes.fixed}",
    )
    return {
        "figure": figure,
        "moves": moves,
        "series": _series(seen),
        "sentences": plain.sentences(seen),
        "tiles": names.tiles(problem),
    }


def _places(problem: Problem, x: Array) -> Array:
    """Where d or n stand on the drawn axis: d as d/n."""
    return x / problem.sizes.fixed if problem.axis == "n_features" else x


def _drawn(seen: Seen, lines: Curves) -> list[figures.Drawn]:
    problem, found, scale = seen.problem, seen.found, seen.problem.scale
    risk = problem.shown(lines.limit.excess)
    bias2, variance = scale * lines.limit.bias2, scale * lines.limit.variance
    low, high = seen.band
    return [
        figures.Drawn(
            kind=kind,
            limit=(risk[k], bias2[k], variance[k]),
            median=(seen.median[k], scale * found.bias2[k], scale * found.variance[k]),
            low=low[k],
            high=high[k],
        )
        for k, kind in enumerate(figures.kinds(number_text(problem.weight_decay)))
        if k in problem.kinds
    ]


def _series(seen: Seen) -> dict[str, list[float | str | None]]:
    problem, at = seen.problem, seen.at
    columns = {"step": np.arange(len(at.x)), "at": at.x}
    for kind, k in SERIES.items():
        columns |= {
            f"{kind} bias2": problem.scale * at.limit.bias2[k],
            f"{kind} variance": problem.scale * at.limit.variance[k],
            f"{kind} noise": np.full(len(at.x), problem.scale * problem.noise**2),
            f"{kind} risk": seen.limit[k],
        }
    return {name: [_shown(x) for x in values.tolist()] for name, values in columns.items()}


def _shown(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return "∞" if math.isinf(value) else value  # JSON has no infinity


def _slider(seen: Seen) -> Slider:
    label, help = names.slider(seen.problem)
    return {
        "key": "at",
        "label": label,
        "help": help,
        "role": "",
        "stops": list(range(len(seen.drawn.grid))),
        "texts": [names.place(seen.problem, x) for x in seen.drawn.grid],
    }
