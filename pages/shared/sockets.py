"""The server's sockets: how they send, how many there may be, and when one says too little."""

import asyncio
import gc
import socket
import sys
from typing import Any, Final

from streamlit.logger import get_logger
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from pages.shared import limits

LOGGER: Final = get_logger("weight_decay")
# Of each visit: its line, what a browser fetches by, a stream, and the files of its session's loop.
FILES_OF_VISIT, OTHER_FILES = 12, 1024
# Who has connected and asked for nothing for so long will not.
SILENT_SECONDS = 30.0


def allow_files() -> None:
    """Let the process have as many files as all visits take: many a shell allows for few.

    Without one nobody else could come, not even those who are let in.
    """
    if sys.platform == "win32":
        return
    import resource  # which not every system has

    wanted = FILES_OF_VISIT * limits.VISITS.value + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted:
        LOGGER.warning(
            "%s visits take up to %s open files, and this system allows %s (ulimit -Hn).",
            *(limits.VISITS.value, wanted, hard),
        )


def end_silent_ones() -> None:
    """End connections by which nothing whole was asked in time: each is a file that others need."""
    protocol: Any = AutoHTTPProtocol
    made = protocol.connection_made

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        made(self, transport)

        def end() -> None:
            if self.scope is None:
                transport.close()

        asyncio.get_running_loop().call_later(SILENT_SECONDS, end)

    protocol.connection_made = connection_made


def send_at_once() -> None:
    """Have every answer leave whole, and not its end 40 ms after its beginning.

    Streamlit opens its socket without naming the protocol, and asyncio turns off Nagle's algorithm
    only where TCP is named. Connections take over what is set on the socket they come to.
    """
    # by type: asked for their class, stand-ins for modules would import these
    sockets = [known for known in gc.get_objects() if issubclass(type(known), socket.socket)]
    for known in sockets:
        if _is_open_tcp(known):
            known.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_open_tcp(known: socket.socket) -> bool:
    internet = known.family in (socket.AF_INET, socket.AF_INET6)
    return internet and known.type == socket.SOCK_STREAM and known.fileno() >= 0
