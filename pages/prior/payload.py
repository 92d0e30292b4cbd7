"""What the chart is sent: the three densities at every width of the prior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pages.prior import figure, words
from pages.prior.answer import RADII, Posterior, likelihood, posterior
from pages.prior.question import DEFAULT, FORM, Question
from pages.shared import cached
from pages.shared.fields import as_text
from pages.shared.moves import Moves, affine, as_drawn, paths, places
from pages.shared.payload import Payload, Slider, Tile
from pages.shared.words import tell
from wd_core.arrays import Array


def solved(question: Question) -> Posterior:
    """All widths of a question: the same wherever on the slider's own stops the mark stands."""
    return posterior(replace(question, at=DEFAULT.at), question.stops)


def picture(question: Question) -> Payload:
    """The payload, opened at the width of the question."""
    found, query = solved(question), FORM.query(question)
    true = np.asarray(cached.dataset(question.data).w_true)
    levels = likelihood(question, found.surface)
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure.whole(
            levels, question.belief.shape, found.data_alone, true, question.prior
        ),
        "moves": as_drawn(_moves(question, found)),
        "series": _series(found),
        "sliders": [_slider(found)],
        "position": question.marked,
        "sentences": [*words.sentences(found)],
        "tiles": _tiles(),
        "total": len(found.widths) - 1,
        "stream": None,
    }


def _moves(question: Question, found: Posterior) -> Moves:
    moves: Moves = {"mode": places(found.mode)}
    for place, r in enumerate(RADII):
        reach = np.array([question.belief.reach(width, r) for width in found.widths])
        moves[f"prior {place}"] = _widened(reach)
        moves[f"posterior {place}"] = paths(found.levels[:, place])
    return moves


def _widened(times: Array) -> dict[str, Array]:
    """A shape around the origin at so many times its size, [K]."""
    return {"affine": affine(times[:, None, None] * np.eye(2), np.zeros((len(times), 2)))}


def _series(found: Posterior) -> dict[str, list[float | str | None]]:
    columns = {
        "step": np.arange(len(found.widths)),
        "at": np.array(found.widths),
        "weight decay": found.weight_decay,
        "share": found.shares,
    }
    return {name: values.tolist() for name, values in columns.items()}


def _tiles() -> list[Tile]:
    return [
        {
            "label": tell("λ of this prior"),
            "help": tell("The strength of the penalty that finds the same weights."),
            "role": "penalty",
            "series": "weight decay",
        },
        {
            "label": tell("share of the length left"),
            "help": tell(
                "The length of the most probable weights, as a share of what the data say."
            ),
            "series": "share",
        },
    ]


def _slider(found: Posterior) -> Slider:
    return {
        "key": "at",
        "label": tell("Width of the prior: drag it"),
        "role": "penalty",
        "stops": [*range(len(found.widths))],
        "texts": [as_text(width) for width in found.widths],
    }
