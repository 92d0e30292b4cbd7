"""The page's picture as a Plotly figure; no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pages.shared.axes import LOG, epochs_axis, log_axis
from pages.shared.palette import PENALTY, TEST, TEXT, TRAIN
from pages.shared.plotting import (
    MARKS,
    Plain,
    Series,
    Trace,
    arrange,
    grown,
    layout,
    legend,
    note,
    rearranged,
    scatter,
    unseen,
)
from pages.shared.words import Names, label, say, tell

LOSS, NORM, APART = "", "2", "3"
WIDE = (0.0, 1.0)
DOMAINS = {LOSS: (WIDE, (0.62, 1.0)), NORM: (WIDE, (0.36, 0.54)), APART: (WIDE, (0.0, 0.28))}
# On a phone each legend entry takes a line of its own: the panels make room for them.
NARROW_DOMAINS = {
    LOSS: (WIDE, (0.62, 1.0)),
    NORM: (WIDE, (0.38, 0.54)),
    APART: (WIDE, (0.0, 0.24)),
}
# What stands in a panel of which every number is 0.
NOTHING = Names(
    {
        LOSS: label("none: every loss is 0"),
        NORM: label("none: every weight is 0"),
        APART: label("none: nothing differs"),
    }
)
OUR_ENGINE = Names(
    {
        "scratch": label("our engine as scratch"),
        "concise": label("our engine as concise"),
    }
)
# The axis of the differences goes so far beyond them: rounding alone should look like nothing else.
ROOM = 10.0
# Width and opacity of the scratch curves: where the codes agree, the concise ones run inside.
BAND = (8, 0.4)


def lock_step(series: Series, epochs: int, filename: str, *, whole: bool) -> Plain:
    """Losses, ‖w‖ and differences over epochs, all logarithmic.

    Every trace is drawn by the browser from `series`, as far as the shown epoch. `whole`: nothing
    more comes, so that a panel without numbers stays so.
    """
    curves = [
        ("train_scratch", tell("train, scratch"), TRAIN, "solid", LOSS),
        ("train_concise", tell("train, concise"), TRAIN, "solid", LOSS),
        ("test_scratch", tell("test, scratch"), TEST, "dash", LOSS),
        ("test_concise", tell("test, concise"), TEST, "dash", LOSS),
        ("norm_scratch", tell("‖w‖, scratch"), PENALTY, "solid", NORM),
        ("norm_concise", tell("‖w‖, concise"), PENALTY, "solid", NORM),
        ("apart", tell("scratch − concise"), TEXT, "solid", APART),
        ("engine_scratch", tell("scratch − our engine"), TEXT, "dot", APART),
        ("engine_concise", tell("concise − our engine"), TEXT, "dot", APART),
    ]
    traces = [_line(*curve) for curve in curves if any(series[curve[0]])]
    for code, symbol in (("scratch", "circle-open"), ("concise", "diamond-open")):
        marks = [
            (f"train_engine_{code}", TRAIN, LOSS),
            (f"test_engine_{code}", TEST, LOSS),
            (f"norm_engine_{code}", PENALTY, NORM),
        ]
        drawn = [mark for mark in marks if any(series[mark[0]])]
        traces += [
            _marks(key, OUR_ENGINE[code], colour, symbol, panel, first=mark == 0)
            for mark, (key, colour, panel) in enumerate(drawn)
        ]
    notes, ranges = [], {}
    for panel in DOMAINS:
        keys = [t["meta"]["series"] for t in traces if t["yaxis"] == f"y{panel}"]
        ranges[panel] = log_axis(_shown(series, keys, ROOM if panel == APART else 1.0))
        if not keys:  # a logarithmic axis has no place for 0
            traces.append(unseen(panel))
            if whole:
                notes.append(note(panel, NOTHING[panel], font={"size": 13}))
            ranges[panel] = {"showticklabels": False}
    return {"data": traces, "layout": _layout(filename, epochs, ranges, notes)}


def _shown(series: Series, names: Sequence[str], room: float) -> list[float]:
    """The positive numbers of these series, and their ends with so much room around them."""
    values = [x for name in names for x in series[name] if x]
    return [*values, min(values) / room, max(values) * room] if values else []


def _line(key: str, name: str, colour: str, dash: str, panel: str) -> Trace:
    width, opacity = BAND if key.endswith("scratch") else (2, 1)
    own = {"legend": f"legend{panel}", "opacity": opacity}
    return grown(panel, key, name, colour, dash, width, **own)


def _marks(
    key: str, name: str, colour: str, symbol: str, panel: str, *, first: bool = False
) -> Trace:
    return scatter(
        panel,
        meta={"series": key},
        name=name,
        mode="markers",
        marker={"color": colour, "size": 8, "symbol": symbol, "maxdisplayed": MARKS},
        cliponaxis=False,
        legend="legend",  # one entry for all panels
        legendgroup=name,
        showlegend=first,
        hoverinfo="skip",
    )


def _layout(
    filename: str, epochs: int, ranges: Mapping[str, Plain], notes: Sequence[Plain]
) -> Plain:
    above = epochs_axis(epochs, named=False, matches="x3")
    titles = {
        LOSS: say("half mean square"),
        NORM: tell("norm ‖w‖"),
        APART: tell("largest difference"),
    }
    figure = layout(
        filename,
        tell("Losses of both codes over epochs, the norm of w, and how far they are apart."),
        height=700,
        margin={"l": 90, "r": 27, "t": 77, "b": 56},
        narrow={"height": 960, "margin.t": 160, "legend2.y": 0.545, "legend3.y": 0.245}
        | rearranged(NARROW_DOMAINS),
        annotations=list(notes),
        hovermode="x unified",
        uirevision="codes",
        xaxis=above,
        xaxis2={**above},
        xaxis3=epochs_axis(epochs),
        legend=legend(1.01),
        legend2=legend(0.545),
        legend3=legend(0.285),
    )
    for panel, text in titles.items():  # clear of the ticks, however long they are
        words = {"title": {"text": text, "standoff": 8}}
        figure[f"yaxis{panel}"] = {**LOG, **ranges[panel], **words}
    arrange(figure, DOMAINS)
    return figure
