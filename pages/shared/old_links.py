"""Links from when another page was at the root: with settings of that page they still open it."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.shared import assets
from pages.shared.form import FORMS
from pages.shared.link import PIN

# The page that was at the root.
MOVED: Final = "train"


class OldLinks:
    """An app in which such links lead on to the page's own address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, or say where the page is."""
        if scope["type"] == "http" and scope["path"].rstrip("/") == assets.base_path():
            query = scope["query_string"].decode("latin-1")
            if _sets(query):
                moved = RedirectResponse(f"{assets.base_path()}/{MOVED}?{query}")
                await moved(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _sets(query: str) -> bool:
    """Whether a query names a setting of the page, or a run pinned there."""
    own = {PIN, *FORMS[MOVED].settings}
    return any(key in own for key, _ in parse_qsl(query, keep_blank_values=True))
