"""What the guide of Other remedies says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import label, say

CARDS = (
    Card(
        say(
            "Each row is one remedy, and its upright mark the middle of its losses on new "
            "examples, over many draws of data. The farther left, the better."
        ),
        curves=(label("median"),),
    ),
    Card(
        say(
            "The rings are single draws, and the band holds the middle 80 % of them. Where bands "
            "overlap, luck with the data can turn the order round."
        ),
        curves=(label("middle of the draws"), label("a draw")),
    ),
    Card(
        say(
            "The diamond is the same draw in every row. Compare remedies by it, and you compare "
            "them on the same data."
        ),
        curves=(label("marked draw"),),
    ),
    Card(
        say("Change how many training examples there are. How much do the remedies still win?"),
        curves=(label("median"),),
        controls=("n_train",),
        after=say(
            "The more examples there are, the less a run overfits, and the less there is for any "
            "remedy to mend."
        ),
    ),
)
