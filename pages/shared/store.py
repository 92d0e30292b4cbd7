"""What is kept for its questions, all together bounded in bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import TypeVar

from pages.shared import limits
from pages.shared.sizes import held

# What an entry costs beyond what it holds, roughly.
ENTRY_BYTES = 1024


class Entry(ABC):
    """A place for what is kept for a question; nobody throws it away while it is `busy`."""

    def __init__(self, question: Hashable) -> None:
        self.question = question
        self.holds: dict[Hashable, int] = {id(self): ENTRY_BYTES} | held(question)

    @property
    @abstractmethod
    def busy(self) -> bool:
        """Whether it is being worked on, or watched."""


E = TypeVar("E", bound=Entry)


class Store:
    """Entries by their question: what was not used for longest goes when all exceed the budget.

    What several of them hold counts once. The entry that came last stays, however large it is:
    who asked for it is about to use it.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.bytes = 0
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._holders: dict[Hashable, tuple[int, int]] = {}
        # a garbage collection may come at any time and end what works on an entry
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> list[Entry]:
        """What is kept, the least recently used first."""
        with self._lock:
            return list(self._entries.values())

    def entry(self, question: Hashable, new: Callable[[Hashable], E]) -> E:
        """The entry of a question, a new one where there is none; it is the last one used."""
        with self._lock:
            entry = self._entries.get(question)
            if entry is None:
                entry = self._entries[question] = new(question)
                self._hold(entry.holds)
            self._entries.move_to_end(question)
            return entry  # type: ignore[return-value]  # a question names its work

    def add(self, entry: Entry, *things: object) -> None:
        """Count what an entry holds from now on, and make room for it."""
        sizes = held(*things)
        with self._lock:
            if entry.question not in self._entries:  # dropped, and worked out all the same
                self._entries[entry.question] = entry
                self._hold(entry.holds)
            if self._entries[entry.question] is not entry:
                return
            more = {key: size for key, size in sizes.items() if key not in entry.holds}
            entry.holds |= more
            self._hold(more)
            if self.bytes > self.budget:
                self._make_room(entry)

    def drop(self, entry: Entry) -> None:
        """Keep an entry no longer."""
        with self._lock:
            if self._entries.get(entry.question) is entry:
                del self._entries[entry.question]
                self._release(entry.holds)

    def clear(self) -> None:
        """Keep nothing."""
        for entry in self.entries():
            self.drop(entry)

    def _make_room(self, entry: Entry) -> None:
        for other in list(self._entries.values()):
            if self.bytes <= self.budget:
                break
            if other is not entry and not other.busy:
                self.drop(other)

    def _hold(self, sizes: dict[Hashable, int]) -> None:
        for key, size in sizes.items():
            count, size = self._holders.get(key, (0, size))
            self._holders[key] = (count + 1, size)
            self.bytes += 0 if count else size

    def _release(self, sizes: dict[Hashable, int]) -> None:
        for key in sizes:
            count, size = self._holders.pop(key)
            if count > 1:
                self._holders[key] = (count - 1, size)
            else:
                self.bytes -= size


# What this process keeps.
STORE = Store(limits.KEPT.value)
