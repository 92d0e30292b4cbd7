"""How hard decay pulls on a weight, in words: L2 beside L1, coupled beside decoupled, the bias."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.shared.step.words.digits import percent, plain
from pages.shared.step.words.update import decay_rate, fixed
from wd_core.inspection import Inspection
from wd_core.types import Hyperparameters, Run

# Shares that differ by less than this, relatively, differ by rounding.
ALIKE = 1e-6


@dataclass(frozen=True)
class Shares:
    """The shares of the weights that coupled decay takes in one step, beside decoupled's ηλ."""

    label: str
    least: float
    middle: float
    most: float
    decoupled: float


def pull(run: Hyperparameters, seen: Inspection) -> str:
    """L2 beside L1 for the largest and the smallest weight of this step."""
    w = np.abs(seen.before[:-1])
    strength = float(seen.rate[0])
    if strength == 0:
        return "λ = 0: no decay of either kind moves a weight."
    large, small = float(w.max()), float(w.min())
    if large == 0:
        return "Every weight is 0 before this step: there is nothing that decay could take."
    text = f"In a plain step L2 takes {decay_rate(run, seen)} = {percent(strength)} of each weight"
    text += f": {plain(strength * large)} from the largest (|w| = {plain(large)})"
    if len(w) > 1:
        text += f" and {plain(strength * small)} from the smallest ({plain(small)})"
    text += f". L1 of the same λ would take {plain(strength)} from each, however small"
    if 0 < small < strength:
        text += (
            "; that is more than the smallest has: soft thresholding, by itself, would make it "
            "exactly 0"
        )
    return f"{text}."


def uncompared(least: int) -> str:
    """Why coupled and decoupled decay are not compared at this step."""
    return (
        f"Coupled and decoupled decay are compared in the first {least} steps of so large a run: "
        "two more runs would have to be walked to this step."
    )


def kinds(shares: Shares) -> str:
    """Coupled beside decoupled: what share of each weight a step takes."""
    same = percent(shares.decoupled)
    apart = f"Two runs under {shares.label} at this step: decoupled, decay takes {same} of "
    alike = shares.most - shares.least <= ALIKE * abs(shares.middle)
    if alike or percent(shares.least) == percent(shares.most):
        return f"{apart}every weight; coupled, it takes {percent(shares.middle)} of every weight."
    negative = (
        " A negative share is a weight that decay pushes away from 0, by what earlier steps have "
        "left behind."
        if shares.least < 0
        else ""
    )
    return (
        f"{apart}every weight. Coupled, the share differs from weight to weight: from "
        f"{percent(shares.least)} to {percent(shares.most)}, with a median of "
        f"{percent(shares.middle)}.{negative}"
    )


def bias(run: Hyperparameters, seen: Inspection, ends: tuple[Run, Run] | None) -> str:
    """The bias in this step, and how the run ends where it is decayed too."""
    before, after = float(seen.before[-1]), float(seen.after[-1])
    last, strength = len(seen.before) - 1, float(seen.rate[0])
    text = (
        "The bias is not decayed: in this step the data alone move it from "
        f"{fixed(before, last, seen)} to {fixed(after, last, seen)}."
    )
    if strength == 0:
        return text
    if would := strength * before:
        text += (
            f" Shrunk by {decay_rate(run, seen)} like a weight, it would change by "
            f"{plain(-would)} more."
        )
    if ends is None:
        return text
    free, held = ends
    if free.diverged_at[0] >= 0 or held.diverged_at[0] >= 0:
        return text
    return text + (
        f" This run ends at b = {plain(float(free.bias[-1, 0]))}, test loss "
        f"{plain(float(free.test_loss[-1, 0]))}; with the bias decayed too it ends at b = "
        f"{plain(float(held.bias[-1, 0]))}, test loss {plain(float(held.test_loss[-1, 0]))}."
    )
