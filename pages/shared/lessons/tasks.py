"""What is asked for: which of two numbers is larger, a guess, a number; the engine knows which."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pages.shared.judging import ALIKE
from pages.shared.lessons.expressions import Expression
from pages.shared.numbers import number_text

# How the first of two numbers may be to the second.
OUTCOMES: Final = ("less", "alike", "more")
# A guess is right that is off by no more than this factor, and near by no more than the other.
RIGHT, NEAR = 1.1, 2.0
# Nobody drags as exactly as one reckons.
DRAGGED = 1.25
# No guess has more signs.
LONGEST_GUESS = 24


@dataclass(frozen=True)
class Comparison:
    """Two numbers, and what a visitor may say of the first: a sentence for some outcomes.

    mistakes: what is said of an outcome that is not the right one.
    """

    left: Expression
    right: Expression
    choices: Mapping[str, str]
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, float]:
        """What an explanation may name of it."""
        return {"left": self.left.value, "right": self.right.value}

    @property
    def is_answered(self) -> bool:
        """Whether one of the choices is right. ValueError where a number is none."""
        return outcome(**self.numbers) in self.choices

    @property
    def answer(self) -> str:
        """The outcome. ValueError where none of the choices is right."""
        answer = outcome(self.left.value, self.right.value)
        if answer not in self.choices:
            raise ValueError("none of the choices is right")
        return answer

    def reads(self, guess: str) -> bool:
        """Whether this is a guess."""
        return guess in self.choices


@dataclass(frozen=True)
class Estimate:
    """A number to be guessed; axis: that of its page on which it is dragged, if it is."""

    expression: Expression
    axis: str = ""

    @property
    def value(self) -> float:
        """The number. ValueError with a reason where there is none."""
        return self.expression.value

    @property
    def numbers(self) -> dict[str, float]:
        """What an explanation may name of it."""
        return {"answer": self.value}

    @property
    def is_answered(self) -> bool:
        """Whether there is a number. ValueError with a reason where there is none."""
        return math.isfinite(self.value)

    @property
    def right(self) -> float:
        """By what factor a right guess may be off."""
        return DRAGGED if self.axis else RIGHT

    def reads(self, guess: str) -> bool:
        """Whether this is a guess: a number, and not an endless one."""
        if len(guess) > LONGEST_GUESS:
            return False
        try:
            return math.isfinite(float(guess))
        except ValueError:
            return False

    def off(self, guess: str) -> float:
        """The factor by which a guess is too large or too small; inf of another sign."""
        value, guessed = self.value, float(guess)
        if value == guessed:
            return 1.0
        if value * guessed <= 0:
            return math.inf
        return max(value / guessed, guessed / value)


@dataclass(frozen=True)
class Number:
    """A number to be found; mistakes: numbers that foreseen ones give, and what is said of each."""

    expression: Expression
    mistakes: tuple[tuple[Expression, str], ...]

    @property
    def numbers(self) -> dict[str, float]:
        """What an explanation may name of it."""
        return {"answer": self.expression.value}

    @property
    def is_answered(self) -> bool:
        """Whether there is a number. ValueError where there is none."""
        return math.isfinite(self.expression.value)


def outcome(left: float, right: float) -> str:
    """How the one is to the other; what differs by less than 5 % is alike."""
    low, high = sorted((abs(left), abs(right)))
    if left == right or (left * right > 0 and high <= ALIKE * low):
        return "alike"
    return "less" if left < right else "more"


def as_guess(number: float) -> str:
    """A typed number as a guess is kept."""
    return number_text(number)
