"""How often a stream speaks, and how long it still takes."""

from __future__ import annotations

import time


class Pace:
    """Events at a fixed pace, however fast the work goes; it is at `done` when it begins."""

    def __init__(self, seconds: float, done: int = 0) -> None:
        self.seconds = seconds
        self._began = self._sent = time.monotonic()
        self._before = done

    def due(self) -> bool:
        """Whether it is time for the next event."""
        return time.monotonic() - self._sent >= self.seconds

    def sent(self) -> None:
        """Remember that an event is sent now."""
        self._sent = time.monotonic()

    def seconds_left(self, done: int, total: int) -> float | None:
        """How long the rest takes at the speed so far; None while nothing is known of it."""
        came = done - self._before
        if came <= 0:
            return None
        return (time.monotonic() - self._began) / came * (total - done)
