"""The page of the prior over what its controls say: every number and line worked out again."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import Lasso, LinearRegression, Ridge

from pages.prior.answer import RADII
from pages.prior.presets import PRESETS
from pages.prior.question import FORM, WIDTHS, Question
from pages.shared.fields import as_text
from pages.shared.words import Said
from tests.matrix.driver import Visit, hold, visit
from tests.matrix.traces import decoded
from tests.oracles import Array
from wd_core import make_dataset

# Coordinate descent stops at a duality gap of 1e-13 of the targets: about 1e-7 of the weights.
SOLVED = 1e-6
# Lines are sent as floats of seven digits.
DRAWN = 2e-5
CASES: dict[str, dict[str, Any]] = {
    "as it opens": {},
    "a peak": {"prior": "laplacian"},
    "a narrow peak": {"prior": "laplacian", "at": 0.05, "noise": 3.0, "n_train": 6},
    "wide": {"at": 5.0, "noise": 0.2, "n_train": 300, "seed": 5},
    "few examples": {"at": 0.5, "n_train": 4, "seed": 8},
    "many examples, a peak": {"prior": "laplacian", "at": 0.1, "n_train": 500, "noise": 0.5},
}


@dataclass
class Again:
    """The same by scikit-learn, and the densities from their definitions."""

    question: Question
    places: dict[int, int] = field(default_factory=dict)

    @cached_property
    def data(self) -> Any:
        return make_dataset(self.question.data)

    @property
    def peaked(self) -> bool:
        return self.question.prior == "laplacian"

    def decay(self, width: float, noise: float = 0.0, n: int = 0) -> float:
        noise, n = noise or self.question.noise, n or self.question.n_train
        return noise**2 / (n * width ** (1 if self.peaked else 2))

    @cached_property
    def modes(self) -> Array:
        X, y = self.data.X_train, self.data.y_train
        models = [
            Lasso(self.decay(width), tol=1e-13, max_iter=10**6)
            if self.peaked
            else Ridge(self.decay(width) * len(y), solver="svd")
            for width in self.question.stops
        ]
        return np.array([model.fit(X, y).coef_ for model in models])

    @cached_property
    def alone(self) -> Array:
        return np.asarray(LinearRegression().fit(self.data.X_train, self.data.y_train).coef_)

    def share(self, place: int) -> float:
        return float(np.linalg.norm(self.modes[place]) / np.linalg.norm(self.alone))

    def log_prior(self, w: Array, width: float) -> Array:
        if self.peaked:
            return -np.abs(w).sum(-1) / width
        return -(w**2).sum(-1) / (2 * width**2)

    def log_likelihood(self, w: Array) -> Array:
        """Of normal noise, the bias at its best."""
        left = self.data.y_train - w @ self.data.X_train.T
        left = left - left.mean(-1, keepdims=True)
        return -(left**2).sum(-1) / (2 * self.question.noise**2)

    @property
    def width(self) -> float:
        return self.question.at


def near(value: float) -> Any:
    return pytest.approx(value, rel=SOLVED, abs=SOLVED)


ORACLES: dict[Any, Callable[[Again, Said], Any]] = {
    "weight_decay": lambda again, said: again.decay(again.question.stops[again.places[id(said)]]),
    "w1_data": lambda again, _: near(again.alone[0]),
    "w2_data": lambda again, _: near(again.alone[1]),
    "width": lambda again, _: again.width,
    "w1_mode": lambda again, _: near(again.modes[again.question.marked, 0]),
    "w2_mode": lambda again, _: near(again.modes[again.question.marked, 1]),
    "share": lambda again, _: near(again.share(again.question.marked)),
    "halved": lambda again, _: again.decay(again.width, n=2 * again.question.n_train),
    "fourfold": lambda again, _: again.decay(again.width, noise=2 * again.question.noise),
    "narrower": lambda again, _: again.decay(again.width / 2),
}


def line(seen: Visit, name: str, place: int) -> Array:
    """A moving line at a stop, [P, 2]."""
    (payload,) = seen.payloads
    move = payload["moves"][name]
    if "affine" not in move:
        return np.column_stack([decoded(move[part])[place] for part in "xy"])
    a, b, c, d, e, f = decoded(move["affine"])[place]
    (shape,) = (t for t in seen.traces() if (t.get("meta") or {}).get("moves") == name)
    x, y = (np.asarray(decoded(shape[part]), dtype=float) for part in "xy")
    return np.column_stack([a * x + b * y + e, c * x + d * y + f])


@pytest.mark.parametrize("name", CASES)
def test_every_number_and_line_is_recomputed(name: str) -> None:
    again = Again(FORM.of(CASES[name]))
    seen = visit("prior", {key: as_text(value) for key, value in CASES[name].items()})
    stops = seen.saying("a penalty of")
    assert len(stops) == len(again.question.stops)
    again.places = {id(said): place for place, said in enumerate(stops)}
    hold(seen, ORACLES, again)
    for place, said in enumerate(stops):
        zeros, share = int((again.modes[place] == 0).sum()), again.share(place)
        text = ("between", "one weight", "both weights")[zeros]
        text = "says little" if not zeros and share > 0.9 else text
        text = "pulls hard" if not zeros and share < 0.5 else text
        assert text in said.text
    for place in (0, again.question.marked, len(stops) - 1):
        _lines_are_where_they_are_said(seen, again, place)
    header, *rows = seen.file("Numbers (CSV)").splitlines()
    assert header == "width,weight_decay,w1,w2,share_of_length"
    table = np.array([row.split(",") for row in rows], dtype=float)
    assert table[:, 0].tolist() == [*again.question.stops]
    assert table[:, 1] == pytest.approx(
        [again.decay(width) for width in again.question.stops], rel=1e-12
    )
    assert table[:, 2:4] == pytest.approx(again.modes, rel=SOLVED, abs=SOLVED)


def _lines_are_where_they_are_said(seen: Visit, again: Again, place: int) -> None:
    """Each density has fallen by r²/2 of its logarithm there; a posterior is the product."""
    width, mode = again.question.stops[place], again.modes[place]
    size = again.log_likelihood(mode) + again.log_prior(mode, width)
    drawn = [t for t in seen.traces() if t.get("name") == "likelihood"]
    for k, r in enumerate(RADII):
        prior = line(seen, f"prior {k}", place)
        assert -again.log_prior(prior, width) == pytest.approx(
            np.full(len(prior), r**2 / 2), rel=DRAWN
        )
        posterior = line(seen, f"posterior {k}", place)
        fallen = size - again.log_likelihood(posterior) - again.log_prior(posterior, width)
        # what seven digits of a point are worth, by the slope there
        slack = DRAWN * (1 + math.sqrt(again.question.n_train) / again.question.noise / width)
        assert fallen == pytest.approx(np.full(len(posterior), r**2 / 2), rel=1e-3, abs=slack)
        points = np.column_stack([decoded(drawn[k][part]) for part in "xy"])
        fallen = again.log_likelihood(again.alone) - again.log_likelihood(points)
        assert fallen == pytest.approx(np.full(len(points), r**2 / 2), rel=1e-9)


@pytest.mark.parametrize("name", ["as it opens", "a peak"])
def test_the_marked_point_is_the_peak_of_the_product(name: str) -> None:
    """Without any of our formulas: the density itself, climbed by a method without gradients."""
    again = Again(FORM.of(CASES[name]))
    climbed = minimize(
        lambda w: -float(again.log_likelihood(w) + again.log_prior(w, again.width)),
        np.zeros(2),
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 4000, "maxfev": 4000},
    )
    assert climbed.x == pytest.approx(again.modes[again.question.marked], abs=1e-6)


def test_a_narrower_prior_is_a_stronger_penalty_and_leaves_less() -> None:
    for kind in ("gaussian", "laplacian"):
        again = Again(FORM.of({"prior": kind}))
        assert (np.diff([again.decay(width) for width in WIDTHS]) < 0).all()
        assert (np.diff([again.share(place) for place in range(len(WIDTHS))]) >= 0).all()


def test_the_peak_of_laplaces_prior_gives_an_exact_zero_in_nearly_every_draw() -> None:
    """Where the preset stands the weight that does not matter is exactly zero, the other is not."""
    (preset,) = (preset for preset in PRESETS if preset.name == "Lasso")
    draws = [Again(replace(preset.question, seed=seed)) for seed in range(20)]
    modes = np.array([again.modes[again.question.marked] for again in draws])
    assert (modes[:, 1] == 0).mean() >= 0.9
    assert (modes[:, 0] != 0).mean() >= 0.9
