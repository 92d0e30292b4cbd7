"""The map page's controls: those of the run, shared with Train, and those of the maps."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.map.payload import frame
from pages.map.question import ENDS, FORM, SETTINGS, VARIED, Plan, Shown, plan_of
from pages.shared import controls, heard
from pages.shared.fields import Steps
from pages.shared.run import RUN
from pages.shared.settings import Settings, relevant
from pages.shared.words import label, tell

CHART = "map chart"
ABOVE = ("optimizers", "scale")


def maps() -> None:
    """Which maps, and how finely."""
    controls.draw(FORM, *ABOVE)
    with st.expander(tell("Cells"), expanded=False):
        for upper, lower in ENDS.items():
            controls.draw(FORM, lower)
            _upper(upper, float(st.session_state[FORM.slot(lower)]))
        controls.draw(FORM, *FORM.others(*RUN.settings, *ABOVE, *ENDS, *ENDS.values()))


def runs(shown: Shown) -> None:
    """What all the runs have in common."""
    source = str(st.session_state["source"])
    read = set().union(*(relevant(source, name) for name in shown.trained))
    controls.draw(FORM, "n_features")
    unread = [key for key in RUN.settings if key not in read]
    controls.folded(FORM, but=(*VARIED, *unread))
    controls.folder(FORM, label("Randomness"), lambda: controls.draw(FORM, "seed"))


def one() -> None:
    """The run that is chosen by a click, by other means."""
    controls.folder(FORM, label("Chosen run"), lambda: controls.draw(FORM, *VARIED))


def _upper(key: str, least: float) -> None:
    """The upper end of a range; it has no choice where the lower one is as high as it can be."""
    slot, setting = FORM.slot(key), SETTINGS[key]
    assert isinstance(setting, Steps)
    st.session_state[slot] = max(least, float(st.session_state[slot]))
    if least < setting.steps[-1]:
        controls.draw(FORM, key)


def on_chart(settings: Settings, shown: Shown) -> dict[str, Callable[[], None]]:
    """A click on a cell makes its run the present one; cells that come change nothing."""

    def clicked() -> None:
        told = heard.clicked(st.session_state, CHART, 3)
        if told is None:
            return
        plan = plan_of(settings, shown)
        x, y, panel = told[0], told[1], int(told[2])
        if not 0 <= panel < len(plan.panels):
            return
        cell = frame(plan, plan.panels[panel]).cell_at(x, y)
        if cell is not None:
            _choose(plan, panel, *cell)

    return {"clicked": clicked, "grown": lambda: None}


def _choose(plan: Plan, panel: int, row: int, column: int) -> None:
    run = plan.run(panel, row, column, 0)
    for key in VARIED:
        st.session_state[key] = getattr(run, key)
