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
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import spawn
from multiprocessing.process import BaseProcess
from typing import Any

from pages.shared.places import Places
from pages.shared.words import say
from pages.shared.worker import NoAnswerError, Task, TooLargeError, serve

# A worker may take so many megabytes for what it is told, unless the environment says otherwise.
VARIABLE, MEGABYTES = "WEIGHT_DECAY_WORKER_MB", 2048
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

    def __init__(self, preload: Sequence[str]) -> None:
        self.lives = 0  # how many processes it has had
        self._preload = preload
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
        more = int(float(os.environ.get(VARIABLE, MEGABYTES)) * 2**20)
        process = context.Process(target=serve, args=(theirs, more), daemon=True)
        with theirs, _without_script():
            process.start()
        return process

    def told(self, order: str, *arguments: Any, wanted: Wanted | None = None) -> Any:
        """What comes of the order; what it raises is raised here.

        `wanted` is asked again and again meanwhile: when it raises, the worker is ended.
        """
        try:
            self.start()
            pipe = self._pipe
            pipe.send((order, arguments))
            while not pipe.poll(MOMENT):
                if wanted is not None:
                    wanted()
            done, reply = pipe.recv()
        except (EOFError, OSError) as error:
            self.end()
            raise LostError from error
        except BaseException:
            self.end()
            raise
        if not done:
            raise reply
        return reply

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
        self._growing: set[int] = set()
        self._ended: list[int] = []
        self._answerers = [Worker(preload) for _ in range(ANSWERERS)]
        self._free = list(self._answerers)
        self._desks, self._long_desks = Places(ANSWERERS), Places(ANSWERERS - 1)
        self.wanted = wanted

    def retire(self) -> None:
        """End all of them for good."""
        for worker in (self.grower, *self._answerers):
            worker.retire()

    def answer(self, task: Task, seconds: float) -> Any:
        """What the task returns, which takes about so long."""
        due = time.monotonic() + seconds
        for _ in range(TRIES):
            with self._answerer(due, long=seconds > LONG_SECONDS) as worker, suppress(LostError):
                return worker.told("answer", task, wanted=self.wanted)
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
    """The parts of a work that grows in a worker.

    Where that has died, the work is begun anew; what is there already is not told again.
    """

    def __init__(self, workers: Workers, begin: Begin) -> None:
        self._workers, self._begin = workers, begin
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
            self._workers.grower.start()
            if self._life != self._workers.grower.lives:
                self._number = next(_NUMBERS)
                task, self._skipped = self._begin()
            parts, ends = self._workers.turn(self._number, task, seconds)
        except LostError:
            self._losses += 1
            if self._losses == TRIES:
                raise BrokenError from None
            return [], False
        self._losses = 0
        self._since = time.monotonic()
        self._spent += self._since - began
        self._life = self._workers.grower.lives
        known, self._skipped = self._skipped, max(0, self._skipped - len(parts))
        return parts[known:], ends

    def close(self) -> None:
        """End the work."""
        self._workers.ended(self._number)
