"""Numbers typed beside a slider, the button that sets a page back, and the one that mends a run."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from pages.shared import exact
from pages.shared.exact import as_read
from pages.shared.fields import Steps
from pages.shared.form import FORMS
from pages.shared.remedies import remedies
from pages.shared.settings import settings_of
from tests.pages.opening import fine, opened, payloads

LIGHT = {"n_features": "10", "epochs": "20"}
# A page, and a link that is not how it opens.
MOVED = {
    "train": {"weight_decay": "1", "lr": "0.01", "curves": "every"},
    "step": {**LIGHT, "step": "7"},
    "codes": {**LIGHT},
    "geometry": {"weight_decay": "2", "l1": "on"},
    "start": {"at": "1"},
}


def button(page: AppTest, label: str) -> Button:
    (found,) = (button for button in page.button if button.label == label)
    return found


def link(page: AppTest) -> str:
    (query,) = (payload["query"] for payload in payloads(page) if "query" in payload)
    return str(query)


def typed(page: AppTest, key: str, text: str) -> AppTest:
    return fine(page.text_input(key=f"{key} typed").set_value(text).run())


@pytest.mark.parametrize(
    ("text", "value"), [("0,05", 0.05), (" 0.0512 ", 0.0512), ("1e-3", 0.001), ("0", 0.0)]
)
def test_any_number_of_the_range_is_taken(text: str, value: float) -> None:
    page = typed(opened("train", LIGHT), "weight_decay", text)
    assert not page.warning
    assert page.select_slider(key="weight_decay").value == value
    assert f"weight_decay={value:g}" in link(page)


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("weight_decay", "much", "“much” is not a number; it stays 3."),
        ("weight_decay", "101", "“101” is outside the range 0 to 100; it stays 3."),
        ("weight_decay", "nan", "“nan” is outside the range 0 to 100; it stays 3."),
        (
            "n_features",
            "1,000",
            "“1,000” has a comma that may stand for thousands or for a decimal point; it stays 10.",
        ),
        ("n_features", "1.5", "“1.5” is not a whole number; it stays 10."),
    ],
)
def test_a_refused_number_says_why_and_loses_nothing(key: str, text: str, why: str) -> None:
    page = opened("train", LIGHT)
    before = link(page)
    page = typed(page, key, text)
    (said,) = page.warning
    assert said.value.endswith(why)
    assert link(page) == before
    assert said.value.endswith(f"it stays {page.text_input(key=f'{key} typed').value}.")
    assert not fine(page.run()).warning


@pytest.mark.parametrize("text", ["9" * 10_000, "<b>" * 3000, "5\u202e" * 3000, "x\n\n# y"])
def test_a_refusal_stays_small_whatever_was_pasted(text: str) -> None:
    (said,) = typed(opened("train", LIGHT), "weight_decay", text).warning
    assert len(said.value) < 250
    assert not {"\u202e", "\n"} & {*said.value}


# A text, and the number that Python and the browser read in it: a browser test has the same cases.
CASES = json.loads((Path(__file__).parents[1] / "typed.json").read_text("utf-8"))
ANY = Steps("any", "Any", "", 0, [-1e6, 1e6])


@pytest.mark.parametrize(("text", "number"), CASES)
def test_a_number_is_read_as_people_write_it(text: str, number: float | None) -> None:
    if number is not None:
        assert ANY.read(as_read(text)) == number
        return
    with pytest.raises(ValueError, match=r"number|comma|range"):
        ANY.read(as_read(text))


@pytest.mark.parametrize("name", MOVED)
def test_reset_sets_a_page_back_to_how_it_opens(name: str) -> None:
    page = opened(name, MOVED[name])
    assert link(page) != ""
    page = fine(button(page, "Reset").click().run())
    assert link(page) == ""
    kept = {key: page.session_state[FORMS[name].slot(key)] for key in MOVED[name]}
    assert kept == {key: FORMS[name].defaults[key] for key in MOVED[name]}


def test_one_click_sets_the_learning_rate_with_which_a_run_settles() -> None:
    wild = settings_of({"lr": 1.0, "n_features": 10, "epochs": 20})
    page = opened("train", {**LIGHT, "lr": "1"})
    page = fine(button(page, f"Set η to {remedies(wild).lr:g}").click().run())
    assert page.session_state["lr"] == remedies(wild).lr
    assert "Diverged" not in str(payloads(page)[0].get("sentence"))
    assert not [b for b in page.button if b.label.startswith("Set η")]


@pytest.mark.parametrize("heard", [True, False])
def test_what_the_browser_has_not_said_yet_is_sent_again(
    heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run's picture of a control may be replaced before the browser has shown it."""
    page = opened("train", LIGHT)
    assert page.text_input(key="weight_decay typed").proto.set_value
    monkeypatch.setattr(exact, "is_heard", lambda _: heard)
    page = fine(page.run())
    assert page.text_input(key="weight_decay typed").proto.set_value is not heard
