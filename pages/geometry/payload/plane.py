"""The geometry page's payload: one figure, and what moves in it for every λ and θ."""

from __future__ import annotations

import math

import numpy as np

from pages.geometry.answer.solutions import Solutions, outside, problem, solutions
from pages.geometry.figure import layout, panels, shapes
from pages.geometry.payload import descents, moves, readouts
from pages.geometry.question.scene import FORM, Scene, with_descent, with_l1
from pages.geometry.question.settings import ON
from pages.geometry.question.sources import Problem
from pages.geometry.words import plain
from pages.shared.moves import Moves
from pages.shared.payload import Payload
from pages.shared.plotting import Trace
from pages.shared.tiles import in_words
from pages.shared.words import say
from wd_core.arrays import Array

# Points of a side of the grid on which the loss can be pointed at.
GRID = 61


def plane(scene: Scene) -> Payload:
    """The payload of a scene. ValueError with a sentence where its problem cannot be posed."""
    given, solved = problem(scene.problem()), solutions(scene)
    traces, moved = _drawn(scene, given, solved)
    query = FORM.query(scene)
    walks = with_descent(scene)
    return {
        "run": query or "defaults",
        "query": query,
        "figure": layout.whole(
            traces,
            _frame(given, solved),
            revision=FORM.query(scene.problem()) or "designed",
            clicks=walks,
            notes=_notes(scene, solved),
        ),
        "moves": moved,
        "series": readouts.series(scene, solved),
        "sliders": readouts.sliders(solved),
        "position": solved.chosen,
        "sentences": plain.sentences(scene, given, solved),
        "tiles": in_words([*readouts.TILES, readouts.STABILITY] if walks else readouts.TILES),
        "total": len(solved.theta) - 1,
        "stream": None,
    }


def _drawn(scene: Scene, given: Problem, solved: Solutions) -> tuple[list[Trace], Moves]:
    """All traces from the lowest to the highest, and where they go."""
    best_l1 = moves.l1_optima(solved) if with_l1(scene) else None
    moved = moves.base(solved, best_l1)
    turns = given.turns  # and its loss with it
    free = None if turns else solved.minimiser[0]
    traces = [*([] if turns else [_ground(solved)])]
    rings = None if turns else moved.pop("loss rings")["affine"][0]
    traces += panels.level_sets(rings, flat=solved.flat)
    if scene.objective == ON:
        traces.append(panels.objective_levels())
    if not turns and solved.surfaces[0].rank == 1:
        traces += panels.valley(_valley(solved))
    traces += panels.disc(solved.optimum, turns=turns, flat=solved.flat)
    if best_l1 is not None:
        traces += panels.l1(best_l1, flat=solved.flat)
        moved |= moves.diamond(solved, best_l1, moved)
    if with_descent(scene) and not outside(scene, solved.box):
        more, walked = descents.drawn(scene, given, solved, moved)
        traces, moved = traces + more, moved | walked
    traces += panels.minimisers(free) + panels.small_panels(free)
    return traces + panels.curve(*moves.curve(solved)), moved


def _ground(solved: Solutions) -> Trace:
    x, y, grid = solved.grid(GRID)
    loss = solved.surfaces[0]
    return panels.ground(x, y, loss.loss(grid) + loss.offset)


def _valley(solved: Solutions) -> Array:
    along = solved.eigenvectors[0, :, 1]
    reach = moves.WIDEST * solved.half
    return np.asarray(solved.minimiser[0] + np.array([[-reach], [0.0], [reach]]) * along)


def _notes(scene: Scene, solved: Solutions) -> list[str]:
    """Why the large panel does not show what one looks for in it."""
    k = solved.chosen
    notes: list[str] = []
    if solved.flat and scene.objective == ON:
        notes.append(say("L is flat, and J too at λ = 0: no level sets."))
    elif solved.flat:
        notes.append(say("L is flat: no level sets."))
    left, right, bottom, top = solved.box
    x, y = math.sqrt(solved.theta[k]) * shapes.circle().T
    if not ((x >= left) & (x <= right) & (y >= bottom) & (y <= top)).any():
        theta = float(solved.theta[k])
        notes.append(say("At θ = {theta} the disc is wider than the frame.", theta=theta))
    return notes


def _frame(given: Problem, solved: Solutions) -> layout.Frame:
    log_weight_decay, _ = moves.curve(solved)
    last = max(moves.LAST, float(log_weight_decay.max()))
    return layout.Frame(solved.box, given.names, moves.AT_ZERO, last, solved.free_norm)
