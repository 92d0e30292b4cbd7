"""What do the words mean? An index of terms, each opened in its place, and where it is seen."""

import streamlit as st

from pages.glossary.question import FORM
from pages.glossary.words import labels, sent
from pages.shared import assets, controls
from pages.shared.memory import hand_over

# What is drawn once stands: a page that comes again has nothing new to say.
SHOW = """
export default async function ({ data, parentElement }) {
  const { show } = await import(location.origin + data.address);
  show(parentElement, data);
}
"""

_glossary = st.components.v2.component("weight_decay_glossary", js=SHOW, isolate_styles=False)


@controls.page(FORM)
def page() -> None:
    """The page: every term has an address of its own, at which a link opens it."""
    chart = assets.addresses()["chart"]
    data = {
        "address": f"{chart}glossary.js",
        "style": f"{chart}glossary.css",
        "entries": sent(assets.base_path()),
        "labels": labels(),
    }
    _glossary(data=data, key="glossary index")
    hand_over()


page()
