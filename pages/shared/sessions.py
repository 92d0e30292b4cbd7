"""Sessions: what they hold that nobody comes back to is given back soon, and coming back is cheap.

Streamlit forgets them when their time is up. Their event loops, three files each, would stay open
until a garbage collection, which may be long in coming.
"""

from __future__ import annotations

import anyio
from streamlit import config, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.session_manager import SessionInfo, SessionManager
from streamlit.watcher.polling_path_watcher import PollingPathWatcher

# It is looked so often which of them have been forgotten.
PAUSE_SECONDS = 1.0


async def tend() -> None:
    """End what has been forgotten, again and again."""
    sessions = Forgotten(runtime.get_instance()._session_mgr)
    while True:
        await anyio.sleep(PAUSE_SECONDS)
        sessions.end()


def leave_files_unwatched() -> None:
    """Where no file is to be watched, watch none for who comes back either, and no settings.

    Streamlit asks its setting of a new session alone. After a cut line a whole class comes back at
    once, and for each of them every module's files would be looked up, on the loop that serves all.
    And for its own settings it would look ten times a second, two thirds of what idling costs.
    """
    if config.get_option("server.fileWatcherType") == "none":
        AppSession.register_file_watchers = _watch_nothing  # type: ignore[assignment, method-assign]
        PollingPathWatcher._schedule = _watch_nothing  # type: ignore[assignment, method-assign]


def _watch_nothing(_: AppSession | PollingPathWatcher) -> None:
    """Have nothing told to a session, and no file looked at again."""


class Forgotten:
    """The sessions of a manager that it has forgotten since it was last looked at.

    It keeps so many of those whose browsers have gone, and no more: in a crowd that comes and goes
    one is forgotten soon after it was stored.
    """

    def __init__(self, manager: SessionManager) -> None:
        self._manager, self._storage = manager, manager._session_storage  # type: ignore[attr-defined]
        self._removed: list[AppSession] = []
        self._storage._cache._on_remove = self._note

    def end(self) -> None:
        """End them."""
        self._storage._cache.expire()
        removed, self._removed = self._removed, []
        stored = {info.session.id for info in self._storage.list()}
        for session in removed:
            # one that is come back to leaves the storage too
            if session.id not in stored and not self._manager.is_active_session(session.id):
                session.shutdown()

    def _note(self, _: str, info: SessionInfo) -> None:
        self._removed.append(info.session)
