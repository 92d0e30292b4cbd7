"""Work that is done by other processes: the same answers, and nobody suffers from another's."""

import os
import signal
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from threading import Event
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import pages.registry
from pages.registry import PAGES
from pages.registry import Page as PageEntry
from pages.shared import limits, work, workers
from pages.shared.places import Places
from pages.shared.store import Store
from pages.shared.work import Growth, growing, heavy, resumable
from pages.shared.worker import Task, TooLargeError
from pages.shared.workers import Away, BrokenError, CrowdedError, Worker, Workers
from tests.pages.opening import opened, payloads, unopened

# Long enough for anything here to happen; only a failing test waits for it.
PATIENCE = 30.0
HEAVY = 2 * workers.LONG_SECONDS
# Pages that need nothing heavy at their defaults, before a stream is asked.
LIGHT = {"map", "step", "geometry", "prior", "start"}


def by_path(page: PageEntry) -> str:
    return page.path


class Unwanted(BaseException):
    """What ends somebody's waiting from outside."""


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Workers as an app has them; `unwanted`: who waits for an answer no longer does."""
    monkeypatch.setattr(work, "STORE", Store(2**26))
    unwanted = Event()

    def wanted() -> None:
        if unwanted.is_set():
            raise Unwanted

    employed = Workers(["tests.pages.test_workers"], wanted)
    work.employ(employed)
    yield SimpleNamespace(workers=employed, unwanted=unwanted)
    work.dismiss()
    assert employed.turns.free == 1


@dataclass(frozen=True)
class Place:
    """A folder in which works of other processes leave word."""

    folder: Path

    def say(self, word: str) -> None:
        (self.folder / word).touch()

    def said(self, word: str) -> bool:
        return (self.folder / word).exists()

    def wait(self, word: str) -> None:
        until = time.monotonic() + PATIENCE
        while not self.said(word):
            assert time.monotonic() < until, f"nobody says {word}"
            time.sleep(0.005)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@heavy(lambda seconds: seconds)
def where(seconds: float) -> int:
    """The process in which it is worked out."""
    return os.getpid()


@heavy(lambda numbers: HEAVY)
def zeros(numbers: int) -> np.ndarray:
    return np.zeros(numbers) + 1.0


@heavy(lambda place, deaths: HEAVY)
def deadly(place: Place, deaths: int) -> str:
    """Costs so many workers their lives."""
    for k in range(deaths):
        if not place.said(f"death {k}"):
            place.say(f"death {k}")
            die()
    return "done"


@heavy(lambda place, name, seconds: seconds)
def waiting(place: Place, name: str, seconds: float) -> int:
    """Waits until it may go on."""
    place.say(f"{name} begins")
    place.wait(f"{name} may go on")
    return os.getpid()


class RefusedError(ValueError):
    """One that cannot be made anew from its text, as those of fields."""

    def __init__(self, *, name: str, least: int) -> None:
        super().__init__(f"{name} must be at least {least}")
        self.name, self.least = name, least


@heavy(lambda kind: HEAVY)
def refused(kind: str) -> None:
    if kind == "plain":
        raise ValueError("n is too small")
    raise RefusedError(name="n", least=3)


@growing
def counted(place: Place, parts: int, deadly_at: int = -1) -> Generator[int | None, None, None]:
    try:
        for k in range(parts):
            yield None
            if k == deadly_at and not place.said("death"):
                place.say("death")
                die()
            yield k
            place.say(f"part {k}")
    finally:
        place.say("closed")


@resumable
def continued(
    so_far: Sequence[int], place: Place, parts: int, deadly_at: int
) -> Generator[int | None, None, None]:
    place.say(f"from {len(so_far)}")
    for k in range(len(so_far), parts):
        time.sleep(work.TURN_SECONDS)
        if k == deadly_at and not place.said("death"):
            place.say("death")
            die()
        yield k


@growing
def fatal() -> Generator[int, None, None]:
    yield 1
    die()
    yield 2


@growing
def greedy() -> Generator[np.ndarray, None, None]:
    yield np.zeros(2**36) + 1.0


@growing
def wrong() -> Generator[int, None, None]:
    yield 1
    raise ValueError("n is too small")


def test_what_is_heavy_is_worked_out_elsewhere_and_the_rest_here(staff: SimpleNamespace) -> None:
    assert where(0.01) == os.getpid()
    assert where(0.1) != os.getpid()
    assert where(0.1) == where(0.1)  # kept
    np.testing.assert_array_equal(zeros(3), np.ones(3))


def test_without_workers_all_is_worked_out_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "STORE", Store(2**26))
    assert where(10.0) == os.getpid()


def test_what_is_raised_there_is_raised_here(staff: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="n is too small") as plain:
        refused("plain")
    assert str(plain.value) == "n is too small"
    (way,) = plain.value.__notes__  # without what is said: the log will have it
    assert way.startswith("in a worker: ")
    assert way.endswith(" refused")
    assert "too small" not in way
    with pytest.raises(ValueError, match="n must be at least 3"):
        refused("fields")
    with pytest.raises(ValueError, match="n is too small"):
        wrong().finish()
    assert where(0.2) != os.getpid()


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else limits a process's memory so")
def test_who_asks_for_too_much_memory_is_told_and_nobody_else(staff: SimpleNamespace) -> None:
    with pytest.raises(TooLargeError, match="more memory than one visitor"):
        zeros(2**36)
    np.testing.assert_array_equal(zeros(2), np.ones(2))


def test_the_limit_of_memory_is_a_variable_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, staff: SimpleNamespace
) -> None:
    monkeypatch.setenv(limits.WORKER.variable, "100")
    np.testing.assert_array_equal(zeros(2**20)[:2], np.ones(2))
    with pytest.raises(TooLargeError):
        zeros(2**25)


def test_a_worker_that_dies_is_replaced_and_the_work_done_once_more(
    staff: SimpleNamespace, place: Place
) -> None:
    assert deadly(place, 1) == "done"
    with pytest.raises(BrokenError, match="broke off"):
        deadly(place, 5)
    assert not place.said("death 4")
    assert where(0.2) != os.getpid()


def test_where_all_processes_have_died_others_take_their_place(staff: SimpleNamespace) -> None:
    before = {where(0.2), os.getpid()}
    forking = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    for number in (forking, *(before - {os.getpid()})):
        os.kill(number, signal.SIGKILL)
    assert where(0.3) not in before


@pytest.mark.parametrize("deadly_at", [0, 1, 4])
def test_a_work_that_grows_outlives_its_worker(
    staff: SimpleNamespace, place: Place, deadly_at: int
) -> None:
    assert counted(place, 5, deadly_at).finish() == (0, 1, 2, 3, 4)
    assert place.said("death")


def test_one_that_can_go_on_goes_on_after_what_there_is(
    staff: SimpleNamespace, place: Place
) -> None:
    assert continued(place, 5, 3).finish() == (0, 1, 2, 3, 4)
    assert place.said("from 0")
    assert place.said("from 3")


def test_a_work_that_kills_every_worker_says_so_to_who_watches(
    staff: SimpleNamespace, place: Place
) -> None:
    with pytest.raises(BrokenError):
        fatal().finish()
    assert counted(place, 3).finish() == (0, 1, 2)


def test_others_works_go_on_where_one_kills_their_worker(
    staff: SimpleNamespace, place: Place
) -> None:
    other = continued(place, 6, -1)
    with closing(other.watch()) as coming:
        while not other.parts:
            next(coming)
        for _ in range(2):
            with pytest.raises(BrokenError):
                fatal().finish()
        for _ in coming:
            pass
    assert other.parts == (0, 1, 2, 3, 4, 5)


def test_what_nobody_watches_any_more_is_ended_there(staff: SimpleNamespace, place: Place) -> None:
    growth: Growth[int] = counted(place, 10**9)
    with closing(growth.watch()) as coming:
        while not growth.parts:
            next(coming)
        assert not place.said("closed")
    place.wait("closed")


def test_who_is_no_longer_wanted_ends_his_worker_and_nobody_waits_for_it(
    staff: SimpleNamespace, place: Place
) -> None:
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(waiting, place, "first", HEAVY)
        place.wait("first begins")
        staff.unwanted.set()
        with pytest.raises(Unwanted):
            waits.result(PATIENCE)
    staff.unwanted.clear()
    place.say("second may go on")
    assert waiting(place, "second", HEAVY) != os.getpid()


def test_a_heavy_question_delays_no_light_one(staff: SimpleNamespace, place: Place) -> None:
    """However many ask what takes long, there is a worker for what does not."""
    with ThreadPoolExecutor(4) as pool:
        names = [f"heavy {k}" for k in range(4)]
        heavies = [pool.submit(waiting, place, name, HEAVY) for name in names]
        while not any(place.said(f"{name} begins") for name in names):
            time.sleep(0.005)
        assert where(0.2) != os.getpid()
        assert counted(place, 3).finish() == (0, 1, 2)
        assert not any(one.done() for one in heavies)
        for name in names:
            place.say(f"{name} may go on")
        assert all(one.result(PATIENCE) != os.getpid() for one in heavies)


def test_what_is_short_comes_before_what_is_long_and_asked_a_little_earlier() -> None:
    places, order, now = Places(1), list[str](), time.monotonic()
    with ThreadPoolExecutor(3) as pool:

        def wait(name: str, seconds: float) -> None:
            with places.place(PATIENCE, due=now + seconds) as mine:
                assert mine
                order.append(name)

        with places.place(0) as mine:
            assert mine
            tasks = []
            for k, (name, seconds) in enumerate([("long", 0.4), ("short", 0.1), ("next", 0.2)]):
                tasks.append(pool.submit(wait, name, seconds))
                while len(places._waiting) <= k:
                    time.sleep(0.001)
        for task in tasks:
            task.result(PATIENCE)
    assert order == ["short", "next", "long"]


def test_who_has_had_less_gets_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new work does not wait until each of many long ones has had another turn."""
    order: list[str] = []

    class Staff:
        turns = Places(1)
        grower = SimpleNamespace(lives=1, start=lambda: None)

        def turn(self, number: int, task: Task | None, seconds: float) -> tuple[list[str], bool]:
            order.append(task.name if task else "")
            time.sleep(seconds)
            return [], False

    staff: Any = Staff()

    def growth(name: str) -> Away:
        return Away(staff, lambda: (Task("", name, ()), 0))

    def had(growth: Away) -> Away:
        growth._life = -1  # so that every turn names its task
        return growth

    long = [growth(f"long {k}") for k in range(3)]
    for _ in range(8):
        for one in long:
            one.turn(0.05)
    order.clear()
    monkeypatch.setattr(workers, "TURN_PATIENCE", PATIENCE)
    with ThreadPoolExecutor(4) as pool:
        with staff.turns.place(0) as mine:
            assert mine
            tasks = []
            for k, one in enumerate([*map(had, long), growth("new")]):
                tasks.append(pool.submit(one.turn, 0.0))
                while len(staff.turns._waiting) <= k:
                    time.sleep(0.001)
        for task in tasks:
            task.result(PATIENCE)
    assert order[0] == "new"
    assert sorted(order[1:]) == [f"long {k}" for k in range(3)]


