"""Whether a first row names the columns, and names that tell them apart."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

from wd_core.checks import Phrase
from wd_core.table.limits import MOST_TOLD
from wd_core.table.notes import Note
from wd_core.table.numbers import Reader

# Numbers that a first row holds as names: years, one after the other.
YEARS = range(1500, 2200)


def names_columns(rows: Sequence[Sequence[str]], reader: Reader) -> bool:
    """Whether the first row is one of names: where columns of numbers begin with something else."""
    first, body = rows[0], rows[1:]
    said = [reader.read([cell]) for cell in first]
    if not body:
        return not any(one.numbers for one in said)
    votes = 0
    for one, cells in zip(said, zip(*body, strict=True), strict=True):
        read = reader.read(cells)
        if len(read.numbers) > len(read.others):
            votes += 1 if one.others else -len(one.numbers)
    if votes < 0:
        numbers = [value for one in said for value in one.numbers.values()]
        return any(one.others for one in said) and _are_years(numbers)
    return votes > 0 or not all(one.numbers for one in said)


def _are_years(numbers: Sequence[float]) -> bool:
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    return len(numbers) > 1 and len(steps) == 1 and all(value in YEARS for value in numbers)


def told_apart(given: Sequence[str]) -> tuple[list[str], list[Note]]:
    """Names without blanks around them, each a text and none twice, and what was changed."""
    names: list[str] = []
    rest = [name.strip() for name in given]
    for place, name in enumerate(rest, 1):
        taken = {*names} if name and name not in names else {*names, *rest}
        names.append(free_name(name or f"column {place}", taken))
    return names, list(_changed(given, names))


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name, with a number behind it where it is taken: "x", "x (2)", "x (3)", ..."""
    numbered = (f"{wanted} ({count})" for count in itertools.count(2))
    return next(name for name in itertools.chain([wanted], numbered) if name not in taken)


def _changed(given: Sequence[str], names: Sequence[str]) -> Iterator[Note]:
    blank = [new for old, new in zip(given, names, strict=True) if not old.strip()]
    if blank:
        said = Phrase("Columns without a name are called {names}.", names=_quoted(blank))
        yield Note("names", said)
    padded = [old for old in given if old.strip() and old != old.strip()]
    if padded:
        said = Phrase("Names lose the blanks around them: {names}.", names=_quoted(padded))
        yield Note("names", said)
    twice = [new for old, new in zip(given, names, strict=True) if old.strip() not in ("", new)]
    if twice:
        called = _quoted(twice)
        said = Phrase("Columns of a name that another one has are called {names}.", names=called)
        yield Note("names", said)


def _quoted(names: Sequence[str]) -> str:
    told = ", ".join(map(repr, names[:MOST_TOLD]))
    return f"{told} … (+{len(names) - MOST_TOLD})" if len(names) > MOST_TOLD else told
