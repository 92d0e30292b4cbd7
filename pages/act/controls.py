"""The page's controls: those of the run, shared with Train, and the sliders of the chart."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from urllib.parse import parse_qsl

import streamlit as st

from pages.act.answer.states import has_directions, most_weight_decay, weight_decay_for
from pages.act.question import FREE, SETTINGS, Shown, read_link
from pages.shared import controls
from pages.shared.link import Link
from pages.shared.run import PINS, RUN
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.settings import settings_of
from pages.shared.words import say

PAGE = "act "
CHART = "act directions"
OPENED = PAGE + "opened"


def opened_link() -> list[str]:
    """At the first run in a session: take over what the link says; its complaints."""
    if OPENED in st.session_state:
        return []
    query = controls.opened_query()
    link, shown, complaints = read_link(query)
    refused: list[str] = []
    if PINS not in st.session_state:
        named = any(key == "weight_decay" for key, _ in query)
        link, shown, refused = _agreed(link, shown, named)
    said = controls.take_run(link) + refused
    for key, value in asdict(shown).items():
        st.session_state[PAGE + key] = value
    st.session_state[OPENED] = True
    return said + complaints


def _agreed(link: Link, shown: Shown, named: bool) -> tuple[Link, Shown, list[str]]:
    """Where the link names t, and λ follows it: λ; a sentence where that cannot be."""
    settings = link.settings
    if not shown.steps or shown.sliders == FREE or not has_directions(settings.data):
        return link, shown, []
    lam = weight_decay_for(settings.data, settings.run.lr, shown.steps)
    if named and lam != settings.run.weight_decay:
        said = say(
            "The link names both λ and t, of which one follows from the other: t follows from λ "
            "instead."
        )
        return link, replace(shown, steps=0), [said]
    if lam > most_weight_decay():
        said = say(
            "Steps t: so few ({t}) match λ = {weight_decay}, above the largest, {most}: t follows "
            "from λ instead.",
            t=shown.steps,
            weight_decay=lam,
            most=most_weight_decay(),
        )
        return link, replace(shown, steps=0), [said]
    settings = settings_of(settings.values() | {"weight_decay": lam})
    return replace(link, settings=settings), shown, []


def chosen() -> Shown:
    """The steps, and how the sliders move, as they stand now."""
    return Shown(**{key: st.session_state[PAGE + key] for key in SETTINGS})


def draw() -> None:
    """How the chart's sliders move, and the run's own; λ too where no chart has a slider for it."""
    on_chart = False
    with suppress(ValueError):  # data that cannot be had are explained in the picture's place
        on_chart = has_directions(controls.chosen().data)
    if on_chart:
        controls.draw(SETTINGS["sliders"], PAGE)
    else:
        controls.draw(TRAIN["weight_decay"])
    controls.draw(RUN, "lr", "n_features")
    controls.folded(RUN)
    controls.randomness(RUN)


def write_link(query: str) -> None:
    """Put the link into the address bar where no chart does."""
    pairs = parse_qsl(query)
    st.query_params.from_dict({k: [v for key, v in pairs if key == k] for k, _ in pairs})


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's sliders change."""
    return {"chosen": _slid}


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if not value:
        return
    st.session_state["weight_decay"] = float(value["weight_decay"])
    st.session_state[PAGE + "steps"] = int(value["steps"] or 0)  # no number: the limit
