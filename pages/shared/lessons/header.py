"""The text of a lesson's file: a header of lines “key: text”, a line ---, and what stands below."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pages.shared.lessons.tasks import OUTCOMES
from pages.shared.link import printable

# A file has no more bytes, a line of its header no more signs, what stands below no more than this.
MOST_BYTES: Final = 8192
LONGEST_LINE, LONGEST_TEXT = 400, 2000
END: Final = "---"
LINE: Final = re.compile(r"([a-z]+)(?: +([^:]+?))? *: *(.*)")
WANTED: Final = ("title", "page", "question")
# What is asked: of a step of the path, or of an exercise.
OF_STEPS: Final = ("compare", "estimate")
OF_EXERCISES: Final = ("number", "choose", "do")
TASKS: Final = (*OF_STEPS, *OF_EXERCISES)
# An exercise comes in no more variants.
MOST_VARIANTS: Final = 20
# What only an exercise may have.
BESIDE: Final = ("part", "moves", "variants", "hint")
# How a number is guessed, if not typed: the axis along which it is dragged.
DRAG: Final = "drag"
KEYS: Final = (*WANTED, "settings", "opens", *TASKS, DRAG, *OUTCOMES, *BESIDE)
# A number that texts may name, value NAME: expression; and an answer that is foreseen, with what
# is said of it, mistake EXPRESSION: sentence.
VALUE, MISTAKE = "value", "mistake"
NAME: Final = re.compile(r"[a-z][a-z_]*")


class LessonError(ValueError):
    """Why a file is no lesson, and in which line of it that is seen."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


class Entry(NamedTuple):
    """What the header says of one thing, and where."""

    line: int
    text: str


@dataclass
class Header:
    """What a file says: by key; by the names of values; by foreseen answers; and below it all."""

    entries: dict[str, Entry] = field(default_factory=dict)
    values: dict[str, Entry] = field(default_factory=dict)
    mistakes: dict[str, Entry] = field(default_factory=dict)
    below: Entry = field(default=Entry(0, ""))

    @property
    def end(self) -> int:
        """The line that ends the header."""
        return self.below.line - 1

    def said(self, key: str) -> str:
        """The text of a key; nothing where it is not said."""
        return self.entries[key].text if key in self.entries else ""

    def those(self, keys: tuple[str, ...]) -> list[str]:
        """The keys among these that are said."""
        return [key for key in keys if key in self.entries]


def parted(lines: list[str]) -> Header:
    """The header and the text below it. LessonError where a line is neither."""
    header = Header()
    for number, line in enumerate(lines, 1):
        if line.strip() == END:
            header.below = _below(number, "\n".join(lines[number:]))
            return header
        if line.strip() and not line.startswith("#"):
            _note(header, number, line)
    raise LessonError(len(lines), f"the line {END} that ends the header is missing")


def _below(number: int, text: str) -> Entry:
    if not text.strip():
        raise LessonError(number, f"no text stands below the line {END}")
    if len(text) > LONGEST_TEXT:
        raise LessonError(number, f"the text below has more than {LONGEST_TEXT} signs")
    return Entry(number + 1, text)


def _note(header: Header, number: int, line: str) -> None:
    # a long line is not even looked at: that takes ever longer
    match = LINE.fullmatch(line.strip()) if len(line) <= LONGEST_LINE else None
    if match is None:
        raise LessonError(
            number, f"it is not of the form “key: text” with at most {LONGEST_LINE} signs"
        )
    key, of, text = match.groups(default="")
    places = {VALUE: header.values, MISTAKE: header.mistakes}
    named = bool(NAME.fullmatch(of)) if key == VALUE else bool(of)
    if named != (key in places) or key not in (*KEYS, *places):
        known = ", ".join((*KEYS, f"{VALUE} NAME", f"{MISTAKE} ANSWER"))
        raise LessonError(number, f"“{printable(f'{key} {of}'.strip())}” is not one of {known}")
    if not text:
        raise LessonError(number, f"nothing is said of “{key}”")
    where = places.get(key, header.entries)
    if (name := of or key) in where:
        raise LessonError(number, f"“{printable(name)}” is said twice")
    where[name] = Entry(number, text)
