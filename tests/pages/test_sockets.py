"""What is set on the socket that a server listens at holds for who connects to it."""

import socket

from pages.shared.sockets import send_at_once


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
