"""The pictures' own colours, as the browser has drawn them, seen with other eyes.

Marks of one picture that must be told apart differ in more than colour, or in a colour that all
eyes tell apart; each stands out from its ground, in the light theme and in the dark one; and a
scale of colours is one of lightness.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.seeing import EYES, apart, contrast, lab, over, parsed, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from wd_core.arrays import Array

# Two colours further apart than this are told apart as areas and lines, by whoever sees them so.
DISTINCT = 12.0
# What WCAG asks of marks, and of names.
MARKS, NAMES = 3.0, 4.5
# Of two lines or marks alike the one is so much wider.
WIDER = 1.4
# What is drawn so wide, or filled, is an area behind the marks.
THICK = 9
DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')].map(node => {
  const plain = value => value && value.length && typeof value !== 'string' ? [...value] : value;
  const { annotations } = node._fullLayout;
  return {
    ground: getComputedStyle(node).getPropertyValue('--st-background-color').trim(),
    notes: (annotations ?? []).map(({ text, font }) => ({ text, color: font.color })),
    traces: node._fullData.filter(one => one.visible === true).map(one => ({
      type: one.type, mode: one.mode, name: one.name, group: one.legendgroup || one.name,
      panel: `${one.xaxis ?? one.scene} ${one.yaxis ?? ''}`, opacity: one.opacity ?? 1,
      base: plain(one.base) ?? '', line: one.line ?? {},
      fill: one.fill ?? 'none', fillcolor: one.fillcolor,
      pattern: one.fillpattern?.shape ?? '', text: plain(one.text), textfont: one.textfont,
      scale: one.colorscale,
      marker: one.marker && { ...one.marker, color: plain(one.marker.color),
        size: plain(one.marker.size), symbol: plain(one.marker.symbol) },
    })),
  };
})"""
THEMED = """dark => [...document.querySelectorAll('.js-plotly-plot')].every(node =>
  document.querySelector('.wd-chart').style.colorScheme === (dark ? 'dark' : 'light'))"""


@dataclass(frozen=True)
class Mark:
    """What is drawn of a trace, and by what it is told from others; any of its colours is seen."""

    name: str
    panel: str
    kind: str
    colours: tuple[str, ...]
    opacity: float
    look: tuple[str, ...]
    width: float

    def on(self, ground: Array) -> Array:
        """What is seen of it on this ground."""
        return over(ground, self.colours[0], self.opacity)

    def contrast(self, ground: Array) -> float:
        """How it stands out from this ground."""
        return max(contrast(over(ground, one, self.opacity), ground) for one in self.colours)


def marks(picture: dict[str, Any]) -> list[Mark]:
    """What a picture consists of: lines, marks, areas."""
    ground = parsed(picture["ground"])[0]
    texts = [note["text"] for note in picture["notes"]]
    texts += [text for trace in picture["traces"] for text in _texts(trace)]
    names = {re.sub(r"<[^>]*>", "", text) for text in texts}
    return [
        mark
        for trace in picture["traces"]
        for mark in _drawn(trace, names)
        # numbers on a scale are looked at by themselves; what has the colour of the ground sets
        # something off from what is behind it
        if all(isinstance(one, str) for one in mark.colours) and mark.opacity
        if apart(parsed(mark.colours[0])[0], ground) > 1
    ]


def _texts(trace: dict[str, Any]) -> list[str]:
    if "text" not in (trace["mode"] or "") or not trace["text"]:
        return []
    return trace["text"] if isinstance(trace["text"], list) else [trace["text"]]


