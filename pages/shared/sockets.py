"""How the server's sockets send."""

import gc
import socket


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
