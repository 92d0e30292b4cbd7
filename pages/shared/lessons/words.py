"""What the path and the exercises say beside the lessons' own words."""

from __future__ import annotations

from collections.abc import Sequence

from pages.shared.fields import Choice, Setting, Value
from pages.shared.lessons.doing import Condition
from pages.shared.lessons.expressions import Expression
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import Path
from pages.shared.lessons.quantities import QUANTITIES, Term
from pages.shared.lessons.tasks import NEAR, Comparison, Estimate
from pages.shared.link import MOST_SAID, printable
from pages.shared.numbers import every_digit
from pages.shared.words import Said, listed, say, say_n, tell, told

THE_PATH = say("The steps of the path")
THE_EXERCISES = say("The exercises")


def standing(lesson: Lesson, path: Path) -> Said:
    """Where one is on the path."""
    return say("Step {step} of {n}", step=path.place(lesson.name) + 1, n=len(path.lessons))


def verdict(task: Comparison | Estimate, guess: str) -> Said:
    """The guess beside the answer. ValueError with a reason where there is no answer."""
    if isinstance(task, Estimate):
        return _estimated(task, float(guess))
    right, said = task.answer, task.choices
    if guess == right:
        return say("**Right.** Your guess: “{guess}”", guess=said[guess])
    return say(
        "**Not so.** Your guess: “{guess}” In fact: “{right}”",
        guess=said[guess],
        right=said[right],
    )


def _estimated(task: Estimate, guess: float) -> Said:
    off, value = task.off(str(guess)), task.value
    if off <= task.right:
        return say("**Right.** You guessed {guess}; it is {value}.", guess=guess, value=value)
    if off <= NEAR:
        return say("**Nearly.** You guessed {guess}; it is {value}.", guess=guess, value=value)
    return say("**Not so.** You guessed {guess}; it is {value}.", guess=guess, value=value)


def unknown(name: str) -> Said:
    """A link names a lesson that there is none of on this page."""
    return say(
        "This page has no lesson “{name}”; it is shown without one.",
        name=printable(name),
    )


def faults(every: Sequence[Said]) -> list[Said]:
    """What is wrong with files of lessons, as far as a page says it."""
    said, more = [*every[:MOST_SAID]], len(every) - MOST_SAID
    if more > 0:
        said.append(
            say_n(
                "One more file is left out: the server's log has it.",
                "{n} more files are left out: the server's log has them.",
                more,
            )
        )
    return said


def done(count: int, path: Path) -> Said:
    """How far one has come."""
    if not count:
        return say("Each step asks a question, and shows its page once you have guessed.")
    if count < len(path.lessons):
        return say("Done: {count} of {n}.", count=count, n=len(path.lessons))
    return say("You have done them all.")


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
    return say("Solved: {count} of {n}.", count=count, n=every)


def not_offered() -> Said:
    """A link names a variant without an answer."""
    return say("With the data of this variant there is nothing to find. Take another one.")


def do_so(controls: Sequence[str]) -> Said:
    """How an exercise by doing is answered: with these controls."""
    return say(
        "Answer with {controls} below; the exercise is ticked as soon as the page is as asked.",
        controls=listed([tell("“{control}”", control=control) for control in controls]),
    )


def done_so() -> Said:
    """It has ticked itself."""
    return say("✓ **Done.**")


def strayed(setting: Setting, begins: Value) -> Said:
    """A control was moved that the exercise leaves alone."""
    option = setting.named(str(begins)) if isinstance(setting, Choice) else None
    return say(
        "Not yet: put “{label}” back to {value}, this exercise is about another control.",
        label=setting.label,
        value=option or every_digit(float(begins)),
    )


def missing(condition: Condition) -> Said:
    """What is asked that is not so yet."""
    sides: dict[str, str | float] = {
        "name": _name(condition.left),
        "left": condition.left.value,
        "right": condition.right.value,
    }
    match condition.sign:
        case "<=":
            return say("Not yet: {name} is {left}; it should be at most {right}.", **sides)
        case ">=":
            return say("Not yet: {name} is {left}; it should be at least {right}.", **sides)
        case "<":
            return say("Not yet: {name} is {left}; it should be less than {right}.", **sides)
        case ">":
            return say("Not yet: {name} is {left}; it should be more than {right}.", **sides)
    return say("Not yet: {name} is {left}; it should be {right}.", **sides)


def _name(number: Expression) -> str:
    if isinstance(number, Term):
        return told(QUANTITIES[number.name].name)
    return say("the number that is asked for")


def unchecked(why: str) -> Said:
    """Why it cannot be told whether it is done."""
    return say("Not yet, for it cannot be checked with these settings: {why}.", why=why)


def nothing_typed() -> Said:
    """The field for a number is empty."""
    return say("Type a number first.")
