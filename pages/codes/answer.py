"""What the page asks, and the answer: both codes run once for all who ask, a part at a time.

Before they have run the engine's runs of them stand in their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from pages.shared import cached, work
from pages.shared.settings import Settings
from pages.shared.work import Parts, heavy, resumable, taking
from wd_core import Dataset, Hyperparameters
from wd_core.arrays import Array
from wd_core.book.two_codes import (
    Moment,
    Program,
    Standing,
    Switches,
    equalised,
    foreseen,
    lock_step_in_blocks,
    programs,
    seconds_an_epoch,
    standings,
)
from wd_core.seeding import start_draw
from wd_core.training import collect, expected_seconds, train

# Numbers of the data sets drawn a second, roughly.
DRAWN_A_SECOND = 5e7
# What running both codes may take; of a longer run the first epochs are run.
SECONDS = 1.0
# What takes no more than so much of a first moment runs before the page answers; the rest when
# nobody moves on, in parts that take about so long.
AT_FIRST, PART_SECONDS = 0.04, 0.1


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
        """Whether the codes may run before the page answers."""
        seconds = self.run.epochs * _seconds_an_epoch(self.settings)
        return seconds <= AT_FIRST * work.AT_FIRST

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
    At the epochs that no code has come to yet the twins stand in place of the codes, and what
    compares the two is NaN.
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


@dataclass(frozen=True, eq=False)
class Block:
    """Some epochs of both codes: the curves of them, by name, and the last of their moments."""

    curves: Mapping[str, Array]
    last: Moment


@dataclass(frozen=True, eq=False)
class Foreseen:
    """What the engine has of both codes: curves in their place, and what each switch does alone.

    alone: for every switch that acts how far apart the codes end with it alone; NaN: diverged. All
    else is as `equalised` has it; the ½ and the rates are one thing here. Under "penalty", if its
    place decides what the divisor does: the divisor alone with the penalty added by the optimizer
    in both.
    """

    curves: Mapping[str, Array]
    alone: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Seen:
    """A question and what is known of it so far; epoch: how far the codes have run."""

    question: Question
    found: Answer
    alone: Mapping[str, float]
    epoch: int
    whole: bool


def affordable_epochs(settings: Settings) -> int:
    """How many epochs of both codes fit into `SECONDS`; one at least."""
    return max(1, int(SECONDS / _seconds_an_epoch(settings)))


def _seconds_an_epoch(settings: Settings) -> float:
    spec = settings.data
    return seconds_an_epoch(spec.n_train, spec.n_test, spec.n_features, settings.run.batch_size)


# What is kept of every moment: the weights themselves would be too much of many runs.
_KEPT = (
    *("train_loss", "test_loss", "weight_norm"),
    *("engine_train_loss", "engine_test_loss", "engine_weight_norm"),
    *("apart", "from_engine", "size"),
)


def _engine_seconds(question: Question) -> float:
    spec = question.settings.data
    switches = [question.switches, *_asked_alone(question).values()]
    runs = expected_seconds(spec.n_train, spec.n_features, _runs(question, switches))
    return runs + (spec.n_train + spec.n_test) * spec.n_features / DRAWN_A_SECOND


def _bytes(question: Question) -> float:
    return cached.training_bytes(question.settings.data)


@heavy(_engine_seconds, _bytes)
def engine(question: Question) -> Foreseen:
    """What the engine has. ValueError where the data set refuses the settings."""
    data = cached.dataset(question.settings.data)
    every = cached.record_every(question.run.epochs)
    moments = foreseen(data, question.programs, record_every=every)
    return Foreseen(_curves(moments), _alone(data, question, moments[0].bias))


@taking(_bytes, lambda question: question.run.epochs * _seconds_an_epoch(question.settings))
@resumable
def running(so_far: Sequence[Block], question: Question) -> Parts[Block]:
    """Both codes, some epochs after the other.

    ValueError where the data set refuses the settings.
    """
    after, epochs = so_far[-1].last if so_far else None, question.run.epochs
    if after is not None and after.epoch == epochs:
        return
    data = cached.dataset(question.settings.data)
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
                yield Block(_curves(come), moment)
                come = []


def begun(question: Question) -> Seen:
    """What is known at once: of codes that are short all, of others what the engine has.

    ValueError where the data set refuses the settings.
    """
    if question.is_short:
        running(question).finish()
    return now(question)


def now(question: Question) -> Seen:
    """What is known now."""
    known, blocks = engine(question), running(question).parts
    epoch = blocks[-1].last.epoch if blocks else 0
    whole = bool(blocks) and epoch == question.run.epochs
    return Seen(question, _joined(known, blocks), known.alone, epoch, whole)


def _joined(known: Foreseen, blocks: Sequence[Block]) -> Answer:
    """The epochs that the codes have run, and after them the engine's."""
    come = sum(len(block.curves["epoch"]) for block in blocks)
    parts = [*(block.curves for block in blocks), {k: v[come:] for k, v in known.curves.items()}]
    curves = {name: np.concatenate([part[name] for part in parts]) for name in known.curves}
    curves["size"] = np.fmax.accumulate(curves["size"], axis=0)
    return Answer(epoch=tuple(curves.pop("epoch").tolist()), **curves)


def _curves(moments: Sequence[Moment]) -> dict[str, Array]:
    together = Moment.together(moments)
    epochs = {"epoch": np.array([moment.epoch for moment in moments])}
    return epochs | {name: getattr(together, name) for name in _KEPT}


def _asked_alone(question: Question) -> dict[str, Switches]:
    """For every switch that acts the codes made equal in all but it."""
    asked = {key: _only(question, key) for key in question.acting}
    if question.standings["penalty"] == "joint":
        asked["penalty"] = replace(asked["divisor"], penalty="optimizer")
    return asked


def _runs(question: Question, switches: Iterable[Switches]) -> list[Hyperparameters]:
    """The engine's runs of the codes in these switches, two each."""
    n_train = question.settings.data.n_train
    pairs = (programs(each, question.run) for each in switches)
    return [program.hyperparameters(n_train) for pair in pairs for program in pair]


def _alone(data: Dataset, question: Question, biases_now: Array) -> dict[str, float]:
    """How far apart each switch alone sets the codes, by the engine, which has their numbers."""
    asked = _asked_alone(question)
    if not asked:
        return {}
    acting, run = question.acting, question.run
    as_now = [key == "bias_start" or "bias_start" not in acting for key in asked]
    biases = [b for now in as_now for b in (biases_now.tolist() if now else [0.0, 0.0])]
    start = run.init_std * start_draw(run.seed, data.n_features)[:-1]
    runs = _runs(question, asked.values())
    stream = train(data, runs, start=(start, biases), device="cpu", record_every=run.epochs)
    last = collect(stream).records[-1]
    with np.errstate(all="ignore"):
        ends = np.column_stack([last.weights, last.bias])
        apart = np.abs(ends[::2] - ends[1::2]).max(axis=1)
    gone = last.diverged[::2] | last.diverged[1::2]
    return dict(zip(asked, np.where(gone, np.nan, apart).tolist(), strict=True))


def _only(question: Question, key: str) -> Switches:
    """The codes made equal in all but this switch."""
    own = ("loss", "rates") if key in ("loss", "rates") else (key,)
    return replace(question.equalised, **{name: getattr(question.switches, name) for name in own})
