"""What the chart is sent: the solutions at every λ, and what moves with the mark."""

from __future__ import annotations

import numpy as np

from pages.shared.fields import as_text
from pages.shared.moves import Moves, as_drawn, curves, places, uprights
from pages.shared.payload import Payload, Slider, Tile
from pages.shared.words import tell
from pages.zeros import figure, words
from pages.zeros.answer import Solved, cut, solved, step
from pages.zeros.question import FORM, Question

# A soft threshold is straight between these, in thresholds, and the ends of the axis.
CORNERS = np.array([-1.0, 1.0])


def picture(question: Question) -> Payload:
    """The payload, opened at the λ of the question."""
    found, query = solved(question), FORM.query(question)
    drawn, ends = figure.whole(
        question.stops,
        (
            figure.Drawn(tell("lasso"), figure.SHARP, found.sharp.weights, found.sharp.test_loss),
            figure.Drawn(
                tell("decay"), figure.SMOOTH, found.smooth.weights, found.smooth.test_loss
            ),
        ),
        question.matter,
        question.true_weight,
    )
    return {
        "run": query or "defaults",
        "query": query,
        "figure": drawn,
        "moves": as_drawn(_marks(question, ends) | _steps(question)),
        "series": _series(found),
        "sliders": [_slider(question)],
        "position": question.marked,
        "sentences": [*words.sentences(found)],
        "tiles": _tiles(),
        "total": len(question.stops) - 1,
        "stream": None,
    }


def _marks(question: Question, ends: dict[str, tuple[float, float]]) -> Moves:
    at = np.array(question.stops)
    return {f"mark {panel}": uprights(at, span) for panel, span in ends.items()}


def _steps(question: Question) -> Moves:
    """The maps of a step at every λ, and the marked weight under both."""
    cuts = question.lr * np.array(question.stops)
    ends = figure.REACH * CORNERS
    corners = np.sort(np.concatenate([np.tile(ends, (len(cuts), 1)), np.outer(cuts, CORNERS)], 1))
    taken = np.stack([cut(row, by) for row, by in zip(corners, cuts, strict=True)])
    steps = [step(question, place) for place in range(len(cuts))]
    return {
        "sharp step": {"x": corners, "y": taken},
        "smooth step": curves(ends, np.outer(1 - cuts, ends)),
        "sharp weight": places(np.array([[one.weight, one.sharp] for one in steps])),
        "smooth weight": places(np.array([[one.weight, one.smooth] for one in steps])),
    }


def _series(found: Solved) -> dict[str, list[float | str | None]]:
    columns = {
        "step": np.arange(len(found.weight_decays)),
        "at": np.array(found.weight_decays),
        "sharp zeros": found.sharp.zeros,
        "smooth zeros": found.smooth.zeros,
        "sharp loss": found.sharp.test_loss,
        "smooth loss": found.smooth.test_loss,
    }
    return {name: values.tolist() for name, values in columns.items()}


def _tiles() -> list[Tile]:
    names = (("sharp", tell("lasso")), ("smooth", tell("decay")))
    return [
        {
            "label": tell("{what}, {penalty}", what=label, penalty=name),
            "help": help,
            "role": role,
            "series": f"{kind} {series}",
        }
        for label, series, role, help in (
            (
                tell("exactly zero"),
                "zeros",
                "penalty",
                tell("How many weights are exactly zero at this λ."),
            ),
            (
                tell("test loss"),
                "loss",
                "test",
                tell("Half the mean square error on new examples at this λ."),
            ),
        )
        for kind, name in names
    ]


def _slider(question: Question) -> Slider:
    return {
        "key": "at",
        "label": tell("λ of both penalties: drag it"),
        "role": "penalty",
        "stops": [*range(len(question.stops))],
        "texts": [as_text(weight_decay) for weight_decay in question.stops],
    }
