"""The settings of a run: what each may be, and the specs that their values make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from pages.shared import sources
from pages.shared.brought.packed import MOST_CHARACTERS, read_roles, unpacked
from pages.shared.fields import (
    Choice,
    Labels,
    Number,
    Setting,
    Sized,
    Steps,
    Text,
    Value,
    usual,
)
from pages.shared.words import Names, label, say, told
from wd_core import DATASETS, OPTIMIZERS, DatasetSpec, Hyperparameters
from wd_core.data import DataSource
from wd_core.optimizers import Kind
from wd_core.table.table import DIGITS


def _decades(first: int, last: int, digits: Sequence[int] = (1, 2, 3, 5)) -> list[float]:
    """1, 2, 3, 5 times each power of ten from 10^first, ending with 10^last."""
    return [float(f"{d}e{k}") for k in range(first, last) for d in digits] + [float(f"1e{last}")]


_data, _run = DatasetSpec(), Hyperparameters()
# Names of files and columns, and roles, are kept in links up to so many characters.
MOST_NAME, MOST_ROLES = 200, 2000


def _is_hash(text: str) -> None:
    if not re.fullmatch(r"[0-9a-f]*", text):
        raise ValueError


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Steps(
            "weight_decay",
            label("Weight decay λ"),
            label(
                "λ: strength of the pull on w towards 0; coupled decay adds the penalty (λ/2)‖w‖² "
                "to the data loss, and 0 turns it off."
            ),
            3.0,
            [0.0, *_decades(-4, 2)],
        ),
        Steps(
            "lr",
            label("Learning rate η"),
            label("η scales every step: with twice the η a step is twice as long."),
            _run.lr,
            _decades(-4, 0),
        ),
        Steps(
            "n_features",
            label("Dimension d"),
            label(
                "d: the number of features, and so of weights; above n the data cannot reach them "
                "all."
            ),
            _data.n_features,
            [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000],
            whole=True,
        ),
        Choice(
            "source",
            label("Data set"),
            label("The examples: drawn as in the book, or drawn otherwise, or real ones."),
            _data.source,
            Labels(sources.OFFERED),
        ),
        Text("table", label("Table"), DIGITS, _is_hash),
        Text("rows", label("Table"), MOST_CHARACTERS, lambda text: text and unpacked(text)),
        Text("file", label("File"), MOST_NAME, str),
        Text("target", label("Target y"), MOST_NAME, str),
        Text("roles", label("Columns"), MOST_ROLES, read_roles),
        Choice(
            "holes",
            label("Missing values"),
            label("What becomes of rows in which a feature has no value."),
            _data.holes,
            {
                "drop": label("leave out the row"),
                "median": label("put in the median, and mark it"),
            },
        ),
        Number(
            "n_train",
            label("Training examples n"),
            label("n: the number of training examples."),
            _data.n_train,
            1,
            2000,
            5,
            whole=True,
        ),
        Number(
            "n_test",
            label("Test examples"),
            label(
                "How many fresh examples measure the test loss; fewer where a table has no more "
                "rows."
            ),
            _data.n_test,
            1,
            2000,
            10,
            whole=True,
        ),
        Number(
            "noise",
            label("Noise σ"),
            label("σ: standard deviation of the noise on the targets."),
            _data.noise,
            0.0,
            10.0,
            0.01,
        ),
        Number(
            "true_weight",
            label("True weight"),
            label("Every true weight w_j, from which y = x·w + b + noise is made, has this value."),
            _data.true_weight,
            -10.0,
            10.0,
            0.01,
        ),
        Number(
            "true_bias",
            label("True bias"),
            label("The true intercept b that generates the targets."),
            _data.true_bias,
            -10.0,
            10.0,
            0.05,
        ),
        Number(
            "n_informative",
            label("Features that matter"),
            label("k: how many of the true weights differ from zero."),
            _data.n_informative,
            1,
            10000,
            1,
            whole=True,
        ),
        Number(
            "correlation",
            label("Correlation ρ"),
            label("ρ: correlation of neighbouring features; ρ^k for features k apart."),
            _data.correlation,
            -0.99,
            0.99,
            0.05,
        ),
        Choice(
            "extension",
            label("Beyond its 10 columns"),
            label("What is appended where d exceeds the table's own columns."),
            _data.extension,
            {"interactions": label("pairwise products, then noise"), "noise": label("pure noise")},
        ),
        Choice(
            "optimizer",
            label("Optimizer"),
            label("The rule that turns a gradient g into a step."),
            _run.optimizer,
            Labels(OPTIMIZERS),
        ),
        Choice(
            "decay",
            label("Kind of decay"),
            label(
                "Coupled: λw joins the gradient, as weight_decay in torch’s Adam (L2). "
                "Decoupled: w shrinks apart from it (AdamW)."
            ),
            _run.decay,
            {
                "coupled": label("coupled (L2, Adam)"),
                "decoupled": label("decoupled (AdamW)"),
            },
        ),
        Number(
            "momentum",
            label("Momentum μ"),
            label("μ: the share of the last step's velocity that is kept."),
            _run.momentum,
            0.01,
            0.999,
            0.05,
        ),
        Number(
            "batch_size",
            label("Batch size"),
            label("B: examples a step; n or more makes every step a full-batch step."),
            _run.batch_size,
            1,
            2000,
            1,
            whole=True,
        ),
        Number(
            "epochs",
            label("Epochs"),
            label("Passes over the training data."),
            _run.epochs,
            1,
            20000,
            10,
            whole=True,
        ),
        Number(
            "init_std",
            label("Start scale"),
            label("Standard deviation of the random start of w; 0 starts from w = 0."),
            _run.init_std,
            0.0,
            10.0,
            0.1,
        ),
        Number(
            "seed",
            label("Seed"),
            label("Fixes the data, the start and the batch order; the same seed for every λ."),
            0,
            0,
            2**31 - 1,
            1,
            whole=True,
        ),
    )
}

# The data of which only some features may matter.
SOME_MATTER = next(name for name, entry in DATASETS.items() if "n_informative" in entry.reads)


def number(key: str, default: float, least: float, most: float, step: float) -> Number:
    """The setting of a number as a page has it, with a default and limits of the page's own."""
    setting = SETTINGS[key]
    assert isinstance(setting, Number)
    return replace(setting, default=default, least=least, most=most, step=step)


