"""What a visitor has guessed and solved, kept in the tab of the browser: there is no account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from pages.shared.lessons.tasks import Comparison, Estimate

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
    """What this visitor has done, that of the tab among it: by the names of steps the guesses, by
    those of exercises the variants that were solved last.
    """
    told = getattr(st.session_state.get(TAB), "kept", None)
    kept: dict[str, str] = st.session_state.setdefault(KEPT, {})
    for name in (*(lesson.name for lesson in path().lessons), *path().exercise):
        said = _said_of(told, name)
        if said is not None and name not in kept:
            kept[name] = said
    _tab(key=TAB, data=dict(kept), on_kept_change=lambda: None)
    return kept


def known() -> Mapping[str, str]:
    """The same as far as the session knows it already."""
    kept: Mapping[str, str] = st.session_state.get(KEPT, {})
    return kept


def guess(lesson: Lesson, said: str) -> None:
    """Commit to a guess; the first one counts."""
    if _is_known(lesson.name, said):
        st.session_state.setdefault(KEPT, {}).setdefault(lesson.name, said)


def solve(lesson: Lesson) -> None:
    """Note that this variant of an exercise is solved."""
    st.session_state.setdefault(KEPT, {})[lesson.name] = str(lesson.variant)


def _said_of(told: Any, name: str) -> str | None:
    """What a browser says of a step or an exercise, where it makes sense."""
    said = told.get(name) if isinstance(told, Mapping) else None
    return said if isinstance(said, str) and _is_known(name, said) else None


def _is_known(name: str, said: str) -> bool:
    """Whether it is a guess of this step, or a variant of this exercise."""
    if name in path().exercise:
        return said in {str(lesson.variant) for lesson in path().exercise[name]}
    task = path()[name].task
    return isinstance(task, Comparison | Estimate) and task.reads(said)
