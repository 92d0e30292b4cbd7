"""Where decay acts, in plain words; the numbers behind them are said elsewhere, when asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pages.act.answer.states import States
from pages.act.words.kept import overshoots, share
from pages.shared.words import Said, joined, say
from wd_core.arrays import Array


def meaning(rank: int) -> Said:
    """What the picture is about."""
    if rank == 1:
        return say(
            "The training data vary along a single direction. Least squares fits it fully; a "
            "penalty, or stopping early, keeps a share of it."
        )
    return say(
        "The training data vary along {rank} directions, along some more than along others. Least "
        "squares fits every one fully; a penalty, or stopping early, keeps a share of each.",
        rank=rank,
    )


def sentences(now: States) -> list[str]:
    """What decay and stopping early keep, one for every stop of the sliders."""
    ridge, stopped = now.ridge, now.stopped
    return [
        joined(_kept(now, k, ridge[k], stopped[k] if now.arrives else None))
        for k in range(len(now.steps))
    ]


def _kept(now: States, k: int, ridge: Array, stopped: Array | None) -> Iterator[Said]:
    t = float(now.steps[k])
    if stopped is not None and now.weight_decay[k] == 0 and math.isinf(t):
        yield say("Without decay, and without ever stopping, all of every direction is kept.")
        return
    yield _ridge(ridge, whole=bool(now.weight_decay[k] == 0))
    if stopped is None:
        yield say(
            "Stopping early keeps no share: at this learning rate descent overshoots the strongest "
            "direction, as far or further with every step. Choose a smaller one."
        )
        return
    yield _stopped(now, t, stopped)
    if overshoots(now):
        yield say("At this learning rate every step overshoots the strongest direction.")


def _ridge(ridge: Array, *, whole: bool) -> Said:
    strongest, weakest = (share(float(ridge[end]), whole=whole) for end in (0, -1))
    if len(ridge) == 1:
        return say(
            "Decay keeps {ridge_strongest} of the only direction.", ridge_strongest=strongest
        )
    if strongest == weakest:
        return say("Decay keeps {ridge_strongest} of every direction.", ridge_strongest=strongest)
    return say(
        "Decay acts where the data vary least: it keeps {ridge_weakest} of the weakest direction "
        "and {ridge_strongest} of the strongest.",
        ridge_weakest=weakest,
        ridge_strongest=strongest,
    )


def _stopped(now: States, t: float, stopped: Array) -> Said:
    # with ηs = 1 a single step arrives, and with infinitely many every direction does
    strongest, weakest = (
        share(float(stopped[end]), whole=math.isinf(t) or bool(now.lr * now.s[end] == 1))
        for end in (0, -1)
    )
    if math.isinf(t) and (len(stopped) == 1 or strongest == weakest):
        return say("Never stopping keeps {stopped_strongest}.", stopped_strongest=strongest)
    if math.isinf(t):
        return say(
            "Never stopping keeps {stopped_weakest} of the weakest and {stopped_strongest} of the "
            "strongest.",
            stopped_weakest=weakest,
            stopped_strongest=strongest,
        )
    if len(stopped) == 1:
        return say("Stopping early keeps {stopped_strongest}.", stopped_strongest=strongest)
    if strongest == weakest:
        return say(
            "Stopping early keeps {stopped_strongest} of either end.", stopped_strongest=strongest
        )
    return say(
        "Stopping early, without decay, keeps {stopped_weakest} of the weakest and "
        "{stopped_strongest} of the strongest.",
        stopped_weakest=weakest,
        stopped_strongest=strongest,
    )
