"""Sentences: whole, made from one text and the values that stand in its places.

They are told in the language that is spoken when they are made, and told again in another one by
`told`. Names and helps that stand in tables of the code are marked by `label`, and told by `told`
where they are shown, or by `tells` in the fields of a class.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pages.shared.language import NUMBER, places, set_apart, spoken, translated, translated_n
from pages.shared.numbers import plain
from wd_core.checks import Phrase

Value = str | int | float
Class = TypeVar("Class", bound=type)
Key = TypeVar("Key")
# Of a sentence about one thing or several: its two texts, and how many there are.
Forms = tuple[str, str, int]


class Said(str):
    """A sentence; `text` is what it was made from, `values` what stands in its places, by name.

    The text is the English one, in whatever language the sentence is. A number among the values is
    a `Digits`, or an int, so that it can be had in full precision.
    """

    text: str
    values: Mapping[str, Value]
    forms: Forms | None
    language: str

    def __new__(cls, text: str, values: Mapping[str, Value], forms: Forms | None = None) -> Said:
        """The sentence with its places filled."""
        form = translated_n(*forms) if forms else translated(text)
        made = super().__new__(
            cls, set_apart(form.format_map({NUMBER: forms[2], **values} if forms else values))
        )
        made.text, made.values, made.forms, made.language = text, values, forms, spoken()
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.text, self.values, self.forms

    def again(self) -> Said:
        """The same in the language that is spoken now."""
        if self.language == spoken():
            return self
        values = {
            name: value.again() if isinstance(value, Said) else value
            for name, value in self.values.items()
        }
        return Said(self.text, values, self.forms)


def say(text: str, /, **values: Value) -> Said:
    """The sentence of this text with its values put into the places {name}.

    `text` is a literal and a whole sentence (or several): what varies in words needs a text of its
    own. A float becomes `plain`; other forms (`exact`, `percent`, ...) are made by the caller.
    ValueError where a place has no value, or a value no place.
    """
    return _said(text, values)


def say_n(one: str, many: str, n: int, /, **values: Value) -> Said:
    """The sentence for one thing or for many; {n} is their number, where the text has the place."""
    text = one if n == 1 else many
    number = {NUMBER: n} if NUMBER in places(text) else {}
    return _said(text, {**values, **number}, (one, many, n))


def _said(text: str, values: Mapping[str, Value], *forms: Forms) -> Said:
    return Said(text, _shown(text, values), *forms)


def _shown(text: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values as they stand in the places of a text. ValueError where they are not its own."""
    wanted = places(text)
    if wanted != values.keys():
        raise ValueError(f"the places of {text!r} are {sorted(wanted)}, got {sorted(values)}")
    return {
        name: plain(value) if isinstance(value, float) else value for name, value in values.items()
    }


def tell(text: str, /, **values: Value) -> str:
    """A name, a heading or a help, in the same way: no sentence, and not to be told again."""
    return set_apart(translated(text).format_map(_shown(text, values)))


def tell_n(one: str, many: str, n: int, /, **values: Value) -> str:
    """The same for one thing or for many."""
    text = one if n == 1 else many
    number = {NUMBER: n} if NUMBER in places(text) else {}
    shown = {NUMBER: n, **_shown(text, {**values, **number})}
    return set_apart(translated_n(one, many, n).format_map(shown))


def label(text: str, /) -> str:
    """A literal that is told where it is shown: a name, a help or a sentence without places."""
    return text


def told(text: str) -> str:
    """A label, or a sentence that was made before, in the language that is spoken now."""
    if isinstance(text, Said):
        return text.again()
    return Said(text.text, text.values) if isinstance(text, Phrase) else translated(text)


class Names(Mapping[Key, str]):
    """Labels by their keys, told when they are asked for."""

    def __init__(self, labels: Mapping[Key, str]) -> None:
        self._labels = labels

    def __getitem__(self, key: Key) -> str:
        return told(self._labels[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)


class _Told:
    """A field whose text is told when it is asked for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        text = instance.__dict__[self.name]
        return told(text) if isinstance(text, str) else text

    def __set__(self, instance: Any, text: Any) -> None:
        instance.__dict__[self.name] = text


def tells(*names: str) -> Callable[[Class], Class]:
    """A class whose fields of these names hold labels or sentences, which are told when asked for.

    It stands above what makes the class a dataclass.
    """

    def telling(cls: Class) -> Class:
        for name in names:
            setattr(cls, name, _Told(name))
        return cls

    return telling


def joined(parts: Iterable[str]) -> str:
    """Sentences one after the other, without those that say nothing."""
    blank = say("{one} {other}", one="", other="")
    return blank.join(filter(None, parts))


def listing(parts: Sequence[str]) -> str:
    """Words one after the other, with commas between them: a, b, c."""
    if not parts:
        return ""
    before = parts[0]
    for part in parts[1:]:
        before = say("{before}, {part}", before=before, part=part)
    return before


def listed(parts: Sequence[str]) -> str:
    """Words one after the other: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    *before, last = parts
    return say("{before} and {last}", before=listing(before), last=last)


def literal(text: str) -> str:
    """Text from outside, for a place that reads Markdown: every sign stands for itself."""
    escaped = re.sub(r"([\\`*_{}\[\]()<>#!|~$:&])", r"\\\1", text)
    return re.sub(r"(//|www|@)", "\\1\u2060", escaped)  # a bare address would become a link


def refusal(why: str) -> Said:
    """What is said where the values of controls make no question, or one without an answer."""
    return say("These settings do not go together: {why}. Change that control.", why=why)
