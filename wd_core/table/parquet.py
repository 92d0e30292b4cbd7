"""A table from Parquet, of which no more is unpacked than a table may hold."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from wd_core.checks import FaultsError, Phrase, refuse_if_any
from wd_core.table.columns import understood
from wd_core.table.limits import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, MOST_TOLD, too_many
from wd_core.table.names import told_apart
from wd_core.table.notes import Note
from wd_core.table.size import of_size
from wd_core.table.table import Table

MAGIC: Final = b"PAR1"
# Unpacked, a table of numbers takes up to eight bytes where its text had two.
MOST_UNPACKED: Final = 8 * MOST_BYTES


def read_parquet(raw: bytes, missing: Sequence[str] | None) -> Table:
    """The table in these bytes; its texts are understood as the cells of a CSV are."""
    if find_spec("pyarrow") is None:
        refuse_if_any([Phrase("pyarrow must be installed to read Parquet, got no such package")])
    import pandas as pd  # slow to import, and only a table needs it
    import pyarrow as pa

    try:
        table = _unpacked(raw)
        table.validate(full=True)
    except (pa.ArrowException, OSError, MemoryError, OverflowError) as error:
        said = Phrase(
            "the table must be a Parquet file that can be read, got {why}",
            why=str(error).partition("\n")[0][:200],
        )
        raise FaultsError(said) from error
    names, changed = told_apart(table.column_names)
    columns = dict(zip(names, map(_cells, table.columns), strict=True))
    texts = {name: cells for name, cells in columns.items() if isinstance(cells, list)}
    _refuse_unpacked(sum(len(cell) for cells in texts.values() for cell in cells))
    found = understood(texts, ".", missing)
    frame = pd.DataFrame({name: found.columns.get(name, cells) for name, cells in columns.items()})
    said = Phrase("The file is Parquet: it says itself which columns are numbers and how they are.")
    notes = (Note("encoding", said), *changed, *found.notes, of_size(frame))
    return Table(frame, None, None, None, None, found.missing, notes)


def _unpacked(raw: bytes) -> Any:
    """The rows, once their number and size are known to be small; both may be lies."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    limits = {"thrift_string_size_limit": MOST_BYTES, "thrift_container_size_limit": MOST_BYTES}
    file = ParquetFile(io.BytesIO(raw), **limits)
    head, schema = file.metadata, file.schema_arrow
    groups = [head.row_group(k) for k in range(min(head.num_row_groups, MOST_ROWS))]
    refuse_if_any([*too_many(head.num_rows, head.num_columns)])
    _refuse_unpacked(sum(group.total_byte_size for group in groups))
    if not head.num_rows or not head.num_columns:
        refuse_if_any([Phrase("the table must have rows and columns, got none")])
    refuse_if_any([*_foreign(schema.names, schema.types)])
    # A long text that a column repeats is unpacked once.
    texts = [name for name, kind in zip(schema.names, schema.types, strict=True) if _is_text(kind)]
    file = ParquetFile(io.BytesIO(raw), read_dictionary=texts, **limits)
    batches, size, rows = [], 0, 0
    for batch in file.iter_batches(batch_size=1024, use_threads=False):
        size, rows = size + batch.nbytes, rows + batch.num_rows
        refuse_if_any([*too_many(rows, min(batch.num_columns, MOST_COLUMNS))])
        _refuse_unpacked(size)
        batches.append(batch)
    return pa.Table.from_batches(batches, file.schema_arrow)


def _refuse_unpacked(size: int) -> None:
    if size > MOST_UNPACKED:
        said = Phrase(
            "the table must be of at most {most} bytes when it is unpacked, got {size}",
            most=f"{MOST_UNPACKED:,}",
            size=f"{size:,}",
        )
        refuse_if_any([said])


def _foreign(names: Sequence[str], types: Sequence[Any]) -> Iterator[Phrase]:
    """Columns whose entries are neither numbers nor texts, such as lists."""
    from pyarrow import types as kinds

    wrong = [
        (name, kind)
        for name, kind in zip(names, types, strict=True)
        if kinds.is_nested(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind)
    ]
    for name, kind in wrong[:MOST_TOLD]:
        yield Phrase(
            "column {column} must hold numbers or texts, got {kind}",
            column=repr(name),
            kind=str(kind)[:60],
        )
    if len(wrong) > MOST_TOLD:
        yield Phrase(
            "all columns must hold numbers or texts, got other entries in {more} more",
            more=len(wrong) - MOST_TOLD,
        )


def _is_text(kind: Any) -> bool:
    from pyarrow import types as kinds

    return bool(kinds.is_string(kind) or kinds.is_large_string(kind))


def _cells(column: Any) -> Any:
    """Numbers as float64 with NaN for holes; of everything else the texts, "" for holes."""
    from pyarrow import types as kinds

    kind = column.type
    if kinds.is_dictionary(kind):
        return _entries([entry for chunk in column.chunks for entry in _repeated(chunk)])
    numeric = kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)
    if numeric or kinds.is_decimal(kind):
        return np.array(column.to_pylist(), dtype=np.float64)
    return _entries(column.to_pylist())


def _repeated(chunk: Any) -> Iterator[Any]:
    """The entries of a chunk that names each of its values once."""
    values = chunk.dictionary.to_pylist()
    for place in chunk.indices.to_pylist():
        yield None if place is None else values[place]


def _entries(entries: Sequence[Any]) -> list[str]:
    return ["" if entry is None else str(entry) for entry in entries]
