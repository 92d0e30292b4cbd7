"""Two replicas of the app behind the proxy of compose.yaml, at addresses of this machine."""

import csv
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socketserver import BaseRequestHandler, UDPServer
from threading import Thread

import pytest

from tests.browser.conftest import (
    LOOPBACK,
    ROOT,
    START_SECONDS,
    Server,
    free_port,
    missing,
    serve,
)

CONFIG = ROOT / "deploy" / "haproxy.cfg"
HOSTS = ("127.0.0.2", "127.0.0.3")
# Of a message of the domain name system: an answer, a question for IPv4, the name that was asked.
ANSWER, IPV4, THE_NAME = 0x8180, struct.pack("!HH", 1, 1), b"\xc0\x0c"
SECONDS_VALID = 1


class Replicas:
    """Servers of the app at all hosts, and the proxy that people come to."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        haproxy = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
        if haproxy is None:
            missing("haproxy is not installed")
        self._folder, self._running, self._port = folder, running, free_port("")
        self._servers: dict[str, Server] = {}
        with ThreadPoolExecutor() as threads:
            list(threads.map(self.start, HOSTS))
        people, self._stats = free_port(), free_port()
        self.url = f"http://{LOOPBACK}:{people}"
        addresses = {
            "dns 127.0.0.11:53\n": f"dns {LOOPBACK}:{running.enter_context(_names())}\n",
            "bind :8501\n": f"bind {LOOPBACK}:{people}\n",
            " app:8501 ": f" app:{self._port} ",
        }
        running.enter_context(_proxy(haproxy, folder, addresses, self._stats))
        until(lambda: self.healthy() == set(HOSTS))

    def start(self, host: str) -> None:
        """Start the replica of this host."""
        log = self._folder / f"{host}.txt"
        served = serve(ROOT / "app.py", log, host=host, port=self._port, prepared=False)
        self._servers[host] = self._running.enter_context(served)

    def kill(self, host: str) -> None:
        """End the replica of this host, unprepared."""
        os.kill(self._servers[host].pid, signal.SIGKILL)

    def healthy(self) -> set[str]:
        """The hosts that the proxy sends people to."""
        return {host for host, row in self._rows().items() if row["status"] == "UP"}

    def open(self) -> dict[str, int]:
        """How many requests and WebSockets each host has now."""
        return {host: int(row["scur"]) for host, row in self._rows().items()}

    def asked(self, act: Callable[[], None]) -> set[str]:
        """The hosts that got a request during the act."""
        before = self._rows()
        act()
        after = self._rows()
        return {host for host in HOSTS if after[host]["stot"] != before[host]["stot"]}

    def _rows(self) -> dict[str, dict[str, str]]:
        """What the proxy counts, by host."""
        try:
            with socket.create_connection((LOOPBACK, self._stats)) as connection:
                connection.sendall(b"show stat\n")
                lines = connection.makefile(encoding="utf-8").read().lstrip("# ").splitlines()
        except ConnectionRefusedError:  # it has just been started
            return {}
        rows = {row["addr"].partition(":")[0]: row for row in csv.DictReader(lines) if row["addr"]}
        return {host: rows[host] for host in HOSTS if host in rows}


def until(condition: Callable[[], bool]) -> None:
    """Wait until this is so."""
    end = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > end:
            pytest.fail("waited in vain")
        time.sleep(0.05)


def moved(config: Path, addresses: dict[str, str]) -> str:
    """A proxy's settings with addresses of this machine in place of those that they name."""
    text = config.read_text(encoding="utf-8")
    for there, here in addresses.items():
        assert text.count(there) == 1, there
        text = text.replace(there, here)
    return text


@contextmanager
def _proxy(haproxy: str, folder: Path, addresses: dict[str, str], stats: int) -> Iterator[None]:
    """HAProxy with the file of compose.yaml, but for addresses; another port has its counts."""
    text = moved(CONFIG, addresses)
    text += f"\nglobal\n    stats socket ipv4@{LOOPBACK}:{stats} level operator\n"
    config, log = folder / "haproxy.cfg", folder / "haproxy.txt"
    config.write_text(text, encoding="utf-8")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [haproxy, "-db", "-f", str(config)], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _names() -> Iterator[int]:
    """In place of Docker's name server: the hosts, whatever the name. The port it answers at."""
    with UDPServer((LOOPBACK, 0), _Named) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class _Named(BaseRequestHandler):
    def handle(self) -> None:
        message, sender = self.request
        question = message[12 : message.index(b"\0", 12) + 5]
        hosts = HOSTS if question.endswith(IPV4) else ()
        head = message[:2] + struct.pack("!5H", ANSWER, 1, len(hosts), 0, 0)
        record = THE_NAME + IPV4 + struct.pack("!IH", SECONDS_VALID, 4)
        records = [record + socket.inet_aton(host) for host in hosts]
        sender.sendto(head + question + b"".join(records), self.client_address)
