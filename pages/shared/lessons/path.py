"""The path and the exercises: the files of a folder in the order of their names, read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path as Folder
from typing import Final

from streamlit.logger import get_logger

from pages.shared import limits
from pages.shared.lessons.header import MOST_BYTES, LessonError
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.reading import read_variants
from pages.shared.link import printable
from pages.shared.words import Said, say

OURS: Final = Folder(__file__).parents[2] / "lessons"
# So many files of a folder are read.
MOST_FILES: Final = 40
# The name of a file, in front a number that orders it.
NAME: Final = re.compile(r"(?:\d+-)?([a-z][a-z0-9-]{0,39})\.md")


@dataclass(frozen=True)
class Path:
    """The steps one after the other, the exercises, and a sentence for every file that is neither.

    lessons: the steps; exercises: each in all its variants.
    """

    lessons: Sequence[Lesson] = ()
    exercises: Sequence[Sequence[Lesson]] = ()
    faults: Sequence[Said] = ()

    def __getitem__(self, address: str) -> Lesson:
        return self._addressed[address]

    def __contains__(self, address: object) -> bool:
        return address in self._addressed

    @cached_property
    def _addressed(self) -> dict[str, Lesson]:
        """All by what links call them."""
        every = [*self.lessons, *(variant for variants in self.exercises for variant in variants)]
        return {lesson.address: lesson for lesson in every}

    @cached_property
    def exercise(self) -> dict[str, Sequence[Lesson]]:
        """The exercises by their names."""
        return {variants[0].name: variants for variants in self.exercises}

    def place(self, name: str) -> int:
        """The place of a step, from 0."""
        return [lesson.name for lesson in self.lessons].index(name)

    def after(self, lesson: Lesson) -> Lesson | None:
        """The next step; None after the last."""
        following = self.lessons[self.place(lesson.name) + 1 :]
        return following[0] if following else None


@cache
def path() -> Path:
    """That of this server."""
    made = read_folder(limits.LESSONS.value or OURS)
    for fault in made.faults:
        get_logger("weight_decay").warning("%s", fault)
    return made


def read_folder(folder: Folder) -> Path:
    """The lessons in a folder; what is none is named, and the others stand."""
    files = sorted(file for file in folder.iterdir() if file.suffix == ".md")
    found: dict[str, tuple[Lesson, ...]] = {}
    faults: list[Said] = []
    for file in files[:MOST_FILES]:
        try:
            variants = _read(file)
            if (name := variants[0].name) in found:
                raise LessonError(1, f"another file has the name “{name}”")
            found[name] = variants
        except LessonError as error:
            faults.append(_fault(file, error))
    if len(files) > MOST_FILES:
        faults.append(
            say(
                "The folder of the lessons has {n} files; the first {most} are read.",
                n=len(files),
                most=MOST_FILES,
            )
        )
    every = found.values()
    return Path(
        tuple(variants[0] for variants in every if not variants[0].variant),
        tuple(variants for variants in every if variants[0].variant),
        tuple(faults),
    )


def _read(file: Folder) -> tuple[Lesson, ...]:
    name = NAME.fullmatch(file.name)
    if name is None:
        raise LessonError(1, "its name is not of the form 10-name.md, in small letters")
    try:
        if not file.is_file():  # a pipe would be waited at for ever
            raise LessonError(1, "it is no file")
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError:
        raise LessonError(1, "it cannot be read") from None
    if len(content) > MOST_BYTES:
        raise LessonError(1, f"it has more than {MOST_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LessonError(line, "it is no text in UTF-8") from None
    return read_variants(name[1], text)


def _fault(file: Folder, error: LessonError) -> Said:
    return say(
        "The lesson {file} is left out. Line {line}: {why}.",
        file=printable(file.name),
        line=error.line,
        why=str(error).rstrip("."),
    )
