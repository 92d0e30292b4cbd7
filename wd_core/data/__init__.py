"""Where data come from: the registry of sources, and a user's own table."""

from wd_core.data.frame import Frame, dataset_from_frame
from wd_core.data.registry import DATASETS
from wd_core.data.source import DataSource, Sizes
from wd_core.data.spec import DatasetSpec, make_dataset
from wd_core.data.standardise import LARGEST, ROUNDING, standardised

__all__ = [
    "DATASETS",
    "LARGEST",
    "ROUNDING",
    "DataSource",
    "DatasetSpec",
    "Frame",
    "Sizes",
    "dataset_from_frame",
    "make_dataset",
    "standardised",
]
