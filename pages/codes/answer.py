"""What the page asks, and the answer: both codes run once for all who ask, a part at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from pages.shared import cached
from pages.shared.settings import Settings
from pages.shared.work import Parts, resumable
from wd_core import Dataset, Hyperparameters
from wd_core.arrays import Array
from wd_core.book.two_codes import (
    Moment,
    Program,
    Standing,
    Switches,
    equalised,
    lock_step_in_blocks,
    programs,
    seconds_an_epoch,
    standings,
)
from wd_core.seeding import start_draw
from wd_core.training import interruptible

# What running both codes may take; of a longer run the first epochs are run.
SECONDS = 1.0
# Longer than this and the run is streamed rather than waited for; a part takes about so long.
SHORT_SECONDS, PART_SECONDS = 0.3, 0.1


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
    def is_short(self) -> bool:
        """Whether the codes have run before the eye can follow."""
        return self.run.epochs * _seconds_an_epoch(self.settings) <= SHORT_SECONDS

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
    """Both codes and the engine's twins over the epochs recorded so far; [E, 2], scratch first.

    NaN where a code has diverged, `diverged_at` its first such epoch, None for one that did not.
    apart [E]: the largest difference between the codes in any weight or b; from_engine [E, 2]: the
    same between each code and its twin; size [E, 2]: the largest weight or b of each so far.
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


class Part:
    """What comes at once: a block of epochs, or at the end the effects of the switches."""


@dataclass(frozen=True, eq=False)
class Block(Part):
    """Some epochs of both codes: the curves of them, by name, and the last of their moments."""

    curves: Mapping[str, Array]
    last: Moment


@dataclass(frozen=True)
class Effects(Part):
    """For every switch that acts: how far apart the codes end with it alone; NaN: diverged.

    All else is as `equalised` has it; the ½ and the rates are one thing here. Under "penalty", if
    its place decides what the divisor does: the divisor alone with the penalty added by the
    optimizer in both.
    """

    apart: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Seen:
    """A question and what is known of it so far; `alone` is known when the codes have run."""

    question: Question
    found: Answer
    alone: Mapping[str, float] | None

    @property
    def whole(self) -> bool:
        """Whether everything is known."""
        return self.alone is not None

    @property
    def epoch(self) -> int:
        """How far the codes have run."""
        return self.found.epoch[-1] if self.found.epoch else 0


def affordable_epochs(settings: Settings) -> int:
    """How many epochs of both codes fit into `SECONDS`; one at least."""
    return max(1, int(SECONDS / _seconds_an_epoch(settings)))


def _seconds_an_epoch(settings: Settings) -> float:
    spec = settings.data
    return seconds_an_epoch(spec.n_train, spec.n_test, spec.n_features, settings.run.batch_size)


# What is kept of every moment, and how many numbers it has: the weights themselves would be too
# much of many runs.
_KEPT = {
    **dict.fromkeys(("train_loss", "test_loss", "weight_norm"), 2),
    **dict.fromkeys(("engine_train_loss", "engine_test_loss", "engine_weight_norm"), 2),
    "epoch": 1,
    "apart": 1,
    "from_engine": 2,
    "size": 2,
    "bias": 2,
}


@resumable
def running(so_far: Sequence[Part], question: Question) -> Parts[Part]:
    """Both codes, some epochs after the other, and at the end each switch alone.

    ValueError where the data set refuses the settings.
    """
    blocks = [part for part in so_far if isinstance(part, Block)]
    if len(blocks) < len(so_far):
        return
    data = cached.dataset(question.settings.data)
    for block in _blocks(data, question, blocks[-1].last if blocks else None):
        if block is not None:
            blocks.append(block)
        yield block
    yield from _alone(data, question, blocks[0].curves["bias"][0])


def begun(question: Question) -> Seen:
    """What is short whole; else what is known after a first moment of work."""
    if question.is_short:
        running(question).finish()
    else:
        running(question).begin()
    return now(question)


def now(question: Question) -> Seen:
    """What is known now."""
    parts = running(question).parts
    blocks = [part for part in parts if isinstance(part, Block)]
    alone = next((part.apart for part in parts if isinstance(part, Effects)), None)
    return Seen(question, _joined(blocks), alone)


def _joined(blocks: Sequence[Block]) -> Answer:
    curves = {
        name: np.concatenate([np.empty((0, 2)[:count]), *(block.curves[name] for block in blocks)])
        for name, count in _KEPT.items()
    }
    return Answer(
        epoch=tuple(curves["epoch"].astype(int).tolist()),
        train_loss=curves["train_loss"],
        test_loss=curves["test_loss"],
        weight_norm=curves["weight_norm"],
        engine_train_loss=curves["engine_train_loss"],
        engine_test_loss=curves["engine_test_loss"],
        engine_weight_norm=curves["engine_weight_norm"],
        apart=curves["apart"],
        from_engine=curves["from_engine"],
        size=np.fmax.accumulate(curves["size"], axis=0),
    )


def _blocks(data: Dataset, question: Question, after: Moment | None) -> Parts[Block]:
    epochs = question.run.epochs
    if after is not None and after.epoch == epochs:
        return
    every = cached.record_every(epochs)
    at_once = max(1, int(PART_SECONDS / (every * _seconds_an_epoch(question.settings))))
    come: list[Moment] = []
    steps = lock_step_in_blocks(data, question.programs, record_every=every, after=after)
    with closing(steps) as moments:
        for moment in moments:
            if moment is None:
                yield None
                continue
            come.append(moment)
            if len(come) == at_once or moment.epoch == epochs:
                curves = {name: np.array([getattr(m, name) for m in come]) for name in _KEPT}
                yield Block(curves, moment)
                come = []


def _alone(data: Dataset, question: Question, biases_now: Array) -> Parts[Effects]:
    """Each switch that acts alone, by the engine, which has both codes' numbers."""
    run, acting = question.run, question.acting
    runs: list[Hyperparameters] = []
    biases: list[float] = []
    asked = {key: _only(question, key) for key in acting}
    if question.standings["penalty"] == "joint":
        asked["penalty"] = replace(asked["divisor"], penalty="optimizer")
    for key, switches in asked.items():
        pair = programs(switches, run)
        runs += [program.hyperparameters(data.n_train) for program in pair]
        as_now = key == "bias_start" or "bias_start" not in acting
        biases += biases_now.tolist() if as_now else [0.0, 0.0]
    if not runs:
        yield Effects({})
        return
    start = run.init_std * start_draw(run.seed, data.n_features)[:-1]
    last = None
    stream = interruptible(data, runs, start=(start, biases), device="cpu", record_every=run.epochs)
    with closing(stream) as records:
        for record in records:
            last = record or last
            yield None
    assert last is not None
    with np.errstate(all="ignore"):
        ends = np.column_stack([last.weights, last.bias])
        apart = np.abs(ends[::2] - ends[1::2]).max(axis=1)
    gone = last.diverged[::2] | last.diverged[1::2]
    yield Effects(dict(zip(asked, np.where(gone, np.nan, apart).tolist(), strict=True)))


def _only(question: Question, key: str) -> Switches:
    """The codes made equal in all but this switch."""
    own = ("loss", "rates") if key in ("loss", "rates") else (key,)
    return replace(question.equalised, **{name: getattr(question.switches, name) for name in own})
