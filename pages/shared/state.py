"""A session's state as Streamlit's controls look at it: a value at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import is_element_id
from streamlit.runtime.state.safe_session_state import SafeSessionState


class Values(Mapping[str, Any]):
    """What Streamlit puts together of all values, each looked up when it is asked for.

    A control asks for its own alone, and of all others none needs to be looked up.
    """

    def __init__(self, safe: SafeSessionState) -> None:
        self._safe = safe

    def __getitem__(self, key: str) -> Any:
        if is_element_id(key):
            raise KeyError(key)
        with self._safe._lock:
            return self._safe._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def _all(self) -> dict[str, Any]:
        with self._safe._lock:
            return self._safe._state.filtered_state


def is_heard(key: str) -> bool:
    """Whether the browser has said in this run what the control with this key holds.

    It says so of each control that it shows. What has not come to it yet may be replaced by what
    the next run sends, and that must have the value with it again.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return False
    safe = context.session_state
    with safe._lock:
        state = safe._state
        return state._key_id_mapper.get_id_from_key(key) in state._new_widget_state.states


def look_up_singly() -> None:
    """Have controls given these."""
    SafeSessionState.filtered_state = property(Values)  # type: ignore[assignment, method-assign]
