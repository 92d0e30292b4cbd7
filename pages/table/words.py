"""What the page says."""

from __future__ import annotations

from typing import Final

from pages.shared.words import Names, Said, label, say, say_n
from wd_core.data import ColumnFacts
from wd_core.data.settings import Holes
from wd_core.table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS

INTRODUCTION: Final = label(
    "Bring a table: a row for each example, a column for each feature, and one column to predict. "
    "The table stays in this server’s memory until your visit ends. No one else sees it, unless "
    "you share a link that holds it."
)
FILE, TEXT, TYPED, AGAIN = "file", "text", "typed", "again"
WAYS: Final = Names(
    {
        FILE: label("A file"),
        TEXT: label("Pasted text"),
        TYPED: label("Typed numbers"),
        AGAIN: label("One you brought before"),
    }
)
ROLES: Final = Names(
    {
        "feature": label("feature"),
        "one_hot": label("classes, a column of 0 and 1 for each"),
        "left_out": label("left out"),
        "target": label("target y"),
    }
)
HOLES: Final[Names[Holes]] = Names(
    {
        "drop": label("Leave out each row with one"),
        "median": label("Put in the median of the training rows, and mark the row in a column"),
    }
)
# Signs between columns and marks of decimals, as a list shows them.
SEPARATORS: Final = Names(
    {
        None: label("found out"),
        ",": label("comma ,"),
        ";": label("semicolon ;"),
        "\t": label("tab"),
        "|": label("bar |"),
        " ": label("blanks"),
    }
)
DECIMALS: Final = Names(
    {None: label("found out"), ".": label("point 3.5"), ",": label("comma 3,5")}
)
HEADERS: Final = Names(
    {None: label("found out"), True: label("holds names"), False: label("holds values")}
)


def limits() -> Said:
    """How large a table may be."""
    return say(
        "CSV, TSV, a spreadsheet saved as text, or Parquet: at most {megabytes} MB, {rows} rows "
        "and {columns} columns.",
        megabytes=MOST_BYTES // 1_000_000,
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
    )


def shown(rows: int, of: int) -> Said:
    """Which rows of the table are shown."""
    if rows == of:
        return say_n("The only row, as it was understood:", "All {n} rows, as understood:", of)
    return say("The first {rows} of {of} rows, as they were understood:", rows=rows, of=of)


def holds(column: ColumnFacts) -> Said:
    """What a column holds."""
    if column.numeric:
        return say_n("numbers, {n} value", "numbers, {n} different values", column.levels)
    return say_n("text, {n} value", "text, {n} different values", column.levels)


def gaps(count: int) -> Said:
    """How many cells have no value."""
    return say_n("One cell has no value.", "{n} cells have no value.", count)


def ready(name: str, examples: int, features: int) -> Said:
    """What would be trained on."""
    return say(
        "{name} can be used. Rows: {examples}; features: {features}.",
        name=name,
        examples=examples,
        features=features,
    )
