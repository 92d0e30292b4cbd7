"""Formulas as a page prints them, in LaTeX or in a sentence, worked out from what is printed.

Every printed number stands for all that are rounded to it: it carries an error, and a chain
"a = b = c" holds where its numeric sides agree up to the errors of what they are made from. A side
with a letter in it is left out, unless the letter is given a value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

# A number is printed with at least so many digits, or with all it has.
DIGITS = 3
# Rounding of the arithmetic here.
ROUNDING = 1e-12
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

_TOKEN = re.compile(
    r"\s+|\\[,;:! ]|\\quad|\\qquad|\\left|\\right"  # nothing
    r"|(?P<number>\d+(?:\.\d+)?(?:e[-+]?\d+)?)"
    r"|(?P<operator>\\cdot|\\times|\\lceil|\\rceil|[-−+*/·×^_()\[\]{}|⌈⌉])"
    r"|(?P<command>\\[a-zA-Z]+)"
    r"|(?P<letter>[^\W\d_])"
)
_SIGNS = {
    r"\lceil": "⌈",
    r"\rceil": "⌉",
    r"\cdot": "*",
    r"\times": "*",
    "·": "*",
    "×": "*",
    "−": "-",
    "[": "(",
    "]": ")",
}
_APART = re.compile(r"\\\\|\\q?quad|\\begin\{\w+\}|\\end\{\w+\}|,(?!\d)|&|\\text\{[^{}]*\}")


class NotNumericError(ValueError):
    """An expression that is no number: a letter in it has no value, or it is no arithmetic."""


@dataclass(frozen=True)
class Rounded:
    """A number and how far the one it was rounded from may be."""

    value: float
    error: float = 0.0

    def __add__(self, other: Rounded) -> Rounded:
        return Rounded(self.value + other.value, self.error + other.error)

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.error)

    def __mul__(self, other: Rounded) -> Rounded:
        error = abs(self.value) * other.error + abs(other.value) * self.error
        return Rounded(self.value * other.value, error + self.error * other.error)

    def inverse(self) -> Rounded:
        """1 over the number."""
        if self.value == 0:
            raise NotNumericError("division by zero")
        return Rounded(1 / self.value, self.error / self.value**2)

    def power(self, other: Rounded) -> Rounded:
        """The number to a power that is exact, or nearly."""
        try:
            value = self.value**other.value
            slope = other.value * self.value ** (other.value - 1) if self.error else 0.0
        except (OverflowError, ZeroDivisionError) as error:
            raise NotNumericError(str(error)) from None
        if isinstance(value, complex):
            raise NotNumericError("a root of a negative number")
        return Rounded(value, abs(slope) * self.error)


def printed(text: str, *, exact_if_whole: bool = True) -> Rounded:
    """The number that a text of digits shows, with the error that its rounding allows."""
    value = float(text)
    mantissa = text.lower().partition("e")[0]
    if exact_if_whole and "." not in mantissa and len(mantissa) < DIGITS:
        return Rounded(value)
    decimals = len(mantissa.partition(".")[2])
    power = int(text.lower().partition("e")[2] or 0)
    last = 10.0 ** (power - decimals)
    size = math.floor(math.log10(abs(value))) if value else -math.inf
    finest = 10.0 ** (size - DIGITS + 1) if value else last
    return Rounded(value, min(last, finest) / 2)


def evaluate(latex: str, **symbols: float) -> Rounded:
    """The value of an expression; NotNumericError where a letter in it has none."""
    tokens = list(_tokens(latex, symbols))
    parser = _Parser(tokens, symbols)
    found = parser.sum()
    if parser.rest:
        raise NotNumericError(f"{parser.rest[0]!r} in {latex!r}")
    return found


def chains(latex: str) -> Iterator[list[str]]:
    """The chains a = b = c of a formula, each as its sides."""
    latex = re.sub(r"_\{\\text\{[^{}]*\}\}", "", latex)
    for part in _APART.split(latex):
        sides = re.split(r"(?<![<>\\])=", part)
        if len(sides) > 1:
            yield sides


def disagreements(latex: str, **symbols: float) -> list[str]:
    """What a formula's chains say that is not so: sides that are numbers and differ."""
    found = []
    for sides in chains(latex):
        numbers: list[tuple[str, Rounded]] = []
        for side in sides:
            try:
                numbers.append((side, _side(side, symbols)))
            except NotNumericError:
                continue
        for (left, a), (right, b) in pairwise(numbers):
            slack = a.error + b.error + ROUNDING * max(1.0, abs(a.value), abs(b.value))
            if not abs(a.value - b.value) <= slack:
                found.append(f"{left.strip()} is {a.value:.6g}, not {right.strip()}")
    return found


def _side(side: str, symbols: Mapping[str, float]) -> Rounded:
    """A side of a chain; where it is one number alone, a whole one may have been rounded too."""
    text = _plain(side)
    alone = re.fullmatch(r"\s*([-−]?)\s*(\d+(?:\.\d+)?)\s*", text)
    if alone:
        number = printed(alone[2], exact_if_whole=False)
        return -number if alone[1] else number
    return evaluate(side, **symbols)


def unbalanced(latex: str) -> list[str]:
    """What is opened and not closed in a formula, or closed and not opened."""
    faults = []
    stack = []
    for mark in re.findall(r"\\\{|\\\}|[{}]", latex):
        if mark == "{":
            stack.append(mark)
        elif mark == "}" and not stack:
            faults.append("} without {")
        elif mark == "}":
            stack.pop()
    faults += ["{ without }"] * len(stack)
    for opens, closes in ((r"\left", r"\right"), (r"\begin", r"\end")):
        words = re.findall(r"\\[a-zA-Z]+", latex)
        if words.count(opens) != words.count(closes):
            faults.append(f"{opens} without {closes}")
    if latex.count("$") % 2:
        faults.append("a single $")
    return faults


