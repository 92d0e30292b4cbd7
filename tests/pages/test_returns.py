"""What a tab keeps of a session, and hands to one that knows nothing of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pages.registry import PAGES
from pages.shared import assets
from pages.shared.fields import Choice, Number, Setting, Steps, Text, Value
from pages.shared.form import FORMS
from pages.shared.memory import MEMORY, OPENED, recall
from pages.shared.returns import BROUGHT
from pages.shared.run import PINS, Pin
from pages.shared.settings import settings_of
from tests.pages.opening import TIMEOUT_SECONDS, fine, unfolded

FRAME = Path(__file__).parents[2] / "pages" / "frame.py"


def other(setting: Setting) -> Value:
    """A value that is not the default."""
    match setting:
        case Choice():
            return next(name for name in setting.options if name != setting.default)
        case Steps():
            step = next(step for step in setting.steps if step != setting.default)
            return int(step) if setting.whole else float(step)
        case Text():
            return setting.default
        case Number():
            value = min(setting.least + 3 * setting.step, setting.most)
            return int(value) if setting.whole else float(value)


@pytest.mark.parametrize("page", [page.path for page in PAGES])
def test_all_settings_of_a_page_are_kept_and_come_back(page: str) -> None:
    """Those too that nothing reads: momentum under plain SGD, the numbers of closed folders."""
    form = FORMS[page]
    pins = (Pin("Mine? Yes & no", settings_of({"weight_decay": 0.5})),)
    state: dict[Any, Any] = {PINS: pins}
    form.show({key: other(setting) for key, setting in form.settings.items()}, state)
    later: dict[Any, Any] = {}
    assert recall(json.dumps({page: form.memory(form.kept(state), state)}), later)
    assert form.kept(later) == form.kept(state)
    assert form.kept(later) != form.defaults
    assert later[form.slot(OPENED)] == (form.kept(state), [])
    assert later.get(PINS, pins) == pins
    assert (PINS in later) == ("weight_decay" in form.slots)


def test_of_settings_that_pages_share_those_of_the_last_page_count() -> None:
    state: dict[Any, Any] = {}
    recall(json.dumps({"train": "weight_decay=1&lr=0.1", "step": "lr=0.2&step=7"}), state)
    assert (state["weight_decay"], state["lr"], state[FORMS["step"].slot("step")]) == (3.0, 0.2, 7)
    assert list(state[MEMORY]) == ["train", "step"]


@pytest.mark.parametrize("text", ["", "no JSON", "3", "[]", "{}", '{"nowhere": "lr=1"}'])
def test_what_makes_no_sense_is_nothing(text: str) -> None:
    state: dict[Any, Any] = {}
    assert not recall(text, state)
    assert not state


def test_a_value_that_makes_no_sense_is_the_default() -> None:
    state: dict[Any, Any] = {}
    assert recall(json.dumps({"train": "weight_decay=-4&lr=0.1&pin=x%3Fseed%3D7"}), state)
    assert (state["weight_decay"], state["lr"]) == (3.0, 0.1)
    assert state[PINS] == (Pin("x", settings_of({"seed": 7})),)


def test_both_sides_call_it_the_same() -> None:
    assert f'"{BROUGHT}"' in (assets.BROWSER / "line.js").read_text(encoding="utf-8")


# ---- a tab, its server, and the one after it


def tab(page: str, query: Mapping[str, str]) -> AppTest:
    """The page in its frame, opened by a link."""
    registering = AppTest.from_file(str(FRAME), default_timeout=TIMEOUT_SECONDS).run()
    frame = AppTest.from_file(str(FRAME), default_timeout=TIMEOUT_SECONDS)
    frame._page_hash = registering.switch_page(f"{page}/view.py")._page_hash
    for key, text in query.items():
        frame.query_params[key] = text
    return frame.run()


def kept(page: AppTest) -> str:
    """What a page that refuses gives the tab to keep."""
    return str(json.loads(page.get("bidi_component")[-1].proto.json)["kept"])


def sent(page: AppTest) -> dict[str, Any]:
    """What its chart was sent."""
    charts = [json.loads(chart.proto.bytes) for chart in fine(page).get("bidi_component")[1:]]
    return dict(charts[0])


def come_back(page: AppTest, memory: str) -> AppTest:
    """The tab at a server that knows nothing: it sends its controls, and its memory."""
    later = AppTest.from_file(str(FRAME), default_timeout=TIMEOUT_SECONDS)
    later._page_hash = page._page_hash
    for key in page.query_params:
        later.query_params[key] = page.query_params[key]
    stand = page._tree.get_widget_states()
    for folder in page.expander:  # AppTest knows of none that it has a value
        if folder.proto.id:
            stand.widgets.append(WidgetState(id=folder.proto.id, bool_value=folder.proto.expanded))
    stand.widgets.append(WidgetState(id=BROUGHT, string_value=memory))
    return later._run(stand)


def test_a_tab_that_comes_back_has_what_it_had() -> None:
    page = tab("train", {"weight_decay": "5", "epochs": "30"})
    page.select_slider(key="weight_decay").set_value(1.0)
    page.button[0].click().run()
    memory, query = sent(page)["kept"], sent(page)["payload"]["query"]
    assert "pin=" in query
    later = come_back(page, memory)
    assert sent(later)["payload"] == sent(page)["payload"]
    assert sent(later)["kept"] == memory


def test_what_was_moved_since_is_a_move_like_any_other() -> None:
    """A slider's, and that of a switch, whose value follows when Python hears of it."""
    page = tab("geometry", {"s1": "3"})
    memory = sent(page)["kept"]
    page.number_input(key="geometry s2").set_value(0.5)
    switch = next(toggle for toggle in page.toggle if toggle.key == "geometry descent on")
    switch.set_value(True)
    later = come_back(page, memory)
    assert sent(later)["payload"]["query"] == sent(fine(page.run()))["payload"]["query"]
    assert "descent=" in sent(later)["payload"]["query"]


