"""What a source of data can be asked for: the settings that its entry reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Extension = Literal["interactions", "noise"]
# What becomes of missing values in a user's table.
Holes = Literal["drop", "median"]
# What a column of it is for.
Role = Literal["target", "feature", "one_hot", "left_out"]
# The source of a user's own table: an entry of no registry, for it is made of the table.
OWN = "own"


@dataclass(frozen=True)
class DataSettings:
    """The settings of a data set, unchecked: `DatasetSpec` is made of them, entries read them."""

    source: str = "linear"
    n_train: int = 20
    n_test: int = 100
    n_features: int = 200
    noise: float = 0.01
    true_weight: float = 0.01
    true_bias: float = 0.05
    seed: int = 0
    n_informative: int = 10
    correlation: float = 0.9
    extension: Extension = "interactions"
    table: str = ""
    target: str = ""
    roles: tuple[tuple[str, Role], ...] = ()
    holes: Holes = "drop"
