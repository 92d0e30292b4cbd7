"""Every page with a setting that nobody ships: an entry and a field are enough."""

from __future__ import annotations

from dataclasses import is_dataclass, make_dataclass
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from pages.registry import PICTURED
from pages.shared.fields import Number
from pages.shared.form import FORMS, link_to
from pages.shared.run import RunForm
from pages.which import question as which
from tests.pages.opening import fine, opened, payloads
from tests.unlinked import unlinked
from wd_core.book.two_codes import SIDES, Switches

PATHS = [page.path for page in PICTURED]
# As little work as can be.
SMALL = {"epochs": "5", "n_train": "7", "n_features": "4", "batch_size": "7"}
FEW = {
    "book": {"seeds": "50"},
    "dimension": {"n_train": "10", "at": "9", "draws": "5"},
    "geometry": {},
    "map": {**SMALL, "per_decade": "1", "seeds": "1"},
    "which": {**SMALL, "seeds": "1", "draws": "5"},
}
KEY = "made_up"
SETTING = Number(KEY, "Made up", "How much of it is made up.", 2.0, 0.0, 8.0, 0.5)


class FreeSwitches(Switches):
    """What a switch of the two codes may be is the engine's affair: here one may be anything."""

    def __post_init__(self) -> None:
        """No value is refused."""

    def sides(self) -> dict[str, tuple[Any, Any]]:
        """Those of the engine."""
        return Switches(**{key: getattr(self, key) for key in SIDES}).sides()


def with_field(kind: type) -> type:
    """The same dataclass with one field more."""
    bases = (FreeSwitches if kind is Switches else kind,)
    return make_dataclass(kind.__name__, [(KEY, float, 2.0)], bases=bases, frozen=True)


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page whose settings hold an entry more, and its dataclass a field."""
    page: Any = FORMS[request.param]
    if isinstance(page, RunForm):
        monkeypatch.setitem(page.own, KEY, SETTING)
        monkeypatch.setattr(page, "shown", with_field(page.shown))
    elif is_dataclass(page.make):
        monkeypatch.setitem(page.settings, KEY, SETTING)
        monkeypatch.setattr(page, "make", with_field(page.make))
    else:  # made of several: the dataclass stands beside the form
        monkeypatch.setitem(page.settings, KEY, SETTING)
        monkeypatch.setattr(which, "Problem", with_field(which.Problem))
    return str(request.param)


def links(page: AppTest) -> list[dict[str, str]]:
    """What the charts write into the address bar."""
    return [dict(parse_qsl(p["query"])) for p in payloads(page) if p.get("query") is not None]


def test_it_has_its_control_and_is_in_the_link(path: str) -> None:
    few = FEW.get(path, SMALL)
    page = opened(path, {**few, KEY: "3"})
    assert not page.warning
    control = page.number_input(key=f"{path} {KEY}")
    assert (control.value, control.label) == (3.0, SETTING.label)
    assert unlinked(control.help).startswith(SETTING.help)
    assert [link for link in links(page) if link.get(KEY) == "3"]
    page = fine(control.set_value(2.0).run())
    assert links(page)
    assert not any(KEY in link for link in links(page))


def test_what_makes_no_sense_is_named_with_its_limits(path: str) -> None:
    page = opened(path, {**FEW.get(path, SMALL), KEY: "9"})
    assert [warning.value.replace("\\", "") for warning in page.warning] == [
        "Made up: “9” in the link is outside the range 0 to 8; 2 is used instead."
    ]


def test_another_page_leads_to_it(path: str) -> None:
    link = link_to(path, {KEY: 3.0})
    assert link is not None
    assert (link.page, dict(parse_qsl(link.query))) == (path, {KEY: "3"})
    assert link_to(path, {KEY: 9.0}) is None
