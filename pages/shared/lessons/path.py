"""The path: the lessons of a folder in the order of their files' names, read once by a server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path as Folder
from typing import Final

from streamlit.logger import get_logger

from pages.shared import limits
from pages.shared.lessons.lesson import MOST_BYTES, Lesson, LessonError, read
from pages.shared.link import printable
from pages.shared.words import Said, say

OURS: Final = Folder(__file__).parents[2] / "lessons"
# So many files of a folder are read.
MOST_FILES: Final = 40
# The name of a file, in front a number that orders it.
NAME: Final = re.compile(r"(?:\d+-)?([a-z][a-z0-9-]{0,39})\.md")


@dataclass(frozen=True)
class Path:
    """The lessons one after the other, and a sentence for every file that is none."""

    lessons: Sequence[Lesson] = ()
    faults: Sequence[Said] = ()

    def __getitem__(self, name: str) -> Lesson:
        return self.lessons[self.place(name)]

    def __contains__(self, name: object) -> bool:
        return any(lesson.name == name for lesson in self.lessons)

    def place(self, name: str) -> int:
        """The place of a lesson, from 0."""
        return [lesson.name for lesson in self.lessons].index(name)

    def after(self, lesson: Lesson) -> Lesson | None:
        """The next lesson; None after the last."""
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
    lessons: dict[str, Lesson] = {}
    faults: list[Said] = []
    for file in files[:MOST_FILES]:
        try:
            lesson = _read(file)
            if lesson.name in lessons:
                raise LessonError(1, f"another file has the name “{lesson.name}”")
            lessons[lesson.name] = lesson
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
    return Path(tuple(lessons.values()), tuple(faults))


def _read(file: Folder) -> Lesson:
    name = NAME.fullmatch(file.name)
    if name is None:
        raise LessonError(1, "its name is not of the form 10-name.md, in small letters")
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError:
        raise LessonError(1, "it cannot be read") from None
    if len(content) > MOST_BYTES:
        raise LessonError(1, f"it has more than {MOST_BYTES} bytes")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LessonError(line, "it is no text in UTF-8") from None
    return read(name[1], text)


def _fault(file: Folder, error: LessonError) -> Said:
    return say(
        "The lesson {file} is left out. Line {line}: {why}.",
        file=printable(file.name),
        line=error.line,
        why=str(error).rstrip("."),
    )
