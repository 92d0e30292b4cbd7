"""What the guide of When more hurts says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import label, say

CARDS = (
    Card(
        say(
            "The dashed curve is the fit with no decay at all. Its marks are measured, and the "
            "band around them holds four in five of the data sets that were drawn."
        ),
        curves=("λ → 0",),
    ),
    Card(
        say(
            "Move the mark to where there are as many features as examples. Why is it so bad just "
            "there?"
        ),
        curves=("λ → 0",),
        controls=("at",),
        after=say(
            "With about as many features as examples just one solution fits every example, noise "
            "and all, and it may be a wild one. With fewer features the noise averages out; with "
            "more, the shortest of many solutions is taken."
        ),
    ),
    Card(
        say(
            "The solid curve has, at every place, the decay that is best there. One fixed decay "
            "seldom suits every place."
        ),
        curves=(label("best λ"),),
    ),
    Card(
        say(
            "Two ways to be wrong. Bias is the error of the average fit over many data sets. "
            "Variance is how far one fit is from that average: decay buys less of it with a little "
            "more bias."
        ),
        curves=("x2", "x3"),
    ),
)