def test_works_end_with_the_workers(staff: SimpleNamespace, place: Place) -> None:
    growth = continued(place, 10**6, -1)
    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(growth.finish)
        while not growth.parts:
            time.sleep(0.005)
        work.dismiss()
        with pytest.raises(BrokenError):
            task.result(PATIENCE)


@pytest.mark.parametrize("page", PAGES, ids=by_path)
def test_every_page_shows_the_same_whoever_works_it_out(
    monkeypatch: pytest.MonkeyPatch, page: PageEntry
) -> None:
    """Answers and parts come through the pipe as they were: here all that may be heavy does."""
    monkeypatch.setattr(work, "AT_FIRST", 100 * PATIENCE)  # what grows is whole at once
    monkeypatch.setattr(work, "LIGHT_SECONDS", 0.0)
    monkeypatch.setattr(work, "STORE", Store(2**28))
    here = payloads(opened(page.path))
    employed, asked = Workers([pages.registry.__name__], lambda: None), list[str]()
    told = Worker.told

    def noted(worker: Worker, order: str, *arguments: Any, **named: Any) -> Any:
        asked.append(order)
        return told(worker, order, *arguments, **named)

    monkeypatch.setattr(Worker, "told", noted)
    monkeypatch.setattr(work, "STORE", Store(2**28))
    work.employ(employed)
    try:
        there = payloads(opened(page.path))
    finally:
        work.dismiss()
    assert asked or page.path in LIGHT
    assert there == here


