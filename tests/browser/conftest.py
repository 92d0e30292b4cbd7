"""A real server and a real browser: what a person would meet.

Tests wait on what the chart's root node says of itself (data-run, data-state, ...), never on
time. CHROMIUM names another browser; REQUIRE_BROWSER=1 turns a missing one into a failure.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen
from weakref import WeakKeyDictionary

import pytest

from tests.browser.demo.driver import DEMO

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# All that a visitor leaves in a browser but its cache.
STORED = "cookies,local_storage,indexeddb,service_workers,cache_storage"
# What a test does to a tab that cannot be taken back.
STICKY = ("add_init_script", "expose_binding", "expose_function", "on", "route_web_socket")
SCREEN: Any = {"width": 1280, "height": 900}
# What a page works out ends soon; a server that is gone does not answer.
LEAVE_MS = 10_000
# A tab keeps some of what it has shown: after so many tests another is quicker.
TESTS_A_TAB = 8
# The first has no window around its pages, which costs as much again as a page.
CHROMIUMS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"]
START_SECONDS = 90
# Longer than anything takes on a machine that has other work too: a wait ends when it is met.
WAIT_MS = 60_000


@dataclass(frozen=True)
class Server:
    """A running app: its address, the file its output goes to, and its process."""

    url: str
    log: Path
    pid: int


@dataclass
class Watch:
    """What a page did that it must not do; a test may forgive what it provokes itself."""

    troubles: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def forgive(self, part: str) -> None:
        """Let pass every trouble whose text holds this part."""
        self.forgiven.append(part)

    def report(self, kind: str, text: str) -> None:
        """Note a trouble of this kind."""
        self.troubles.append(f"{kind}: {text}")

    @property
    def left(self) -> list[str]:
        """Troubles that nobody forgave."""
        return [line for line in self.troubles if not any(part in line for part in self.forgiven)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where nothing may be missing."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port(host: str = LOOPBACK) -> int:
    """A port on which nothing listens; of all hosts: ""."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        with urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _wait_healthy(server: Server, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while not _healthy(server.url):
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"the server did not start:\n{server.log.read_text()[-4000:]}")
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue


