"""A table that is small enough to travel in a link, and the settings of a table as texts."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import zlib
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, urlencode
from weakref import WeakKeyDictionary

import numpy as np

from wd_core import Table, read_table
from wd_core.data import ROLES

# So many bytes of a deflated table a link carries, and so many characters those are at most.
MOST_PACKED: Final = 1_500
MOST_CHARACTERS: Final = MOST_PACKED * 4 // 3 + 4
# What they may become: a link that says more is no table of ours.
MOST_UNPACKED: Final = 100_000
_PACKED: Final[WeakKeyDictionary[Table, str]] = WeakKeyDictionary()


def packed(table: Table) -> str:
    """The table as a text for links; nothing where it is too large, or would be read otherwise."""
    if table not in _PACKED:
        _PACKED[table] = _small(table)
    return _PACKED[table]


def _small(table: Table) -> str:
    if table.frame.size > MOST_UNPACKED:
        return ""
    text = _text(table)
    small = zlib.compress(text.encode("utf-8", "surrogatepass"), 9)
    if len(small) > MOST_PACKED or len(text) > MOST_UNPACKED:
        return ""
    said = base64.urlsafe_b64encode(small).decode().rstrip("=")
    try:
        return said if unpacked(said).hash == table.hash else ""
    except ValueError:
        return ""


def _text(table: Table) -> str:
    """The table as CSV: every number so that it is read as the same one."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.frame.columns)
    columns = [_cells(table.frame[name].to_numpy()) for name in table.frame.columns]
    writer.writerows(zip(*columns, strict=True))
    return file.getvalue()


def _cells(values: np.ndarray) -> Iterable[str]:
    if values.dtype.kind == "f":
        return [
            "" if np.isnan(value) else repr(float(value)).removesuffix(".0") for value in values
        ]
    return ["" if value is None or value != value else str(value) for value in values]


def unpacked(said: str) -> Table:
    """The table of such a text. ValueError where it is none."""
    try:
        small = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
        work = zlib.decompressobj()
        text = work.decompress(small, MOST_UNPACKED + 1).decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise ValueError from error
    if len(text) > MOST_UNPACKED or not work.eof:
        raise ValueError
    return read_table(text, separator=",", decimal=".", header=True, missing=())


def written_roles(roles: Iterable[tuple[str, str]]) -> str:
    """Roles of columns as a text for links."""
    return urlencode([*roles])


def read_roles(text: str) -> tuple[tuple[str, str], ...]:
    """Roles of columns of such a text. ValueError where it is none."""
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    if len(dict(pairs)) < len(pairs) or any(role not in ROLES for _, role in pairs):
        raise ValueError
    return tuple(pairs)
