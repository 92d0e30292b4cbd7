"""The picture with which Train opens: the curves of its question, their names at their ends."""

import math
from itertools import pairwise
from typing import Any

import pytest

from pages.shared.fields import Value
from pages.shared.payload import Payload
from pages.shared.settings import settings_of
from pages.train.figure.first import APART
from pages.train.payload.picture import training_picture
from pages.train.question import EVERY, Shown

CONSTANT = "test, constant predictor"


def seen(payload: Payload) -> dict[str, dict[str, Any]]:
    """The traces that are drawn, by their names."""
    return {t["name"]: t for t in payload["figure"]["data"] if t.get("visible") is not False}


def names_at(payload: Payload) -> dict[str, float]:
    """Where each name stands beside the picture, in log₁₀."""
    notes = payload["figure"]["layout"].get("annotations", [])
    return {note["text"]: note["y"] for note in notes if note.get("yref") == "y"}


@pytest.mark.parametrize(
    ("weight_decay", "names"),
    [
        (3.0, {"test, λ = 3", "test, λ = 0", CONSTANT}),
        (0.0, {"train, λ = 0", "test, λ = 0", CONSTANT}),
    ],
)
def test_it_opens_with_the_curves_of_the_question(weight_decay: float, names: set[str]) -> None:
    settings = settings_of({"weight_decay": weight_decay})
    payload, every = training_picture(settings), training_picture(settings, (), Shown(EVERY))
    assert seen(payload).keys() == names
    assert seen(every).keys() > names
    assert payload["series"] == every["series"]  # what is hidden is not lost


@pytest.mark.parametrize(
    "values", [{}, {"weight_decay": 0.0}, {"n_features": 10, "lr": 0.1}, {"lr": 1.0}]
)
def test_each_name_stands_at_the_end_of_its_curve_and_on_no_other(
    values: dict[str, Value],
) -> None:
    payload = training_picture(settings_of(values))
    low, high = payload["figure"]["layout"]["yaxis"]["range"]
    gap = APART * (high - low)
    names, traces = names_at(payload), seen(payload)
    assert names.keys() == traces.keys()
    for name, place in names.items():
        trace = traces[name]
        values_of = payload["series"][trace["meta"]["series"]] if "meta" in trace else trace["y"]
        assert abs(place - math.log10(float(values_of[-1] or 0))) < 2 * gap
    places = sorted(names.values())
    assert all(b - a > 0.999 * gap for a, b in pairwise(places))
