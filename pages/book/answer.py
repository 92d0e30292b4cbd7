"""The numbers beside the printed ones, and the curves over λ, a block of seeds after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from pages.book.question import Entry
from pages.shared.work import Growth, Parts, kept, resumable
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
# All editions of so many seeds are trained in about 0.25 s.
BLOCK = 50
# What the programs of all editions do, each once.
RECIPES = tuple(
    dict.fromkeys(recipe for book in EDITIONS.values() for recipe in book.recipes.values())
)

J = TypeVar("J", Ends, Baselines)


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


@dataclass(frozen=True, eq=False)
class Block:
    """Some seeds: where every recipe of the editions ends at PRINTED_AT, and the curves over λ."""

    printed: Mapping[Recipe, Ends]
    random: Ends
    zero: Ends
    baselines: Baselines
    hidden: Array  # ‖P₀w‖ at the start, a number a seed

    @property
    def seeds(self) -> int:
        """How many they are."""
        return len(self.hidden)


@resumable
def training(so_far: Sequence[Block], recipe: Recipe, seeds: int) -> Parts[Block]:
    """Every edition, and this recipe over λ, a block of seeds after the other."""
    lams, effective = decays(recipe), _effective(recipe)
    for least in range(sum(block.seeds for block in so_far), seeds, BLOCK):
        chosen = range(least, min(least + BLOCK, seeds))
        printed: dict[Recipe, Ends] = {}
        for each in RECIPES:
            printed[each] = _ends(each, PRINTED_AT, chosen)
            yield None
        first = _ends(replace(recipe, epochs=0), (0.0,), chosen)
        random = _ends(recipe, lams, chosen)
        yield None
        zero = _ends(_from_zero(recipe), lams, chosen)
        yield None
        yield Block(printed, random, zero, baselines(effective, chosen), first.unreachable[:, 0])


@kept
def _ends(recipe: Recipe, weight_decays: tuple[float, ...], seeds: range) -> Ends:
    """Kept, as another code of the lower picture or more seeds ask for the same blocks."""
    return finish(recipe, weight_decays, seeds)


def decays(recipe: Recipe) -> tuple[float, ...]:
    """λ of the curves of this recipe."""
    per_step = recipe.lr * recipe.decay_scale
    return tuple(lam for lam in GRID if per_step * lam <= MOST_SHRINK)


def _effective(recipe: Recipe) -> list[float]:
    """λ of exact ridge where this recipe goes, for every λ that has one."""
    ends = [behaviour(recipe.run(lam), DATA.n_train).end for lam in decays(recipe)]
    return [end.weight_decay.value for end in ends if end.weight_decay is not None]


def _from_zero(recipe: Recipe) -> Recipe:
    return replace(recipe, mean=0.0, scale=0.0, bias_scale=0.0)


@dataclass(frozen=True, eq=False)
class Seen:
    """What the page shows, by the blocks of seeds that have come; there is one at least."""

    entry: Entry
    blocks: Sequence[Block]

    @property
    def seeds(self) -> int:
        """How many seeds have been trained."""
        return sum(block.seeds for block in self.blocks)

    @property
    def whole(self) -> bool:
        """Whether all of them are."""
        return self.seeds >= self.entry.seeds

    @cached_property
    def printed(self) -> Mapping[Recipe, Ends]:
        """Where every recipe ends at PRINTED_AT."""
        return {each: _joined([block.printed[each] for block in self.blocks]) for each in RECIPES}

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """Every printed number of the edition beside ours."""
        return self._compared(self.entry.book)

    @cached_property
    def everything(self) -> list[tuple[Edition, Comparison]]:
        """The same of all editions."""
        return [
            (book, comparison)
            for book in EDITIONS.values()
            if book.printed
            for comparison in self._compared(book)
        ]

    @cached_property
    def curves(self) -> Curves:
        """Where the chosen code ends for every λ, from its own start and from zero."""
        recipe = self.entry.recipe
        lams = decays(recipe)
        reasons = [behaviour(recipe.run(lam), DATA.n_train).end.why for lam in lams]
        return Curves(
            weight_decay=np.array(lams),
            random=_joined([block.random for block in self.blocks]),
            zero=_joined([block.zero for block in self.blocks]),
            baselines=_joined([block.baselines for block in self.blocks]),
            shrink=recipe.shrink(lams),
            hidden=float(np.median(np.concatenate([block.hidden for block in self.blocks]))),
            no_ridge=next((why for why in reasons if why), ""),
        )

    def _compared(self, book: Edition) -> list[Comparison]:
        return [self._comparison(book, printed) for printed in _listed(book)]

    def _comparison(self, book: Edition, printed: Printed) -> Comparison:
        recipe, column = book.recipes[printed.code], PRINTED_AT.index(printed.weight_decay)
        seed = self.entry.seed
        many = self.printed[recipe].quantity(printed.quantity)[:, column]
        alone = _ends(recipe, PRINTED_AT, range(seed, seed + 1))
        one = alone.quantity(printed.quantity)[0, column]
        value = printed.value if np.isfinite(printed.value) else None
        return Comparison(printed, value, float(one), many)


def _joined(parts: Sequence[J]) -> J:
    """The seeds of all parts, one after the other."""
    names = [field.name for field in fields(parts[0])]
    rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return replace(parts[0], **rows)


def _listed(book: Edition) -> tuple[Printed, ...]:
    """What the edition prints; where nothing is, ‖w‖ of both codes with no number to it."""
    return book.printed or tuple(
        Printed(code, lam, "norm", float("nan")) for code in book.recipes for lam in PRINTED_AT
    )


def work(entry: Entry) -> Growth[Block]:
    """What is trained for this entry, whichever its one seed is."""
    return training(entry.recipe, entry.seeds)


def begun(entry: Entry) -> Seen:
    """What is known after a first moment of work, of a first block of seeds at least."""
    work(entry).begin(least=1)
    return now(entry)


def now(entry: Entry) -> Seen:
    """What is known now."""
    return Seen(entry, work(entry).parts)


NAMES: dict[Quantity, str] = {
    "norm": "‖w‖",
    "half_square": "½‖w‖²",
    "train": "train loss",
    "test": "test loss",
    "train_mse": "train MSE",
    "test_mse": "test MSE",
}
