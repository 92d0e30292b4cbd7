"""What a session speaks: its link’s language, else its browser’s, until the switch is moved."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from pages.shared import language
from pages.shared.language import ENGLISH
from pages.shared.link import printable
from pages.shared.words import say

# By these a session keeps its language, and the switch.
KEPT: Final = "language"
SWITCH: Final = "language switch"
# Said in both, for whoever reads only one of them.
NAME: Final = "Language / 语言"


def begin() -> None:
    """Speak the session's language in the run of its script that begins here."""
    spoken, named = _kept()
    language.speak(spoken, named=named)


def of_session() -> str:
    """The language of the session that this thread works for; English where there is none."""
    return _kept()[0]


def _kept() -> tuple[str, bool]:
    """The language, and whether links have to name it: the browser would choose another."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return ENGLISH, False
    kept = st.session_state.get(KEPT)
    if kept is None:
        named = language.named_in(context.query_string)
        browsers = _of_browser()
        spoken = browsers if named is None else named
        if spoken not in language.catalogues():
            spoken = ENGLISH
        kept = st.session_state[KEPT] = spoken, spoken != browsers
    return kept


def _of_browser() -> str:
    return language.preferred(st.context.headers.get("Accept-Language", ""))


def complaints(context: ScriptRunContext | None) -> list[str]:
    """A sentence where the present link names a language that there is not."""
    named = language.named_in(context.query_string) if context else None
    if named is None or named in language.catalogues():
        return []
    return [
        say(
            "The link names a language “{given}” that these pages do not speak; English is used "
            "instead.",
            given=printable(named),
        )
    ]


def switch() -> None:
    """The control that changes it, where there is more than one; all else stays as it is."""
    names = language.languages()
    if len(names) < 2:
        return

    def moved() -> None:
        chosen = str(st.session_state[SWITCH])
        st.session_state[KEPT] = chosen, chosen != _of_browser()
        begin()

    st.session_state[SWITCH] = of_session()
    with st.container(key="language"):  # in the page's style it stands in the top row
        st.selectbox(
            NAME,
            list(names),
            format_func=names.__getitem__,
            key=SWITCH,
            on_change=moved,
            label_visibility="collapsed",
        )


language.ask(of_session)
