"""A table as it was understood."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wd_core.table.notes import Note

if TYPE_CHECKING:
    import pandas as pd

# So many hexadecimal digits of SHA-256 name a table.
DIGITS = 32


@dataclass(frozen=True, eq=False)
class Table:
    """A table of named columns: numbers as float64, everything else as text, holes as NaN.

    `frame` is a pandas DataFrame. `separator`, `decimal`, `encoding`, `header` and `missing` say
    how it was read: given to `read_table` they read it in the same way (None where there was
    nothing to understand: no encoding in a text, none of them in Parquet). `notes` tell, a sentence
    each, what was understood and what was left out.
    """

    frame: pd.DataFrame = field(repr=False)  # what stands in a table is shown to nobody else
    separator: str | None
    decimal: str | None
    encoding: str | None
    header: bool | None
    missing: tuple[str, ...]
    notes: tuple[Note, ...]

    @cached_property
    def hash(self) -> str:
        """What the table holds, in 32 hexadecimal digits: its names and values in their order.

        Two tables have the same one where they were understood in the same way, however they were
        written down.
        """
        digest = hashlib.sha256(f"{self.frame.shape}".encode())
        for name in self.frame.columns:
            column = self.frame[name]
            numeric = column.dtype.kind == "f"
            digest.update(_packed(["numbers" if numeric else "text", str(name)]))
            if numeric:
                # one zero and one NaN, whatever their signs
                values = column.to_numpy(np.float64, copy=True) + 0.0
                values[np.isnan(values)] = np.nan
                digest.update(values.astype("<f8").tobytes())
            else:
                holes = column.isna().to_numpy()
                digest.update(holes.tobytes() + _packed(column.where(~holes, "").tolist()))
        return digest.hexdigest()[:DIGITS]


def _packed(texts: list[str]) -> bytes:
    """Texts as bytes that no other texts give."""
    packed = [text.encode("utf-8", "surrogatepass") for text in texts]
    return np.array([len(one) for one in packed], "<i8").tobytes() + b"".join(packed)
