"""What the pinned runs are called beside the present one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pages.shared.fields import as_text
from pages.shared.run import Pin
from pages.shared.settings import SETTINGS, Settings, relevant

NONE = "–"
# A name that fits beside its curve.
SHORT = 18


def called(present: Settings, pins: Sequence[Pin]) -> tuple[Pin, ...]:
    """The pins, each that is named after its settings by those that the present run has not.

    A name that somebody gave stays; so does one for which there is no other, or no short one.
    """
    taken = {pin.name for pin in pins}
    named: list[Pin] = []
    for pin in pins:
        name = _of(pin.settings, _apart(pin.settings, [present]))
        if _by_settings(pin) and 0 < len(name) <= SHORT and name not in taken:
            pin = replace(pin, name=name)
        taken.add(pin.name)
        named.append(pin)
    return tuple(named)


def apart(settings: Settings, others: Sequence[Settings]) -> str:
    """The settings of a run in which one of the others differs: λ = 3, η = 0.01."""
    return _of(settings, _apart(settings, others))


def shown(settings: Settings, key: str) -> str:
    """The value of a setting; – where the run does not read it."""
    if key not in relevant(settings.data.source, settings.run.optimizer):
        return NONE
    return as_text(settings.values()[key])


def _apart(settings: Settings, others: Sequence[Settings]) -> list[str]:
    return [
        key
        for key in SETTINGS
        if any(shown(settings, key) != shown(other, key) for other in others)
    ]


def _of(settings: Settings, keys: Collection[str]) -> str:
    values = {key: shown(settings, key) for key in keys}
    return ", ".join(f"{_symbol(key)} = {values[key]}" for key in keys if values[key] != NONE)


def _by_settings(pin: Pin) -> bool:
    """Whether its name is made of its own settings."""
    return set(pin.name.split(", ")) <= set(_of(pin.settings, list(SETTINGS)).split(", "))


def _symbol(key: str) -> str:
    """The sign of a setting, which ends its label; else the label."""
    named = SETTINGS[key].label
    sign = named.split()[-1]
    return sign if len(sign) == 1 else named
