"""Where data come from, as pages offer it: the engine's registry, and a visitor's own table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pages.shared.brought import tables
from pages.shared.brought.packed import packed, read_roles, unpacked, written_roles
from pages.shared.fields import Labelled, Value
from pages.shared.link import printable
from pages.shared.words import label, say
from pages.shared.work import kept
from wd_core import DATASETS, DatasetSpec, Table
from wd_core.data import OWN, DataSource, source_of


class NoTableError(ValueError):
    """The table that settings speak of is not here, or is another visitor's."""

    def __init__(self, file: str = "") -> None:
        super().__init__(
            say(
                "the table of the file {file} is not here; bring it on the page “Your table”, and "
                "open the link again",
                file=printable(file),
            )
            if file
            else say("the table is not here; bring it on the page “Your table” first")
        )


@dataclass(frozen=True)
class _Own:
    label: str


class _Offered(Mapping[str, Labelled]):
    """What the registry has at the time of asking, and a visitor's own table."""

    def __getitem__(self, name: str) -> Labelled:
        return OWN_TABLE if name == OWN else DATASETS[name]

    def __iter__(self) -> Iterator[str]:
        yield from (*DATASETS, OWN)

    def __len__(self) -> int:
        return len(DATASETS) + 1


OWN_TABLE: Final = _Own(label("Your own table"))
OFFERED: Final = _Offered()
# What a spec says of a table, and the texts that links say it by.
OF_TABLE: Final = ("table", "target", "roles", "holes")
TEXTS: Final = ("table", "rows", "file", "target", "roles")


def reads(name: str) -> tuple[str, ...]:
    """The settings that data of this source are made of."""
    if name == OWN:  # whatever the table is
        return ("n_train", "n_test", "seed", "holes", *TEXTS)
    return DATASETS[name].reads


def data_source(spec: DatasetSpec) -> DataSource:
    """The entry of a spec's source. NoTableError where its table is not here."""
    if spec.source != OWN:
        return DATASETS[spec.source]
    return _own(DatasetSpec(OWN, **{key: getattr(spec, key) for key in OF_TABLE}))


@kept
def _own(spec: DatasetSpec) -> DataSource:
    if not (known := tables.tables(spec)):
        raise NoTableError
    return source_of(spec, known)


# ---- a table as settings


@kept
def _linked(rows: str) -> Table:
    table = unpacked(rows)
    tables.of_link(table)
    return table


def spec_of(values: Mapping[str, Value]) -> DatasetSpec:
    """The source that values name, and its table. NoTableError where the visitor has none such."""
    source = str(values["source"])
    if source != OWN:
        return DatasetSpec(source)
    if values["rows"]:
        name = _linked(str(values["rows"])).hash
    elif (name := str(values["table"])) not in tables.mine():
        raise NoTableError(str(values["file"]))
    return DatasetSpec(
        OWN,
        table=name,
        target=str(values["target"]),
        roles=read_roles(str(values["roles"])),  # type: ignore[arg-type]
        holes=values["holes"],  # type: ignore[arg-type]
    )


def chosen(values: Mapping[str, Value]) -> DataSource | None:
    """The entry of the source that values name; None of a table that is not here."""
    if (name := values["source"]) != OWN:  # asked for many times a move
        return DATASETS.get(str(name))
    try:
        return data_source(spec_of(values))
    except ValueError:
        return None


def told(spec: DatasetSpec) -> dict[str, Value]:
    """The texts by which links tell a spec's table: itself, where it is small, or its hash."""
    if spec.source != OWN:
        return dict.fromkeys(TEXTS, "")
    table = tables.tables(spec).get(spec.table)
    if table is None:
        raise NoTableError
    rows = packed(table)
    return {
        "table": "" if rows else spec.table,
        "rows": rows,
        "file": "" if rows else tables.name_of(spec.table),
        "target": spec.target,
        "roles": written_roles(spec.roles),
    }
