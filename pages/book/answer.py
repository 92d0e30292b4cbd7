"""The numbers beside the printed ones, and the curves over λ, a block of seeds after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from pages.book.question import Entry
from pages.shared.words import Names, label
from pages.shared.work import Growth, Parts, kept, resumable
from wd_core.arrays import Array
from wd_core.book import ends
from wd_core.book.draws import Draws, draw
from wd_core.book.editions import EDITIONS, Edition, Printed
from wd_core.book.ends import Baselines, Ends, Quantity
from wd_core.book.recipes import DATA, Code, Recipe
from wd_core.linear.behaviour import behaviour

PRINTED_AT = (0.0, 3.0)
SPREAD = (0.05, 0.95)
# λ of the curves; those at which one step would take more than half of w away are left out.
GRID = (
    *(0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5),
    *(1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 50.0),
)
MOST_SHRINK = 0.5
# All editions of so many seeds are trained in less than 0.1 s.
BLOCK = 50
# A first picture waits for so much of a moment; the rest comes when nobody moves on.
AT_FIRST = 0.2
# What the programs of all editions do, each once.
RECIPES = tuple(
    dict.fromkeys(recipe for book in EDITIONS.values() for recipe in book.recipes.values())
)

J = TypeVar("J", Ends, Baselines)


@dataclass(frozen=True, eq=False)
class Spread:
    """A number of an edition, as printed (None: it prints none) and for all seeds [S]."""

    printed: Printed
    value: float | None
    all: Array
    median: float
    interval: tuple[float, float]  # where nine seeds in ten lie

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
    """What the plots of both codes show at this λ of PRINTED_AT."""
    return [_course(book, code, seed, weight_decay) for code in book.recipes]


def _course(book: Edition, code: Code, seed: int, weight_decay: float) -> Course:
    recipe = book.recipes[code]
    run, column = _run(seed)[recipe], PRINTED_AT.index(weight_decay)
    losses = run.train[:, column], run.test[:, column]
    penalty = recipe.penalty(run.norm[:, column], weight_decay) * (code in book.penalised)
    plotted = [recipe.own_loss(loss) + penalty for loss in losses]
    return Course(code, np.arange(recipe.epochs + 1.0), *losses, penalty, *plotted)


@kept
def _run(seed: int) -> Mapping[Recipe, Ends]:
    """One seed at PRINTED_AT: every recipe's course."""
    return dict(zip(RECIPES, ends.courses(RECIPES, PRINTED_AT, draw([seed])), strict=True))


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
    for chosen in _blocks(sum(block.seeds for block in so_far), seeds):
        printed = _printed(chosen)
        yield None
        yield Block(printed, *_over_decay(recipe, chosen))


def _blocks(least: int, most: int) -> Iterator[range]:
    """The seeds from the least on, block by block."""
    for begin in range(least, most, BLOCK):
        yield range(begin, min(begin + BLOCK, most))


# What others ask for, too: another code of the lower picture, more seeds, another edition.


@kept
def _drawn(seeds: range) -> Draws:
    return draw(seeds)


@kept
def _printed(seeds: range) -> Mapping[Recipe, Ends]:
    return dict(zip(RECIPES, ends.finish(RECIPES, PRINTED_AT, _drawn(seeds)), strict=True))


@kept
def _over_decay(recipe: Recipe, seeds: range) -> tuple[Ends, Ends, Baselines, Array]:
    """Random start, start at 0, baselines, and what no example reaches at the random start."""
    draws, untrained = _drawn(seeds), replace(recipe, epochs=0)
    zero = replace(recipe, mean=0.0, scale=0.0, bias_scale=0.0)
    (start,) = ends.finish([untrained], [0.0], draws)
    random, zero_end = ends.finish([recipe, zero], decays(recipe), draws)
    return random, zero_end, ends.baselines(_effective(recipe), draws), start.unreachable[:, 0]


