"""The reader of lessons: the text of a file becomes a lesson, or is refused with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from string import Formatter
from typing import Any, Final
from urllib.parse import parse_qsl

from pages.shared.fields import Value
from pages.shared.form import FORMS, Form
from pages.shared.lessons.doing import based, named, read_doing
from pages.shared.lessons.expressions import Expression, read_expression
from pages.shared.lessons.header import (
    BESIDE,
    DRAG,
    MOST_VARIANTS,
    OF_EXERCISES,
    OF_STEPS,
    TASKS,
    WANTED,
    Entry,
    Header,
    LessonError,
    parted,
)
from pages.shared.lessons.lesson import Lesson, Task
from pages.shared.lessons.tasks import OUTCOMES, Comparison, Estimate, Number
from pages.shared.link import printable
from pages.shared.run import RUN
from pages.shared.words import Names

# A link to a page in a text, [name](/page).
TO_PAGE: Final = re.compile(r"\]\(/([^)?#]*)[^)]*\)")


def read(name: str, text: str, variant: int = 1) -> Lesson:
    """The lesson in the text of a file, in one of its variants if it is an exercise.

    LessonError with the line where it is none.
    """
    header = parted(text.splitlines())
    _check_keys(header)
    page, form = _page(header.entries["page"])
    _check_axis(header, form)
    changes = _variants(header, form)
    opened = _opened(header.entries.get("settings"), form)
    state = {**form.values(opened), **changes[variant - 1]}
    question = _settled(form, opened, state, header)
    state = {**state, **form.values(question)}
    values = _values(header.values, state)
    task = _task(header, page, {key: state[key] for key in form.settings}, state, values)
    everywhere = {**named(state), **values}
    _check_places(header, everywhere, [*_answers(header), *values])
    exercise = bool(header.those(OF_EXERCISES))
    return Lesson(
        name=name,
        title=header.said("title"),
        page=page,
        query=form.query(question),
        asks=header.said("question"),
        task=task,
        values=everywhere,
        text=header.below.text.strip(),
        hint=header.said("hint"),
        part=header.said("part"),
        opens=header.said("opens"),
        variant=variant if exercise else 0,
        variants=len(changes) if exercise else 0,
    )


def read_variants(name: str, text: str) -> tuple[Lesson, ...]:
    """A step of the path alone, or an exercise in all its variants."""
    first = read(name, text)
    return first, *(read(name, text, number) for number in range(2, first.variants + 1))


def _check_keys(header: Header) -> None:
    for key in WANTED:
        if key not in header.entries:
            raise LessonError(header.end, f"the header has no line “{key}: ...”")
    asked = header.those(TASKS)
    if len(asked) != 1:
        raise LessonError(header.end, f"the header has to have one of the lines {', '.join(TASKS)}")
    if asked[0] in OF_STEPS:
        others = [header.entries[key] for key in header.those(BESIDE)]
        for entry in sorted([*others, *header.mistakes.values()]):
            exercises = ", ".join(OF_EXERCISES)
            raise LessonError(entry.line, f"only an exercise has it, which asks by {exercises}")
    if asked[0] == "do":
        others = [header.entries[key] for key in header.those(("hint",))]
        for entry in sorted([*others, *header.mistakes.values()]):
            raise LessonError(entry.line, "what is done on the page has no wrong answers")
    if DRAG in header.entries and asked[0] != "estimate":
        raise LessonError(header.entries[DRAG].line, "only an “estimate” is dragged")
    if ("do" in header.entries) != ("moves" in header.entries):
        line = header.entries["do" if "do" in header.entries else "moves"].line
        raise LessonError(line, "“do” and “moves” go together")


def _check_axis(header: Header, form: Form[Any]) -> None:
    entry = header.entries.get(DRAG)
    if entry is not None and entry.text not in form.axes:
        known = ", ".join(form.axes) or "none"
        raise LessonError(entry.line, f"the page has no axis “{printable(entry.text)}”: {known}")


def _page(entry: Entry) -> tuple[str, Form[Any]]:
    if entry.text not in FORMS:
        pages = ", ".join(FORMS)
        raise LessonError(entry.line, f"there is no page “{printable(entry.text)}”, only {pages}")
    return entry.text, FORMS[entry.text]


def _opened(entry: Entry | None, form: Form[Any]) -> Any:
    """The page as the query of a link opens it, of which everything must make sense."""
    if entry is None:
        return form.of({})
    pairs = parse_qsl(entry.text, keep_blank_values=True)
    strange = [key for key, _ in pairs if key not in form.named]
    if strange or not pairs:
        shown = printable(strange[0] if strange else entry.text)
        raise LessonError(entry.line, f"the page has no setting “{shown}”")
    question, complaints = form.understood(pairs)
    if complaints:
        raise LessonError(entry.line, complaints[0])
    return question


def _variants(header: Header, form: Form[Any]) -> list[dict[str, Value]]:
    """What differs from variant to variant: “seed = 0 to 9”, or “weight_decay = 1, 2, 3”."""
    entry = header.entries.get("variants")
    if entry is None:
        return [{}]
    key, _, text = (part.strip() for part in entry.text.partition("="))
    setting = form.settings.get(key) or RUN.settings.get(key)
    if setting is None:
        raise LessonError(entry.line, f"the page has no setting “{printable(key)}”")
    try:
        changes = [{key: setting.read(part)} for part in _parts(text)]
    except ValueError as error:
        raise LessonError(entry.line, f"{key}: “{printable(text)}” {error}") from None
    if not 0 < len(changes) <= MOST_VARIANTS:
        raise LessonError(entry.line, f"an exercise has 1 to {MOST_VARIANTS} variants")
    return changes


def _parts(text: str) -> list[str]:
    first, mark, last = (part.strip() for part in text.partition(" to "))
    if mark and first.isdecimal() and last.isdecimal() and len(first + last) < 20:
        return [str(number) for number in range(int(first), int(last) + 1)[: MOST_VARIANTS + 1]]
    return [part.strip() for part in text.split(",")]


def _settled(form: Form[Any], opened: Any, state: Mapping[str, Value], header: Header) -> Any:
    own = {key: value for key, value in state.items() if key in form.settings}
    try:
        return form.varied(opened, own)
    except ValueError as error:
        line = header.entries["variants" if "variants" in header.entries else "page"].line
        raise LessonError(line, str(error)) from None


def _values(entries: Mapping[str, Entry], state: Mapping[str, Value]) -> dict[str, Expression]:
    """What the header names, each by what stands before it."""
    names, values = named(state), dict[str, Expression]()
    for name, entry in entries.items():
        with _at(entry):
            if name in (*names, "answer", "left", "right"):
                raise ValueError(f"“{name}” is the name of something else")
            values[name] = read_expression(entry.text, based(state), {**names, **values})
    return values


def _task(
    header: Header,
    page: str,
    begins: Mapping[str, Value],
    state: Mapping[str, Value],
    values: Mapping[str, Expression],
) -> Task:
    (key,) = header.those(TASKS)
    entry, base, names = header.entries[key], based(state), {**named(state), **values}
    with _at(entry):
        choices = {outcome: header.said(outcome) for outcome in header.those(OUTCOMES)}
        if choices and key not in ("compare", "choose"):
            raise ValueError("what is answered otherwise has no choices")
        if key == "do":
            return read_doing(page, begins, header.said("moves"), entry.text, values)
        if key in ("number", "estimate"):
            expression = read_expression(entry.text, base, names)
            if key == "estimate":
                return Estimate(expression, header.said(DRAG))
            return Number(expression, _mistakes(header, base, {**names, "answer": expression}))
        left, mark, right = entry.text.partition("?")
        if not mark:
            raise ValueError("it is not of the form a ? b")
        if len(choices) < 2:
            raise ValueError(f"two choices at least are wanted, of {', '.join(OUTCOMES)}")
        return Comparison(
            read_expression(left, base, names),
            read_expression(right, base, names),
            Names(choices),
            _of_choices(header, choices),
        )


def _mistakes(
    header: Header, base: Mapping[str, Value], names: Mapping[str, Expression]
) -> tuple[tuple[Expression, str], ...]:
    found = []
    for text, entry in header.mistakes.items():
        with _at(entry):
            found.append((read_expression(text, base, names), entry.text))
    return tuple(found)


def _of_choices(header: Header, choices: Mapping[str, str]) -> dict[str, str]:
    for key, entry in header.mistakes.items():
        if key not in choices:
            raise LessonError(entry.line, f"“{printable(key)}” is none of {', '.join(choices)}")
    return {key: entry.text for key, entry in header.mistakes.items()}


@contextmanager
def _at(entry: Entry) -> Iterator[None]:
    """What is wrong in here is wrong in the line of this entry."""
    try:
        yield
    except LessonError:
        raise
    except ValueError as error:
        raise LessonError(entry.line, str(error)) from None


def _answers(header: Header) -> tuple[str, ...]:
    """The names of the task's own numbers."""
    (key,) = header.those(TASKS)
    if key == "do":
        return ()
    return ("left", "right") if key in ("compare", "choose") else ("answer",)


