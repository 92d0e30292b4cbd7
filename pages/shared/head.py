"""The head of Streamlit's page, with what the first picture needs, so that it is there in time.

Streamlit's program asks for a part of itself when the first element of its kind has come, for the
chart's modules when that part has mounted it, and these for Plotly: one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from pages.shared import assets
from pages.shared.language import spoken

ENGLISH: Final = b'<html lang="en"'
BEGIN: Final = b"<head>"
TITLE: Final = b"<title>Streamlit</title>"
END: Final = b"</head>"
IMPORTED: Final = re.compile(r'\b(?:from|import)\s*"\./([\w.-]+\.js)"')
# The part of Streamlit's program that mounts a chart.
MOUNTING: Final = "BidiComponent.*.js"
# The module that the head starts, and what it imports.
STARTED: Final = (
    *(assets.EARLY, "heading.js", "loading.js", "navigation.js", "offline.js", "paper.js"),
    *("places.js", "reach.js", "skip.js", "nodes.js", "line.js", "protobuf.js", "words.js"),
)
# What a browser says that it takes, and that it has.
COMPRESSED_OR_KEPT: Final = {b"accept-encoding", b"if-none-match", b"if-modified-since"}


@cache
def mounting() -> tuple[str, ...]:
    """What mounts a chart, as far as Streamlit's page does not name it itself."""
    folder = Path(file_util.get_static_dir())
    page = (folder / "index.html").read_text(encoding="utf-8")
    scripts = folder / "static" / "js"
    names = [path.name for path in scripts.glob(MOUNTING)]
    for name in names:
        imported = IMPORTED.findall((scripts / name).read_text(encoding="utf-8"))
        names += [other for other in dict.fromkeys(imported) if other not in names]
    return tuple(name for name in names if name not in page)


def first() -> str:
    """What is asked for before all else: Plotly is evaluated while the rest is on its way."""
    here = assets.addresses()
    chart = here["chart"]
    return "".join(
        [
            f'<link rel="preload" as="script" href="{here["plotly"]["cartesian"]}">',
            f'<link rel="preload" as="style" href="{chart}chart.css">',
            # fonts are asked for as by another site, or a second time
            f'<link rel="preload" as="font" href="{chart}{assets.LETTERS}" crossorigin>',
            f'<link rel="stylesheet" href="{chart}{assets.PAGE}">',
            # asked for when all else is there
            f'<link rel="stylesheet" media="print" href="{chart}{assets.PAPER}">',
            *_modules([f"{chart}{name}" for name in STARTED]),
            # not async: it runs before Streamlit's program opens its line
            f'<script type="module" src="{chart}line.js"></script>',
            f'<script type="module" async src="{chart}{assets.EARLY}"></script>',
        ]
    )


def last() -> str:
    """What a chart needs when it is mounted."""
    here = assets.addresses()
    chart = [f"{here['chart']}{name}" for name in here["modules"] if name not in STARTED]
    chart += [here["words"]] if "words" in here else []
    streamlit = [f"{assets.base_path()}/static/js/{name}" for name in mounting()]
    return "".join(_modules(chart + streamlit))


def _modules(addresses: list[str]) -> Iterator[str]:
    return (f'<link rel="modulepreload" href="{address}">' for address in addresses)


class Head:
    """Streamlit's page, with all of that in its head.

    told: what stands in the place of Streamlit's title, for a request for a page; whatever else
    asks for one than a browser, to preview it, says of no kind of answer that it wants it.
    """

    def __init__(self, app: ASGIApp, told: Callable[[Scope], str | None] = lambda _: None) -> None:
        self.app, self.told = app, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does; a page that is asked for is put together first."""
        told = self.told(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if told is not None or asks_for_page(scope):
            kept = [pair for pair in scope["headers"] if pair[0] not in COMPRESSED_OR_KEPT]
            scope, send = {**scope, "headers": kept}, _Page(send, told)
        await self.app(scope, receive, send)


def asks_for_page(scope: Scope) -> bool:
    """Whether a browser goes to a page."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


class _Page:
    """Sends a page with its new head, and anything else as it comes."""

    def __init__(self, send: Send, told: str | None) -> None:
        self.send, self.told = send, told
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _begins_page(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send(self.start)

    async def _send(self, start: Message) -> None:
        body = self.body.replace(ENGLISH, b'<html lang="%s"' % spoken().encode(), 1)
        if self.told is not None:
            body = body.replace(TITLE, self.told.encode(), 1)
        body = body.replace(BEGIN, BEGIN + first().encode(), 1)
        body = body.replace(END, last().encode() + END, 1)
        headers = MutableHeaders(raw=start["headers"])
        headers["content-length"] = str(len(body))
        for name in ("etag", "last-modified"):  # they say nothing of what is put in
            del headers[name]
        await self.send({**start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})


def _begins_page(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
