"""A text as rows of equal length, or all that is wrong with them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wd_core.checks import FaultsError, Phrase, refuse_if_any, shown
from wd_core.table.dialect import rows_of
from wd_core.table.limits import MOST_ROWS, MOST_TOLD, too_many
from wd_core.table.notes import Note


@dataclass
class Rows:
    """Rows of equal length with the lines on which they end; the first may hold the names."""

    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    # How many more there are than a table may have, and how many lines are empty.
    more: int = 0
    empty: int = 0
    notes: list[Note] = field(default_factory=list)

    def widths(self) -> Counter[int]:
        """How many rows have how many cells."""
        return Counter(map(len, self.cells))


def even_rows(text: str, separator: str, header: bool) -> Rows:
    """The rows of a text. FaultsError with all that is wrong with them."""
    try:
        rows = _rows(text, separator, True)
    except FaultsError:
        rows = _rows(text, separator, False)
        if len(rows.widths()) > 1:
            raise
        said = Phrase("Quotation marks are signs like all others here: they enclose no cells.")
        rows.notes.append(Note("separator", said))
    if not any(sign.isalnum() for row in rows.cells for cell in row for sign in cell):
        refuse_if_any([Phrase("the table must have rows and columns, got none that says anything")])
    if rows.empty:
        said = Phrase("Lines without a value are left out: {count}.", count=f"{rows.empty:,}")
        rows.notes.append(Note("rows", said))
    if header:
        _mend(rows)
    width = _usual(rows)
    refuse_if_any([*too_many(len(rows.cells) + rows.more - header, width)])
    refuse_if_any([*_uneven(rows, width, separator)])
    _leave_out_last_columns(rows)
    return rows


def _rows(text: str, separator: str, quotes: bool) -> Rows:
    rows, line = Rows(), 0
    try:
        for line, row in rows_of(text, separator, quotes):
            if not any(map(str.strip, row)):
                rows.empty += 1
            elif len(rows.cells) > MOST_ROWS + 1:
                rows.more += 1
            else:
                rows.cells.append(row)
                rows.lines.append(line)
    except csv.Error as error:
        refuse_if_any([_misread(text, line + 1, "field larger" in str(error))])
    return rows


def _misread(text: str, line: int, too_long: bool) -> Phrase:
    if too_long:
        return Phrase(
            "a cell must be of at most {most} characters, got more in line {line}; is the "
            "separator another one, or a quotation mark not closed?",
            most=f"{csv.field_size_limit():,}",
            line=f"{line:,}",
        )
    lines = text.splitlines()
    start = lines[line - 1][:40] if line <= len(lines) else ""
    return Phrase(
        "quotation marks must stand around whole cells and be closed, got {start} in line {line}",
        start=shown(start),
        line=f"{line:,}",
    )


def _mend(rows: Rows) -> None:
    """A first row that is short by one: R names no row numbers, others end lines in a separator."""
    first, body = rows.cells[0], rows.cells[1:]
    if not body or {len(row) for row in body} != {len(first) + 1}:
        return
    if any(row[-1].strip() for row in body):
        if any(sign.isdigit() for cell in first for sign in cell[:1]):
            return  # no names, but a row that lacks a cell
        first.insert(0, "")
        said = Phrase(
            "The first line has one name less than there are columns: the first has no name."
        )
        rows.notes.append(Note("names", said))
    else:
        first.append("")


def _usual(rows: Rows) -> int:
    return max(rows.widths().items(), key=lambda pair: (pair[1], pair[0]))[0]


def _uneven(rows: Rows, width: int, separator: str) -> Iterator[Phrase]:
    wrong = [k for k, row in enumerate(rows.cells) if len(row) != width]
    for k in wrong[:MOST_TOLD]:
        yield Phrase(
            "line {line} must have {width} cells, as most lines have, got {count}: {cells}",
            line=f"{rows.lines[k]:,}",
            width=width,
            count=f"{len(rows.cells[k]):,}",
            cells=shown(separator.join(rows.cells[k])[:60]),
        )
    if len(wrong) > MOST_TOLD:
        yield Phrase(
            "all lines must have {width} cells, got another number in {more} more lines",
            width=width,
            more=f"{len(wrong) - MOST_TOLD:,}",
        )


def _leave_out_last_columns(rows: Rows) -> None:
    """Leave out the columns after the last value of any row, as of lines that end in separators."""
    width = len(rows.cells[0])
    used = max(_used(row) for row in rows.cells)
    if used < width:
        rows.cells = [row[:used] for row in rows.cells]
        said = Phrase(
            "Columns without a name and a value are left out at the end: {count}.",
            count=f"{width - used:,}",
        )
        rows.notes.append(Note("columns", said))


def _used(row: Sequence[str]) -> int:
    """How many cells there are up to the last that says something."""
    return next((k for k in range(len(row), 0, -1) if row[k - 1].strip()), 0)
