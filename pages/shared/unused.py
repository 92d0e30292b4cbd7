"""What Streamlit offers every browser and no page of ours asks for: it is not there.

Whoever speaks to the server without a page could have it look through the clone with git on the
loop that serves all, or tell what lies there.
"""

from __future__ import annotations

import re
from typing import Any, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession

# Streamlit's own counts, and ways to drive pages without a browser.
ADDRESSES: Final = re.compile(r"/_stcore/(metrics|agent)(/|$)")
# What pages say: by a control, by the button that stops, as a sign of life, by who has a file to
# hand in, and what follows.
MESSAGES: Final = frozenset(
    (
        *("rerun_script", "stop_script", "app_heartbeat", "file_urls_request"),
        "backend_operation_request",
    )
)
# A file is asked for that is made then, and more rows of a table.
OPERATIONS: Final = frozenset(("deferred_file", "dataframe_chunk"))


class Unused:
    """An app without these addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, or that there is nothing."""
        if scope["type"] == "http" and ADDRESSES.search(scope["path"]):
            await Response(status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def leave_unheard() -> None:
    """Have no other messages heard than those of pages."""
    heard = AppSession.handle_backmsg

    def handle_backmsg(self: AppSession, msg: BackMsg) -> None:
        if is_used(msg):
            heard(self, msg)

    AppSession.handle_backmsg = handle_backmsg  # type: ignore[method-assign]


def is_used(message: Any) -> bool:
    """Whether a page says so."""
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in OPERATIONS
    return kind in MESSAGES
