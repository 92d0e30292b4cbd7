"""The settings of a run: what each may be, read from text and written to text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Protocol, Self, TypeVar
from urllib.parse import urlencode

from pages.shared.numbers import every_digit, number_text
from pages.shared.words import Said, say
from wd_core import DATASETS, OPTIMIZERS, DatasetSpec, Hyperparameters

Value = str | int | float
# What has more digits is larger than any setting may be, whatever they are.
FEW_DIGITS = 300


@dataclass(frozen=True)
class Steps:
    """A number chosen from listed steps, or any other within their range if a link brings it."""

    key: str
    label: str
    help: str
    default: float
    steps: Sequence[float]
    whole: bool = False
    instead: ClassVar[str] = ""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        return _number(text, self.steps[0], self.steps[-1], self.whole)

    def with_value(self, value: float) -> list[Value]:
        """The steps, and this value among them where it lies between two."""
        return [int(x) if self.whole else float(x) for x in sorted({*self.steps, value})]

    def up_to(self, most: float) -> Self:
        """The setting with this limit, where it has no lower one: its last step then."""
        below = [step for step in self.steps if step < most]
        return replace(self, steps=[*below, most]) if most < self.steps[-1] else self


@dataclass(frozen=True)
class Number:
    """A number typed or stepped within limits."""

    key: str
    label: str
    help: str
    default: float
    least: float
    most: float
    step: float
    whole: bool = False
    # What happens where a link's value is refused; nothing said, the default is used.
    instead: str = ""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        return _number(text, self.least, self.most, self.whole)

    def up_to(self, most: float) -> Self:
        """The setting with this limit, where it has no lower one."""
        return replace(self, most=min(self.most, most))


class Labelled(Protocol):
    """What a registry holds: an entry that says its name for people."""

    @property
    def label(self) -> str:
        """Its name on the page."""


@dataclass(frozen=True)
class Labels(Mapping[str, str]):
    """The labels of what a registry holds at the time of asking, after those in `before`."""

    registry: Mapping[str, Labelled]
    before: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.before[name] if name in self.before else self.registry[name].label

    def __iter__(self) -> Iterator[str]:
        yield from (*self.before, *self.registry)

    def __len__(self) -> int:
        return len(self.before) + len(self.registry)


@dataclass(frozen=True)
class Choice:
    """One of a few names, each with the label it is shown by."""

    key: str
    label: str
    help: str
    default: str
    options: Mapping[str, str] = field(hash=False)
    instead: ClassVar[str] = ""

    def read(self, text: str) -> Value:
        """The value in a text, or ValueError with the rule."""
        if text not in self.options:
            raise ValueError(say("is not one of {options}", options=", ".join(self.options)))
        return text


Setting = Steps | Number | Choice
Sized = TypeVar("Sized", Steps, Number)


def _number(text: str, least: float, most: float, whole: bool) -> Value:
    try:
        value: float = _whole(text) if whole else float(text)
    except ValueError:
        rule = say("is not a whole number") if whole else say("is not a number")
        raise ValueError(rule) from None
    if not least <= value <= most:  # neither is nan
        raise ValueError(outside(least, most))
    return value


def _whole(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        digits = text.strip().lstrip("+-")
        if len(digits) < FEW_DIGITS or not digits.isdecimal():
            raise
        return -math.inf if "-" in text else math.inf  # longer than int() reads


def outside(least: float, most: float) -> Said:
    """The rule that a number within limits breaks."""
    return say(
        "is outside the range {least} to {most}",
        least=every_digit(least),
        most=every_digit(most),
    )


def _decades(first: int, last: int, digits: Sequence[int] = (1, 2, 3, 5)) -> list[float]:
    """1, 2, 3, 5 times each power of ten from 10^first, ending with 10^last."""
    return [float(f"{d}e{k}") for k in range(first, last) for d in digits] + [float(f"1e{last}")]


_data, _run = DatasetSpec(), Hyperparameters()

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Steps(
            "weight_decay",
            "Weight decay λ",
            "λ: strength of the penalty (λ/2)‖w‖² that is added to the data loss; 0 turns it off.",
            3.0,
            [0.0, *_decades(-4, 2)],
        ),
        Steps(
            "lr",
            "Learning rate η",
            "η: the length of a step; plain SGD with decay shrinks w by 1 − ηλ at every step.",
            _run.lr,
            _decades(-4, 0),
        ),
        Steps(
            "n_features",
            "Dimension d",
            "d: the number of features, and so of weights; above n the data cannot reach them all.",
            _data.n_features,
            [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000],
            whole=True,
        ),
        Choice(
            "source",
            "Data set",
            "The examples: drawn as in the book, or drawn otherwise, or real ones.",
            _data.source,
            Labels(DATASETS),
        ),
        Number(
            "n_train",
            "Training examples n",
            "n: the number of training examples.",
            _data.n_train,
            1,
            2000,
            5,
            whole=True,
        ),
        Number(
            "n_test",
            "Test examples",
            "How many fresh examples measure the test loss.",
            _data.n_test,
            1,
            2000,
            10,
            whole=True,
        ),
        Number(
            "noise",
            "Noise σ",
            "σ: standard deviation of the noise on the targets.",
            _data.noise,
            0.0,
            10.0,
            0.01,
        ),
        Number(
            "true_weight",
            "True weight",
            "Every true weight w_j, from which y = x·w + b + noise is made, has this value.",
            _data.true_weight,
            -10.0,
            10.0,
            0.01,
        ),
        Number(
            "true_bias",
            "True bias",
            "The true intercept b that generates the targets.",
            _data.true_bias,
            -10.0,
            10.0,
            0.05,
        ),
        Number(
            "n_informative",
            "Features that matter",
            "k: how many of the true weights differ from zero.",
            _data.n_informative,
            1,
            10000,
            1,
            whole=True,
        ),
        Number(
            "correlation",
            "Correlation ρ",
            "ρ: correlation of neighbouring features; ρ^k for features k apart.",
            _data.correlation,
            -0.99,
            0.99,
            0.05,
        ),
        Choice(
            "extension",
            "Beyond its 10 columns",
            "What is appended where d exceeds the table's own columns.",
            _data.extension,
            {"interactions": "pairwise products, then noise", "noise": "pure noise"},
        ),
        Choice(
            "optimizer",
            "Optimizer",
            "The rule that turns a gradient g into a step.",
            _run.optimizer,
            Labels(OPTIMIZERS),
        ),
        Choice(
            "decay",
            "Kind of decay",
            "Coupled: λw joins the gradient (L2). Decoupled: w shrinks apart from it (AdamW).",
            _run.decay,
            {"coupled": "coupled (L2)", "decoupled": "decoupled"},
        ),
        Number(
            "momentum",
            "Momentum μ",
            "μ: the share of the last step's velocity that is kept.",
            _run.momentum,
            0.01,
            0.999,
            0.05,
        ),
        Number(
            "batch_size",
            "Batch size",
            "B: examples a step; n or more makes every step a full-batch step.",
            _run.batch_size,
            1,
            2000,
            1,
            whole=True,
        ),
        Number(
            "epochs",
            "Epochs",
            "Passes over the training data.",
            _run.epochs,
            1,
            20000,
            10,
            whole=True,
        ),
        Number(
            "init_std",
            "Start scale",
            "Standard deviation of the random start of w; 0 starts from w = 0.",
            _run.init_std,
            0.0,
            10.0,
            0.1,
        ),
        Number(
            "seed",
            "Seed",
            "Fixes the data, the start and the batch order; the same seed for every λ.",
            0,
            0,
            2**31 - 1,
            1,
            whole=True,
        ),
    )
}

DEFAULTS: dict[str, Value] = {
    key: int(s.default) if not isinstance(s, Choice) and s.whole else s.default
    for key, s in SETTINGS.items()
}
FRONT = ("weight_decay", "lr", "n_features")


@dataclass(frozen=True)
class Settings:
    """One run on one data set: what a link says."""

    data: DatasetSpec
    run: Hyperparameters

    def values(self) -> dict[str, Value]:
        """Every setting by its key."""
        return {
            key: getattr(self.run, key) if hasattr(self.run, key) else getattr(self.data, key)
            for key in SETTINGS
        }

    def differences(self, others: Mapping[str, Value] = DEFAULTS) -> dict[str, Value]:
        """The settings that differ from the defaults (or from `others`) and that this run reads."""
        read = relevant(self.data.source, self.run.optimizer)
        return {k: v for k, v in self.values().items() if k in read and v != others[k]}

    def query(self) -> str:
        """The settings as the query of a link; defaults are left out."""
        return urlencode({key: as_text(value) for key, value in self.differences().items()})

    def caption(self) -> str:
        """The settings that differ from the defaults, for a table: λ = 0, η = 0.01."""
        parts = [f"{key} = {as_text(value)}" for key, value in self.differences().items()]
        return ", ".join(parts) or "the defaults"


def as_text(value: Value) -> str:
    """A value as it stands in a link."""
    return number_text(value) if isinstance(value, float) else str(value)


def settings_of(values: Mapping[str, Value]) -> Settings:
    """The specs for these values; a key that is missing has its default. ValueError from the specs.

    More examples or features than the source has are all of them. A batch larger than the training
    set is a full batch: the book's code would scale such a step by n/B, which nobody here means.
    """
    full = DEFAULTS | dict(values)
    source = DATASETS[str(full["source"])]
    sizes = source.within(int(full["n_train"]), int(full["n_features"]))
    full |= sizes._asdict()
    full["batch_size"] = min(int(full["batch_size"]), int(full["n_train"]))
    return Settings(data=_spec(DatasetSpec, full), run=_spec(Hyperparameters, full))


def _spec(cls: Any, values: Mapping[str, Value]) -> Any:
    names = {f.name for f in fields(cls)}
    return cls(**{key: value for key, value in values.items() if key in names})


def within(setting: Sized, source: str) -> Sized:
    """The setting with the limit that this data set puts to it: a table has only so many rows."""
    most = DATASETS[source].most(setting.key) if source in DATASETS else None
    return setting if most is None else setting.up_to(most)


def relevant(source: str, optimizer: str) -> set[str]:
    """The keys that a run of this optimizer on this source reads."""
    of_all = {"source", "weight_decay", "lr", "optimizer", "decay", "batch_size", "epochs"}
    of_start = {"init_std", "seed"}
    reads = {*OPTIMIZERS[optimizer].reads, *DATASETS[source].reads}
    return (of_all | of_start | reads) & SETTINGS.keys()
