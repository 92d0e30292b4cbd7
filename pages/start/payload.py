"""What Start's chart is sent: a picture for every λ, worked out once for all visitors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.shared.fields import as_text
from pages.shared.moves import Moves, as_drawn, curves, places
from pages.shared.payload import Payload, Slider
from pages.shared.words import tell
from pages.start import figure, words
from pages.start.answer import DATA, RUN, Learned, learned
from pages.start.question import FORM, Question
from wd_core.arrays import Array

# Of the height of the picture: names of curves do not stand closer.
APART = 0.07


def picture(question: Question) -> Payload:
    """The payload, opened at the λ of the question."""
    stops = question.stops
    runs = learned(stops)
    highest = 1.08 * float(max(runs.test_loss.max(), runs.train_loss.max()))
    largest = 1.08 * float(np.abs(runs.weights).max())
    without = runs.epoch, runs.test_loss[:, 0]
    query = FORM.query(question)
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure.whole(RUN.epochs, highest, largest, without, DATA.true_weight),
        "moves": as_drawn(_moves(runs, highest)),
        "series": {"step": [*range(len(stops))], "at": [*stops]},
        "sliders": [_slider(stops)],
        "position": question.marked,
        "sentences": [*words.sentences(runs)],
        "total": len(stops) - 1,
        "stream": None,
    }


def _slider(weight_decays: Sequence[float]) -> Slider:
    return {
        "key": "at",
        "label": tell("Weight decay λ"),
        "role": "penalty",
        "stops": [*range(len(weight_decays))],
        "texts": [as_text(weight_decay) for weight_decay in weight_decays],
    }


def _moves(runs: Learned, highest: float) -> Moves:
    """The curves with their names, and the weights, in the order that they have without decay.

    No name stands over another: that of the curve without decay at its end, which is the highest,
    that of new examples below it, and that of the model's own below both.
    """
    weights = runs.weights[:, np.argsort(runs.weights[0])]
    place = np.arange(1.0, weights.shape[1] + 1)
    train, test = runs.train_loss.T, runs.test_loss.T
    above = np.minimum(test[:, -1], test[0, -1] - APART * highest)
    below = np.minimum(train[:, -1], above - APART * highest)
    return {
        "train": curves(runs.epoch, train),
        "test": curves(runs.epoch, test),
        "train name": places(_at_the_end(below)),
        "test name": places(_at_the_end(above)),
        "weights": curves(place, weights),
        "stems": curves(np.repeat(place, 3), _stems(weights)),
    }


def _at_the_end(heights: Array) -> Array:
    return np.column_stack([np.full(len(heights), figure.END * RUN.epochs), heights])


def _stems(weights: Array) -> Array:
    """From 0 to each weight and a gap, [K, D] -> [K, 3D]."""
    gap = np.full_like(weights, np.nan)
    return np.stack([np.zeros_like(weights), weights, gap], axis=2).reshape(len(weights), -1)
