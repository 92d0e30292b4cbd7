"""The registry of sources of data."""

from __future__ import annotations

from wd_core.data.diabetes import DIABETES
from wd_core.data.drawn import CORRELATED, LINEAR, SPARSE
from wd_core.data.source import DataSource

DATASETS: dict[str, DataSource] = {
    "linear": LINEAR,
    "sparse": SPARSE,
    "correlated": CORRELATED,
    "diabetes": DIABETES,
}
