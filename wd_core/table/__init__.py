"""A user's own table: bytes or text understood as named columns, and what was understood."""

from wd_core.table.limits import MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from wd_core.table.notes import Note
from wd_core.table.read import read_table
from wd_core.table.table import Table

__all__ = ["MOST_BYTES", "MOST_COLUMNS", "MOST_ROWS", "Note", "Table", "read_table"]
