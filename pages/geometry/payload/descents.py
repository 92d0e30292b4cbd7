"""The ways down as they are drawn: their traces, and where they go in every picture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pages.geometry.answer.descents import full_batch, minibatch, projected
from pages.geometry.answer.solutions import Solutions
from pages.geometry.figure import panels
from pages.geometry.figure.panels import MARKED, Path
from pages.geometry.figure.traces import word
from pages.geometry.payload.labels import clearest, taken, way
from pages.geometry.payload.moves import or_away
from pages.geometry.question.scene import Scene, with_sgd
from pages.geometry.question.settings import ON
from pages.geometry.question.sources import Problem
from pages.shared.moves import Moves, paths, places
from pages.shared.palette import GREY, PENALTY, SKY
from pages.shared.plotting import Trace
from pages.shared.words import tell
from wd_core.arrays import Array

# A path is drawn up to so many half frames from the middle: a browser draws every dash, seen or
# not, and a path that diverges has millions of them.
FARTHEST = 20.0
# Shares of the way from the middle of the frame to the end of a path that leaves it.
INWARDS = np.array([0.72, 0.8, 0.6, 0.5])


def drawn(
    scene: Scene, given: Problem, solved: Solutions, moved: Moves
) -> tuple[list[Trace], Moves]:
    """The paths that the scene asks for: their traces, and where they go, beside what moves."""
    full, ends, unstable = full_batch(scene, solved)
    traces = [panels.start(np.array([scene.start1, scene.start2]))]
    at = _warning(scene, ends, solved, moved)
    went: Moves = {"diverging": places(or_away(at, unstable, solved))}
    for path, points in _paths(scene, given, solved, full):
        traces += panels.descent(path, scene.steps)
        went[path.key] = paths(points[:, : MARKED + 1])
        if scene.steps > MARKED:
            went[f"{path.key} rest"] = paths(points[:, MARKED:])
    return [*traces, word(tell("full batch<br>diverges"), "diverging", size=14)], went


def _warning(scene: Scene, ends: Array, solved: Solutions, moved: Moves) -> Array:
    """Where the word stands that says that a path diverges: near its end, but clear of others."""
    left, right, bottom, top = solved.box
    centre = np.array([left + right, bottom + top]) / 2
    out = (ends - centre)[:, None] * INWARDS[:, None]
    aside = np.stack([-out[..., 1], out[..., 0]], -1)
    at = centre + np.concatenate([out, out + 0.3 * aside, out - 0.3 * aside], axis=1)
    start = np.broadcast_to([scene.start1, scene.start2], ends.shape)[:, None]
    others = np.concatenate([taken(solved, moved), solved.optimum[:, None], start], axis=1)
    wide, high = 0.3 * solved.half, 0.15 * solved.half
    at = np.clip(at, [left + wide, bottom + high], [right - wide, top - high])
    return clearest(at, others, way(solved), solved, size=1.7)


def _paths(
    scene: Scene, given: Problem, solved: Solutions, full: Array
) -> Iterator[tuple[Path, Array]]:
    if with_sgd(scene) and given.dataset is not None:
        size = min(scene.batch_size, given.dataset.n_train)
        name = tell("minibatch SGD, B = {batch_size}", batch_size=size)
        path = Path("minibatch", name, GREY, "8px,2px,2px,2px,2px,2px", "triangle-up")
        walked = minibatch(scene, given.dataset, solved.weight_decay.tolist())
        yield path, within_reach(walked, solved)
    if scene.projected == ON:
        path = Path("projected", tell("projected onto the disc"), PENALTY, "12px,3px", "square")
        yield path, projected(scene, solved)
    path = Path("descent", tell("full-batch descent on J"), SKY, "solid", "circle")
    yield path, within_reach(full, solved)


def within_reach(walked: Array, solved: Solutions) -> Array:
    """Paths [..., 2] whose points beyond `FARTHEST` half frames are pulled in to that distance."""
    left, right, bottom, top = solved.box
    centre = np.array([left + right, bottom + top]) / 2
    away = np.linalg.norm(walked - centre, axis=-1, keepdims=True)
    reach = FARTHEST * solved.half
    return np.asarray(centre + (walked - centre) * (reach / np.maximum(away, reach)))
