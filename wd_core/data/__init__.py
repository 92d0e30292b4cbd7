"""Where data come from: the registry of sources, and a user's own table."""

from wd_core.data.frame import Frame, dataset_from_frame
from wd_core.data.own import table_dataset
from wd_core.data.registry import DATASETS
from wd_core.data.roles import MOST_LEVELS, MOST_ONE_HOT, ROLES, ColumnFacts, suggested_roles
from wd_core.data.settings import OWN
from wd_core.data.source import DataSource, Sizes
from wd_core.data.spec import DatasetSpec, make_dataset, source_of
from wd_core.data.standardise import LARGEST, ROUNDING, standardised

__all__ = [
    "DATASETS",
    "LARGEST",
    "MOST_LEVELS",
    "MOST_ONE_HOT",
    "OWN",
    "ROLES",
    "ROUNDING",
    "ColumnFacts",
    "DataSource",
    "DatasetSpec",
    "Frame",
    "Sizes",
    "dataset_from_frame",
    "make_dataset",
    "source_of",
    "standardised",
    "suggested_roles",
    "table_dataset",
]