@pytest.mark.parametrize("page", [page for page in PAGES if page.path not in LIGHT], ids=by_path)
def test_every_page_says_when_there_is_too_little_memory(
    monkeypatch: pytest.MonkeyPatch, page: PageEntry
) -> None:
    monkeypatch.setattr(work, "LIGHT_SECONDS", 0.0)
    monkeypatch.setattr(work, "STORE", Store(2**28))

    def told(worker: Worker, order: str, *arguments: Any, wanted: Any = None) -> Any:
        if order != "end":
            raise TooLargeError

    monkeypatch.setattr(Worker, "told", told)
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    work.employ(Workers([], lambda: None))
    try:
        shown = unopened(page.path).run()
    finally:
        work.dismiss()
    assert not shown.exception
    assert [error.value for error in shown.error] == [str(TooLargeError())]


def test_a_task_is_found_by_its_name() -> None:
    task = Task.of(where.__wrapped__, 0.5)  # type: ignore[attr-defined]
    assert (task.module, task.name) == ("tests.pages.test_workers", "where")
    assert task() == os.getpid()


def test_a_work_that_others_have_asked_for_meanwhile_is_kept(staff: SimpleNamespace) -> None:
    """Who asks first moves on; what the next works out is there for the third."""
    entry = work.STORE.entry(("asked",), work._Answer[int])

    def unwanted() -> int:
        raise Unwanted

    with pytest.raises(Unwanted):
        entry.ask(unwanted)
    assert entry.ask(lambda: 7) == 7  # by somebody who has waited meanwhile
    assert work.STORE.entry(("asked",), work._Answer[int]) is entry


