"""The page of exact zeros over what its controls can say: every number worked out again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Lasso, Ridge

from pages.shared.fields import as_text
from pages.shared.words import Said
from pages.zeros.question import FORM, Question
from tests.matrix import traces
from tests.matrix.driver import hold, visit
from wd_core import make_dataset

# Coordinate descent stops at a duality gap of 1e-13 of the targets: about 1e-7 of the weights.
SOLVED = 1e-6
CASES: dict[str, dict[str, Any]] = {
    "as it opens": {},
    "all matter": {"n_informative": 100, "true_weight": 0.3, "at": 0.01, "weight": 0.0},
    "more examples": {"n_train": 200, "n_features": 10, "n_informative": 2, "at": 0.1, "lr": 0.01},
    "fewer examples": {"n_train": 7, "n_features": 30, "noise": 0.1, "weight": -0.5},
    "one feature": {"n_features": 1, "n_train": 9, "true_weight": 0.0, "seed": 4},
    "two examples": {"n_train": 2, "n_features": 3, "true_weight": -2.0, "at": 3.2},
    "none left": {"at": 3.2, "weight": 0.35, "seed": 7},
    "typed": {"at": 0.137},
}


@dataclass
class Again:
    """The same by scikit-learn, whose Lasso(alpha) has our λ and whose Ridge(alpha) nλ."""

    question: Question
    places: dict[int, int] = field(default_factory=dict)

    @cached_property
    def data(self) -> Any:
        return make_dataset(self.question.data)

    @cached_property
    def weights(self) -> dict[str, np.ndarray]:
        X, y = self.data.X_train, self.data.y_train
        sharp = [Lasso(lam, tol=1e-13, max_iter=10**6).fit(X, y) for lam in self.question.stops]
        smooth = [Ridge(lam * len(y), solver="svd").fit(X, y) for lam in self.question.stops]
        self.losses = {
            name: np.array([self.loss(model) for model in models])
            for name, models in (("sharp", sharp), ("smooth", smooth))
        }
        return {
            "sharp": np.array([model.coef_ for model in sharp]),
            "smooth": np.array([model.coef_ for model in smooth]),
        }

    def loss(self, model: Any) -> float:
        return float(np.mean((model.predict(self.data.X_test) - self.data.y_test) ** 2)) / 2

    def at(self, said: Said) -> int:
        return self.places[id(said)]

    def zeros(self, place: int) -> int:
        return int((self.weights["sharp"][place] == 0).sum())

    def best(self, name: str) -> int:
        assert self.weights
        return int(self.losses[name].argmin())

    def kept(self, part: slice) -> int:
        return int((self.weights["sharp"][self.question.marked][part] != 0).sum())

    @property
    def taken(self) -> float:
        return self.question.lr * self.question.at


def near(value: float) -> Any:
    return pytest.approx(value, rel=SOLVED)


def alone(again: Again) -> int:
    """Steps of the L1 norm until nothing is left, one by one."""
    left, steps = abs(again.question.weight), 0
    while left > 1e-12:
        left, steps = max(left - again.taken, 0.0), steps + 1
    return steps


ORACLES = {
    "sharp": lambda again, said: near(again.losses["sharp"][again.at(said)]),
    "smooth": lambda again, said: near(again.losses["smooth"][again.at(said)]),
    "sharp_best": lambda again, _: near(again.losses["sharp"].min()),
    "smooth_best": lambda again, _: near(again.losses["smooth"].min()),
    ("On these new examples", "n_zeros"): lambda again, _: again.zeros(again.best("sharp")),
    "n_zeros": lambda again, said: again.zeros(again.at(said)),
    "n_features": lambda again, _: again.question.n_features,
    "sharp_at": lambda again, _: again.question.stops[again.best("sharp")],
    "smooth_at": lambda again, _: again.question.stops[again.best("smooth")],
    "weight_decay": lambda again, _: again.question.at,
    "n_matter": lambda again, _: again.question.matter,
    "n_others": lambda again, _: again.question.n_features - again.question.matter,
    "n_right": lambda again, _: again.kept(slice(again.question.matter)),
    "n_wrong": lambda again, _: again.kept(slice(again.question.matter, None)),
    "empties": lambda again, _: float(
        np.abs(np.cov(again.data.X_train.T, again.data.y_train, bias=True)[-1, :-1]).max()
    ),
    "before": lambda again, _: again.question.weight,
    "sharp_after": lambda again, _: math.copysign(
        max(abs(again.question.weight) - again.taken, 0.0), again.question.weight
    ),
    "smooth_after": lambda again, _: again.question.weight * (1 - again.taken),
    "n_sharp": lambda again, _: alone(again),
    "half": lambda again, _: math.log(2) / -math.log(1 - again.taken),
}


@pytest.mark.parametrize("name", CASES)
def test_every_number_is_recomputed(name: str) -> None:
    question = FORM.of(CASES[name])
    seen = visit("zeros", {key: as_text(value) for key, value in CASES[name].items()})
    again = Again(question)
    assert again.weights
    stops = [said for said in seen.said if "on new examples are" in said.text]
    assert len(stops) == len(question.stops)
    again.places = {id(said): place for place, said in enumerate(stops)}
    hold(seen, ORACLES, again)
    (verdict,) = seen.saying("suits each best")
    ratio = again.losses["smooth"].min() / again.losses["sharp"].min()
    said = "pays" if ratio > 1.05 else "costs" if ratio < 1 / 1.05 else "about as well"
    assert said in verdict.text
    for said_there, place in zip(stops, range(len(stops)), strict=True):
        zeros = again.zeros(place)
        assert ("no weight left" in said_there.text) == (zeros == question.n_features)
        assert ("neither has" in said_there.text) == (zeros == 0)
    assert (again.weights["smooth"] != 0).all()  # "weight decay never"


@pytest.mark.parametrize("name", ["as it opens", "fewer examples"])
def test_the_picture_and_the_file_hold_the_same_solutions(name: str) -> None:
    seen = visit("zeros", {key: as_text(value) for key, value in CASES[name].items()})
    again = Again(FORM.of(CASES[name]))
    (payload,) = seen.payloads
    drawn = [
        one for one in traces.drawn(payload) if one.name in ("features that matter", "the others")
    ]
    for kind, (matter, others) in zip(again.weights, (drawn[:2], drawn[2:]), strict=True):
        lines = np.concatenate(
            [one.y.reshape(-1, len(again.question.stops) + 1) for one in (matter, others)]
        )
        assert np.isnan(lines[:, -1]).all()
        solved = pytest.approx(again.weights[kind], rel=SOLVED, abs=SOLVED)
        assert solved == lines[:, :-1].T
    header, *rows = seen.file("Numbers (CSV)").splitlines()
    table = dict(zip(header.split(","), np.array([row.split(",") for row in rows]).T, strict=True))
    assert table["weight_decay"].astype(float).tolist() == [*again.question.stops]
    for number, kind in (("l1", "sharp"), ("l2", "smooth")):
        losses = table[f"{number}_test_loss"].astype(float)
        assert losses == pytest.approx(again.losses[kind], rel=SOLVED)
        zeros = (again.weights[kind] == 0).sum(1)
        assert table[f"{number}_zeros"].astype(int).tolist() == zeros.tolist()
        last = again.question.n_features
        weights = table[f"{number}_w{last}"].astype(float)
        assert weights == pytest.approx(again.weights[kind][:, -1], rel=SOLVED, abs=SOLVED)
