"""Large works: each has a worker to itself when there is a place, and none holds up another."""

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest

from pages.shared import alone, limits, work, workers
from pages.shared.pace import pictures, waiting
from pages.shared.payload import Part
from pages.shared.places import Room
from pages.shared.store import Store
from pages.shared.work import Growth, growing, heavy, resumable, taking
from pages.shared.worker import MEGABYTE, TooLargeError
from pages.shared.workers import Workers

# Long enough for anything here to happen; only a failing test waits for it.
PATIENCE = 30.0
# What a stop may take, and what is far longer.
SOON, LONG = 0.5, 600.0
LARGE = 2.0 * alone.LARGE
EVEN_LARGER = 700.0 * MEGABYTE


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setattr(work, "STORE", Store(2**26))
    monkeypatch.setenv(limits.WORKER.variable, "1000")
    employed = Workers(["tests.pages.test_alone"], lambda: None)
    work.employ(employed)
    yield employed
    assert employed.room.free == employed.room.size
    assert not employed._hired
    work.dismiss()


@taking(
    lambda name, steps, seconds, takes=LARGE: takes,
    lambda name, steps, seconds, takes=LARGE: seconds,
)
@resumable
def walked(
    so_far: Sequence[int], name: str, steps: int, seconds: float, takes: float = LARGE
) -> Generator[int | None, None, None]:
    """Its process first, then steps that nothing can interrupt."""
    yield os.getpid()
    time.sleep(work.TURN_SECONDS)
    yield None  # here its first turn ends
    for step in range(steps):
        time.sleep(seconds)
        yield step


@taking(lambda folder, deaths: LARGE)
@growing
def deadly(folder: Path, deaths: int) -> Generator[int, None, None]:
    yield 1
    for k in range(deaths):
        if not (folder / str(k)).exists():
            (folder / str(k)).touch()
            os.kill(os.getpid(), 9)
    yield 2


@growing
def small(name: str) -> Generator[int, None, None]:
    yield os.getpid()


@heavy(lambda takes: 1.0, lambda takes: takes)
def answered(takes: float) -> int:
    return os.getpid()


def begun(growth: Growth[int], stack: ExitStack) -> tuple[Iterator[tuple[int, ...]], int]:
    """Somebody who watches it, and the process that does it."""
    coming = stack.enter_context(closing(growth.watch()))
    until = time.monotonic() + PATIENCE
    while not growth.parts:
        assert time.monotonic() < until
        next(coming)
    return coming, growth.parts[0]


def asked(growth: Growth[int], stack: ExitStack) -> Iterator[tuple[int, ...]]:
    """Somebody who watches it and waits."""
    coming = stack.enter_context(closing(growth.watch()))
    for _ in range(3):
        next(coming)
    return coming


