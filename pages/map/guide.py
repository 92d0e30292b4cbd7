"""What the guide of Learning rate and decay says."""

from __future__ import annotations

from pages.map.words.legend import BEST, CROSSING, LOST
from pages.shared.guide import Card
from pages.shared.words import say

CARDS = (
    Card(
        say(
            "A map has a small square for each pair of a learning rate, from left to right, and a "
            "weight decay, upwards. Its shade is the test loss at the end of training: the darker, "
            "the worse."
        ),
        curves=("x",),
    ),
    Card(
        say("The star is the best square of its map. Squares around it are often hardly worse."),
        curves=(BEST,),
    ),
    Card(
        say(
            "In hatched squares training diverged: every step overshot further than the one "
            "before, until the numbers were beyond all bounds."
        ),
        curves=(LOST,),
    ),
    Card(
        say(
            "Along the dashed line the product of learning rate and decay stays the same. Where "
            "the green line is parallel to it, the two pull together: half of one asks for twice "
            "the other."
        ),
        curves=(CROSSING,),
    ),
    Card(
        say("Choose another optimizer. In which maps does the shape follow the dashed line?"),
        curves=(CROSSING,),
        controls=("optimizers",),
        after=say(
            "Optimizers that rescale every gradient, as Adam does, rescale coupled decay along "
            "with it, and that bends the map. Decoupled decay they leave alone."
        ),
    ),
)
