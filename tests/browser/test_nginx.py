"""The app below a path of another site's name, with TLS ended before it."""

import http.client
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from pages.registry import PAGES
from tests.browser.acts import download, drag, stream, visit
from tests.browser.conftest import ROOT, START_SECONDS, serve
from tests.browser.nginx import NAME, nginx
from tests.browser.replicas import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

NewPage = Callable[..., "Page"]

LONG = "/api/train/stream?n_features=10000&n_train=2000&epochs=20000&batch_size=32"
# So many works may one address have going here.
MOST = 12


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("nginx")
    with ExitStack() as running:
        environment = running.enter_context(pytest.MonkeyPatch.context())
        environment.setenv("WEIGHT_DECAY_HOSTS", NAME)
        environment.setenv("WEIGHT_DECAY_ADDRESS_WORKS", str(MOST))
        served = serve(
            ROOT / "app.py", folder / "log.txt", "--server.baseUrlPath=wd", prepared=False
        )
        address = running.enter_context(nginx(running.enter_context(served), folder))
        until(lambda: answered(address, "/_stcore/health")[0] == 200)
        yield address


@pytest.fixture
def page(new_page: NewPage) -> "Page":
    return new_page(ignore_https_errors=True)


@contextmanager
def asked(url: str, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """What is answered to who trusts the certificate."""
    parts = urlsplit(url)
    trusting = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=trusting)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(connection):
        connection.request("GET", parts.path + path, headers=names)
        yield connection.getresponse()


def answered(url: str, path: str, **headers: str) -> tuple[int, str]:
    """The status, and where it leads on."""
    try:
        with asked(url, path, **headers) as response:
            return response.status, response.headers.get("Location", "")
    except ConnectionError:  # it has just been started
        return 0, ""


# On all pages below no path, the browser itself is watched for it: conftest.py.
@pytest.mark.parametrize("name", [PAGES[0].path, "train", "which"])
def test_a_page_asks_nobody_else_for_anything(page: "Page", url: str, name: str) -> None:
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.on("websocket", lambda socket: asked_for.append(socket.url.replace("wss:", "https:")))
    visit(page, url, name)
    assert {"data:", "blob:"} >= {
        address[:5] for address in asked_for if not address.startswith(f"{url}/")
    }
    assert any(address.endswith("/_stcore/stream") for address in asked_for)
    assert page.url == (f"{url}/" if name == PAGES[0].path else f"{url}/{name}")


def test_a_person_can_do_what_he_can_elsewhere(page: "Page", url: str) -> None:
    visit(page, url, "train")
    drag(page)
    download(page)
    page.reload()
    page.locator('.wd-chart[data-state="done"][data-run="weight_decay=0"]').wait_for()
    stream(page, url)
    visit(page, url, "geometry?weight_decay=2&view=surface")
    assert page.url == f"{url}/geometry?weight_decay=2&view=surface"


def test_links_from_one_page_to_another_stay_below_the_path(page: "Page", url: str) -> None:
    visit(page, url, "which")
    page.get_by_role("link", name="on Train").first.wait_for()
    hrefs = "nodes => nodes.map(node => node.href).filter(href => href)"
    links = page.locator("a").evaluate_all(hrefs)
    assert any(link.startswith(f"{url}/train?") for link in links)
    assert all(link.startswith(f"{url}/") for link in links)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("?at=1", "/wd/?at=1"),
        ("/?weight_decay=1", "/wd/train?weight_decay=1"),
        ("/start?at=1", "/wd/?at=1"),
        ("/map/?seeds=1", "/wd/map?seeds=1"),
    ],
)
def test_who_is_led_on_stays_below_the_path(url: str, path: str, leads_to: str) -> None:
    status, location = answered(url, path)
    assert status in (301, 307, 308)
    assert location in (leads_to, f"https://{urlsplit(url).netloc}{leads_to}")


@pytest.mark.parametrize(
    ("host", "status"), [(NAME, 200), (f"{NAME}:8443", 200), ("other.example.org", 403)]
)
def test_the_name_that_a_browser_gives_is_passed_on(url: str, host: str, status: int) -> None:
    assert answered(url, "/", Host=host)[0] == status
    origin = {"Host": host, "Origin": f"https://{host}"}
    assert answered(url, "/api/train", **origin)[0] == status
    assert answered(url, "/api/train", Host=NAME, Origin="https://other.example.org")[0] == 403


def test_events_are_not_held_back(url: str) -> None:
    begun = time.monotonic()
    with asked(url, LONG) as response:
        while not response.readline().startswith(b"event: rows"):
            assert time.monotonic() - begun < START_SECONDS


def began(going: ExitStack, url: str, name: str) -> bool:
    """Whether a long work has begun: one of a test before may not have ended yet."""
    one = going.enter_context(asked(url, LONG, X_Forwarded_For=name))
    return one.status == 200


def test_nobody_has_more_by_saying_that_he_is_another(url: str) -> None:
    with ExitStack() as going:
        for number in range(MOST):
            until(lambda name=f"203.0.113.{number}": began(going, url, name))
        refused = going.enter_context(asked(url, LONG, X_Forwarded_For="203.0.113.99"))
        assert refused.status == 429
        assert "Too much is being worked out" in refused.read().decode()
    until(lambda: answered(url, "/api/train")[0] == 200)
