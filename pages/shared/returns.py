"""A tab that finds a server which knows nothing of it: it brings what it kept and loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.session_state import Serialized

from pages.shared.memory import MEMORY, UNSEEN, recall

# Among the values of its controls the browser calls it so: browser/line.js. To Streamlit that is a
# control without a key.
BROUGHT: Final = "$$ID-weight-decay-explorer memory-None"


def draw(frame: Callable[[], None]) -> None:
    """Draw the frame and its page; first, for a tab that comes back, as the tab last had them.

    That is not shown. It acquaints the new session with the controls, so that what was moved after
    the old one was last heard of is a move like any other, with all that follows from it.
    """
    context = get_script_run_ctx()
    if context is not None and MEMORY not in st.session_state:
        heard = context.session_state._state._new_widget_state.states
        stand = [one.value for one in heard.values() if isinstance(one, Serialized)]
        if recall(_brought(stand), st.session_state):
            for one in stand:
                # open folders stay open: else nothing would be known of the controls in them
                if one.WhichOneof("value") != "bool_value":
                    del heard[one.id]
            with _unseen(context):
                frame()
            raise RerunException(_again(context, stand))
    frame()


def _brought(stand: Iterable[WidgetState]) -> str:
    return next((one.string_value for one in stand if one.id == BROUGHT), "")


@contextmanager
def _unseen(context: ScriptRunContext) -> Iterator[None]:
    """Send the browser nothing meanwhile."""
    send, context._enqueue = context._enqueue, lambda _: None
    st.session_state[UNSEEN] = True
    try:
        yield
    finally:
        del st.session_state[UNSEEN]
        context._enqueue = send


def _again(context: ScriptRunContext, stand: Iterable[WidgetState]) -> RerunData:
    """The run over again, with the controls as they stand in the browser."""
    return RerunData(
        query_string=context.query_string,
        widget_states=WidgetStates(widgets=stand),
        page_script_hash=context.page_script_hash,
        cached_message_hashes=context.cached_message_hashes,
        context_info=context.context_info,
    )
