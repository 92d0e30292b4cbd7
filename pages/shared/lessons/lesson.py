"""A lesson: a file of text with a header, which a teacher writes without any Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from pages.shared.form import FORMS, Form
from pages.shared.lessons.quantities import Term, read_term
from pages.shared.lessons.tasks import OUTCOMES, Task, read_comparison, read_estimate
from pages.shared.link import printable
from pages.shared.numbers import plain
from pages.shared.run import RUN
from pages.shared.words import Said

# A file has no more bytes, a line of its header no more signs, what stands below no more than this.
MOST_BYTES: Final = 8192
LONGEST_LINE, LONGEST_TEXT = 300, 2000
END: Final = "---"
LINE: Final = re.compile(r"([a-z]+)(?: +([a-z][a-z_]*))? *: *(.*)")
WANTED: Final = ("title", "page", "settings", "question")
TASKS: Final = ("compare", "estimate")
KEYS: Final = (*WANTED, *TASKS, *OUTCOMES)
# A number that the text below may name: value NAME: quantity(...)
VALUE: Final = "value"


class LessonError(ValueError):
    """Why a file is no lesson, and in which line of it that is seen."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


class Entry(NamedTuple):
    """What the header says of one thing, and where."""

    line: int
    text: str


@dataclass(frozen=True)
class Lesson:
    """A step of the path: a page with its settings, a question, and what is said of the answer."""

    name: str
    title: str
    page: str
    settings: str
    question: str
    task: Task
    values: Mapping[str, Term]
    text: str

    @property
    def query(self) -> str:
        """Of the link that opens the page with its settings."""
        form: Form[Any] = FORMS[self.page]
        question, _ = form.read(parse_qsl(self.settings))
        return form.query(question)

    @property
    def explanation(self) -> Said:
        """The text with its numbers. ValueError with a reason where one of them is none."""
        named = {name: term.value for name, term in self.values.items()}
        return filled(self.text, self.task.numbers | named)


def filled(text: str, numbers: Mapping[str, float]) -> Said:
    """A text from a file with numbers in the places that it has."""
    return Said(text, {name: plain(number) for name, number in numbers.items()})


def read(name: str, text: str) -> Lesson:
    """The lesson in the text of a file. LessonError with the line where it is none."""
    entries, values, below = _parts(text.splitlines())
    for key in WANTED:
        if key not in entries:
            raise LessonError(below.line - 1, f"the header has no line “{key}: ...”")
    page, form = _page(entries["page"])
    question = _settings(entries["settings"], form)
    base = {key: value for key, value in form.values(question).items() if key in RUN.settings}
    task = _task(entries, below.line - 1, base)
    terms = {key: _term(entry, base) for key, entry in values.items()}
    _check_places(below, {*terms, *_places_of(entries)})
    return Lesson(
        name=name,
        title=entries["title"].text,
        page=page,
        settings=entries["settings"].text,
        question=entries["question"].text,
        task=task,
        values=terms,
        text=below.text.strip(),
    )


def _parts(lines: list[str]) -> tuple[dict[str, Entry], dict[str, Entry], Entry]:
    """What the header says, the values that it names, and the text below it."""
    entries: dict[str, Entry] = {}
    values: dict[str, Entry] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() == END:
            text = "\n".join(lines[number:])
            if not text.strip():
                raise LessonError(number, f"no text stands below the line {END}")
            if len(text) > LONGEST_TEXT:
                raise LessonError(number, f"the text below has more than {LONGEST_TEXT} signs")
            return entries, values, Entry(number + 1, text)
        if line.strip() and not line.startswith("#"):
            key, value, entry = _entry(number, line)
            where = values if key == VALUE else entries
            if (name := value or key) in where:
                raise LessonError(number, f"“{printable(name)}” is said twice")
            where[name] = entry
    raise LessonError(len(lines), f"the line {END} that ends the header is missing")


def _entry(number: int, line: str) -> tuple[str, str, Entry]:
    match = LINE.fullmatch(line.strip())
    if match is None or len(line) > LONGEST_LINE:
        raise LessonError(
            number, f"it is not of the form “key: text” with at most {LONGEST_LINE} signs"
        )
    key, value, text = match.groups(default="")
    if (key == VALUE) != bool(value) or key not in (*KEYS, VALUE):
        known = ", ".join((*KEYS, f"{VALUE} NAME"))
        raise LessonError(number, f"“{printable(f'{key} {value}'.strip())}” is not one of {known}")
    if not text:
        raise LessonError(number, f"nothing is said of “{key}”")
    return key, value, Entry(number, text)


def _page(entry: Entry) -> tuple[str, Form[Any]]:
    if entry.text not in FORMS:
        pages = ", ".join(FORMS)
        raise LessonError(entry.line, f"there is no page “{printable(entry.text)}”, only {pages}")
    return entry.text, FORMS[entry.text]


def _settings(entry: Entry, form: Form[Any]) -> Any:
    """The question in the query of a link, of which everything must make sense."""
    pairs = parse_qsl(entry.text, keep_blank_values=True)
    strange = [key for key, _ in pairs if key not in form.settings]
    if strange or not pairs:
        named = printable(strange[0] if strange else entry.text)
        raise LessonError(entry.line, f"the page has no setting “{named}”")
    question, complaints = form.understood(pairs)
    if complaints:
        raise LessonError(entry.line, complaints[0])
    return question


def _task(entries: Mapping[str, Entry], end: int, base: Mapping[str, Any]) -> Task:
    asked = [key for key in TASKS if key in entries]
    if len(asked) != 1:
        raise LessonError(end, f"the header has to have one of the lines {', '.join(TASKS)}")
    choices = {key: entries[key].text for key in OUTCOMES if key in entries}
    entry = entries[asked[0]]
    try:
        if "compare" in entries:
            return read_comparison(entry.text, choices, base)
        if choices:
            raise ValueError("a number to be guessed has no choices")
        return read_estimate(entry.text, base)
    except ValueError as error:
        raise LessonError(entry.line, str(error)) from None


def _term(entry: Entry, base: Mapping[str, Any]) -> Term:
    try:
        return read_term(entry.text, base)
    except ValueError as error:
        raise LessonError(entry.line, str(error)) from None


def _places_of(entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """The names of the task's own numbers."""
    return ("left", "right") if "compare" in entries else ("answer",)


def _check_places(below: Entry, known: set[str]) -> None:
    """Every place of the text is one of these names, and nothing more than that."""
    for number, line in enumerate(below.text.splitlines(), below.line):
        for place in _places(number, line):
            if place not in known:
                names = ", ".join(sorted(known))
                raise LessonError(number, f"“{{{printable(place)}}}” is not one of {names}")


def _places(number: int, line: str) -> Iterator[str]:
    try:
        for _, name, form, conversion in Formatter().parse(line):
            if name is not None:
                # no way into a value, and no other form of it: f"{left.__class__}", f"{left!r:>9}"
                yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
    except ValueError:
        raise LessonError(number, "a brace has no other one; write {{ for one by itself") from None
