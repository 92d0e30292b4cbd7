"""So many at once and no more; who waits longest comes next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock


class Places:
    """A number of places, handed from who leaves to who waits longest.

    A semaphore would let the one who leaves come back at once, past all who wait.
    """

    def __init__(self, count: int) -> None:
        self.free = count
        self._waiting: deque[Event] = deque()
        self._lock = Lock()

    @contextmanager
    def place(self, seconds: float) -> Iterator[bool]:
        """Whether there is a place within so many seconds; given back at the end."""
        got = self._take(seconds)
        try:
            yield got
        finally:
            if got:
                self._leave()

    def _take(self, seconds: float) -> bool:
        with self._lock:
            if self.free > 0:
                self.free -= 1
                return True
            called = Event()
            self._waiting.append(called)
        if called.wait(seconds):
            return True
        with self._lock:
            if called.is_set():  # in the last moment
                return True
            self._waiting.remove(called)
        return False

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self.free += 1
