"""What charts say is used where it makes sense, and else it is nothing."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.registry import PICTURED
from pages.shared import heard
from pages.shared.fields import Choice
from pages.shared.form import FORMS
from tests.pages.opening import fine, opened

NONSENSE: list[Any] = [
    *(None, [], {}, 1, "x", [1, 2, 3, 4], [None, None], ["a", "b"], [1e400, 1], [True, {}]),
    *({"at": "x"}, {"slot": {}, "value": []}, {"slot": "pins"}, {"at": None}),
    *({"weight_decay": "x", "theta": [], "steps": {}}, {"__proto__": {"at": 1}}),
    *({"slot": "memory", "value": "x"}, {"slot": "start opened", "value": "x"}),
    {"at": 10**400, "weight_decay": float("nan"), "theta": 1, "steps": -1e308},
]
EVENTS = ("chosen", "clicked", "dragged", "grown")


def state(**says: Any) -> dict[str, Any]:
    return {"chart": SimpleNamespace(**says)}


def test_numbers_are_taken_by_name_and_by_place() -> None:
    told = state(chosen={"a": 1, "b": None, "c": 2}, clicked=[1, 2.5])
    assert heard.slid(told, "chart", "a", "b") == (1.0, None)
    assert heard.clicked(told, "chart", 2) == (1.0, 2.5)
    assert heard.clicked(told, "chart", 3) is None
    assert heard.slid(told, "chart", "d") is None
    assert heard.slid({}, "chart", "a") is None
    moved = state(dragged={"slot": "lr", "value": "0.1"})
    assert heard.dragged(moved, "chart") == ("lr", "0.1")


@pytest.mark.parametrize("value", NONSENSE, ids=str)
def test_what_makes_no_sense_is_nothing(value: Any) -> None:
    told = state(chosen=value, clicked=value, dragged=value)
    assert heard.clicked(told, "chart", 2) is None
    assert heard.slid(told, "chart", "weight_decay", "at") is None
    assert heard.dragged(told, "chart") in (None, ("memory", "x"), ("start opened", "x"))


def says(page: AppTest, value: Any) -> AppTest:
    """The page, once all its charts have said this of everything."""
    stand = page._tree.get_widget_states()
    text = json.dumps([{"event": event, "value": value} for event in EVENTS])
    for chart in page.get("bidi_component"):
        name = f"$$STREAMLIT_INTERNAL_KEY_{chart.proto.id}__events"
        stand.widgets.add(id=name, json_trigger_value=text)
    return page._run(stand)


@pytest.mark.parametrize("path", [page.path for page in PICTURED])
def test_a_page_heeds_no_nonsense(path: str) -> None:
    """Streamlit would show a fault, and log it."""
    form, page = FORMS[path], opened(path)
    before = form.kept(page.session_state)  # type: ignore[arg-type]
    for value in NONSENSE[4:-1:2]:
        page = fine(says(page, value))
    assert form.kept(page.session_state) == before  # type: ignore[arg-type]


@pytest.mark.parametrize("path", FORMS)
def test_a_choice_that_there_is_none_of_any_more_is_the_default(path: str) -> None:
    """A tab may be older than its server."""
    form = FORMS[path]
    choices = {key for key, setting in form.settings.items() if isinstance(setting, Choice)}
    gone = {form.slot(key): "gone" for key in choices}
    assert form.kept(gone) == form.defaults
