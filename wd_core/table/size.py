"""The fact that says how large a table is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wd_core.checks import Phrase
from wd_core.table.notes import Note

if TYPE_CHECKING:
    import pandas as pd


def of_size(frame: pd.DataFrame) -> Note:
    """How large the table is."""
    numeric = sum(dtype.kind == "f" for dtype in frame.dtypes)
    rows, columns = frame.shape
    said = Phrase(
        "Rows: {rows}; columns: {columns}, of which {numeric} are numbers.",
        rows=f"{rows:,}",
        columns=f"{columns:,}",
        numeric=f"{numeric:,}",
    )
    return Note("size", said)
