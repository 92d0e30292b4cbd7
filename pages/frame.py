"""The navigation, and the frame around every page: tab, question, step of the path, way on."""

from datetime import timedelta

import streamlit as st

from pages.registry import GROUPS, PAGES, SHOWN
from pages.shared import chart, guide, returns
from pages.shared.lessons import card, way


@st.fragment(run_every=timedelta(days=20))
def reconnected() -> None:
    """Has a browser that reconnects ask for the whole page, as it does where a part repeats.

    The server that it finds may be another, or have forgotten the session: it knows no fragment.
    """


def frame() -> None:
    """The frame, and the page in it."""
    entries = {
        page.path: st.Page(
            page.view, title=page.title, url_path=page.path, default=page is PAGES[0]
        )
        for page in SHOWN
    }
    opened = st.navigation(
        {group: [entries[page.path] for page in SHOWN if page.group == group] for group in GROUPS},
        position="top",
    )
    page = next(page for page in SHOWN if entries[page.path] == opened)
    st.set_page_config(
        page_title=f"{page.title} · Weight Decay Explorer", page_icon="📉", layout="wide"
    )
    guide.offer(page.path, page.form, page.cards)
    chart.expect()
    st.title(page.question, anchor=False)
    reconnected()
    lesson = card.begun(page.path)
    if lesson is None or card.draw(lesson):
        opened.run()
        if lesson is not None and not lesson.variant:
            way.onward(lesson)
        elif page is PAGES[0]:
            way.steps()
        elif page.pictured:
            following = PAGES[(PAGES.index(page) + 1) % len(PAGES)]
            st.page_link(entries[following.path], label=f"Next: {following.question}")


returns.draw(frame)
