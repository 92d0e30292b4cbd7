"""What a visitor's system asks for is respected: less motion, and colours that it chooses."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.browser.access import QUIET
from tests.seeing import contrast, parsed

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server
    from wd_core.arrays import Array


# What has to be seen of a control, and how many of its pixels say so.
LEAST, PIXELS = 3.0, 12
# Longer than this is motion.
INSTANT_SECONDS = 0.001
CONTROLS = {
    "": (".wd-slider input[type=range]", ".wd-bar button >> nth=0"),
    "train": (
        ".st-key-weight_decay-row [data-testid=stSlider]",
        ".wd-bar input[type=range]",
        "[data-testid=stSelectbox] >> nth=0",
    ),
    "geometry": ("[data-testid=stCheckbox] label >> nth=0", ".wd-bar button >> nth=0"),
}
MOVING = """() => [...document.querySelectorAll('*')].flatMap(node => {
  const { transitionDuration, animationDuration, animationName } = getComputedStyle(node);
  const longest = text => Math.max(...text.split(',').map(Number.parseFloat));
  const moves = animationName === 'none' ? 0 : longest(animationDuration);
  const seconds = Math.max(longest(transitionDuration), moves);
  return seconds > %s ? [`${node.tagName}.${node.className}: ${seconds} s`] : [];
})"""
GROUND = """() => {
  const plot = document.querySelector('.wd-plot');
  const { backgroundColor, forcedColorAdjust } = getComputedStyle(plot);
  const theme = getComputedStyle(plot).getPropertyValue('--st-background-color').trim();
  const words = [...plot.querySelectorAll('text')].map(text => getComputedStyle(text).fill);
  return { ground: backgroundColor, adjust: forcedColorAdjust, theme, words };
}"""
FOCUS = """() => {
  const one = document.activeElement;
  const rimmed = node => node && getComputedStyle(node).outlineStyle !== 'none'
    && Number.parseFloat(getComputedStyle(node).outlineWidth) >= 2;
  let node = one;
  for (let up = 0; up < 4 && node; up++, node = node.parentElement) if (rimmed(node)) return '';
  return one === document.body ? '' : one.outerHTML.slice(0, 200);
}"""


def opened(page: Page, server: Server, link: str) -> None:
    """The page of this link, with its picture."""
    page.goto(f"{server.url}/{link}")
    page.locator(".wd-chart[data-run] .wd-plot .main-svg").first.wait_for()
    page.locator(QUIET).wait_for()


def pixels(node: Locator) -> Array:
    """What is seen of a node: its pixels, from 0 to 1."""
    with Image.open(io.BytesIO(node.screenshot())) as image:
        return np.asarray(image.convert("RGB"), dtype=np.float64).reshape(-1, 3) / 255


def stands_out(node: Locator) -> bool:
    """Whether enough pixels of a node differ enough from what most of them are."""
    colours, counts = np.unique(pixels(node), axis=0, return_counts=True)
    ground = colours[counts.argmax()]
    seen = sum(
        int(count)
        for colour, count in zip(colours, counts, strict=True)
        if contrast(colour, ground) >= LEAST
    )
    return seen >= PIXELS


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("link", CONTROLS)
def test_in_colours_of_the_system_controls_and_pictures_are_seen(
    page: Page, server: Server, link: str, scheme: str
) -> None:
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    opened(page, server, link)
    unseen = [one for one in CONTROLS[link] if not stands_out(page.locator(one))]
    assert not unseen
    told = page.evaluate(GROUND)
    ground = parsed(told["ground"])[0]
    assert told["adjust"] == "none"
    assert ground == pytest.approx(parsed(told["theme"])[0])
    assert told["words"]
    assert min(contrast(parsed(word)[0], ground) for word in told["words"]) >= 4.5


def test_in_colours_of_the_system_what_is_on_differs_from_what_is_off(
    page: Page, server: Server
) -> None:
    page.emulate_media(forced_colors="active")
    opened(page, server, "geometry")
    box = page.locator("[data-testid=stCheckbox] label > div:not([data-testid])").first
    before = pixels(box)
    box.click()
    page.locator("[data-testid=stCheckbox] label[data-selected]").first.wait_for()
    page.locator(QUIET).wait_for()
    page.mouse.move(0, 0)
    after = pixels(box)
    assert stands_out(box)
    pairs = zip(before, after, strict=True)
    assert sum(contrast(one, other) >= LEAST for one, other in pairs) >= PIXELS


def test_in_colours_of_the_system_the_focus_is_seen(page: Page, server: Server) -> None:
    page.emulate_media(forced_colors="active")
    opened(page, server, "train")
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        unseen.append(page.evaluate(FOCUS))
    assert not list(filter(None, unseen))


def test_with_reduced_motion_nothing_moves(page: Page, server: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(page, server, "geometry")
    assert page.evaluate(MOVING % INSTANT_SECONDS) == []
    page.locator("details:not([open]) > summary").first.click()
    page.locator("details[open]").first.wait_for()
    running = "document.getAnimations().filter(one => one.playState === 'running').length"
    page.wait_for_function(f"{running} === 0")
    assert page.evaluate(MOVING % INSTANT_SECONDS) == []


def test_elsewhere_things_may_move(page: Page, server: Server) -> None:
    """Else the test before would see nothing."""
    opened(page, server, "geometry")
    assert page.evaluate(MOVING % INSTANT_SECONDS)
