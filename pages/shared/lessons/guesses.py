"""What a visitor has guessed, kept in the tab of the browser: neither an account nor a reload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path

KEPT: Final = "guesses"
TAB: Final = "wd-guesses"
# What the tab has goes to a session that does not know it, once; a lock on storage is no fault.
JS: Final = """
const NAME = "weight-decay-explorer guesses";
function stored() {
  try { return JSON.parse(sessionStorage.getItem(NAME)) ?? {}; } catch { return {}; }
}
export default function ({ data, parentElement, setStateValue }) {
  const all = { ...stored(), ...data };
  try { sessionStorage.setItem(NAME, JSON.stringify(all)); } catch {}
  const told = JSON.stringify(all);
  const more = Object.keys(all).some((name) => !(name in data));
  if (more && parentElement.dataset.told !== told) setStateValue("kept", all);
  parentElement.dataset.told = told;
}
"""

_tab = st.components.v2.component("weight_decay_guesses", js=JS, isolate_styles=False)


def remembered() -> Mapping[str, str]:
    """The guesses of this visitor by the names of their lessons, those of the tab among them."""
    told = getattr(st.session_state.get(TAB), "kept", None)
    kept: dict[str, str] = st.session_state.setdefault(KEPT, {})
    for lesson in path().lessons:
        guess = _said_of(told, lesson)
        if guess is not None and lesson.name not in kept:
            kept[lesson.name] = guess
    _tab(key=TAB, data=dict(kept), on_kept_change=lambda: None)
    return kept


def guess(lesson: Lesson, said: str) -> None:
    """Commit to a guess; the first one counts."""
    if lesson.task.reads(said):
        st.session_state.setdefault(KEPT, {}).setdefault(lesson.name, said)


def _said_of(told: Any, lesson: Lesson) -> str | None:
    """What a browser says of a lesson, where that is a guess."""
    said = told.get(lesson.name) if isinstance(told, Mapping) else None
    return said if isinstance(said, str) and lesson.task.reads(said) else None
