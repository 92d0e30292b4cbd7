"""What a lesson asks for: which of two numbers is larger, or a number; the engine knows which."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pages.shared.fields import Value
from pages.shared.judging import ALIKE
from pages.shared.lessons.quantities import Term, read_term
from pages.shared.numbers import number_text

# How the first of two numbers may be to the second.
OUTCOMES: Final = ("less", "alike", "more")
# A guess is right that is off by no more than this factor, and near by no more than the other.
RIGHT, NEAR = 1.1, 2.0
# No guess has more signs.
LONGEST_GUESS = 24


@dataclass(frozen=True)
class Comparison:
    """Two numbers, and what a visitor may say of the first: a sentence for some outcomes."""

    left: Term
    right: Term
    choices: Mapping[str, str]

    @property
    def numbers(self) -> dict[str, float]:
        """What an explanation may name of it."""
        return {"left": self.left.value, "right": self.right.value}

    @property
    def answer(self) -> str:
        """The outcome. ValueError where none of the choices is right."""
        answer = outcome(self.left.value, self.right.value)
        if answer not in self.choices:
            raise ValueError("none of the choices is right")
        return answer

    def of_seed(self, seed: int) -> Comparison:
        """The same of other data."""
        return Comparison(self.left.of_seed(seed), self.right.of_seed(seed), self.choices)

    def reads(self, guess: str) -> bool:
        """Whether this is a guess."""
        return guess in self.choices


@dataclass(frozen=True)
class Estimate:
    """A number to be guessed, or how many times one number is another."""

    above: Term
    below: Term | None = None

    @property
    def value(self) -> float:
        """The number. ValueError with a reason where there is none."""
        if self.below is None:
            return self.above.value
        if self.below.value == 0:
            raise ValueError("the number is a multiple of 0")
        return self.above.value / self.below.value

    @property
    def numbers(self) -> dict[str, float]:
        """What an explanation may name of it."""
        return {"answer": self.value}

    def of_seed(self, seed: int) -> Estimate:
        """The same of other data."""
        return Estimate(self.above.of_seed(seed), self.below and self.below.of_seed(seed))

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


Task = Comparison | Estimate


def outcome(left: float, right: float) -> str:
    """How the one is to the other; what differs by less than 5 % is alike."""
    low, high = sorted((abs(left), abs(right)))
    if left == right or (left * right > 0 and high <= ALIKE * low):
        return "alike"
    return "less" if left < right else "more"


def read_comparison(text: str, choices: Mapping[str, str], base: Mapping[str, Value]) -> Comparison:
    """What “a ? b” compares. ValueError with a rule."""
    left, mark, right = text.partition("?")
    if not mark:
        raise ValueError("it is not of the form a ? b")
    if len(choices) < 2:
        raise ValueError(f"two choices at least are wanted, of {', '.join(OUTCOMES)}")
    return Comparison(read_term(left, base), read_term(right, base), choices)


def read_estimate(text: str, base: Mapping[str, Value]) -> Estimate:
    """The number “a”, or “a / b”. ValueError with a rule."""
    above, mark, below = text.partition("/")
    return Estimate(read_term(above, base), read_term(below, base) if mark else None)


def as_guess(number: float) -> str:
    """A typed number as a guess is kept."""
    return number_text(number)
