"""Update rules, the facts about each, and the registry that names them."""

from wd_core.optimizers.entry import (
    KINDS,
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
from wd_core.optimizers.registry import OPTIMIZERS

__all__ = [
    "KINDS",
    "OPTIMIZERS",
    "Decay",
    "Destination",
    "Formula",
    "Known",
    "Limit",
    "Optimizer",
    "Parts",
    "Rates",
    "State",
    "Tensor",
    "Torch",
]
