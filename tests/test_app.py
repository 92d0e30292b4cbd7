"""The ASGI entry as a process: its routes, and its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SMALL_MAPS = "n_features=5&n_train=5&epochs=2&per_decade=1&seeds=1"
LONG = "n_features=10000&n_train=2000&epochs=20000&batch_size=32"
# A busy machine starts slowly; a server that hangs does so for good.
START_SECONDS, STOP_SECONDS = 90, 20


@contextmanager
def running(path: str = "") -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server that answers, the root of its addresses; what it says of itself: `server.stderr`."""
    with started(path) as (server, base):
        wait_for(f"{base}/_stcore/health", server)
        yield server, base


@contextmanager
def started(path: str = "") -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The same from its first moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    server = subprocess.Popen(
        [*command, f"--server.port={port}", f"--server.baseUrlPath={path}"],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "default"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield server, f"http://127.0.0.1:{port}" + (f"/{path}" if path else "")
    finally:
        server.kill()
        server.wait()
        assert server.stderr
        server.stderr.close()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    wait_until(lambda: urllib.request.urlopen(address, timeout=1).close(), server)


def wait_for_socket(port: int, server: subprocess.Popen[bytes]) -> None:
    """It is there before the app has been read."""
    wait_until(lambda: socket.create_connection(("127.0.0.1", port)).close(), server)


def wait_until(answered: Callable[[], None], server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended at its start"
        try:
            answered()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with running() as (_, address):
        yield address


def test_a_dragged_control_is_answered_with_its_picture(base):
    with urllib.request.urlopen(f"{base}/api/train?weight_decay=1&epochs=10") as answer:
        picture = json.load(answer)
    assert picture["query"] == "weight_decay=1&epochs=10"
    assert len(picture["series"]["train_loss"]) == 11


def test_a_dragged_surface_is_answered_with_its_picture(base):
    address = f"{base}/api/geometry/surface?s2=0.1&weight_decay=2"
    with urllib.request.urlopen(address) as answer:
        picture = json.load(answer)
    assert picture["query"] == "weight_decay=2&s2=0.1"
    assert [trace["type"] for trace in picture["figure"]["data"][:2]] == ["surface", "surface"]


def test_nonsense_in_a_route_is_answered_with_the_defaults(base):
    with urllib.request.urlopen(f"{base}/api/train?weight_decay=much&x=%00") as answer:
        assert json.load(answer)["query"] == ""


def test_a_stream_has_rows_then_the_picture_then_its_end(base):
    address = f"{base}/api/train/stream?epochs=30&n_train=50"
    with urllib.request.urlopen(address) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        text = answer.read().decode()
    events = [line.removeprefix("event: ") for line in text.splitlines() if line[:6] == "event:"]
    assert events[0] == "rows"
    assert events[-2:] == ["picture", "done"]


def test_the_maps_are_streamed_in_the_same_way(base):
    with urllib.request.urlopen(f"{base}/api/map/stream?{SMALL_MAPS}") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        text = answer.read().decode()
    events = [line.removeprefix("event: ") for line in text.splitlines() if line[:6] == "event:"]
    assert "rows" in events
    assert events[-2:] == ["picture", "done"]


def test_maps_that_are_too_much_end_with_a_sentence(base):
    query = "epochs=20000&per_decade=8&seeds=25"
    with urllib.request.urlopen(f"{base}/api/map/stream?{query}") as answer:
        assert "Choose fewer cells" in answer.read().decode()


def test_a_signal_ends_the_server_though_a_stream_is_open():
    with running() as (server, base):
        stream = urllib.request.urlopen(f"{base}/api/train/stream?{LONG}")
        assert b"event: rows\n" in iter(stream.readline, b"")  # the run is under way
        server.send_signal(signal.SIGTERM)
        assert server.wait(STOP_SECONDS) in (0, -signal.SIGTERM)
        stream.close()
        assert server.stderr
        assert "Traceback" not in server.stderr.read().decode()


def test_a_signal_ends_the_server_while_it_warms_up():
    with started() as (server, base):
        wait_for_socket(int(base.rsplit(":", 1)[1]), server)
        server.send_signal(signal.SIGTERM)
        assert server.wait(STOP_SECONDS) in (0, -signal.SIGTERM)
        assert server.stderr
        assert "Traceback" not in server.stderr.read().decode()


def test_below_a_path_the_same_is_answered():
    with running("some/place") as (_, base):
        with urllib.request.urlopen(f"{base}/api/train?epochs=10") as answer:
            assert len(json.load(answer)["series"]["train_loss"]) == 11
        with urllib.request.urlopen(f"{base}/api/map/stream?{SMALL_MAPS}") as stream:
            assert b"event: done\n" in stream.read()
        with urllib.request.urlopen(f"{base}/train?weight_decay=1") as page:
            assert page.url == f"{base}/?weight_decay=1"
