"""How η changes over the steps of a run, and what decay follows: each by the names settings have.

A run of T steps first warms up, step t = 0, 1, ... at η·(t+1)/warmup; of the T − warmup steps after
that a schedule is told how many are done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from wd_core.arrays import Array
from wd_core.checks import require
from wd_core.optimizers.settings import RunSettings

# The share of η at steps of which so many of all are done: of arrays of whole numbers.
Share = Callable[[Any, int], Array]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One entry of the registry; a fact that is missing or blank raises ValueError with its name.

    label and formula (LaTeX, in η and the share u of the steps that are done) are for the page;
    `falls`: whether η goes on falling until the run ends; share(done, steps): what η is multiplied
    by after so many of so many steps; source: the same in Python, of `done` and `steps`.
    """

    label: str
    formula: str
    falls: bool
    share: Share
    source: str

    def __post_init__(self) -> None:
        _require_stated(self, "label", "formula", "source")
        require(callable(self.share), "share", "a function", self.share)


@dataclass(frozen=True, kw_only=True)
class Following:
    """One entry of the registry of what decoupled decay follows, as strict as the others.

    formula (LaTeX): what a step takes of w; power: which power of η's share is that of decay;
    source: the same in Python, of `rate` = η_t, `lr` and `weight_decay`; `needs` what it asks of
    other settings: a rule in words and a test, by field.
    """

    label: str
    formula: str
    power: Literal[0, 1, 2]
    source: str
    needs: Mapping[str, tuple[str, Callable[[Any], bool]]]

    def __post_init__(self) -> None:
        _require_stated(self, "label", "formula", "source")
        require(self.power in (0, 1, 2), "power", "0, 1 or 2", self.power)
        strange = set(self.needs) - {field.name for field in fields(RunSettings)}
        require(not strange, "needs", "fields of Hyperparameters", sorted(strange))


def _require_stated(entry: object, *texts: str) -> None:
    for name, value in vars(entry).items():
        blank = name in texts and not str(value or "").strip()
        require(not (value is None or blank), name, "stated", value)


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule(
        label="Constant",
        formula=r"\eta",
        falls=False,
        share=lambda done, steps: np.ones(np.shape(done)),
        source="1.0",
    ),
    "cosine": Schedule(
        label="Cosine",
        formula=r"\eta\,\tfrac{1+\cos\pi u}{2}",
        falls=True,
        share=lambda done, steps: (1 + np.cos(np.pi * (done / steps))) / 2,
        source="(1 + math.cos(math.pi * done / steps)) / 2",
    ),
    "linear": Schedule(
        label="Linear",
        formula=r"\eta\,(1-u)",
        falls=True,
        share=lambda done, steps: 1 - done / steps,
        source="1 - done / steps",
    ),
    "step": Schedule(
        label="In steps",
        formula=r"\eta\cdot 0.1^{\lfloor 3u\rfloor}",
        falls=True,
        share=lambda done, steps: 0.1 ** (3 * done // steps),
        source="0.1 ** (3 * done // steps)",
    ),
}

_DECOUPLED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "decay": ("decoupled", lambda decay: decay == "decoupled")
}
FOLLOWING: dict[str, Following] = {
    "lr": Following(
        label="η",
        formula=r"\eta_t\lambda",
        power=1,
        source="rate * weight_decay",
        needs={},
    ),
    "nothing": Following(
        label="Nothing",
        formula=r"\eta\lambda",
        power=0,
        source="lr * weight_decay",
        needs=_DECOUPLED,
    ),
    "lr_squared": Following(
        label="η²",
        formula=r"\eta_t^2\lambda/\eta",
        power=2,
        source="rate**2 * weight_decay / lr",
        needs=_DECOUPLED,
    ),
}
