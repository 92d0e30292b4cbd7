"""What the guide of One step says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import say

CARDS = (
    Card(
        say(
            "Two of the weights make a plane. The ring is where they stand before this step, the "
            "filled dot where they stand after it. The picture is drawn to the size of the step."
        ),
        curves=("old w", "new w"),
    ),
    Card(
        say(
            "The orange arrow is what decay does in this step. The dotted line leads to zero: "
            "decay has nothing else in mind, and does not look at the data."
        ),
        curves=("decay,", "the way to 0"),
    ),
    Card(
        say(
            "The blue arrow is what the data do in this step: it leads to where the examples of "
            "this batch are fitted better. Where the step ends is settled between the two."
        ),
        curves=("data,",),
    ),
    Card(
        say("Choose another step. Do both arrows change alike?"),
        curves=("old w", "new w"),
        controls=("step",),
        after=say(
            "The arrow of the data is another at every step: it comes from another batch and from "
            "other weights. That of decay depends on the batch far less: it follows the weights."
        ),
    ),
    Card(
        say(
            "Here is every part of the step in numbers, for a few of the weights. Compare how much "
            "decay takes from a large one and from a small one."
        ),
        parts=("table",),
    ),
)
