"""What a cell says: a number in a decimal sign, a missing value, or text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

DECIMALS: Final = (".", ",")
# Cells that stand for no value in most tables; an empty one does in all.
MISSING: Final = ("?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "-", "--", ".")
# Numbers that often stand for no value: they are pointed out, and left as they are.
CODES: Final = (-200.0, -99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0)
# A longer text is no mark.
LONGEST_MARK: Final = 12

_BLANKS = " \u00a0\u2009\u202f"
_MARKS: Final = {".": f",'’{_BLANKS}", ",": f".'’{_BLANKS}"}
_PLAIN: Final = {
    sign: re.compile(rf"[+-]?(?:\d++(?:[{sign}]\d*+)?|[{sign}]\d++)(?:[eE][+-]?\d++)?")
    for sign in DECIMALS
}
_GROUPED: Final = {
    sign: re.compile(
        rf"[+-]?[1-9]\d{{0,2}}([{re.escape(_MARKS[sign])}])\d{{3}}(?:\1\d{{3}})*"
        rf"(?:[{sign}]\d*+)?"
    )
    for sign in DECIMALS
}
_ENDLESS: Final = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)


@dataclass
class Read:
    """A column's cells, each understood once: numbers, what is missing, and what is neither."""

    numbers: dict[str, float] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    # Those of the numbers that have marks between their thousands.
    thousands: set[str] = field(default_factory=set)

    @property
    def is_numeric(self) -> bool:
        """Whether there are numbers, and nothing but numbers."""
        return bool(self.numbers) and not self.others


class Reader:
    """Understands cells in a decimal sign, with these marks for what is missing."""

    def __init__(self, decimal: str, missing: Collection[str] = MISSING) -> None:
        self.decimal = decimal
        self.missing = {"", *(mark.strip() for mark in missing)}
        found = (self._plain(mark) for mark in self.missing)
        # -200 is missing as -200.0 and as -200,00 too
        self._codes = {value for value in found if value is not None}

    def read(self, cells: Iterable[str]) -> Read:
        """All cells of a column."""
        different = set(cells)
        found = Read(missing=different & self.missing)
        different -= found.missing
        if plain := self._all_plain(list(different)):
            found.numbers = plain
            return found
        for cell in different:
            text = cell.strip()
            if text in self.missing:
                found.missing.add(cell)
                continue
            value = self._plain(text)
            if value is None and (value := self._grouped(text)) is not None:
                found.thousands.add(cell)
            if value is None:
                found.others.add(cell)
            elif value in self._codes:
                found.missing.add(cell)
            else:
                found.numbers[cell] = value
        return found

    def _all_plain(self, cells: list[str]) -> dict[str, float]:
        """The numbers of cells that are nothing else, in a fifth of the time; {} of others."""
        text = "\n".join(cells)
        # float takes these as well: 1_000, nan and inf
        if self._codes or any(sign in text for sign in "_nN"):
            return {}
        pointed = cells
        if self.decimal == ",":
            if "." in text:
                return {}
            pointed = text.replace(",", ".").split("\n")
        try:
            return dict(zip(cells, map(float, pointed), strict=True))
        except ValueError:
            return {}

    def _plain(self, text: str) -> float | None:
        if "\u2212" in text:
            text = text.replace("\u2212", "-")
        if _PLAIN[self.decimal].fullmatch(text):
            return float(text.replace(",", ".") if self.decimal == "," else text)
        return float(text) if _ENDLESS.fullmatch(text) else None

    def _grouped(self, text: str) -> float | None:
        found = _GROUPED[self.decimal].fullmatch(text.replace("\u2212", "-"))
        if not found:
            return None
        whole = text.replace("\u2212", "-").replace(found.group(1), "")
        return float(whole.replace(",", ".") if self.decimal == "," else whole)


def single_mark(found: Read, cells: Sequence[str]) -> str | None:
    """The one text without a digit among a column's numbers, which stands for a missing value."""
    if len(found.others) != 1 or not found.numbers:
        return None
    (odd,) = found.others
    word = len(odd.strip()) <= LONGEST_MARK and not any(
        sign.isdigit() or sign in "=\"'" for sign in odd
    )
    return odd.strip() if word and cells.count(odd) <= len(cells) / 2 else None
