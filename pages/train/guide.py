"""What the guide of Train says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import label, say

CARDS = (
    Card(
        say(
            "Both curves are losses on examples that the run has never seen. The pale one is the "
            "same run without weight decay: the same data, the same start, the same order of "
            "examples. Decay alone sets the two apart."
        ),
        curves=("test_loss", "test_loss_0"),
    ),
    Card(
        say("Move λ up or down. Guess first: will the run end better or worse on new examples?"),
        curves=("test_loss",),
        controls=("weight_decay",),
        after=say(
            "A larger λ pulls harder towards zero at every step. Whether that helps, this curve "
            "alone can tell: too little and too much can both be worse."
        ),
    ),
    Card(
        say(
            "This flat line is a rival that learns nothing: it always predicts the mean of the "
            "training targets. A run whose test loss ends above it would have done better not to "
            "look at the features at all."
        ),
        curves=(label("test, constant predictor"),),
    ),
    Card(
        say("There is more to see than the picture shows at first: have every curve drawn."),
        controls=("every curve",),
        after=say("The cards that follow speak of the curves that are drawn now."),
    ),
    Card(
        say(
            "The blue curve is the loss on the examples that the run trains on, the orange one on "
            "new ones. Where the blue one falls and the orange one does not follow, the run "
            "overfits."
        ),
        curves=("train_loss", "test_loss"),
    ),
    Card(
        say(
            "This is the part of the weights that no training example depends on, so the data "
            "cannot say what it should be. With plain gradient steps it stays what the random "
            "start made it, until decay takes it away."
        ),
        curves=("unreachable",),
    ),
)
