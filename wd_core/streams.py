"""What runs step by step for one who watches: moved on by one thread at a time, ended from any."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Lock, current_thread
from types import TracebackType
from typing import Any, TypeVar

from wd_core.checks import require

T = TypeVar("T")


class Unshared(Generator[T, None, None]):
    """A generator, and a ValueError that says so where a second thread moves it on meanwhile.

    Closed while another thread moves it on, it ends where it would yield next.
    """

    def __init__(self, steps: Generator[T, None, None]) -> None:
        self._steps, self._moving, self._ended = steps, Lock(), False

    def __next__(self) -> T:
        return self._move(self._steps.__next__)

    def send(self, value: None) -> T:
        """The next part."""
        return self._move(lambda: self._steps.send(value))

    def throw(self, kind: Any, value: Any = None, traceback: TracebackType | None = None) -> T:
        """The part after an exception that is raised where it stands."""
        return self._move(lambda: self._steps.throw(kind if value is None else value))

    def close(self) -> None:
        """End it."""
        self._ended = True
        if self._moving.acquire(blocking=False):
            try:
                self._steps.close()
            finally:
                self._moving.release()

    def _move(self, step: Callable[[], T]) -> T:
        alone = self._moving.acquire(blocking=False)
        require(alone, "a stream", "moved on by one thread at a time", current_thread().name)
        try:
            part = step()
        finally:
            self._moving.release()
        if self._ended:  # by another thread, meanwhile
            self.close()
            raise StopIteration
        return part
