"""A table from bytes, a text or a file, and what was understood of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wd_core.checks import FaultsError, Phrase, refuse_if_any, require, require_one_of
from wd_core.signatures import typed
from wd_core.table.columns import understood
from wd_core.table.decoding import decoded, require_text
from wd_core.table.dialect import ROWS, guessed
from wd_core.table.limits import MOST_BYTES, too_long
from wd_core.table.names import names_columns, told_apart
from wd_core.table.notes import Note
from wd_core.table.numbers import DECIMALS, MISSING, Reader
from wd_core.table.parquet import MAGIC, read_parquet
from wd_core.table.rows import Rows, even_rows
from wd_core.table.size import of_size
from wd_core.table.table import Table

# How names of files end that someone may take for the text of a table.
ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")


@typed
def read_table(
    source: bytes | str | Path,
    *,
    separator: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    missing: Sequence[str] | None = None,
) -> Table:
    """A user's table, understood: CSV, TSV, a spreadsheet's export as text, or Parquet.

    `source` holds the bytes of a file, is the text itself, or a Path to it. What is not given is
    found out, and `notes` of the result say what was found and what was left out:
    `separator` (one sign, a blank for one or more of them) and `decimal` ("." or ",") so that the
    most columns are numbers, `encoding` (a name that Python knows), `header` (whether the first
    line names the columns), and `missing`, the marks that stand for no value beside the empty cell.
    Marks between thousands are read; cells are never run: "=1+1" is a text of four signs.

    Raises ValueError with all that is wrong, a line each (`faults` of the error): lines of unequal
    length, binary data, a header alone, nothing at all, more than MOST_BYTES, MOST_ROWS or
    MOST_COLUMNS. Rows are counted from 1 without the header, lines of the text from 1 with it.
    """
    kinds = isinstance(source, bytes | str | Path)
    require(kinds, "source", "bytes, a text or a Path", type(source).__name__)
    _require_options(separator, decimal)
    given = _given(source)
    refuse_if_any([*too_long(len(given))])
    if isinstance(given, bytes) and given.startswith(MAGIC):
        return read_parquet(given, missing)
    notes: list[Note] = []
    if isinstance(given, bytes):
        text, encoding = decoded(given, encoding)
        if not given.isascii():
            said = Phrase("The encoding of the text is {encoding}.", encoding=encoding)
            notes.append(Note("encoding", said))
    else:
        text, encoding = given.removeprefix("\ufeff"), None
        _require_no_name(text)
    require_text(text)
    text, separator, said_so = _announced(text.rstrip("\r\n"), separator)
    separator, decimal_at_head = guessed(text, separator, decimal)
    notes += [*said_so, _of_separator(separator)]
    rows = even_rows(text, separator, header is not False)
    if decimal is None:
        decimal = _decimal(rows, separator, decimal_at_head)
    return _table(rows, separator, decimal, encoding, header, missing, notes)


def _require_options(separator: str | None, decimal: str | None) -> None:
    if separator is not None:
        fits = len(separator) == 1 and not separator.isalnum() and separator not in '"\r\n.+-\0'
        require(fits, "separator", "one sign that is no letter, digit, dot or quote", separator)
    if decimal is not None:
        require_one_of("decimal", decimal, DECIMALS)


def _given(source: bytes | str | Path) -> bytes | str:
    if not isinstance(source, Path):
        return source
    try:
        with source.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        said = Phrase(
            "source must be a file that can be read, got {why}: {path}", why=why, path=source
        )
        raise FaultsError(said) from error


def _require_no_name(text: str) -> None:
    if len(text) < 300 and "\n" not in text and text.strip().lower().endswith(ENDINGS):
        said = Phrase(
            "source must be the text of a table, or a Path to its file, got the name {name}",
            name=repr(text),
        )
        refuse_if_any([said])


def _announced(text: str, separator: str | None) -> tuple[str, str | None, list[Note]]:
    """The text without the first line by which Excel is told the separator."""
    line, _, rest = text[:20].partition("\n")
    line = line.rstrip("\r").strip('"')
    if not (line.lower().startswith("sep=") and len(line) == len("sep=") + 1):
        return text, separator, []
    said = Phrase(
        "The first line says that columns are set apart by {separator}.", separator=repr(line[-1])
    )
    return text[len(text[:20]) - len(rest) :], separator or line[-1], [Note("separator", said)]


def _of_separator(separator: str) -> Note:
    if separator == "\t":
        return Note("separator", Phrase("Columns are set apart by tabs."))
    if separator == " ":
        return Note("separator", Phrase("Columns are set apart by blanks, one or more."))
    return Note(
        "separator", Phrase("Columns are set apart by {separator}.", separator=repr(separator))
    )


def _decimal(rows: Rows, separator: str, at_head: str) -> str:
    """The decimal sign by rows from everywhere, for the first ones may all be whole numbers."""
    if len(rows.cells) <= ROWS:
        return at_head
    some = rows.cells[1 :: len(rows.cells) // ROWS]
    count = {sign: _columns_of_numbers(some, sign) for sign in DECIMALS}
    return at_head if len({*count.values()}) == 1 else max(count, key=count.__getitem__)


def _columns_of_numbers(rows: Sequence[Sequence[str]], decimal: str) -> int:
    reader = Reader(decimal)
    return sum(reader.read(cells).is_numeric for cells in zip(*rows, strict=True))


def _table(
    rows: Rows,
    separator: str,
    decimal: str,
    encoding: str | None,
    header: bool | None,
    missing: Sequence[str] | None,
    notes: list[Note],
) -> Table:
    import pandas as pd  # slow to import, and only a table needs it

    reader = Reader(decimal, MISSING if missing is None else missing)
    if header is None:
        header = names_columns(rows.cells[: ROWS + 1], reader)
    names, changed = _names(rows, header)
    body = rows.cells[1:] if header else rows.cells
    refuse_if_any([*_nothing_below(body, names)])
    named = dict(zip(names, zip(*body, strict=True), strict=True))
    found = understood(named, decimal, missing)
    frame = pd.DataFrame(found.columns)
    facts = [
        *notes,
        *_of_decimal(named, found.columns, decimal),
        *_of_header(header, names),
        *changed,
        *rows.notes,
        *found.notes,
        of_size(frame),
    ]
    return Table(frame, separator, decimal, encoding, header, found.missing, tuple(facts))


def _names(rows: Rows, header: bool) -> tuple[list[str], list[Note]]:
    if header:
        return told_apart(rows.cells[0])
    return [f"column {place}" for place in range(1, len(rows.cells[0]) + 1)], []


def _of_header(header: bool, names: Sequence[str]) -> Iterator[Note]:
    if header:
        yield Note("header", Phrase("The first line names the columns."))
    elif len(names) == 1:
        said = Phrase("No line names the columns: the only one is called {name}.", name=names[0])
        yield Note("header", said)
    else:
        said = Phrase(
            "No line names the columns: they are called {first} to {last}.",
            first=repr(names[0]),
            last=repr(names[-1]),
        )
        yield Note("header", said)


def _nothing_below(body: Sequence[Sequence[str]], names: Sequence[str]) -> Iterator[Phrase]:
    if not body:
        yield Phrase(
            "the table must have rows below the names of its columns, got a header alone: {names}",
            names=", ".join(map(repr, names[:10])),
        )


def _of_decimal(named: Any, columns: Any, decimal: str) -> Iterator[Note]:
    """The decimal sign, and where the other one reads other numbers just as well."""
    said = Phrase("The decimal sign is {sign}.", sign=repr(decimal))
    yield Note("decimal", said)
    other = Reader(next(sign for sign in DECIMALS if sign != decimal))
    for name, values in columns.items():
        marks = {*"".join(named[name])} & {*DECIMALS}
        if isinstance(values, list) or not marks:
            continue
        read, here = other.read(named[name]), Reader(decimal).read(named[name])
        if not read.is_numeric or read.numbers == here.numbers:
            return
        cell = next(c for c in named[name] if read.numbers.get(c) != here.numbers.get(c))
        said = Phrase(
            "With the other decimal sign these would be numbers just as well: in column {column} "
            "{cell} is {value} here and would be {other}.",
            column=repr(name),
            cell=repr(cell.strip()),
            value=f"{here.numbers.get(cell, float('nan')):.15g}",
            other=f"{read.numbers[cell]:.15g}",
        )
        yield Note("decimal", said)
        return
