"""How hard decay pulls on a weight, in words: L2 beside L1, coupled beside decoupled, the bias."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.shared.numbers import Digits, percent
from pages.shared.words import Said, say
from pages.step.words.update import decay_rate, fixed
from wd_core import Hyperparameters
from wd_core.linear.inspection import Inspection
from wd_core.records import Run

# Shares that differ by less than this, relatively, differ by rounding.
ALIKE = 1e-6


@dataclass(frozen=True)
class Shares:
    """The shares of the weights that coupled decay takes in one step, beside decoupled's ηλ.

    label: the optimizer of the two runs; `own`: whether it is that of the run shown.
    """

    label: str
    own: bool
    least: float
    middle: float
    most: float
    decoupled: float


def pull(run: Hyperparameters, seen: Inspection) -> list[Said]:
    """L2 beside L1 for the largest and the smallest weight of this step."""
    w = np.abs(seen.before[:-1])
    strength = float(seen.rate[0])
    if strength == 0:
        return [say("λ = 0: no decay of either kind moves a weight.")]
    large, small = float(w.max()), float(w.min())
    if large == 0:
        return [say("Every weight is 0 before this step: there is nothing that decay could take.")]
    said = [_l2(run, seen, len(w))]
    said.append(
        say(
            "L1 of the same λ would take {strength} from each, however small.",
            strength=strength,
        )
    )
    if 0 < small < strength:
        said.append(
            say(
                "That is more than the smallest has, {small}: soft thresholding, by itself, "
                "would make it exactly 0.",
                small=small,
            )
        )
    return said


def _l2(run: Hyperparameters, seen: Inspection, d: int) -> Said:
    w = np.abs(seen.before[:-1])
    strength, large, small = float(seen.rate[0]), float(w.max()), float(w.min())
    rate = decay_rate(run, seen)
    if d == 1:
        return say(
            "In a plain step L2 takes {rate} = {share} of the weight: {from_large} of {large}.",
            rate=rate,
            share=percent(strength),
            from_large=strength * large,
            large=large,
        )
    return say(
        "In a plain step L2 takes {rate} = {share} of each weight: {from_large} from the largest "
        "(|w| = {large}) and {from_small} from the smallest ({small}).",
        rate=rate,
        share=percent(strength),
        from_large=strength * large,
        large=large,
        from_small=strength * small,
        small=small,
    )


def uncompared(last: int) -> Said:
    """Why coupled and decoupled decay are not compared at this step."""
    return say(
        "Coupled and decoupled decay are compared in the first {compared} steps of so large a run: "
        "two more runs would have to be walked to this step.",
        compared=last,
    )


def kinds(shares: Shares) -> list[Said]:
    """Coupled beside decoupled: what share of each weight a step takes."""
    if shares.own:
        first = say(
            "A run with coupled and one with decoupled decay under {other}, at this step: "
            "decoupled decay takes {share_decoupled} of every weight.",
            other=shares.label,
            share_decoupled=percent(shares.decoupled),
        )
    else:
        first = say(
            "Under {other} coupled and decoupled decay are two rules. At this step of two such "
            "runs decoupled decay takes {share_decoupled} of every weight.",
            other=shares.label,
            share_decoupled=percent(shares.decoupled),
        )
    alike = shares.most - shares.least <= ALIKE * abs(shares.middle)
    if alike or percent(shares.least) == percent(shares.most):
        return [
            first,
            say(
                "Coupled decay takes {share_middle} of every weight.",
                share_middle=percent(shares.middle),
            ),
        ]
    said = [
        first,
        say(
            "What coupled decay takes differs from weight to weight: from {share_least} to "
            "{share_most}, with a median of {share_middle}.",
            share_least=percent(shares.least),
            share_most=percent(shares.most),
            share_middle=percent(shares.middle),
        ),
    ]
    if shares.least < 0:
        said.append(
            say(
                "A negative share is a weight that decay pushes away from 0, by what earlier steps "
                "have left behind."
            )
        )
    return said


def bias(run: Hyperparameters, seen: Inspection, ends: Run | None) -> list[Said]:
    """The bias in this step, and what becomes of it and the test loss where it is decayed too.

    `ends`: the run to its end, beside the same with the bias decayed.
    """
    before, after = float(seen.before[-1]), float(seen.after[-1])
    last, strength = len(seen.before) - 1, float(seen.rate[0])
    said = [_bias_step(fixed(before, last, seen), fixed(after, last, seen))]
    if would := strength * before:
        said.append(
            say(
                "Decayed like a weight in a plain step, it would change by {bias_by_decay} on top.",
                bias_by_decay=-would,
            )
        )
    if strength == 0 or ends is None or (ends.diverged_at >= 0).any():
        return said
    (bias_end, bias_held), (test, test_held) = ends.bias[-1], ends.test_loss[-1]
    said.append(
        say(
            "After epoch {epochs} it stands at {bias_end}, with a test loss of {test}; decayed "
            "like the weights it stands at {bias_held}, with {test_held}.",
            epochs=run.epochs,
            bias_end=float(bias_end),
            test=float(test),
            bias_held=float(bias_held),
            test_held=float(test_held),
        )
    )
    return said


def _bias_step(before: Digits, after: Digits) -> Said:
    """What the data do to the bias, as far as the digits that are shown can tell."""
    if before == after:
        return say(
            "The bias is not decayed, and in this step the data leave it at rest, at {bias_after}.",
            bias_after=after,
        )
    return say(
        "The bias is not decayed: in this step the data alone move it from {bias_before} to "
        "{bias_after}.",
        bias_before=before,
        bias_after=after,
    )
