"""Where coupled and decoupled decay end on two weights whose answer is known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pages.shared.map.plan import Panel
from wd_core import Dataset, Hyperparameters, Quadratic, train
from wd_core.types import Array

# H and w̃ of the loss ½ (w − w̃)ᵀH(w − w̃), and λ.
CURVATURE, MINIMISER, WEIGHT_DECAY = (1.0, 4.0), (3.0, -0.2), 2.0
STEPS, LR = 4000, 0.002
PANELS = (Panel("sgd", "coupled"), Panel("adam", "coupled"), Panel("adam", "decoupled"))


@dataclass(frozen=True, eq=False)
class Ends:
    """Where each of PANELS ends [P, 2], the ridge solution [2], and w̃ cut to the box [2]."""

    reached: Array
    ridge: Array
    box: Array


@lru_cache(maxsize=1)
def ends() -> Ends:
    """Full-batch descent from w = 0, with data whose curvature is CURVATURE and whose mean is 0.

    Decoupled Adam goes, for small steps, to the least loss with every |w_j| <= 1/λ (Xie and Li,
    2024); H is diagonal here, so that this is w̃ cut off at ±1/λ.
    """
    half = np.diag(np.sqrt(2 * np.array(CURVATURE)))
    X = np.concatenate([half, -half])
    data = Dataset(X, X @ np.array(MINIMISER), X, X @ np.array(MINIMISER))
    runs = [
        Hyperparameters(
            weight_decay=WEIGHT_DECAY,
            lr=LR,
            batch_size=len(X),
            epochs=STEPS,
            optimizer=panel.optimizer,
            decay=panel.decay,
            init_std=0.0,
        )
        for panel in PANELS
    ]
    *_, last = train(data, runs, record_every=STEPS)
    problem = Quadratic(np.diag(CURVATURE), np.array(MINIMISER))
    bound = 1 / WEIGHT_DECAY
    return Ends(last.weights, problem.ridge(WEIGHT_DECAY), np.clip(MINIMISER, -bound, bound))
