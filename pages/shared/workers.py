"""Worker processes: heavy work leaves the interpreter that serves the pages.

One moves on all works that grow, a turn of each after the other, first those that have had least.
Others, as they are needed, work out answers, one each, what is short before what is long; long ones
never take them all. A page's script asks for one answer at a time, so no visitor holds two workers.
One whose answer nobody wants any more is ended, for nothing else stops a decomposition; and the
next is a moment away, since all are forked from a process that has imported everything.
"""

from __future__ import annotations

import itertools
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import spawn
from multiprocessing.process import BaseProcess
from typing import Any

from pages.shared import limits
from pages.shared.places import Places, Room
from pages.shared.words import say
from pages.shared.worker import KEPT_SHARE, NoAnswerError, Task, TooLargeError, serve

# How far a worker of one large work steps back.
NICENESS = 5
# At most so many answers are worked out at once, and one fewer of those that take long.
ANSWERERS = 2
LONG_SECONDS = 0.5
# Who waits for an answer looks so often whether he is still wanted.
MOMENT = 0.05
# Who waits for a turn may do so after so long.
TURN_PATIENCE = 0.25
# Whoever has had much of the worker waits so much longer than who comes now, and no more.
MOST_BEHIND = 2.0
# What has cost a worker its life is tried once more.
TRIES = 2

Wanted = Callable[[], None]
# The task that begins a work, and how many of the first parts that come of it are there already.
Begin = Callable[[], tuple[Task, int]]

_NUMBERS = itertools.count()


class LostError(Exception):
    """The worker has died."""


class BrokenError(NoAnswerError):
    """A work costs every worker its life."""

    def __init__(self) -> None:
        super().__init__(
            say("This work broke off, twice. Try smaller settings, or move a control to try again.")
        )


class CrowdedError(NoAnswerError):
    """There is no memory left for a work beside those of others."""

    def __init__(self) -> None:
        super().__init__(
            say("Others' work takes all the memory there is. Try again when they are done.")
        )


_STARTING = threading.Lock()


@contextmanager
def _without_script() -> Iterator[None]:
    """Let what starts run no main script, as multiprocessing would: here that is a page."""
    with _STARTING:
        whole = spawn.get_preparation_data

        def needed(name: str) -> dict[str, Any]:
            return {key: value for key, value in whole(name).items() if "init_main" not in key}

        spawn.get_preparation_data = needed
        try:
            yield
        finally:
            spawn.get_preparation_data = whole


class Worker:
    """A process and the pipe to it; it is started when it is first told something."""

    def __init__(self, preload: Sequence[str], niceness: int = 0) -> None:
        self.lives = 0  # how many processes it has had
        self._preload, self._niceness = preload, niceness
        self._process: BaseProcess | None = None
        self._pipe: Any = None
        self._retired = False
        self._lock = threading.RLock()

    def start(self) -> None:
        """Have a process."""
        with self._lock:
            if self._retired:
                raise LostError
            if self._process is not None:
                return
            try:
                self._process = self._forked()
            except (EOFError, OSError) as error:
                raise LostError from error
            self.lives += 1

    def _forked(self) -> BaseProcess:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(self._preload))
        self._pipe, theirs = context.Pipe()
        told = theirs, limits.WORKER.value, self._niceness
        process = context.Process(target=serve, args=told, daemon=True)
        with theirs, _without_script():
            process.start()
        return process

    @property
    def alive(self) -> bool:
        """Whether it has a process that runs; not while that is being started or ended."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            return self._process is not None and self._process.is_alive()
        finally:
            self._lock.release()

    def told(self, order: str, *arguments: Any, wanted: Wanted | None = None) -> Any:
        """What comes of the order; what it raises is raised here.

        `wanted` is asked again and again meanwhile: when it raises, the worker is ended.
        """
        self.order(order, *arguments)
        with self._ended_if_broken():
            while not self._pipe.poll(MOMENT):
                if wanted is not None:
                    wanted()
        return self.reply()

    def order(self, order: str, *arguments: Any) -> None:
        """Give the order, and wait for nothing."""
        with self._ended_if_broken():
            self.start()
            self._pipe.send((order, arguments))

    def has_replied(self, seconds: float) -> bool:
        """Whether what comes of the order is there within so many seconds."""
        with self._ended_if_broken():
            return bool(self._pipe.poll(seconds))

    def reply(self) -> Any:
        """What has come of the order; what it raised is raised here."""
        with self._ended_if_broken():
            done, reply = self._pipe.recv()
        if not done:
            raise reply
        return reply

    @contextmanager
    def _ended_if_broken(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError) as error:
            self.end()
            raise LostError from error
        except BaseException:
            self.end()
            raise

    def retire(self) -> None:
        """End the process for good."""
        with self._lock:
            self._retired = True
            self.end()

    def end(self) -> None:
        """End the process; the next order starts another."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.join()
                self._process.close()
                self._pipe.close()
                self._process = None


