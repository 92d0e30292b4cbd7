"""The panels below the losses: chosen λ, weights, norm; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.shared.palette import GREY, OPTIMUM, PENALTY, TEXT, faint
from pages.shared.plotting import Trace, hover, stroke
from pages.shared.words import say
from pages.which.answer.solutions import NAMED
from pages.which.figure.scale import number
from pages.which.figure.traces import (
    CHOSEN,
    NORM,
    PANELS,
    RULES,
    UPRIGHT,
    WEIGHTS,
    Shown,
    curve,
    dot_at_zero,
    parted,
    positive,
    scatter,
)
from wd_core.arrays import Array

# Bins of the chosen λ, and the height of the fullest, of a row of 1.
BINS, FULL = 40, 0.72
OTHERS = faint(GREY, 0.55)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def panels(shown: Shown) -> list[Trace]:
    """All that these panels hold but the upright lines that move."""
    return [*_rows(shown), *_norm(shown), *_weights(shown)]


def missing(shown: Shown) -> list[tuple[int, str]]:
    """The panels below the losses that are empty, each with the reason in a sentence."""
    said = []
    if shown.paths is None:
        said.append((WEIGHTS, str(say("Left out at this size."))))
    if not any(np.isfinite(positive(norm)).any() for norm in _norms(shown)):
        if shown.fine is not None or shown.found.count:
            said.append((NORM, str(say("Every ‖w‖ shown is 0."))))
        else:
            said += [(NORM, str(mark.why)) for mark in shown.marks if mark.rule == "trained"]
    return said


def _norms(shown: Shown) -> list[Array]:
    return [shown.found.norm] + ([shown.fine.norm] if shown.fine is not None else [])


def _rows(shown: Shown) -> list[Trace]:
    """A row for each rule: how often which λ was chosen on other data, and the choice on these."""
    traces = []
    low, high = shown.scale.ends
    edges = np.linspace(low, high, BINS + 1)
    width = float(edges[1] - edges[0])
    centres = np.concatenate([[shown.scale.zero], (edges[1:] + edges[:-1]) / 2])
    for row, mark in enumerate(reversed(shown.marks)):
        rule = RULES[mark.rule]
        others = mark.others[np.isfinite(mark.others)]
        if len(others):
            inside = np.histogram(shown.scale.place(others[others > 0]), edges)[0]
            counts = np.concatenate([[(others == 0).sum()], inside])
            traces.append(
                {
                    "type": "bar",
                    "xaxis": f"x{PANELS[CHOSEN]}",
                    "yaxis": f"y{UPRIGHT[CHOSEN]}",
                    "x": centres,
                    "y": FULL * counts / counts.max(),
                    "base": row + 0.12,
                    "width": width,
                    "customdata": counts,
                    "marker": {"color": rule.colour, "opacity": 0.45},
                    "showlegend": False,
                    "hovertemplate": hover(f"%{{customdata}} of {len(others)}", rule.name),
                }
            )
        if not math.isnan(mark.weight_decay):
            traces.append(
                scatter(
                    CHOSEN,
                    x=shown.scale.place(np.array([mark.weight_decay])),
                    y=[row + 0.3],
                    mode="markers",
                    marker={
                        "color": rule.colour,
                        "symbol": rule.symbol,
                        "size": 11,
                        "line": {"width": 1.5, "color": TEXT},
                    },
                    cliponaxis=False,
                    showlegend=False,
                    hovertemplate=hover(
                        f"λ = {number(mark.weight_decay)} on these data", rule.name
                    ),
                )
            )
    return traces


def _norm(shown: Shown) -> list[Trace]:
    fine, traces = shown.fine, []
    if fine is not None:
        traces = [
            curve(
                NORM,
                shown.scale,
                fine.weight_decay,
                positive(fine.norm),
                "‖w*‖, exact",
                line={"color": OPTIMUM},
                showlegend=False,
            ),
        ]
    if shown.found.count:
        traces.append(
            scatter(
                NORM,
                x=shown.scale.place(shown.grid),
                y=positive(shown.found.norm),
                customdata=shown.grid,
                mode="markers",
                marker={"color": PENALTY, "size": 5, "symbol": "square-open"},
                showlegend=False,
                hovertemplate=hover("λ = %{customdata:.3g}: %{y:.4g}", "‖w‖, trained"),
            )
        )
    return traces


def _weights(shown: Shown) -> list[Trace]:
    """The largest weights dashed apart and named, the rest grey."""
    paths = shown.paths
    if paths is None:
        return []
    x = shown.scale.place(paths.weight_decay)
    traces = []
    for j in reversed(range(len(paths.names))):
        named = j < NAMED
        line = stroke(OPTIMUM, DASHES[j], 2) if named else None
        traces.append(
            scatter(
                WEIGHTS,
                x=parted(x),
                y=parted(paths.weights[:, j]),
                mode="lines+markers",
                marker={"size": dot_at_zero(len(x), 5), "line": {"width": 0}}
                | {"color": OPTIMUM if named else OTHERS, "opacity": 1},
                line=line or {"color": OTHERS, "width": 0.8},
                showlegend=False,
                hovertemplate=hover("%{y:.4g}", paths.names[j]),
            )
        )
    return traces
