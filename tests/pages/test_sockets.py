"""What is set on the socket that a server listens at, and how many it may have."""

import asyncio
import logging
import socket
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import Server

from pages.shared import limits, sockets
from pages.shared.sockets import FILES_OF_VISIT, OTHER_FILES, allow_files, send_at_once

resource = pytest.importorskip("resource")


def test_answers_are_not_held_back():
    closed, datagrams, server = socket.socket(), socket.socket(type=socket.SOCK_DGRAM), _listening()
    closed.close()
    with server, datagrams:
        send_at_once()
        with socket.create_connection(server.getsockname()), server.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def _listening() -> socket.socket:
    """As Streamlit opens its own: the protocol is not named."""
    server = socket.socket(socket.AF_INET)
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server


WANTED = FILES_OF_VISIT * limits.VISITS.value + OTHER_FILES
ENDLESS = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((1024, 2**19), (WANTED, 2**19), False),
        ((1024, ENDLESS), (WANTED, ENDLESS), False),
        ((1024, 4096), (4096, 4096), True),
        ((2**19, 2**19), None, False),
        ((ENDLESS, ENDLESS), None, False),
        ((4096, 4096), None, True),
    ],
)
def test_there_may_be_as_many_files_as_the_visits_take(
    monkeypatch: pytest.MonkeyPatch, before: Any, after: Any, said: bool
) -> None:
    """A shell allows 1024 as a rule, of which 250 pages that are open leave none."""
    became: list[Any] = []
    lines: list[str] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(record.getMessage()))
    monkeypatch.setattr(resource, "getrlimit", lambda _: before)
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: became.append(limit))
    logger = sockets.get_logger("weight_decay")
    logger.addHandler(handler)
    try:
        allow_files()
    finally:
        logger.removeHandler(handler)
    assert became == ([after] if after else [])
    assert [f"{WANTED} open files" in line for line in lines] == [True] * said


def test_who_asks_for_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AutoHTTPProtocol, "connection_made", AutoHTTPProtocol.connection_made)
    monkeypatch.setattr(sockets, "SILENT_SECONDS", 0.3)
    sockets.end_silent_ones()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.6)  # works for longer than silence may last
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def asked(port: int, text: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(text)
        async with asyncio.timeout(5):
            answer = await reader.read(15)
        writer.close()
        return answer

    async def all_of_them() -> list[bytes]:
        server = Server(Config(app, lifespan="off", log_config=None))
        listening = _listening()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        texts = [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: y", b"GET / HTTP/1.0\r\n\r\n"]
        found = await asyncio.gather(*(asked(listening.getsockname()[1], text) for text in texts))
        server.should_exit = True
        await serving
        return found

    assert asyncio.run(all_of_them()) == [b"", b"", b"HTTP/1.1 204 No"]