def decays(recipe: Recipe) -> tuple[float, ...]:
    """λ of the curves of this recipe."""
    per_step = recipe.lr * recipe.decay_scale
    return tuple(lam for lam in GRID if per_step * lam <= MOST_SHRINK)


def _effective(recipe: Recipe) -> list[float]:
    """λ of exact ridge where this recipe goes, for every λ that has one."""
    ends = [behaviour(recipe.run(lam), DATA.n_train).end for lam in decays(recipe)]
    return [end.weight_decay.value for end in ends if end.weight_decay is not None]


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

    @property
    def printed(self) -> Mapping[Recipe, Ends]:
        """Where every recipe ends at PRINTED_AT."""
        return _together(self.blocks)

    @property
    def spreads(self) -> Mapping[Edition, Sequence[Spread]]:
        """Every printed number of every edition beside what the seeds give."""
        return _spreads(tuple(self.blocks))

    @property
    def shown(self) -> Sequence[Spread]:
        """Those of the edition."""
        return self.spreads[self.entry.book]

    @property
    def everything(self) -> list[tuple[Edition, Spread]]:
        """Those that are printed, of all editions."""
        return [
            (book, spread)
            for book, of_book in self.spreads.items()
            for spread in of_book
            if spread.value is not None
        ]

    def one(self, book: Edition, spread: Spread) -> float:
        """The number of the one seed, at the end of its course."""
        course = _run(self.entry.seed)[book.recipes[spread.printed.code]]
        return float(_printed_number(course, spread.printed)[-1])

    @property
    def curves(self) -> Curves:
        """Where the chosen code ends for every λ, from its own start and from zero."""
        return _curves(self.entry.recipe, tuple(self.blocks))


# The same whichever the one seed is: who moves that asks for them again and again.


@kept
def _spreads(blocks: tuple[Block, ...]) -> Mapping[Edition, Sequence[Spread]]:
    printed = _together(blocks)
    listed = [(book, one) for book in EDITIONS.values() for one in _listed(book)]
    every = np.array(
        [_printed_number(printed[book.recipes[one.code]], one) for book, one in listed]
    )
    medians = np.median(every, axis=1).tolist()
    intervals = np.quantile(every, SPREAD, axis=1).T.tolist()
    spreads: dict[Edition, list[Spread]] = {}
    for (book, one), seeds, median, (low, high) in zip(
        listed, every, medians, intervals, strict=True
    ):
        value = one.value if np.isfinite(one.value) else None
        spread = Spread(one, value, seeds, median, (low, high))
        spreads.setdefault(book, []).append(spread)
    return spreads


@kept
def _curves(recipe: Recipe, blocks: tuple[Block, ...]) -> Curves:
    lams = decays(recipe)
    reasons = [behaviour(recipe.run(lam), DATA.n_train).end.why for lam in lams]
    return Curves(
        weight_decay=np.array(lams),
        random=_joined([block.random for block in blocks]),
        zero=_joined([block.zero for block in blocks]),
        baselines=_joined([block.baselines for block in blocks]),
        shrink=recipe.shrink(lams),
        hidden=float(np.median(np.concatenate([block.hidden for block in blocks]))),
        no_ridge=next((why for why in reasons if why), ""),
    )


def _printed_number(found: Ends, printed: Printed) -> Array:
    """The number as printed, a row of these after the other."""
    return found.quantity(printed.quantity)[:, PRINTED_AT.index(printed.weight_decay)]


def _together(blocks: Sequence[Block]) -> Mapping[Recipe, Ends]:
    return {each: _joined([block.printed[each] for block in blocks]) for each in RECIPES}


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
    return Seen(entry, work(entry).begin(least=1, share=AT_FIRST))


def now(entry: Entry) -> Seen:
    """What is known now."""
    return Seen(entry, work(entry).parts)


NAMES: Mapping[Quantity, str] = Names(
    {
        "norm": "‖w‖",
        "half_square": "½‖w‖²",
        "train": label("train loss"),
        "test": label("test loss"),
        "train_mse": label("train MSE"),
        "test_mse": label("test MSE"),
    }
)
