"""What to draw or load, checked against the registry of sources, and the data it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from wd_core.checks import require_non_negative, require_number, require_one_of, require_whole
from wd_core.data.registry import DATASETS
from wd_core.data.settings import DataSettings, Extension
from wd_core.records import Dataset
from wd_core.signatures import typed


@dataclass(frozen=True)
class DatasetSpec(DataSettings):
    """What to draw or load: a source of `DATASETS` and its numbers.

    A field that a source does not read is ignored by it. Wrong values raise ValueError.
    `noise`: standard deviation on the targets; `correlation`: of neighbouring features;
    `n_informative`: weights that are not 0; `extension`: what a table gets beyond its columns.
    """

    def __post_init__(self) -> None:
        require_one_of("source", self.source, tuple(DATASETS))
        for name in ("n_train", "n_test", "n_features", "n_informative"):
            require_whole(name, getattr(self, name), 1)
        require_whole("seed", self.seed, 0)
        require_non_negative("noise", self.noise)
        require_number("true_weight", self.true_weight)
        require_number("true_bias", self.true_bias)
        rule = "between -1 and 1"
        require_number("correlation", self.correlation, rule, lambda x: -1 < x < 1)
        require_one_of("extension", self.extension, get_args(Extension))


@typed
def make_dataset(spec: DatasetSpec) -> Dataset:
    """Draw or load the data of a spec.

    The training rows depend on the seed alone, not on `n_test`, and their X not on `noise`.
    ValueError where n_train or n_features is more than the source has.
    """
    source = DATASETS[spec.source]
    source.sizes(spec)
    return source.make(spec)
