"""The parts of w over the epochs as a Plotly figure, in plain JSON."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.axes import LOG, epochs_axis, log_axis
from pages.shared.palette import OPTIMUM, PENALTY, TEXT, TRAIN
from pages.shared.plotting import MARKS, Plain, Series, grown, layout, legend, note
from pages.shared.words import label, tell, told

# So far down the picture goes from its largest norm.
DECADES = 10.0
NOTHING = label("none: every weight is 0 at every epoch")


@dataclass(frozen=True)
class Part:
    """A curve over the epochs, drawn by the browser from the series of this name."""

    key: str
    name: str
    colour: str
    dash: str  # "markers": dots instead of a line


PARTS = (
    Part("weight_norm", "", PENALTY, "longdash"),
    Part("reached", label("in the row space"), TRAIN, "solid"),
    Part("to_end", "", OPTIMUM, "dot"),
    Part("left", label("in the null space"), TEXT, "dash"),
    Part("predicted", label("predicted by decay alone"), TEXT, "markers"),
)


def split(series: Series, epochs: int, filename: str, *, to_end: str, norm: str) -> Plain:
    """The norms of the two parts of w over the epochs, logarithmic.

    `to_end`, `norm`: what the distance to where the run goes and ‖w‖ are called, if they are among
    the series.
    """
    names = {"to_end": to_end, "weight_norm": norm}
    drawn = [part for part in PARTS if part.key in series]
    traces = [
        grown("", part.key, told(part.name) or names[part.key], part.colour, part.dash)
        for part in drawn
    ]
    for trace in traces:
        trace.get("marker", {})["maxdisplayed"] = MARKS
    upwards = log_axis((x for part in drawn for x in series[part.key]), DECADES)
    figure = layout(
        filename,
        tell(
            "Norm of the weights over the epochs and of its parts, in the row space of the training"
            " data and in its null space."
        ),
        height=400,
        margin={"l": 66, "r": 27, "t": 68, "b": 56},
        narrow={"height": 440, "margin.t": 104},
        hovermode="x unified",
        uirevision="split",
        xaxis=epochs_axis(epochs),
        yaxis={**LOG, **upwards, "title": {"text": tell("norm")}, "showticklabels": bool(upwards)},
        legend=legend(1.02, itemwidth=30),
        annotations=[] if upwards else [note("", told(NOTHING), font={"size": 13})],
    )
    return {"data": traces, "layout": figure}
