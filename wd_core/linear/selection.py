"""Which λ: by the training data alone, by a validation split, and with hindsight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array, numbers
from wd_core.checks import Phrase, require, require_part
from wd_core.linear.ridge import decays
from wd_core.linear.stack import Stack, stacked
from wd_core.records import Dataset
from wd_core.seeding import generator
from wd_core.signatures import typed

Rule = Literal["gcv", "loo", "validation", "test"]
Score = Callable[[Array], Array]
RULES: tuple[Rule, ...] = get_args(Rule)

# A bracket is divided this often, into so many parts on either side of its best λ: what is left
# of it is 1/4096 of a step of the grid, far below what the minimum of a curve can tell apart.
ROUNDS, PARTS = 4, 8


@dataclass(frozen=True)
class Choice:
    """A chosen λ, the exact test loss at it, and how far that is above the lowest of the rules.

    All three are NaN where the rule is undefined.
    """

    weight_decay: float
    test_loss: float
    regret: float


@typed
def validation_split(dataset: Dataset, share: float = 0.25, seed: int = 0) -> Dataset:
    """The training rows alone, a random `share` of them (at least one) in the place of the test.

    ValueError where fewer than one row would be left to train.
    """
    require_part("share", share)
    n = dataset.n_train
    require(n >= 2, "dataset", "of at least 2 training rows to split", n)
    order = torch.randperm(n, generator=generator(seed, "validation")).numpy()
    held = min(max(1, round(share * n)), n - 1)
    X, y = dataset.X_train[order], dataset.y_train[order]
    return Dataset(X[held:], y[held:], X[:held], y[:held])


@typed
def best_weight_decay(score: Score, weight_decays: ArrayLike) -> float:
    """The λ of the lowest score, sought on the grid and then between its neighbours there.

    `score` takes λ [L] and returns [L], NaN where undefined; where several λ are lowest it is the
    first. NaN where the score is undefined on the whole grid. The result is never worse than the
    grid's best; it is an end of the grid where the score still falls there.
    """
    lam = np.unique(as_array("weight_decays", weight_decays, 1))
    require(lam.size > 0, "weight_decays", "at least one λ", lam)

    def scored(lam: Array) -> Array:
        values = np.asarray(numbers("score", score(lam[0])), dtype=np.float64)
        require(
            values.shape == lam[0].shape,
            "score",
            Phrase("of {size} numbers", size=lam.size),
            values.shape,
        )
        return values[None]

    return float(lowest(scored, lam, scored(lam[None]))[0])


@typed
def lowest(score: Score, grid: Array, on_grid: Array) -> Array:
    """The same for R scores at once, [R], on a rising grid [L]: λ [R, L] -> [R, L].

    on_grid [R, L]: the scores on the grid.
    """
    require(grid.ndim == 1 and grid.size > 0, "grid", "at least one λ", grid.shape)
    fits = on_grid.ndim == 2 and on_grid.shape[1] == grid.size
    require(fits, "on_grid", Phrase("of {size} columns", size=grid.size), on_grid.shape)
    lam, scores = np.broadcast_to(grid.astype(np.float64), on_grid.shape), on_grid
    for _ in range(ROUNDS):
        best = _lowest(lam, scores)
        left = np.max(lam, 1, where=lam < best[:, None], initial=-np.inf)
        right = np.min(lam, 1, where=lam > best[:, None], initial=np.inf)
        left, right = np.where(left < 0, best, left), np.where(right == np.inf, best, right)
        lam = np.concatenate([_between(left, best), _between(best, right)[:, 1:]], axis=1)
        scores = np.asarray(numbers("score", score(lam)), dtype=np.float64)
    return _lowest(lam, scores)


@typed
def choose(
    dataset: Dataset, weight_decays: ArrayLike, *, share: float = 0.25, seed: int = 0
) -> dict[Rule, Choice]:
    """The λ that each rule chooses from the range of a grid, and what it costs on the test set.

    `gcv` and `loo` minimise their estimates from the training data, `validation` the loss on a
    seeded `share` of the training rows after fitting the rest at the same λ, `test` the test loss
    itself: the best that could have been chosen. Losses: half mean square, as everywhere.
    """
    grid = np.unique(decays(weight_decays))
    require(grid.size > 0, "weight_decays", "at least one λ", grid)
    rules = Rules.on([dataset], [seed], len(grid), share=share)
    on_grid = {rule: rules.score(rule, grid[None]) for rule in rules.known}
    chosen = {rule: float(rules.choice(rule, grid, on_grid[rule])[0]) for rule in on_grid}
    losses = dict(zip(chosen, rules.score("test", np.array([[*chosen.values()]]))[0], strict=True))
    least, nan = min(loss for loss in losses.values() if not np.isnan(loss)), float("nan")
    return {
        rule: Choice(chosen[rule], float(losses[rule]), float(losses[rule] - least))
        if rule in chosen and not np.isnan(chosen[rule])
        else Choice(nan, nan, nan)
        for rule in RULES
    }


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules on data sets of one shape: the `whole` ones, and the `split` ones for validation.

    A split trains on all but the validation rows and tests on these; one row leaves none.
    """

    whole: Stack
    split: Stack | None

    @classmethod
    @typed
    def on(
        cls, datasets: Sequence[Dataset], seeds: Sequence[int], n_decays: int, share: float = 0.25
    ) -> Rules:
        """Of these data sets, each with the seed of its split; n_decays: the size of the grid."""
        require(len(datasets) > 0, "datasets", "at least one", datasets)
        sought = n_decays + ROUNDS * (2 * PARTS + 1)
        split = None
        if datasets[0].n_train >= 2:
            pairs = zip(datasets, seeds, strict=True)
            split = stacked([validation_split(one, share, seed) for one, seed in pairs], sought)
        return cls(stacked(datasets, sought), split)

    @property
    def known(self) -> tuple[Rule, ...]:
        """The rules that so many rows have."""
        return tuple(rule for rule in RULES if rule != "validation" or self.split is not None)

    @typed
    def stack(self, rule: Rule) -> Stack:
        """The data sets that a rule looks at."""
        if rule != "validation":
            return self.whole
        assert self.split is not None
        return self.split

    @typed
    def score(self, rule: Rule, lam: Array) -> Array:
        """What a rule minimises, for λ [R, L] or [1, L]: [R, L], NaN where undefined."""
        require(lam.ndim == 2, "lam", "an array with 2 axes", lam.shape)
        stack = self.stack(rule)
        scores: dict[str, Score] = {"gcv": stack.gcv, "loo": stack.loo}
        return scores.get(rule, stack.test_loss)(lam)

    @typed
    def choice(self, rule: Rule, grid: Array, on_grid: Array) -> Array:
        """The λ that a rule chooses on a rising grid [L], from its scores there [R, L]: [R]."""
        return lowest(partial(self.score, rule), grid, on_grid)


def _lowest(lam: Array, scores: Array) -> Array:
    """The first λ of the lowest score, [R]; NaN where all are undefined."""
    at = np.where(np.isnan(scores), np.inf, scores).argmin(1)[:, None]
    undefined = np.isnan(scores).all(1)
    return np.where(undefined, np.nan, np.take_along_axis(lam, at, 1)[:, 0])


def _between(low: Array, high: Array) -> Array:
    """From one λ [R] to the next in equal ratios, or in equal steps from 0, [R, PARTS + 1]."""
    ratios = (low > 0) & (low < high)
    ends = np.stack([low, high], -1)
    first, last = np.log10(ends, where=ratios[:, None], out=ends.copy()).T
    steps: Array = first[:, None] + np.arange(PARTS + 1) * ((last - first) / PARTS)[:, None]
    np.power(10, steps, where=ratios[:, None], out=steps)
    steps[:, 0], steps[:, -1] = low, high
    return steps