def seed(help: str, label: str = SETTINGS["seed"].label) -> Number:
    """The setting of a seed as a page has it, with what it fixes there."""
    setting = SETTINGS["seed"]
    assert isinstance(setting, Number)
    return replace(setting, label=label, help=help)


# How texts name the kinds of decay.
DECAYS = Names({"coupled": label("coupled"), "decoupled": label("decoupled")})


def kind_of(optimizer: str, decay: Kind) -> str:
    """The kind of decay under a rule, and what the two together are called: decoupled (AdamW)."""
    name = told(OPTIMIZERS[optimizer].alias(decay))
    return say("{decay} ({rule})", decay=DECAYS[decay], rule=name) if name else DECAYS[decay]


DEFAULTS: dict[str, Value] = {key: usual(setting) for key, setting in SETTINGS.items()}
FRONT = ("weight_decay", "lr", "n_features")


@dataclass(frozen=True)
class Settings:
    """One run on one data set: what a link says."""

    data: DatasetSpec
    run: Hyperparameters

    def values(self) -> dict[str, Value]:
        """Every setting by its key."""
        return {
            **{
                key: getattr(self.run, key) if hasattr(self.run, key) else getattr(self.data, key)
                for key in SETTINGS
                if key not in sources.TEXTS
            },
            **sources.told(self.data),
        }


def settings_of(values: Mapping[str, Value]) -> Settings:
    """The specs for these values; a key that is missing has its default. ValueError from the specs.

    More examples or features than the source has are all of them. A batch larger than the training
    set is a full batch: the book's code would scale such a step by n/B, which nobody here means.
    """
    full = DEFAULTS | dict(values)
    data = sources.spec_of(full)
    source = sources.data_source(data)
    sizes = source.within(int(full["n_train"]), int(full["n_features"]))
    full |= {key: getattr(data, key) for key in sources.OF_TABLE} | sizes._asdict()
    full["batch_size"] = min(int(full["batch_size"]), int(full["n_train"]))
    return Settings(data=_spec(DatasetSpec, full), run=_spec(Hyperparameters, full))


def _spec(cls: Any, values: Mapping[str, Value]) -> Any:
    return cls(**{key: value for key, value in values.items() if key in _names(cls)})


def of_rules() -> set[str]:
    """The keys of what only some optimizers read."""
    return {key for rule in OPTIMIZERS.values() for key in rule.reads}


def of_data(key: str) -> bool:
    """Whether this is a setting of the data rather than of the training on them."""
    return key in _names(DatasetSpec) and key != "seed"


@cache
def _names(cls: Any) -> frozenset[str]:
    return frozenset(f.name for f in fields(cls))


def within(setting: Sized, source: DataSource | None) -> Sized:
    """The setting with the limit that these data put to it: a table has only so many rows."""
    most = source.most(setting.key) if source is not None else None
    return setting if most is None else setting.up_to(most)


def relevant(source: str, optimizer: str) -> set[str]:
    """The keys that a run of this optimizer on a source of this name reads."""
    of_some = {*_names(DatasetSpec), *sources.TEXTS, *of_rules()} - {"source", "seed"}
    reads = {*OPTIMIZERS[optimizer].reads, *sources.reads(source)}
    return {key for key in SETTINGS if key in reads or key not in of_some}
