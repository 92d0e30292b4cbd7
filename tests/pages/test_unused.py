"""What Streamlit offers and no page asks for is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.runtime.app_session import AppSession

from pages.shared import unused

PAGES = Path(__file__).parents[2] / "pages"
OFFERED = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
OPERATIONS = {
    field.name for field in BackendOperationRequest.DESCRIPTOR.oneofs_by_name["payload"].fields
}


def told(kind: str, operation: str = "") -> BackMsg:
    message = BackMsg()
    if operation:
        getattr(message.backend_operation_request, operation).SetInParent()
    elif BackMsg.DESCRIPTOR.fields_by_name[kind].message_type is None:
        setattr(message, kind, True)
    else:
        getattr(message, kind).SetInParent()
    return message


def status(path: str, method: str = "GET") -> int:
    async def there(_: Any) -> PlainTextResponse:
        return PlainTextResponse("there")

    app = unused.Unused(Starlette(routes=[Route("/{any:path}", there, methods=[method])]))
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    anyio.run(app, scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("base", ["", "/some/place", "/train"])
@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/_stcore/metrics", "GET"),
        ("/_stcore/agent/mcp", "POST"),
        ("/_stcore/agent", "GET"),
    ],
)
def test_addresses_of_what_no_page_uses_are_not_there(base: str, path: str, method: str) -> None:
    assert status(base + path, method) == 404


@pytest.mark.parametrize("path", ["/", "/metrics", "/_stcore/health", "/_stcore/agents", "/agent"])
def test_all_others_are(path: str) -> None:
    assert status(path) == 200


def test_messages_that_no_page_sends_are_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(
        AppSession, "handle_backmsg", lambda _, message: heard.append(message.WhichOneof("type"))
    )
    unused.leave_unheard()
    session: Any = None
    for kind in sorted(OFFERED - {"backend_operation_request"}):
        AppSession.handle_backmsg(session, told(kind))
    for operation in sorted(OPERATIONS):
        AppSession.handle_backmsg(session, told("backend_operation_request", operation))
    AppSession.handle_backmsg(session, BackMsg())
    assert sorted(heard) == [
        *("app_heartbeat", "backend_operation_request", "backend_operation_request"),
        *("file_urls_request", "rerun_script", "stop_script"),
    ]


def test_files_are_taken_by_one_page_alone() -> None:
    takes = r"st\.(file_uploader|camera_input|audio_input|chat_input)\b"
    found = [file for file in PAGES.rglob("*.py") if re.search(takes, file.read_text("utf-8"))]
    assert [file.relative_to(PAGES).as_posix() for file in found] == ["table/bring.py"]
