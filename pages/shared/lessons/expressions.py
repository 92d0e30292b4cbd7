"""Arithmetic as a header writes it: numbers of the engine, settings and values, put together.

A reader of its own, not Python's: what a file of text says is never run.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from pages.shared.fields import Value
from pages.shared.lessons.quantities import read_term
from pages.shared.link import printable

# Brackets within brackets, and signs before signs, go no deeper.
DEEPEST: Final = 20
# Nor has one more parts, those of the values that it names among them: a value named twice by the
# next, and that twice by the one after it, would soon take for ever.
MOST_PARTS: Final = 200
NUMBER: Final = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
NAME: Final = re.compile(r"[a-z][a-z_]*")
CALL: Final = re.compile(r"[a-z][a-z_]*\s*\([^()]*\)")
# Numbers that `drawn` draws: whole, and none is 0; and how many of them a seed has.
DRAWN: Final = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
MOST_DRAWN: Final = 100


class Expression(Protocol):
    """A number that is worked out when it is asked for; ValueError with a reason where none is."""

    @property
    def value(self) -> float:
        """The number."""


@dataclass(frozen=True)
class Constant:
    """A number as it stands."""

    value: float


@dataclass(frozen=True)
class Operation:
    """What a sign or a function makes of its numbers."""

    name: str
    parts: tuple[Expression, ...]

    @property
    def value(self) -> float:
        """The number. ValueError for a division by 0, the root of a negative number, and so on."""
        try:
            found = OPERATIONS[self.name](*(part.value for part in self.parts))
        except ZeroDivisionError:
            raise ValueError("a number is divided by 0") from None
        except OverflowError:
            raise ValueError("a number is beyond all bounds") from None
        if isinstance(found, complex) or not math.isfinite(found):
            raise ValueError(f"{self.name} gives no number here")
        return float(found)


def _root(number: float) -> float:
    if number < 0:
        raise ValueError("a negative number has no root")
    return math.sqrt(number)


OPERATIONS: Final[Mapping[str, Callable[..., float]]] = {
    "+": operator.add,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "-": operator.neg,
    "sqrt": _root,
    "abs": abs,
}


def _constant(text: str) -> Constant:
    if math.isinf(number := float(text)):
        raise ValueError(f"“{printable(text)}” is beyond all bounds")
    return Constant(number)


def read_expression(
    text: str, base: Mapping[str, Value], names: Mapping[str, Expression]
) -> Expression:
    """The expression in a text: terms with these settings, and names. ValueError with a rule."""
    reader = _Reader(text.strip(), base, names)
    expression = reader.sum(0)
    if reader.rest:
        raise reader.strange()
    return expression


def _parts(expression: Expression) -> int:
    if isinstance(expression, Operation):
        return 1 + sum(map(_parts, expression.parts))
    return 1


class _Reader:
    """Goes through a text once, from the loosest sign to the tightest."""

    def __init__(self, text: str, base: Mapping[str, Value], names: Mapping[str, Expression]):
        self.rest, self._base, self._names = text, base, names
        self._parts = 0

    def strange(self) -> ValueError:
        """Why it does not go on."""
        return ValueError(
            f"“{printable(self.rest)}” is not of the form name(setting=value, ...), a number, or "
            f"several with + - * / ^ between them"
        )

    def sum(self, depth: int) -> Expression:
        """Products, added and taken away."""
        left = self._product(depth)
        while sign := self._take("+", "-"):
            right = self._product(depth)
            left = Operation("+", (left, right if sign == "+" else Operation("-", (right,))))
        return left

    def _product(self, depth: int) -> Expression:
        left = self._signed(depth)
        while sign := self._take("*", "/"):
            left = Operation(sign, (left, self._signed(depth)))
        return left

    def _signed(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise ValueError(f"it has brackets or signs more than {DEEPEST} deep")
        if self._take("-"):
            return Operation("-", (self._signed(depth + 1),))
        base = self._atom(depth)
        return Operation("^", (base, self._signed(depth + 1))) if self._take("^") else base

    def _atom(self, depth: int) -> Expression:
        self._count(1)
        if self._take("("):
            return self._bracketed(depth)
        if number := self._match(NUMBER):
            return _constant(number)
        name = NAME.match(self.rest)
        if name and name[0] in ("sqrt", "abs", "drawn"):
            self._match(NAME)
            if not self._take("("):
                raise self.strange()
            inside = self._bracketed(depth)
            return self._drawn(inside) if name[0] == "drawn" else Operation(name[0], (inside,))
        if call := self._match(CALL):
            return read_term(call, self._base)
        if name and self.rest[name.end() :].lstrip()[:1] != "(":
            return self._named(self._match(NAME))
        raise self.strange()

    def _bracketed(self, depth: int) -> Expression:
        inside = self.sum(depth + 1)
        if not self._take(")"):
            raise self.strange()
        return inside

    def _drawn(self, which: Expression) -> Constant:
        """One of the whole numbers that belong to the seed of the settings."""
        place, seed = which.value, int(self._base["seed"])
        if not 0 <= place < MOST_DRAWN:
            raise ValueError(f"drawn counts from 0 to {MOST_DRAWN - 1}")
        return Constant(float(np.random.default_rng([seed, int(place)]).choice(DRAWN)))

    def _named(self, name: str) -> Expression:
        if name not in self._names:
            raise ValueError(f"“{name}” is not one of {', '.join(sorted(self._names))}")
        self._count(_parts(self._names[name]))
        return self._names[name]

    def _count(self, more: int) -> None:
        self._parts += more
        if self._parts > MOST_PARTS:
            raise ValueError(f"it has more than {MOST_PARTS} parts, with those of its values")

    def _take(self, *signs: str) -> str:
        """The sign that comes next, if it is one of these."""
        sign = self.rest[:1]
        if not sign or sign not in signs:
            return ""
        self.rest = self.rest[1:].lstrip()
        return sign

    def _match(self, kind: re.Pattern[str]) -> str:
        match = kind.match(self.rest)
        if match is None:
            return ""
        self.rest = self.rest[match.end() :].lstrip()
        return match[0]
