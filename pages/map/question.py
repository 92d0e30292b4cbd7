"""What the map page trains: panels of learning rates by weight decays, as controls and link say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pages.shared.fields import Choice, Labels, Setting, Steps
from pages.shared.form import Link, Values, link_to
from pages.shared.numbers import every_digit
from pages.shared.run import Asked, RunForm, within_data
from pages.shared.settings import Settings, kind_of, relevant
from pages.shared.words import label, say, tell, told
from wd_core import OPTIMIZERS, DatasetSpec, Hyperparameters
from wd_core.arrays import Array
from wd_core.optimizers import KINDS, Kind, Runs

ALL = "all"
SEEDS = 2**31
# What of a run the maps vary.
VARIED = ("optimizer", "decay", "lr", "weight_decay")
# In the place of what they vary, where it has no value yet.
NOT_VARIED: dict[str, Any] = {key: getattr(Hyperparameters(), key) for key in VARIED}


def side_by_side() -> tuple[str, ...]:
    """The optimizers whose maps are drawn beside each other."""
    return tuple(name for name, rule in OPTIMIZERS.items() if rule.featured)


class _Overview(Mapping[str, str]):
    """What it is called when these are drawn, after those that the registry has when asked."""

    def __getitem__(self, name: str) -> str:
        if name != ALL:
            raise KeyError(name)
        return tell("Overview: {n} side by side", n=len(side_by_side()))

    def __iter__(self) -> Iterator[str]:
        yield ALL

    def __len__(self) -> int:
        return 1


class Panel(NamedTuple):
    """One heat map: an optimizer with one kind of decay."""

    optimizer: str
    decay: Kind

    @property
    def label(self) -> str:
        """Its name on the page."""
        return say(
            "{optimizer}, {decay}",
            optimizer=told(OPTIMIZERS[self.optimizer].label),
            decay=kind_of(self.optimizer, self.decay),
        )


def trained(optimizers: str) -> tuple[str, ...]:
    """The optimizers behind a name of the choice."""
    return side_by_side() if optimizers == ALL else (optimizers,)


@dataclass(frozen=True)
class Shown:
    """Which maps are shown, and how finely."""

    optimizers: str = ALL
    scale: str = "torch"
    per_decade: int = 3
    seeds: int = 3
    lr_from: float = 1e-4
    lr_to: float = 1.0
    decay_from: float = 0.01
    decay_to: float = 100.0

    @property
    def trained(self) -> tuple[str, ...]:
        """The optimizers that have panels."""
        return trained(self.optimizers)


DEFAULT = Shown()
LEARNING_RATES = [float(f"{digit}e{power}") for power in range(-4, 0) for digit in (1, 3)] + [1.0]
WEIGHT_DECAYS = [float(f"{digit}e{power}") for power in range(-4, 2) for digit in (1, 3)] + [100.0]


def _end(key: str, name: str, help: str, steps: Sequence[float]) -> Steps:
    return Steps(key, name, help, getattr(DEFAULT, key), steps)


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Choice(
            "optimizers",
            label("Optimizer"),
            label("Whose maps are drawn, each with coupled and with decoupled decay."),
            DEFAULT.optimizers,
            Labels(OPTIMIZERS, _Overview()),
        ),
        Choice(
            "scale",
            label("Size of decoupled decay"),
            label(
                "What a step multiplies w by: 1 − ηλ as in torch, or 1 − λ′ as in the AdamW paper."
            ),
            DEFAULT.scale,
            {
                "torch": label("1 − ηλ a step (torch)"),
                "paper": label("1 − λ′ a step (AdamW paper)"),
            },
        ),
        Steps(
            "per_decade",
            label("Cells per decade"),
            label("How many values of η and of λ lie between a number and its tenfold."),
            DEFAULT.per_decade,
            [1, 2, 3, 4, 6, 8],
            whole=True,
        ),
        Steps(
            "seeds",
            label("Seeds per cell"),
            label("How many times everything is drawn anew; a cell shows the median run."),
            DEFAULT.seeds,
            [1, 3, 5, 9, 15, 25],
            whole=True,
        ),
        _end(
            "lr_from",
            label("Smallest learning rate η"),
            label("Where the columns of η begin."),
            LEARNING_RATES,
        ),
        _end(
            "lr_to",
            label("Largest learning rate η"),
            label("Where the columns of η end."),
            LEARNING_RATES,
        ),
        _end(
            "decay_from",
            label("Smallest weight decay λ"),
            label("Where the rows of λ > 0 begin; below them is the row of λ = 0."),
            WEIGHT_DECAYS,
        ),
        _end(
            "decay_to",
            label("Largest weight decay λ"),
            label("Where the rows of λ > 0 end."),
            WEIGHT_DECAYS,
        ),
    )
}


def _read(values: Values) -> set[str]:
    """What the present run reads, and every run of the maps."""
    runs = {str(values["optimizer"]), *trained(str(values["optimizers"]))}
    return {*SETTINGS, *chain.from_iterable(relevant(str(values["source"]), run) for run in runs)}


def _mended(asked: Asked[Shown], _: Values) -> tuple[Asked[Shown], list[str]]:
    """A range that ends before it begins is the default one."""
    shown, said = asked.shown, []
    if shown.lr_from > shown.lr_to:
        shown = replace(shown, lr_from=DEFAULT.lr_from, lr_to=DEFAULT.lr_to)
        said.append(
            say(
                "The learning rates in the link end before they begin; {first} to {last} is used "
                "instead.",
                first=every_digit(shown.lr_from),
                last=every_digit(shown.lr_to),
            )
        )
    if shown.decay_from > shown.decay_to:
        shown = replace(shown, decay_from=DEFAULT.decay_from, decay_to=DEFAULT.decay_to)
        said.append(
            say(
                "The weight decays in the link end before they begin; {first} to {last} is used "
                "instead.",
                first=every_digit(shown.decay_from),
                last=every_digit(shown.decay_to),
            )
        )
    return replace(asked, shown=shown), list(said)


# The upper end of each range, and the lower one below which it cannot be.
ENDS = {"lr_to": "lr_from", "decay_to": "decay_from"}


def _limited(setting: Setting, values: Values) -> Setting:
    if setting.key not in ENDS or not isinstance(setting, Steps):
        return within_data(setting, values)
    least = float(values[ENDS[setting.key]])
    return replace(setting, steps=[step for step in setting.steps if step >= least])


# A preset is the same whatever run is chosen.
FORM = RunForm("map", SETTINGS, Shown, reads=_read, mended=_mended, limited=_limited, aside=VARIED)


def on_train(settings: Settings) -> Link | None:
    """The link to a run on Train; None where Train's controls cannot say it."""
    return link_to("train", settings.values())


