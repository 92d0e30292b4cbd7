"""What Start's guide says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import say

TRAIN, TEST = ("train", "train name"), ("test", "test name")
CARDS = (
    Card(
        say(
            "The solid blue curve is how wrong the model is on the examples that it learns from. "
            "The dashed orange one is how wrong it is on new ones. Only the orange one tells "
            "whether anything of use has been learned."
        ),
        curves=(*TRAIN, *TEST),
    ),
    Card(
        say("Drag λ to its left end, to zero. Which of the two curves goes down, and which up?"),
        curves=(*TRAIN, *TEST),
        controls=("at",),
        after=say(
            "At zero the model fits its own examples best of all, and new ones worse than with a "
            "little decay. It has learned the noise by heart: that is overfitting."
        ),
    ),
    Card(
        say(
            "Each dot is one weight at the end of learning, and the dashed line is what every "
            "weight should be. Without decay the dots scatter widely. The more decay, the shorter "
            "the weights are as a whole."
        ),
        curves=("x2",),
    ),
    Card(
        say("Now drag λ to its right end. What is lost?"),
        controls=("at",),
        parts=("words",),
        after=say(
            "With too much decay the weights are held so small that the model cannot even fit its "
            "own examples. The best λ lies somewhere between, and these words say when you are "
            "near it."
        ),
    ),
)
