"""Controls look up their own value, and find what Streamlit finds."""

from typing import Any

import pytest
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from pages.shared.state import look_up_singly

SCRIPT = """
import streamlit as st
st.session_state.setdefault("own", 3)
st.number_input("number", key="number", value=None)
st.text_input("text", key="text", value="a")
st.slider("slider", 0, 9, 4, key="slider")
st.text_input("keyless")
state = st.session_state
st.text(sorted(state))
st.text(len(state))
st.text(sorted((key, str(value)) for key, value in dict(state.to_dict()).items()))
st.text("keyless" in state)
"""


@pytest.fixture(autouse=True)
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SafeSessionState, "filtered_state", SafeSessionState.filtered_state)


def told() -> list[str]:
    page = AppTest.from_string(SCRIPT).run()
    page.number_input[0].set_value(2.5).run()
    page.text_input[0].set_value("b").run()
    assert not page.exception
    return [element.value for element in page.text] + [str(page.number_input[0].value)]


def test_all_that_is_there_is_found_as_before() -> None:
    theirs = told()
    look_up_singly()
    assert told() == theirs
    assert "'number', '2.5'" in theirs[2]


def test_a_control_has_nothing_looked_up_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[Any]()
    whole = SessionState.filtered_state.fget
    assert whole is not None

    def noted(state: SessionState) -> dict[str, Any]:
        asked.append(state)
        return whole(state)

    monkeypatch.setattr(SessionState, "filtered_state", property(noted))
    script = SCRIPT[: SCRIPT.index("state =")]
    AppTest.from_string(script).run()
    assert asked
    look_up_singly()
    asked.clear()
    assert not AppTest.from_string(script).run().exception
    assert not asked
