"""Tables that visitors brought: each is found by its hash, and by who brought it, together.

They lie in memory, with the session of their visitor, and are gone when that is forgotten. A table
that is small enough to travel in a link belongs to whoever has the link.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from threading import Lock
from typing import Final
from weakref import WeakValueDictionary, finalize

from pages.shared.sizes import held
from pages.shared.store import STORE
from pages.shared.words import say
from wd_core import DatasetSpec, Table
from wd_core.data import OWN

# A visitor's: the one that was brought last stays longest.
MOST_OF_VISITOR: Final = 3
# All of them together take so many bytes, and no more.
MOST_BYTES: Final = 256 << 20


class Brought:
    """What one visitor brought; `secret`: what addresses name the visitor by."""

    def __init__(self) -> None:
        self.secret = secrets.token_urlsafe(16)
        self.tables: dict[str, Table] = {}
        self.names: dict[str, str] = {}
        _VISITORS[self.secret] = self

    def bring(self, table: Table, name: str) -> None:
        """Have this table of a file of this name, too. ValueError where there is no room for it."""
        with _LOCK:
            others = [one for visitor in _VISITORS.values() for one in visitor.tables.values()]
            if held(table, *others).total > MOST_BYTES:
                raise ValueError(
                    say("Others’ tables take all the memory there is. Try again later.")
                )
            self.tables.pop(table.hash, None)
            for first in [*self.tables][: len(self.tables) + 1 - MOST_OF_VISITOR]:
                del self.tables[first], self.names[first]
            self.tables[table.hash], self.names[table.hash] = table, name
            finalize(table, forget, table.hash)


_LOCK: Final = Lock()
_VISITORS: Final[WeakValueDictionary[str, Brought]] = WeakValueDictionary()
# Those of links, for as long as there is room for them.
_OF_LINKS: Final[WeakValueDictionary[str, Table]] = WeakValueDictionary()
# Those that came with the work of another process.
_CARRIED: Final[WeakValueDictionary[str, Table]] = WeakValueDictionary()
_visitor: ContextVar[Brought | None] = ContextVar("who is worked for", default=None)
# Says who that is where nobody has said so: in a thread that works for a session.
_asked: Final[list[Callable[[], Brought | None]]] = []


def ask(visitor: Callable[[], Brought | None]) -> None:
    """Have this say who is worked for, where an address does not."""
    _asked[:] = [visitor]


def work_for(secret: str) -> None:
    """Work for the visitor with this secret from now on in this thread or task."""
    _visitor.set(_VISITORS.get(secret))


def visitor() -> Brought | None:
    """Who is worked for, if it is known and has brought something."""
    return _visitor.get() or next((asked() for asked in _asked), None)


def mine() -> Mapping[str, Table]:
    """The tables of the visitor who is worked for."""
    brought = visitor()
    return brought.tables if brought is not None else {}


def name_of(table: str) -> str:
    """What the visitor who is worked for calls the file of a table."""
    brought = visitor()
    return brought.names.get(table, "") if brought is not None else ""


def of_link(table: Table) -> None:
    """Know the table of a link, for as long as somebody holds it."""
    _OF_LINKS[table.hash] = table


def tables(spec: DatasetSpec) -> Mapping[str, Table]:
    """The table of a spec, for a work on it: who may ask for that was looked at before."""
    table = _found(spec.table) if spec.source == OWN else None
    return {} if table is None else {spec.table: table}


def _found(name: str) -> Table | None:
    places = (mine(), _OF_LINKS, _CARRIED, *(one.tables for one in [*_VISITORS.values()]))
    return next((place[name] for place in places if name in place), None)


# ---- for other processes


def needed(*things: object) -> tuple[Table, ...]:
    """The tables that a work on these needs."""
    found = {name: table for spec in _specs(things) for name, table in tables(spec).items()}
    return tuple(found.values())


def carry(brought: Iterable[Table]) -> None:
    """Know these tables for as long as somebody holds them."""
    for table in brought:
        _CARRIED[table.hash] = table


def _specs(thing: object) -> Iterator[DatasetSpec]:
    if isinstance(thing, DatasetSpec):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _specs(part)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from _specs(getattr(thing, field.name))


def forget(name: str) -> None:
    """Keep nothing that was worked out of a table that is gone."""
    if _found(name) is None:
        for entry in STORE.entries():
            if any(spec.table == name for spec in _specs(entry.question)):
                STORE.drop(entry)