def test_a_worker_runs_no_main_script(
    staff: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """While a page runs, Streamlit names it as such."""
    script = tmp_path / "script.py"
    script.write_text(f"from pathlib import Path\nPath({str(tmp_path / 'ran')!r}).touch()\n")
    main = ModuleType("__main__")
    main.__file__ = str(script)
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert where(0.2) != os.getpid()
    assert not (tmp_path / "ran").exists()


def test_many_works_at_once_may_be_too_many(staff: SimpleNamespace, place: Place) -> None:
    other = counted(place, 10**9)
    with closing(other.watch()) as coming:
        while not other.parts:
            next(coming)
        with pytest.raises(CrowdedError):
            greedy().finish()
    with pytest.raises(TooLargeError):
        greedy().finish()


def test_a_long_work_outlives_any_number_of_workers_that_others_cost(
    staff: SimpleNamespace, place: Place
) -> None:
    work_on = continued(place, 4, -1)
    with closing(work_on.watch()) as coming:
        for new in coming:
            if new and (process := staff.workers.grower._process) and not work_on.whole:
                os.kill(process.pid, signal.SIGKILL)
                process.join()
    assert work_on.parts == (0, 1, 2, 3)


def test_no_process_is_left(staff: SimpleNamespace) -> None:
    numbers = {where(0.2), where(HEAVY)}
    work.dismiss()
    for number in numbers:
        assert not Path(f"/proc/{number}").exists()
