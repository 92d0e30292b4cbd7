"""What a session keeps of all pages, as the browser's tab holds it for another that knows nothing.

The link says what one page shows. Here stands the rest, too: the pages that were left, and settings
that nothing reads just now.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import orjson
import streamlit as st

from pages.shared import assets
from pages.shared.fields import Value
from pages.shared.form import FORMS, Form

# By these a session keeps, of each page that was opened, what follows, the last one last; and of
# one page what it opened with.
MEMORY: Final = "memory"
OPENED: Final = "opened"
# And by this, while it is there, that what is drawn is not shown, and drawn again at once.
UNSEEN: Final = "unseen"
# No session keeps more, with all pins on all pages.
LONGEST: Final = 200_000

KEEP: Final = """
export default async function ({ data }) {
  const { line } = await import(location.origin + data.line);
  line.kept = data.kept;
}
"""

_keep = st.components.v2.component("weight_decay_memory", js=KEEP, isolate_styles=False)


def remember(form: Form[Any], values: Mapping[str, Value]) -> None:
    """Note what the session keeps of the page that is being drawn, with these values."""
    state = st.session_state
    others = {page: text for page, text in state.get(MEMORY, {}).items() if page != form.page}
    state[MEMORY] = {**others, form.page: form.memory(values, state)}


def memory() -> str:
    """All of it, for the browser."""
    return orjson.dumps(st.session_state.get(MEMORY, {})).decode()


def hand_over() -> None:
    """Have the browser keep it where no chart brings it: a page that shows none."""
    _keep(data={"line": f"{assets.addresses()['chart']}line.js", "kept": memory()}, key="wd-memory")


def recall(text: str, state: MutableMapping[Any, Any]) -> bool:
    """Have a session keep what is in the text; whether there was anything."""
    pages = _read(text)
    for page, query in pages.items():
        form = FORMS[page]
        form.recall(query, state)
        state[form.slot(OPENED)] = (form.kept(state), [])
    if pages:
        state[MEMORY] = pages
    return bool(pages)


def _read(text: str) -> dict[str, str]:
    """The text comes from outside: what makes no sense in it is left out."""
    if len(text) > LONGEST:
        return {}
    try:
        pages = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(pages, dict):
        return {}
    return {page: str(query) for page, query in pages.items() if page in FORMS}
