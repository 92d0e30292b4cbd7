"""The optimizers by the names that settings, links and records know them by."""

from __future__ import annotations

from wd_core.optimizers.adaptive import ADAM, RMSPROP
from wd_core.optimizers.descent import MOMENTUM, NESTEROV, SGD
from wd_core.optimizers.entry import Optimizer
from wd_core.optimizers.lion import LION

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": SGD,
    "momentum": MOMENTUM,
    "nesterov": NESTEROV,
    "adam": ADAM,
    "rmsprop": RMSPROP,
    "lion": LION,
}
