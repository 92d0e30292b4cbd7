"""The priors by name: how likely a weight is before any data, and which penalty that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pages.shared.words import label, tells
from wd_core.arrays import Array
from wd_core.linear.prior import POWERS, bayes_weight_decay, laplace_weight_decay
from wd_core.optimizers.penalties import L1, L2, Penalty
from wd_core.plane.quadratic import Quadratic


@tells("model")
@dataclass(frozen=True)
class Belief:
    """A kind of prior with all that is known of it.

    decay: the λ of (σ, width, n); mode: the most probable weights [2] under the loss and λ;
    size: the penalty of weights [..., 2] by λ, slope: how it rises with each [..., 2]; shape: its
    level set of size ½, [P, 2];
    reach: how many times as far it lies for a width, where the density is e^{−r²/2} of its peak.
    law and rule: the density of a weight and λ, in LaTeX; power: that of the width in λ; model:
    what finds the mode, in words.
    """

    label: str
    power: int
    law: str
    rule: str
    penalty: Penalty
    model: str
    decay: Callable[[float, float, int], float]
    mode: Callable[[Quadratic, float], Array]
    size: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    shape: Array
    reach: Callable[[float, float], float]


_TURN = np.linspace(0, 2 * math.pi, 121)
_CIRCLE = np.column_stack([np.cos(_TURN), np.sin(_TURN)])
_DIAMOND = np.array([[0.5, 0.0], [0.0, 0.5], [-0.5, 0.0], [0.0, -0.5], [0.5, 0.0]])

BELIEFS: Mapping[str, Belief] = {
    "gaussian": Belief(
        label=label("Gaussian, a bell curve"),
        power=POWERS["gaussian"],
        law=r"p(w_j) \propto e^{-w_j^2/(2\tau^2)}",
        rule=r"\frac{\sigma^2}{n\,\tau^2}",
        penalty=L2,
        model=label("weight decay"),
        decay=bayes_weight_decay,
        mode=lambda surface, lam: surface.ridge(lam),
        size=lambda w: (w**2).sum(-1) / 2,
        slope=lambda w: w,
        shape=_CIRCLE,
        reach=lambda width, r: width * r,
    ),
    "laplacian": Belief(
        label=label("Laplace, a peak at zero"),
        power=POWERS["laplacian"],
        law=r"p(w_j) \propto e^{-|w_j|/\beta}",
        rule=r"\frac{\sigma^2}{n\,\beta}",
        penalty=L1,
        model=label("the lasso"),
        decay=laplace_weight_decay,
        mode=lambda surface, lam: surface.lasso(lam),
        size=lambda w: np.abs(w).sum(-1),
        slope=np.sign,
        shape=_DIAMOND,
        reach=lambda width, r: width * r**2,
    ),
}
