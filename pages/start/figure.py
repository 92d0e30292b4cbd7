"""Start's picture in plain JSON: two losses while a model learns, and its weights at the end."""

from __future__ import annotations

from typing import Any

from pages.shared.axes import epochs_axis
from pages.shared.palette import FAINT, PENALTY, TEST, TEXT, TRAIN
from pages.shared.plotting import (
    Plain,
    Trace,
    Values,
    arrange,
    heading,
    layout,
    note,
    rearranged,
    scatter,
    stroke,
)

LOSS, WEIGHTS = "", "2"
DOMAINS = {LOSS: ((0.0, 0.6), (0.0, 1.0)), WEIGHTS: ((0.7, 1.0), (0.0, 1.0))}
NARROW_DOMAINS = {LOSS: ((0.0, 1.0), (0.6, 1.0)), WEIGHTS: ((0.0, 1.0), (0.0, 0.4))}
HIDDEN = {"showticklabels": False, "zeroline": False, "showgrid": False}
LEFT = {"xanchor": "left", "yanchor": "top"}
# Beside the last epoch there is room for the names of the curves, in shares of all epochs.
ROOM = 0.6
# Below a loss of 0 there is room for half of a name, in shares of the highest loss.
LOW = 0.04


def whole(
    epochs: int, highest: float, largest: float, without: tuple[Values, Values], true: float
) -> Plain:
    """The figure up to these ends of its axes; `without`: the test loss without decay."""
    figure = layout(
        "weight-decay",
        "Loss of the training examples and of new ones while a model learns, and its weights at "
        "the end, which λ makes smaller.",
        height=366,
        margin={"l": 62, "r": 10, "t": 30, "b": 56},
        narrow={"height": 540, **rearranged(NARROW_DOMAINS)},
        uirevision="start",
        showlegend=False,
        xaxis=epochs_axis(round(epochs * (1 + ROOM)), tickvals=_ticks(epochs)),
        yaxis={"range": [-LOW * highest, highest], "zeroline": False, "title": {"text": "loss"}},
        xaxis2={**HIDDEN, "title": {"text": "weight by weight"}},
        yaxis2={"range": [-largest, largest], "zeroline": True},
        annotations=[
            heading(LOSS, "how wrong the model is"),
            heading(WEIGHTS, "its weights at the end"),
            note(WEIGHTS, "dashed: the true ones", x=0.02, y=0.98, **LEFT),
        ],
    )
    arrange(figure, DOMAINS)
    return {"data": list(_traces(without, true)), "layout": figure}


def _ticks(epochs: int) -> list[int]:
    return [epochs * third // 3 for third in range(4)]


def _traces(without: tuple[Values, Values], true: float) -> list[Trace]:
    epoch, test = without
    middle = len(epoch) // 2
    return [
        scatter(
            LOSS,
            x=epoch,
            y=test,
            name="new examples, no decay",
            mode="lines",
            opacity=FAINT,
            line=stroke(TEST, "dot", 1.8),
            hovertemplate="%{y:.3g}",
        ),
        scatter(
            LOSS,
            x=[epoch[middle]],
            y=[test[middle]],
            name="without decay",
            mode="text",
            text=["without decay"],
            textposition="bottom right",
            textfont={"color": TEST, "size": 13},
            hoverinfo="skip",
        ),
        _moves(LOSS, "train", "its own examples", line=stroke(TRAIN)),
        _moves(LOSS, "test", "new examples", line=stroke(TEST, "dash")),
        _name("train name", "its own examples", TRAIN),
        _name("test name", "new examples", TEST),
        scatter(
            WEIGHTS,
            x=[0, 41],
            y=[true, true],
            name="what each should be",
            mode="lines",
            line=stroke(TEXT, "dash", 1.5),
            hovertemplate="%{y:.3g}",
        ),
        _moves(WEIGHTS, "stems", "weights", line=stroke(PENALTY, width=2), hoverinfo="skip"),
        _moves(
            WEIGHTS,
            "weights",
            "weight",
            mode="markers",
            marker={"color": PENALTY, "size": 7},
            hovertemplate="%{y:.3g}",
        ),
    ]


def _moves(panel: str, key: str, name: str, mode: str = "lines", **style: Any) -> Trace:
    """A trace whose points the browser takes from the moves of this key."""
    return scatter(panel, x=[0], y=[0], mode=mode, name=name, meta={"moves": key}, **style)


def _name(key: str, text: str, colour: str) -> Trace:
    """The name of a curve, at its end."""
    return _moves(
        LOSS,
        key,
        text,
        mode="text",
        text=[text],
        textposition="middle right",
        textfont={"color": colour, "size": 13},
        hoverinfo="skip",
        cliponaxis=False,
    )
