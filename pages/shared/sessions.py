"""Sessions: what they hold that nobody comes back to is given back soon, and coming back is cheap.

Streamlit forgets them when their time is up. Their event loops, three files each, would stay open
until a garbage collection, which may be long in coming.
"""

from __future__ import annotations

import anyio
from streamlit import config, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.session_manager import SessionManager

# It is looked so often which of them have been forgotten.
PAUSE_SECONDS = 10.0


async def tend() -> None:
    """End what has been forgotten, again and again."""
    sessions = Forgotten(runtime.get_instance()._session_mgr)
    while True:
        await anyio.sleep(PAUSE_SECONDS)
        sessions.end()


def leave_files_unwatched() -> None:
    """Where no file is to be watched, watch none for who comes back either.

    Streamlit asks its setting of a new session alone. After a cut line a whole class comes back at
    once, and for each of them every module's files would be looked up, on the loop that serves all.
    """
    if config.get_option("server.fileWatcherType") == "none":
        AppSession.register_file_watchers = _watch_nothing  # type: ignore[assignment, method-assign]


def _watch_nothing(_: AppSession) -> None:
    """Have nothing told to a session."""


class Forgotten:
    """The sessions of a manager that it has forgotten since it was last looked at."""

    def __init__(self, manager: SessionManager) -> None:
        self._manager, self._storage = manager, manager._session_storage  # type: ignore[attr-defined]
        self._stored = self._now()

    def end(self) -> None:
        """End them."""
        before, self._stored = self._stored, self._now()
        for name in before.keys() - self._stored.keys():
            if not self._manager.is_active_session(name):
                before[name].shutdown()

    def _now(self) -> dict[str, AppSession]:
        self._storage._cache.expire()
        return {stored.session.id: stored.session for stored in self._storage.list()}
