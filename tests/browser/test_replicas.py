"""People at one address before two replicas: each stays with his own for as long as it lives."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.acts import download, drag, stream, visit
from tests.browser.replicas import HOSTS, Replicas, until
from tests.browser.test_visitor import visited

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Watch

NewPage = Callable[..., "Page"]


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    with ExitStack() as running:
        yield Replicas(tmp_path_factory.mktemp("replicas"), running)


def cookie(page: "Page") -> str:
    """The name of the replica, as the browser has been told it."""
    (value,) = (kept["value"] for kept in page.context.cookies() if kept["name"] == "replica")
    return value


def has_run(message: bytes) -> bool:
    return bool(ForwardMsg.FromString(message).HasField("script_finished"))


def test_visitors_are_shared_out_and_stay(new_page: NewPage, replicas: Replicas) -> None:
    people = [new_page() for _ in range(4)]
    for page in people:
        visit(page, replicas.url, "train")
    until(lambda: replicas.open() == dict.fromkeys(HOSTS, 2))  # their WebSockets
    told = [cookie(page) for page in people]
    assert sorted(map(told.count, told)) == [2, 2, 2, 2]
    there = partial(visit, url=replicas.url, link="train")
    acts = [drag, download, partial(stream, url=replicas.url), there]
    homes = set()
    for page in people[:2]:
        home, *others = (replicas.asked(partial(act, page)) for act in acts)
        assert others == [home] * 3
        homes.add(*home)
    assert homes == set(HOSTS)
    assert [cookie(page) for page in people] == told


def test_what_a_replica_measures_is_not_passed_on(replicas: Replicas) -> None:
    def ask() -> None:
        with pytest.raises(HTTPError) as refused, urlopen(f"{replicas.url}/metrics"):
            pass
        refused.value.close()

    assert replicas.asked(ask) == set()
    assert len(replicas.asked(lambda: urlopen(f"{replicas.url}/healthz").close())) == 1


def test_a_visitor_of_the_load_benchmark_stays_too(replicas: Replicas) -> None:
    assert len(replicas.asked(lambda: visited(replicas.url, "train", "route", 1))) == 1


def test_whose_replica_dies_goes_on_with_another(
    new_page: NewPage, replicas: Replicas, watch: "Watch"
) -> None:
    struck, spared = new_page(), new_page()
    for page in (struck, spared):
        visit(page, replicas.url, "train?epochs=30")
    spared.on("websocket", lambda _: watch.report("lost", "the replica that lives"))
    (home,) = replicas.asked(lambda: visit(struck, replicas.url, "train?weight_decay=1&epochs=30"))
    assert cookie(struck) != cookie(spared)
    struck.get_by_role("slider", name="Dimension d").press("Home")
    struck.wait_for_url("**/train?weight_decay=1&n_features=1&epochs=30")
    with struck.expect_websocket() as socket:
        replicas.kill(home)
    socket.value.wait_for_event("framereceived", has_run)
    assert cookie(struck) == cookie(spared)
    struck.get_by_role("slider", name="Weight decay λ").press("Home")
    moved = "weight_decay=0&n_features=1&epochs=30"
    struck.wait_for_url(f"**/train?{moved}")
    struck.locator(f'.wd-chart[data-state="done"][data-run="{moved}"]').wait_for()
    assert replicas.asked(lambda: download(struck)) == {*HOSTS} - {home}
    replicas.start(home)
    until(lambda: replicas.healthy() == {*HOSTS})
    assert replicas.asked(lambda: visit(new_page(), replicas.url)) == {home}