@dataclass(frozen=True)
class Plan:
    """All runs of the maps: `panels` of `lr` [E] across and `strength` [L] up, `seeds` times.

    strength: λ with 0 first. On the paper's scale the decoupled panels have λ′ = λ·`unit` in the
    place of λ, the share of w that every step takes, whatever η is; there λ = λ′/η is trained.
    """

    data: DatasetSpec
    base: Hyperparameters
    panels: tuple[Panel, ...]
    lr: tuple[float, ...]
    strength: tuple[float, ...]
    seeds: int
    scale: str

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Panels, rows of λ, columns of η, seeds."""
        return len(self.panels), len(self.strength), len(self.lr), self.seeds

    @property
    def unit(self) -> float:
        """The η at which λ′ = ηλ for the same row: the middle of the range, to one digit."""
        return float(f"{math.sqrt(self.lr[0] * self.lr[-1]):.0e}")

    def by_step(self, panel: Panel) -> bool:
        """Whether the panel's rows are λ′, the share of w that a step takes."""
        return self.scale == "paper" and panel.decay == "decoupled"

    def rows(self, panel: Panel) -> tuple[float, ...]:
        """λ of the panel's rows, or λ′."""
        scale = self.unit if self.by_step(panel) else 1.0
        return tuple(float(f"{scale * lam:.3g}") for lam in self.strength)

    @property
    def own(self) -> tuple[int, ...]:
        """The panels that are no twin of another: what is trained and counted."""
        return tuple(p for p in range(len(self.panels)) if self.twin(p) == p)

    def twin(self, index: int) -> int:
        """The panel whose runs are those of this one, where two are the same rule; or itself."""
        optimizer, decay = self.panels[index]
        first = Panel(optimizer, "coupled")
        return (
            self.panels.index(first) if decay == "decoupled" and self.one_rule(optimizer) else index
        )

    def one_rule(self, optimizer: str) -> bool:
        """Whether coupled and decoupled decay are the same rule for this optimizer.

        Not with a short last batch: its gradient counts less, and the coupled decay in it.
        """
        whole = self.data.n_train % self.base.batch_size == 0
        return OPTIMIZERS[optimizer].one_decay and self.scale == "torch" and whole

    def spec(self, seed: int) -> DatasetSpec:
        """The data of the seed of this number, 0 ... seeds − 1."""
        return replace(self.data, seed=(self.data.seed + seed) % SEEDS)

    def run(self, panel: int, row: int, column: int, seed: int) -> Hyperparameters:
        """The run of a cell."""
        kind, lr = self.panels[panel], self.lr[column]
        strength = self.rows(kind)[row]
        return replace(
            self.base,
            lr=lr,
            weight_decay=strength / lr if self.by_step(kind) else strength,
            optimizer=kind.optimizer,
            decay=kind.decay,
            seed=self.spec(seed).seed,
        )

    def lr_and_decay(self, panel: int) -> tuple[Array, Array]:
        """η [E] and λ [L, E] of a panel's cells."""
        kind, lr = self.panels[panel], np.array(self.lr)
        rows = np.array(self.rows(kind))[:, None]
        return lr, rows / lr if self.by_step(kind) else np.broadcast_to(rows, (len(rows), len(lr)))

    def runs(self, places: NDArray[np.int64]) -> Runs:
        """The runs of these cells and seeds, [k, 4] as `shape` has its axes."""
        panels, rows, columns, seeds = places.T
        cells = [self.lr_and_decay(panel) for panel in range(len(self.panels))]
        decays = np.array([decay for _, decay in cells])
        return Runs.varied(
            self.base,
            lr=cells[0][0][columns].tolist(),
            weight_decay=decays[panels, rows, columns].tolist(),
            optimizer=[self.panels[panel].optimizer for panel in panels.tolist()],
            decay=[self.panels[panel].decay for panel in panels.tolist()],
            seed=np.array([self.spec(seed).seed for seed in range(self.seeds)])[seeds].tolist(),
        )

    def cell_of(self, run: Hyperparameters) -> tuple[int, int, int] | None:
        """The panel, row and column whose run has the η and λ of this one; None between cells."""
        kind = Panel(run.optimizer, run.decay)
        if kind not in self.panels or run.lr not in self.lr:
            return None
        panel, column = self.panels.index(kind), self.lr.index(run.lr)
        for row in range(len(self.strength)):
            if self.run(panel, row, column, 0).weight_decay == run.weight_decay:
                return panel, row, column
        return None

    def place(self, run: Hyperparameters) -> tuple[float, float]:
        """η of a run, and its λ as the rows of its panel have it."""
        by_step = self.by_step(Panel(run.optimizer, run.decay))
        return run.lr, run.weight_decay * (run.lr if by_step else 1.0)


def plan_of(settings: Settings, shown: Shown) -> Plan:
    """The runs for these controls; what the maps vary is not taken from the present run."""
    return Plan(
        data=settings.data,
        base=replace(settings.run, **NOT_VARIED),
        panels=tuple(Panel(name, decay) for decay in KINDS for name in shown.trained),
        lr=spaced(shown.lr_from, shown.lr_to, shown.per_decade),
        strength=(0.0, *spaced(shown.decay_from, shown.decay_to, shown.per_decade)),
        seeds=shown.seeds,
        scale=shown.scale,
    )


def spaced(low: float, high: float, per_decade: int) -> tuple[float, ...]:
    """Values from low to high, evenly spaced on a logarithmic axis, to three digits."""
    count = round(per_decade * math.log10(high / low)) + 1
    return tuple(float(f"{x:.3g}") for x in np.geomspace(low, high, count).tolist())
