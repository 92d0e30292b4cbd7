"""How rows and cells are set apart: by which reading the most columns are numbers."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from wd_core.table.limits import MOST_COLUMNS
from wd_core.table.numbers import DECIMALS, Reader

# In the order in which they are preferred where all else is equal. A blank: one or more of them.
SEPARATORS: Final = (",", ";", "\t", "|", " ")
# What is looked at for a guess: so much of the beginning, so many rows of it.
HEAD: Final = 200_000
ROWS: Final = 400


@dataclass(frozen=True)
class Guess:
    """A reading of the beginning of a text, and how good it is."""

    separator: str
    decimal: str
    even: float
    width: int
    numeric: int
    grouped: int

    def rank(self) -> tuple[float, ...]:
        """The larger the better: even rows, many columns of numbers, few columns of anything else.

        Marks between thousands are believed where nothing plainer reads as well; beside a comma as
        the separator they are commas.
        """
        whole = self.even == 1
        return (
            whole,
            self.numeric if whole else self.even,
            self.numeric / max(1, self.width),
            -self.grouped if self.separator == ";" else 0,
            -SEPARATORS.index(self.separator) if self.separator in SEPARATORS else 0,
            self.decimal == ".",
        )


def rows_of(text: str, separator: str, quotes: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Each row, [] for an empty line, with the number of the line on which it ends.

    csv.Error where quotation marks are not closed or a cell is too long.
    """
    blanks = separator == " "
    lines = io.StringIO(text, newline="")
    reader = csv.reader(
        (line.strip(" \t\r\n") + "\n" for line in lines) if blanks else lines,
        delimiter=separator,
        skipinitialspace=blanks,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
        strict=quotes,
    )
    for row in reader:
        yield reader.line_num, row


def guessed(text: str, separator: str | None, decimal: str | None) -> tuple[str, str]:
    """The separator and the decimal sign that make the most of a text."""
    head = text[:HEAD]
    if len(text) > HEAD:
        head = head[: max(head.rfind("\n"), head.rfind("\r")) + 1] or head
    guesses = [
        guess
        for sign in ([separator] if separator else SEPARATORS)
        for guess in _of_separator(head, sign, [decimal] if decimal else DECIMALS)
    ]
    several = [guess for guess in guesses if guess.width > 1 and guess.even > 0.5]
    best = max(several or guesses, key=Guess.rank, default=None)
    if best is None:  # a cell that is too long, or quotation marks that nobody closes
        return separator or SEPARATORS[0], decimal or DECIMALS[0]
    return best.separator, best.decimal


def _of_separator(head: str, separator: str, decimals: Sequence[str]) -> Iterator[Guess]:
    rows: list[list[str]] = []
    for quotes in (True, False):
        try:
            rows = [row for _, row in islice(rows_of(head, separator, quotes), ROWS) if row]
            break
        except csv.Error:
            continue
    if not rows:
        return
    widths = Counter(map(len, rows))
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    body = [row[:MOST_COLUMNS] for row in rows[1:] if len(row) == width] or [rows[0][:MOST_COLUMNS]]
    for decimal in decimals:
        numeric, grouped = _numeric(body, decimal)
        yield Guess(separator, decimal, count / len(rows), width, numeric, grouped)


def _numeric(rows: Sequence[Sequence[str]], decimal: str) -> tuple[int, int]:
    """How many columns are numbers, and of how many of them some have marks between thousands."""
    reader = Reader(decimal)
    columns = [found for cells in zip(*rows, strict=False) if (found := reader.read(cells)).numbers]
    numeric = [found for found in columns if len(found.others) <= 1 and not _mixed(found.others)]
    return len(numeric), sum(bool(found.thousands) for found in numeric)


def _mixed(others: set[str]) -> bool:
    return any(sign.isdigit() for other in others for sign in other)