def lives(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def within(seconds: float, act: Callable[[], object]) -> None:
    began = time.monotonic()
    act()
    assert time.monotonic() - began < seconds


def test_a_large_work_has_a_worker_to_itself_and_a_small_one_shares(staff: Workers) -> None:
    with ExitStack() as stack:
        _, one = begun(walked("one", 3, 0.01), stack)
        _, other = begun(walked("other", 3, 0.01), stack)
        shared = {small("a").finish()[0], small("b").finish()[0]}
        assert len({one, other} | shared) == 3
        assert lives(one)
        assert lives(other)
    assert not lives(one)
    assert not lives(other)


def test_it_comes_to_its_end_and_so_does_its_worker(staff: Workers) -> None:
    process, *rest = walked("whole", 3, 0.01).finish()
    assert rest == [0, 1, 2]
    assert not lives(process)


def test_who_leaves_in_the_midst_of_a_long_step_ends_it_at_once(staff: Workers) -> None:
    """R2: nothing stops a decomposition but the end of its process."""
    with ExitStack() as stack:
        coming, process = begun(walked("left", 1, LONG), stack)
        for _ in range(3):
            within(SOON, partial(next, coming))
        within(SOON, stack.close)
    assert not lives(process)


def test_a_long_step_holds_up_nobody(staff: Workers) -> None:
    """R1, R2: neither small works nor other large ones."""
    with ExitStack() as stack:
        for name in ("long", "longer"):
            coming, _ = begun(walked(name, 1, LONG), stack)
            next(coming)
        with ThreadPoolExecutor(2) as pool:
            others = pool.submit(small("c").finish), pool.submit(walked("d", 2, 0.01).finish)
            assert [len(other.result(PATIENCE)) for other in others] == [1, 3]


def test_what_does_not_fit_waits_in_order_and_is_told_so(staff: Workers) -> None:
    with ExitStack() as first, ExitStack() as rest:
        begun(walked("first", 1, LONG, EVEN_LARGER), first)
        late = [walked(f"late {k}", 1, LONG, EVEN_LARGER) for k in range(30)]
        coming = [asked(growth, rest) for growth in late]
        assert [growth.ahead for growth in late] == list(range(30))
        assert not any(growth.parts for growth in late)
        said = [waiting(growth) for growth in late[:3]]
        assert all(one is not None and one[0] == "waiting" for one in said)
        texts = [one[1]["message"] for one in said if one]  # type: ignore[typeddict-item]
        assert "comes next" in texts[0]
        assert "One more comes before it" in texts[1]
        assert "2 more come before it" in texts[2]
        rest.enter_context(closing(coming[0]))
        coming[1].close()  # who leaves the queue is waited for no more
        assert [growth.ahead for growth in (late[0], late[2])] == [0, 1]
        first.close()
        while not late[0].parts:
            next(coming[0])
        assert late[0].ahead is None
        assert waiting(late[0]) is None
        assert late[2].ahead == 0


def test_what_is_short_waits_less_and_what_is_small_not_at_all(staff: Workers) -> None:
    with ExitStack() as stack:
        begun(walked("first", 1, LONG, EVEN_LARGER), stack)
        long, short = (walked(name, 1, s, EVEN_LARGER) for name, s in (("l", LONG), ("s", 1.0)))
        asked(long, stack)
        asked(short, stack)
        assert (short.ahead, long.ahead) == (0, 1)
        within(PATIENCE, small("d").finish)


def test_no_more_than_a_few_have_workers_at_once(staff: Workers) -> None:
    with ExitStack() as stack:
        for k in range(4):
            begun(walked(f"begun {k}", 1, LONG), stack)
        fifth = walked("fifth", 1, LONG)
        asked(fifth, stack)
        assert fifth.ahead == 0


def test_what_cannot_fit_is_refused_before_it_begins(staff: Workers) -> None:
    sentence = "need about 1200 MB of memory, and one visitor may take 1000 MB here. Choose fewer"
    with pytest.raises(TooLargeError, match=sentence):
        walked("too large", 1, LONG, 1200 * MEGABYTE).finish()
    with pytest.raises(TooLargeError, match=sentence):
        answered(1200 * MEGABYTE)
    assert staff.grower.lives == 0


def test_a_page_that_opens_leaves_a_large_work_to_its_stream(staff: Workers) -> None:
    growth = walked("opened", 1, 0.01)
    growth.begin()
    assert growth.parts == ()


def test_a_picture_that_waits_says_so_until_it_begins(staff: Workers) -> None:
    growth = walked("pictured", 2, 0.01, EVEN_LARGER)
    with ExitStack() as stack:
        begun(walked("first", 1, LONG, EVEN_LARGER), stack)
        events = pictures(
            growth, 0.0, lambda: len(growth.parts), lambda _: Part(), lambda come: (come, 3)
        )
        kinds = [event and event[0] for event in (next(events) for _ in range(8))]
        assert kinds[:2] == ["picture", "rows"]
        assert set(kinds[-4:]) == {"waiting"}
    assert "waiting" not in [event and event[0] for event in list(events)[3:]]
    assert len(growth.parts) == 3


def test_one_that_loses_its_worker_is_begun_anew(staff: Workers, tmp_path: Path) -> None:
    assert deadly(tmp_path, 1).finish() == (1, 2)
    work.STORE.clear()
    with pytest.raises(workers.BrokenError):
        deadly(tmp_path, 9).finish()


def test_an_answer_that_took_much_leaves_no_worker_that_keeps_it(staff: Workers) -> None:
    little, much = answered(1.0 * MEGABYTE), answered(500.0 * MEGABYTE)
    assert not lives(much)
    assert little == much or lives(little)


def test_under_the_least_limit_work_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(limits.WORKER.variable, "64")
    monkeypatch.setattr(work, "STORE", Store(2**26))
    work.employ(Workers(["tests.pages.test_alone"], lambda: None))
    try:
        assert small("tiny").finish()[0] != os.getpid()
        assert answered(1.0 * MEGABYTE) != os.getpid()
    finally:
        work.dismiss()


def test_a_room_hands_out_no_more_than_there_is_and_nobody_overtakes() -> None:
    room = Room(10)
    large, larger, little = (room.claim(size, due) for size, due in ((6, 1), (7, 2), (3, 3)))
    assert (large.met, larger.met, little.met) == (True, False, False)
    assert (large.ahead, larger.ahead, little.ahead) == (None, 0, 1)
    sooner = room.claim(2, 0)
    assert sooner.met
    larger.leave()
    assert not little.met  # 6 and 2 of 10 are taken
    sooner.leave()
    assert little.met
    for claim in (large, little, little):
        claim.leave()
    assert room.free == 10
    assert room.claim(99, 4).met
