"""The points of a picture by key: what is said of each, and what Enter does there."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.browser import access
from tests.browser.demo.driver import opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server, Watch

DONE = '.wd-chart[data-state="done"]'
FILE = "chart2music.js"
FETCHED = """name => performance.getEntriesByType('resource')
  .filter(entry => entry.name.endsWith(name)).length"""
HERE = "document.activeElement.classList.contains('wd-walk')"
SAID = """([begin, end]) => {
  const text = document.querySelector('.wd-voice').textContent;
  return text.startsWith(begin) && text.endsWith(end) && text;
}"""
# The point that is walked, as it is drawn: the name of its curve, and its numbers as texts; of a
# heat map its column and what stands in the cell.
DRAWN = """async () => {
  const { assets, walk } = document.querySelector('.wd-chart')
    .parentElement[Symbol.for('weight-decay-explorer chart')];
  const { formatNumber } = await import(`${location.origin}${assets.chart}numbers.js`);
  const { place, trace } = walk.walking.step;
  const { name, type, meta, x, y, z } = document.querySelector('.wd-plot').data[trace];
  const numbers = type === 'heatmap'
    ? [meta.across[place[1]], 10 ** z[place[0]][place[1]]] : [x[place], y[place]];
  const [across, value] = numbers.map(number => formatNumber(number, 4));
  return [name ?? '', across.includes('.') ? across.replace(/[.]?0+(?=×|$)/, '') : across, value];
}"""
READ = """async text => {
  const { assets } = document.querySelector('.wd-chart')
    .parentElement[Symbol.for('weight-decay-explorer chart')];
  const { readNumber } = await import(`${location.origin}${assets.chart}numbers.js`);
  return readNumber(text);
}"""
SEEK = """index => document.querySelector('.wd-chart')
  .parentElement[Symbol.for('weight-decay-explorer chart')].player.seek(index)"""
# More than stand between the top of a picture and its points: terms of its sentence.
STOPS = 12


def entered(page: "Page", part: str) -> str:
    """By key into the picture, until what is said begins its walk."""
    page.locator(".wd-chart").first.evaluate("node => { node.tabIndex = -1; node.focus(); }")
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(HERE):
            break
    assert page.evaluate(HERE)
    page.wait_for_function(
        "part => document.querySelector('.wd-voice').textContent.includes(part)", arg=part
    )
    return page.locator(".wd-voice").inner_text()


def said(page: "Page", begin: str = "", end: str = "") -> str:
    """What is said, once it begins and ends so."""
    return str(page.wait_for_function(SAID, arg=[begin, end]).json_value()).replace("\xa0", " ")


def drawn(page: "Page") -> list[Any]:
    """The point that is walked."""
    return list(page.evaluate(DRAWN))


def test_curves_are_walked_as_they_are_drawn(unguarded: "Page", server: "Server") -> None:
    page = unguarded
    page.goto(f"{server.url}/train")
    page.wait_for_selector(DONE)
    assert page.evaluate(FETCHED, FILE) == 0
    greeting = entered(page, "Arrow keys")
    assert greeting.startswith(page.locator(".wd-plot").get_attribute("aria-label") or "?")
    assert page.evaluate(FETCHED, FILE) == 1
    name, x, y = drawn(page)
    assert greeting.rstrip("\xa0 ").endswith(y)
    assert f"{name}: epoch {x}, " in greeting
    assert not access.found(page)

    for _ in range(3):
        page.keyboard.press("ArrowRight")
    said(page, "3, ")
    _, x, y = drawn(page)
    assert said(page) == f"{x}, {y}"
    assert page.locator(".wd-ring").is_visible()
    page.locator(".hoverlayer .hovertext").first.wait_for()
    page.keyboard.press("PageDown")
    page.wait_for_function("document.querySelector('.wd-voice').textContent.includes('epoch 3, ')")
    other, x, y = drawn(page)
    assert other != name
    assert said(page).startswith(other)
    assert said(page).endswith(y)
    assert page.locator(".wd-said").inner_text().endswith(y)

    page.keyboard.press("End")
    _, x, y = drawn(page)
    said(page, f"{x}, {y}")
    page.evaluate(SEEK, 20)  # the picture moves while it is walked
    page.wait_for_function("document.querySelector('.wd-said').textContent.includes('epoch 20, ')")
    _, x, y = drawn(page)
    assert x == "20"
    said(page, end=f", {y}")

    page.keyboard.press("h")
    keys = page.get_by_role("dialog", name="Keys for the points of a picture")
    keys.wait_for()
    assert "Page" not in keys.inner_text()
    assert not access.found(page)
    page.keyboard.press("Escape")
    keys.wait_for(state="detached")
    assert page.evaluate(HERE)

    page.keyboard.press("Escape")
    assert not page.evaluate(HERE)
    assert page.locator(".wd-ring").is_hidden()
    assert page.locator(".hoverlayer .hovertext").count() == 0
    page.keyboard.press("Tab")
    assert not page.evaluate(HERE)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(HERE)
    page.keyboard.press("Tab")
    assert not page.evaluate(HERE)


def test_a_cell_of_a_map_is_walked_to_and_chosen(page: "Page", server: "Server") -> None:
    page.goto(f"{server.url}/map?n_features=20&epochs=20&per_decade=1&seeds=1&optimizers=sgd")
    page.wait_for_selector(DONE)
    greeting = entered(page, "Arrow keys")
    assert "SGD coupled: weight decay λ " in greeting
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    _, lr, loss = drawn(page)
    said(page, "weight decay λ ", f": learning rate η {lr}, final test loss {loss}")
    cell = page.locator(".wd-said").inner_text()
    strength = re.search(r"λ (\S+):", cell)
    assert strength
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('lr=')")
    link = parse_qs(urlsplit(page.url).query)
    assert [float(link[name][0]) for name in ("lr", "weight_decay")] == [
        page.evaluate(READ, lr),
        page.evaluate(READ, strength[1]),
    ]
    assert page.evaluate(HERE)


def test_bars_are_walked_in_chinese(page: "Page", server: "Server") -> None:
    page.goto(f"{server.url}/book?seeds=50&lang=zh")
    page.locator(".wd-chart[data-run] .main-svg").first.wait_for(state="attached")
    page.locator(access.QUIET).wait_for()
    greeting = entered(page, "方向键")
    assert drawn(page)[0] in greeting
    page.keyboard.press("ArrowRight")
    said(page, end=f"，{drawn(page)[2]}")
    page.keyboard.press("h")
    assert page.get_by_role("dialog").locator("td").first.inner_text() == "上一个点，下一个点"


def test_without_its_file_one_sentence_and_without_sound_all_the_words(
    page: "Page", demo: "Server", watch: "Watch"
) -> None:
    watch.forgive(FILE)
    page.route(f"**/{FILE}", lambda route: route.abort())
    opened(page, demo)
    entered(page, "cannot be walked by key")
    page.unroute(f"**/{FILE}")
    opened(page, demo)
    page.evaluate("delete window.AudioContext")
    entered(page, "Arrow keys")
    page.keyboard.press("ArrowRight")
    _, x, y = drawn(page)
    said(page, f"{x}, {y}")
