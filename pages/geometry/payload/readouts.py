"""The numbers beside the picture: tiles, their values in every picture, and the two sliders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.geometry.answer.descents import stability
from pages.geometry.answer.solutions import Solutions
from pages.geometry.question.scene import SETTINGS, Scene
from pages.shared.encoding import as_series
from pages.shared.numbers import plain
from pages.shared.payload import Slider, Tile
from pages.shared.words import label, say
from wd_core.arrays import Array

TILES: list[Tile] = [
    {
        "label": "‖w*‖",
        "series": "norm",
        "role": "penalty",
        "help": label("The length of w*, at most √θ."),
    },
    {
        "label": label("Data loss + penalty = objective, at w*"),
        "help": label("J = L + (λ/2)‖w‖²: w* makes this sum least."),
        "terms": [
            {"label": "L(w*)", "series": "loss"},
            {"label": "(λ/2)‖w*‖²", "series": "penalty"},
            {"label": "J(w*)", "series": "objective"},
        ],
    },
    {
        "label": "∠(−∇L, w*)",
        "series": "angle",
        "help": label("Their angle in degrees at w*: 0 where the level set touches the circle."),
    },
    {
        "label": label("dL*/dθ"),
        "series": "price",
        "help": label(
            "Shadow price: a little more θ, by dθ, changes the least loss by so much times dθ."
        ),
    },
]
STABILITY: Tile = {
    "label": "η(sₘₐₓ + λ)",
    "series": "stability",
    "help": label(
        "Full-batch descent on J converges where this is below 2; sₘₐₓ: the larger eigenvalue."
    ),
}


def series(scene: Scene, solved: Solutions) -> dict[str, list[float | None]]:
    """The values of every tile and slider, for every picture."""
    lams, norm = solved.weight_decay, np.linalg.norm(solved.optimum, axis=1)
    penalty = lams / 2 * norm**2
    columns = {
        "step": np.arange(len(lams)),
        "weight_decay": lams,
        "theta": solved.theta,
        "norm": norm,
        "loss": solved.loss,
        "penalty": penalty,
        "objective": solved.loss + penalty,
        "angle": angles(solved),
        "price": -solved.multiplier,
        "stability": stability(scene, solved),
    }
    return {name: as_series(values) for name, values in columns.items()}


def angles(solved: Solutions) -> Array:
    """In degrees, between −∇L and w* at w*, to a millionth; NaN where one of them is 0, [K]."""
    force, best = solved.force, solved.optimum
    cross = force[:, 0] * best[:, 1] - force[:, 1] * best[:, 0]
    angle = np.degrees(np.abs(np.arctan2(cross, (force * best).sum(1)))).round(6)
    nothing = solved.idle | ~force.any(1) | ~best.any(1)
    return np.where(nothing, np.nan, angle)


def sliders(solved: Solutions) -> list[Slider]:
    """Two range inputs over the same pictures: λ upwards, and θ upwards."""
    by_weight_decay, by_theta = solved.stops
    lams, thetas = solved.weight_decay.tolist(), solved.theta.tolist()
    sizes = [
        say("{theta}: does not bind", theta=theta) if idle and theta > 0 else plain(theta)
        for theta, idle in zip(thetas, solved.idle.tolist(), strict=True)
    ]
    return [
        _slider("weight_decay", by_weight_decay, [plain(lam) for lam in lams]),
        _slider("theta", by_theta, sizes),
    ]


def _slider(key: str, stops: list[int], texts: Sequence[str]) -> Slider:
    setting = SETTINGS[key]
    return {
        "key": key,
        "label": setting.label,
        "help": setting.help,
        "role": "penalty",
        "stops": stops,
        "texts": texts,
    }
