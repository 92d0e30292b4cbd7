"""Decay alone over time, in words: the factor, the half-life, and the points of no return."""

from __future__ import annotations

import math

from pages.shared.step.words.digits import exact, plain
from pages.shared.step.words.update import is_plain
from wd_core import OPTIMIZERS
from wd_core.inspection import Shrinking
from wd_core.types import Hyperparameters


def shrink(run: Hyperparameters, found: Shrinking, an_epoch: int) -> str:
    """Decay alone over time: the factor, half-life, and the points of no return."""
    rate = run.lr * run.weight_decay
    if rate == 0:
        return "λ = 0: where no gradient reaches it, a weight keeps its value for ever."
    text = f"Each step multiplies w by 1 − ηλ = {exact(found.factor)}. "
    if rate > 2:
        text += (
            f"ηλ = {plain(rate)} is above 2: the factor is below −1, so w changes its sign and "
            "grows with every step: decay alone diverges."
        )
    elif rate == 2:
        text += "ηλ = 2: w changes its sign with every step and never gets smaller."
    elif rate == 1:
        text += "ηλ = 1: one step takes all of w."
    else:
        text += _life(found, an_epoch)
        if rate > 1:
            text += (
                f" ηλ = {plain(rate)} is above 1: w changes its sign with every step while it "
                "shrinks."
            )
        else:
            text += (
                f" ηλ = {plain(rate)}: the sign flips above 1, reached at η = "
                f"{plain(1 / run.weight_decay)}; above 2, at η = {plain(2 / run.weight_decay)}, "
                "decay alone diverges."
            )
    if not is_plain(run) and run.decay == "coupled":
        text += (
            f" This is decay under plain SGD; coupled under {OPTIMIZERS[run.optimizer].label} it "
            "passes through the optimizer, and no single factor describes it."
        )
    return text


def _life(found: Shrinking, an_epoch: int) -> str:
    steps, epochs = found.half_life_steps, found.half_life_epochs
    if not math.isfinite(epochs):
        epochs = steps / an_epoch
    return (
        f"Half of w is gone after {_counted(steps, 'step')}, which is {_counted(epochs, 'epoch')}."
    )


def _counted(value: float, unit: str) -> str:
    text = plain(value)
    return f"{text} {unit}" if text == "1" else f"{text} {unit}s"
