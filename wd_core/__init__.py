"""Weight decay, exactly: data, training, and closed forms, with no user interface."""

from wd_core.data import (
    DATASETS,
    DatasetSpec,
    dataset_from_frame,
    make_dataset,
    suggested_roles,
    table_dataset,
)
from wd_core.linear.behaviour import Behaviour, behaviour, fixed_point
from wd_core.linear.conventions import CONVENTIONS, Convention, in_conventions
from wd_core.linear.lasso import L1Path, l1_path
from wd_core.linear.prior import bayes_weight_decay, laplace_weight_decay, prior_width
from wd_core.linear.ridge import RidgePath, norm_for_weight_decay, ridge_path, weight_decay_for_norm
from wd_core.linear.selection import best_weight_decay, choose, validation_split
from wd_core.linear.spectrum import largest_curvature, max_stable_lr, unreachable_norm
from wd_core.models import Linear, Mlp
from wd_core.objective import data_loss, gradient, objective, penalty
from wd_core.optimizers import (
    FOLLOWING,
    OPTIMIZERS,
    PENALTIES,
    SCHEDULES,
    Hyperparameters,
    decay_factors,
    learning_rates,
)
from wd_core.plane.quadratic import Quadratic
from wd_core.plane.slice import Slice
from wd_core.records import Dataset, EpochRecord, Run
from wd_core.sweep import Sweep, SweepPart, coarse_first, gather, grid, sweep
from wd_core.table import Table, read_table
from wd_core.training import collect, train

__all__ = [
    "CONVENTIONS",
    "DATASETS",
    "FOLLOWING",
    "OPTIMIZERS",
    "PENALTIES",
    "SCHEDULES",
    "Behaviour",
    "Convention",
    "Dataset",
    "DatasetSpec",
    "EpochRecord",
    "Hyperparameters",
    "L1Path",
    "Linear",
    "Mlp",
    "Quadratic",
    "RidgePath",
    "Run",
    "Slice",
    "Sweep",
    "SweepPart",
    "Table",
    "bayes_weight_decay",
    "behaviour",
    "best_weight_decay",
    "choose",
    "coarse_first",
    "collect",
    "data_loss",
    "dataset_from_frame",
    "decay_factors",
    "fixed_point",
    "gather",
    "gradient",
    "grid",
    "in_conventions",
    "l1_path",
    "laplace_weight_decay",
    "largest_curvature",
    "learning_rates",
    "make_dataset",
    "max_stable_lr",
    "norm_for_weight_decay",
    "objective",
    "penalty",
    "prior_width",
    "read_table",
    "ridge_path",
    "suggested_roles",
    "sweep",
    "table_dataset",
    "train",
    "unreachable_norm",
    "validation_split",
    "weight_decay_for_norm",
]
