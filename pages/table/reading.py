"""What is brought, read away from the interpreter that serves the pages where that takes long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from pages.shared.work import employed
from pages.shared.worker import Task
from wd_core import Table, read_table
from wd_core.data import OWN, DatasetSpec, DataSource, source_of
from wd_core.data.settings import Role

# Less is read in a moment.
LITTLE: Final = 50_000
# So many bytes a second are read, roughly, and so many cells looked through.
SPEED, CELLS = 2e6, 1e6


@dataclass(frozen=True)
class Given:
    """What was brought: its bytes or its text, and what it is called."""

    source: bytes | str
    name: str


def table(given: Given, told: Mapping[str, Any]) -> Table:
    """The table. ValueError with all that is wrong with it."""
    return cast(Table, _done(_table, given.source, told, size=len(given.source) / SPEED))


def _table(source: bytes | str, told: Mapping[str, Any]) -> Table:
    return read_table(source, **told)


def entry(found: Table, target: str, roles: Mapping[str, Role], holes: str) -> DataSource:
    """The table as a source of data. ValueError with all that is wrong with it."""
    return source_of(spec(found, target, roles, holes), {found.hash: found})


def spec(found: Table, target: str, roles: Mapping[str, Role], holes: str) -> DatasetSpec:
    """The spec of the table, with its columns in their roles."""
    said: Sequence[tuple[str, Role]] = [*roles.items()]
    return DatasetSpec(OWN, table=found.hash, target=target, roles=tuple(said), holes=holes)  # type: ignore[arg-type]


def _done(work: Any, *args: Any, size: float) -> Any:
    workers = employed()
    if workers is None or size < LITTLE / SPEED:
        return work(*args)
    return workers.answer(Task.of(work, *args), size)
