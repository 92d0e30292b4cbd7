"""The door: who comes by a foreign name or is sent by another site's page is not let in.

It stands before everything that answers, so that every answer carries the same policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import lru_cache
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.shared import hosts, limits, policy
from pages.shared.crowd import Crowd
from pages.shared.head import asks_for_page
from pages.shared.routes import API, NEVER_STORED
from pages.shared.words import say

READ: Final = frozenset((b"host", b"origin", b"sec-fetch-site"))
STARTS: Final = frozenset(("http.response.start", "websocket.http.response.start"))
# What browsers say of who asks: a page of ours, or a person who has typed the address.
OWN: Final = frozenset((None, b"same-origin", b"none"))
RETRY: Final = NEVER_STORED | {"Retry-After": "30"}

OTHER_NAME: Final = say(
    "This server does not go by this name. Whoever runs it can add it to WEIGHT_DECAY_HOSTS."
)
OTHER_SITE: Final = say(
    "Only this server's own pages may ask for this. "
    "A proxy before it has to pass the Host on as it came."
)
NO_PLACE: Final = say("All places are taken just now. Try again in half a minute.")
TOO_MUCH: Final = say(
    "Too much is being worked out at once for all who share your internet address. "
    "Try again when some of it is done."
)

Headers = list[tuple[bytes, bytes]]


class Door:
    """Lets an app be asked what it may be, and adds the policy to all that it answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._works = Crowd(limits.WORKS_OF_ADDRESS.value)
        self._visits = Crowd(limits.VISITS_OF_ADDRESS.value, limits.VISITS.value)
        # so many names are remembered: a stranger may make up any number
        self._judged = lru_cache(256)(_judged)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, or say why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        asked = {name: value for name, value in scope["headers"] if name in READ}
        host = asked.get(b"host")
        ours, headers = self._judged(host)

        async def told(message: Message) -> None:
            if message["type"] in STARTS:
                own = message.get("headers", [])
                if host and 300 <= message["status"] < 400:
                    own = _at_home(own, host)
                message["headers"] = [*own, *headers]
            await send(message)

        if not ours:
            await PlainTextResponse(OTHER_NAME.again(), 403)(scope, receive, told)
        elif _foreign(asked, scope):
            await PlainTextResponse(OTHER_SITE.again(), 403)(scope, receive, told)
        else:
            await self._admit(scope, receive, told)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope["client"][0] if scope.get("client") else ""
        works = API in scope["path"]
        crowd, full = (self._works, TOO_MUCH) if works else (self._visits, NO_PLACE)
        counts = works or scope["type"] == "websocket"
        if crowd.is_full(address) and (counts or asks_for_page(scope)):
            await PlainTextResponse(full.again(), 429, RETRY)(scope, receive, send)
            return
        with crowd.one_more(address) if counts else nullcontext():
            await self.app(scope, receive, send)


def _judged(host: bytes | None) -> tuple[bool, Headers]:
    """Whether this is a name of ours, and what answers under it carry; programs may name none."""
    ours = host is None or hosts.is_ours(host)
    return ours, policy.headers(host if ours else None)


def _foreign(asked: Mapping[bytes, bytes], scope: Scope) -> bool:
    """Whether another site's page asks: for anything by script, or for work in any way."""
    origin = asked.get(b"origin")
    if origin is not None and not hosts.is_of_ours(origin, asked.get(b"host")):
        return True
    return API in scope["path"] and asked.get(b"sec-fetch-site") not in OWN


def _at_home(headers: Headers, host: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Those of an answer that leads on: here, by path alone, for a proxy may have ended TLS."""
    for name, value in headers:
        scheme, _, path = value.partition(b"://" + host)
        here = scheme in (b"http", b"https") and re.match(rb"/(?!/)", path)
        yield name, path if here and name == b"location" else value
