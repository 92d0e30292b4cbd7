"""The pairs of λ and t that the sliders stop at, and what is kept at each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.act.question.matching import (
    Pair,
    leading,
    most_weight_decay,
    spectrum,
    steps_for,
    steps_on_offer,
    weight_decay_for,
    weight_decays,
)
from pages.act.question.shown import FREE, Shown, present
from pages.shared.settings import Settings
from wd_core import DatasetSpec
from wd_core.arrays import Array
from wd_core.linear.filters import descent_filter, ridge_filter


@dataclass(frozen=True, eq=False)
class States:
    """K pairs of λ and t (inf: the limit), and the numbers of those that each slider stops at.

    s [r], falling, and lr are those of the run; `chosen` is the pair that the page is at; `match`
    names what of each pair is the best for the other: "steps", "weight_decay", or "" for neither.
    """

    s: Array
    lr: float
    weight_decay: Array
    steps: Array
    by_weight_decay: list[int]
    by_steps: list[int]
    match: list[str]
    chosen: int

    @property
    def ridge(self) -> Array:
        """What ridge keeps of each direction, [K, r]."""
        return ridge_filter(self.s, self.weight_decay[:, None])

    @property
    def stopped(self) -> Array:
        """What t steps without decay keep, [K, r]; NaN where descent never arrives."""
        kept = descent_filter(self.s, self.lr, self.steps[:, None])
        return np.where(self.arrives, kept, np.nan)

    @property
    def both(self) -> Array:
        """What t steps with decay keep, [K, r]; NaN where descent with decay never arrives."""
        kept = descent_filter(self.s, self.lr, self.steps[:, None], self.weight_decay[:, None])
        return np.where(self.arrives_decayed[:, None], kept, np.nan)

    @property
    def arrives(self) -> bool:
        """Whether descent without decay converges: η s_max < 2."""
        return bool(self.lr * self.s[0] < 2)

    @property
    def arrives_decayed(self) -> NDArray[np.bool_]:
        """Whether descent with decay converges: η(s_max + λ) < 2, [K]."""
        return np.asarray(self.lr * (self.s[0] + self.weight_decay) < 2)


def states(settings: Settings, shown: Shown) -> States:
    """Everything that the sliders can reach from the present state without asking."""
    spec, lr = settings.data, settings.run.lr
    now = present(settings, shown)
    pairs, by_lam, by_t = (_free if shown.sliders == FREE else _together)(spec, lr, now)
    place = {pair: k for k, pair in enumerate(pairs)}
    lams, steps = np.array(pairs).T
    return States(
        s=spectrum(spec).s,
        lr=lr,
        weight_decay=lams,
        steps=steps,
        by_weight_decay=[place[pair] for pair in sorted({*by_lam, now})],
        by_steps=[place[pair] for pair in sorted({*by_t, now}, key=lambda pair: pair[1])],
        match=[leading(spec, lr, lam, t) for lam, t in pairs],
        chosen=place[now],
    )


def _together(spec: DatasetSpec, lr: float, now: Pair) -> tuple[list[Pair], set[Pair], set[Pair]]:
    """Every λ with its t, and every t with its λ, λ rising."""
    by_lam = {(lam, steps_for(spec, lr, lam)) for lam in weight_decays()}
    offered = steps_on_offer(spectrum(spec).s, lr)
    by_lam = {pair for pair in by_lam if pair[0] != now[0]}
    by_t = {(weight_decay_for(spec, lr, t), t) for t in offered if t != now[1]}
    by_t = {pair for pair in by_t if pair[0] <= most_weight_decay()}
    pairs = sorted({*by_lam, *by_t, now}, key=lambda pair: (pair[0], -pair[1]))
    return pairs, by_lam, by_t


def _free(spec: DatasetSpec, lr: float, now: Pair) -> tuple[list[Pair], set[Pair], set[Pair]]:
    """Every λ with the present t, and every t with the present λ.

    The present pair stands between the two, so that while one slider moves, the nearest stop of
    the other is where it stands; its neighbours are the next smaller λ and the next larger t.
    """
    lam, t = now
    lams = [x for x in weight_decays() if x != lam]
    steps = [x for x in steps_on_offer(spectrum(spec).s, lr) if x != t]
    row = [(x, t) for x in sorted(lams, key=lambda x: (x < lam, x))]
    column = [(lam, x) for x in sorted(steps, key=lambda x: (x < t, x))]
    return [*row, now, *column], set(row), set(column)
