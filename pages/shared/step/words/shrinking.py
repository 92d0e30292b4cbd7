"""Decay alone over time, in words: the factor, the half-life, and the points of no return."""

from __future__ import annotations

import math

from pages.shared.step.words.digits import exact, plain
from pages.shared.step.words.update import is_plain
from wd_core import OPTIMIZERS
from wd_core.shrinking import Shrinking, shrinking
from wd_core.types import Hyperparameters


def shrink(run: Hyperparameters, n_train: int) -> str:
    """Decay alone over time: the factor, half-life, and the points of no return."""
    found = shrinking(run, n_train)
    rate = run.lr * run.weight_decay
    if rate == 0:
        return "λ = 0: where no gradient reaches it, a weight keeps its value for ever."
    if found.full == found.last:
        text = f"Each step multiplies w by 1 − ηλ = {exact(found.full)}. {_even(found, run)}"
    else:
        text = _uneven(found, run, n_train % run.batch_size)
    if not is_plain(run) and run.decay == "coupled":
        text += (
            f" This is decay under plain SGD; coupled under {OPTIMIZERS[run.optimizer].label} it "
            "passes through the optimizer, and no single factor describes it."
        )
    return text


def _even(found: Shrinking, run: Hyperparameters) -> str:
    """What follows where every step has the same factor."""
    rate = run.lr * run.weight_decay
    if rate > 2:
        return (
            f"ηλ = {plain(rate)} is above 2: the factor is below −1, so w changes its sign and "
            "grows with every step: decay alone diverges."
        )
    if rate == 2:
        return "ηλ = 2: w changes its sign with every step and never gets smaller."
    if rate == 1:
        return "ηλ = 1: one step takes all of w."
    if rate > 1:
        return (
            f"{_life(found)} ηλ = {plain(rate)} is above 1: w changes its sign with every step "
            "while it shrinks."
        )
    return (
        f"{_life(found)} ηλ = {plain(rate)}: the sign flips above 1, reached at η = "
        f"{plain(1 / run.weight_decay)}; above 2, at η = {plain(2 / run.weight_decay)}, decay "
        "alone diverges."
    )


def _uneven(found: Shrinking, run: Hyperparameters, rows: int) -> str:
    """The same where the last batch of an epoch is short, and its decay counts less."""
    size, an_epoch = run.batch_size, float(found.left(found.an_epoch))
    text = (
        f"A step on {size} examples multiplies w by 1 − ηλ = {exact(found.full)}, the last of an "
        f"epoch, on {rows}, by 1 − ηλ·{rows}/{size} = {exact(found.last)}"
        f"{f', and so an epoch by {exact(an_epoch)}' if math.isfinite(an_epoch) else ''}."
    )
    if found.growth > 0:
        return f"{text} w grows with every epoch: decay alone diverges."
    if found.growth == 0:
        return f"{text} w never gets smaller."
    if abs(found.full) > 1:
        return (
            f"{text} In each epoch w grows at first, with a new sign at every step, and ends it "
            f"{'at 0' if an_epoch == 0 else 'smaller than it began'}."
        )
    flips = " Its sign changes with every full batch." if found.full < 0 else ""
    return f"{text} {_life(found)}{flips}"


def _life(found: Shrinking) -> str:
    if not math.isfinite(found.half_life):
        return "A step takes less of w than a float can hold."
    step = max(1, math.ceil(found.half_life))
    epoch = -(-step // found.an_epoch)
    return f"Half of w is gone by step {plain(step)}, in epoch {plain(epoch)}."
