"""So many at once, or so much, and no more; of those who wait, who is due first comes next."""

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


class Room:
    """So much and no more; parts of it are handed in order to those who claim them.

    Who is due first comes first, though what he claims be more than is free and another's less:
    else he might wait for ever.
    """

    def __init__(self, size: float) -> None:
        self.size = self.free = size
        self._waiting: list[Claim] = []
        self._numbers = itertools.count()
        # a garbage collection may come at any time and end what waits or has a part
        self._lock = RLock()

    def claim(self, size: float, due: float) -> Claim:
        """A claim on so much of it, or on all there is, for who is due then by the clock."""
        claim = Claim(self, min(size, self.size), (due, next(self._numbers)))
        with self._lock:
            self._waiting.append(claim)
            self._waiting.sort(key=lambda one: one.order)
            self._call()
        return claim

    def ahead_of(self, claim: Claim) -> int | None:
        """How many come before this one; None where it has its part."""
        with self._lock:
            return self._waiting.index(claim) if claim in self._waiting else None

    def leave(self, claim: Claim) -> None:
        """Give a part back, or wait for it no longer."""
        with self._lock:
            if claim in self._waiting:
                self._waiting.remove(claim)
            elif claim.met:
                claim.met = False
                self.free += claim.size
            self._call()

    def _call(self) -> None:
        while self._waiting and self._waiting[0].size <= self.free:
            claim = self._waiting.pop(0)
            self.free -= claim.size
            claim.met = True


class Claim:
    """What somebody claims of a room, and his place in the order of those who wait."""

    def __init__(self, room: Room, size: float, order: tuple[float, int]) -> None:
        self.size, self.order, self._room = size, order, room
        self.met = False  # then it has its part until it is left

    @property
    def ahead(self) -> int | None:
        """How many come before it; None where it is met."""
        return self._room.ahead_of(self)

    def leave(self) -> None:
        """Give back what it holds, or wait no longer."""
        self._room.leave(self)
