"""What the guide of Geometry says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import label, say

CARDS = (
    Card(
        say(
            "Each green line joins weights with the same loss, as the lines of a map join places "
            "of the same height. The cross marks where the data are fitted best."
        ),
        curves=(label("level sets of the data loss L"), "w̃"),
    ),
    Card(
        say(
            "Long weights are not allowed: they may not leave this disc. The best of those that "
            "are left is the round point."
        ),
        curves=("disc", "optimum"),
    ),
    Card(
        say("Make the disc smaller. What happens to λ?"),
        curves=("disc", "optimum"),
        controls=("weight_decay", "theta"),
        after=say(
            "The two sliders move each other: as long as the disc holds the weights back, a "
            "smaller disc is the same as a larger λ. A limit and a price are two ways to say one "
            "thing."
        ),
    ),
    Card(
        say(
            "At the best point two pulls cancel. The data pull towards where they are fitted best, "
            "the penalty pulls towards zero, and neither wins."
        ),
        curves=("force", "pull", "optimum"),
    ),
    Card(
        say(
            "This is the way of the best point as λ grows, from where the data are fitted best in "
            "to zero. Where it bends, the penalty wins first along the flat direction of the loss."
        ),
        curves=(label("path of w*"), "w̃"),
    ),
)
