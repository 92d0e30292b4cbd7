"""How large a table may be, and what is said of one that is larger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wd_core.checks import Phrase

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 2_000
# Of several faults of one kind so many are told, and how many more there are.
MOST_TOLD: Final = 5


def too_long(size: int) -> Iterator[Phrase]:
    """What is wrong with a source of so many bytes, or characters."""
    if size > MOST_BYTES:
        most = f"{MOST_BYTES:,}"
        yield Phrase(
            "the table must be of at most {most} bytes, got {size}", most=most, size=f"{size:,}"
        )


def too_many(rows: int, columns: int) -> Iterator[Phrase]:
    """What is wrong with a table of so many rows and columns."""
    if rows > MOST_ROWS:
        yield Phrase(
            "the table must be of at most {most} rows, got {count}",
            most=f"{MOST_ROWS:,}",
            count=f"{rows:,}",
        )
    if columns > MOST_COLUMNS:
        yield Phrase(
            "the table must be of at most {most} columns, got {count}",
            most=f"{MOST_COLUMNS:,}",
            count=f"{columns:,}",
        )
