"""Decay alone over time, in words: the factor, the half-life, and the points of no return."""

from __future__ import annotations

import math

from pages.shared.numbers import exact
from pages.shared.words import Said, say, told
from wd_core import Hyperparameters
from wd_core.linear.behaviour import Behaviour, behaviour

# Products ηλ that differ by less, relatively, are the same but for rounding.
SAME = 1e-12


def shrink(run: Hyperparameters, n_train: int) -> list[Said]:
    """Decay alone over time: the factor, half-life, and the points of no return."""
    known = behaviour(run, n_train)
    if run.lr * run.weight_decay == 0:
        return [say("λ = 0: where no gradient reaches it, a weight keeps its value for ever.")]
    if not known.decay.factor:
        return [
            say("{no_factor}", no_factor=told(known.decay.no_factor)),
            say(
                "The curve is that of plain steps, which multiply w by 1 − ηλ = {factor}.",
                factor=exact(known.factor.value),
            ),
        ]
    found = known.shrinking
    if found.full != found.last:
        return _uneven(known)
    first = say("Each step multiplies w by 1 − ηλ = {factor}.", factor=exact(found.full))
    return [first, *_even(known)]


def _even(known: Behaviour) -> list[Said]:
    """What follows where every step has the same factor."""
    rate = known.run.lr * known.run.weight_decay
    if math.isclose(rate, 2, rel_tol=SAME):
        return [say("ηλ = 2: w changes its sign with every step and never gets smaller.")]
    if math.isclose(rate, 1, rel_tol=SAME):
        return [say("ηλ = 1: one step takes all of w.")]
    if rate > 2:
        return [
            say(
                "ηλ = {product} is above 2: the factor is below −1, so w changes its sign and "
                "grows with every step: decay alone diverges.",
                product=rate,
            )
        ]
    if rate > 1:
        return [
            _life(known),
            say(
                "ηλ = {product} is above 1: w changes its sign with every step while it shrinks.",
                product=rate,
            ),
        ]
    if math.isinf(2 / known.run.weight_decay):  # no η that a float holds is so large
        return [_life(known)]
    return [
        _life(known),
        say(
            "Its sign flips where ηλ is above 1, at η above {flips_at}; above {limit_alone} decay "
            "alone diverges.",
            flips_at=1 / known.run.weight_decay,
            limit_alone=2 / known.run.weight_decay,
        ),
    ]


def _uneven(known: Behaviour) -> list[Said]:
    """The same where the last batch of an epoch is short, and its decay counts less."""
    found, run = known.shrinking, known.run
    an_epoch = known.epoch_factor.value
    said = [
        say(
            "A step on {batch_size} examples multiplies w by 1 − ηλ = {factor}, the last of an "
            "epoch, on {rows}, by 1 − ηλ·{rows}/{batch_size} = {factor_last}.",
            batch_size=run.batch_size,
            rows=known.short_rows,
            factor=exact(found.full),
            factor_last=exact(found.last),
        )
    ]
    if math.isfinite(an_epoch):
        said.append(say("An epoch multiplies it by {factor_epoch}.", factor_epoch=exact(an_epoch)))
    if found.growth > 0:
        return [*said, say("w grows with every epoch: decay alone diverges.")]
    if found.growth == 0:
        return [*said, say("w never gets smaller.")]
    if abs(found.full) <= 1:
        said.append(_life(known))
        if found.full < 0:
            said.append(say("The sign of w changes with every full batch."))
        return said
    if an_epoch == 0:
        return [
            *said,
            say("In each epoch w grows at first, changing its sign, and ends it at 0."),
        ]
    return [
        *said,
        say("In each epoch w grows at first, changing its sign, and ends it smaller."),
    ]


def _life(known: Behaviour) -> Said:
    found = known.shrinking
    if not math.isfinite(found.half_life):
        return say("A step takes less of w than a float can hold.")
    step = max(1, math.ceil(found.half_life))
    epoch = -(-step // found.an_epoch)
    if found.full < 0:
        return say(
            "Half the length of w is gone by step {half_step}, in epoch {half_epoch}.",
            half_step=step,
            half_epoch=epoch,
        )
    return say(
        "Half of w is gone by step {half_step}, in epoch {half_epoch}.",
        half_step=step,
        half_epoch=epoch,
    )
