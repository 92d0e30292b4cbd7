"""Awkward tables read rightly, each beside pandas with the right arguments given by hand."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wd_core import read_table
from wd_core.table import Note
from wd_core.table.numbers import Reader

MARKS = ["", "?", "NA", "None", "n. d."]


class Case(NamedTuple):
    """A table as it came, what pandas must be told to read it, and parts of what is to be said."""

    source: bytes | str
    by_hand: dict[str, Any]
    says: tuple[str, ...] = ()
    names: list[str] | None = None


def csv(text: str, *says: str, names: list[str] | None = None, **by_hand: Any) -> Case:
    return Case(text, by_hand, says, names)


def encoded(text: str, encoding: str, *says: str, **by_hand: Any) -> Case:
    return Case(text.encode(encoding), {"encoding": encoding, **by_hand}, says)


GERMAN = {"sep": ";", "decimal": ","}
CASES = {
    "plain": csv(
        "x,y\n1.5,2\n3,4\n", "set apart by ','", "decimal sign is '.'", "names the columns"
    ),
    "decimal comma": csv("x;y\n1,5;2\n3,25;4\n", "set apart by ';'", "sign is ','", **GERMAN),
    "separators at line ends": csv(
        "x;y;;\n1,5;2;;\n3,25;4;;\n;;;\n;;;\n",
        "left out at the end: 2",
        "Lines without a value are left out: 2",
        **GERMAN,
        usecols=["x", "y"],
        skipfooter=2,
    ),
    "one separator more in all lines but the first": csv(
        "x,y\n1,2,\n3,4,\n", "left out at the end: 1", index_col=False
    ),
    "byte order mark": encoded("größe,y\n1,2\n3,4\n", "utf-8-sig"),
    "latin-1": encoded("Größe;Preis\nklein;1,5\nmäßig;2,5\n", "cp1252", "cp1252", **GERMAN),
    "cp949": encoded("도시,인구\n서울,9\n부산,3\n대구,2\n", "cp949", "cp949"),
    "GB18030": encoded("城市,人口,面积\n北京,21,16\n上海,24,6\n广州,15,7\n", "gb18030", "gb18030"),
    "cp1251": encoded("город;население\nМосква;12,5\nКазань;1\n", "cp1251", **GERMAN),
    "UTF-16 of a spreadsheet": encoded(
        "x\ty\r\n1,5\t2\r\n3,5\t4\r\n", "utf-16", "tabs", sep="\t", decimal=","
    ),
    "UTF-16 without a mark": encoded("x\ty\r\n1.5\t2\r\n3.5\t4\r\n", "utf-16-le", sep="\t"),
    "sep=": csv("sep=;\nx;y\n1,5;2\n3,5;4\n", "The first line says", skiprows=1, **GERMAN),
    "blanks": csv("x  y\n 1.5    2\n10  44 \n", "by blanks", sep=r"\s+"),
    "tabs": csv("x\ty\n1.5\t2\n3\t4\n", "by tabs", sep="\t"),
    "bars": csv("x|y\n1.5|2\n3|4\n", "by '|'", sep="|"),
    "no header": csv(
        "1.5,2,3\n4,5,6\n7,8,9\n",
        "No line names the columns: they are called 'column 1' to 'column 3'",
        header=None,
        names=["column 1", "column 2", "column 3"],
    ),
    "old Mac": csv("x,y\r1.5,2\r3,4\r"),
    "question mark": csv(
        "x,y\n1,2\n?,3\n4,5\n",
        "'?' stands for a missing value: 1 in all, the first in column 'x', row 2.",
    ),
    "NA and empty": csv("x,y\nNA,2\n1,\n4,5\n", "'NA' stands", "Empty cells are missing values: 1"),
    "None": csv("x,y\n1,2\nNone,3\n4,5\n", "'None' stands for a missing value"),
    "n. d.": csv("x;y\n1,5;2\nn. d.;3\n4;5\n", "'n. d.' stands for a missing value", **GERMAN),
    "thousands": csv(
        'x,y\n"43,550",2\n"1,200,000",3\n',
        "thousands: '1,200,000' is read as 1200000",
        thousands=",",
    ),
    "blanks between thousands": csv(
        "x;y\n1 234,5;2\n7,25;3\n", "is read as 1234.5", thousands=" ", **GERMAN
    ),
    "dots between thousands": csv("x;y\n1.234,5;2\n7,25;3\n", thousands=".", **GERMAN),
    "no name": csv(
        ",x,y\n1,1.5,2\n2,3,4\n",
        "Columns without a name are called 'column 1'",
        names=["column 1", "x", "y"],
    ),
    "row names of R": csv(
        "x y\n1 1.5 2\n2 3 4\n",
        "one name less",
        sep=" ",
        header=None,
        skiprows=1,
        names=["column 1", "x", "y"],
    ),
    "T and F": csv("x,t\n1,T\n2,F\n3,T\n", "Columns of text: 't'"),
    "dates": csv("d;y\n31.12.2017;1,5\n01.01.2018;2\n", "Columns of text: 'd'", **GERMAN),
    "one name twice": csv("x,x,y\n1,2,3\n4,5,6\n", "are called 'x (2)'", names=["x", "x (2)", "y"]),
    "blanks around names": csv(
        "Life expectancy ,y\n65,2\n70,4\n",
        "Names lose the blanks around them: 'Life expectancy '",
        names=["Life expectancy", "y"],
    ),
    "from small to large": csv("x,y\n0.01,5e7\n2E-2,50000000\n"),
    "years as names": csv("land,2019,2020\nFrance,1,2\nItaly,3,4\n", "names the columns"),
    "a word among numbers": csv(
        "x,y\n1,2\n<0.1,3\n4,5\n<0.2,1\n",
        "Column 'x' is text: '<0.1' in row 2 is no number, and 1 more are none; 2 are.",
    ),
    "a formula": csv("x,y\n=cmd|' /C calc'!A0,2\n=1+1,3\n", "Columns of text: 'x'"),
    "quoted line breaks": csv('x,y\n"two\nlines",2\n"a ""b""",3\n'),
    "quotes that are signs": csv('x,y\n"a" b,2\n"c" d,3\n', "Quotation marks are signs", quoting=3),
    "-200": csv(
        "x;y\n1;-200\n2;1,2\n3;2,3\n4;-200\n5;0,7\n",
        "Column 'y' holds -200 in 2 rows, far from its other values (0.7 to 2.3)",
        **GERMAN,
    ),
    "two rows": csv("x,y\n1,2\n3,4\n"),
    "minus signs of print": csv("x,y\n\u22121.5,2\n3,4\n", names=["x", "y"]),
    "long numbers": csv("x,y\n12345678901234567891,2\n3,4\n", "more than 15 digits"),
    "no decimals in the first rows": csv(
        "x;y\n" + "1;2\n" * 900 + "1,5;2\n" * 600, "sign is ','", **GERMAN
    ),
}


