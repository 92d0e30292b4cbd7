"""The payload has one form: as Python declares it, as the browser's side does, and as it is sent.

`opening.payloads` holds every payload of every page that a test opens to the same form.
"""

import json
import re
from collections.abc import Callable
from typing import Any, get_type_hints, is_typeddict

import pytest

from pages.dimension import payload as dimension_picture
from pages.dimension.question import FORM as DIMENSION
from pages.map import payload as map_picture
from pages.map.question import Shown
from pages.shared import assets, payload
from pages.shared.encoding import encode
from pages.shared.settings import settings_of
from pages.train.payload import picture
from pages.which import payload as which_picture
from pages.which.question import FORM as WHICH
from tests.misfits import misfits
from tests.pages.opening import told

DECLARED = (assets.BROWSER / "payload.d.ts").read_text(encoding="utf-8")
TYPES = {name: kind for name, kind in vars(payload).items() if is_typeddict(kind)}
EVENTS = {"picture": payload.Part, "rows": payload.Rows, "done": dict[str, Any]}
FIT = {"run": "a", "figure": {}, "series": {}}


def interfaces(source: str) -> dict[str, dict[str, bool]]:
    """By the name of an interface its fields, and whether each has to be there."""
    blocks = re.findall(r"^export interface (\w+) \{\n(.*?)^\}", source, re.DOTALL | re.MULTILINE)
    return {
        name: {field: not optional for field, optional in re.findall(r"^  (\w+)(\??):", body, re.M)}
        for name, body in blocks
    }


def test_both_sides_declare_the_same_fields() -> None:
    assert len(TYPES) == len(re.findall(r"^export interface", DECLARED, re.MULTILINE))
    assert interfaces(DECLARED) == {
        name: {field: field in kind.__required_keys__ for field in get_type_hints(kind)}
        for name, kind in TYPES.items()
    }


@pytest.mark.parametrize(
    "events",
    [
        lambda: picture.stream(settings_of({"epochs": 3})),
        lambda: map_picture.stream(
            settings_of({"epochs": 1, "n_features": 2}), Shown(per_decade=1, decay_from=0.1)
        ),
        lambda: which_picture.stream(WHICH.of({"seeds": 1, "draws": 5, "epochs": 1})),
        lambda: dimension_picture.stream(DIMENSION.of({"n_train": 4, "draws": 10})),
    ],
    ids=["train", "map", "which", "dimension"],
)
def test_a_stream_says_what_is_declared(events: Callable[[], payload.Events]) -> None:
    said = told(events())
    assert {name for name, _ in said} == EVENTS.keys()
    for name, data in said:
        assert not misfits(json.loads(encode(data)), EVENTS[name], name)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"sentense": ""}, "payload.sentense is unknown"),
        ({"series": {"epoch": [True]}}, "payload.series.epoch[0] is True"),
        ({"tiles": [{}]}, "payload.tiles[0].label is missing"),
        ({"total": "9"}, "payload.total is '9'"),
        ({"run": None}, "payload.run is None"),
        ({"live": []}, "payload.live is []"),
        ({"sliders": "two"}, "payload.sliders is 'two'"),
    ],
)
def test_a_misfit_is_found(value: dict[str, Any], where: str) -> None:
    (line,) = misfits(FIT | value, payload.Payload)
    assert line.startswith(where)


def test_what_fits_is_let_pass() -> None:
    assert not misfits(FIT | {"live": None, "series": {"a": [1, 2.5, "∞", None]}}, payload.Payload)
    assert misfits({}, payload.Rows)
