"""What training asks of a model, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array
from wd_core.device import Place
from wd_core.optimizers import Hyperparameters, Optimizer, Rates, Runs, Tensor
from wd_core.records import Dataset, EpochRecord

Index = NDArray[np.int64]
# What can be known of a model's runs beyond training them, and so which pages can show it.
Offer = Literal["exact solutions", "directions", "steps", "decision regions"]
Order = tuple[Index, Sequence[int]]  # the rows of an epoch, and where its batches begin and end


class Problem(Protocol):
    """A group of runs of one model on one data set, ready to be moved and scored.

    `start` holds all numbers of all runs in the model's own layout; optimizers move it with
    operators alone, by the rates that `rates` gives in shapes that broadcast against it.
    """

    start: Tensor
    runs: Runs

    @property
    def step_seconds(self) -> float:
        """Roughly what the small operations of a step take, to size the blocks of epochs."""

    @property
    def height(self) -> int:
        """How many numbers a run moves at each step."""

    @property
    def held(self) -> int:
        """How many numbers a state, and the scoring of it, hold."""

    def batches(self, order: Order) -> Iterator[Tensor]:
        """The batches of an epoch; `len` of one is its number of examples."""

    def rates(self, rule: Optimizer, rows: int) -> Rates:
        """The numbers of a step on so many examples."""

    def each(self, numbers: Array) -> Tensor:
        """One number for each run, [R], in a shape that broadcasts against v."""

    def gradient(self, v: Tensor, batch: Tensor) -> Tensor:
        """Of the loss on a batch, without decay, in the layout of v."""

    def project(self, v: Tensor, rates: Rates) -> None:
        """What follows the step, in place: the penalty's threshold, then the bound on the norm."""

    def lots(self) -> Sequence[Problem]:
        """The same runs in their order, in lots that are each moved faster alone."""

    def watch(self, epoch: int, v: Tensor) -> None:
        """Note which runs have diverged in this state: the records that follow say it."""

    def score(self, epochs: Sequence[int], states: Sequence[Tensor]) -> list[EpochRecord]:
        """The records of these states; the first call's losses are the measure of divergence."""


class Model(Protocol):
    """What is trained: how runs become a `Problem`, what that costs, and what else is known of it.

    offers: "exact solutions" in closed form, "directions" that decay acts on one by one, "steps"
    that can be taken apart, "decision regions" in the plane of two features.
    """

    @property
    def offers(self) -> frozenset[Offer]:
        """What can be known of its runs beyond training them."""

    def given_start(self, start: Any, n_runs: int, dataset: Dataset) -> Any:
        """A start from outside, checked, its arrays with a leading axis of runs."""

    def of_runs(self, start: Any, rows: Sequence[int]) -> Any:
        """The part of a given start that belongs to these runs."""

    def check(self, dataset: Dataset, runs: Sequence[Hyperparameters]) -> None:
        """ValueError where the data or a setting is nothing that the model can be trained with."""

    def problem(
        self,
        dataset: Dataset,
        runs: Runs,
        where: Place,
        start: Any | None,
    ) -> Problem:
        """These runs, of one rule, batch size and seed, on these data."""

    def height(
        self, n: int, d: int, runs: Sequence[Hyperparameters], n_classes: int | None = None
    ) -> int:
        """How many numbers a run moves at each step."""
