"""The geometry page's payload: one figure, and what moves in it for every λ and θ."""

from __future__ import annotations

from typing import Any

import numpy as np

from pages.shared.geometry import descents, moves, readouts, words
from pages.shared.geometry.figures import layout, panels
from pages.shared.geometry.problem import Problem, Solutions, outside, problem, solutions
from pages.shared.geometry.scene import ON, Scene, with_l1
from pages.shared.moves import Moves, packed
from wd_core.types import Array

Payload = dict[str, Any]

# Points of a side of the grid on which the loss can be pointed at.
GRID = 61


def plane(scene: Scene) -> Payload:
    """The payload of a scene. ValueError with a sentence where its problem cannot be posed."""
    given, solved = problem(scene.problem()), solutions(scene)
    traces, moved = _drawn(scene, given, solved)
    query = scene.query()
    with_descent = scene.descent == ON and scene.source != "slice"
    return {
        "run": query or "defaults",
        "query": query,
        "figure": layout.whole(
            traces,
            _frame(given, solved),
            revision=scene.problem().query() or "designed",
            clicks=with_descent,
        ),
        "moves": packed(moved),
        "series": readouts.series(scene, solved),
        "sliders": readouts.sliders(solved),
        "position": solved.chosen,
        "sentences": words.sentences(scene, solved),
        "tiles": [*readouts.TILES, readouts.STABILITY] if with_descent else readouts.TILES,
        "total": len(solved.theta) - 1,
        "stream": None,
    }


def _drawn(scene: Scene, given: Problem, solved: Solutions) -> tuple[list[Any], Moves]:
    """All traces from the lowest to the highest, and where they go."""
    moved = moves.base(solved)
    turns = given.slices is not None  # with λ the plane turns, and its loss with it
    free = None if turns else solved.minimiser[0]
    traces = [*([] if turns else [_ground(solved)])]
    traces += panels.level_sets(None if turns else moved.pop("loss rings")["affine"][0])
    if scene.objective == ON:
        traces.append(panels.objective_levels())
    if not turns and solved.surfaces[0].rank == 1:
        traces += panels.valley(_valley(solved))
    traces += panels.disc(solved.optimum, turns=turns)
    if with_l1(scene):
        best = moves.l1_optima(solved)
        traces += panels.l1(best)
        moved |= moves.diamond(solved, best, moved)
    if scene.descent == ON and not turns and not outside(scene, solved.box):
        more, walked = descents.drawn(scene, given, solved, moved)
        traces, moved = traces + more, moved | walked
    traces += panels.minimisers(free) + panels.small_panels(free)
    return traces + panels.curve(*moves.curve(solved)), moved


def _ground(solved: Solutions) -> Any:
    x, y, grid = solved.grid(GRID)
    loss = solved.surfaces[0]
    return panels.ground(x, y, loss.loss(grid) + loss.offset)


def _valley(solved: Solutions) -> Array:
    along = solved.eigenvectors[0, :, 1]
    reach = moves.WIDEST * solved.half
    return np.asarray(solved.minimiser[0] + np.array([[-reach], [reach]]) * along)


def _frame(given: Problem, solved: Solutions) -> layout.Frame:
    log_weight_decay, _ = moves.curve(solved)
    last = max(moves.LAST, float(log_weight_decay.max()))
    return layout.Frame(solved.box, given.names, moves.AT_ZERO, last, solved.free_norm)
