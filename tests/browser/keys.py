"""What a page says of the stop that a reader by key has come to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Far more than any page has.
MOST = 250
# A mark that is told from what lies around it (WCAG 1.4.11).
LEAST_CONTRAST = 3
# A mark may come with one of the next frames.
FRAMES, FRAME_MS = 10, 50

# What stays in view while the page scrolls lies where it would, for the order to be seen.
LAID = """() => {
  for (const one of document.querySelectorAll('[data-testid="stMain"] *'))
    if (getComputedStyle(one).position === 'sticky') one.style.position = 'static';
}"""
STOP = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (...colours) => {
    paint.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      paint.fillStyle = colour;
      paint.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const marked = one => {
    const behind = [];
    for (let outer = one.parentElement; outer; outer = outer.parentElement)
      behind.unshift(getComputedStyle(outer).backgroundColor);
    const ground = light('white', ...behind);
    const contrast = colour => {
      const mark = light('white', ...behind, colour);
      return (Math.max(mark, ground) + 0.05) / (Math.min(mark, ground) + 0.05);
    };
    const style = getComputedStyle(one);
    const solid = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
    const ring = style.boxShadow.match(/rgba?\\([^)]*\\)/);
    return Math.max(solid ? contrast(style.outlineColor) : 0, ring ? contrast(ring[0]) : 0);
  };
  const seen = one => {
    const { width, height } = one.getBoundingClientRect();
    if (width < 8 || height < 8) return false;
    for (let outer = one; outer; outer = outer.parentElement)
      if (Number(getComputedStyle(outer).opacity) < 0.5) return false;
    return true;
  };
  const around = [node, node.parentElement, node.parentElement.parentElement];
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const main = document.querySelector('[data-testid="stMain"]');
  const name = node.ariaLabel || node.textContent || node.placeholder || node.tagName;
  const row = node.closest('[class*="-row"], .wd-slider, .wd-foot, p, ul');
  window.rows ??= [];
  if (row && !rows.includes(row)) rows.push(row);
  return {
    name: name.trim().slice(0, 60),
    place: [left, top + main.scrollTop, right, bottom + main.scrollTop],
    contrast: Math.max(...around.filter(seen).map(marked), 0),
    inside: main.contains(node) && node !== main && !node.closest('.st-key-wd-top, .modebar'),
    row: row ? rows.indexOf(row) : null,
    controls: Boolean(node.closest('.st-key-weight_decay, .wd-slider[data-key="weight_decay"]')),
  };
}"""


@dataclass(frozen=True)
class Stop:
    """Where the focus is.

    place: left, top, right, bottom on the whole page; contrast: of the mark that shows it, 0 where
    there is none; inside: below the top row; row: which row of things that belong together;
    controls: whether it is λ.
    """

    name: str
    place: tuple[float, float, float, float]
    contrast: float
    inside: bool
    row: int | None
    controls: bool

    def follows(self, other: "Stop") -> bool:
        """Whether who reads comes from the other to this one: downwards, or to the right."""
        if self.row is not None and self.row == other.row:
            return True
        left, top, _, _ = self.place
        _, above, beside, below = other.place
        return top >= above + 0.5 * (below - above) or left >= beside - 8 or left > other.place[0]


def stop(page: "Page") -> Stop | None:
    """Where the focus is; none: nowhere on the page."""
    for _ in range(FRAMES):
        told: dict[str, Any] | None = page.evaluate(STOP)
        if not told or told["contrast"] >= LEAST_CONTRAST:
            break
        page.wait_for_timeout(FRAME_MS)
    return Stop(**{**told, "place": tuple(told["place"])}) if told else None


def walked(page: "Page", key: str = "Tab") -> list[Stop]:
    """Every stop from here on, until the focus leaves the page."""
    stops: list[Stop] = []
    while len(stops) < MOST:
        page.keyboard.press(key)
        reached = stop(page)
        if reached is None:
            return stops
        stops.append(reached)
    raise AssertionError(f"{key} does not leave the page: {[one.name for one in stops[-5:]]}")
