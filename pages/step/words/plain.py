"""A step and its learning rate in plain words; the numbers are said elsewhere, when asked for."""

from __future__ import annotations

from collections.abc import Iterator

from pages.shared.numbers import percent
from pages.shared.words import Said, say, told
from pages.step.answer.mends import Outcome
from pages.step.words.names import name
from pages.step.words.update import bounds, is_plain
from wd_core import OPTIMIZERS, Hyperparameters
from wd_core.linear.inspection import Inspection, Replay
from wd_core.linear.phases import Broken, Limits


def where(run: Hyperparameters, seen: Inspection, replay: Replay) -> list[Said]:
    """Which step this is, what decay does in it, and up to where there are steps."""
    return [_place(run, seen, replay), *bounds(replay)]


def _place(run: Hyperparameters, seen: Inspection, replay: Replay) -> Said:
    share = float(seen.rate[0])
    if share == 0:
        return say(
            "Step {step} of {steps}: without decay the data alone move a weight.",
            step=seen.step,
            steps=replay.steps,
        )
    if is_plain(run) and share < 1:
        return say(
            "Step {step} of {steps}: decay makes every weight smaller by the same share, and the "
            "data pull it their way.",
            step=seen.step,
            steps=replay.steps,
        )
    return say(
        "Step {step} of {steps}: a part of it comes from decay, the rest from the data.",
        step=seen.step,
        steps=replay.steps,
    )


def moved(seen: Inspection, index: int) -> Said:
    """Where the step takes one weight, for who cannot see the arrows."""
    weight = name(index, len(seen.before) - 1)
    before, after = float(seen.before[index]), float(seen.after[index])
    if before == after:
        return say("{weight} stays at {w_before}.", weight=weight, w_before=before)
    return say(
        "{weight} goes from {w_before} to {w_after}.",
        weight=weight,
        w_before=before,
        w_after=after,
    )


def verdict(found: Limits, run: Hyperparameters) -> Said:
    """Where the learning rate stands."""
    optimizer = told(OPTIMIZERS[run.optimizer].label)
    match found.broken:
        case "decay":
            return say(
                "The learning rate is too large for decay alone: even a weight that no example "
                "reaches grows with every epoch."
            )
        case "full":
            return say(
                "The learning rate is not below its limit: {optimizer} diverges.",
                optimizer=optimizer,
            )
        case "batch":
            return say("The learning rate is not below its estimated limit.")
        case "unknown":
            return _unknown(found, run)
    share = percent(run.lr / found.limit)
    if found.takes_all:
        return say(
            "The learning rate is {share} of its limit: {optimizer} converges.",
            share=share,
            optimizer=optimizer,
        )
    return say("The learning rate is {share} of its estimated limit.", share=share)


def _unknown(found: Limits, run: Hyperparameters) -> Said:
    """There is no limit, or it is not searched for."""
    if found.full is None:
        return say(
            "No limit of the learning rate is known for {optimizer}.",
            optimizer=told(OPTIMIZERS[run.optimizer].label),
        )
    if run.lr >= found.full.value:
        return say(
            "The learning rate is more than all examples at once allow; finding its own limit "
            "would take too long here."
        )
    return say("Finding the limit of the learning rate would take too long here.")


def outcome(ran: Outcome, broken: Broken) -> Iterator[Said]:
    """What the run itself did, and what it does when it goes on, where that has been tried."""
    own, long = ran.own, ran.long
    if own is not None and own.diverged_at is not None:
        if broken != "none":
            yield say("The run itself diverged.")
        else:
            yield say("Yet the run itself diverged, which no limit foretold.")
        return
    if own is not None and own.settles:
        yield say("The run itself did not diverge.")
    elif own is not None and long is not None and long.settles:
        yield say("Its epochs are too few: it settles only later.")
        return
    elif own is not None:
        yield say("Within its epochs the run does not settle.")
    if long is None:
        return
    if long.diverged_at is not None:
        yield say("If it went on, it would diverge.")
    elif long.settles:
        yield say("If it went on, it would still settle.")
    elif long.grows:
        yield say("If it went on, it would get worse.")
    else:
        yield say("If it went on, it would not settle.")
