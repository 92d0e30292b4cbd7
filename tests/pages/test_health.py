"""The address that says whether people can be sent here."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from pages.shared import health, work
from pages.shared.workers import Workers
from tests.pages.asking import asked
from tests.pages.test_workers import PATIENCE


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Streamlit serves, all is prepared, and no workers are employed."""

    async def is_running() -> bool:
        return True

    monkeypatch.setattr(health, "_is_running", is_running)
    health.PREPARED.set()
    yield
    health.PREPARED.clear()
    work.dismiss()


@pytest.fixture
def workers() -> Workers:
    employed = Workers(["tests.pages.test_workers"], lambda: None)
    work.employ(employed)
    return employed


def told() -> tuple[int, dict[str, Any]]:
    answer = asked(Starlette(routes=health.ROUTES), "/healthz")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, answer.json()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def kill(worker: Any) -> None:
    os.kill(worker._process.pid, signal.SIGKILL)


def test_where_no_workers_are_employed_none_is_missed() -> None:
    assert told() == (200, {"up": True, "ready": True, "workers": None})


def test_it_is_not_ready_before_all_is_prepared() -> None:
    health.PREPARED.clear()
    assert told() == (503, {"up": True, "ready": False, "workers": None})


def test_it_is_not_ready_unless_streamlit_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert told() == (503, {"up": True, "ready": False, "workers": None})


def test_a_worker_that_dies_is_seen(workers: Workers) -> None:
    for worker in workers._all:
        worker.start()
    assert told() == (200, {"up": True, "ready": True, "workers": 3})
    kill(workers._answerers[0])
    until(lambda: told()[1]["workers"] == 2)
    assert told()[0] == 200


def test_without_any_it_is_out_of_order_until_one_has_come(workers: Workers) -> None:
    workers.grower.start()
    kill(workers.grower)
    until(lambda: workers.alive == 0)
    assert told() == (503, {"up": True, "ready": True, "workers": 0})
    until(lambda: told() == (200, {"up": True, "ready": True, "workers": 1}))


def test_one_that_is_at_work_is_left_to_who_gave_the_order(workers: Workers) -> None:
    workers.grower.start()
    lives = workers.grower.lives
    kill(workers.grower)
    until(lambda: workers.alive == 0)
    with workers.turns.place(PATIENCE):
        assert told()[0] == 503
        assert workers.grower.lives == lives
    told()
    assert workers.grower.lives == lives + 1


def test_workers_that_end_with_the_server_stay_ended(workers: Workers) -> None:
    workers.retire()
    workers.revive()
    assert workers.alive == 0
