"""What to draw or load, checked against the registry of sources, and the data it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from wd_core.checks import (
    Phrase,
    require,
    require_non_negative,
    require_number,
    require_one_of,
    require_whole,
)
from wd_core.data.own import source_of_table
from wd_core.data.registry import DATASETS
from wd_core.data.settings import OWN, DataSettings, Extension, Holes, Role
from wd_core.data.source import DataSource
from wd_core.records import Dataset
from wd_core.signatures import typed
from wd_core.table import Table


@dataclass(frozen=True)
class DatasetSpec(DataSettings):
    """What to draw or load: a source of `DATASETS` and its numbers.

    A field that a source does not read is ignored by it. Wrong values raise ValueError.
    `noise`: standard deviation on the targets; `correlation`: of neighbouring features;
    `n_informative`: weights that are not 0; `extension`: what a table gets beyond its columns.
    The source "own" is a user's table, by the hash of the `Table`: `target` is its column y,
    `roles` are those of its other columns, as far as they are not the suggested ones (a mapping,
    or pairs), and `holes` says what becomes of missing values (see `table_dataset`).
    """

    def __post_init__(self) -> None:
        require_one_of("source", self.source, (*DATASETS, OWN))
        for name in ("n_train", "n_test", "n_features", "n_informative"):
            require_whole(name, getattr(self, name), 1)
        require_whole("seed", self.seed, 0)
        require_non_negative("noise", self.noise)
        require_number("true_weight", self.true_weight)
        require_number("true_bias", self.true_bias)
        rule = "between -1 and 1"
        require_number("correlation", self.correlation, rule, lambda x: -1 < x < 1)
        require_one_of("extension", self.extension, get_args(Extension))
        require_one_of("holes", self.holes, get_args(Holes))
        for name in ("table", "target"):
            value = getattr(self, name)
            told = isinstance(value, str) and (value != "" or self.source != OWN)
            require(told, name, "a text", value)
        object.__setattr__(self, "roles", _pairs(self.roles))


def _pairs(roles: Any) -> tuple[tuple[str, Role], ...]:
    """Roles as pairs of texts in the order of the names, whatever they were given as."""
    given = list(roles.items()) if isinstance(roles, Mapping) else roles
    pairs = [pair for pair in given if _is_pair(pair)] if isinstance(given, list | tuple) else []
    fits = isinstance(given, list | tuple) and len(pairs) == len(given)
    fits = fits and len({name for name, _ in pairs}) == len(pairs)
    choices = ", ".join(get_args(Role))
    rule = Phrase("a mapping from names of columns to any of {choices}", choices=choices)
    require(fits, "roles", rule, roles)
    return tuple(sorted((name, role) for name, role in pairs))


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, tuple | list)
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], str)
        and pair[1] in get_args(Role)
    )


@typed
def source_of(spec: DatasetSpec, tables: Mapping[str, Table] | None = None) -> DataSource:
    """The entry of a spec's source, that of a user's table made of the one in `tables`.

    ValueError where the table is not there, is another one than its hash says, or cannot be used.
    """
    if spec.source != OWN:
        return DATASETS[spec.source]
    table = (tables or {}).get(spec.table)
    there = Phrase("such that the table {table} is among them", table=repr(spec.table))
    require(isinstance(table, Table), "tables", there, [*(tables or {})])
    assert table is not None
    same = table.hash == spec.table
    require(same, "tables", "tables by their hashes", {spec.table: table.hash})
    return source_of_table(table, spec)


@typed
def make_dataset(spec: DatasetSpec, tables: Mapping[str, Table] | None = None) -> Dataset:
    """Draw or load the data of a spec.

    The training rows depend on the seed alone, not on `n_test`, and their X not on `noise`.
    A user's own table is taken from `tables`, by its hash.
    ValueError where n_train or n_features is more than the source has.
    """
    source = source_of(spec, tables)
    source.sizes(spec)
    return source.make(spec)
