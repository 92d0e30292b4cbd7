"""How often a stream speaks, and how long it still takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

from pages.shared.payload import Event, Events, Part, Rows, Waiting
from pages.shared.words import say, say_n
from pages.shared.work import Growth

Seen = TypeVar("Seen")


class Pace:
    """Events at a fixed pace, however fast the work goes; it is at `done` when it begins."""

    def __init__(self, seconds: float, done: int = 0) -> None:
        self.seconds = seconds
        self._began, self._sent = time.monotonic(), -math.inf
        self._before = self._done = done
        self._end: float | None = None

    def due(self) -> bool:
        """Whether it is time for the next event; for the first one it is at once."""
        return time.monotonic() - self._sent >= self.seconds

    def sent(self) -> None:
        """Remember that an event is sent now."""
        self._sent = time.monotonic()

    def seconds_left(self, done: int, total: int) -> float | None:
        """How long the rest takes at the speed so far; None while nothing is known of it."""
        now = time.monotonic()
        if done > self._done:
            self._end = now + (now - self._began) / (done - self._before) * (total - done)
            self._done = done
        return None if self._end is None else max(0.0, self._end - now)


def waiting(work: Growth[Any]) -> Event | None:
    """What is said of a work that waits for a place; None where it does not."""
    ahead = work.ahead
    if ahead is None:
        return None
    message = (
        say(
            "Waiting for a place: others' work takes the memory that this needs. It comes next, "
            "and begins by itself."
        )
        if ahead == 0
        else say_n(
            "Waiting for a place: others' work takes the memory that this needs. One more comes "
            "before it; then it begins by itself.",
            "Waiting for a place: others' work takes the memory that this needs. {n} more come "
            "before it; then it begins by itself.",
            ahead,
        )
    )
    return "waiting", Waiting(message=message)


def pictures(
    work: Growth[Any],
    seconds: float,
    now: Callable[[], Seen],
    drawn: Callable[[Seen], Part],
    count: Callable[[Seen], tuple[int, int]],
) -> Events:
    """A picture at a pace while the work grows, and how far it is: how many have come, of all.

    Both are of what is known `now`, seen once: what comes meanwhile is in neither.
    Closing it ends the work where nobody else watches; what has come of it stays.
    """
    pace, new = Pace(seconds, count(now())[0]), True
    with closing(work.watch()) as coming:
        for parts in coming:
            new = new or len(parts) > 0
            said = waiting(work)
            if said or not pace.due():
                yield said
                continue
            seen = now()
            if new:
                yield "picture", drawn(seen)
            done, total = count(seen)
            left = pace.seconds_left(done, total)
            yield "rows", Rows(series={}, epoch=done, seconds_left=left)
            pace.sent()
            new = False
    yield "picture", drawn(now())
