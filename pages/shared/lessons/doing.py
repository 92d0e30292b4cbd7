"""Exercises by doing: what the page has to show, told from its settings as they stand."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any, Final, NamedTuple

import numpy as np

from pages.shared.fields import Choice, Number, Setting, Steps, Text, Value
from pages.shared.form import FORMS, Form
from pages.shared.lessons.expressions import Constant, Expression, read_expression
from pages.shared.run import RUN
from pages.shared.work import heavy

# Numbers are equal that differ by no more than this share of either.
EQUAL: Final = 0.01
SIGNS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": lambda left, right: math.isclose(left, right, rel_tol=EQUAL),
}
AND: Final = re.compile(r"\s+and\s+")
# A solution is looked for among so many values of a control without steps, and in so many ways.
TRIED, MOST_TRIED, MOST_MOVED = 24, 500, 2
# What looking for one takes, roughly: an attempt, in seconds.
ATTEMPT: Final = 0.02


class Condition(NamedTuple):
    """One number beside another."""

    left: Expression
    sign: str
    right: Expression

    @property
    def holds(self) -> bool:
        """Whether it is so. ValueError with a reason where a number is none."""
        return SIGNS[self.sign](self.left.value, self.right.value)


@dataclass(frozen=True)
class Doing:
    """A state of the page that is to be reached from its settings by some of its controls.

    text: the conditions; values: what they may name, as the exercise has it at its beginning.
    """

    page: str
    begins: Mapping[str, Value] = field(hash=False)
    moves: tuple[str, ...]
    text: str
    values: Mapping[str, Expression] = field(hash=False)

    @property
    def numbers(self) -> dict[str, float]:
        """What an explanation may name of it."""
        return {}

    @property
    def is_answered(self) -> bool:
        """Whether there is a solution, and something to do for it."""
        return self.solution is not None

    @property
    def form(self) -> Form[Any]:
        """That of its page."""
        return FORMS[self.page]

    def conditions(self, state: Mapping[str, Value]) -> list[Condition]:
        """What is asked of a page with these settings. ValueError with a rule."""
        return [
            read_condition(part, based(state), {**named(state), **self.values})
            for part in AND.split(self.text)
        ]

    def open(self, state: Mapping[str, Value]) -> Condition | None:
        """The first condition that does not hold; None where all do. ValueError with a reason."""
        return next((each for each in self.conditions(state) if not each.holds), None)

    def strayed(self, state: Mapping[str, Value]) -> str | None:
        """The first setting that differs and is none of those to be moved."""
        read = self.form.reads(state)
        return next(
            (
                key
                for key, value in self.begins.items()
                if key in read and key not in self.moves and state[key] != value
            ),
            None,
        )

    @property
    def solution(self) -> Mapping[str, Value] | None:
        """Values of the controls to be moved that solve it, found by trying; None: there are none.

        Those that solve it at the beginning are no solution: nothing would be left to do.
        """
        found = _solved(self.page, tuple(self.begins.items()), self.moves, self.text, self._fixed)
        return None if found is None else dict(found)

    @property
    def _fixed(self) -> tuple[tuple[str, Expression], ...]:
        return tuple(self.values.items())


@heavy(lambda page, begins, moves, text, values: MOST_TRIED * ATTEMPT)
def _solved(
    page: str,
    begins: tuple[tuple[str, Value], ...],
    moves: tuple[str, ...],
    text: str,
    values: tuple[tuple[str, Expression], ...],
) -> tuple[tuple[str, Value], ...] | None:
    """The first solution, as pairs; worked out in another process, where these are known alone."""
    try:
        fixed = {name: Constant(each.value) for name, each in values}
    except ValueError:  # what is asked cannot be said
        return None
    task = Doing(page, dict(begins), moves, text, fixed)
    if _does(task, task.begins):
        return None
    ways = product(*(tries(task.form.settings[key]) for key in moves))
    for way in islice(ways, MOST_TRIED):
        moved = tuple(zip(moves, way, strict=True))
        if _does(task, {**task.begins, **dict(moved)}):
            return moved
    return None


def _does(task: Doing, state: Mapping[str, Value]) -> bool:
    try:
        return task.open(state) is None
    except ValueError:  # a run that diverges solves nothing
        return False


def tries(setting: Setting) -> list[Value]:
    """Values that a control can be set to: all its steps, or some over its whole range."""
    match setting:
        case Choice():
            return list(setting.options)
        case Number() if setting.least > 0:
            found = np.geomspace(setting.least, setting.most, TRIED)
        case Number():
            found = np.linspace(setting.least, setting.most, TRIED)
        case Steps():
            found = np.asarray(setting.steps, dtype=np.float64)
        case Text():
            return [setting.default]
    return [round(x) if setting.whole else float(x) for x in found]


def based(state: Mapping[str, Value]) -> dict[str, Value]:
    """The settings of a run that terms begin with: those of a page, as far as it has them."""
    own = {key: value for key, value in state.items() if key in RUN.settings}
    return {**RUN.defaults, **own}


def named(state: Mapping[str, Value]) -> dict[str, Expression]:
    """The settings that are numbers, by their keys: a run's, and the page's own."""
    given = {**based(state), **state}
    return {key: Constant(float(x)) for key, x in given.items() if not isinstance(x, str)}


def read_doing(
    page: str,
    begins: Mapping[str, Value],
    moves: str,
    text: str,
    values: Mapping[str, Expression],
) -> Doing:
    """The task that a header asks for. ValueError with a rule."""
    keys = tuple(key.strip() for key in moves.split(",") if key.strip())
    for key in keys:
        if key not in FORMS[page].settings:
            raise ValueError(f"the page has no control “{key}”")
    if not 0 < len(keys) <= MOST_MOVED:
        raise ValueError(f"“moves” has to name 1 to {MOST_MOVED} controls of the page")
    task = Doing(page, begins, keys, text, values)
    task.conditions(begins)
    return task


def read_condition(
    text: str, base: Mapping[str, Value], names: Mapping[str, Expression]
) -> Condition:
    """The condition in a text, “a <= b”. ValueError with a rule."""
    signs = list(_signs(text))
    if len(signs) != 1:
        raise ValueError(f"it is not of the form a < b, with one of {' '.join(SIGNS)}")
    (sign,) = signs
    left, right = text[: sign.start()], text[sign.end() :]
    return Condition(
        read_expression(left, base, names), sign[0], read_expression(right, base, names)
    )


def _signs(text: str) -> Iterator[re.Match[str]]:
    """Signs outside of brackets: within them “=” says the value of a setting."""
    depth = 0
    for sign in re.finditer(r"[()]|<=|>=|<|>|=", text):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if sign[0] not in "()" and depth == 0:
            yield sign
