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
from pages.shared.words import tell

LOSS, WEIGHTS = "", "2"
DOMAINS = {LOSS: ((0.0, 0.6), (0.0, 1.0)), WEIGHTS: ((0.7, 1.0), (0.0, 1.0))}
NARROW_DOMAINS = {LOSS: ((0.0, 1.0), (0.6, 1.0)), WEIGHTS: ((0.0, 1.0), (0.0, 0.4))}
HIDDEN = {"showticklabels": False, "zeroline": False, "showgrid": False}
LEFT = {"xanchor": "left", "yanchor": "top"}
# Beside the last epoch there is room for the names of the curves, in shares of all epochs.
ROOM = 0.6
# Where they begin, in the same shares.
END = 1.02
# Below a loss of 0 there is room for half of a name, in shares of the highest loss.
LOW = 0.04


def whole(
    epochs: int, highest: float, largest: float, without: tuple[Values, Values], true: float
) -> Plain:
    """The figure up to these ends of its axes; `without`: the test loss without decay."""
    figure = layout(
        "weight-decay",
        tell(
            "Loss of the training examples and of new ones while a model learns, and its weights "
            "at the end, which λ makes smaller."
        ),
        height=366,
        margin={"l": 62, "r": 10, "t": 30, "b": 56},
        narrow={"height": 540, **rearranged(NARROW_DOMAINS)},
        uirevision="start",
        showlegend=False,
        xaxis=epochs_axis(round(epochs * (1 + ROOM)), tickvals=_ticks(epochs)),
        yaxis={
            "range": [-LOW * highest, highest],
            "zeroline": False,
            "title": {"text": tell("loss")},
        },
        xaxis2={**HIDDEN, "title": {"text": tell("one dot for each weight")}},
        yaxis2={"range": [-largest, largest], "zeroline": True},
        annotations=[
            heading(LOSS, tell("how wrong the model is")),
            heading(WEIGHTS, tell("its weights at the end")),
            note(WEIGHTS, tell("dashed: the true ones"), x=0.02, y=0.98, **LEFT),
        ],
    )
    arrange(figure, DOMAINS)
    return {"data": list(_traces(epochs, without, true)), "layout": figure}


def _ticks(epochs: int) -> list[int]:
    return [epochs * third // 3 for third in range(4)]


def _traces(epochs: int, without: tuple[Values, Values], true: float) -> list[Trace]:
    epoch, test = without
    return [
        scatter(
            LOSS,
            x=epoch,
            y=test,
            name=tell("new examples, no decay"),
            mode="lines",
            opacity=FAINT,
            line=stroke(TEST, "dot", 1.8),
            hovertemplate="%{y:.3g}",
        ),
        scatter(
            LOSS,
            x=[END * epochs],
            y=[test[-1]],
            name=tell("without decay"),
            mode="text",
            text=[tell("without decay")],
            textposition="middle right",
            textfont={"color": TEST, "size": 13},
            hoverinfo="skip",
            cliponaxis=False,
        ),
        _moves(LOSS, "train", tell("its own examples"), line=stroke(TRAIN)),
        _moves(LOSS, "test", tell("new examples"), line=stroke(TEST, "dash")),
        _name("train name", tell("its own examples"), TRAIN),
        _name("test name", tell("new examples"), TEST),
        scatter(
            WEIGHTS,
            x=[0, 41],
            y=[true, true],
            name=tell("what each should be"),
            mode="lines",
            line=stroke(TEXT, "dash", 1.5),
            hovertemplate="%{y:.3g}",
        ),
        _moves(WEIGHTS, "stems", tell("weights"), line=stroke(PENALTY, width=2), hoverinfo="skip"),
        _moves(
            WEIGHTS,
            "weights",
            tell("weight"),
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
