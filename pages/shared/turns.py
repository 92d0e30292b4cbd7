"""A work that grows, a turn at a time, wherever it is done."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Generic, Protocol, TypeVar

P = TypeVar("P")
# Nothing instead of a part is a moment to stop.
Parts = Generator[P | None, None, None]


class Source(Protocol[P]):
    """Where the parts of a work come from."""

    @property
    def ahead(self) -> int | None:
        """How many works get a place before this one; None where it waits for none."""

    def turn(self, seconds: float) -> tuple[list[P], bool]:
        """The parts that come in about so long, and whether they are the last."""

    def close(self) -> None:
        """End the work."""


class Turns(Generic[P]):
    """The parts of a generator; a turn ends at the moment to stop in which its time is up."""

    ahead: int | None = None

    def __init__(self, work: Parts[P]) -> None:
        self._work = work

    def turn(self, seconds: float) -> tuple[list[P], bool]:
        """The parts that come in about so long, and whether they are the last."""
        until, parts = time.monotonic() + seconds, list[P]()
        for part in self._work:
            if part is not None:
                parts.append(part)
            if time.monotonic() >= until:
                return parts, False
        return parts, True

    def close(self) -> None:
        """End the work."""
        self._work.close()
