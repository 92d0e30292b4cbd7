"""The payload of the surface: loss and objective over the plane of the two weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from pages.shared.geometry import words
from pages.shared.geometry.figures import relief, shapes
from pages.shared.geometry.problem import Problem, Solutions, problem, solutions
from pages.shared.geometry.scene import Scene
from pages.shared.settings import as_text
from wd_core.types import Array

Payload = dict[str, Any]

# Where a drag of λ asks for the surface, and the key of the slider that is dragged.
ROUTE, CONTROL = "/api/geometry/surface", "geometry weight_decay"
# Points of a side of the grid.
GRID = 41
# The picture is cut off at this many times the height of what is marked.
ROOM = 2.2


def surface(scene: Scene) -> Payload:
    """The payload of a scene. ValueError with a sentence where its problem cannot be posed."""
    given, solved = problem(scene.problem()), solutions(scene)
    query = scene.query()
    return {
        "run": query or "defaults",
        "query": query,
        "figure": relief.surface(
            _drawn(given, solved), revision="surface " + scene.problem().query()
        ),
        "series": {},
        "sentence": words.lifted(solved),
        "live": {
            "url": f"{ROUTE}?{replace(scene, theta=0.0).query()}",
            "controls": {
                CONTROL: {
                    "param": "weight_decay",
                    "values": [as_text(lam) for lam in solved.weight_decays],
                }
            },
        },
    }


def _drawn(given: Problem, solved: Solutions) -> relief.Relief:
    k = solved.chosen
    loss, lam, best = solved.surfaces[k], float(solved.weight_decay[k]), solved.optimum[k]

    def on_loss(w: Array) -> Array:
        return np.column_stack([w, loss.loss(w) + loss.offset])

    x, y, grid = solved.grid(GRID)
    rim = on_loss(math.sqrt(solved.theta[k]) * shapes.circle())
    (on_both,) = on_loss(best[None])
    lifted = np.array([*best, on_both[2] + lam / 2 * float(best @ best)])
    height = loss.loss(grid) + loss.offset
    lowest, at_zero = float(height.min()), float(loss.loss(np.zeros(2))) + loss.offset
    highest = max(float(lifted[2]), float(rim[:, 2].min()), at_zero)
    return relief.Relief(
        x=x,
        y=y,
        loss=height,
        objective=height + lam / 2 * (grid**2).sum(-1),
        rim=rim,
        free=on_loss(solved.minimiser[k][None])[0],
        best=on_both,
        best_on_objective=lifted,
        top=lowest + (ROOM * (highest - lowest) or 1.0),
        names=given.names,
    )