@contextmanager
def serve(
    script: Path,
    log: Path,
    *options: str,
    host: str = LOOPBACK,
    port: int | None = None,
    prepared: bool = True,
) -> Iterator[Server]:
    """Run the script with `streamlit run` until the block ends, by default on a free port.

    `prepared`: with what it works out before anybody asks, which takes seconds of each start.
    """
    port = port or free_port(host)
    base = next((o.split("=", 1)[1] for o in options if o.startswith("--server.baseUrlPath=")), "")
    url = f"http://{host}:{port}" + (f"/{base.strip('/')}" if base else "")
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(script)),
        "--server.headless=true",
        f"--server.address={host}",
        f"--server.port={port}",
        "--browser.gatherUsageStats=false",
        *options,
    ]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, "WEIGHT_DECAY_PREPARE": "01"[prepared]},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        server = Server(url, log, process.pid)
        try:
            _wait_healthy(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


Start = Callable[..., Server]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Factory of servers that end with the session: `start_server(script, *options)`."""
    with ExitStack() as running:

        def start(script: Path = ROOT / "app.py", *options: str) -> Server:
            log = tmp_path_factory.mktemp("server") / "log.txt"
            return running.enter_context(serve(script, log, *options))

        yield start


@pytest.fixture(scope="session")
def server(start_server: Start) -> Server:
    """The app itself, started once for all tests."""
    return start_server()


@pytest.fixture(scope="session")
def demo(start_server: Start) -> Server:
    """The chart's demo, started once for all tests."""
    return start_server(DEMO)


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Start]:
    """Factory of cold servers that end with the test."""
    with ExitStack() as running:

        def start(script: Path = ROOT / "app.py", *options: str) -> Server:
            log = tmp_path / f"server-{time.monotonic_ns()}.txt"
            return running.enter_context(serve(script, log, *options, prepared=False))

        yield start


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The system's Chromium, started once; it can reach nothing but this machine."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    wanted = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else CHROMIUMS
    chromium = next(filter(shutil.which, wanted), None)
    if chromium is None:
        missing(f"there is no browser at {' or '.join(wanted)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname in {"127.0.0.1", "localhost"}


def _check_console(watch: Watch, message: "ConsoleMessage") -> None:
    if message.type != "error":
        return
    address = message.location.get("url", "")
    if "Failed to load resource" in message.text and "/_stcore/" in address:
        return
    watch.report("console error", f"{message.text} ({address})")


def _check_page(watch: Watch, page: "Page") -> dict[Any, Callable[[Any], None]]:
    """Reports what this page does from now on; returned: what listens to it."""
    listening = {
        "pageerror": lambda error: watch.report("page error", str(error)),
        "console": lambda message: _check_console(watch, message),
        "request": lambda request: (
            None if _is_local(request.url) else watch.report("foreign request", request.url)
        ),
    }
    for event, listener in listening.items():
        page.on(event, listener)
    return listening


@pytest.fixture
def watch() -> Watch:
    """Troubles of this test's pages; `watch.forgive("...")` lets a provoked one pass."""
    return Watch()


@pytest.fixture
def new_page(browser: "Browser", watch: Watch) -> Iterator[Callable[..., "Page"]]:
    """Factory of pages, each in a context of its own: `new_page(color_scheme="dark")`.

    At the end of the test no page may show an exception, and nothing in `watch` may be left.
    """
    with ExitStack() as open_contexts:

        def open_page(**options: Any) -> "Page":
            context = open_contexts.enter_context(_visitor(browser, **options))
            open_contexts.callback(_report_exceptions, context, watch)
            page = context.new_page()
            _check_page(watch, page)
            return page

        yield open_page
    assert not watch.left, "\n".join(watch.left)


@pytest.fixture
def page(regular: "BrowserContext", watch: Watch) -> Iterator["Page"]:
    """The tab of a visitor who has been here before: only what the browser has cached is left."""
    with _kept_tab(regular, watch) as page:
        yield page


@pytest.fixture
def unguarded(trusting: "BrowserContext", watch: Watch) -> Iterator["Page"]:
    """Such a tab, into which a program of others may be put."""
    with _kept_tab(trusting, watch) as page:
        yield page


# How many tests each tab has had.
uses: WeakKeyDictionary["Page", int] = WeakKeyDictionary()


@contextmanager
def _kept_tab(context: "BrowserContext", watch: Watch) -> Iterator["Page"]:
    """The tab of the test before, which has the program in it already: half the time of a new one.

    What a test has done to it is undone; where that cannot be, the tab is closed.
    """
    page = context.pages[0] if context.pages else context.new_page()
    listening = _check_page(watch, page)
    spent: list[str] = []
    for name in STICKY:
        setattr(page, name, _noted(spent, getattr(page, name)))
    yield page
    _report_exceptions(context, watch)
    for event, listener in listening.items():
        page.remove_listener(event, listener)
    for name in STICKY:
        delattr(page, name)
    for other in context.pages:
        if other is not page:
            other.close()
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    uses[page] = uses.get(page, 0) + 1
    worn = spent or uses[page] == TESTS_A_TAB or not origin.startswith("http")
    if worn or not _left_clean(page, origin):
        page.close()
    context.clear_cookies()
    assert not watch.left, "\n".join(watch.left)


def _noted(spent: list[str], method: Callable[..., Any]) -> Callable[..., Any]:
    def used(*args: Any, **options: Any) -> Any:
        spent.append(method.__name__)
        return method(*args, **options)

    return used


def _left_clean(page: "Page", origin: str) -> bool:
    """Leaves a page of the same site, with nothing of the test before; whether that went well."""
    from playwright.sync_api import Error

    try:
        page.unroute_all(behavior="ignoreErrors")
        page.mouse.up()
        page.mouse.move(0, 0)
        page.goto(f"{origin}/_stcore/health", timeout=LEAVE_MS)
        page.evaluate("() => sessionStorage.clear()")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
        devtools.detach()
        page.emulate_media(
            media="null", color_scheme="null", reduced_motion="null", forced_colors="null"
        )
        page.set_viewport_size(SCREEN)
    except Error:
        return False
    return True


@pytest.fixture(scope="session")
def regular(browser: "Browser") -> Iterator["BrowserContext"]:
    """What the pages of most tests share, so that the browser fetches and compiles code once."""
    with _visitor(browser) as context:
        yield context


@pytest.fixture(scope="session")
def trusting(browser: "Browser") -> Iterator["BrowserContext"]:
    """The same for pages that are looked at by axe-core."""
    with _visitor(browser, bypass_csp=True) as context:
        yield context


@contextmanager
def _visitor(browser: "Browser", **options: Any) -> Iterator["BrowserContext"]:
    context = browser.new_context(**{"viewport": SCREEN, **options})
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def _report_exceptions(context: "BrowserContext", watch: Watch) -> None:
    for page in context.pages:
        for box in page.get_by_test_id("stException").all():
            watch.report("exception box", box.inner_text())
