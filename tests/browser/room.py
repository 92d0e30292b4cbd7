"""The room that a page gives to its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Pixels by which a drawing went beyond the margins that its figure has, on each side.
BEYOND = """() => {
  const { layout, _fullLayout } = document.querySelector('.wd-chart[data-run] .wd-plot');
  return ['l', 'r', 't', 'b'].map(side => _fullLayout._size[side] - layout.margin[side]);
}"""
# Of the first screen the share that the picture has, less what the row below it covers; how many
# screens the page is high; whether that row is in view; how far the guide's button is out of the
# head, where no control can be; and the controls over which the question or that button lies.
ROOM = """() => {
  const plot = document.querySelector('.wd-plot').getBoundingClientRect();
  const foot = document.querySelector('.wd-foot').getBoundingClientRect();
  const head = document.querySelector('[data-testid="stHeader"]').getBoundingClientRect();
  const guide = document.querySelector('.wd-guide').getBoundingClientRect();
  const height = Math.min(plot.bottom, foot.top) - plot.top;
  return {
    share: plot.width * height / (innerWidth * innerHeight),
    screens: document.querySelector('[data-testid="stMain"]').scrollHeight / innerHeight,
    below: foot.bottom - innerHeight,
    out: guide.bottom - head.bottom,
    covered: [...document.querySelectorAll('[data-testid="stMain"] :is(button, input, select)')]
      .map(node => [node, node.getBoundingClientRect()])
      .filter(([, box]) => box.width && box.top > head.bottom && box.bottom < foot.top)
      .filter(([, box]) => {
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return top?.closest('h1, [data-testid="stHeading"], .st-key-wd-guide');
      })
      .map(([node]) => node.outerHTML.slice(0, 200)),
  };
}"""
# Where a page says at once what holds and what is marked, its words take four lines and more.
WORDY = {"geometry", "act", "dimension", "zeros", "prior", "which", "map", "codes"}


def faults(page: Page, path: str) -> list[str]:
    """What keeps the picture of the page of this path from filling a small screen at once."""
    said = []
    if (beyond := max(page.evaluate(BEYOND))) > 1:  # by less Plotly does not begin anew
        said.append(f"the picture is laid out twice: {beyond} pixels")
    # what comes after the picture finds its place; whatever lies over a control then stays there
    page.wait_for_function(f"() => ({ROOM})().covered.length === 0")
    room = page.evaluate(ROOM)
    if room["share"] < (0.53 if path in WORDY else 0.6):
        said.append(f"the picture is small: {room}")
    if room["screens"] > 2 or room["below"] > 0 or room["out"] > 0:
        said.append(f"the page is high, or its rows are out of place: {room}")
    return said
