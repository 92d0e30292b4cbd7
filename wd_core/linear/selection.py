"""Which λ: by the prior, by the training data alone, by a validation split, and with hindsight."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import require, require_whole
from wd_core.linear.ridge import ridge_path
from wd_core.records import Dataset
from wd_core.seeding import generator

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


def bayes_weight_decay(noise: float, weight_std: float, n_train: int) -> float:
    """λ = σ²/(nτ²): with w ~ N(0, τ²I) and noise N(0, σ²) ridge is the posterior mean.

    No λ has a smaller risk on average over this prior. Infinite for τ = 0 (w = 0 is known); NaN
    where σ = τ = 0, and any λ does. Source: Hoerl and Kennard 1970; Bishop 2006, § 3.3.
    """
    for name, value in (("noise", noise), ("weight_std", weight_std)):
        require(0 <= value < math.inf, name, "a finite number >= 0", value)
    require_whole("n_train", n_train, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.float64(noise) ** 2 / (n_train * np.float64(weight_std) ** 2))


def validation_split(dataset: Dataset, share: float = 0.25, seed: int = 0) -> Dataset:
    """The training rows alone, a random `share` of them (at least one) in the place of the test.

    ValueError where fewer than one row would be left to train.
    """
    require(0 < share < 1, "share", "between 0 and 1", share)
    n = dataset.n_train
    require(n >= 2, "dataset", "of at least 2 training rows to split", n)
    order = torch.randperm(n, generator=generator(seed, "validation")).numpy()
    held = min(max(1, round(share * n)), n - 1)
    X, y = dataset.X_train[order], dataset.y_train[order]
    return Dataset(X[held:], y[held:], X[:held], y[:held])


def best_weight_decay(score: Score, weight_decays: ArrayLike) -> float:
    """The λ of the lowest score, sought on the grid and then between its neighbours there.

    `score` takes λ [L] and returns [L], NaN where undefined; where several λ are lowest it is the
    first. NaN where the score is undefined on the whole grid. The result is never worse than the
    grid's best; it is an end of the grid where the score still falls there.
    """
    lam = np.unique(as_array("weight_decays", weight_decays, 1))
    require(lam.size > 0, "weight_decays", "at least one λ", lam)
    for _ in range(ROUNDS):
        scores = score(lam)
        if np.isnan(scores).all():
            return float("nan")
        at = int(np.nanargmin(scores))
        left, best, right = lam[max(at - 1, 0)], lam[at], lam[min(at + 1, lam.size - 1)]
        lam = np.unique(np.concatenate([_between(left, best), _between(best, right)]))
    scores = score(lam)
    return float(lam[np.nanargmin(scores)])


def choose(
    dataset: Dataset, weight_decays: ArrayLike, *, share: float = 0.25, seed: int = 0
) -> dict[Rule, Choice]:
    """The λ that each rule chooses from the range of a grid, and what it costs on the test set.

    `gcv` and `loo` minimise their estimates from the training data, `validation` the loss on a
    seeded `share` of the training rows after fitting the rest at the same λ, `test` the test loss
    itself: the best that could have been chosen. Losses: half mean square, as everywhere.
    """
    scores: dict[Rule, Score] = {rule: _score(dataset, rule) for rule in ("gcv", "loo")}
    if dataset.n_train >= 2:
        scores["validation"] = _score(validation_split(dataset, share, seed), "test_loss")
    scores["test"] = _score(dataset, "test_loss")
    chosen = {rule: best_weight_decay(score, weight_decays) for rule, score in scores.items()}
    known = {rule: lam for rule, lam in chosen.items() if not np.isnan(lam)}
    losses = dict(zip(known, ridge_path(dataset, list(known.values())).test_loss, strict=True))
    least, nan = min(losses.values()), float("nan")
    return {
        rule: Choice(known[rule], float(losses[rule]), float(losses[rule] - least))
        if rule in known
        else Choice(nan, nan, nan)
        for rule in RULES
    }


def _score(dataset: Dataset, field: str) -> Score:
    def score(lam: Array) -> Array:
        return np.asarray(getattr(ridge_path(dataset, lam), field))

    return score


def _between(low: float, high: float) -> Array:
    """From one λ to the next in equal ratios, or in equal steps from 0."""
    if low == 0 or low == high:
        return np.linspace(low, high, PARTS + 1)
    inside = np.geomspace(low, high, PARTS + 1)
    return np.concatenate([[low], inside[1:-1], [high]])
