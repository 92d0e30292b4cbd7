"""Tables that visitors bring: whose they are, how links have them, and that they are gone then."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared import cached, uploads
from pages.shared.brought import tables
from pages.shared.brought.packed import (
    MOST_PACKED,
    MOST_UNPACKED,
    packed,
    read_roles,
    unpacked,
    written_roles,
)
from pages.shared.brought.tables import MOST_OF_VISITOR, Brought
from pages.shared.form import FORMS
from pages.shared.run import RUN
from pages.shared.settings import settings_of
from pages.shared.sources import NoTableError, data_source
from pages.shared.store import STORE
from pages.shared.worker import Task
from pages.train.routes import dragged
from wd_core import Table, make_dataset, read_table
from wd_core.data import OWN, table_dataset

SMALL = "x;kind;y\n1,5;a;2\n;b;3\n3,25;a;5\n4;b;-1e-7\n0;a;1\n7;b;0,1\n2;a;4\n"


def numbers(rows: int, seed: int = 0) -> Table:
    """A table that is too large for a link where it has many rows."""
    values = np.random.default_rng(seed).normal(size=(rows, 4))
    lines = (",".join(map(repr, row)) for row in values.tolist())
    return read_table("a,b,c,y\n" + "\n".join(lines))


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No visitor, and no tables of links."""
    monkeypatch.setattr(tables, "_asked", [])
    tables.work_for("")
    yield
    tables.work_for("")


def brought(table: Table, name: str = "mine.csv") -> Brought:
    """A visitor who has brought it, and is worked for from now on."""
    visitor = Brought()
    visitor.bring(table, name)
    tables.work_for(visitor.secret)
    return visitor


def own(table: Table, **more: object) -> dict[str, object]:
    """The settings of a run on it."""
    return {"source": OWN, "table": table.hash, "target": "y", "n_train": 30, **more}


# ---- in a link


def test_a_small_table_travels_in_its_link() -> None:
    table = read_table(SMALL)
    text = packed(table)
    assert 0 < len(text) < 200
    again = unpacked(text)
    assert again.hash == table.hash
    assert again.frame.equals(table.frame)
    settings = settings_of({"source": OWN, "rows": text, "target": "y", "holes": "median"})
    query = RUN.query(settings)
    STORE.clear()  # another server
    there, complaints = RUN.read(parse_qsl(query))
    assert not complaints
    assert there == settings
    data = cached.dataset(there.data)
    same = table_dataset(table, "y", holes="median", n_train=data.n_train, seed=there.data.seed)
    np.testing.assert_array_equal(data.X_train, same.X_train)
    assert "table=" not in query
    assert "file=" not in query


@pytest.mark.parametrize(
    "text",
    [
        "a,y\n01,2\n02,3\nx,4\n",  # texts that look like numbers
        "a,y\n1,2\nNA,3\n4,5\n",
        '"a,b",y\n1,2\n3,"4"\n5,6\n',
        "α β,y\n1e-320,2\n1.7976931348623157e308,3\n0.1,4\n",
        "a,y\n-0.0,2\n123456789012345680,3\n1,4\n",
    ],
)
def test_what_is_in_a_link_is_the_same_table_or_nothing(text: str) -> None:
    table = read_table(text)
    said = packed(table)
    assert not said or unpacked(said).hash == table.hash


def test_a_table_that_is_too_large_is_not_in_the_link_but_named() -> None:
    table = numbers(300)
    assert packed(table) == ""
    visitor = brought(table)
    said = dict(parse_qsl(RUN.query(settings_of(own(table)))))
    assert said["table"] == table.hash
    assert said["file"] == "mine.csv"
    assert "rows" not in said
    del visitor


def test_a_link_that_unpacks_to_more_than_any_of_ours_is_refused() -> None:
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"1,2\n" * MOST_UNPACKED, 9)).decode()
    assert len(bomb) < 2 * MOST_PACKED
    for text in (bomb, "x", "AAAA", "é", bomb[:-8]):
        with pytest.raises(ValueError):  # noqa: PT011 - the link's reader has the words
            unpacked(text)
    _, complaints = RUN.read([("source", OWN), ("rows", bomb), ("target", "y")])
    assert complaints


def test_roles_are_read_as_they_were_written() -> None:
    roles = (("a&b=c", "left_out"), ("λ, x", "one_hot"), ("", "feature"))
    assert read_roles(written_roles(roles)) == roles
    assert read_roles("") == ()
    for text in ("a", "a=nothing", "a=feature&a=left_out"):
        with pytest.raises(ValueError):  # noqa: PT011 - the link's reader has the words
            read_roles(text)


