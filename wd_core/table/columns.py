"""Named columns of cells as numbers, text and holes, and what there is to say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wd_core.arrays import Array
from wd_core.checks import Phrase, shown
from wd_core.table.limits import MOST_TOLD
from wd_core.table.notes import Note
from wd_core.table.numbers import CODES, MISSING, Read, Reader, single_mark

# From here on a float does not hold every whole number.
EXACT = 2.0**53
LONG = range(16, 300)
Cells = Sequence[str]


@dataclass(frozen=True)
class Understood:
    """The columns by their names, the marks that stand for holes in them, and the facts."""

    columns: dict[str, Any]
    missing: tuple[str, ...]
    notes: list[Note]


def understood(
    named: Mapping[str, Cells], decimal: str, missing: Sequence[str] | None
) -> Understood:
    """Each column as numbers if it holds nothing else, and as text if not.

    Without `missing` the usual marks are looked for, and a column of numbers with one odd text in
    it, without a digit, makes that a mark, too.
    """
    reader = Reader(decimal, MISSING if missing is None else missing)
    found = {name: reader.read(cells) for name, cells in named.items()}
    marks = {mark for read in found.values() for cell in read.missing if (mark := cell.strip())}
    if missing is None:
        odd = {single_mark(read, named[name]) for name, read in found.items()} - {None}
        marks |= {str(mark) for mark in odd}
        if odd:
            reader = Reader(decimal, [*MISSING, *marks])
            for name, read in found.items():
                if marks & {cell.strip() for cell in read.others}:
                    found[name] = reader.read(named[name])
    else:
        marks = {mark.strip() for mark in missing} - {""}
    columns = {
        name: _numbers(cells, found[name]) if found[name].is_numeric else _text(cells, found[name])
        for name, cells in named.items()
    }
    notes = [
        *_of_missing(named, found),
        *_of_thousands(found),
        *_of_text(named, found),
        *_of_numbers(columns, found),
    ]
    return Understood(columns, tuple(sorted(marks)), notes)


def _numbers(cells: Cells, read: Read) -> Array:
    return np.array([*map(read.numbers.get, cells)], dtype=np.float64)  # None is NaN


def _text(cells: Cells, read: Read) -> list[str | None]:
    return [None if cell in read.missing else cell.strip() for cell in cells]


def _of_missing(named: Mapping[str, Cells], found: Mapping[str, Read]) -> Iterator[Note]:
    """For each mark: how often it stands there, and where first."""
    count: Counter[str] = Counter()
    first: dict[str, tuple[str, int]] = {}
    for name, read in found.items():
        if not read.missing:
            continue
        for row, cell in enumerate(named[name]):
            if cell in read.missing:
                count[cell.strip()] += 1
                first.setdefault(cell.strip(), (name, row + 1))
    for mark, times in count.most_common():
        name, row = first[mark]
        values = {"count": f"{times:,}", "column": repr(name), "row": f"{row:,}"}
        said = (
            Phrase(
                "{mark} stands for a missing value: {count} in all, the first in column {column}, "
                "row {row}.",
                mark=shown(mark),
                **values,
            )
            if mark
            else Phrase(
                "Empty cells are missing values: {count} in all, the first in column {column}, "
                "row {row}.",
                **values,
            )
        )
        yield Note("missing", said)


def _of_thousands(found: Mapping[str, Read]) -> Iterator[Note]:
    told = [(name, read) for name, read in found.items() if read.is_numeric and read.thousands]
    for name, read in told[:MOST_TOLD]:
        cell = min(read.thousands)
        said = Phrase(
            "Column {column} has marks between thousands: {cell} is read as {value}.",
            column=repr(name),
            cell=shown(cell.strip()),
            value=f"{read.numbers.get(cell, np.nan):.15g}",
        )
        yield Note("thousands", said)
    if len(told) > MOST_TOLD:
        more = len(told) - MOST_TOLD
        said = Phrase("Columns that have marks between thousands, too: {more}.", more=more)
        yield Note("thousands", said)


def _of_text(named: Mapping[str, Cells], found: Mapping[str, Read]) -> Iterator[Note]:
    """Which columns are text, and what keeps those from being numbers that nearly are."""
    text = [name for name, read in found.items() if not read.is_numeric and read.others]
    nearly = [name for name in text if found[name].numbers]
    for name in nearly[:MOST_TOLD]:
        read, cells = found[name], named[name]
        rows = [row for row, cell in enumerate(cells) if cell in read.others]
        numbers = sum(cell in read.numbers for cell in cells)
        said = Phrase(
            "Column {column} is text: {cell} in row {row} is no number, and {more} more are none; "
            "{count} are.",
            column=repr(name),
            cell=shown(cells[rows[0]].strip()),
            row=f"{rows[0] + 1:,}",
            more=f"{len(rows) - 1:,}",
            count=f"{numbers:,}",
        )
        yield Note("text", said)
    rest = [name for name in text if name not in nearly[:MOST_TOLD]]
    if rest:
        quoted = ", ".join(map(repr, rest[:MOST_TOLD]))
        if len(rest) > MOST_TOLD:
            said = Phrase(
                "Columns of text: {columns} and {more} more.",
                columns=quoted,
                more=len(rest) - MOST_TOLD,
            )
        else:
            said = Phrase("Columns of text: {columns}.", columns=quoted)
        yield Note("text", said)


def _of_numbers(columns: Mapping[str, Any], found: Mapping[str, Read]) -> Iterator[Note]:
    told = [name for name, read in found.items() if read.is_numeric]
    codes = [(name, code) for name in told if (code := _code(columns[name])) is not None]
    for name, code in codes[:MOST_TOLD]:
        values = columns[name]
        rest = values[(values != code) & ~np.isnan(values)]
        said = Phrase(
            "Column {column} holds {code} in {count} rows, far from its other values ({least} to "
            "{most}): it is taken as a number, though it may stand for a missing value.",
            column=repr(name),
            code=f"{code:g}",
            count=f"{np.count_nonzero(values == code):,}",
            least=f"{rest.min():.6g}",
            most=f"{rest.max():.6g}",
        )
        yield Note("missing", said)
    long = [name for name in told if _is_rounded(columns[name], found[name].numbers)]
    for name in long[:MOST_TOLD]:
        said = Phrase(
            "Column {column} holds whole numbers of more than 15 digits, which are rounded.",
            column=repr(name),
        )
        yield Note("size", said)


def _code(values: Array) -> float | None:
    """A number that may stand for a hole: it recurs, and all others lie far from it."""
    for code in CODES:
        same = values == code
        if np.count_nonzero(same) < 2:
            continue
        rest = values[~same & np.isfinite(values)]
        if rest.size < 2:
            continue
        least, most = float(rest.min()), float(rest.max())
        if max(least - code, code - most) > most - least:
            return code
    return None


def _is_rounded(values: Array, cells: Iterable[str]) -> bool:
    """Whether whole numbers have more digits than a float keeps."""
    if not (np.abs(values[np.isfinite(values)]) >= EXACT).any():
        return False
    digits = (cell.strip().lstrip("+-") for cell in cells)
    return any(len(one) in LONG and one.isdecimal() and float(one) != int(one) for one in digits)
