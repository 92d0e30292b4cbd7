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
from contextlib import closing, contextmanager, nullcontext, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.processes import below

ROOT = Path(__file__).parent.parent
SMALL_MAPS = "n_features=5&n_train=5&epochs=2&per_decade=1&seeds=1"
LONG = "n_features=10000&n_train=2000&epochs=20000&batch_size=32"
# A busy machine starts slowly; a server that hangs does so for good.
START_SECONDS, STOP_SECONDS = 90, 20


@contextmanager
def running(path: str = "", **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server that answers, the root of its addresses; what it says of itself: `server.stderr`."""
    with started(path, **environment) as (server, base):
        wait_for(f"{base}/_stcore/health", server)
        yield server, base


@contextmanager
def started(path: str = "", **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The same from its first moment; it prepares nothing unless it is told to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    server = subprocess.Popen(
        [*command, f"--server.port={port}", f"--server.baseUrlPath={path}"],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "default", "WEIGHT_DECAY_PREPARE": "0"} | environment,
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
    with running(WEIGHT_DECAY_PREPARE="1") as (_, address):
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


# Path, method and status of every kind of answer, Streamlit's own too.
ANSWERS = [
    ("/", "GET", 200),
    ("/", "HEAD", 200),
    ("/map", "GET", 200),
    ("/", "POST", 405),
    ("/start", "GET", 307),
    ("/train", "GET", 200),
    ("/?weight_decay=1", "GET", 307),
    ("/map/", "GET", 301),
    ("//elsewhere.example", "GET", 400),
    ("/favicon.png", "GET", 200),
    ("/_stcore/health", "GET", 200),
    ("/_stcore/host-config", "GET", 200),
    ("/_stcore/agent/nothing", "GET", 404),
    ("/_stcore/agent/openapi.json", "GET", 404),
    ("/_stcore/upload_file/session/file", "PUT", 403),
    ("/media/nothing", "GET", 404),
    ("/asset/nothing", "GET", 404),
    ("/api/train?epochs=10", "GET", 200),
    ("/api/train", "POST", 405),
    (f"/api/train/stream?{LONG}", "GET", 200),
    (f"/api/train/stream?{LONG}", "HEAD", 200),
]


@pytest.mark.parametrize(("path", "method", "status"), ANSWERS)
def test_every_answer_carries_the_policy(base: str, path: str, method: str, status: int) -> None:
    with closing(HTTPConnection(base.removeprefix("http://"))) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        assert answer.status == status
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        (policy,) = answer.headers.get_all("Content-Security-Policy") or [""]
        assert policy.startswith("default-src 'self'; ")
        assert policy.endswith("; frame-ancestors 'self'")


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/api/train", "/favicon.png"])
def test_strangers_are_not_answered(base: str, path: str, headers: dict[str, str]) -> None:
    with closing(HTTPConnection(base.removeprefix("http://"))) as connection:
        connection.request("GET", path, headers=headers)
        assert connection.getresponse().status == 403


@pytest.mark.parametrize(("origin", "let_in"), [("http://evil.example", False), ("", True)])
def test_strangers_open_no_websocket(base: str, origin: str, let_in: bool) -> None:
    address = base.replace("http", "ws", 1) + "/_stcore/stream"
    with nullcontext() if let_in else pytest.raises(InvalidStatus, match="403"):  # noqa: SIM117
        with connect(address, origin=Origin(origin or base)):
            pass


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
    with started(WEIGHT_DECAY_PREPARE="1") as (server, base):
        wait_for_socket(int(base.rsplit(":", 1)[1]), server)
        server.send_signal(signal.SIGTERM)
        assert server.wait(START_SECONDS) in (0, -signal.SIGTERM)
        assert server.stderr
        assert "Traceback" not in server.stderr.read().decode()


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def health(base: str) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(f"{base}/healthz") as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def until_well(base: str) -> dict[str, object]:
    """What it says of itself as soon as it is well: a busy machine answers before that."""
    deadline = time.monotonic() + START_SECONDS
    while (answer := health(base))[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer[1]


def test_it_is_well_when_it_has_prepared(base):
    told = until_well(base)
    assert told["up"] is told["ready"] is True
    assert told["workers"] in (1, 2, 3)


def test_nothing_is_measured_unless_it_is_asked_for(base):
    assert status(f"{base}/metrics") == 404


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes that Linux tells of")
def test_it_is_not_well_while_its_workers_are_dead_and_has_others_at_once():
    with running() as (server, base):
        until_well(base)
        (parent,) = [pid for pid in below(server.pid) if below(pid)]
        for worker in below(parent):
            os.kill(worker, signal.SIGKILL)
        seen = [health(base)]
        deadline = time.monotonic() + START_SECONDS
        while seen[-1][0] != 200 or len(seen) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
            seen.append(health(base))
        assert (503, {"up": True, "ready": True, "workers": 0}) in seen
        with urllib.request.urlopen(f"{base}/api/train/stream?epochs=30&n_train=50") as stream:
            assert b"event: done" in stream.read()


def test_what_is_measured_is_what_happens():
    with running("some/place", WEIGHT_DECAY_METRICS="1", WEIGHT_DECAY_PREPARE="1") as (_, base):
        urllib.request.urlopen(f"{base}/api/train?epochs=10").close()
        stream = urllib.request.urlopen(f"{base}/api/train/stream?{LONG}")
        assert b"event: rows\n" in iter(stream.readline, b"")
        with urllib.request.urlopen(f"{base}/metrics") as answer:
            families = text_string_to_metric_families(answer.read().decode())
        told = {sample.name: sample.value for family in families for sample in family.samples}
        stream.close()
    assert told["weight_decay_move_seconds_count"] == 1
    assert told["weight_decay_streams"] == 1
    assert told["weight_decay_workers"] >= 1
    assert told["weight_decay_kept_bytes"] > 0


def test_the_log_has_a_line_for_a_fault_and_none_for_what_is_asked():
    secret = "Anna"
    with running() as (server, base):
        for address in ("/", "/api/train?weight_decay=1", f"/{secret}", f"/api/train?lr={secret}"):
            status(f"{base}{address}")
        for _ in range(3):
            with connect(f"ws{base.removeprefix('http')}/_stcore/stream") as socket:
                socket.send(b"\xff\xff" + secret.encode())  # no message of Streamlit's
                with suppress(ConnectionClosed):
                    list(socket)  # until the server has closed it
        server.send_signal(signal.SIGTERM)
        server.wait(STOP_SECONDS)
        assert server.stderr
        said = server.stderr.read().decode()
    faults = [line for line in said.splitlines() if "fault at " in line]
    assert [line.partition("fault at ")[2].partition(":")[0] for line in faults] == ["no page"] * 3
    assert all("DecodeError: streamlit/" in line for line in faults)
    assert not [line for line in said.splitlines() if "Traceback" in line or "api/" in line]
    assert secret not in said


def test_below_a_path_the_same_is_answered():
    with running("some/place") as (_, base):
        with urllib.request.urlopen(f"{base}/api/train?epochs=10") as answer:
            assert len(json.load(answer)["series"]["train_loss"]) == 11
        with urllib.request.urlopen(f"{base}/api/map/stream?{SMALL_MAPS}") as stream:
            assert b"event: done\n" in stream.read()
        with urllib.request.urlopen(f"{base}/?weight_decay=1") as page:
            assert page.url == f"{base}/train?weight_decay=1"
        with urllib.request.urlopen(f"{base}/start?at=1") as page:
            assert page.url == f"{base}/?at=1"
        assert health(base)[0] == 200
        assert status(f"{base}/metrics") == 404
