"""Faults in the log: one line each, which finds the place in the code, and tells no secret."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from streamlit.logger import get_logger
from streamlit.testing.v1 import AppTest

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared import counts, log
from pages.shared.brought.packed import packed
from pages.shared.faults import ROOT, STEPS, told
from pages.shared.worker import Task, _reply
from pages.train.payload import picture
from tests.pages.asking import asked
from tests.pages.opening import in_frame
from wd_core import read_table
from wd_core.data import OWN

# What a visitor has given, in a table or as a name, and what no line may hold.
SECRET = "Anna"


class Lines(logging.Handler):
    """What is logged, as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

    @property
    def only(self) -> str:
        """The one line that was written, in which there is no secret."""
        (line,) = self.written
        assert "\n" not in line
        assert SECRET not in line
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Of all who log in this test."""
    before = logging.getLogRecordFactory(), threading.excepthook, sys.unraisablehook
    log.tell_briefly()
    handler = Lines()
    loggers = [get_logger(name) for name in ("streamlit.error_util", "weight_decay", "elsewhere")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
    logging.setLogRecordFactory(before[0])
    assert logging.lastResort
    logging.lastResort.setFormatter(None)
    threading.excepthook, sys.unraisablehook = before[1:]


def fails(*_: Any, **__: Any) -> Any:
    raise KeyError(SECRET)


def opened(**query: str | list[str]) -> AppTest:
    page = in_frame("train")
    for key, text in query.items():
        page.query_params[key] = text
    return page.run()


def test_a_fault_of_a_page_is_a_line_with_its_link(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "training_picture", fails)
    page = opened(weight_decay="7", pin=[f"{SECRET}?lr=0.01"], note=SECRET, lr=SECRET)
    assert page.exception
    assert "fault at /train?weight_decay=7: KeyError: " in lines.only
    assert f"pages/train/view.py:{line_of('pages/train/view.py', 'training_picture(')} page" in (
        lines.only
    )
    assert "fails" in lines.only


def test_of_a_visitors_table_a_line_says_nothing_but_that_there_is_one(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "training_picture", fails)
    rows = packed(read_table(f"a,{SECRET}\n1,2\n2,1\n3,5\n4,4\n"))
    page = opened(source=OWN, rows=rows, target=SECRET, roles="a=feature", n_train="3")
    assert page.exception
    assert "fault at /train?n_features=1&source=own&n_train=3&batch_size=3: KeyError: " in (
        lines.only
    )


def test_the_link_follows_the_controls(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(weight_decay="7")
    monkeypatch.setattr(picture, "training_picture", fails)
    page.select_slider(key="weight_decay").set_value(3.0).run()
    assert "fault at /train: KeyError" in lines.only


def line_of(file: str, part: str) -> int:
    """Where in a file of ours this stands, for the last time."""
    code = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return max(number for number, line in enumerate(code, 1) if part in line)


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (
            f"/api/train/stream?weight_decay=7&pin={SECRET}%3Flr%3D0.01&{SECRET}=1",
            "/train?weight_decay=7",
        ),
        ("/some/place/api/map?lr=0.01", "/map?lr=0.01"),
        (f"/api/map?source=own&rows={SECRET}&target={SECRET}&visitor=x", "/map?source=own"),
        (f"/{SECRET}", "no page"),
    ],
)
def test_a_fault_of_an_address_is_a_line_with_the_link(
    lines: Lines, address: str, link: str
) -> None:
    async def endpoint(request: Request) -> Response:
        async with anyio.create_task_group() as tasks:  # as a stream has it
            tasks.start_soon(fails)
        return Response()

    app = Starlette(routes=[Route("/{any:path}", endpoint)], middleware=[Middleware(log.Asked)])

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception:  # as the web server does
            logging.getLogger("elsewhere").exception("in %s", scope)

    assert asked(serve, address).status == 500
    assert f"fault at {link}: KeyError: " in lines.only


def test_a_fault_in_a_thread_of_its_own_is_a_line(lines: Lines) -> None:
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    assert "fault at no page: KeyError: " in lines.only


def test_a_fault_in_a_finalizer_is_a_line(lines: Lines) -> None:
    class Ends:
        __del__ = fails

    Ends()
    assert "fault at no page: KeyError: " in lines.only


def test_a_fault_that_has_no_place_is_told_all_the_same(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "where", fails)
    logging.getLogger("elsewhere").error("", exc_info=ValueError(SECRET))
    assert lines.only == "fault at no page: ValueError: "


def test_faults_are_counted(lines: Lines) -> None:
    before = counts.REGISTRY.get_sample_value("weight_decay_faults_total")
    for _ in range(3):
        logging.getLogger("elsewhere").error("", exc_info=KeyError(SECRET))
    assert counts.REGISTRY.get_sample_value("weight_decay_faults_total") == before + 3
    assert len(lines.written) == 3


def test_every_line_has_its_time(lines: Lines) -> None:
    """As Streamlit's own have; the web server writes with no handler of its own."""
    record = logging.getLogger("elsewhere").makeRecord("", 0, "", 0, "said", (), None)
    assert logging.lastResort
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:,]+ said", logging.lastResort.format(record))


def test_what_is_no_fault_is_logged_as_it_is(lines: Lines) -> None:
    logging.getLogger("elsewhere").warning("%d of %d", 1, 2)
    logging.getLogger("elsewhere").warning("nothing", exc_info=True)  # where nothing was raised
    assert [line.partition("\n")[0] for line in lines.written] == ["1 of 2", "nothing"]


def caused() -> None:
    try:
        fails()
    except KeyError as error:
        raise RuntimeError(SECRET) from error


class UnsendableError(Exception):
    """No pickle of it can be read."""

    def __init__(self, one: object, other: object) -> None:
        super().__init__(one)


def unsendable() -> None:
    raise UnsendableError(SECRET, SECRET)


@pytest.mark.parametrize("failing", [fails, unsendable])
def test_the_way_in_a_worker_is_told_too(failing: Any) -> None:
    from pickle import loads

    done, error = loads(_reply(Task.of(failing), ()))
    assert not done
    here = "tests/pages/test_log.py"
    (line,) = told(error).splitlines()
    assert "in a worker: " in line
    assert f"{here}:{line_of(here, 'raise ')} " in line or f"{failing.__name__}" in line
    assert SECRET not in line


def test_the_cause_is_told_too() -> None:
    with pytest.raises(RuntimeError) as caught:
        caused()
    line = told(caught.value)
    assert line.startswith("RuntimeError: tests/pages/test_log.py:")
    assert "; from KeyError: tests/pages/test_log.py:" in line
    assert SECRET not in line


def test_a_way_that_goes_round_is_cut() -> None:
    def around() -> None:
        around()

    with pytest.raises(RecursionError) as caught:
        around()
    assert told(caught.value).count(" > ") == STEPS - 1
