"""What each switch of the two codes does, in sentences; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from pages.shared.words import Said, joined, listed, say, told
from wd_core.book.two_codes import MARKS, Standing

# A difference below this share of the largest weight is what float64 leaves of equal sums.
ROUNDING = 1e-12


def named(keys: Iterable[str]) -> str:
    """The switches in a sentence: the ½ of the loss, the start of b and decay of b."""
    return listed([told(MARKS[key]) for key in keys])


def heading(key: str, standing: Standing) -> Said:
    """A switch in which the codes differ, as the marks in the scripts have it."""
    if standing == "idle":
        return say("**= {switch}**", switch=told(MARKS[key]))
    return say("**≠ {switch}**", switch=told(MARKS[key]))


def effect(key: str, standing: Standing, alone: Mapping[str, float], size: float) -> str:
    """What this one switch does to the end of the run; `size`: of the largest weight."""
    if standing == "joint":
        return say(
            "No effect by itself: a sum that is divided by its own number of rows gives the same "
            "step. Where it is divided by another number, this acts together with {switch}.",
            switch=told(MARKS["divisor"]),
        )
    if standing == "idle":
        return without_effect(key)
    said = [_alone(alone[key], size)]
    if key == "divisor" and "penalty" in alone:
        said.append(_with_penalty_moved(alone["penalty"], size))
    return joined(said)


def without_effect(key: str) -> Said:
    """Why a difference in this switch has no effect; the start of b always has one."""
    texts = {
        "loss": say("Without effect here: it is made up for by η and wd."),
        "rates": say("Without effect here: they make up for the ½."),
        "bias_decay": say("Without effect here: wd is 0."),
        "divisor": say("Without effect here: every batch is full."),
        "penalty": say("Without effect here: the step is the same."),
    }
    return texts[key]


def _alone(apart: float, size: float) -> Said:
    if math.isnan(apart):
        return say("With this alone, all else as “Make them equal” has it, a code diverges.")
    if apart <= ROUNDING * size:
        return say(
            "With this alone, all else as “Make them equal” has it, nothing is left of it at the "
            "end."
        )
    return say(
        "With this alone, all else as “Make them equal” has it, the codes end {alone} apart.",
        alone=apart,
    )


def _with_penalty_moved(apart: float, size: float) -> Said:
    if math.isnan(apart):
        return say("With the penalty added by the optimizer in both, a code diverges.")
    if apart <= ROUNDING * size:
        return say(
            "With the penalty added by the optimizer in both, nothing is left of it at the end."
        )
    return say(
        "With the penalty added by the optimizer in both, the codes end {moved} apart.",
        moved=apart,
    )


def alike(standings: Mapping[str, Standing]) -> str:
    """The switches in which the codes do not differ."""
    keys = [key for key, standing in standings.items() if standing == "alike"]
    return say("The same in both: {switches}.", switches=named(keys)) if keys else ""