def test_an_exercise_that_is_done_ticks_itself_and_no_move_is_lost() -> None:
    """The server that the tab finds asks for another run, while it does as if it had been there."""
    page = tab("train", {"lesson": "beat.1"})
    page.select_slider(key="weight_decay").set_value(50.0).run()
    (chart,) = (made.proto.bytes for made in page.get("bidi_component") if made.proto.bytes)
    page.select_slider(key="lr").set_value(0.001)
    later = fine(come_back(page, json.loads(chart)["kept"]))
    assert later.select_slider(key="lr").value == 0.001
    assert later.select_slider(key="weight_decay").value == 50.0
    assert "✓ **Done.**" in [node.value for node in later.markdown]


def test_folders_that_were_open_are_open_and_what_lies_in_them_is_heard() -> None:
    page = unfolded(tab("train", {}), "train").run()
    memory = sent(page)["kept"]
    page.number_input(key="epochs").set_value(30)
    later = come_back(page, memory)
    assert later.number_input(key="epochs").value == 30
    assert sent(later)["payload"]["query"] == "epochs=30"


def test_the_other_pages_are_as_they_were_left() -> None:
    page = tab("step", {"step": "7", "lr": "0.01"})
    memory = json.dumps({"geometry": "s1=9", **json.loads(sent(page)["kept"])})
    later = come_back(page, memory)
    assert later.session_state["geometry s1"] == 9.0
    assert sent(later)["payload"]["query"] == sent(page)["payload"]["query"]


def test_what_is_refused_comes_back_and_is_refused_again() -> None:
    """The address does not say it: it shows no picture."""
    page = tab("map", {"per_decade": "8", "seeds": "25", "epochs": "20000"})
    page.select_slider(key="map per_decade").set_value(6)
    memory = kept(page.run())
    later = come_back(page, memory)
    assert later.error[0].value == page.error[0].value
    assert later.select_slider(key="map per_decade").value == 6
    assert kept(later) == memory


def test_a_session_that_is_known_takes_nothing_from_the_tab() -> None:
    page = tab("train", {"weight_decay": "5"})
    stand = page._tree.get_widget_states()
    stand.widgets.append(WidgetState(id=BROUGHT, string_value=json.dumps({"train": "seed=4"})))
    assert sent(fine(page._run(stand)))["payload"]["query"] == "weight_decay=5"