def _drawn(trace: dict[str, Any], names: set[str]) -> Iterator[Mark]:
    """The parts of a trace; `names`: what stands in the picture beside marks."""
    mode, line, marker = trace["mode"] or "", trace["line"], trace["marker"] or {}
    dash = line.get("dash", "solid") if "lines" in mode else ""
    symbol = str(marker.get("symbol", "circle")) if "markers" in mode else ""
    said = [trace["name"]] if trace["name"] in names else []
    look = (dash, symbol, trace["pattern"], str(trace["base"]), *said, *_texts(trace))

    def part(kind: str, width: float, opacity: float, *colours: str) -> Mark:
        seen_as = opacity * trace["opacity"]
        return Mark(trace["group"], trace["panel"], kind, colours, seen_as, look, float(width))

    if trace["type"] == "bar":
        yield part("area", 0, marker.get("opacity", 1), marker["color"])
    if trace["type"] not in ("scatter", "scatter3d"):
        return
    if "lines" in mode and line.get("width"):
        kind = "area" if line["width"] >= THICK else "line"
        yield part(kind, line["width"], 1, line["color"])
    if "markers" in mode:
        rim = marker.get("line", {})
        bordered = rim.get("width", 0) >= 1 and "-open" not in symbol
        colours = (rim["color"], marker["color"]) if bordered else (marker["color"],)
        yield part("mark", np.max(marker["size"]), marker.get("opacity", 1), *colours)
    if trace["fill"] != "none":
        yield part("fill", 0, 1, trace["fillcolor"])


def alike(one: Mark, other: Mark) -> bool:
    """Whether nothing but a colour tells two marks apart."""
    if (one.kind, one.look) != (other.kind, other.look):
        return False
    low, high = sorted((one.width, other.width))
    return high < WIDER * low or high == low


def confused(picture: dict[str, Any]) -> list[str]:
    """Marks in one panel that only a colour tells apart, and that somebody sees in one."""
    ground = parsed(picture["ground"])[0]
    said = []
    for one, other in combinations(marks(picture), 2):
        if one.panel != other.panel or one.name == other.name or not alike(one, other):
            continue
        if (one.colours, one.opacity) == (other.colours, other.opacity):
            if one.kind != "fill":
                said.append(f"{one.name} and {other.name} look the same: {one.look}")
            continue
        for eye in EYES:
            far = apart(*(seen(mark.on(ground), eye) for mark in (one, other)))
            if far < DISTINCT:
                said.append(f"{one.name} and {other.name}, {one.look}, {far:.1f} in {eye}")
    return said


def hidden(picture: dict[str, Any]) -> list[str]:
    """Lines, marks and names that do not stand out from their ground."""
    ground = parsed(picture["ground"])[0]
    said = [
        f"{mark.kind} of {mark.name}: {mark.colours} at {mark.opacity:.2f}, {rate:.2f} : 1"
        for mark in marks(picture)
        if mark.kind in ("line", "mark") and (rate := mark.contrast(ground)) < MARKS - 0.01
    ]
    names = [(note["text"], note["color"]) for note in picture["notes"]]
    names += [
        (trace["name"], trace["textfont"]["color"])
        for trace in picture["traces"]
        if "text" in (trace["mode"] or "")
    ]
    return said + [
        f"the name {name}: {colour}"
        for name, colour in names
        if contrast(over(ground, colour), ground) < NAMES - 0.01
    ]


def scales(picture: dict[str, Any]) -> list[Array]:
    """The colours that stand for numbers, from one end to the other; a single colour is none."""
    coloured = ("heatmap", "surface", "contour")
    given = [one["scale"] for one in picture["traces"] if one["type"] in coloured if one["opacity"]]
    given += [(trace["marker"] or {}).get("colorscale") for trace in picture["traces"]]
    colours = [[parsed(colour)[0] for _, colour in scale] for scale in given if scale]
    return [np.array(one) for one in colours if apart(one[0], one[-1]) > 1]


def turned_back(picture: dict[str, Any]) -> list[str]:
    """Scales of colours that in grey are not ever lighter, or ever darker."""
    said = []
    for scale in scales(picture):
        lights = [lab(seen(colour, "grey"))[0] for colour in scale]
        steps = [after - before for before, after in pairwise(lights)]
        if min(steps) * max(steps) <= 0:
            said.append(f"a scale turns back in grey: {lights}")
    return said


def faults(page: Page, *, dark: bool) -> list[str]:
    """What some eye cannot tell apart, or see, in the page's pictures in this theme."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.wait_for_function(THEMED, arg=dark)
    drawn = page.evaluate(DRAWN)
    assert drawn
    found = [
        fault
        for picture in drawn
        for fault in (*confused(picture), *hidden(picture), *turned_back(picture))
    ]
    return [f"{'dark' if dark else 'light'}: {fault}" for fault in dict.fromkeys(found)]
