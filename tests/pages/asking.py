"""An address of an app asked as a browser would, past any server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import anyio
from starlette.types import ASGIApp


@dataclass(frozen=True)
class Answer:
    """What came back, when all was done that comes after it."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        """What it says."""
        return json.loads(self.text)


def asked(app: ASGIApp, address: str) -> Answer:
    """What the app answers there. An error that is left to the server is raised."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        await anyio.sleep_forever()

    async def send(message: Any) -> None:
        sent.append(message)

    anyio.run(app, scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    text = b"".join(message.get("body", b"") for message in sent).decode()
    return Answer(sent[0]["status"], headers, text)