def _check_places(header: Header, given: Mapping[str, object], own: Sequence[str]) -> None:
    """Every place of a text is a known name, and nothing more; a question tells no answer.

    given: settings and values; own: values and the task's own numbers.
    """
    lines = enumerate(header.below.text.splitlines(), header.below.line)
    told = [*(Entry(*line) for line in lines), *header.mistakes.values()]
    for line, text in told:
        for page in TO_PAGE.findall(text):
            if page not in FORMS:
                raise LessonError(line, f"there is no page “{printable(page)}” to link to")
    told += [header.entries[key] for key in header.those(("hint",))]
    for entries, known in ((told, {*given, *own}), ([header.entries["question"]], {*given})):
        for line, text in entries:
            for place in _places(line, text):
                if place not in known:
                    names = ", ".join(sorted(known & {*own})) or "its values"
                    raise LessonError(
                        line,
                        f"“{{{printable(place)}}}” is not one of {names}, or of the settings that "
                        f"are numbers",
                    )


def _places(number: int, line: str) -> Iterator[str]:
    try:
        for _, name, form, conversion in Formatter().parse(line):
            if name is not None:
                # no way into a value, and no other form of it: f"{left.__class__}", f"{left!r:>9}"
                yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
    except ValueError:
        raise LessonError(number, "a brace has no other one; write {{ for one by itself") from None
