"""The picture with which Train opens: the curves of its question, their names at their ends."""

import math
from itertools import pairwise
from typing import Any

import pytest

from pages.shared.fields import Value
from pages.shared.payload import Payload
from pages.shared.run import Pin
from pages.shared.settings import settings_of
from pages.train.figure.first import APART, EARLY
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


@pytest.mark.parametrize(("epochs", "side"), [(40, "left"), (90, "right")])
def test_the_name_of_a_shorter_run_stands_where_its_curve_ends(epochs: int, side: str) -> None:
    pin = Pin("short", settings_of({"epochs": epochs}))
    payload = training_picture(settings_of({"epochs": 100}), (pin,))
    notes = {note["text"]: note for note in payload["figure"]["layout"]["annotations"]}
    (short,) = (note for name, note in notes.items() if "short" in name)
    assert short["x"] == epochs / 100
    assert short["xanchor"] == side == ("left" if epochs / 100 < EARLY else "right")
    assert all(note["x"] == 1 for note in notes.values() if note is not short)


def test_the_names_of_a_run_beside_a_longer_one_stand_where_its_curves_end() -> None:
    pin = Pin("long", settings_of({"epochs": 100}))
    payload = training_picture(settings_of({"epochs": 50}), (pin,))
    notes = {note["text"]: note["x"] for note in payload["figure"]["layout"]["annotations"]}
    assert {name: x for name, x in notes.items() if x != 1} == {
        "test, λ = 3": 0.5,
        "test, λ = 0": 0.5,
    }
