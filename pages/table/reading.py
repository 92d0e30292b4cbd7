"""What is brought, read away from the interpreter that serves the pages where that takes long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pages.shared.work import employed
from pages.shared.worker import Task
from pages.table.columns import Chosen
from wd_core import Table, read_table
from wd_core.data import OWN, DatasetSpec, DataSource, source_of

# Less is read in a moment; of more so many bytes a second, roughly.
LITTLE, SPEED = 50_000, 2e6


@dataclass(frozen=True)
class Given:
    """What was brought: its bytes or its text, and what it is called."""

    source: bytes | str
    name: str


def table(given: Given, told: Mapping[str, Any]) -> Table:
    """The table. ValueError with all that is wrong with it."""
    workers, size = employed(), len(given.source)
    if workers is None or size < LITTLE:
        return read_table(given.source, **told)
    return cast(Table, workers.answer(Task.of(read_table, given.source, **told), size / SPEED))


def entry(found: Table, columns: Chosen) -> DataSource:
    """The table as a source of data. ValueError with all that is wrong with it."""
    return source_of(spec(found, columns), {found.hash: found})


def spec(found: Table, columns: Chosen) -> DatasetSpec:
    """The spec of the table, with its columns in their roles."""
    return DatasetSpec(
        OWN,
        table=found.hash,
        target=columns.target,
        roles=tuple(columns.roles.items()),
        holes=columns.holes,
    )
