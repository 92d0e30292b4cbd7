"""The map page's controls: those of the run, shared with Train, and those of the maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import streamlit as st

from pages.map.payload import frame
from pages.map.question import DEFAULTS, SETTINGS, VARIED, Plan, Shown, plan_of, read_link, shown_of
from pages.shared import assets, controls
from pages.shared.link import query_of, read_values
from pages.shared.run import RUN
from pages.shared.settings import Settings, Steps, as_text, relevant

PAGE = "map "
CHART = "map chart"
OPENED = PAGE + "opened"


def opened_link() -> list[str]:
    """At the first run in a session: take over what the link says; its complaints."""
    link, shown, complaints = read_link(controls.opened_query())
    said = controls.take_run(link)
    if OPENED not in st.session_state:
        show(shown)
        st.session_state[OPENED] = True
        said += complaints
    return said


def show(shown: Shown) -> None:
    """Set the page's own controls."""
    for key, value in asdict(shown).items():
        st.session_state[PAGE + key] = value


def chosen() -> Shown:
    """The maps as the controls stand now."""
    return shown_of({key: st.session_state.get(PAGE + key, DEFAULTS[key]) for key in SETTINGS})


def maps() -> None:
    """Which maps, and how finely."""
    for key in ("optimizers", "scale"):
        controls.draw(SETTINGS[key], PAGE)
    with st.expander("Cells", expanded=False):
        _ends("lr_from", "lr_to")
        _ends("decay_from", "decay_to")
        for key in ("per_decade", "seeds"):
            controls.draw(SETTINGS[key], PAGE)


def runs(shown: Shown) -> None:
    """What all the runs have in common."""
    source = str(st.session_state["source"])
    read = set().union(*(relevant(source, name) for name in shown.trained))
    controls.draw(RUN, "n_features")
    unread = [key for key in RUN.settings if key not in read]
    controls.folded(RUN, but=(*VARIED, *unread))
    with st.expander("Randomness", expanded=False):
        controls.draw(RUN, "seed")


def one() -> None:
    """The run that is chosen by a click, by other means."""
    with st.expander("Chosen run", expanded=False):
        controls.draw(RUN, *VARIED)


def _ends(low: str, high: str) -> None:
    """The two ends of a range; the upper one has no choice below the lower one."""
    controls.draw(SETTINGS[low], PAGE)
    least, upper = float(st.session_state[PAGE + low]), SETTINGS[high]
    assert isinstance(upper, Steps)
    st.session_state[PAGE + high] = max(least, float(st.session_state[PAGE + high]))
    if least < upper.steps[-1]:
        steps = [step for step in upper.steps if step >= least]
        controls.draw(replace(upper, steps=steps), PAGE)


def on_chart(settings: Settings, shown: Shown) -> dict[str, Callable[[], None]]:
    """A click on a cell makes its run the present one."""

    def clicked() -> None:
        value = st.session_state[CHART].clicked
        if not value:
            return
        plan = plan_of(settings, shown)
        x, y, panel = float(value[0]), float(value[1]), int(value[2])
        if not 0 <= panel < len(plan.panels):
            return
        cell = frame(plan, plan.panels[panel]).cell_at(x, y)
        if cell is not None:
            _choose(plan, panel, *cell)

    return {"clicked": clicked}


def _choose(plan: Plan, panel: int, row: int, column: int) -> None:
    run = plan.run(panel, row, column, 0)
    for key in VARIED:
        st.session_state[key] = getattr(run, key)


def train_address(settings: Settings) -> str | None:
    """The link to a run on Train; None where Train's controls cannot say it."""
    query = query_of(settings, ())
    _, complaints = read_values(
        [(key, as_text(value)) for key, value in settings.differences().items()]
    )
    return None if complaints else f"{assets.base_path()}/?{query}"
