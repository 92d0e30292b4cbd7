"""The texts of the product as a template for translators, and their catalogues in step with it.

    python -m pages.locale.extract                 # after a text was changed, or a translation
    python -m pages.locale.extract --unfinished    # to try a language before it is whole

It writes `messages.pot` here, brings each language's `messages.po` up to it, and compiles those
that are whole: only what is compiled is offered. It needs Babel, of requirements-dev.txt; the pages
do not.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import pages.registry  # noqa: F401  # without its pages no lesson is read
from pages.shared.assets import BROWSER
from pages.shared.browser_words import words_of
from pages.shared.language import COMPILED, LOCALE, NUMBER, fits
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import OURS, read_folder
from pages.shared.lessons.tasks import Comparison, Number
from wd_core import CONVENTIONS, DATASETS, OPTIMIZERS, PENALTIES
from wd_core.book.editions import EDITIONS
from wd_core.book.two_codes import source
from wd_core.linear import behaviour

ROOT: Final = LOCALE.parents[1]
TEMPLATE, SOURCE = LOCALE / "messages.pot", "messages.po"
# How many texts each function takes first.
MARKERS: Final = {"label": 1, "say": 1, "tell": 1, "Phrase": 1, "say_n": 2, "tell_n": 2}
# Functions whose argument of this place is a rule for who reads a refusal.
RULES: Final = {"require": 2, "require_number": 2}
# What entries of registries say to people, by the names of their fields.
SAID: Final = frozenset(
    (
        *("label", "description", "name", "acts", "part", "no_factor", "elsewhere"),
        *("leaves_span", "corners", "end", "why"),
    )
)
# A catalogue is the same whenever it is written.
WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


class Text(NamedTuple):
    """A text, its form for several things if it has one, and the file it stands in."""

    text: str
    many: str | None
    place: str


# ---- where texts stand


def texts() -> Iterator[Text]:
    """All of them, in the order in which translators read them."""
    for path in sorted([*(ROOT / "pages").rglob("*.py"), *(ROOT / "wd_core").rglob("*.py")]):
        yield from _of_code(path)
    for path in sorted(BROWSER.glob("*.js")):
        yield from (Text(text, None, _place(path)) for text in words_of(path.read_text()))
    yield from _of_lessons()
    yield from _of_engine()


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _of_code(path: Path) -> Iterator[Text]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in MARKERS:
            marked = [_literal(argument) for argument in call.args[: MARKERS[name]]]
            if marked and all(marked):
                yield Text(str(marked[0]), (*marked, None)[1], _place(path))
        elif name in RULES:
            rules = filter(None, map(_literal, call.args[RULES[name] : RULES[name] + 1]))
            yield from (Text(rule, None, _place(path)) for rule in rules)


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _of_lessons() -> Iterator[Text]:
    path = read_folder(OURS)
    for lesson in (*path.lessons, *(variants[0] for variants in path.exercises)):
        place = next(file for file in OURS.glob(f"*{lesson.name}.md") if _names(file, lesson))
        for text in _of_lesson(lesson):
            yield Text(text, None, _place(place))


def _names(file: Path, lesson: Lesson) -> bool:
    return file.stem.partition("-")[2] == lesson.name


def _of_lesson(lesson: Lesson) -> Iterator[str]:
    parts: list[str] = [lesson.part, lesson.title, lesson.asks]
    match lesson.task:
        case Comparison(choices=choices, mistakes=mistakes):
            parts += [*choices.values(), *mistakes.values()]
        case Number(mistakes=foreseen):
            parts += [said for _, said in foreseen]
    yield from filter(None, (*parts, lesson.hint, lesson.text))


def _of_engine() -> Iterator[Text]:
    registries: Sequence[Mapping[str, Any]] = (
        *(OPTIMIZERS, PENALTIES, DATASETS, EDITIONS, CONVENTIONS),
    )
    for registry in registries:
        for entry in registry.values():
            yield from (Text(text, None, "wd_core") for text in _of_entry(entry))
    for module in (behaviour, source):
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_"):
                yield from (
                    Text(text, None, _place(Path(str(module.__file__)))) for text in _in(value)
                )


def _of_entry(entry: Any) -> Iterator[str]:
    for field in fields(entry):
        value = getattr(entry, field.name)
        if field.name in SAID:
            yield from _in(value)
        inside = value.values() if isinstance(value, Mapping) else (value,)
        for part in inside:
            if is_dataclass(part) and not isinstance(part, type):
                yield from _of_entry(part)


def _in(value: Any) -> Iterator[str]:
    """The texts of a constant: it, or what it holds."""
    if isinstance(value, str):
        yield from filter(None, (value,))
    elif isinstance(value, Mapping | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _in(part)


# ---- catalogues


def template() -> Catalog:
    """All texts, each once."""
    made = Catalog(
        project="Weight Decay Explorer",
        version="1",
        copyright_holder="the authors of Weight Decay Explorer",
        creation_date=WRITTEN,
        fuzzy=False,
    )
    for text, many, place in texts():
        made.add((text, many) if many else text, locations=[(place, 0)])
    return made


def languages() -> list[str]:
    """The folders with a translation."""
    return sorted(path.parent.name for path in LOCALE.glob(f"*/{SOURCE}"))


def catalogue(language: str) -> Catalog:
    """The translation of a language as it stands."""
    with (LOCALE / language / SOURCE).open("rb") as file:
        return read_po(file, locale=language)


def updated(old: Catalog, wanted: Catalog) -> Catalog:
    """The same translations for the texts that there are now."""
    old.update(wanted, no_fuzzy_matching=True)
    old.obsolete.clear()
    old.creation_date = old.revision_date = WRITTEN
    return old


def faults(translation: Catalog, wanted: Catalog) -> list[str]:
    """A sentence for each text that is missing, stale, or has other places than its translation."""
    said = [
        f"no longer in the code: {message.id!r}"
        for message in translation
        if message.id and message.id not in wanted
    ]
    found = ((one.id, _fault(one.id, translation.get(_key(one.id)))) for one in wanted if one.id)
    return said + [f"{fault}: {text!r}" for text, fault in found if fault]


def _key(text: Any) -> str:
    return text if isinstance(text, str) else str(text[0])


def _fault(text: Any, message: Any) -> str:
    if message is None:
        return "not in the catalogue"
    forms = [*message.string] if isinstance(message.string, tuple) else [message.string or ""]
    if not all(forms):
        return "without a translation"
    if message.fuzzy:
        return "marked as fuzzy"
    return "" if all(_fits(form, text) for form in forms) else "with other places"


def _fits(told: str, text: str | tuple[str, ...]) -> bool:
    """Whether a translation has the places of a text, those of Plotly and tags of HTML too.

    One form that serves one and many fits both; the number itself may stand in it, or not.
    """
    forms, free = ([text], NONE) if isinstance(text, str) else ([*text], frozenset({NUMBER}))
    return all(fits(told, form, free) for form in forms) and all(
        told.count(sign) == forms[-1].count(sign) for sign in SIGNS
    )


NONE: Final[frozenset[str]] = frozenset()
SIGNS: Final = ("%{{", "<br>", "<sub>", "</sub>", "<sup>", "</sup>", "`")


def compiled(translation: Catalog) -> bytes:
    """The catalogue as it is read at run time."""
    file = io.BytesIO()
    write_mo(file, translation)
    return file.getvalue()


def written(catalog: Catalog) -> bytes:
    """The catalogue as it is translated."""
    file = io.BytesIO()
    write_po(file, catalog, width=100, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def main(unfinished: bool) -> None:
    """Write the template and every language, and say what is missing."""
    wanted = template()
    TEMPLATE.write_bytes(written(wanted))
    for language in languages():
        translation = updated(catalogue(language), wanted)
        (LOCALE / language / SOURCE).write_bytes(written(translation))
        left = faults(translation, wanted)
        into = LOCALE / language / COMPILED
        if left and not unfinished:
            into.unlink(missing_ok=True)
        else:
            into.write_bytes(compiled(translation))
        print(f"{language}: {len(wanted)} texts, {len(left)} to be seen to")
        print("".join(f"  {fault}\n" for fault in left[:20]), end="")


if __name__ == "__main__":
    main("--unfinished" in sys.argv[1:])
