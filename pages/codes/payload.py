"""From a question to the payload of the page's chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.codes import figure
from pages.codes.answer import Answer, Question, Seen, now, running
from pages.codes.question import FORM
from pages.codes.words import plain
from pages.shared.encoding import DIGITS, as_series
from pages.shared.pace import pictures
from pages.shared.payload import Events, Part, Payload, Tile
from pages.shared.plotting import Series
from pages.shared.run import Asked, Pin
from pages.shared.tiles import in_words
from pages.shared.words import label, tell

# The picture is sent anew at this pace while the codes run.
PACE_SECONDS = 0.4
_TEST = label("Half mean square on fresh data, whatever loss the code itself has.")
_NORM = label("Euclidean norm of the weights; the bias is not in it.")
TILES: list[Tile] = [
    *(
        Tile(label=name, series=f"test_{code}", role="test", help=_TEST)
        for code, name in (
            ("scratch", label("Test loss, scratch")),
            ("concise", label("Test loss, concise")),
        )
    ),
    *(
        Tile(label=name, series=f"norm_{code}", role="penalty", help=_NORM)
        for code, name in (("scratch", label("‖w‖, scratch")), ("concise", label("‖w‖, concise")))
    ),
    {
        "label": label("Largest difference"),
        "series": "apart",
        "help": label("max |scratch − concise| over all weights and the bias."),
    },
    {
        "label": label("To our engine"),
        "series": "engine",
        "help": label(
            "max |code − engine| over both codes, all weights and the bias, at this epoch."
        ),
    },
]


def lock_step(seen: Seen, pins: Sequence[Pin]) -> Payload:
    """Curves of both codes and their differences so far, and where the rest is."""
    question, part = seen.question, drawn(seen)
    link = FORM.query(Asked(question.settings, question.switches, tuple(pins)))
    worked = FORM.query(Asked(question.settings, question.switches))  # the same with any pins
    return {
        "run": link or "defaults",
        "query": link,
        "tiles": in_words(TILES),
        "total": question.run.epochs,
        "come": seen.epoch,
        "unit": tell("epoch"),
        "series": part["series"],
        "figure": part["figure"],
        "sentence": part["sentence"],
        "stream": None if seen.whole else f"/api/codes/stream?{worked}",
        "resumes": True,
    }


def stream(question: Question) -> Events:
    """The events of the run: `picture` and `rows` at a pace, `done` at the end."""
    yield from pictures(
        running(question),
        PACE_SECONDS,
        lambda: now(question),
        drawn,
        lambda seen: (seen.epoch, question.run.epochs),
    )
    yield "done", {}


def drawn(seen: Seen) -> Part:
    """What follows from what has been run so far."""
    question, found = seen.question, seen.found
    last = max(found.last_epochs)  # later there is nothing to draw
    series = _until(last, _series(found))
    return {
        "series": series,
        "figure": figure.lock_step(series, max(1, last), "two-codes", whole=seen.whole),
        "sentence": plain.outcome(question, found, whole=seen.whole),
    }


def _until(last: int, series: Series) -> Series:
    """The curves up to this epoch."""
    count = sum(epoch is not None and epoch <= last for epoch in series["epoch"])
    return {name: values[:count] for name, values in series.items()}


def _series(found: Answer) -> Series:
    pairs = {
        "train_{}": found.train_loss,
        "test_{}": found.test_loss,
        "norm_{}": found.weight_norm,
        "train_engine_{}": found.engine_train_loss,
        "test_engine_{}": found.engine_test_loss,
        "norm_engine_{}": found.engine_weight_norm,
        "engine_{}": found.from_engine,
    }
    series: Series = {"epoch": [float(epoch) for epoch in found.epoch]}
    for name, values in pairs.items():
        for code, column in zip(("scratch", "concise"), values.T, strict=True):
            series[name.format(code)] = as_series(column, DIGITS)
    series["apart"] = as_series(found.apart, DIGITS)
    series["engine"] = as_series(np.fmax.reduce(found.from_engine, axis=1), DIGITS)
    return series
