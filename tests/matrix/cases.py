"""The cases in which every page is held: made from the registries, so that new entries are in them.

`covering()` has every pair of values of any two dimensions at least once; `whole()` every legal
combination. Both end with runs that are meant to diverge, and with data that are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import combinations, product

import numpy as np

from pages.shared.fields import as_text
from pages.shared.run import RUN
from pages.shared.settings import Settings, settings_of
from wd_core import DATASETS, OPTIMIZERS

# λ: none, little, and the end of its slider.
STRENGTHS = {"zero": 0.0, "small": 0.1, "end": 100.0}
BATCHES = ("whole", "short", "all")
# Rows and features, as far as a source has them. 12 and 6 rows make whole batches of several
# sizes, 11 and 5 make none.
SHAPES = {"d<n": (12, 3), "d>n": (6, 12), "d=1": (12, 1), "n=1": (1, 3)}
# Stable for every rule, at the largest λ as well, on the most curved of these batches.
CALM = 0.004
# Far above every limit; long enough for what grows to leave the range of numbers.
WILD, LONG = 1.0, 200
GROWS = ("curvature", "decay")
# Data in which nothing is left to chance: targets without noise, fitted down to rounding; nothing
# at all, of which every loss is 0.
EXACT: dict[str, dict[str, float]] = {
    "no noise": {"noise": 0.0, "lr": 0.1, "epochs": 400},
    "nothing": {"noise": 0.0, "true_weight": 0.0, "true_bias": 0.0, "init_std": 0.0},
}


@dataclass(frozen=True)
class Case:
    """One run on one data set, by the names of what it stands for.

    `grows`: "" for a run that settles, "curvature" for an η far above what the data allow, "decay"
    for one at which decay alone multiplies w by more than 1. `exact`: a key of EXACT, or "".
    """

    optimizer: str
    decay: str
    batches: str
    strength: str
    shape: str
    source: str
    decay_bias: bool
    grows: str = ""
    exact: str = ""

    def __str__(self) -> str:
        bias = "bias decayed" if self.decay_bias else ""
        parts = [getattr(self, field.name) for field in fields(self)]
        return "-".join(part for part in (*parts[:-3], bias, self.grows, self.exact) if part)

    @property
    def values(self) -> dict[str, str | int | float]:
        """The settings of the pages that show a run; the others have their defaults."""
        n, d = self.sizes
        return {
            "optimizer": self.optimizer,
            "decay": self.decay,
            "source": self.source,
            "n_train": n,
            "batch_size": batch_of(self.batches, n) or n,
            "n_features": d,
            "n_test": 12,
            "n_informative": 2,
            "noise": 0.5,
            "true_weight": 0.5,
            "weight_decay": STRENGTHS[self.strength],
            "lr": WILD if self.grows else CALM,
            "epochs": LONG if self.grows else 25,
            "seed": 3,
            **EXACT.get(self.exact, {}),
        }

    @property
    def sizes(self) -> tuple[int, int]:
        """n and d, as far as the source has them."""
        n, d = SHAPES[self.shape]
        n_train, n_features = DATASETS[self.source].within(n - (self.batches == "short"), d)
        return n_train, n_features

    def settings(self) -> Settings:
        """The run and its data, as a page that shows a run has them."""
        return settings_of(self.values)

    def query(self, **extras: object) -> dict[str, str]:
        """The link's query to this case, and what else a page has in it."""
        said = {key: as_text(value) for key, value in RUN.differences(self.settings()).items()}
        return said | {key: str(value) for key, value in extras.items()}


DIMENSIONS: dict[str, Sequence[object]] = {
    "optimizer": tuple(OPTIMIZERS),
    "decay": ("coupled", "decoupled"),
    "batches": BATCHES,
    "strength": tuple(STRENGTHS),
    "shape": tuple(SHAPES),
    "source": tuple(DATASETS),
    "decay_bias": (False, True),
}


