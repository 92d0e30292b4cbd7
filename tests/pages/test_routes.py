"""The addresses that are answered whole."""

from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from pages.shared.routes import Query, answered


def asked(method: str) -> tuple[int, dict[str, str], str, list[Query]]:
    """Status, headers and text of an answer, and the questions that were worked on."""
    sent: list[Message] = []
    worked_on: list[Query] = []

    def work(query: Query) -> dict[str, Any]:
        worked_on.append(query)
        if dict(query).get("n") == "0":
            raise ValueError("n is too small")
        return {"answer": 1}

    coming: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not coming:
            await anyio.sleep_forever()  # whoever asked stays
        return coming.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    method, _, query = method.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": "/api/work",
        "query_string": query.encode(),
        "headers": [],
    }
    anyio.run(Starlette(routes=[answered("/api/work", work)]), scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    text = b"".join(message.get("body", b"") for message in sent).decode()
    return sent[0]["status"], headers, text, worked_on


@pytest.mark.parametrize(
    ("method", "status", "text"),
    [("GET?n=1", 200, '{"answer":1}'), ("GET?n=0", 400, '{"message":"n is too small"}')],
)
def test_a_question_is_answered(method: str, status: int, text: str) -> None:
    found, headers, body, worked_on = asked(method)
    assert (found, body, len(worked_on)) == (status, text, 1)
    assert headers["content-type"].startswith("application/json")


def test_who_asks_for_the_head_alone_has_nothing_worked_out() -> None:
    status, headers, text, worked_on = asked("HEAD?n=1")
    assert (status, text, worked_on) == (200, "", [])
    assert headers["content-type"].startswith("application/json")
    assert headers["cache-control"] == "no-store"
