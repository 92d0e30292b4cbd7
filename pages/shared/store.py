"""What is kept for its questions, all together bounded in bytes."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import TypeVar

import anyio

from pages.shared import limits
from pages.shared.sizes import held

# What an entry costs beyond what it holds, roughly.
ENTRY_BYTES = 1024
# What does not fit into the budget is kept for so long after it was used last.
UNUSED_SECONDS = 20.0


class Entry(ABC):
    """A place for what is kept for a question; nobody throws it away while it is `busy`.

    small, large: the bytes that it holds, of what is shared by none and of what may be; used: when
    somebody asked for it last.
    """

    def __init__(self, question: Hashable) -> None:
        self.question = question
        asked = held(question)
        self.small, self.large = ENTRY_BYTES + asked.small, asked.large
        self.used = time.monotonic()

    @property
    @abstractmethod
    def busy(self) -> bool:
        """Whether it is being worked on, or watched."""


E = TypeVar("E", bound=Entry)


class Store:
    """Entries by their question: what was not used for longest goes when all exceed the budget.

    What is large and several of them hold counts once. The entry that came last stays, however
    large it is: who asked for it is about to use it. `let_go` ends that.
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
                entry = new(question)
                self._keep(entry)
            entry.used = time.monotonic()
            self._entries.move_to_end(question)
            return entry  # type: ignore[return-value]  # a question names its work

    def add(self, entry: Entry, *things: object) -> None:
        """Count what an entry holds from now on, beside what it has held, and make room for it."""
        found = held(*things)
        with self._lock:
            if entry.question not in self._entries:  # dropped, and worked out all the same
                self._keep(entry)
            if self._entries[entry.question] is not entry:
                return
            more = {key: size for key, size in found.large.items() if key not in entry.large}
            entry.small += found.small
            entry.large |= more
            self.bytes += found.small
            self._hold(more)
            self._make_room(lambda other: other is not entry)

    def count_again(self, entry: Entry, *things: object) -> None:
        """Count what an entry holds by now, which is this: it has grown as it was used."""
        found = held(entry.question, *things)
        with self._lock:
            if self._entries.get(entry.question) is entry:
                self._forget(entry)
                entry.small, entry.large = ENTRY_BYTES + found.small, found.large
                self._keep(entry)
                self._make_room(lambda other: other is not entry)

    def let_go(self, seconds: float = UNUSED_SECONDS) -> None:
        """Keep no longer what exceeds the budget, where nobody has used it for so long."""
        if self.bytes <= self.budget:
            return
        before = time.monotonic() - seconds
        with self._lock:
            self._make_room(lambda entry: entry.used <= before)

    def drop(self, entry: Entry) -> None:
        """Keep an entry no longer."""
        with self._lock:
            if self._entries.get(entry.question) is entry:
                self._forget(entry)

    def clear(self) -> None:
        """Keep nothing."""
        for entry in self.entries():
            self.drop(entry)

    def _keep(self, entry: Entry) -> None:
        self._entries[entry.question] = entry
        self.bytes += entry.small
        self._hold(entry.large)

    def _forget(self, entry: Entry) -> None:
        del self._entries[entry.question]
        self.bytes -= entry.small
        self._release(entry.large)

    def _make_room(self, may_go: Callable[[Entry], bool]) -> None:
        for entry in list(self._entries.values()) if self.bytes > self.budget else ():
            if self.bytes <= self.budget:
                break
            if may_go(entry) and not entry.busy:
                self.drop(entry)

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


async def tend() -> None:
    """Let go again and again, for nobody may come whose question makes room."""
    while True:
        await anyio.sleep(UNUSED_SECONDS / 2)
        STORE.let_go()
