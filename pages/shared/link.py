"""What links say, as text: the values in a query, and a sentence for everything that is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from unicodedata import category
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
from pages.shared.reasons import reason
from pages.shared.words import Said, listed, say, say_n

# A pinned run, in the links of pages that have them.
PIN = "pin"
# The lesson that a page is opened in.
LESSON = "lesson"
LONGEST_NAME = 40
# So many marks stand over or under one letter in any language.
MOST_MARKS = 3
# Of settings that do not exist, as many are called by name.
NAMED = 3
# Of all that makes no sense, so much is said.
MOST_SAID = 5


def written(values: Mapping[str, Value]) -> str:
    """Values as a query."""
    return urlencode({key: as_text(value) for key, value in values.items()})


def read_values(
    query: Iterable[tuple[str, str]],
    settings: Mapping[str, Setting],
    defaults: Mapping[str, Value],
    unknown: Callable[[Iterable[str]], list[str]],
) -> tuple[dict[str, Value], list[str]]:
    """The values that a query gives to these settings; what cannot be used is named.

    A setting of which the query says what cannot be has its default, as if that were said. Of two
    values for a setting the last counts. Of other keys only the `unknown` are a fault of the link.
    """
    values: dict[str, Value] = {}
    complaints: list[str] = []
    given, own = dict(query), {*settings}
    for key, text in given.items():
        if key in own:
            try:
                values[key] = settings[key].read(text)
            except ValueError as error:
                complaints.append(_refused(settings[key], text, error, defaults[key]))
                if not settings[key].instead:
                    values[key] = defaults[key]
    nowhere = unknown([key for key in given if key not in own])
    return values, [*complaints, *([_unknown(nowhere)] if nowhere else [])]


def few(complaints: Sequence[str]) -> list[str]:
    """The first of the sentences, and how many more there are: a page begins with them."""
    said, more = list(complaints[:MOST_SAID]), len(complaints) - MOST_SAID
    if more > 0:
        said.append(
            say_n(
                "One more thing in the link makes no sense.",
                "{n} more things in the link make no sense.",
                more,
            )
        )
    return said


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
    return say("{label}: “{given}” in the link {rule}; {instead}.", rule=reason(why), **told)


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


def printable(text: str) -> str:
    """The beginning of a text from outside, without signs that turn, break or outgrow a line."""
    kept, marks = "", 0
    for sign in text[:LONGEST_NAME]:
        kind = category(sign)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind == "Zs":
            kept += " "
        elif sign.isprintable() and marks <= MOST_MARKS:
            kept += sign
    return kept
