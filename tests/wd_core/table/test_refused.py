"""What is no table, or too large a one, is refused soon and with all that is wrong."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wd_core import read_table
from wd_core.checks import FaultsError
from wd_core.table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS


def parquet(table: pa.Table | pd.DataFrame, **told: object) -> bytes:
    file = io.BytesIO()
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    pq.write_table(table, file, compression="zstd", **told)
    return file.getvalue()


# What is large is made when it is asked for, and gone after its test.
REFUSED: dict[str, tuple[object, str]] = {
    "nothing": ("", "the table must have rows and columns, got none that says anything"),
    "blanks": (b" \n;;\n", "the table must have rows and columns, got none that says anything"),
    "a header alone": (
        "x,y\n",
        "the table must have rows below the names of its columns, got a header alone: 'x', 'y'",
    ),
    "rows of unequal length": (
        "x,y\n1,2\n3,4,5\n6\n7,8\n",
        "line 3 must have 2 cells, as most lines have, got 3: '3,4,5'\n"
        "line 4 must have 2 cells, as most lines have, got 1: '6'",
    ),
    "many of them": (
        "x,y\n" + "1,2\n" * 20 + "3\n" * 9,
        "all lines must have 2 cells, got another number in 4 more lines",
    ),
    "binary": (bytes(range(256)), "the table must be text in the encoding"),
    "zeros": (b"x,y\n1,\x002\n", r"the table must be text, got the sign '\x00' at place 7"),
    "half a character": ("x,y\n\ud800,2\n", r"the table must be text, got the sign '\ud800'"),
    "a workbook": (b"PK\x03\x04...", "got a file of the kind Excel (XLSX) or ZIP; a spreadsheet"),
    "not the encoding": (
        ("é,y\n1,2\n".encode("latin-1"), "utf-8"),
        "the table must be text in the encoding 'utf-8', got the byte 0xe9 at place 1",
    ),
    "a quotation mark that stays open": (
        'x,y\n1,2\n"a,3,4\n',
        "quotation marks must stand around whole cells and be closed, got '\"a,3,4' in line 3",
    ),
    "100 MB": (lambda: b"1,2\n" * 25_000_000, "of at most 5,000,000 bytes, got 100,000,000"),
    "20,001 rows": ("x,y\n" + "1,2\n" * (MOST_ROWS + 1), "of at most 20,000 rows, got 20,001"),
    "2,001 columns": (",".join("1" * (MOST_COLUMNS + 1)), "at most 2,000 columns, got 2,001"),
    "a line of 5 MB": ("1," * (MOST_BYTES // 2 - 1), "at most 2,000 columns, got 2,500,000"),
    "a cell of 5 MB": ("x" * MOST_BYTES, "a cell must be of at most 131,072 characters, got more"),
    "quotation marks alone": ('"' * MOST_BYTES, "a cell must be of at most 131,072 characters"),
    "a name": ("data.csv", "source must be the text of a table, or a Path to its file, got the na"),
    "no file": (Path("nowhere.csv"), "source must be a file that can be read, got No such file"),
    "not Parquet": (b"PAR1 and no more", "the table must be a Parquet file that can be read, got"),
    "lists in Parquet": (
        parquet(pa.table({"x": [[1], [2]], "y": [1, 2], "b": [b"a", b"b"]})),
        "column 'x' must hold numbers or texts, got list<element: int64>\n"
        "column 'b' must hold numbers or texts, got binary",
    ),
    "a bomb of rows": (
        lambda: parquet(pa.table({"x": np.zeros(3_000_000)})),
        "of at most 20,000 rows, got 3,000,000",
    ),
    "a bomb of one text": (
        lambda: parquet(pa.table({"x": ["a" * 60_000_000]}), use_dictionary=False),
        "of at most 40,000,000 bytes when it is unpacked, got 60,",
    ),
    "a bomb of one text, many times": (
        lambda: parquet(pa.table({"x": ["a" * 100_000] * 1_000})),
        "of at most 40,000,000 bytes when it is unpacked, got 100,000,000",
    ),
}


@pytest.mark.parametrize(("source", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused_and_told_why(source, message):
    source = source() if callable(source) else source
    source, encoding = source if isinstance(source, tuple) else (source, None)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_table(source, encoding=encoding)
    assert isinstance(caught.value, FaultsError)
    assert str(caught.value) == "\n".join(caught.value.faults)
    assert len(str(caught.value)) < 1000


def test_a_first_line_without_names_has_as_many_cells_as_all():
    named, numbers = "x y\n1 2 3\n4 5 6\n", "1 2\n1 2 3\n4 5 6\n"
    assert read_table(named).header
    for source, header in ((named, False), (numbers, None)):
        with pytest.raises(ValueError, match="line 1 must have 3 cells, as most lines have, got 2"):
            read_table(source, header=header)


OPTIONS = [
    ("separator", "", "one sign that is no letter, digit, dot or quote"),
    ("separator", "x", "one sign that is no letter, digit, dot or quote"),
    ("separator", '"', "one sign that is no letter, digit, dot or quote"),
    ("decimal", ";", "one of ., ,"),
    *(
        ("encoding", name, "the name of an encoding that Python knows")
        for name in ("no such", "zlib", "idna", "unicode_escape", "undefined", "x" * 1000)
    ),
    ("header", 1, "True or False"),
    ("missing", [1], "a str"),
    ("missing", "NA", "a sequence"),
]


@pytest.mark.parametrize(("name", "value", "rule"), OPTIONS)
def test_an_option_that_cannot_be_is_refused_by_its_name(name, value, rule):
    with pytest.raises(ValueError, match=re.escape(f"{name} must be {rule}, got ")):
        read_table(b"x,y\n1,2\n", **{name: value})


def test_parquet_is_read_with_its_own_types():
    frame = pd.DataFrame(
        {
            "x": [1.5, None, 3.0],
            "n": [1, 2, 3],
            "b": [True, False, True],
            "kind": pd.Categorical(["u", "v", "u"]),
            "text": ["1,5", None, "a"],
            "as text": ["1", "?", "3"],
        }
    )
    table = read_table(parquet(frame))
    got = table.frame
    assert got["x"].isna().tolist() == [False, True, False]
    assert got[["n", "b"]].to_numpy().tolist() == [[1, 1], [2, 0], [3, 1]]
    assert got["kind"].tolist() == ["u", "v", "u"]
    assert got["text"].isna().tolist() == [False, True, False]
    assert got["as text"].fillna(0).tolist() == [1, 0, 3]
    assert table.separator is table.decimal is table.encoding is table.header is None
    assert "'?' stands for a missing value" in "\n".join(table.notes)


def test_damaged_parquet_is_refused():
    whole = parquet(pd.DataFrame({"x": np.arange(50.0), "y": ["ab", "c"] * 25}))
    draw = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for place in draw.integers(4, len(whole), 3):
            damaged[place] = draw.integers(256)
        try:
            read_table(bytes(damaged))
        except ValueError:
            refused += 1
    assert refused > 100


# Of the processor, beside other tests on it; alone it takes half as long.
LONGEST = 3.0


def large(kind: str) -> str:
    draw = np.random.default_rng(0)
    if kind == "fractions":
        return "\n".join(",".join(f"{v:.4f}" for v in row) for row in draw.random((19_000, 37)))
    if kind == "digits":
        return "\n".join([",".join("1" * 124)] * 20_000)
    return "a,b\n" + "\n".join(f"{k:0120},{k:0120}x" for k in range(19_900))


@pytest.mark.parametrize("kind", ["fractions", "digits", "texts"])
def test_five_megabytes_are_read_soon(kind):
    source = large(kind).encode()
    assert 0.9 * MOST_BYTES < len(source) <= MOST_BYTES
    seconds = []
    while len(seconds) < 3 and (not seconds or seconds[-1] > LONGEST):
        begin = time.process_time()
        read_table(source)
        seconds.append(time.process_time() - begin)
    assert min(seconds) < LONGEST
