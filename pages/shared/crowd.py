"""How much each address has open, so that one does not take what all need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Crowd:
    """What is open at once: so much of it from one address, and so much in all.

    It belongs to one thread, the server's loop.
    """

    def __init__(self, most_of_address: int, most: float = float("inf")) -> None:
        self._most_of_address, self._most = most_of_address, most
        self._of_address: Counter[str] = Counter()
        self._all = 0

    def is_full(self, address: str) -> bool:
        """Whether nothing more may come from there now."""
        return self._all >= self._most or self._of_address[address] >= self._most_of_address

    @contextmanager
    def one_more(self, address: str) -> Iterator[None]:
        """Count one more from there until it ends."""
        self._all += 1
        self._of_address[address] += 1
        try:
            yield
        finally:
            self._all -= 1
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]
