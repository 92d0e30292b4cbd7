"""Other sites: which may show a page in a frame, and what they can have."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import LOOPBACK, ROOT, Server, serve
from tests.browser.test_growing import STATE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Watch


class Course(BaseHTTPRequestHandler):
    """A site whose only page shows what its query names in a frame."""

    def do_GET(self) -> None:
        shown = self.path.partition("?")[2]
        page = (
            f"<!doctype html><link rel=icon href=data:,><iframe src='{shown}' height=800></iframe>"
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[str]:
    """The address of such a site: another port is another one."""
    with ThreadingHTTPServer((LOOPBACK, 0), Course) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def course() -> Iterator[str]:
    with site() as address:
        yield address


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory, course: str) -> Iterator[Server]:
    """The app, which the course may show."""
    log = tmp_path_factory.mktemp("framed") / "log.txt"
    with ExitStack() as running:
        environment = running.enter_context(pytest.MonkeyPatch.context())
        environment.setenv("WEIGHT_DECAY_FRAMES", course)
        yield running.enter_context(serve(ROOT / "app.py", log, prepared=False))


def test_the_course_that_is_named_shows_a_page(page: "Page", framed: Server, course: str) -> None:
    page.goto(f"{course}?{framed.url}/map?seeds=1")
    (frame,) = page.main_frame.child_frames
    frame.wait_for_function(f"{STATE} === 'done'")
    assert frame.url == f"{framed.url}/map?seeds=1"


def test_another_site_does_not(page: "Page", framed: Server, watch: "Watch") -> None:
    watch.forgive("frame-ancestors")
    with (
        site() as other,
        page.expect_event("console", lambda message: "frame-ancestors" in message.text),
    ):
        page.goto(f"{other}?{framed.url}/")


def test_another_site_has_no_work_done(
    page: "Page", framed: Server, course: str, watch: "Watch"
) -> None:
    """Not even the site that may show pages."""
    watch.forgive("Failed to load resource")
    page.goto(f"{course}?about:blank")
    ask = "address => void fetch(address, {mode: 'no-cors'}).catch(() => null)"
    with page.expect_response(f"{framed.url}/api/**") as waiting:
        page.evaluate(ask, f"{framed.url}/api/train")
    assert waiting.value.status == 403


def test_a_link_elsewhere_leads_here(page: "Page", framed: Server, course: str) -> None:
    page.goto(f"{course}?about:blank")
    page.evaluate("address => void location.assign(address)", f"{framed.url}/?epochs=30")
    page.wait_for_function(f"{STATE} === 'done'")
    assert page.url == f"{framed.url}/train?epochs=30"
