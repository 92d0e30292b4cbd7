"""Words that compare, held against the numbers that they stand beside.

A page's test says what each such word of its sentences compares::

    COMPARISONS = (
        Comparison("helped: the test loss ends at {test} instead of {test_without}",
                   "test", "<", "test_without"),
        idle("Choose a smaller η"),  # advice
    )
    hold_comparisons(seen.said, COMPARISONS, recomputed(case))

A comparing word that no entry claims is a failure. "<" and ">" hold only where the digits that are
shown differ that way too, "=" only where they are the same: a verdict is not made of rounding.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pages.shared.words import Said
from tests.matrix.driver import number

COMPARING = re.compile(
    r"\b(?:help(?:s|ed)|hurts?|better|best|worse|worst|above|below|beyond|near(?:ly|er|est)?"
    r"|the same|equal|alike|differ(?:s|ent|ence)?|instead of|larger|largest|smaller|smallest"
    r"|higher|highest|lower|lowest|more|most|less|least|fewer|fewest|exceeds?|closer|closest"
    r"|faster|slower|longer|shorter|stronger|weaker|grow(?:s|n)|shrinks?|falls?|fallen|rises?)\b"
)

Side = str | float | Callable[[Any, Said], float]


@dataclass(frozen=True)
class Comparison:
    """Words of a sentence's text, and what they claim of two of its numbers.

    A side is the name of a value in the sentence, a number, or a function of what was recomputed
    and the sentence. `relation`: "<", ">", "=", or "~", which is within `factor` of each other;
    "" for words that claim nothing.
    """

    words: str
    left: Side = 0.0
    relation: str = ""
    right: Side = 0.0
    factor: float = 1.0

    def fault(self, found: Any, said: Said) -> str:
        """What is wrong with the claim, or nothing."""
        if not self.relation:
            return ""
        a, b = (_value(side, found, said) for side in (self.left, self.right))
        shown = [said.values[side] for side in (self.left, self.right) if isinstance(side, str)]
        alike = len(shown) == 2 and str(shown[0]) == str(shown[1])
        holds = {
            "<": a < b and not alike,
            ">": a > b and not alike,
            "=": alike or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12),
            "~": max(a, b) <= self.factor * min(a, b),
        }[self.relation]
        return "" if holds else f"{a:.6g} {self.relation} {b:.6g} does not hold in: {said}"


def idle(words: str) -> Comparison:
    """Words that compare nothing, such as advice."""
    return Comparison(words)


def _value(side: Side, found: Any, said: Said) -> float:
    if callable(side):
        return side(found, said)
    return number(said.values[side]) if isinstance(side, str) else side


def hold_comparisons(said: Sequence[Said], table: Sequence[Comparison], found: Any) -> None:
    """Every word that compares is claimed by an entry of the table, and its claim holds."""
    faults = []
    for sentence in said:
        claims = [entry for entry in table if entry.words in sentence.text]
        claimed = {place for entry in claims for place in _places(sentence.text, entry.words)}
        faults += [
            f"nobody says what “{match[0]}” compares in: {sentence.text}"
            for match in COMPARING.finditer(sentence.text)
            if match.start() not in claimed
        ]
        faults += [fault for entry in claims if (fault := entry.fault(found, sentence))]
    assert not faults, "\n".join(sorted(set(faults)))


def _places(text: str, words: str) -> set[int]:
    """Every place in the text that these words cover."""
    starts = [match.start() for match in re.finditer(re.escape(words), text)]
    return {place for start in starts for place in range(start, start + len(words))}
