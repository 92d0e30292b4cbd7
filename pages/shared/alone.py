"""A large work has a worker to itself, when it gets a place: at its end all of that is given back.

So a step that nothing can interrupt, a decomposition say, holds up no other work, and ends with its
worker when nobody waits for it any more.
"""

from __future__ import annotations

import time
from typing import Any

from pages.shared.worker import MEGABYTE, Task
from pages.shared.workers import MOMENT, Away, Begin, LostError, Workers

# What is expected to take more bytes than this is large. However little more, it claims a share of
# the room: more processes at once would only slow each other down.
LARGE, LEAST_SHARE = 32 * MEGABYTE, 1 / 4
# Of two large works the one that takes so much less time may come first; never by more than that.
MOST_BEFORE = 60.0


class Alone(Away):
    """The parts of a work that takes about so many bytes and seconds."""

    def __init__(self, workers: Workers, begin: Begin, takes: float, seconds: float) -> None:
        workers.allow(takes)
        super().__init__(workers, begin)
        self._worker = workers.hire()
        claimed = max(takes, LEAST_SHARE * workers.room.size)
        self._claim = workers.room.claim(claimed, time.monotonic() + min(seconds, MOST_BEFORE))

    @property
    def ahead(self) -> int | None:  # type: ignore[override]
        """How many works get a place before this one; None once it has one."""
        return self._claim.ahead

    def turn(self, seconds: float) -> tuple[list[Any], bool]:
        """The parts that come in about so long, and whether they are the last.

        None come while there is no place, nor while the worker is in the midst of a long step.
        """
        return self._turn(seconds) if self._claim.met else ([], False)

    def _told(self, task: Task | None, seconds: float) -> tuple[list[Any], bool]:
        try:
            if task is not None or not self._asked:
                self._worker.order("turn", self._number, task, seconds)
                self._asked = True
            if not self._worker.has_replied(seconds + MOMENT):
                return [], False
            self._asked = False
            return self._worker.reply()  # type: ignore[no-any-return]
        except LostError:
            self._asked = False
            raise

    def close(self) -> None:
        """End the work and its worker."""
        self._workers.dismiss(self._worker)
        self._claim.leave()
