"""Files that a page offers are there a while longer than it offers them.

Streamlit lets go of them when any visitor's script ends: of those of a page that is being made
anew, whose buttons are still on the screen, and of a file that is written and yet to be fetched.
In a class somebody's script ends at every moment, and what was clicked is not found.
"""

from __future__ import annotations

import time

import anyio
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager

PAUSE_SECONDS = 1.0
# Longer than a script and a click's way take; what is kept may be large, and is in no budget.
KEPT_SECONDS = 5.0


def keep_a_while() -> None:
    """Have Streamlit leave it to `tend` when files go."""
    MediaFileManager.remove_orphaned_files = _leave  # type: ignore[assignment, method-assign]


def _leave(_: MediaFileManager) -> None:
    """Let nothing go."""


async def tend() -> None:
    """Let go of what has not been offered for a while, again and again."""
    files = Unoffered(runtime.get_instance().media_file_mgr)
    while True:
        await anyio.sleep(PAUSE_SECONDS)
        files.let_go(time.monotonic())


class Unoffered:
    """The files of a manager that no page offers, and since when."""

    def __init__(self, manager: MediaFileManager) -> None:
        self._manager = manager
        self._since: dict[str, float] = {}

    def let_go(self, now: float) -> None:
        """Let go of those that were first seen so `KEPT_SECONDS` before, by a clock in seconds."""
        manager = self._manager
        with manager._lock:
            offered = {
                name
                for files in manager._files_by_session_and_coord.values()
                for name in files.values()
            }
            there = {*manager._file_metadata, *manager._deferred_callables}
            self._since = {name: self._since.get(name, now) for name in there - offered}
            for name, since in self._since.items():
                if now - since >= KEPT_SECONDS:
                    self._drop(name)

    def _drop(self, name: str) -> None:
        if name in self._manager._file_metadata:
            self._manager._delete_file(name)
        else:
            self._manager._drop_deferred_id(name)
