"""What the guide of What decay keeps says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import say

CARDS = (
    Card(
        say(
            "Every mark is a direction in which the training data vary: little at the left, much "
            "at the right. Its height is the share of the full fit that a penalty keeps there."
        ),
        curves=("ridge dots",),
    ),
    Card(
        say("Move λ up or down. Which end of the curve gives way first?"),
        curves=("ridge",),
        controls=("weight_decay",),
        after=say(
            "The left end: where the data vary little, they say little, and decay soon outweighs "
            "them. Directions in which they vary much hold out longest."
        ),
    ),
    Card(
        say(
            "The dashed blue curve has no penalty: training stops early instead. With a steady "
            "learning rate it learns the strong directions first, and so keeps much what decay "
            "keeps."
        ),
        curves=("stopped",),
    ),
    Card(
        say(
            "All shares together count how many numbers the fit still chooses freely: its degrees "
            "of freedom. They fall as λ grows."
        ),
        curves=("x3",),
    ),
)
