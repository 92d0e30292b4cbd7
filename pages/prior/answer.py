"""Likelihood, prior and posterior of two weights: their most probable points, and level sets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pages.prior.beliefs import Belief
from pages.prior.question import Question
from pages.shared import cached
from pages.shared.work import kept
from wd_core.arrays import Array
from wd_core.plane.quadratic import Quadratic

# Lines lie where a density is e^{−r²/2} of its peak: r standard deviations of a Gaussian.
RADII = (1.0, 2.0, 3.0)
_TURN = np.linspace(0, 2 * math.pi, 97)
DIRECTIONS = np.column_stack([np.cos(_TURN), np.sin(_TURN)])
# Steps towards a level set: each halves the way at least, and the last ones find it.
MOST_STEPS, ROUNDING = 60, 1e-14


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the data and the prior say together, at every width [K].

    surface: the data loss; weight_decay [K]; mode [K, 2]; levels [K, 3, P, 2]: level sets.
    """

    widths: tuple[float, ...]
    surface: Quadratic
    weight_decay: Array
    mode: Array
    levels: Array

    @property
    def data_alone(self) -> Array:
        """The most probable weights without a prior, [2]."""
        return np.asarray(self.surface.ridge(0.0))

    @property
    def shares(self) -> Array:
        """The length of the most probable weights, of that without a prior, [K]."""
        alone = float(np.linalg.norm(self.data_alone))
        return np.asarray(np.linalg.norm(self.mode, axis=1) / alone)

    @property
    def zeros(self) -> Array:
        """How many of the most probable weights are exactly 0, [K]."""
        return np.asarray((self.mode == 0).sum(1))


@kept
def posterior(question: Question, widths: tuple[float, ...]) -> Posterior:
    """What a question has at these widths; its mark counts for nothing."""
    belief, surface = question.belief, Quadratic.from_data(cached.dataset(question.data))
    precision = question.n_train / question.noise**2
    lam = np.array([belief.decay(question.noise, width, question.n_train) for width in widths])
    mode = np.array([belief.mode(surface, float(x)) for x in lam])
    return Posterior(widths, surface, lam, mode, _levels(belief, surface, precision, lam, mode))


def _levels(
    belief: Belief, surface: Quadratic, precision: float, weight_decay: Array, mode: Array
) -> Array:
    """Where the logarithm of the posterior lies r²/2 below its peak, in every direction.

    By Newton's method from outside: along a ray it falls ever faster, so no step goes too far.
    """
    lam, peak = weight_decay[:, None, None], belief.size(mode)[:, None, None]
    slope = (surface.gradient(mode) @ DIRECTIONS.T)[:, None]
    bend = ((DIRECTIONS @ surface.hessian) * DIRECTIONS).sum(-1)
    goal = np.array(RADII)[:, None] ** 2 / 2 / precision
    # at its peak the posterior falls at least as fast as the likelihood in its flattest direction
    farthest = np.sqrt(2 * goal / float(surface.eigenvalues.min()))
    far = np.broadcast_to(farthest, (len(mode), len(RADII), len(DIRECTIONS)))
    for _ in range(MOST_STEPS):
        w = _along(mode, far)
        fallen = far * (slope + far / 2 * bend) + lam * (belief.size(w) - peak)
        steeper = slope + far * bend + lam * (belief.slope(w) * DIRECTIONS).sum(-1)
        nearer = far - np.maximum(fallen - goal, 0) / steeper
        if np.allclose(nearer, far, rtol=ROUNDING, atol=0):
            break
        far = nearer
    return _along(mode, far)


def _along(mode: Array, far: Array) -> Array:
    """Points so far from the modes in each direction, [K, R, P, 2]."""
    return np.asarray(mode[:, None, None] + far[..., None] * DIRECTIONS)


def likelihood(question: Question, surface: Quadratic) -> list[Array]:
    """The level sets of what the data alone say, [P, 2] each."""
    spread = question.noise**2 / question.n_train
    return [surface.level_set(r**2 / 2 * spread, len(_TURN) - 1) for r in RADII]
