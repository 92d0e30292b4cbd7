import gc
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from threading import Barrier, Event, Thread

import numpy as np
import pytest
import torch

from pages.shared import limits, work
from pages.shared.places import Places
from pages.shared.sizes import held
from pages.shared.store import ENTRY_BYTES, Store
from pages.shared.work import growing, kept, resumable, running

MEGABYTE = 2**20
# Long enough for anything here to happen; only a failing test waits for it.
PATIENCE = 30.0


@dataclass(frozen=True)
class Question:
    """What these works are asked: so many parts of so many numbers each."""

    name: str
    parts: int = 3
    numbers: int = 1


class Log:
    """What the works of a test have done, for works are functions of the module."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.gate = Event()  # a work that waits goes on once it is set
        self.gate.set()
        self.reached = Event()  # set by a work that waits
        self.at_once = self.most = 0


LOG = Log()


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    global LOG
    LOG = Log()
    monkeypatch.setattr(work, "STORE", Store(64 * MEGABYTE))
    before = threading.active_count()
    yield LOG
    LOG.gate.set()
    gc.collect()
    assert running() == frozenset()
    assert threading.active_count() == before
    assert work.MOVED_ON.free == 2


def waited() -> None:
    LOG.reached.set()
    assert LOG.gate.wait(PATIENCE)


@kept
def answered(question: Question) -> np.ndarray:
    LOG.said.append(question.name)
    waited()
    return np.zeros(question.numbers)


@kept
def refused(question: Question) -> None:
    LOG.said.append(question.name)
    waited()
    raise ValueError(question.name)


@growing
def counted(question: Question) -> Generator[np.ndarray | None, None, None]:
    """Two moments before every part, and a turn for each of them."""
    try:
        LOG.said.append(f"{question.name} begun")
        for k in range(question.parts):
            for _ in range(2):
                waited()
                time.sleep(work.TURN_SECONDS)
                yield None
            yield np.full(question.numbers, k)
        LOG.said.append(f"{question.name} ended")
    finally:
        LOG.said.append(f"{question.name} closed")


@resumable
def continued(so_far: Sequence[int], question: Question) -> Generator[int | None, None, None]:
    LOG.said.append(f"from {len(so_far)}")
    for k in range(len(so_far), question.parts):
        yield None
        time.sleep(work.TURN_SECONDS)
        yield k


@resumable
def brisk(so_far: Sequence[int], question: Question) -> Generator[int | None, None, None]:
    for k in range(len(so_far), question.parts):
        time.sleep(1e-4)
        yield k


@growing
def broken(question: Question) -> Generator[int | None, None, None]:
    LOG.said.append("begun")
    yield 1
    waited()
    time.sleep(work.TURN_SECONDS)
    raise ValueError(question.name)


@growing
def crowded(question: Question) -> Generator[int | None, None, None]:
    for k in range(question.parts):
        LOG.at_once += 1
        LOG.most = max(LOG.most, LOG.at_once)
        time.sleep(work.TURN_SECONDS)
        LOG.at_once -= 1
        yield k


def at_the_same_time(*acts: Callable[[], object]) -> list[object]:
    """What the acts return, each in a thread of its own; what one raises is its result."""
    start = Barrier(len(acts))

    def act(one: Callable[[], object]) -> object:
        start.wait(PATIENCE)
        try:
            return one()
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(act, one) for one in acts]]


# ---- answers that are whole


def test_those_who_ask_at_the_same_time_share_one_computation() -> None:
    asked = [lambda: answered(Question("one"))] * 8
    found = at_the_same_time(*asked)
    assert LOG.said == ["one"]
    assert all(one is found[0] for one in found)


def test_other_questions_do_not_wait_for_a_long_one() -> None:
    LOG.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(answered, Question("long"))
        assert LOG.reached.wait(PATIENCE)
        assert quick(2) == 4
        assert not long.done()
        LOG.gate.set()
        long.result(PATIENCE)


@kept
def quick(number: int, *, times: int = 2) -> int:
    return number * times


def test_arguments_may_be_named() -> None:
    assert [quick(3), quick(3, times=2), quick(3, times=5), quick(number=3)] == [6, 6, 15, 6]


def test_an_error_goes_to_all_who_wait_and_is_not_kept() -> None:
    asked = [lambda: refused(Question("no"))] * 4
    found = at_the_same_time(*asked)
    assert [str(error) for error in found] == ["no"] * 4
    assert len(work.STORE) == 0
    before = len(LOG.said)
    with pytest.raises(ValueError, match="no"):
        refused(Question("no"))
    assert len(LOG.said) == before + 1


class Interruption(BaseException):
    """What ends a thread from outside."""


@kept
def interrupted(question: Question) -> int:
    LOG.said.append(question.name)
    if len(LOG.said) == 1:
        raise Interruption
    return 7


def test_who_is_interrupted_leaves_the_question_to_the_next() -> None:
    with pytest.raises(Interruption):
        interrupted(Question("on"))
    assert interrupted(Question("on")) == 7


def test_a_work_that_another_process_cannot_find_is_refused() -> None:
    for make in (kept, growing, resumable):
        with pytest.raises(ValueError, match="no name"):
            make(lambda: None)  # type: ignore[arg-type]


def test_questions_parts_and_works_can_be_sent_to_another_process() -> None:
    for thing in (answered, counted, continued, Question("sent"), *counted(Question("p")).finish()):
        pickle.loads(pickle.dumps(thing))


# ---- answers that grow


def test_the_parts_come_in_order_with_moments_to_stop_between_them() -> None:
    came = list(counted(Question("all")).watch())
    parts = [int(part[0]) for new in came for part in new]
    assert parts == [0, 1, 2]
    assert sum(not new for new in came) > len(parts)
    assert counted(Question("all")).whole
    assert LOG.said == ["all begun", "all ended", "all closed"]


def test_two_who_watch_see_the_same_parts_of_one_work() -> None:
    def parts() -> list[np.ndarray]:
        return [part for new in counted(Question("both", parts=4)).watch() for part in new]

    found = at_the_same_time(parts, parts, parts)
    assert LOG.said == ["both begun", "both ended", "both closed"]
    for one in found:
        assert [id(part) for part in one] == [id(part) for part in found[0]]  # type: ignore[attr-defined]


def test_who_comes_late_sees_what_is_there_and_goes_on() -> None:
    with closing(counted(Question("late", parts=3)).watch()) as first:
        for new in first:
            if new:
                break
        late = counted(Question("late", parts=3)).watch()
        assert [int(part[0]) for part in next(late)] == [0]
        assert [int(part[0]) for new in late for part in new] == [1, 2]
        assert [int(part[0]) for new in first for part in new] == [1, 2]
    assert LOG.said.count("late begun") == 1


def test_who_stops_reading_holds_nobody_up() -> None:
    """R1: neither the same work nor others, however many have stalled."""
    stalled = [counted(Question(f"stalled {k}")).watch() for k in range(5)]
    for reader in stalled:
        next(reader)
        next(reader)  # the work is under way
    same = counted(Question("stalled 0"))
    with ThreadPoolExecutor(2) as pool:
        for task in (
            pool.submit(same.finish),
            pool.submit(counted(Question("other")).finish),
        ):
            assert len(task.result(PATIENCE)) == 3
    assert work.MOVED_ON.free == 2
    for reader in stalled:
        reader.close()


def test_when_the_last_one_goes_the_work_ends() -> None:
    question = Question("left", parts=1000)
    first, second = (counted(question).watch() for _ in range(2))
    for _ in range(3):
        next(first)
        next(second)
    first.close()
    assert "left closed" not in LOG.said
    next(second)
    second.close()
    assert LOG.said == ["left begun", "left closed"]
    assert len(work.STORE) == 0
    assert counted(question).parts == ()


def test_a_reader_that_is_forgotten_has_gone() -> None:
    reader = counted(Question("forgotten", parts=1000)).watch()
    for _ in range(3):
        next(reader)
    del reader
    gc.collect()
    assert LOG.said == ["forgotten begun", "forgotten closed"]


def test_what_can_go_on_is_kept_and_goes_on() -> None:
    question = Question("again", parts=6)
    continued(question).grow(2.5 * work.TURN_SECONDS)
    there = continued(question).parts
    assert 0 < len(there) < 6
    assert there == tuple(range(len(there)))
    assert continued(question).finish() == tuple(range(6))
    assert LOG.said == ["from 0", f"from {len(there)}"]
    assert continued(question).whole


def test_a_small_share_of_the_first_moment_ends_before_a_turn_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "TURN_SECONDS", PATIENCE)
    monkeypatch.setattr(work, "AT_FIRST", 1.0)
    asked = brisk(Question("a share", parts=10**9))
    asked.begin(share=1e-2)
    assert asked.parts
    assert not asked.whole
    other = brisk(Question("long", parts=1))
    other.begin(share=1e-2, expected=2e-2)
    assert not other.parts
    other.begin(share=1e-2, expected=5e-3)
    assert other.parts
    assert not asked.busy


def test_a_whole_answer_is_not_worked_out_again() -> None:
    first = counted(Question("once")).finish()
    assert counted(Question("once")).finish() == first
    assert LOG.said.count("once begun") == 1


def test_an_error_goes_to_all_who_watch_and_a_failed_work_is_not_kept() -> None:
    LOG.gate.clear()
    question, seen = Question("bad"), list[int]()

    def watch() -> None:
        for new in broken(question).watch():
            seen.extend(new)

    def let_go() -> None:
        assert LOG.reached.wait(PATIENCE)
        LOG.gate.set()

    *found, _ = at_the_same_time(watch, watch, let_go)
    assert [str(error) for error in found] == ["bad", "bad"]
    assert len(work.STORE) == 0
    assert broken(question).parts == ()
    with pytest.raises(ValueError, match="bad"):
        broken(question).finish()


def test_no_more_than_two_works_are_moved_on_at_once() -> None:
    asked = [crowded(Question(f"crowd {k}", parts=4)).finish for k in range(6)]
    assert [len(parts) for parts in at_the_same_time(*asked)] == [4] * 6  # type: ignore[arg-type]
    assert LOG.most <= 2


def test_a_stop_is_heard_while_another_reader_works_in_a_long_block() -> None:
    """Whoever waits for the turn of another comes back within a moment."""
    LOG.gate.clear()
    growth = counted(Question("block"))
    worker = Thread(target=growth.finish)
    worker.start()
    assert LOG.reached.wait(PATIENCE)
    with closing(growth.watch()) as waiting:
        assert [next(waiting) for _ in range(3)] == [(), (), ()]
    LOG.gate.set()
    worker.join(PATIENCE)
    assert growth.whole


# ---- places


def test_who_waits_longest_gets_the_next_place() -> None:
    places, order = Places(1), list[int]()
    threads = []

    def wait(k: int) -> None:
        with places.place(PATIENCE) as got:
            assert got
            order.append(k)

    with places.place(0) as got:
        assert got
        for k in range(4):
            threads.append(Thread(target=wait, args=(k,)))
            threads[-1].start()
            while len(places._waiting) <= k:
                time.sleep(0.001)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [0, 1, 2, 3]
    assert places.free == 1


def test_where_there_is_no_place_in_time_none_is_taken() -> None:
    places = Places(1)
    with places.place(0) as first, places.place(0.01) as second:
        assert (first, second) == (True, False)
    assert places.free == 1
    assert not places._waiting


# ---- bytes


def test_all_answers_together_keep_to_the_budget_and_the_oldest_go_first() -> None:
    store = work.STORE = Store(10 * MEGABYTE)
    questions = [Question(str(k), numbers=MEGABYTE // 8) for k in range(25)]
    for question in questions:
        answered(question)
        answered(questions[0])  # used again and again
        assert store.bytes <= store.budget
    assert store.bytes > 9 * MEGABYTE
    LOG.said.clear()
    for question in (questions[0], questions[-1], questions[1]):
        answered(question)
    assert LOG.said == ["1"]


def test_many_small_answers_are_bounded_too() -> None:
    store = work.STORE = Store(MEGABYTE)
    for k in range(3000):
        quick(k)
    assert store.bytes <= MEGABYTE
    assert len(store) < MEGABYTE / ENTRY_BYTES


def test_one_answer_larger_than_the_budget_stays_until_the_next() -> None:
    store = work.STORE = Store(MEGABYTE)
    large = answered(Question("large", numbers=MEGABYTE))
    assert answered(Question("large", numbers=MEGABYTE)) is large
    answered(Question("next"))
    assert store.bytes < MEGABYTE


def test_what_exceeds_the_budget_goes_once_nobody_has_used_it_for_a_while() -> None:
    store = work.STORE = Store(MEGABYTE)
    answered(Question("small"))
    question = Question("large", numbers=MEGABYTE)
    large = weakref.ref(answered(question))
    store.let_go(seconds=PATIENCE)
    assert large() is not None  # used a moment ago
    store.let_go(seconds=0.0)
    assert large() is None
    assert store.bytes < MEGABYTE
    LOG.said.clear()
    answered(question)
    assert LOG.said == ["large"]


def test_what_fits_into_the_budget_stays_however_long_nobody_uses_it() -> None:
    store = work.STORE = Store(MEGABYTE)
    answered(Question("one"))
    store.let_go(seconds=0.0)
    answered(Question("one"))
    assert LOG.said == ["one"]


def test_what_is_watched_stays_however_large_it_is() -> None:
    store = work.STORE = Store(MEGABYTE)
    watched = counted(Question("watched", parts=2, numbers=MEGABYTE))
    with closing(watched.watch()) as coming:
        while not watched.parts:
            next(coming)
        store.let_go(seconds=0.0)
        assert store.entries() == [watched]
        for _ in coming:
            pass
    store.let_go(seconds=0.0)
    assert (len(store), store.bytes) == (0, 0)


@dataclass
class Growing:
    """An answer that grows as it is used."""

    arrays: list[np.ndarray]


@kept
def used(question: Question) -> Growing:
    return Growing([np.zeros(question.numbers)])


def test_an_answer_that_has_grown_is_counted_anew_and_what_has_left_it_no_more() -> None:
    store = work.STORE = Store(64 * MEGABYTE)
    question = Question("grows", numbers=MEGABYTE // 8)
    answer = used(question)
    before = store.bytes
    assert MEGABYTE <= before < MEGABYTE + 10_000
    answer.arrays += [np.zeros(MEGABYTE // 8) for _ in range(3)]
    answer.arrays += [np.zeros(1) for _ in range(100)]
    work.count_again(used, question)
    assert 4 * MEGABYTE <= store.bytes < 4 * MEGABYTE + 40_000
    del answer.arrays[1:]
    work.count_again(used, question)
    assert store.bytes == pytest.approx(before, abs=2000)
    store.clear()
    assert (store.bytes, store._holders) == (0, {})


def test_what_is_watched_is_not_thrown_away() -> None:
    store = work.STORE = Store(4 * MEGABYTE)
    watched = counted(Question("watched", parts=2, numbers=MEGABYTE // 4))
    with closing(watched.watch()) as coming:
        while not watched.parts:
            next(coming)
        for k in range(8):
            answered(Question(str(k), numbers=MEGABYTE // 4))
        assert counted(Question("watched", parts=2, numbers=MEGABYTE // 4)) is watched
        for _ in coming:
            pass
    for k in range(8):
        answered(Question(f"more {k}", numbers=MEGABYTE // 4))
    assert watched not in store.entries()
    assert store.bytes <= store.budget


def test_what_is_thrown_away_is_no_longer_held() -> None:
    store = work.STORE = Store(10 * MEGABYTE)
    for k in range(30):
        answered(Question(str(k), numbers=MEGABYTE // 8))
        counted(Question(f"grown {k}", parts=1, numbers=MEGABYTE // 8)) if k < 1 else None
    store.clear()
    assert (store.bytes, len(store), store._holders) == (0, 0, {})


SHARED = np.zeros(MEGABYTE // 8)


@kept
def shared(question: Question) -> tuple[np.ndarray, np.ndarray]:
    return SHARED, SHARED[: question.parts]


def test_what_several_answers_hold_counts_once_and_as_long_as_one_holds_it() -> None:
    store = work.STORE = Store(10 * MEGABYTE)
    shared(Question("first"))
    one = store.bytes
    assert MEGABYTE <= one < MEGABYTE + 20_000
    shared(Question("second"))
    assert store.bytes - one < 20_000
    store.drop(store.entries()[0])
    assert MEGABYTE <= store.bytes < MEGABYTE + 20_000
    store.drop(store.entries()[0])
    assert store.bytes == 0


@dataclass
class Holder:
    array: np.ndarray
    inside: object = None

    def measured(self) -> int:
        return len(self.array)


def closure_over(array: np.ndarray) -> Callable[[], float]:
    return lambda: float(array.sum())


@pytest.mark.parametrize(
    "inside",
    [
        lambda x: x,
        lambda x: x[::2],  # a view keeps all of it
        lambda x: x.reshape(2, -1).T[1:],
        lambda x: [x, x, {"again": x}],
        lambda x: Holder(x, Holder(x)),
        lambda x: {"a": ({"b": [Holder(x)]},)},
        closure_over,
        lambda x: torch.from_numpy(x),
        lambda x: (torch.from_numpy(x), torch.from_numpy(x)[3:]),
        lambda x: torch.ones(len(x), dtype=torch.float64).numpy(),
        lambda x: np.array([x, None], dtype=object),
    ],
)
def test_the_arrays_inside_count_each_once(inside: Callable[[np.ndarray], object]) -> None:
    size = 8 * 100_000
    assert size <= held(inside(np.zeros(100_000))).total < size + 5000


def test_plain_numbers_and_texts_count_as_python_counts_them() -> None:
    numbers = [float(k) for k in range(10_000)]
    expected = sys.getsizeof(numbers) + sum(map(sys.getsizeof, numbers))
    assert held(numbers).total == expected
    assert held({"text": "x" * 5000}).total >= 5000


def test_what_does_not_belong_to_an_answer_does_not_count() -> None:
    test = test_plain_numbers_and_texts_count_as_python_counts_them
    assert held(np, Holder, closure_over, test).total < 1000


def test_many_small_things_count_once_each_and_as_one_sum() -> None:
    def made() -> Holder:
        return Holder(np.zeros(4), inside=[1.5, "text"])

    many = [made() for _ in range(200)]
    one, of_many = held(made()), held([many, many])
    assert not one.large
    assert len(of_many.large) == 1  # the list
    assert of_many.small == pytest.approx(200 * one.small, rel=0.02)


def test_a_bound_function_holds_what_it_is_bound_to() -> None:
    holder = Holder(np.zeros(100_000))
    for bound in (holder.measured, partial(closure_over, holder.array)):
        assert 800_000 <= held(bound).total < 805_000


def test_the_budget_is_a_variable_of_the_environment() -> None:
    program = "from pages.shared import store; print(store.STORE.budget)"
    environment = os.environ | {limits.KEPT.variable: "12.5"}
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert int(found.stdout) == 12.5 * MEGABYTE
