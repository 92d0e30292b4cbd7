"""What Start's chart is sent: a picture for every λ, worked out once for all visitors."""

from __future__ import annotations

import numpy as np

from pages.shared.fields import as_text
from pages.shared.moves import Moves, as_drawn, curves, places
from pages.shared.payload import Payload, Slider
from pages.start import figure, words
from pages.start.answer import DATA, RUN, Learned, learned
from pages.start.question import FORM, WEIGHT_DECAYS, Question
from wd_core.arrays import Array

# Of the height of the picture: names of curves do not stand closer.
APART = 0.07


def picture(question: Question) -> Payload:
    """The payload, opened at the λ of the question."""
    runs = learned()
    highest = 1.08 * float(max(runs.test_loss.max(), runs.train_loss.max()))
    largest = 1.08 * float(np.abs(runs.weights).max())
    without = runs.epoch, runs.test_loss[:, 0]
    query = FORM.query(question)
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure.whole(RUN.epochs, highest, largest, without, DATA.true_weight),
        "moves": as_drawn(_moves(runs, highest)),
        "series": {"step": [*range(len(WEIGHT_DECAYS))], "at": [*WEIGHT_DECAYS]},
        "sliders": [_slider()],
        "position": question.marked,
        "sentences": [*words.sentences(runs)],
        "total": len(WEIGHT_DECAYS) - 1,
        "stream": None,
    }


def _slider() -> Slider:
    return {
        "key": "at",
        "label": "Weight decay λ: drag it",
        "role": "penalty",
        "stops": [*range(len(WEIGHT_DECAYS))],
        "texts": [as_text(weight_decay) for weight_decay in WEIGHT_DECAYS],
    }


def _moves(runs: Learned, highest: float) -> Moves:
    """The curves with their names, and the weights, in the order that they have without decay."""
    weights = runs.weights[:, np.argsort(runs.weights[0])]
    place = np.arange(1.0, weights.shape[1] + 1)
    train, test = runs.train_loss.T, runs.test_loss.T
    below, above = _apart(train[:, -1], test[:, -1], APART * highest)
    return {
        "train": curves(runs.epoch, train),
        "test": curves(runs.epoch, test),
        "train name": places(_at_the_end(below)),
        "test name": places(_at_the_end(above)),
        "weights": curves(place, weights),
        "stems": curves(np.repeat(place, 3), _stems(weights)),
    }


def _apart(low: Array, high: Array, gap: float) -> tuple[Array, Array]:
    """Where two names stand, each near its curve's end and not over the other, [K] each."""
    missing = np.maximum(gap - (high - low), 0.0) / 2
    return low - missing, high + missing


def _at_the_end(heights: Array) -> Array:
    return np.column_stack([np.full(len(heights), 1.02 * RUN.epochs), heights])


def _stems(weights: Array) -> Array:
    """From 0 to each weight and a gap, [K, D] -> [K, 3D]."""
    gap = np.full_like(weights, np.nan)
    return np.stack([np.zeros_like(weights), weights, gap], axis=2).reshape(len(weights), -1)
