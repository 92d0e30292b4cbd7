"""Pinned runs: kept beside the present one, compared in a table, named, removed."""

from __future__ import annotations

import math

import streamlit as st

from pages.shared.fields import as_text
from pages.shared.link import LONGEST_NAME
from pages.shared.numbers import plain
from pages.shared.run import MOST_PINS, PINS, RUN, Pin
from pages.shared.settings import SETTINGS, Settings, relevant
from pages.train.payload.picture import final_numbers

PRESENT = "present run"


def pinning(settings: Settings) -> None:
    """The button that pins the present run, and one that opens the list of pins."""
    pins = _pins()
    full = len(pins) >= MOST_PINS
    with st.container(horizontal=True):
        st.button(
            "Pin this run",
            on_click=_pin,
            args=(settings,),
            disabled=full or any(pin.settings == settings for pin in pins),
            help=f"Keep its curves to compare: up to {MOST_PINS} runs, carried by the link.",
        )
        if pins:
            with st.popover("Rename or remove"):
                for place, pin in enumerate(pins):
                    _edit(place, pin)


def table(settings: Settings) -> None:
    """The present run and the pinned ones: the settings that differ, and where they ended."""
    pins = _pins()
    if not pins:
        return
    runs = [Pin(PRESENT, settings), *pins]
    differing = [key for key in SETTINGS if len({_shown(pin.settings, key) for pin in runs}) > 1]
    present = final_numbers(settings)
    rows = []
    for pin in runs:
        end = final_numbers(pin.settings)
        row: dict[str, object] = {"run": pin.name}
        row |= {SETTINGS[key].label: _shown(pin.settings, key) for key in differing}
        row |= {
            "train loss": _number(end, "train"),
            "test loss": _number(end, "test"),
            "‖w‖": _number(end, "norm"),
            "test loss ÷ present run's": _ratio(end, present),
        }
        rows.append(row)
    st.dataframe(rows, hide_index=True)


def _pins() -> tuple[Pin, ...]:
    kept: tuple[Pin, ...] = st.session_state[PINS]
    return kept


def _number(end: dict[str, float] | None, name: str) -> str:
    """A final number; – where the run diverged, or is long and has not been run here."""
    return plain(end[name]) if end and math.isfinite(end[name]) else "–"


def _ratio(end: dict[str, float] | None, present: dict[str, float] | None) -> str:
    """A test loss over the present run's; – where that one is 0, or 0 up to rounding."""
    if not end or not present or not present["test"] > 0:
        return "–"
    return _number({"ratio": end["test"] / present["test"]}, "ratio")


def _shown(settings: Settings, key: str) -> str:
    """The value of a setting; – where the run does not read it."""
    if key not in relevant(settings.data.source, settings.run.optimizer):
        return "–"
    return as_text(settings.values()[key])


def _edit(place: int, pin: Pin) -> None:
    field = f"pin name {place} {RUN.query(pin.settings)}"
    st.text_input(
        f"Name of pinned run {place + 1}",
        pin.name,
        key=field,
        help=f"Cut to {LONGEST_NAME} signs.",
        on_change=_rename,
        args=(place, field),
    )
    st.button("Remove", key=f"remove {field}", on_click=_remove, args=(place,))


def _pin(settings: Settings) -> None:
    pins = _pins()
    taken = {pin.name for pin in pins}
    name = next(f"Run {i}" for i in range(1, MOST_PINS + 2) if f"Run {i}" not in taken)
    st.session_state[PINS] = (*pins, Pin(name, settings))


def _rename(place: int, field: str) -> None:
    pins = list(_pins())
    name = str(st.session_state[field]).strip()[:LONGEST_NAME].strip() or pins[place].name
    st.session_state[field] = name
    pins[place] = Pin(name, pins[place].settings)
    st.session_state[PINS] = tuple(pins)


def _remove(place: int) -> None:
    pins = _pins()
    st.session_state[PINS] = pins[:place] + pins[place + 1 :]
