"""What the guide of Exact zeros says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import say

CARDS = (
    Card(
        say(
            "Each curve is one weight under the lasso, as λ grows from left to right. Where a "
            "curve has come to the line of zero and stays there, that weight is exactly zero."
        ),
        curves=("x",),
    ),
    Card(
        say(
            "These are the same weights under weight decay. As a whole they shrink as λ grows, "
            "and none of them is held at zero."
        ),
        curves=("x2",),
    ),
    Card(
        say("Drag λ. Which weights does the lasso give up first?"),
        curves=("x",),
        controls=("at",),
        after=say(
            "It gives up first what helps the fit least. Whether those are the features that do "
            "not matter, the way their curves are drawn tells."
        ),
    ),
    Card(
        say(
            "Here is the loss on new examples for every λ, under the lasso and under decay. The "
            "ring is where each does best."
        ),
        curves=("x3",),
    ),
    Card(
        say(
            "One step shows why. Decay takes a share of the weight, so a small weight loses "
            "little. The lasso takes the same from all, and stops at zero."
        ),
        curves=("x4",),
    ),
)
