"""What the map page trains: panels of learning rates by weight decays, as controls and link say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np

from pages.shared.link import Link, Pin, query_of, read_values
from pages.shared.link import read_link as read_train
from pages.shared.numbers import every_digit
from pages.shared.settings import (
    DEFAULTS as TRAIN_DEFAULTS,
)
from pages.shared.settings import (
    Choice,
    Labels,
    Setting,
    Settings,
    Steps,
    Value,
    as_text,
    relevant,
)
from pages.shared.words import say
from wd_core import OPTIMIZERS, DatasetSpec, Hyperparameters
from wd_core.optimizers import KINDS, Kind

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
        return f"Overview: {len(side_by_side())} side by side"

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
        return f"{OPTIMIZERS[self.optimizer].label}, {self.decay}"


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

    def query(self, settings: Settings, pins: Sequence[Pin]) -> str:
        """The query of the link to these maps, the present run and the pins."""
        every = set().union(*(relevant(settings.data.source, name) for name in self.trained))
        read = every | relevant(settings.data.source, settings.run.optimizer)
        run = {k: v for k, v in settings.values().items() if k in read and v != TRAIN_DEFAULTS[k]}
        pinned = query_of(settings, pins).removeprefix(settings.query()).lstrip("&")
        own = {k: v for k, v in asdict(self).items() if v != DEFAULTS[k]}
        parts = (urlencode({k: as_text(v) for k, v in part.items()}) for part in (run, own))
        return "&".join(part for part in (*parts, pinned) if part)

    @property
    def trained(self) -> tuple[str, ...]:
        """The optimizers that have panels."""
        return side_by_side() if self.optimizers == ALL else (self.optimizers,)


DEFAULTS: dict[str, Value] = asdict(Shown())
LEARNING_RATES = [float(f"{digit}e{power}") for power in range(-4, 0) for digit in (1, 3)] + [1.0]
WEIGHT_DECAYS = [float(f"{digit}e{power}") for power in range(-4, 2) for digit in (1, 3)] + [100.0]


def _end(key: str, label: str, steps: Sequence[float]) -> Steps:
    symbol, axis = ("η", "columns") if key.startswith("lr") else ("λ > 0", "rows")
    return Steps(key, label, f"The end of the {axis} of {symbol}.", float(DEFAULTS[key]), steps)


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Choice(
            "optimizers",
            "Optimizer",
            "Whose maps are drawn, each with coupled and with decoupled decay.",
            str(DEFAULTS["optimizers"]),
            Labels(OPTIMIZERS, _Overview()),
        ),
        Choice(
            "scale",
            "Decoupled decay is",
            "What a step multiplies w by: 1 − ηλ as in torch, or 1 − λ′ as in the AdamW paper.",
            str(DEFAULTS["scale"]),
            {"torch": "1 − ηλ a step (torch)", "paper": "1 − λ′ a step (AdamW paper)"},
        ),
        Steps(
            "per_decade",
            "Cells a decade",
            "How many values of η and of λ lie between a number and its tenfold.",
            float(DEFAULTS["per_decade"]),
            [1, 2, 3, 4, 6, 8],
            whole=True,
        ),
        Steps(
            "seeds",
            "Seeds a cell",
            "How many times everything is drawn anew; a cell shows the run in the middle.",
            float(DEFAULTS["seeds"]),
            [1, 3, 5, 9, 15, 25],
            whole=True,
        ),
        _end("lr_from", "Smallest learning rate η", LEARNING_RATES),
        _end("lr_to", "Largest learning rate η", LEARNING_RATES),
        _end("decay_from", "Smallest weight decay λ", WEIGHT_DECAYS),
        _end("decay_to", "Largest weight decay λ", WEIGHT_DECAYS),
    )
}


def shown_of(values: Mapping[str, Value]) -> Shown:
    """The page's own settings with these values; a missing one has its default."""
    given: dict[str, Any] = DEFAULTS | dict(values)
    return Shown(**given)


def read_link(query: Iterable[tuple[str, str]]) -> tuple[Link, Shown, list[str]]:
    """The run and the maps in a query, and a sentence for what makes no sense in the latter."""
    pairs = list(query)
    values, said = read_values([p for p in pairs if p[0] in SETTINGS], SETTINGS, DEFAULTS)
    link = read_train([p for p in pairs if p[0] not in SETTINGS])
    shown = shown_of(values)
    if shown.lr_from > shown.lr_to:
        shown = replace(shown, lr_from=Shown.lr_from, lr_to=Shown.lr_to)
        said.append(
            say(
                "The learning rates in the link end before they begin; {first} to {last} is used "
                "instead.",
                first=every_digit(shown.lr_from),
                last=every_digit(shown.lr_to),
            )
        )
    if shown.decay_from > shown.decay_to:
        shown = replace(shown, decay_from=Shown.decay_from, decay_to=Shown.decay_to)
        said.append(
            say(
                "The weight decays in the link end before they begin; {first} to {last} is used "
                "instead.",
                first=every_digit(shown.decay_from),
                last=every_digit(shown.decay_to),
            )
        )
    return link, shown, said


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
