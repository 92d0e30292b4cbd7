"""Likelihood, prior and posterior of two weights: their most probable points, and level sets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pages.prior.question import WIDTHS, Question
from pages.shared import cached
from pages.shared.work import kept
from wd_core.arrays import Array
from wd_core.plane.quadratic import Quadratic

# Lines lie where a density is e^{−r²/2} of its peak: r standard deviations of a Gaussian.
RADII = (1.0, 2.0, 3.0)
_TURN = np.linspace(0, 2 * math.pi, 97)
DIRECTIONS = np.column_stack([np.cos(_TURN), np.sin(_TURN)])
# Each halves what is not known of a level set.
HALVINGS = 50


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the data and the prior say together, at every width.

    surface: the data loss; weight_decay [K]; mode [K, 2]; levels [K, 3, P, 2]: level sets.
    """

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
def posterior(question: Question) -> Posterior:
    """All widths of a question, whose mark counts for nothing."""
    belief, surface = question.belief, Quadratic.from_data(cached.dataset(question.data))
    precision = question.n_train / question.noise**2
    lam = np.array([belief.decay(question.noise, width, question.n_train) for width in WIDTHS])
    mode = np.array([belief.mode(surface, float(x)) for x in lam])

    def fallen(w: Array) -> Array:
        """How far the logarithm of the posterior lies below its peak, [K, R, P]."""
        each = lam[:, None, None]
        height = surface.loss(w) + each * belief.size(w)
        peak = surface.loss(mode) + lam * belief.size(mode)
        return np.asarray(precision * (height - peak[:, None, None]))

    # at its peak the posterior falls at least as fast as the likelihood in its flattest direction
    farthest = np.array(RADII) / math.sqrt(precision * float(surface.eigenvalues.min()))
    shape = (len(WIDTHS), len(RADII), len(DIRECTIONS))
    near = np.zeros(shape)
    far = np.broadcast_to(farthest[:, None], shape)
    goal = np.array(RADII)[:, None] ** 2 / 2
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        inside = fallen(_along(mode, middle)) < goal
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return Posterior(surface, lam, mode, _along(mode, (near + far) / 2))


def _along(mode: Array, far: Array) -> Array:
    """Points so far from the modes in each direction, [K, R, P, 2]."""
    return np.asarray(mode[:, None, None] + far[..., None] * DIRECTIONS)


def likelihood(question: Question, surface: Quadratic) -> list[Array]:
    """The level sets of what the data alone say, [P, 2] each."""
    spread = question.noise**2 / question.n_train
    return [surface.level_set(r**2 / 2 * spread, len(_TURN) - 1) for r in RADII]
