"""What is left of a visit when it is over: no array that only a garbage collection would find."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit import config
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.watcher.polling_path_watcher import PollingPathWatcher

from pages.registry import SHOWN
from pages.registry import Page as PageEntry
from pages.shared import cached, work
from pages.shared.sessions import Forgotten, leave_files_unwatched
from pages.shared.store import Store
from pages.shared.streams import Streamed
from pages.which.answer import measured
from tests.pages.opening import opened
from wd_core import Dataset, make_dataset

# Little of everything, as far as a page reads it.
LITTLE = {"n_features": 6, "n_train": 5, "n_test": 4, "epochs": 12, "seeds": 2, "draws": 5}
LITTLE |= {"batch_size": 3, "per_decade": 1}
LEAST = {"book": {"seeds": 20}, "dimension": {"n_train": 20, "draws": 10}}


@pytest.fixture
def arrays(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[weakref.ref[np.ndarray]]]:
    """The training data of all data sets that are made, while nothing collects garbage."""
    made: list[weakref.ref[np.ndarray]] = []

    def noted(spec: Any, tables: Any) -> Dataset:
        data = make_dataset(spec, tables)
        made.append(weakref.ref(data.X_train))
        return data

    monkeypatch.setattr(cached, "make_dataset", noted)
    monkeypatch.setattr(measured, "make_dataset", noted)
    monkeypatch.setattr(work, "STORE", Store(2**26))
    gc.collect()
    gc.disable()
    yield made
    gc.enable()


def query(page: PageEntry) -> dict[str, str]:
    read = LEAST.get(page.path) or {key: LITTLE[key] for key in LITTLE if key in page.form.settings}
    return {key: str(value) for key, value in read.items()} if page.path != "geometry" else {}


def forget() -> None:
    """As if others had asked since for more than is kept."""
    work.STORE.clear()


STREAMS = [
    pytest.param(page, route, id=route.path)
    for page in SHOWN
    for route in page.routes
    if isinstance(route, Streamed)
]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("page", "route"), STREAMS)
def test_no_circle_keeps_the_arrays_of_a_stream(
    arrays: list[weakref.ref[np.ndarray]],
    monkeypatch: pytest.MonkeyPatch,
    page: PageEntry,
    route: Streamed,
    whole: bool,
) -> None:
    """R6: whether it comes to its end or its reader leaves in the midst of it."""
    monkeypatch.setattr(work, "AT_FIRST", 0.0)
    monkeypatch.setattr(work, "TURN_SECONDS", 0.0)
    with closing(route._events(list(query(page).items()))) as events:
        for count, _ in enumerate(events):
            if count == 4 and not whole:
                break
    forget()
    assert arrays or page.path in ("book", "dimension")
    assert not any(array() is not None for array in arrays)
    assert work.running() == frozenset()


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.path)
def test_no_circle_keeps_the_arrays_of_a_page(
    arrays: list[weakref.ref[np.ndarray]], page: PageEntry
) -> None:
    opened(page.path, query(page))
    forget()
    assert arrays or page.path in ("book", "dimension", "geometry", "glossary", "start", "table")
    assert not any(array() is not None for array in arrays)


class Session(SimpleNamespace):
    """A session that says when it is shut down."""

    id: str
    ended = False

    def shutdown(self) -> None:
        self.ended = True


def test_a_session_that_is_forgotten_is_ended_and_one_that_comes_back_is_not() -> None:
    """Else its event loop's three files stay until a garbage collection."""
    active = set[str]()
    waits: Any = MemorySessionStorage()
    manager: Any = SimpleNamespace(_session_storage=waits, is_active_session=active.__contains__)
    first, second, third = (Session(id=name) for name in ("first", "second", "third"))
    for session in (first, second, third):
        waits.save(SimpleNamespace(session=session))
    forgotten = Forgotten(manager)
    waits.delete("second")
    active.add("second")
    forgotten.end()
    assert not any(session.ended for session in (first, second, third))
    waits._cache._expirations["first"] = 0.0
    waits._cache._expirations.move_to_end("first", last=False)
    forgotten.end()
    assert (first.ended, second.ended, third.ended) == (True, False, False)


def test_in_a_crowd_that_comes_and_goes_all_are_ended_whom_the_server_does_not_keep() -> None:
    """It keeps so many: the others are forgotten before anybody has looked at them."""
    waits: Any = MemorySessionStorage(maxsize=3)
    manager: Any = SimpleNamespace(_session_storage=waits, is_active_session=lambda _: False)
    forgotten = Forgotten(manager)
    sessions = [Session(id=f"{k}") for k in range(10)]
    for session in sessions:
        waits.save(SimpleNamespace(session=session))
    forgotten.end()
    assert [session.ended for session in sessions] == [True] * 7 + [False] * 3


@pytest.mark.parametrize("watched", [False, True])
def test_who_comes_back_is_watched_files_for_only_where_files_are_watched(
    watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"server.fileWatcherType": "auto" if watched else "none"}
    monkeypatch.setattr(config, "get_option", told.__getitem__)
    usual = AppSession.register_file_watchers
    monkeypatch.setattr(AppSession, "register_file_watchers", usual)
    again = PollingPathWatcher._schedule
    monkeypatch.setattr(PollingPathWatcher, "_schedule", again)
    leave_files_unwatched()
    assert (AppSession.register_file_watchers is usual) is watched
    assert (PollingPathWatcher._schedule is again) is watched
    if not watched:  # as Streamlit calls it when a session is come back to
        session: Any = SimpleNamespace(_local_sources_watcher=None)
        AppSession.register_file_watchers(session)
        assert session._local_sources_watcher is None
        watcher = PollingPathWatcher(__file__, lambda _: None)  # would look again and again
        assert watcher._executor._work_queue.empty()
