"""How the panels share the picture: their places, axes and titles, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pages.geometry.answer.solutions import Box
from pages.geometry.figure.traces import CURVE, LARGE, SMALL_LOSS, SMALL_OBJECTIVE, SMALL_PENALTY
from pages.shared import plotting
from pages.shared.axes import border
from pages.shared.plotting import Domains, Plain, Trace, arrange, heading, note, rearranged
from pages.shared.words import Names, label, tell, told

DOMAINS: Domains = {
    LARGE: ((0.0, 0.565), (0.0, 1.0)),
    SMALL_LOSS: ((0.6, 0.79), (0.59, 0.95)),
    SMALL_PENALTY: ((0.81, 1.0), (0.59, 0.95)),
    SMALL_OBJECTIVE: ((0.6, 0.79), (0.1, 0.46)),
    CURVE: ((0.84, 1.0), (0.125, 0.46)),
}
# On a phone the large panel takes the whole width, and the small ones lie below it.
NARROW_DOMAINS: Domains = {
    LARGE: ((0.0, 1.0), (0.53, 1.0)),
    SMALL_LOSS: ((0.0, 0.47), (0.24, 0.44)),
    SMALL_PENALTY: ((0.53, 1.0), (0.24, 0.44)),
    SMALL_OBJECTIVE: ((0.0, 0.47), (0.0, 0.2)),
    CURVE: ((0.63, 1.0), (0.02, 0.2)),
}
# Pixels of the panels and of what lies below them: the axis, and the legend's lines.
PANELS, BELOW, ENTRY = 505, 60, 20
NARROW_PANELS, NARROW_BELOW = 720, 28
# Entries of the legend side by side, on a desk; on a phone each has a line of its own.
ABREAST = 3
TITLES = Names(
    {
        SMALL_LOSS: label("loss L"),
        SMALL_PENALTY: label("penalty (λ/2)‖w‖²"),
        SMALL_OBJECTIVE: label("objective J"),
        CURVE: "θ(λ) = ‖w*(λ)‖²",
    }
)


@dataclass(frozen=True)
class Frame:
    """What the axes span: the box of the four panels, and the ends of the axes of θ(λ).

    `at_zero` is the place of λ = 0 on the axis of log₁₀ λ, `last` its largest λ's.
    """

    box: Box
    names: tuple[str, str]
    at_zero: float
    last: float
    most_theta: float


def whole(
    traces: Sequence[Trace], frame: Frame, revision: str, *, clicks: bool, notes: Sequence[str]
) -> Plain:
    """The figure of these traces: the large panel with its notes, three small ones and θ(λ)."""
    entries = sum(t.get("showlegend") is not False and t["type"] == "scatter" for t in traces)
    layout = _layout(revision, clicks, entries)
    layout["annotations"] += [_note(text, k) for k, text in enumerate(notes)]
    for panel in (LARGE, SMALL_LOSS, SMALL_PENALTY, SMALL_OBJECTIVE):
        layout |= _square(panel, frame)
    layout |= _curve_axes(frame)
    arrange(layout, DOMAINS)
    return {"data": list(traces), "layout": layout}


def _layout(revision: str, clicks: bool, entries: int) -> Plain:
    legend = ENTRY * -(-entries // ABREAST)
    return plotting.layout(
        "weight-decay-geometry",
        tell(
            "Level sets of the data loss, the disc of the constraint, and w*, the best point of it;"
            " beside it loss, penalty and objective alone, and θ as a function of λ."
        ),
        height=PANELS + BELOW + legend,
        margin={"l": 60, "r": 19, "t": 15, "b": BELOW + legend + 18},
        narrow={
            "height": NARROW_PANELS + NARROW_BELOW + ENTRY * entries,
            "margin.l": 36,
            "margin.b": NARROW_BELOW + ENTRY * entries,
            "legend.y": -NARROW_BELOW / NARROW_PANELS,
            "dragmode": False,
            **rearranged(NARROW_DOMAINS),
        },
        clicks=clicks,
        dragmode="pan",
        uirevision=revision,
        legend=plotting.legend(-BELOW / PANELS, yanchor="top", itemwidth=40, tracegroupgap=0),
        annotations=[heading(panel, text) for panel, text in TITLES.items()],
    )


def _axis(**given: Any) -> Plain:
    return border(exponentformat="power", **given)


def _square(panel: str, frame: Frame) -> Plain:
    """The two axes of a panel, one unit as long on the one as on the other."""
    left, right, bottom, top = frame.box
    axis = _axis(zeroline=True, constrain="domain", showticklabels=panel == LARGE)
    if panel != LARGE:
        axis |= {"fixedrange": True, "nticks": 5, "ticks": ""}
    x = {**axis, "range": [left, right]}
    y = {
        **axis,
        "range": [bottom, top],
        "scaleanchor": f"x{panel}",
        "scaleratio": 1,
        "constraintoward": "top",
    }
    if panel == LARGE:
        x |= {"title": {"text": told(frame.names[0]), "standoff": 4}, "constraintoward": "left"}
        y["title"] = {"text": told(frame.names[1]), "standoff": 4}
    return {f"xaxis{panel}": x, f"yaxis{panel}": y}


def _curve_axes(frame: Frame) -> Plain:
    axis = _axis(tickfont={"size": 11}, fixedrange=True)
    most = frame.most_theta or 1.0
    return {
        f"xaxis{CURVE}": {
            **axis,
            "range": [frame.at_zero - 0.4, frame.last + 0.4],
            "tickvals": [frame.at_zero, 0, 3, 6],
            "ticktext": ["0", "1", "10³", "10⁶"],
        },
        f"yaxis{CURVE}": {**axis, "range": [-0.05 * most, 1.1 * most], "nticks": 4},
    }


def _note(text: str, line: int) -> Plain:
    """A line of words along the lower side of the large panel, above those before it."""
    place = {"y": 0.02 + 0.05 * line, "xanchor": "center", "yanchor": "bottom"}
    return note(LARGE, text, **place, font={"size": 14})
