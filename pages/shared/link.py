"""What links say, as text: the values in a query, and a sentence for everything that is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlencode

from pages.shared.fields import (
    NotANumberError,
    NotOneOfError,
    NotWholeError,
    OutsideError,
    Setting,
    Value,
    as_text,
)
from pages.shared.numbers import every_digit
from pages.shared.words import Said, listed, say

# A pinned run, in the links of pages that have them.
PIN = "pin"
LONGEST_NAME = 40
# Of settings that do not exist, as many are called by name.
NAMED = 3


def written(values: Mapping[str, Value]) -> str:
    """Values as a query."""
    return urlencode({key: as_text(value) for key, value in values.items()})


def read_values(
    query: Iterable[tuple[str, str]],
    settings: Mapping[str, Setting],
    defaults: Mapping[str, Value],
    known: Callable[[str], bool],
) -> tuple[dict[str, Value], list[str]]:
    """The values that a query gives to these settings; what cannot be used is named.

    A setting of which the query says what cannot be has its default, as if that were said. Of two
    values for a setting the last counts. What is `known` elsewhere is no fault of the link.
    """
    values: dict[str, Value] = {}
    complaints: list[str] = []
    given = dict(query)
    for key, text in given.items():
        if key in settings:
            try:
                values[key] = settings[key].read(text)
            except ValueError as error:
                complaints.append(_refused(settings[key], text, error, defaults[key]))
                if not settings[key].instead:
                    values[key] = defaults[key]
    unknown = [key for key in given if key not in settings and not known(key)]
    return values, [*complaints, *([_unknown(unknown)] if unknown else [])]


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


def printable(text: str, longest: int = LONGEST_NAME) -> str:
    """The beginning of a text from outside, without signs that turn or break a line."""
    return "".join(sign for sign in text[:longest] if sign.isprintable())