def test_the_table_of_a_link_is_kept_while_there_is_room_and_read_again_then() -> None:
    values = {"source": OWN, "rows": packed(read_table(SMALL)), "target": "y", "n_train": 3}
    settings = settings_of(values)
    assert tables.tables(settings.data)
    STORE.clear()
    gc.collect()
    assert not tables.tables(settings.data)
    with pytest.raises(NoTableError):
        settings.values()
    assert settings_of(values) == settings
    assert settings.values()["rows"] == values["rows"]


# ---- whose it is


def test_a_hash_alone_opens_nobodys_data() -> None:
    table = numbers(300)
    visitor = brought(table)
    settings = settings_of(own(table))
    assert cached.dataset(settings.data).n_train == 30
    query = [*parse_qsl(RUN.query(settings))]
    assert RUN.read(query) == (settings, [])

    other = Brought()
    for secret in ("", other.secret, "x" * 22):
        tables.work_for(secret)
        with pytest.raises(NoTableError, match="is not here"):
            settings_of(own(table))
        asked, complaints = RUN.read(query)
        assert asked.data.source != OWN
        assert "the table of the file mine.csv is not here" in complaints[0]
    tables.work_for(visitor.secret)
    assert RUN.read(query) == (settings, [])


def test_the_hash_of_a_table_in_somebodys_link_opens_it_for_nobody() -> None:
    rows = packed(read_table(SMALL))
    there = settings_of({"source": OWN, "rows": rows, "target": "y", "n_train": 3})
    with pytest.raises(NoTableError):
        settings_of({"source": OWN, "table": there.data.table, "target": "y", "n_train": 3})


def test_an_address_with_the_visitors_secret_has_the_picture() -> None:
    table = numbers(300)
    visitor = brought(table)
    query = parse_qsl(FORMS["train"].query(FORMS["train"].of(own(table))))
    drawn = dragged(query)
    assert drawn["figure"]["data"]
    del visitor


def test_the_last_ones_that_a_visitor_brought_are_there() -> None:
    found = [numbers(9, seed) for seed in range(MOST_OF_VISITOR + 2)]
    visitor = brought(found[0])
    for table in found[1:]:
        visitor.bring(table, "more.csv")
    assert [*visitor.tables] == [table.hash for table in found[-MOST_OF_VISITOR:]]
    assert visitor.names == dict.fromkeys(visitor.tables, "more.csv")


def test_there_is_room_for_so_many_bytes_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 100_000)
    first, second = Brought(), Brought()
    first.bring(numbers(300), "a.csv")
    large = numbers(5000)
    with pytest.raises(ValueError, match="Others’ tables take all the memory there is"):
        second.bring(large, "b.csv")
    assert first.tables


def test_what_was_worked_out_of_a_table_goes_with_its_visitor() -> None:
    table = numbers(300)
    visitor, name = brought(table), table.hash
    settings = settings_of(own(table))
    cached.dataset(settings.data)
    data_source(settings.data)

    def kept() -> list[object]:
        return [one.question for one in STORE.entries() if name in repr(one.question)]

    assert kept()
    tables.work_for("")
    del visitor, table
    gc.collect()
    assert not tables.tables(settings.data)
    assert not kept()


# ---- in another process


def test_work_for_another_process_has_its_table_with_it() -> None:
    table = numbers(300)
    visitor = brought(table)
    settings = settings_of(own(table))
    task = Task.of(cached.short_run, settings)
    assert task.brought == (table,)
    here = task()
    sent = pickle.dumps(task)
    tables.work_for("")
    del visitor, table, task
    gc.collect()
    STORE.clear()
    there = pickle.loads(sent)
    run = there()
    np.testing.assert_array_equal(run.test_loss, here.test_loss)
    expected = make_dataset(settings.data, {settings.data.table: there.brought[0]})
    assert expected.n_features == 3


def test_a_task_that_needs_no_table_has_none() -> None:
    assert Task.of(cached.short_run, settings_of({})).brought == ()


# ---- files that are handed in


def test_files_are_taken_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MemoryUploadedFileManager("/_stcore/upload_file")
    runtime = SimpleNamespace(_uploaded_file_mgr=files)
    monkeypatch.setattr(uploads.runtime, "get_instance", lambda: runtime)

    def hand_in(session: str, size: int) -> None:
        name = str(len(files.file_storage[session]))
        files.add_file(session, UploadedFileRec(name, "a.csv", "text/csv", b"x" * size))

    hand_in("full", uploads.MOST_OF_SESSION)
    assert not uploads._has_room("full")
    assert uploads._has_room("other")
    hand_in("another", uploads.MOST - uploads.MOST_OF_SESSION)
    assert not uploads._has_room("other")
