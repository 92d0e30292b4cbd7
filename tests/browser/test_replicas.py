"""People at one address before two replicas: each stays with his own for as long as it lives."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.replicas import HOSTS, Replicas, until
from tests.browser.test_growing import LONG, STATE, stop
from tests.browser.test_visitor import visited

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Watch

NewPage = Callable[..., "Page"]

COUNTED = "Number(document.querySelector('.wd-progress').getAttribute('aria-valuenow')) > 0"


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    with ExitStack() as running:
        yield Replicas(tmp_path_factory.mktemp("replicas"), running)


def visit(page: "Page", replicas: Replicas, link: str = "") -> None:
    page.goto(f"{replicas.url}/{link}")
    page.wait_for_function(f"{STATE} === 'done'")
    page.wait_for_load_state("networkidle")  # what is fetched after the picture counts too


def cookie(page: "Page") -> str:
    """The name of the replica, as the browser has been told it."""
    (value,) = (kept["value"] for kept in page.context.cookies() if kept["name"] == "replica")
    return value


def drag(page: "Page") -> None:
    """Pull λ to its left end; the picture follows before it is let go."""
    track = page.locator(".st-key-weight_decay .stSlider [role=group]").bounding_box()
    thumb = page.locator(".st-key-weight_decay [role=slider], .st-key-weight_decay input").first
    at = thumb.bounding_box()
    assert track
    assert at
    height, right = track["y"] + track["height"] / 2, track["x"] + track["width"]
    page.mouse.move(right - 8 if at["width"] > 100 else at["x"] + at["width"] / 2, height)
    page.mouse.down()
    page.mouse.move(track["x"] + 8, height, steps=12)
    page.locator('.wd-chart[data-live="weight_decay=0"]').wait_for()
    page.mouse.up()
    page.locator('.wd-chart[data-state="done"][data-run="weight_decay=0"]').wait_for()


def download(page: "Page") -> None:
    page.locator("[data-test-script-state=notRunning]").wait_for()  # a run brings another button
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Numbers (CSV)").click()
    assert Path(waiting.value.path()).read_text().startswith("epoch,")


def stream(page: "Page", replicas: Replicas) -> None:
    page.goto(f"{replicas.url}/map?{LONG['map']}")
    page.wait_for_function(f"{STATE} === 'streaming' && {COUNTED}")  # long before it ends
    stop(page).press("Enter")
    page.wait_for_function(f"{STATE} === 'stopped'")


def has_run(message: bytes) -> bool:
    return bool(ForwardMsg.FromString(message).HasField("script_finished"))


def test_visitors_are_shared_out_and_stay(new_page: NewPage, replicas: Replicas) -> None:
    people = [new_page() for _ in range(4)]
    for page in people:
        visit(page, replicas)
    until(lambda: replicas.open() == dict.fromkeys(HOSTS, 2))  # their WebSockets
    told = [cookie(page) for page in people]
    assert sorted(map(told.count, told)) == [2, 2, 2, 2]
    acts = [drag, download, partial(stream, replicas=replicas), partial(visit, replicas=replicas)]
    homes = set()
    for page in people[:2]:
        home, *others = (replicas.asked(partial(act, page)) for act in acts)
        assert others == [home] * 3
        homes.add(*home)
    assert homes == set(HOSTS)
    assert [cookie(page) for page in people] == told


def test_a_visitor_of_the_load_benchmark_stays_too(replicas: Replicas) -> None:
    assert len(replicas.asked(lambda: visited(replicas.url, "train", "route", 1))) == 1


def test_whose_replica_dies_goes_on_with_another(
    new_page: NewPage, replicas: Replicas, watch: "Watch"
) -> None:
    struck, spared = new_page(), new_page()
    for page in (struck, spared):
        visit(page, replicas, "?epochs=30")
    spared.on("websocket", lambda _: watch.report("lost", "the replica that lives"))
    (home,) = replicas.asked(lambda: visit(struck, replicas, "?weight_decay=1&epochs=30"))
    assert cookie(struck) != cookie(spared)
    with struck.expect_websocket() as socket:
        replicas.kill(home)
    socket.value.wait_for_event("framereceived", has_run)
    assert cookie(struck) == cookie(spared)
    struck.get_by_role("slider", name="Weight decay λ").press("Home")
    struck.wait_for_url("**/?weight_decay=0&epochs=30")
    struck.locator('.wd-chart[data-state="done"][data-run="weight_decay=0&epochs=30"]').wait_for()
    assert replicas.asked(lambda: download(struck)) == {*HOSTS} - {home}
    replicas.start(home)
    until(lambda: replicas.healthy() == {*HOSTS})
    assert replicas.asked(lambda: visit(new_page(), replicas)) == {home}
