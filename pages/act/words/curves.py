"""How the curves of the picture are to be read, in sentences; no Streamlit."""

from __future__ import annotations

import math

from pages.act.answer.states import States
from pages.act.words.kept import share
from pages.shared.words import Said, joined, say
from wd_core.linear.filters import descent_filter


def of_ridge(lam: float) -> Said:
    """What the formula of ridge says."""
    if lam == 0:
        return say("Without a penalty ridge is least squares: all of every direction is kept.")
    return say(
        "Half of a direction with s = λ is kept, more of stronger ones, less of weaker ones, and "
        "for a finite λ never exactly 0: L2 shrinks, it selects nothing."
    )


def of_stopping(now: States, *, free: bool) -> str:
    """How early stopping is meant, how it is measured against ridge, and how the sliders go."""
    if free:
        how = say("Each slider moves alone.")
    elif now.arrives:
        how = say("The slider that follows goes where this is least.")
    else:
        how = say("Descent without decay diverges here, so that no t matches λ.")
    return joined(
        [
            say(
                "Of t full-batch steps from w = 0 without decay, the bias at its best throughout. "
                "The difference to ridge is the root mean square of the two shares’ difference "
                "over all directions with s > 0, t being a whole number of at least 1."
            ),
            how,
        ]
    )


def of_both(now: States) -> str:
    """What descent with decay comes to, and what it keeps here."""
    lam, t = float(now.weight_decay[now.chosen]), float(now.steps[now.chosen])
    product = now.lr * (float(now.s[0]) + lam)
    if product >= 2:
        return say(
            "η(s_max + λ) = {product} is not below 2: descent with decay never arrives at ridge "
            "here.",
            product=product,
        )
    whole = lam == 0 and math.isinf(t)
    strongest, weakest = (
        share(float(kept), whole=whole)
        for kept in descent_filter([now.s[0], now.s[-1]], now.lr, t, lam)
    )
    limits = say(
        "t steps of descent on L + (λ/2)‖w‖²: with t → ∞ this becomes ridge, and with λ → 0 early "
        "stopping."
    )
    if len(now.s) == 1:
        here = say(
            "Here it keeps {both_strongest} of the only direction.", both_strongest=strongest
        )
    else:
        here = say(
            "Here it keeps {both_strongest} of the strongest direction and {both_weakest} of the "
            "weakest.",
            both_strongest=strongest,
            both_weakest=weakest,
        )
    return joined([limits, here])
