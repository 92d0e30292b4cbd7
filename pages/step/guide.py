"""What the guide of One step says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import label, say

CARDS = (
    Card(
        say(
            "Two of the weights make a plane. The ring is where they stand before this step, the "
            "filled dot where they stand after it. The scale of the picture follows the step."
        ),
        curves=(label("old w"), label("new w")),
    ),
    Card(
        say(
            "The orange arrow is what decay does in this step, and the dotted line leads to zero. "
            "Decay itself pulls straight along it, whatever the data say. An optimizer that "
            "remembers or rescales gradients can turn the arrow aside."
        ),
        curves=("decay,", label("the way to 0")),
    ),
    Card(
        say(
            "The blue arrow is what the data do in this step: meant to lead to where these "
            "examples are fitted better, it can overshoot. The step is the sum of both arrows."
        ),
        curves=("data,",),
    ),
    Card(
        say("Choose another step. Do both arrows change alike?"),
        curves=(label("old w"), label("new w")),
        controls=("step",),
        after=say(
            "The arrow of the data changes with the batch and with the weights. That of decay "
            "follows the weights alone, unless the optimizer mixes the two."
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
