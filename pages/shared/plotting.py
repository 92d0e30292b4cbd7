"""What the pictures of all pages are made of: panels, traces, notes, layouts; in plain JSON.

A panel goes by what the names of its axes end with: "" for the first, "2", "3", ... Arrays of NumPy
stand where Plotly takes arrays of data, and are packed on their way out (encoding.py); ranges and
domains are lists. Building a figure with go.Figure costs more than all the rest of a moved slider;
a test has go.Figure accept each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from wd_core.arrays import Array

Plain = dict[str, Any]
Trace = dict[str, Any]
Series = dict[str, list[float | None]]
Values = Array | Sequence[float | None]
# By the panel: where it begins and ends across, and upwards, in shares of the picture.
Box = tuple[tuple[float, float], tuple[float, float]]
Domains = Mapping[str, Box]

# So many marks of a predicted or measured curve lie on the other.
MARKS = 20


def panel_at(place: int) -> str:
    """The panel at this place, the first at 0."""
    return str(place + 1) if place else ""


def on(panel: str) -> Plain:
    """What puts a trace into a panel."""
    return {"xaxis": f"x{panel}", "yaxis": f"y{panel}"}


def over(panel: str) -> Plain:
    """What gives a note or a shape the coordinates of a panel."""
    return {"xref": f"x{panel}", "yref": f"y{panel}"}


def within(panel: str) -> Plain:
    """What gives a note shares of a panel: (0, 0) at the lower left corner."""
    return {"xref": f"x{panel} domain", "yref": f"y{panel} domain"}


# ---------------------------------------------------------------- traces


def scatter(panel: str, **style: Any) -> Trace:
    """Lines, marks or words in a panel."""
    return {"type": "scatter", **on(panel), **style}


def stroke(colour: str, dash: str = "solid", width: float = 2.5) -> Plain:
    """How a line is drawn."""
    return {"color": colour, "dash": dash, "width": width}


def quoted(name: str) -> str:
    """A name from outside, where Plotly reads HTML, and %{...} as a place to fill."""
    return escape(name, quote=False).replace("%{", "%\u2060{")


def hover(text: str, name: str = "") -> str:
    """What the pointer reads at a point, and beside it the name, which may be none."""
    return f"{text}<extra>{name}</extra>"


def grown(
    panel: str, key: str, name: str, colour: str, dash: str, width: float = 2.5, **style: Any
) -> Trace:
    """A trace that the browser fills from the series of this key, as far as the shown epoch.

    A dash of "markers": dots instead of a line.
    """
    look: Plain = {"mode": "lines", "line": stroke(colour, dash, width)}
    if dash == "markers":
        marker = {"color": colour, "size": 8, "symbol": "circle-open"}
        look = {"mode": "markers", "marker": marker, "cliponaxis": False}
    meta = {"series": key}
    return scatter(panel, name=name, meta=meta, hovertemplate="%{y:.4g}", **look | style)


def hatched(shape: str, colour: str, behind: str) -> Plain:
    """A fill that is told from others without its colours: few signs of this shape."""
    return {"shape": shape, "size": 6, "solidity": 0.12, "fgcolor": colour, "bgcolor": behind}


def band(
    panel: str, x: Values, low: Values, high: Values, colour: str, **style: Any
) -> list[Trace]:
    """What lies between two curves, filled; a name and an entry in the legend are the upper's."""
    edge = {"x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    lower = {key: value for key, value in style.items() if key != "name"}
    lower["showlegend"] = False
    return [
        scatter(panel, y=low, **edge, **lower),
        scatter(panel, y=high, fill="tonexty", fillcolor=colour, **edge, **style),
    ]


def upright(panel: str, x: float, ends: Sequence[float], **style: Any) -> Trace:
    """A line from the lower to the upper end at this place, which says nothing."""
    silent = {"hoverinfo": "skip", "showlegend": False}
    return scatter(panel, x=[x, x], y=list(ends), mode="lines", **silent, **style)


def unseen(panel: str) -> Trace:
    """A trace without a point: Plotly leaves out the axes of a panel in which nothing stands."""
    return scatter(panel, x=[None], y=[None], hoverinfo="skip", showlegend=False)


# ---------------------------------------------------------------- words


def note(panel: str, text: str, **style: Any) -> Plain:
    """Words in a panel, in its middle unless told otherwise: why it is empty, say."""
    return {"text": text, "x": 0.5, "y": 0.5, **within(panel), "showarrow": False, **style}


def heading(panel: str, text: str, **style: Any) -> Plain:
    """Words above the left corner of a panel."""
    corner = {"x": 0, "y": 1.01, "xanchor": "left", "yanchor": "bottom", "font": {"size": 13}}
    return note(panel, text, **corner | style)


def legend(y: float, **style: Any) -> Plain:
    """A legend in rows that begin at the left, its lower end at this height."""
    place = {"orientation": "h", "x": 0, "xanchor": "left", "y": y, "yanchor": "bottom"}
    return {**place, "font": {"size": 12}, **style}


# ---------------------------------------------------------------- layout


def layout(
    filename: str,
    alt: str,
    *,
    height: int,
    margin: Plain,
    narrow: Plain | None = None,
    least: float | None = None,
    clicks: bool | str = False,
    **given: Any,
) -> Plain:
    """A whole layout without its axes.

    filename: of what is downloaded; alt: what is drawn, for who cannot see it; margin: what labels
    and legend take, for where they need more Plotly draws everything twice; narrow: what is
    otherwise on a phone, by paths such as "yaxis2.domain"; least: what share of its height a small
    window leaves it, if not the usual one; clicks: whether a click says where, or "panels"
    (chart.py). Zoom and hidden traces stay as long as `uirevision` does.
    """
    meta: Plain = {"filename": filename, "alt": alt}
    meta |= {"narrow": narrow} if narrow else {}
    meta |= {"least": least} if least else {}
    meta |= {"clicks": clicks} if clicks else {}
    return {"height": height, "margin": margin, "hovermode": "closest", **given, "meta": meta}


def grid(rows: int, columns: int, beside: float, above: float) -> list[Box]:
    """Boxes of one size, row by row from the top, with such gaps between them."""
    across = [_slot(column, columns, beside) for column in range(columns)]
    upwards = [_slot(rows - 1 - row, rows, above) for row in range(rows)]
    return [(x, y) for y in upwards for x in across]


def _slot(place: int, of: int, gap: float) -> tuple[float, float]:
    width = (1 - gap * (of - 1)) / of
    return place * (width + gap), min(1.0, place * (width + gap) + width)  # not off by rounding


def arrange(figure: Plain, domains: Domains) -> None:
    """Give the axes of a layout their domains, and each pair to each other."""
    for panel, (across, upwards) in domains.items():
        figure[f"xaxis{panel}"] |= {"domain": list(across), "anchor": f"y{panel}"}
        figure[f"yaxis{panel}"] |= {"domain": list(upwards), "anchor": f"x{panel}"}


def rearranged(domains: Domains) -> Plain:
    """The same by paths, as `narrow` takes it."""
    return {
        f"{letter}axis{panel}.domain": list(span)
        for panel, spans in domains.items()
        for letter, span in zip("xy", spans, strict=True)
    }
