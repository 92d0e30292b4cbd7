"""Addresses at which the Geometry page is held: sources, strengths, paths and switches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from wd_core import DATASETS


@dataclass(frozen=True)
class View:
    """One address of the page."""

    shape: str
    strength: str
    walk: str
    drawn: str

    def __str__(self) -> str:
        return "-".join((self.shape, self.strength, self.walk, self.drawn))

    @property
    def query(self) -> dict[str, str]:
        return {**SHAPES[self.shape], **STRENGTHS[self.strength], **WALKS[self.walk],
                **DRAWN[self.drawn]}  # fmt: skip


# Bowls, valleys and plains of every source; data of few rows, of equal and of constant features.
SHAPES: dict[str, dict[str, str]] = {
    "bowl": {},
    "bowl on the axes": {"angle": "0"},
    "round": {"s1": "1", "s2": "1"},
    "w̃ on an axis": {"angle": "90", "w2": "0"},
    "valley": {"s2": "0"},
    "valley along an edge": {"s2": "0", "angle": "45"},
    "plain": {"s1": "0", "s2": "0"},
    "w̃ = 0": {"w1": "0", "w2": "0"},
    "tiny w̃": {"w1": "1e-6", "w2": "2e-6", "start1": "1e-6", "start2": "-1e-6"},
    "patients": {"source": "diabetes", "start1": "-0.3", "start2": "0.3"},
    "equal features": {"source": "diabetes", "feature2": "bmi", "start1": "-0.2", "start2": "0.2"},
    "two patients": {"source": "diabetes", "n_train": "2", "start1": "0.2", "start2": "0.1"},
    "drawn": {"source": "synthetic", "n_train": "11"},
    "drawn, no signal": {"source": "synthetic", "noise": "0", "true1": "0", "true2": "0"},
    "drawn, two rows": {"source": "synthetic", "n_train": "2"},
    "drawn, no noise": {"source": "synthetic", "noise": "0", "n_train": "8"},
    "slice of a plane": {"source": "slice", "n_features": "2", "n_train": "8"},
    "slice, two rows": {"source": "slice", "n_features": "7", "n_train": "2"},
    "slice, three rows": {"source": "slice", "n_features": "7", "n_train": "3"},
    **{
        f"slice of {name}, {shape}": {"source": "slice", "data": name, **sizes}
        for name in DATASETS
        for shape, sizes in (
            ("d<n", {"n_features": "4", "n_train": "12"}),
            ("d>n", {"n_features": "12", "n_train": "6"}),
        )
    },
}
STRENGTHS = {
    "none": {"weight_decay": "0"},
    "some": {},
    "most": {"weight_decay": "1000000"},
    "small θ": {"theta": "0.001"},
    "wide θ": {"theta": "99"},
}
WALKS = {
    "still": {},
    "calm": {"descent": "on", "lr": "0.05", "batch_size": "4", "steps": "30"},
    "wild": {"descent": "on", "lr": "3", "batch_size": "1", "steps": "9"},
    "full alone": {"descent": "on", "lr": "0.8", "sgd": "off", "steps": "1"},
    "beside the steepest": {"descent": "on", "lr": "1.5", "start1": "1.52", "steps": "60"},
    "at w̃": {"descent": "on", "lr": "50", "start1": "1.9", "start2": "1.1", "batch_size": "200"},
    "outside": {"descent": "on", "start1": "60"},
}
DRAWN = {
    "plain": {},
    "l1": {"l1": "on"},
    "objective": {"objective": "on"},
    "both": {"l1": "on", "objective": "on"},
    "surface": {"view": "surface"},
}


def covering() -> tuple[View, ...]:
    """Few addresses in which strengths, walks and what is drawn meet each other, and every shape
    but the slices meets λ = 0 and a λ above it.
    """
    rows = [
        View(*names)
        for names in product(SHAPES, STRENGTHS, WALKS, DRAWN)
        if SHAPES[names[0]].get("source") != "slice" or names[2] == "still"  # it has no paths
    ]
    pairs = [pairs_of(row) for row in rows]
    missing, chosen = set().union(*pairs), []
    while missing:
        begin = 37 * len(chosen) % len(rows)  # so that equals are not always of the first shape
        turned = [*range(begin, len(rows)), *range(begin)]
        best = max(turned, key=lambda i: len(missing & pairs[i]))
        chosen.append(rows[best])
        missing -= pairs[best]
    return tuple(chosen)


def pairs_of(row: View) -> frozenset[tuple[Any, ...]]:
    """The values of an address, two at a time."""
    values = [(name, getattr(row, name)) for name in ("strength", "walk", "drawn")]
    sliced = SHAPES[row.shape].get("source") == "slice"
    shrunk = not sliced and row.strength not in ("none", "wide θ")
    return frozenset((*combinations(values, 2), (row.shape, shrunk)))
