"""What the guide of The prior says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import say

CARDS = (
    Card(
        say(
            "This is what the data alone say of two weights. Each line joins weights that explain "
            "the data equally well, and the cross explains them best."
        ),
        curves=("x",),
    ),
    Card(
        say(
            "This is what was believed before there were any data: that weights are near zero. The "
            "narrower it is, the firmer the belief."
        ),
        curves=("x2",),
    ),
    Card(
        say("Drag the width of the prior. Where do the most probable weights go?"),
        curves=("x3",),
        controls=("at",),
        after=say(
            "A narrow prior draws them in towards zero; a wide one leaves them near what the data "
            "alone say. A firm belief is a large penalty."
        ),
    ),
    Card(
        say(
            "Data and belief together. The diamond marks the most probable weights, and those are "
            "the weights that the penalty finds."
        ),
        curves=("posterior 0", "most probable"),
    ),
)
