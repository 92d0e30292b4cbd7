"""Sentences: whole, made from one text and the values that stand in its places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from string import Formatter

from pages.shared.numbers import plain

Value = str | int | float


class Said(str):
    """A sentence; `text` is what it was made from, `values` what stands in its places, by name.

    A number among the values is a `Digits`, or an int, so that it can be had in full precision.
    """

    text: str
    values: Mapping[str, Value]

    def __new__(cls, text: str, values: Mapping[str, Value]) -> Said:
        """The sentence with its places filled."""
        made = super().__new__(cls, text.format_map(values))
        made.text, made.values = text, values
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, Value]]:  # type: ignore[override]
        return self.text, self.values


def say(text: str, /, **values: Value) -> Said:
    """The sentence of this text with its values put into the places {name}.

    `text` is a literal and a whole sentence (or several): what varies in words needs a text of its
    own. A float becomes `plain`; other forms (`exact`, `percent`, ...) are made by the caller.
    ValueError where a place has no value, or a value no place.
    """
    places = _places(text)
    if places != values.keys():
        raise ValueError(f"the places of {text!r} are {sorted(places)}, got {sorted(values)}")
    return Said(text, {name: _shown(value) for name, value in values.items()})


@cache  # the texts are literals: there are no more of them than in the code
def _places(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def say_n(one: str, many: str, n: int, /, **values: Value) -> Said:
    """The sentence for one thing or for many; {n} is their number, where the text has the place."""
    text = one if n == 1 else many
    return say(text, **values, **({"n": n} if "{n}" in text else {}))


def _shown(value: Value) -> Value:
    return plain(value) if isinstance(value, float) else value


def listed(parts: Sequence[str]) -> str:
    """Words one after the other: a, b and c."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def literal(text: str) -> str:
    """Text from outside, for a place that reads Markdown: every sign stands for itself."""
    escaped = re.sub(r"([\\`*_{}\[\]()<>#!|~$:&])", r"\\\1", text)
    return re.sub(r"(//|www|@)", "\\1\u2060", escaped)  # a bare address would become a link


def refusal(why: str) -> Said:
    """What is said where the values of controls make no question, or one without an answer."""
    return say("These settings do not go together: {why}. Change that control.", why=why)
