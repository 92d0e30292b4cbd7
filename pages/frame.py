"""The navigation, and the frame around every page: tab, question, step of the path, way on."""

from datetime import timedelta

import streamlit as st

from pages.registry import GROUPS, PAGES, SHOWN
from pages.shared import chart, guide, returns, speaking
from pages.shared.lessons import card, way
from pages.shared.words import tell, told


@st.fragment(run_every=timedelta(days=20))
def reconnected() -> None:
    """Has a browser that reconnects ask for the whole page, as it does where a part repeats.

    The server that it finds may be another, or have forgotten the session: it knows no fragment.
    """


def frame() -> None:
    """The frame, and the page in it."""
    speaking.begin()
    entries = {
        page.path: st.Page(
            page.view,
            title=page.title,
            url_path=page.path,
            default=page is PAGES[0],
            help=page.question,
        )
        for page in SHOWN
    }
    opened = st.navigation(
        {
            told(group): [entries[page.path] for page in SHOWN if page.group == group]
            for group in GROUPS
        },
        position="top",
    )
    page = next(page for page in SHOWN if entries[page.path] == opened)
    st.set_page_config(
        page_title=tell("{page} · Weight Decay Explorer", page=page.title),
        page_icon="📉",
        layout="wide",
    )
    with st.container(key="wd-top"):  # what stands in the top row takes no room on the page
        guide.offer(page.path, page.form, page.cards, (told(page.group), page.title))
        speaking.switch()
    chart.expect()
    lesson = card.begun(page.path)
    st.title(card.heading(lesson) or page.question, anchor=False)
    reconnected()
    if lesson is None or card.draw(lesson):
        opened.run()
        if lesson is not None and not lesson.variant:
            way.onward(lesson)
        elif page is PAGES[0]:
            way.steps()
        elif page.pictured:
            following = PAGES[(PAGES.index(page) + 1) % len(PAGES)]
            st.page_link(
                entries[following.path], label=tell("Next: {question}", question=following.question)
            )


returns.draw(frame)
