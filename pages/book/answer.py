"""The numbers beside the printed ones, and the curves over λ: all computed, nothing remembered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pages.book.question import Entry
from pages.shared.work import kept
from wd_core import collect, train
from wd_core.arrays import Array
from wd_core.book.editions import EDITIONS, Edition, Printed
from wd_core.book.ends import Baselines, Ends, Quantity, baselines, finish
from wd_core.book.recipes import DATA, Code, Recipe, dataset_of, start_of
from wd_core.linear.behaviour import behaviour

PRINTED_AT = (0.0, 3.0)
SPREAD = (0.05, 0.95)
# λ of the curves; those at which one step would take more than half of w away are left out.
GRID = (
    *(0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5),
    *(1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 50.0),
)
MOST_SHRINK = 0.5


@dataclass(frozen=True, eq=False)
class Comparison:
    """A number of an edition: as printed (None: it prints none), for one seed, for all [S]."""

    printed: Printed
    value: float | None
    one: float
    all: Array

    @property
    def median(self) -> float:
        """The middle of the seeds."""
        return float(np.median(self.all))

    @property
    def interval(self) -> tuple[float, float]:
        """Where nine seeds in ten lie."""
        low, high = np.quantile(self.all, SPREAD)
        return float(low), float(high)

    @property
    def inside(self) -> bool | None:
        """Whether the printed number lies among nine seeds in ten."""
        low, high = self.interval
        return None if self.value is None else low <= self.value <= high

    @property
    def within(self) -> bool | None:
        """Whether it lies between the least and the largest of the seeds."""
        return None if self.value is None else bool(self.all.min() <= self.value <= self.all.max())

    @property
    def below(self) -> int:
        """How many seeds lie below the printed number."""
        return int((self.all < self.value).sum()) if self.value is not None else 0


@dataclass(frozen=True, eq=False)
class Curves:
    """What λ does: λ [L], ends of the random and of the zero start, baselines; [S, L] each."""

    weight_decay: Array
    random: Ends
    zero: Ends
    baselines: Baselines
    shrink: Array  # [L]
    hidden: float  # median of ‖P₀w‖ at the start
    no_ridge: str  # why exact ridge is not where the code goes, in a sentence; "" where it is

    def at(self, weight_decay: float) -> int:
        """The column of this λ."""
        return int(np.flatnonzero(self.weight_decay == weight_decay)[0])


@dataclass(frozen=True, eq=False)
class Course:
    """One seed of a code over its epochs [E + 1]: half mean squares, and what the code plots."""

    code: Code
    epoch: Array
    train: Array
    test: Array
    penalty: Array  # what its plots add to both; 0 where they add none
    plotted_train: Array
    plotted_test: Array


def courses(book: Edition, seed: int, weight_decay: float) -> list[Course]:
    """What the plots of both codes show at this λ."""
    return [_course(book, code, seed, weight_decay) for code in book.recipes]


def _course(book: Edition, code: Code, seed: int, weight_decay: float) -> Course:
    recipe = book.recipes[code]
    given = recipe.run(weight_decay, seed)
    run = collect(train(dataset_of(seed), [given], start=start_of(recipe, seed)))
    penalty = recipe.penalty(run.weight_norm[:, 0], weight_decay) * (code in book.penalised)
    losses = run.train_loss[:, 0], run.test_loss[:, 0]
    plotted = [recipe.own_loss(loss) + penalty for loss in losses]
    return Course(code, run.epoch.astype(np.float64), *losses, penalty, *plotted)


def comparisons(book: Edition, seed: int, seeds: int) -> list[Comparison]:
    """Every printed number of the edition beside ours."""
    return [_compared(book, printed, seed, seeds) for printed in _listed(book)]


def everything(seed: int, seeds: int) -> list[tuple[Edition, Comparison]]:
    """The same of all editions."""
    return [
        (book, comparison)
        for book in EDITIONS.values()
        if book.printed
        for comparison in comparisons(book, seed, seeds)
    ]


def _listed(book: Edition) -> tuple[Printed, ...]:
    """What the edition prints; where nothing is, ‖w‖ of both codes with no number to it."""
    return book.printed or tuple(
        Printed(code, lam, "norm", float("nan")) for code in book.recipes for lam in PRINTED_AT
    )


def _compared(book: Edition, printed: Printed, seed: int, seeds: int) -> Comparison:
    recipe, column = book.recipes[printed.code], PRINTED_AT.index(printed.weight_decay)
    many = _many(recipe, seeds).quantity(printed.quantity)[:, column]
    one = finish(recipe, PRINTED_AT, [seed]).quantity(printed.quantity)[0, column]
    value = printed.value if np.isfinite(printed.value) else None
    return Comparison(printed, value, float(one), many)


@kept
def _many(recipe: Recipe, seeds: int) -> Ends:
    return finish(recipe, PRINTED_AT, range(seeds))


@kept
def curves(recipe: Recipe, seeds: int) -> Curves:
    """Where this program ends for every λ, from its own start and from zero."""
    per_step = recipe.lr * recipe.decay_scale
    lams = [lam for lam in GRID if per_step * lam <= MOST_SHRINK]
    chosen = range(seeds)
    first = finish(replace(recipe, epochs=0), [0.0], chosen)
    ends = [behaviour(recipe.run(lam), DATA.n_train).end for lam in lams]
    effective = [end.weight_decay.value for end in ends if end.weight_decay is not None]
    return Curves(
        weight_decay=np.array(lams),
        random=finish(recipe, lams, chosen),
        zero=finish(_from_zero(recipe), lams, chosen),
        baselines=baselines(effective, chosen),
        shrink=recipe.shrink(lams),
        hidden=float(np.median(first.unreachable)),
        no_ridge=next((end.why for end in ends if end.why), ""),
    )


def _from_zero(recipe: Recipe) -> Recipe:
    return replace(recipe, mean=0.0, scale=0.0, bias_scale=0.0)


def of(entry: Entry) -> Curves:
    """The curves of what the page shows."""
    return curves(entry.recipe, entry.seeds)


NAMES: dict[Quantity, str] = {
    "norm": "‖w‖",
    "half_square": "½‖w‖²",
    "train": "train loss",
    "test": "test loss",
    "train_mse": "train MSE",
    "test_mse": "test MSE",
}
