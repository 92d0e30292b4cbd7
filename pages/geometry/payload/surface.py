"""The payload of the surface: loss and objective over the plane of the two weights."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pages.geometry.answer.solutions import Solutions, problem, solutions
from pages.geometry.figure import shapes
from pages.geometry.figure import surface as figure
from pages.geometry.question.scene import FORM, Scene
from pages.geometry.question.sources import Problem
from pages.geometry.words import meaning
from pages.shared.fields import as_text
from pages.shared.payload import Payload
from wd_core.arrays import Array

# Where a drag of λ asks for the surface, and the key of the slider that is dragged.
ROUTE, CONTROL = "/api/geometry/surface", "geometry weight_decay"
# Points of a side of the grid, and of a finer one where the objective dips into the picture.
GRID, FINE = 41, 21
# The picture is cut off at this many times the height of what is marked, the sheets where they no
# longer are in it: heights of 10⁷ in a picture of 10 leave no digits for the rest.
ROOM, CLIP = 2.2, 4.0
# An objective that leaves the picture this share of half the frame away is a needle in it.
NEEDLE = 0.1


def surface(scene: Scene) -> Payload:
    """The payload of a scene. ValueError with a sentence where its problem cannot be posed."""
    given, solved = problem(scene.problem()), solutions(scene)
    query, shown = FORM.query(scene), _drawn(given, solved)
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure.surface(shown, revision="surface " + FORM.query(scene.problem())),
        "series": {},
        "sentence": f"{meaning.lifted(solved)} {_cut(shown, solved)}".rstrip(),
        "live": {
            "url": f"{ROUTE}?{FORM.query(replace(scene, theta=0.0))}",
            "controls": {
                CONTROL: {
                    "param": "weight_decay",
                    "values": [as_text(lam) for lam in solved.weight_decays],
                }
            },
        },
    }


def _cut(shown: figure.Relief, solved: Solutions) -> str:
    """How little of a steep objective lies in the picture, in words."""
    k = solved.chosen
    curvature = float(solved.eigenvalues[k, 1] + solved.weight_decay[k])
    above = shown.top - float(shown.best_on_objective[2])
    if 2 * above >= curvature * (NEEDLE * solved.half) ** 2:
        return ""
    reach = math.sqrt(2 * above / curvature)
    return meaning.steep(reach)


def _drawn(given: Problem, solved: Solutions) -> figure.Relief:
    k = solved.chosen
    loss, lam, best = solved.surfaces[k], float(solved.weight_decay[k]), solved.optimum[k]

    def on_loss(w: Array) -> Array:
        return np.column_stack([w, loss.loss(w) + loss.offset])

    rim = on_loss(math.sqrt(solved.theta[k]) * shapes.circle())
    (on_both,) = on_loss(best[None])
    lifted = np.array([*best, on_both[2] + lam / 2 * float(best @ best)])
    coarse = solved.grid(GRID)[2]
    lowest = float(loss.loss(coarse).min()) + loss.offset
    at_zero = float(loss.loss(np.zeros(2))) + loss.offset
    highest = max(float(lifted[2]), float(rim[:, 2].min()), at_zero)
    tall = ROOM * (highest - lowest) or 1.0
    x, y, grid = _grid(solved, tall)
    height = loss.loss(grid) + loss.offset
    return figure.Relief(
        x=x,
        y=y,
        loss=np.minimum(height, lowest + CLIP * tall),
        objective=np.minimum(height + lam / 2 * (grid**2).sum(-1), lowest + CLIP * tall),
        rim=rim,
        free=on_loss(solved.minimiser[k][None])[0],
        best=on_both,
        best_on_objective=lifted,
        top=lowest + tall,
        names=given.names,
    )


def _grid(solved: Solutions, tall: float) -> tuple[Array, Array, Array]:
    """Coordinates over the frame, finer where J is less than `tall` above its lowest point: for a
    large λ between two points of an even grid.
    """
    k = solved.chosen
    curvature = float(solved.eigenvalues[k, 0] + solved.weight_decay[k])
    reach = math.sqrt(2 * tall / curvature) if curvature > 0 else solved.half
    near = np.linspace(-reach, reach, FINE)
    even = solved.grid(GRID)[:2]
    left, right, bottom, top = solved.box
    ends = ((left, right), (bottom, top))
    x, y = (
        np.unique(np.clip(np.concatenate([line, at + near]), *end))
        for line, at, end in zip(even, solved.optimum[k].tolist(), ends, strict=True)
    )
    return x, y, np.stack(np.meshgrid(x, y), -1)
