"""The link is the document: settings and pinned runs as the query of an address, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from pages.shared.fields import NotANumberError, NotOneOfError, NotWholeError, OutsideError
from pages.shared.foreign import is_foreign
from pages.shared.numbers import every_digit
from pages.shared.settings import (
    DEFAULTS,
    SETTINGS,
    Setting,
    Settings,
    Value,
    settings_of,
)
from pages.shared.words import Said, listed, say
from wd_core import DatasetSpec

PIN = "pin"
MOST_PINS = 6
LONGEST_NAME = 40
# Of settings that do not exist, as many are called by name.
NAMED = 3


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
    settings, complaints = _read_run([pair for pair in pairs if pair[0] != PIN])
    pinned = [text for key, text in pairs if key == PIN]
    pins: list[Pin] = []
    for text in pinned[:MOST_PINS]:
        name, mark, rest = text.rpartition("?")  # no query holds a bare question mark
        name, rest = (name, rest) if mark else (text, "")
        kept, wrong = _read_run(parse_qsl(rest, keep_blank_values=True))
        pin = Pin(name[:LONGEST_NAME] or f"Run {len(pins) + 1}", kept)
        pins.append(pin)
        name = printable(name, LONGEST_NAME)
        complaints += [say("Pinned run “{name}”: {wrong}", name=name, wrong=c) for c in wrong]
    if len(pinned) > MOST_PINS:
        complaints.append(
            say(
                "The link pins {n_pins} runs; the first {most} are shown.",
                n_pins=len(pinned),
                most=MOST_PINS,
            )
        )
    return Link(settings, tuple(pins), tuple(complaints))


def _read_run(query: Sequence[tuple[str, str]]) -> tuple[Settings, list[str]]:
    values, complaints = read_values(query)
    settings, refused = _settings(values)
    return settings, [*complaints, *refused, *too_large(settings.data, values)]


def read_values(
    query: Iterable[tuple[str, str]],
    settings: Mapping[str, Setting] = SETTINGS,
    defaults: Mapping[str, Value] = DEFAULTS,
    known: Callable[[str], bool] | None = None,
) -> tuple[dict[str, Value], list[str]]:
    """The values that a query gives to a page's settings; what cannot be used is named.

    Of two values for a setting the last counts. What another page knows, or another service has
    added, is no fault of the link.
    """
    known = known or known_elsewhere
    values: dict[str, Value] = {}
    complaints: list[str] = []
    given = dict(query)
    for key, text in given.items():
        if key in settings:
            try:
                values[key] = settings[key].read(text)
            except ValueError as error:
                complaints.append(_refused(settings[key], text, error, defaults[key]))
    unknown = [key for key in given if key not in settings and not known(key)]
    return values, [*complaints, *([_unknown(unknown)] if unknown else [])]


def known_elsewhere(key: str) -> bool:
    """Whether some page has such a setting, or another service adds it to links."""
    from pages.shared.tables import KEYS  # the pages' tables, whose modules import this one

    return key in KEYS or key == PIN or is_foreign(key)


def _refused(setting: Setting, text: str, why: ValueError, default: Value) -> Said:
    number = every_digit(default) if isinstance(default, float) else default
    told = {
        "label": setting.label,
        "given": printable(text),
        "instead": setting.instead or say("{default} is used instead", default=number),
    }
    match why:
        case NotANumberError():
            return say("{label}: “{given}” in the link is not a number; {instead}.", **told)
        case NotWholeError():
            return say("{label}: “{given}” in the link is not a whole number; {instead}.", **told)
        case OutsideError(least=least, most=most):
            return say(
                "{label}: “{given}” in the link is outside the range {least} to {most}; {instead}.",
                least=every_digit(least),
                most=every_digit(most),
                **told,
            )
        case NotOneOfError(options=options):
            return say(
                "{label}: “{given}” in the link is not one of {options}; {instead}.",
                options=options,
                **told,
            )
    return say("{label}: “{given}” in the link {rule}; {instead}.", rule=str(why), **told)


def _unknown(keys: Sequence[str]) -> Said:
    names = listed([f"“{printable(key)}”" for key in keys[:NAMED]])
    if len(keys) == 1:
        return say("The link names a setting {names} that does not exist.", names=names)
    if len(keys) <= NAMED:
        return say("The link names settings that do not exist: {names}.", names=names)
    return say(
        "The link names {n_settings} settings that do not exist, {names} among them.",
        n_settings=len(keys),
        names=names,
    )


def too_large(data: DatasetSpec, values: Mapping[str, Value]) -> list[str]:
    """A sentence for each size in a link that is more than its data have."""
    said: list[str] = []
    given, used = int(values.get("n_train", 0)), data.n_train
    if used == 1 < given:
        said.append(
            say(
                "Training examples n: {given} in the link is more than these data have; the only "
                "one is used.",
                given=given,
            )
        )
    elif used < given:
        said.append(
            say(
                "Training examples n: {given} in the link is more than these data have; {used} are "
                "used.",
                given=given,
                used=used,
            )
        )
    given, used = int(values.get("n_features", 0)), data.n_features
    if used == 1 < given:
        said.append(
            say(
                "Dimension d: {given} in the link is more than these data have; their only feature "
                "is used.",
                given=given,
            )
        )
    elif used < given:
        said.append(
            say(
                "Dimension d: {given} in the link is more than these data have; {used} features "
                "are used.",
                given=given,
                used=used,
            )
        )
    return said


def printable(text: str, longest: int = LONGEST_NAME) -> str:
    """The beginning of a text from outside, without signs that turn or break a line."""
    return "".join(sign for sign in text[:longest] if sign.isprintable())


def _settings(values: dict[str, Value]) -> tuple[Settings, list[str]]:
    try:
        return settings_of(values), []
    except ValueError as error:
        said = say("The link's settings do not go together: {why}.", why=str(error))
        return settings_of({}), [said]
