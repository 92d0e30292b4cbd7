"""What the guide of The best decay says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import label, say

CARDS = (
    Card(
        say(
            "The dashed orange curve is the exact solution’s loss on new examples, for every λ. "
            "Where it is lowest, λ is best. In real life nobody can draw this curve in advance."
        ),
        curves=(label("test, exact"),),
    ),
    Card(
        say(
            "The solid blue curve is the exact solution’s loss on the training examples. It never "
            "falls as λ grows: choosing λ by it, you would always choose none."
        ),
        curves=(label("train, exact"),),
    ),
    Card(
        say(
            "The small marks are runs of training, which begin somewhere and end after a number of "
            "epochs. Where they leave the curve, they have not reached the exact solution yet, or "
            "approach a different one."
        ),
        curves=(label("train, trained"), label("test, trained")),
    ),
    Card(
        say(
            "Every row is a way to choose λ, and its mark is what it chooses here. Those named "
            "GCV, leave-one-out and validation see no test data: compare them with the topmost."
        ),
        curves=("x2",),
    ),
    Card(
        say("Move the mark. How far can you go before the words above call it bad?"),
        controls=("at",),
        parts=("words",),
        after=say(
            "Around the best λ the curve is often flat, so a rough choice is good enough. "
            "Read off here how much each λ costs."
        ),
    ),
)
