"""What visitors do while a page of theirs, or an answer to their browser, is being made."""

from __future__ import annotations

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import RerunException, StopException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from pages.shared import leaving


def present() -> int:
    """How many have a page open."""
    return runtime.get_instance()._session_mgr.num_active_sessions() if runtime.exists() else 0


def moved_on() -> None:
    """End what makes a page for a visitor who has moved a control since, in the thread that does.

    The same of an answer for who has gone.

    At each element Streamlit ends a run of the whole script so; a fragment it would let come to its
    end, and the visitor wait for a picture that nobody wants any more.
    """
    leaving.heed()
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or context.script_requests is None:
        return
    requests, running = context.script_requests, context.fragment_ids_this_run
    waiting = requests._state is ScriptRequestType.RERUN
    if waiting and running and set(running) <= set(requests._rerun_data.fragment_id_queue):
        request = requests.on_scriptrunner_ready()
        if request.type is ScriptRequestType.STOP:  # in the last moment
            raise StopException
        raise RerunException(request.rerun_data)
    _ = "any" in st.session_state  # where Streamlit looks for requests too