# An arithmetic expression of a sentence: numbers, with signs between them.
_NUMBER = r"\d+(?:\.\d+)?(?:\s?[·×]\s?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
_ITEM = rf"[(\[]*[-−]?[(\[]*{_NUMBER}[)\]]*[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*"
_EXPRESSION = rf"{_ITEM}(?:\s?[·×/+−]\s?{_ITEM})*"
ON = re.compile(r"\s?[·×/^%]|[a-zα-ω]")  # how a product or a word goes on
_EQUATION = re.compile(rf"(?P<left>{_EXPRESSION})\s=\s(?=(?P<right>{_EXPRESSION}))")


def sentence_disagreements(sentence: str) -> list[str]:
    """The same of a sentence: "1 − 0.003 · 3 = 0.991" is worked out as far as it is all numbers."""
    found = []
    for match in _EQUATION.finditer(sentence):
        before = sentence[: match.start()].rstrip()
        after = sentence[match.end("right") :]
        if before.endswith(tuple("+−-·×/^(λημσθ½")) or ON.match(after):
            continue  # part of something with letters in it
        left, right = (_powers(match[name]) for name in ("left", "right"))
        if left.count("(") == left.count(")") and right.count("(") == right.count(")"):
            found += disagreements(f"{left} = {right}")
    return found


def _powers(text: str) -> str:
    """Raised digits as powers: ×10⁻⁷ is part of a number, ² a square."""
    text = re.sub(r"\s?[·×]\s?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"e{m[1].translate(RAISED)}", text)
    return re.sub(r"[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"^{{{m[0].translate(RAISED)}}}", text)


_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_NAMED = re.compile(rf"\\underbrace({_GROUP})_{_GROUP}")
_SCIENTIFIC = re.compile(r"(\d)\s?\\(?:cdot|times) 10\^\{?([-−]?\d+)\}?")


def _plain(latex: str) -> str:
    """The same with powers of ten drawn into their numbers, and no names under braces."""
    return _SCIENTIFIC.sub(_exponent, _NAMED.sub(r"\1", latex))


def _exponent(match: re.Match[str]) -> str:
    return f"{match[1]}e{match[2].replace('−', '-')}"


def _tokens(latex: str, symbols: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    text, at = _plain(latex), 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotNumericError(f"{text[at]!r} in {latex!r}")
        at = match.end()
        kind = match.lastgroup
        if kind == "operator":
            yield kind, _SIGNS.get(match[0], match[0])
        elif kind in ("command", "letter") and match[0].lstrip("\\") in symbols:
            yield "symbol", match[0].lstrip("\\")
        elif kind:
            yield kind, match[0]


class _Parser:
    """Sums of products of powers, products without a sign among them."""

    def __init__(self, tokens: list[tuple[str, str]], symbols: Mapping[str, float]) -> None:
        self.rest, self.symbols = tokens, symbols

    def _next(self) -> tuple[str, str]:
        return self.rest[0] if self.rest else ("end", "")

    def _take(self, text: str) -> None:
        if self._next()[1] != text:
            raise NotNumericError(f"{text!r} expected, got {self._next()[1]!r}")
        self.rest = self.rest[1:]

    def sum(self) -> Rounded:
        total = self.product()
        while self._next()[1] in ("+", "-"):
            sign = self._next()[1]
            self._take(sign)
            term = self.product()
            total = total + (term if sign == "+" else -term)
        return total

    def product(self) -> Rounded:
        total = self.signed()
        while True:
            kind, text = self._next()
            if text in ("*", "/"):
                self._take(text)
                factor = self.signed()
                total = total * (factor if text == "*" else factor.inverse())
            elif kind in ("number", "symbol", "command", "letter") or text in ("(", "{", "⌈"):
                total = total * self.power()
            else:
                return total

    def signed(self) -> Rounded:
        if self._next()[1] in ("-", "+"):
            sign = self._next()[1]
            self._take(sign)
            return -self.signed() if sign == "-" else self.signed()
        return self.power()

    def power(self) -> Rounded:
        base = self.atom()
        if self._next()[1] == "^":
            self._take("^")
            return base.power(self.group())
        return base

    def group(self) -> Rounded:
        """What stands in braces, or one atom."""
        if self._next()[1] == "{":
            self._take("{")
            found = self.sum()
            self._take("}")
            return found
        return self.atom()

    def atom(self) -> Rounded:
        kind, text = self._next()
        if kind == "number":
            self._take(text)
            return printed(text)
        if kind == "symbol":
            self._take(text)
            return Rounded(self.symbols[text])
        for opens, closes in (("(", ")"), ("{", "}"), ("|", "|"), ("⌈", "⌉")):
            if text == opens:
                self._take(opens)
                found = self.sum()
                self._take(closes)
                return _between(opens, found)
        if text in (r"\frac", r"\tfrac", r"\dfrac"):
            self._take(text)
            return self.group() * self.group().inverse()
        if text == r"\sqrt":
            self._take(text)
            return self.group().power(Rounded(0.5))
        raise NotNumericError(f"{text!r} is no number")


def _between(bracket: str, found: Rounded) -> Rounded:
    """What a pair of brackets makes of what stands between them."""
    if bracket == "|":
        return Rounded(abs(found.value), found.error)
    return Rounded(math.ceil(found.value - ROUNDING)) if bracket == "⌈" else found
