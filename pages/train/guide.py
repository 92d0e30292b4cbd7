"""What the guide of Train says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import say

CARDS = (
    Card(
        say(
            "The solid blue curve is the loss on the examples that the run trains on; the dashed "
            "orange one is the loss on examples that it has never seen. Where the blue one falls "
            "and the orange one does not follow, the run overfits."
        ),
        curves=("train_loss", "test_loss"),
    ),
    Card(
        say(
            "The pale curves are the same run without weight decay: the same data, the same start, "
            "the same order of examples. Whatever sets them apart from the strong ones is the work "
            "of decay alone."
        ),
        curves=("train_loss_0", "test_loss_0", "weight_norm_0"),
    ),
    Card(
        say(
            "Move λ up or down. Guess first: will the length of the weights, below, end larger or "
            "smaller?"
        ),
        curves=("weight_norm",),
        controls=("weight_decay",),
        after=say(
            "A larger λ pulls harder towards zero at every step. How long the weights end depends "
            "on how hard the data pull back."
        ),
    ),
    Card(
        say(
            "This is the part of the weights that no training example depends on, so the data "
            "cannot say what it should be. With plain gradient steps it stays what the random "
            "start made it, until decay takes it away."
        ),
        curves=("unreachable",),
    ),
    Card(
        say(
            "This flat line is a rival that learns nothing: it always predicts the mean of the "
            "training targets. A run whose test loss ends above it would have done better not to "
            "look at the features at all."
        ),
        curves=("test, constant predictor",),
    ),
    Card(
        say(
            "Press Play, or drag the slider beside it, to see the run epoch by epoch. The numbers "
            "below are those of the epoch where you stop."
        ),
        parts=("play", "tiles"),
    ),
)
