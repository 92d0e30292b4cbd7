"""The live chart: a figure, its tiles and its playback bar on one node that outlives updates."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from pages.shared import assets, heard
from pages.shared.brought.session import secret
from pages.shared.encoding import encode
from pages.shared.form import set_control
from pages.shared.language import with_language
from pages.shared.lessons import dragging
from pages.shared.link import LESSON
from pages.shared.memory import memory
from pages.shared.payload import Payload

# Streamlit sends inline script again with every message, so the component proper lies
# behind addresses that the browser caches. The script runs from a blob: address, against
# which a path alone does not resolve.
SHIM: Final = """
const SENT = Symbol.for("weight-decay-explorer sent");
// The same text is the same object: a rerun that changes nothing redraws nothing.
function read(node, bytes) {
  const text = new TextDecoder().decode(bytes);
  if (node[SENT]?.text !== text) node[SENT] = { text, data: JSON.parse(text) };
  return node[SENT].data;
}
export default async function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = read(parentElement, bytes);
  const { chart, modules } = data.assets;
  const load = (name) => import(location.origin + chart + name);
  const [{ mount }] = await Promise.all(modules.map(load));
  return mount(parentElement, data, setTriggerValue);
}
"""

# Streamlit's client takes up what comes within 10 ms at once: what is ahead must be further ahead.
AHEAD_SECONDS: Final = 0.02
EXPECTED: Final = "a chart is expected"

_mount = st.components.v2.component("weight_decay_chart", js=SHIM, isolate_styles=False)


def expect() -> None:
    """Let a first component come well ahead of the chart, once a session.

    What mounts charts is then there when they come. Else React would show empty boxes in their
    place, and that it does not change again for 300 ms.
    """
    if EXPECTED not in st.session_state:
        st.session_state[EXPECTED] = True
        time.sleep(AHEAD_SECONDS)


def _in_lesson(payload: Payload) -> dict[str, str]:
    """The link to the picture, in the lesson that its page is opened in, and in its language."""
    query, lesson = payload.get("query"), st.session_state.get(LESSON)
    if query is None:
        return {}
    parts = (query, f"{LESSON}={lesson}" if lesson else "")
    return {"query": with_language("&".join(filter(None, parts)))}


def chart(
    payload: Payload, *, key: str, on: Mapping[str, Callable[[], None]] | None = None
) -> None:
    """Draw the payload on the chart with this key; a constant key keeps zoom and legend.

    `on` names what Python does when a chart says "chosen" (a slider of its own was let go) or
    "clicked" (a point [x, y] of the first panel, where the figure's `layout.meta.clicks` asks for
    it; where it asks for "panels", the point under the mouse and the number of its panel,
    [x, y, panel]) or "grown" (more of a stream that goes on where it was stopped has come, about
    once a second and at its end, or another one that says so has ended: what stands around the
    chart follows); the value is in the session under `key`.
    """
    # the choice that this run answers: a newer one may be on its way already
    answered = heard.said(st.session_state, key, "chosen")
    data = {
        "assets": assets.addresses(),
        "base": assets.base_path(),
        **secret(),
        # with the link that the tab shows, so that neither is older than the other
        **({"kept": memory()} if "query" in payload else {}),
        "payload": {**payload, **_in_lesson(payload), **dragging.marks(), "heard": answered},
    }

    def dragged() -> None:
        if told := heard.dragged(st.session_state, key):
            set_control(*told, st.session_state)

    acts = {**(on or {}), "dragged": dragged}
    callbacks: Any = {f"on_{name}_change": act for name, act in acts.items()}
    # bytes are sent as they are; anything else Streamlit writes as JSON twice
    _mount(data=encode(data).encode(), key=key, **callbacks)
