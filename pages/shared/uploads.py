"""Files that visitors hand in: kept in memory, never on a disk, and only so much of them.

Streamlit takes whatever a session sends, again and again, and keeps it until the session ends.
"""

from __future__ import annotations

import re
from typing import Any, Final

from starlette.formparsers import MultiPartParser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from wd_core.table import MOST_BYTES

ADDRESS: Final = re.compile(r"/_stcore/upload_file/([^/]*)/")
# One that replaces another comes while the other is still there.
MOST_OF_SESSION: Final = 2 * MOST_BYTES
MOST: Final = 20 * MOST_BYTES
# Larger than anything that is taken: what is smaller is not written to a file.
IN_MEMORY: Final = 4 * MOST_BYTES


def keep_in_memory() -> None:
    """Have no file that is handed in written to a disk on its way."""
    MultiPartParser.spool_max_size = IN_MEMORY


class Bounded:
    """An app that takes no more files of a session than there is room for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, or that there is no room."""
        if scope["type"] == "http" and scope["method"] in ("PUT", "POST"):
            found = ADDRESS.search(scope["path"])
            if found and not _has_room(found[1]):
                await Response(status_code=413)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _has_room(session: str) -> bool:
    files: Any = runtime.get_instance()._uploaded_file_mgr
    its_own = sum(len(one.data) for one in [*files.file_storage.get(session, {}).values()])
    return its_own < MOST_OF_SESSION and int(files._total_bytes) < MOST
