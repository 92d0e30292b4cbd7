"""The pairs of λ and t that the sliders stop at, and what is kept at each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.act.question.matching import Matches, Pair, matches, most_weight_decay, spectrum
from pages.act.question.shown import FREE, Shown, present
from pages.shared.settings import Settings
from pages.shared.work import kept
from wd_core.arrays import Array
from wd_core.linear.filters import descent_filter, ridge_filter


@dataclass(frozen=True, eq=False)
class States:
    """K pairs of λ and t (inf: the limit), and the numbers of those that each slider stops at.

    s [r], falling, and lr are those of the run; `chosen` is the pair that the page is at; `match`
    names what of each pair is the best for the other: "steps", "weight_decay", or "" for neither.
    ridge, stopped, both [K, r]: what is kept of each direction by ridge, by t steps without decay,
    and by t steps with it; NaN where that descent never arrives.
    """

    s: Array
    lr: float
    weight_decay: Array
    steps: Array
    by_weight_decay: list[int]
    by_steps: list[int]
    match: list[str]
    chosen: int
    ridge: Array
    stopped: Array
    both: Array

    @property
    def arrives(self) -> bool:
        """Whether descent without decay converges: η s_max < 2."""
        return bool(_arrives(self.s, self.lr))

    @property
    def arrives_decayed(self) -> NDArray[np.bool_]:
        """Whether descent with decay converges: η(s_max + λ) < 2, [K]."""
        return _arrives(self.s, self.lr, self.weight_decay)


@kept
def states(settings: Settings, shown: Shown) -> States:
    """Everything that the sliders can reach from the present state without asking."""
    spec, lr = settings.data, settings.run.lr
    best, now = matches(spec, lr), present(settings, shown)
    pairs, by_lam, by_t = (_free if shown.sliders == FREE else _together)(best, now)
    place = {pair: k for k, pair in enumerate(pairs)}
    lams, steps = np.array(pairs).T
    s, lam, t = spectrum(spec).s, lams[:, None], steps[:, None]
    stopped, both = descent_filter(s, lr, t), descent_filter(s, lr, t, lam)
    return States(
        s=s,
        lr=lr,
        weight_decay=lams,
        steps=steps,
        by_weight_decay=[place[pair] for pair in sorted({*by_lam, now})],
        by_steps=[place[pair] for pair in sorted({*by_t, now}, key=lambda pair: pair[1])],
        match=[best.leading(lam, t) for lam, t in pairs],
        chosen=place[now],
        ridge=ridge_filter(s, lam),
        stopped=np.where(_arrives(s, lr), stopped, np.nan),
        both=np.where(_arrives(s, lr, lam), both, np.nan),
    )


def _arrives(s: Array, lr: float, weight_decay: Array | float = 0.0) -> NDArray[np.bool_]:
    """Whether descent with decay converges: η(s_max + λ) < 2."""
    return np.asarray(lr * (s[0] + weight_decay) < 2)


def _together(best: Matches, now: Pair) -> tuple[list[Pair], set[Pair], set[Pair]]:
    """Every λ with its t, and every t with its λ, λ rising."""
    most = most_weight_decay()
    by_lam = {pair for pair in best.steps.items() if pair[0] != now[0]}
    by_t = {(lam, t) for t, lam in best.weight_decay.items() if t != now[1] and lam <= most}
    pairs = sorted({*by_lam, *by_t, now}, key=lambda pair: (pair[0], -pair[1]))
    return pairs, by_lam, by_t


def _free(best: Matches, now: Pair) -> tuple[list[Pair], set[Pair], set[Pair]]:
    """Every λ with the present t, and every t with the present λ.

    The present pair stands between the two, so that while one slider moves, the nearest stop of
    the other is where it stands; its neighbours are the next smaller λ and the next larger t.
    """
    lam, t = now
    lams = [x for x in best.steps if x != lam]
    steps = [x for x in best.weight_decay if x != t]
    row = [(x, t) for x in sorted(lams, key=lambda x: (x < lam, x))]
    column = [(lam, x) for x in sorted(steps, key=lambda x: (x < t, x))]
    return [*row, now, *column], set(row), set(column)
