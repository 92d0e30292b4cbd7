"""Update rules, the facts about each, and the registry that names them."""

from wd_core.optimizers.entry import (
    Decay,
    Destination,
    Limit,
    Optimizer,
    Parts,
    Rates,
    State,
    Tensor,
    Torch,
)
from wd_core.optimizers.formula import Formula, Known
from wd_core.optimizers.hyperparameters import Hyperparameters
from wd_core.optimizers.pace import decay_factors, learning_rates
from wd_core.optimizers.penalties import PENALTIES, Penalty, thresholded
from wd_core.optimizers.registry import OPTIMIZERS
from wd_core.optimizers.runs import Runs
from wd_core.optimizers.schedules import FOLLOWING, SCHEDULES, Following, Schedule
from wd_core.optimizers.settings import KINDS, Kind, Loss

__all__ = [
    "FOLLOWING",
    "KINDS",
    "OPTIMIZERS",
    "PENALTIES",
    "SCHEDULES",
    "Decay",
    "Destination",
    "Following",
    "Formula",
    "Hyperparameters",
    "Kind",
    "Known",
    "Limit",
    "Loss",
    "Optimizer",
    "Parts",
    "Penalty",
    "Rates",
    "Runs",
    "Schedule",
    "State",
    "Tensor",
    "Torch",
    "decay_factors",
    "learning_rates",
    "thresholded",
]
