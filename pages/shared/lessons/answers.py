"""What is typed or chosen in an exercise: whether it is read at all, and what is said of it."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Final, NamedTuple

from pages.shared.lessons import words
from pages.shared.lessons.expressions import Expression
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.tasks import Comparison, Number
from pages.shared.link import printable
from pages.shared.reasons import reason
from pages.shared.typed import as_python, is_grouped, plain
from pages.shared.words import Said, literal, say

# A number is right that is off by no more than this share, or by no more than that; one that is off
# by no more than the third is not far away.
SHARE, LEAST, CLOSE = 0.01, 1e-8, 0.05
# No number has more signs.
LONGEST: Final = 40
DIGITS: Final = r"(?:\d+(?:[.,]\d*)?|[.,]\d+)"
POWER: Final = r"(?:e[+-]?\d{1,3}|[*x]10\^?[+-]?\d{1,3})?"
ONE: Final = rf"[+-]?{DIGITS}{POWER}"
TYPED: Final = re.compile(rf"({ONE})(?:/({ONE}))?(%?)", re.ASCII)


class Typed(NamedTuple):
    """A number, and half of a unit of its last digit: what rounding may have taken; 0 of none."""

    number: float
    half: float = 0.0


class Verdict(NamedTuple):
    """Whether an answer is right, whether it is an answer at all, and what is said of it."""

    right: bool
    counts: bool
    said: Said


def answer(lesson: Lesson) -> Said:
    """The right answer. ValueError with a reason where there is none."""
    if isinstance(lesson.task, Comparison):
        return say("The answer is “{choice}”", choice=lesson.task.choices[lesson.task.answer])
    assert isinstance(lesson.task, Number)
    return say("The answer is {answer}.", answer=lesson.task.expression.value)


def judged(lesson: Lesson, given: str, *, solved: bool = False) -> Verdict:
    """What is to be said of an answer; solved: there was a right one before.

    ValueError with a reason where there is no right one.
    """
    verdict = _judged(lesson, given)
    if verdict.right or not verdict.counts:
        return verdict
    why = str(verdict.said)
    said = (
        say("**That is not it.** {why}", why=why) if solved else say("**Not yet.** {why}", why=why)
    )
    return verdict._replace(said=said)


def _judged(lesson: Lesson, given: str) -> Verdict:
    """The same with no more said of a wrong answer than why it is one."""
    if not given:
        return Verdict(right=False, counts=False, said=words.nothing_typed())
    if isinstance(lesson.task, Comparison):
        return _chosen(lesson, lesson.task, given)
    assert isinstance(lesson.task, Number)
    try:
        typed = read_number(given)
    except ValueError as error:
        return Verdict(right=False, counts=False, said=refused(given, reason(error)))
    return _found(lesson, lesson.task, typed)


def read_number(text: str) -> Typed:
    """The number that is typed: 0.05, 0,05, 5 %, 1e-3, 3.1×10⁻⁴, 1/3. ValueError with a rule."""
    if len(text) > LONGEST:
        raise ValueError(say("it is longer than any number asked for here"))
    bare = plain(text)
    match = TYPED.fullmatch(bare)
    if match is None:
        raise ValueError(say("it is not a number"))
    if is_grouped(bare):
        raise ValueError(say("its comma may stand for thousands or for a decimal point"))
    above, below, percent = match.groups()
    first, second = (Decimal(as_python(part)) for part in (above, below or "1"))
    if second == 0:
        raise ValueError(say("it divides by zero"))
    share = 100 if percent else 1
    number = float(first) / float(second) / share if float(second) else math.inf
    if not math.isfinite(number):
        raise ValueError(say("it is beyond all bounds"))
    last = first.as_tuple().exponent
    return Typed(number, 0.0 if below or first == 0 else 0.5 * 10.0 ** int(last) / share)


def refused(given: str, why: str) -> Said:
    """What cannot be read is no answer, and so no wrong one."""
    return say(
        "“{given}” does not count as an answer: {why}. Write only a number, such as 0.05, 1e-3 or "
        "1/3.",
        given=literal(printable(given)),
        why=why,
    )


def is_right(number: float, answer: float) -> bool:
    """Whether a number is the answer, as exactly as is asked."""
    return math.isclose(number, answer, rel_tol=SHARE, abs_tol=LEAST)


def _found(lesson: Lesson, task: Number, typed: Typed) -> Verdict:
    number, answer = typed.number, task.expression.value
    if is_right(number, answer):
        said = say("**Right:** it is {answer}.", answer=answer)
        return Verdict(right=True, counts=True, said=said)
    for foreseen, said_of_it in task.mistakes:
        if _is(number, foreseen):
            return _wrong(lesson.filled(said_of_it))
    if abs(number - answer) <= typed.half or math.isclose(number, answer, rel_tol=CLOSE):
        return _wrong(say("You are close, but too coarse: give it to more digits, within 1 %."))
    return _wrong(lesson.filled(lesson.hint) if lesson.hint else say("Try another number."))


def _is(number: float, foreseen: Expression) -> bool:
    """Whether a foreseen mistake gives this number; in some variants it gives none."""
    try:
        return is_right(number, foreseen.value)
    except ValueError:
        return False


def _chosen(lesson: Lesson, task: Comparison, given: str) -> Verdict:
    if given == task.answer:
        said = say("**Right:** {choice}", choice=task.choices[given])
        return Verdict(right=True, counts=True, said=said)
    if given in task.mistakes:
        return _wrong(lesson.filled(task.mistakes[given]))
    return _wrong(lesson.filled(lesson.hint) if lesson.hint else say("Try another one."))


def _wrong(why: Said) -> Verdict:
    return Verdict(right=False, counts=True, said=why)