def by_hand(case: Case) -> pd.DataFrame:
    """The same by pandas, told all there is to know."""
    raw = case.source if isinstance(case.source, bytes) else case.source.encode()
    raw = raw.replace("\u2212".encode(), b"-")
    told = {"keep_default_na": False, "na_values": MARKS, **case.by_hand}
    if told.get("skipfooter"):
        told["engine"] = "python"
    frame = pd.read_csv(io.BytesIO(raw), **told)
    if case.names:
        frame.columns = case.names
    return frame


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_table_is_read_as_by_someone_who_knows_it(case):
    table = read_table(case.source)
    expected = by_hand(case)
    assert list(table.frame.columns) == [str(name) for name in expected.columns]
    for name, column in zip(table.frame.columns, expected.columns, strict=True):
        mine, theirs = table.frame[name], expected[column]
        if theirs.dtype.kind in "iuf":
            np.testing.assert_array_equal(mine, theirs.astype(float))
            assert mine.dtype == np.float64
        else:
            assert mine.fillna("").tolist() == theirs.fillna("").str.strip().tolist()
    said = "\n".join(table.notes)
    for part in case.says:
        assert part in said


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_was_understood_reads_the_table_in_the_same_way(case):
    table = read_table(case.source)
    names = ("separator", "decimal", "encoding", "header", "missing")
    told = {name: getattr(table, name) for name in names}
    again = read_table(case.source, **told)
    assert again.hash == table.hash
    assert {name: getattr(again, name) for name in names} == told


GUESSES = {
    "separator": ("x;y,z\n1;2,5\n3;4,5\n", {"separator": ","}, ["x;y", "z"]),
    "decimal": ("x;y\n1.234;2\n5.678;4\n", {"decimal": ","}, ["x", "y"]),
    "header": ("1,2\n3,4\n", {"header": True}, ["1", "2"]),
    "no header": ("x,y\n3,4\n", {"header": False}, ["column 1", "column 2"]),
    "missing": ("x,y\n-200,4\n-200.0,5\n?,6\n1,7\n", {"missing": ["-200"]}, ["x", "y"]),
    "encoding": ("ä,y\n3,4\n".encode(), {"encoding": "latin-1"}, ["Ã¤", "y"]),
}


