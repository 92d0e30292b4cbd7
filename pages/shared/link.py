"""The link is the document: settings and pinned runs as the query of an address, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from pages.shared.settings import (
    DEFAULTS,
    SETTINGS,
    Setting,
    Settings,
    Value,
    as_text,
    settings_of,
)

PIN = "pin"
MOST_PINS = 6
LONGEST_NAME = 40


@dataclass(frozen=True)
class Pin:
    """A run that is kept beside the present one."""

    name: str
    settings: Settings

    def text(self) -> str:
        """The pin as one value in a link: its name, a question mark, its settings."""
        return f"{self.name}?{self.settings.query()}"


@dataclass(frozen=True)
class Link:
    """All that a link says, and a sentence for everything in it that makes no sense."""

    settings: Settings
    pins: tuple[Pin, ...] = ()
    complaints: tuple[str, ...] = ()


def query_of(settings: Settings, pins: Sequence[Pin]) -> str:
    """The query of the link to these settings and pins; defaults are left out."""
    pinned = urlencode([(PIN, pin.text()) for pin in pins])
    return "&".join(part for part in (settings.query(), pinned) if part)


def read_link(query: Iterable[tuple[str, str]]) -> Link:
    """The settings and pins in a query; what cannot be used is left out and named."""
    pairs = list(query)
    values, complaints = read_values([pair for pair in pairs if pair[0] != PIN])
    settings, refused = _settings(values)
    if settings.data.n_train < int(values.get("n_train", 0)):
        complaints.append(
            f"Training examples n: {values['n_train']} in the link is more than these data have; "
            f"{settings.data.n_train} are used."
        )
    pins: list[Pin] = []
    for text in (text for key, text in pairs if key == PIN):
        name, mark, rest = text.rpartition("?")  # no query holds a bare question mark
        name, rest = (name, rest) if mark else (text, "")
        pinned, wrong = read_values(parse_qsl(rest, keep_blank_values=True))
        kept, why = _settings(pinned)
        complaints += [f"Pinned run “{name[:LONGEST_NAME]}”: {c}" for c in wrong + why]
        pins.append(Pin(name[:LONGEST_NAME] or f"Run {len(pins) + 1}", kept))
    if len(pins) > MOST_PINS:
        complaints.append(f"The link pins {len(pins)} runs; the first {MOST_PINS} are shown.")
    return Link(settings, tuple(pins[:MOST_PINS]), tuple(complaints + refused))


def read_values(
    query: Iterable[tuple[str, str]],
    settings: Mapping[str, Setting] = SETTINGS,
    defaults: Mapping[str, Value] = DEFAULTS,
) -> tuple[dict[str, Value], list[str]]:
    """The values that a query gives to a page's settings; what cannot be used is named."""
    values: dict[str, Value] = {}
    complaints = []
    for key, text in query:
        if key not in settings:
            complaints.append(f"The link names a setting “{key[:40]}” that does not exist.")
            continue
        try:
            values[key] = settings[key].read(text)
        except ValueError as error:
            instead = settings[key].instead or f"{as_text(defaults[key])} is used instead"
            complaints.append(
                f"{settings[key].label}: “{text[:40]}” in the link {error}; {instead}."
            )
    return values, complaints


def _settings(values: dict[str, Value]) -> tuple[Settings, list[str]]:
    try:
        return settings_of(values), []
    except ValueError as error:
        return settings_of({}), [f"The link's settings do not go together: {error}."]
