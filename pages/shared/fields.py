"""The kinds of settings: what a value may be, and why a text is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol, Self, TypeVar

from pages.shared.numbers import every_digit, number_text
from pages.shared.words import label, say, tells, told

Value = str | int | float
# What has more digits is larger than any setting may be, whatever they are.
FEW_DIGITS = 300


class NotANumberError(ValueError):
    """A text that is no number where one is wanted."""

    def __init__(self) -> None:
        super().__init__(say("is not a number"))


class NotWholeError(ValueError):
    """A text that is no whole number where one is wanted."""

    def __init__(self) -> None:
        super().__init__(say("is not a whole number"))


class OutsideError(ValueError):
    """A number beyond its limits."""

    def __init__(self, least: float, most: float) -> None:
        ends = {"least": every_digit(least), "most": every_digit(most)}
        super().__init__(say("is outside the range {least} to {most}", **ends))
        self.least, self.most = least, most


class NotOneOfError(ValueError):
    """A text that is none of the names of a choice."""

    def __init__(self, options: Iterable[str]) -> None:
        self.options = ", ".join(options)
        super().__init__(say("is not one of {options}", options=self.options))


class NotReadableError(ValueError):
    """A text that was written by no page of ours, or has been cut off since."""

    def __init__(self) -> None:
        super().__init__(say("cannot be read"))


@tells("label", "help")
@dataclass(frozen=True)
class Steps:
    """A number chosen from listed steps, or any other within their range if a link brings it."""

    key: str
    label: str
    help: str
    default: float
    steps: Sequence[float]
    whole: bool = False
    instead: ClassVar[str] = ""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        return _number(text, self.steps[0], self.steps[-1], self.whole)

    def with_value(self, value: float) -> list[Value]:
        """The steps, and this value among them where it lies between two."""
        return [int(x) if self.whole else float(x) for x in sorted({*self.steps, value})]

    def up_to(self, most: float) -> Self:
        """The setting with this limit, where it has no lower one: its last step then."""
        below = [step for step in self.steps if step < most]
        return replace(self, steps=[*below, most]) if most < self.steps[-1] else self


@tells("label", "help", "instead")
@dataclass(frozen=True)
class Number:
    """A number typed or stepped within limits."""

    key: str
    label: str
    help: str
    default: float
    least: float
    most: float
    step: float
    whole: bool = False
    # What happens where a link's value is refused; nothing said, the default is used.
    instead: str = ""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        return _number(text, self.least, self.most, self.whole)

    def up_to(self, most: float) -> Self:
        """The setting with this limit, where it has no lower one."""
        return replace(self, most=min(self.most, most))


class Labelled(Protocol):
    """What a registry holds: an entry that says its name for people."""

    @property
    def label(self) -> str:
        """Its name on the page."""


@dataclass(frozen=True)
class Labels(Mapping[str, str]):
    """The labels of what a registry holds at the time of asking, after those in `before`."""

    registry: Mapping[str, Labelled]
    before: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return told(self.before[name] if name in self.before else self.registry[name].label)

    def __iter__(self) -> Iterator[str]:
        yield from (*self.before, *self.registry)

    def __len__(self) -> int:
        return len(self.before) + len(self.registry)


@tells("label", "help")
@dataclass(frozen=True)
class Choice:
    """One of a few names, each with the label it is shown by."""

    key: str
    label: str
    help: str
    default: str
    options: Mapping[str, str] = field(hash=False)
    instead: ClassVar[str] = ""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        if text not in self.options:
            raise NotOneOfError(self.options)
        return text

    def named(self, value: str) -> str:
        """How one of them is shown."""
        return told(self.options[value])


LEFT_OUT = label("it is left out")
ELSEWHERE = label("It follows from what was done on another page.")


@tells("label", "help", "instead")
@dataclass(frozen=True)
class Text:
    """A text that no control has, and that follows from what was done elsewhere.

    rule: raises ValueError where a text is none; most: so many characters it may have.
    """

    key: str
    label: str
    most: int
    rule: Callable[[str], object] = field(hash=False)
    help: str = ELSEWHERE
    default: str = ""
    instead: str = LEFT_OUT

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        if len(text) > self.most:
            raise NotReadableError
        try:
            self.rule(text)
        except ValueError:
            raise NotReadableError from None
        return text


Setting = Steps | Number | Choice | Text
Sized = TypeVar("Sized", Steps, Number)


def usual(setting: Setting) -> Value:
    """The default of a setting, whole where it must be."""
    if isinstance(setting, Choice | Text):
        return setting.default
    return int(setting.default) if setting.whole else setting.default


def as_text(value: Value) -> str:
    """A value as it stands in a link."""
    return number_text(value) if isinstance(value, float) else str(value)


def _number(text: str, least: float, most: float, whole: bool) -> Value:
    try:
        value: float = _whole(text) if whole else float(text)
    except ValueError:
        raise (NotWholeError() if whole else NotANumberError()) from None
    if not least <= value <= most:  # neither is nan
        raise OutsideError(least, most)
    return value


def _whole(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        digits = text.strip().lstrip("+-")
        if len(digits) < FEW_DIGITS or not digits.isdecimal():
            raise
        return -math.inf if "-" in text else math.inf  # longer than int() reads
