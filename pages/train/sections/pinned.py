"""Pinned runs: kept beside the present one, compared in a table, named, removed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.link import LONGEST_NAME, printable
from pages.shared.numbers import plain
from pages.shared.run import MOST_PINS, PINS, RUN, Pin
from pages.shared.settings import SETTINGS, Settings, settings_of
from pages.shared.tables import inert
from pages.shared.words import label, say, tell, told
from pages.train.payload.picture import Ended, ended
from pages.train.words.pins import NONE, SHORT, apart, called, shown

PRESENT = label("present run")
NUMBERS = (label("train loss"), label("test loss"), "‖w‖", label("test loss ÷ present run's"))
DEFAULT = settings_of({})


def pinning(settings: Settings) -> None:
    """The button that pins the present run, and one that opens the list of pins."""
    pins = _pins()
    full = len(pins) >= MOST_PINS
    with st.container(horizontal=True):
        st.button(
            tell("Pin this run"),
            on_click=_pin,
            args=(settings,),
            disabled=full or any(pin.settings == settings for pin in pins),
            help=tell(
                "Keep its curves to compare: up to {most} runs, carried by the link.",
                most=MOST_PINS,
            ),
        )
        if pins:
            with st.popover(tell("Rename or remove")):
                for place, pin in enumerate(pins):
                    _edit(place, pin)


def table(settings: Settings) -> None:
    """The present run and the pinned ones: the settings that differ, and where they ended."""
    pins = _pins()
    if not pins:
        return
    runs = [Pin(told(PRESENT), settings), *called(settings, pins)]
    differing = [key for key in SETTINGS if len({shown(pin.settings, key) for pin in runs}) > 1]
    ends = [ended(pin.settings) for pin in runs]
    any_diverged = any(end is not None and end.diverged_at is not None for end in ends)
    rows = []
    for pin, end in zip(runs, ends, strict=True):
        row: dict[str, str] = {tell("run"): inert(pin.name)}
        row |= {SETTINGS[key].label: shown(pin.settings, key) for key in differing}
        row |= _numbers(end, ends[0])
        if any_diverged:
            row[tell("diverged")] = _diverged(end)
        rows.append(row)
    st.dataframe(rows, hide_index=True)


def _numbers(end: Ended | None, present: Ended | None) -> dict[str, str]:
    """What a run ended with; – where it is long and has not been run here."""
    if end is None:
        return dict.fromkeys(map(told, NUMBERS), NONE)
    numbers = (plain(end.train), plain(end.test), plain(end.norm), _ratio(end, present))
    return dict(zip(map(told, NUMBERS), numbers, strict=True))


def _ratio(end: Ended, present: Ended | None) -> str:
    """A test loss over the present run's; – where one has diverged, or that one is 0."""
    if present is None or not present.test > 0:
        return NONE
    if end.diverged_at is not None or present.diverged_at is not None:
        return NONE
    return plain(end.test / present.test)


def _diverged(end: Ended | None) -> str:
    if end is None or end.diverged_at is None:
        return NONE
    return say("by epoch {epoch}", epoch=end.diverged_at)


def _pins() -> tuple[Pin, ...]:
    kept: tuple[Pin, ...] = st.session_state[PINS]
    return kept


def _edit(place: int, pin: Pin) -> None:
    field = f"pin name {place} {RUN.query(pin.settings)}"
    st.text_input(
        tell("Name of pinned run {place}", place=place + 1),
        pin.name,
        key=field,
        help=tell("Cut to {most} signs.", most=LONGEST_NAME),
        on_change=_rename,
        args=(place, field),
    )
    st.button(tell("Remove"), key=f"remove {field}", on_click=_remove, args=(place,))


def _pin(settings: Settings) -> None:
    pins = _pins()
    st.session_state[PINS] = (*pins, Pin(named(settings, pins), settings))


def named(settings: Settings, pins: Sequence[Pin]) -> str:
    """What sets a run apart from the pinned ones, or from the default; a number where that is long.

    Of the default run itself, and of one whose name is taken, also a number.
    """
    others = [pin.settings for pin in pins] or [DEFAULT]
    name = apart(settings, others)
    taken = {pin.name for pin in pins}
    if 0 < len(name) <= SHORT and name not in taken:
        return name
    numbered = (tell("Run {i}", i=i) for i in range(1, MOST_PINS + 2))
    return next(name for name in numbered if name not in taken)


def _rename(place: int, field: str) -> None:
    pins = list(_pins())
    name = printable(str(st.session_state[field]).strip()).strip() or pins[place].name
    st.session_state[field] = name
    pins[place] = Pin(name, pins[place].settings)
    st.session_state[PINS] = tuple(pins)


def _remove(place: int) -> None:
    pins = _pins()
    st.session_state[PINS] = pins[:place] + pins[place + 1 :]