def batch_of(kind: str, n: int) -> int | None:
    """A batch size of this kind for n rows; None where there is none."""
    sizes = {
        "all": [n],
        "whole": [size for size in range(2, n // 2 + 1) if n % size == 0],
        "short": [size for size in range(2, n // 2 + 1) if n % size],
    }[kind]
    return sizes[len(sizes) // 2] if sizes else None


def shape_of(n: int, d: int) -> str:
    """The shape that these sizes have."""
    if n == 1 or d == 1:
        return "n=1" if n == 1 else "d=1"
    return "d<n" if d < n else "d>n"


def legal(case: Case) -> bool:
    """Whether the source has such sizes, they such batches, and the run numbers of its own.

    On standardised data and all rows at once the bias has a gradient of pure rounding; a rule that
    divides gradients by their size makes steps of it that no two programs share.
    """
    n, d = case.sizes
    rounding = not DATASETS[case.source].drawn and case.batches == "all"
    fits = shape_of(n, d) == case.shape and batch_of(case.batches, n) is not None
    return fits and not (rounding and OPTIMIZERS[case.optimizer].degree == 0)


def growing() -> tuple[Case, ...]:
    """For every optimizer and kind of decay a run whose steps grow, by each of two causes."""
    return tuple(
        Case(
            optimizer=str(optimizer),
            decay=str(decay),
            batches=BATCHES[k % len(BATCHES)],
            strength="end" if cause == "decay" else ("small", "zero")[k // 2 % 2],
            shape=("d>n", "d<n")[k % 2],
            source=next(iter(DATASETS)),
            decay_bias=False,
            grows=cause,
        )
        for k, (optimizer, decay, cause) in enumerate(
            product(DIMENSIONS["optimizer"], DIMENSIONS["decay"], GROWS)
        )
    )


def exact() -> tuple[Case, ...]:
    """For every optimizer data without noise, and data that are nothing, with and without decay."""
    return tuple(
        Case(
            optimizer=str(optimizer),
            decay=("coupled", "decoupled")[k % 2],
            batches="all",
            strength=("small" if k % 4 == 1 else "zero") if kind == "no noise" else "small",
            shape="d<n",
            source=next(iter(DATASETS)),
            decay_bias=False,
            exact=kind,
        )
        for k, optimizer in enumerate(DIMENSIONS["optimizer"])
        for kind in EXACT
    )


def shrinking() -> tuple[Case, ...]:
    """For every rule that multiplies by 1 − ηλ as such: a short last batch, weights out of reach.

    Three things at once, which pairs need not bring together.
    """
    return tuple(
        Case(
            optimizer=name,
            decay=kind,
            batches="short",
            strength="small",
            shape="d>n",
            source=next(iter(DATASETS)),
            decay_bias=False,
        )
        for name, rule in OPTIMIZERS.items()
        for kind, decay in rule.decays.items()
        if decay.factor and rule.spans
    )


@lru_cache(maxsize=1)
def settling() -> tuple[Case, ...]:
    """Every legal combination that settles."""
    rows = (Case(*values) for values in product(*DIMENSIONS.values()))  # type: ignore[arg-type]
    return tuple(case for case in rows if legal(case))


def whole() -> tuple[Case, ...]:
    """The whole product, and the special cases."""
    return (*settling(), *growing(), *exact())


@lru_cache(maxsize=1)
def covering() -> tuple[Case, ...]:
    """Few cases with every pair of values that can be had, and the special cases."""
    rows = settling()
    pairs: dict[tuple[object, ...], int] = {}
    members = [[pairs.setdefault(pair, len(pairs)) for pair in pairs_of(case)] for case in rows]
    holds = np.zeros((len(rows), len(pairs)), dtype=bool)
    for row, its_pairs in enumerate(members):
        holds[row, its_pairs] = True
    missing, chosen = np.ones(len(pairs), dtype=bool), []
    while missing.any():
        best = int(np.argmax(holds @ missing.astype(np.int64)))
        chosen.append(rows[best])
        missing &= ~holds[best]
    extra = [case for case in shrinking() if case not in chosen]
    return (*chosen, *extra, *growing(), *exact())


def pairs_of(case: Case) -> list[tuple[object, ...]]:
    """The values of a case, two at a time."""
    values = [(name, getattr(case, name)) for name in DIMENSIONS]
    return [(*a, *b) for a, b in combinations(values, 2)]