@pytest.mark.parametrize(("source", "told", "names"), GUESSES.values(), ids=GUESSES)
def test_each_guess_can_be_overruled(source, told, names):
    table = read_table(source, **told)
    assert list(table.frame.columns) == names
    assert table.hash != read_table(source).hash
    for name, value in told.items():
        assert getattr(table, name) == (tuple(value) if isinstance(value, list) else value)


def test_overruled_marks_and_signs_count():
    table = read_table("x;y\n1.234;2\n5.678;4\n", decimal=",")
    assert table.frame["x"].tolist() == [1234.0, 5678.0]
    table = read_table("x,y\n-200,4\n-200.0,5\n1,6\n", missing=["-200"])
    assert table.frame["x"].isna().tolist() == [True, True, False]


def test_two_readings_that_are_as_good_are_told():
    said = "\n".join(read_table("x\ty\n43,550\t1\n1,200\t2\n").notes)
    assert "in column 'x' '43,550' is 43550 here and would be 43.55." in said
    said = "\n".join(read_table("x;y\n1.234;1\n2.345;2\n").notes)
    assert "in column 'x' '1.234' is 1.234 here and would be 1234." in said
    assert "other decimal sign" not in "\n".join(read_table("x,y\n1.5,2\n3,4\n").notes)


def test_facts_have_fields_and_can_be_sent():
    table = read_table("x,y\n1,2\n?,3\n4,5\n")
    fact = next(note for note in table.notes if note.about == "missing")
    assert isinstance(fact, Note)
    assert fact.values == {"mark": "'?'", "count": "1", "column": "'x'", "row": "2"}
    assert fact == fact.text.format_map(fact.values)
    again = pickle.loads(pickle.dumps(table))
    assert again.notes == table.notes
    assert again.notes[0].about == table.notes[0].about
    assert again.hash == table.hash


def test_what_stands_in_a_table_is_not_shown_with_it():
    assert "secret" not in repr(read_table("x,y\nsecret,3\nsecret,5\n"))


def test_a_file_its_bytes_and_its_text_are_one_table(tmp_path: Path):
    text = "größe,y\n1.5,2\n3,4\n"
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    tables = [read_table(path), read_table(text.encode()), read_table(text)]
    assert len({table.hash for table in tables}) == 1
    assert [table.encoding for table in tables] == ["utf-8", "utf-8", None]


def test_the_hash_is_that_of_what_was_understood():
    def of(text: str, **told: Any) -> str:
        return read_table(text, **told).hash

    assert of("x,y\n1.5,2\n3,4\n") == of("x;y\n1,5;2,0\n3;4\n") != of("x,y\n1.5,2\n3,5\n")
    assert of("x,y\n1.5,2\n") != of("y,x\n1.5,2\n")
    assert of("x,y\na,bc\n") != of("x,y\nab,c\n")
    assert of("x,y\n?,1\n0,1\n") != of("x,y\n0,1\n0,1\n")
    assert len(of("x,y\n1,2\n")) == 32


# ---- round trips

NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 4)) | st.integers(-999, 999).map(float)
WORDS = st.sampled_from(["Öl", "Straße", "été", "rot", "blau", "München", "a b"])
WRITTEN = st.sampled_from([
    *((sep, dec) for sep in ";\t|" for dec in ".,"),
    (",", "."),
])  # fmt: skip


@given(
    rows=st.lists(st.tuples(NUMBERS, WORDS, NUMBERS), min_size=2, max_size=12),
    written=WRITTEN,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=60)
def test_a_frame_that_is_written_is_read_back(rows, written, encoding, end):
    """Unless both decimal signs read all its numbers, which is told."""
    separator, decimal = written
    frame = pd.DataFrame(rows, columns=["größe", "wort", "y"])
    text = frame.to_csv(sep=separator, decimal=decimal, index=False, lineterminator=end)
    table = read_table(text.encode(encoding))
    assert table.separator == separator
    if any("other decimal sign" in note for note in table.notes):
        table = read_table(text.encode(encoding), decimal=decimal)
    pd.testing.assert_frame_equal(table.frame, frame, check_dtype=False)


@given(st.binary(max_size=300) | st.text(max_size=200))
@settings(max_examples=50)
def test_whatever_comes_is_read_or_refused(source):
    try:
        table = read_table(source)
    except ValueError as error:
        said = str(error)
    else:
        assert len(table.frame)
        said = "a table must be, got one"
    assert " must " in said
    assert ", got " in said


@given(st.text("0123456789.,- +eE'", max_size=8))
def test_a_cell_is_a_number_where_python_says_so(text):
    """In the sign of Python's own, apart from marks between thousands and underscores."""
    found = Reader(".").read([text])
    try:
        value = float(text)
    except ValueError:
        assert not found.numbers or found.thousands
    else:
        assert found.numbers[text] == value
