"""What the path and the exercises say beside the lessons' own words."""

from __future__ import annotations

from pages.shared.fields import Choice, Setting, Value
from pages.shared.lessons.doing import Condition
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import Path
from pages.shared.lessons.tasks import NEAR, RIGHT, Comparison, Estimate
from pages.shared.link import printable
from pages.shared.numbers import every_digit
from pages.shared.words import Said, say, say_n

THE_PATH = say("The steps of the path")
THE_EXERCISES = say("The exercises")


def standing(lesson: Lesson, path: Path) -> Said:
    """Where one is on the path."""
    return say(
        "Step {step} of {n} · {title}",
        step=path.place(lesson.name) + 1,
        n=len(path.lessons),
        title=lesson.title,
    )


def verdict(task: Comparison | Estimate, guess: str) -> Said:
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


# ---- exercises


def exercise(lesson: Lesson) -> Said:
    """Which exercise it is, and in which variant."""
    if lesson.variants == 1:
        return say("Exercise · {title}", title=lesson.title)
    return say("Exercise · {title} · Variant {variant}", title=lesson.title, variant=lesson.variant)


def to_exercises(count: int) -> Said:
    """The way from Start to the list."""
    return say_n("An exercise to try", "{n} exercises to try", count)


def solved(count: int, every: int) -> Said:
    """How many of all are solved."""
    if not every:
        return say("There are no exercises here.")
    return say("{count} of {n} are solved.", count=count, n=every)


def not_offered() -> Said:
    """A link names a variant without an answer."""
    return say("With the data of this variant there is nothing to find. Take another one.")


def do_so() -> Said:
    """How an exercise by doing is answered."""
    return say("Answer it with the controls below: it ticks itself when the page shows it.")


def done_so() -> Said:
    """It has ticked itself."""
    return say("✓ **Done.**")


def strayed(setting: Setting, begins: Value) -> Said:
    """A control was moved that the exercise leaves alone."""
    option = setting.options[str(begins)] if isinstance(setting, Choice) else None
    return say(
        "Not yet: put “{label}” back to {value}, this exercise is about another control.",
        label=setting.label,
        value=option or every_digit(float(begins)),
    )


def missing(condition: Condition) -> Said:
    """What is asked that is not so yet."""
    sides = {"left": condition.left.value, "right": condition.right.value}
    match condition.sign:
        case "<=":
            return say("Not yet: it stands at {left}, and at most {right} is wanted.", **sides)
        case ">=":
            return say("Not yet: it stands at {left}, and at least {right} is wanted.", **sides)
        case "<":
            return say("Not yet: it stands at {left}, and less than {right} is wanted.", **sides)
        case ">":
            return say("Not yet: it stands at {left}, and more than {right} is wanted.", **sides)
    return say("Not yet: it stands at {left}, and {right} is wanted.", **sides)


def unchecked(why: str) -> Said:
    """Why it cannot be told whether it is done."""
    return say("Not yet, for it cannot be checked with these settings: {why}.", why=why)
