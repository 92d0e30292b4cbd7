"""Ways down: full-batch descent, minibatch SGD, descent held in the disc; for every picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pages.geometry.answer.solutions import Box, Solutions, problem, solutions
from pages.geometry.question.scene import Scene
from pages.shared.work import kept
from wd_core import Dataset, Hyperparameters, collect, train
from wd_core.arrays import Array
from wd_core.linear.behaviour import behaviour
from wd_core.linear.outcomes import StabilityLimit
from wd_core.training import batch_order


def stability(scene: Scene, solved: Solutions) -> Array:
    """η(sₘₐₓ + λ) of every picture, [K]: descent on J converges below 2."""
    return np.asarray(scene.lr * (solved.eigenvalues[:, 0] + solved.weight_decay))


@kept
def products(scene: Scene) -> Array:
    """η(s + λ) of the steepest direction that the start has a part along, in every picture, [K]."""
    start, solved = [scene.start1, scene.start2], solutions(scene)
    pairs = zip(solved.surfaces, solved.weight_decay.tolist(), strict=True)
    return np.array([surface.descent_product(start, scene.lr, lam) for surface, lam in pairs])


def full_batch(scene: Scene, solved: Solutions) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Exact paths [K, steps + 1, 2]; where a diverging one leaves the frame [K, 2]; which [K]."""
    surface, lams = solved.surfaces[0], solved.weight_decay.tolist()
    start = [scene.start1, scene.start2]
    full = np.array([surface.descent(start, scene.lr, lam, scene.steps) for lam in lams])
    unstable = products(scene) > 2
    ends = np.zeros((len(lams), 2))
    for k in np.flatnonzero(unstable):
        full[k], ends[k] = to_edge(full[k], solved.box)
    return full, ends, unstable


def to_edge(path: Array, box: Box) -> tuple[Array, Array]:
    """The path up to where it leaves the frame for good, and that point, where it stays."""
    left, right, bottom, top = box
    low, high = np.array([left, bottom]), np.array([right, top])
    beyond = np.asarray(((path < low) | (path > high)).any(1))
    cut = path.copy()
    if not beyond[-1]:
        return cut, cut[-1]
    last = int(np.flatnonzero(~beyond)[-1])
    inside, step = path[last], path[last + 1] - path[last]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(step > 0, (high - inside) / step, (low - inside) / step)
    end = inside + np.min(shares[step != 0]) * step
    cut[last + 1 :] = end
    return np.clip(cut, low, high), end


def projected(scene: Scene, solved: Solutions) -> Array:
    """The hard constraint's path of every picture, [K, steps + 1, 2]."""
    start = [scene.start1, scene.start2]
    return np.array(
        [
            surface.projected_descent(start, scene.lr, max(theta, 1e-12), scene.steps)
            for surface, theta in zip(solved.surfaces, solved.theta.tolist(), strict=True)
        ]
    )


def batches(scene: Scene, data: Dataset) -> list[NDArray[np.int64]]:
    """The examples of every step of minibatch SGD, pass after pass; a last one may be short."""
    size, n = min(scene.batch_size, data.n_train), data.n_train
    a_pass = range(0, n, size)
    order = batch_order(scene.seed, n, -(-scene.steps // len(a_pass)))
    return [rows[first : first + size] for rows in order for first in a_pass][: scene.steps]


@kept
def limit_of_passes(scene: Scene, weight_decay: float) -> StabilityLimit:
    """The η above which SGD's first pass, repeated for ever, diverges, the bias with it."""
    data = problem(scene.problem()).dataset
    assert data is not None
    return behaviour(_run(scene, data, weight_decay), data.n_train).limit(data)


def _run(scene: Scene, data: Dataset, weight_decay: float) -> Hyperparameters:
    """The engine's run whose batches these are."""
    return Hyperparameters(
        weight_decay=weight_decay,
        lr=scene.lr,
        batch_size=min(scene.batch_size, data.n_train),
        epochs=scene.steps,
        seed=scene.seed,
    )


def left_frame(scene: Scene, data: Dataset, solved: Solutions) -> int | None:
    """The first step of minibatch SGD, for the present λ, that is outside the frame."""
    (path,) = minibatch(scene, data, [solved.now])
    left, right, bottom, top = solved.box
    beyond = ((path < [left, bottom]) | (path > [right, top])).any(1)
    return int(beyond.argmax()) if beyond.any() else None


def minibatch(scene: Scene, data: Dataset, weight_decays: Sequence[float]) -> Array:
    """The engine's minibatch SGD for K values of λ at once, step by step, [K, steps + 1, 2]."""
    runs = [_run(scene, data, lam) for lam in weight_decays]
    weights = np.tile([scene.start1, scene.start2], (len(runs), 1))
    bias = data.y_train.mean() - weights @ data.X_train.mean(0)
    each = [[batch] for batch in batches(scene, data)]
    run = collect(train(data, runs, start=(weights, bias), batches=each, device="cpu"))
    paths = np.swapaxes(run.weights, 0, 1).copy()
    for row, at in enumerate(run.diverged_at.tolist()):
        if at >= 0:
            paths[row, at:] = paths[row, at - 1]
    return paths
