"""So many at once and no more; of those who wait, who is due first comes next."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, RLock

# Who waits, in the order in which they are called: due, number, and what calls him.
Waiting = tuple[float, int, Event]


class Places:
    """A number of places, handed from who leaves to who is due.

    A semaphore would let the one who leaves come back at once, past all who wait.
    """

    def __init__(self, count: int) -> None:
        self.free = count
        self._waiting: list[Waiting] = []
        self._numbers = itertools.count()
        # a garbage collection may come at any time and end what waits or has a place
        self._lock = RLock()

    @contextmanager
    def place(self, seconds: float, due: float | None = None) -> Iterator[bool]:
        """Whether there is a place within so many seconds; given back at the end.

        Who is due earlier by the clock comes first; unless said, one is due when he comes.
        """
        mine = self._take(seconds, time.monotonic() if due is None else due)
        try:
            yield mine
        finally:
            if mine:
                self._leave()

    def _take(self, seconds: float, due: float) -> bool:
        with self._lock:
            if self.free > 0:
                self.free -= 1
                return True
            waiting = due, next(self._numbers), Event()
            self._waiting.append(waiting)
        called = waiting[-1]
        if called.wait(seconds):
            return True
        with self._lock:
            if called.is_set():  # in the last moment
                return True
            self._waiting.remove(waiting)
        return False

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                first = min(self._waiting, key=lambda waiting: waiting[:2])
                self._waiting.remove(first)
                first[-1].set()
            else:
                self.free += 1
