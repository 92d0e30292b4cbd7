"""What the guide of The book says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import label, say

CARDS = (
    Card(
        say(
            "Each small picture is one number that the book prints, or that is read off one of its "
            "plots. The bars count how many of our runs ended where; each run has another random "
            "seed."
        ),
        curves=("seeds",),
    ),
    Card(
        say(
            "The upright line with the diamond is the book’s own number. Among the bars it could "
            "be a run of ours. Far from all of them, its authors may have run something else."
        ),
        curves=(label("printed"), "seeds"),
    ),
    Card(
        say("The thick line below the bars spans nine in ten of the runs."),
        curves=("interval",),
    ),
    Card(
        say("Choose another edition, or its other framework. Do its numbers fit as well?"),
        controls=("edition",),
        parts=("words",),
        after=say(
            "Editions differ in their start, their loss or their number of epochs. The folders of "
            "this page say what each of them did."
        ),
    ),
)