class Workers:
    """All workers of the app.

    What `preload` names is imported before the first is forked. `wanted` raises, in the thread of
    somebody who waits for an answer, when he no longer does.
    """

    def __init__(self, preload: Sequence[str], wanted: Wanted) -> None:
        self.grower = Worker(preload)
        self.turns = Places(1)
        self.room = Room(limits.WORKER.value)
        self._growing: set[int] = set()
        self._ended: list[int] = []
        self._preload = preload
        self._hired: set[Worker] = set()
        self._answerers = [Worker(preload) for _ in range(ANSWERERS)]
        self._all = (self.grower, *self._answerers)
        self._free = list(self._answerers)
        self._desks, self._long_desks = Places(ANSWERERS), Places(ANSWERERS - 1)
        self.wanted = wanted

    @property
    def alive(self) -> int:
        """How many have a process that runs. The others get theirs when they are needed."""
        return sum(worker.alive for worker in self._all)

    def revive(self) -> None:
        """Start one, unless it has just been given an order: who gave it sees to it then."""
        with self.turns.place(0.0) as mine:
            if mine and not self.grower.alive:
                self.grower.end()
                with suppress(LostError):
                    self.grower.start()

    def retire(self) -> None:
        """End all of them for good."""
        for worker in (*self._all, *self._hired):
            worker.retire()

    def hire(self) -> Worker:
        """A worker for one large work alone, which steps back behind what others wait for."""
        worker = Worker(self._preload, NICENESS)
        self._hired.add(worker)
        return worker

    def dismiss(self, worker: Worker) -> None:
        """End a worker that was hired, in the midst of whatever it does."""
        self._hired.discard(worker)
        worker.retire()

    def allow(self, takes: float) -> None:
        """TooLargeError where a work is expected to take more bytes than one may."""
        if takes > self.room.size:
            raise TooLargeError(takes, self.room.size)

    def answer(self, task: Task, seconds: float, takes: float = 0.0) -> Any:
        """What the task returns, which takes about so long and so many bytes of memory.

        A worker that has taken much is ended then: it would not give it back.
        """
        self.allow(takes)
        due = time.monotonic() + seconds
        for _ in range(TRIES):
            with self._answerer(due, long=seconds > LONG_SECONDS) as worker, suppress(LostError):
                answer = worker.told("answer", task, wanted=self.wanted)
                if takes > KEPT_SHARE * self.room.size:
                    worker.end()
                return answer
        raise BrokenError

    def growing(self, begin: Begin) -> Away:
        """The parts of a work."""
        return Away(self, begin)

    def turn(self, number: int, task: Task | None, seconds: float) -> tuple[list[Any], bool]:
        """A turn of the work of this number, for who has the place; the task begins it."""
        self._growing.add(number)
        try:
            parts, ends = self.grower.told("turn", number, task, seconds)
        except TooLargeError:
            if len(self._growing) > 1:
                raise CrowdedError from None
            raise
        finally:
            self._tidy()
        return parts, ends

    def ended(self, number: int) -> None:
        """Nobody watches this work any more."""
        self._growing.discard(number)
        self._ended.append(number)
        with self.turns.place(MOMENT) as mine:
            if mine:  # else who has the place does it
                self._tidy()

    def _tidy(self) -> None:
        while self._ended:
            with suppress(LostError):
                self.grower.told("end", self._ended.pop())

    @contextmanager
    def _answerer(self, due: float, *, long: bool) -> Iterator[Worker]:
        if long:
            with self._place(self._long_desks, due), self._answerer(due, long=False) as worker:
                yield worker
            return
        with self._place(self._desks, due):
            worker = self._free.pop()
            try:
                yield worker
            finally:
                self._free.append(worker)

    @contextmanager
    def _place(self, places: Places, due: float) -> Iterator[None]:
        while True:
            with places.place(MOMENT, due) as mine:
                if mine:
                    yield
                    return
            self.wanted()


class Away:
    """The parts of a work that grows in a worker, beside others.

    Where that has died, the work is begun anew; what is there already is not told again.
    """

    ahead: int | None = None
    # whether the reply to an order is still to come
    _asked = False

    def __init__(self, workers: Workers, begin: Begin) -> None:
        self._workers, self._begin = workers, begin
        self._worker = workers.grower
        self._number, self._life, self._skipped = -1, -1, 0
        self._losses = 0
        self._spent, self._since = 0.0, time.monotonic()

    def turn(self, seconds: float) -> tuple[list[Any], bool]:
        """The parts that come in about so long, and whether they are the last.

        None come where others have their turn for long.
        """
        due = self._since + min(self._spent, MOST_BEHIND)
        with self._workers.turns.place(TURN_PATIENCE, due) as mine:
            return self._turn(seconds) if mine else ([], False)

    def _turn(self, seconds: float) -> tuple[list[Any], bool]:
        task, began = None, time.monotonic()
        try:
            self._worker.start()
            if self._life != self._worker.lives:
                self._number, self._life = next(_NUMBERS), self._worker.lives
                task, self._skipped = self._begin()
            parts, ends = self._told(task, seconds)
        except LostError:
            self._losses += 1
            if self._losses == TRIES:
                raise BrokenError from None
            return [], False
        if not self._asked:
            self._losses = 0
        self._since = time.monotonic()
        self._spent += self._since - began
        known, self._skipped = self._skipped, max(0, self._skipped - len(parts))
        return parts[known:], ends

    def _told(self, task: Task | None, seconds: float) -> tuple[list[Any], bool]:
        return self._workers.turn(self._number, task, seconds)

    def close(self) -> None:
        """End the work."""
        self._workers.ended(self._number)
