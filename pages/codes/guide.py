"""What the guide of The codes compared says."""

from __future__ import annotations

from pages.shared.guide import Card
from pages.shared.words import say

CARDS = (
    Card(
        say(
            "The broad pale curves are the code written from scratch, the thin ones the code that "
            "uses the framework. Where both compute the same, the thin one lies in the middle of "
            "the broad one."
        ),
        curves=("train_scratch", "train_concise", "test_scratch", "test_concise"),
    ),
    Card(
        say(
            "Choose another value here: the loss with or without its half. Do the two codes come "
            "closer together?"
        ),
        curves=("train_scratch", "train_concise"),
        controls=("loss",),
        after=say(
            "Without the half the data pull on the weights twice as hard, and decay as hard as "
            "before. So the same λ means less. The two agree where both have it, or both have "
            "not, and all else is alike."
        ),
    ),
    Card(
        say(
            "This curve is how far the two codes are apart, at most. Numbers of sixteen digits "
            "leave a trace of rounding: a difference as small as that is none."
        ),
        curves=("apart",),
    ),
    Card(
        say("Losses, norms and differences at the epoch that is shown, in numbers."),
        parts=("tiles",),
    ),
)
