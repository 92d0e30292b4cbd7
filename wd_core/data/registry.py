"""The registry of sources of data."""

from __future__ import annotations

from wd_core.data.diabetes import DIABETES
from wd_core.data.drawn import CORRELATED, LINEAR, SPARSE
from wd_core.data.source import DataSource
from wd_core.types import Dataset, DatasetSpec

DATASETS: dict[str, DataSource] = {
    "linear": LINEAR,
    "sparse": SPARSE,
    "correlated": CORRELATED,
    "diabetes": DIABETES,
}


def make_dataset(spec: DatasetSpec) -> Dataset:
    """Draw or load the data of a spec.

    The training rows depend on the seed alone, not on `n_test`, and their X not on `noise`.
    ValueError where n_train or n_features is more than the source has.
    """
    source = DATASETS[spec.source]
    source.sizes(spec)
    return source.make(spec)
