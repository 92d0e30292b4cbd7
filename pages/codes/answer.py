"""What the page asks, and the answer: both codes run once for all who ask the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pages.shared import cached
from pages.shared.settings import Settings
from pages.shared.work import kept
from wd_core import Hyperparameters, train
from wd_core.arrays import Array
from wd_core.book.two_codes import (
    Program,
    Standing,
    Switches,
    equalised,
    lock_step,
    programs,
    seconds_an_epoch,
    standings,
)
from wd_core.seeding import start_draw

# What running both codes may take; of a longer run the first epochs are run.
SECONDS = 1.0


@dataclass(frozen=True)
class Question:
    """A run and how the two codes of it stand to each other."""

    settings: Settings
    switches: Switches

    @property
    def run(self) -> Hyperparameters:
        """The run as plain SGD, with as many epochs as are run here."""
        run = self.settings.run
        return Hyperparameters(
            weight_decay=run.weight_decay,
            lr=run.lr,
            batch_size=run.batch_size,
            epochs=min(run.epochs, affordable_epochs(self.settings)),
            init_std=run.init_std,
            seed=run.seed,
        )

    @property
    def programs(self) -> tuple[Program, Program]:
        """The scratch and the concise code."""
        return programs(self.switches, self.run)

    @property
    def standings(self) -> dict[str, Standing]:
        """How the codes stand to each other in every switch."""
        return standings(self.switches, self.run, self.settings.data.n_train)

    @property
    def acting(self) -> tuple[str, ...]:
        """The switches that set the codes apart."""
        return tuple(key for key, standing in self.standings.items() if standing == "acts")

    @property
    def equalised(self) -> Switches:
        """The switches that make the codes equal."""
        return equalised(self.switches, self.run, self.settings.data.n_train)


@dataclass(frozen=True, eq=False)
class Answer:
    """Both codes and the engine's twins over the recorded epochs; [E, 2], scratch first.

    NaN where a code has diverged, `diverged_at` its first such epoch, None for one that did not.
    apart [E]: the largest difference between the codes in any weight or b; from_engine [E, 2]: the
    same between each code and its twin; size [E, 2]: the largest weight or b of each so far;
    bias_start [2]: where b begins.
    """

    epoch: tuple[int, ...]
    train_loss: Array
    test_loss: Array
    weight_norm: Array
    engine_train_loss: Array
    engine_test_loss: Array
    engine_weight_norm: Array
    apart: Array
    from_engine: Array
    size: Array
    bias_start: Array

    @property
    def diverged_at(self) -> tuple[int | None, int | None]:
        """The first recorded epoch at which each code had diverged."""
        gone = np.isnan(self.train_loss)
        scratch, concise = (
            self.epoch[int(column.argmax())] if column.any() else None for column in gone.T
        )
        return scratch, concise

    @property
    def last_epochs(self) -> tuple[int, int]:
        """The last recorded epoch at which each code still has numbers."""
        scratch, concise = (
            self.epoch[int(np.flatnonzero(~np.isnan(column))[-1])] for column in self.train_loss.T
        )
        return scratch, concise

    @property
    def nearness(self) -> float:
        """The largest `from_engine` of the run as a share of `size`."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(np.nan_to_num(self.from_engine / self.size, nan=0.0).max())


def affordable_epochs(settings: Settings) -> int:
    """How many epochs of both codes fit into `SECONDS`; one at least."""
    spec = settings.data
    each = seconds_an_epoch(spec.n_train, spec.n_test, spec.n_features, settings.run.batch_size)
    return max(1, int(SECONDS / each))


# What is kept of every moment: the weights themselves would be too much of many runs.
_KEPT = (
    *("epoch", "train_loss", "test_loss", "weight_norm"),
    *("engine_train_loss", "engine_test_loss", "engine_weight_norm"),
    *("apart", "from_engine", "size", "bias"),
)


@kept
def answer(question: Question) -> Answer:
    """Both codes, run to the end. ValueError where the data set refuses the settings."""
    every = cached.record_every(question.run.epochs)
    data = cached.dataset(question.settings.data)
    kept: dict[str, list[Any]] = {name: [] for name in _KEPT}
    for moment in lock_step(data, question.programs, record_every=every):
        for name, values in kept.items():
            values.append(getattr(moment, name))
    curves = {name: np.array(values) for name, values in kept.items()}
    return Answer(
        epoch=tuple(kept["epoch"]),
        train_loss=curves["train_loss"],
        test_loss=curves["test_loss"],
        weight_norm=curves["weight_norm"],
        engine_train_loss=curves["engine_train_loss"],
        engine_test_loss=curves["engine_test_loss"],
        engine_weight_norm=curves["engine_weight_norm"],
        apart=curves["apart"],
        from_engine=curves["from_engine"],
        size=np.fmax.accumulate(curves["size"], axis=0),
        bias_start=curves["bias"][0].copy(),
    )


@kept
def alone(question: Question) -> dict[str, float]:
    """For every switch that acts: how far apart the codes end with that one alone; NaN: diverged.

    All else is as `equalised` has it; the ½ and the rates are one thing here. Under "penalty", if
    its place decides what the divisor does: the divisor alone with the penalty added by the
    optimizer in both. By the engine, which has both codes' numbers.
    """
    data, run = cached.dataset(question.settings.data), question.run
    acting = question.acting
    if not acting:
        return {}
    now = answer(question).bias_start
    runs: list[Hyperparameters] = []
    biases: list[float] = []
    asked = {key: _only(question, key) for key in acting}
    if question.standings["penalty"] == "joint":
        asked["penalty"] = replace(asked["divisor"], penalty="optimizer")
    for key, switches in asked.items():
        pair = programs(switches, run)
        runs += [program.hyperparameters(data.n_train) for program in pair]
        as_now = key == "bias_start" or "bias_start" not in acting
        biases += now.tolist() if as_now else [0.0, 0.0]
    start = run.init_std * start_draw(run.seed, data.n_features)[:-1]
    *_, last = train(data, runs, start=(start, biases), device="cpu", record_every=run.epochs)
    with np.errstate(all="ignore"):
        ends = np.column_stack([last.weights, last.bias])
        apart = np.abs(ends[::2] - ends[1::2]).max(axis=1)
    gone = last.diverged[::2] | last.diverged[1::2]
    return dict(zip(asked, np.where(gone, np.nan, apart).tolist(), strict=True))


def _only(question: Question, key: str) -> Switches:
    """The codes made equal in all but this switch."""
    own = ("loss", "rates") if key in ("loss", "rates") else (key,)
    return replace(question.equalised, **{name: getattr(question.switches, name) for name in own})
