"""What the path says beside the lessons' own words."""

from __future__ import annotations

from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import Path
from pages.shared.lessons.tasks import NEAR, RIGHT, Estimate, Task
from pages.shared.link import printable
from pages.shared.words import Said, say

THE_PATH = say("The steps of the path")


def standing(lesson: Lesson, path: Path) -> Said:
    """Where one is on the path."""
    return say(
        "Step {step} of {n} · {title}",
        step=path.place(lesson.name) + 1,
        n=len(path.lessons),
        title=lesson.title,
    )


def verdict(task: Task, guess: str) -> Said:
    """The guess beside the answer. ValueError with a reason where there is no answer."""
    if isinstance(task, Estimate):
        return _estimated(task, float(guess))
    right, said = task.answer, task.choices
    if guess == right:
        return say("**Right.** You guessed: {guess}", guess=said[guess])
    return say(
        "**Not so.** You guessed: {guess} What happens: {right}",
        guess=said[guess],
        right=said[right],
    )


def _estimated(task: Estimate, guess: float) -> Said:
    off, value = task.off(str(guess)), task.value
    if off <= RIGHT:
        return say("**Right.** You guessed {guess}; it is {value}.", guess=guess, value=value)
    if off <= NEAR:
        return say("**Nearly.** You guessed {guess}; it is {value}.", guess=guess, value=value)
    return say("**Not so.** You guessed {guess}; it is {value}.", guess=guess, value=value)


def unknown(name: str) -> Said:
    """A link names a lesson that there is none of on this page."""
    return say(
        "The link names a lesson “{name}” that this page does not have: the page is shown freely.",
        name=printable(name),
    )


def done(count: int, path: Path) -> Said:
    """How far one has come."""
    if not count:
        return say("Each step asks first: guess, and then the picture shows it.")
    if count < len(path.lessons):
        return say("{count} of {n} are done.", count=count, n=len(path.lessons))
    return say("All are done.")


def no_answer(why: str) -> Said:
    """Why a question has no answer just now."""
    return say("This question has no answer with these settings: {why}.", why=why)
