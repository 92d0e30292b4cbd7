"""A tab whose line is cut, and that the server forgets meanwhile: it says so, and loses nothing."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from benchmarks.kills import ADDRESSES, BACK
from pages.shared import assets
from tests.browser.choosing import go_to, pull, unfold
from tests.browser.conftest import ROOT
from tests.browser.wire import Wire, wired

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server, Start, Watch

NewPage = Callable[..., "Page"]

WORDS = "No connection; your settings are kept; trying again"
SAID = "document.querySelector('.wd-offline').textContent"
# As long as the server remembers a tab: a cut of seconds is as good as one of minutes.
REMEMBERED_SECONDS = 1
# All that the line would wait for has been waited for.
AGE = """async file => {
  const { line } = await import(file);
  line.heard -= 60_000;
  if (line.asked) line.asked -= 60_000;
}"""


@pytest.fixture(scope="module")
def forgetful(start_server: "Start") -> "Server":
    return start_server(
        ROOT / "app.py",
        "--server.baseUrlPath=some/place",
        f"--server.disconnectedSessionTTL={REMEMBERED_SECONDS}",
    )


@pytest.fixture
def wire(forgetful: "Server") -> Iterator[Wire]:
    with wired(forgetful.url) as wire:
        yield wire


@pytest.fixture
def tab(new_page: NewPage, watch: "Watch") -> "Page":
    # what Streamlit's client says of it
    for said in ("Client Error", "Streamlit server is not responding", "Cannot send rerun"):
        watch.forgive(said)
    watch.forgive("Failed to load resource")
    watch.forgive("Failed to fetch dynamically imported module")  # it was on its way when cut
    page = new_page()
    page.add_init_script(ADDRESSES)
    return page


def told(page: "Page", words: str = WORDS) -> None:
    """Wait until the bar says this."""
    page.wait_for_function(
        "said => document.querySelector('.wd-offline').textContent === said", arg=words
    )


def forgotten(page: "Page") -> None:
    """Wait until no server remembers the tab."""
    page.wait_for_timeout(1000 * (REMEMBERED_SECONDS + 0.5))


def back(page: "Page") -> None:
    """Wait until the tab is back, and its page whole."""
    page.wait_for_function(BACK)


def drawn(page: "Page", query: str) -> None:
    page.locator(f'.wd-chart[data-state="done"][data-run="{query}"]').first.wait_for()


def test_a_cut_line_is_said_calmly_and_nothing_is_lost(tab: "Page", wire: Wire) -> None:
    """A link's settings moved by hand, a pin, an open folder, a number half typed, an epoch."""
    tab.goto(f"{wire.url}/train?weight_decay=5&seed=3&epochs=30")
    drawn(tab, "weight_decay=5&epochs=30&seed=3")
    tab.get_by_role("slider", name="Weight decay λ").press("ArrowRight")
    drawn(tab, "weight_decay=10&epochs=30&seed=3")
    tab.get_by_role("button", name="Pin this run").click()
    tab.wait_for_url("**pin=**")
    tab.get_by_text("Training", exact=True).click()
    tab.get_by_role("slider", name="Epoch").press("ArrowLeft")
    tab.get_by_role("spinbutton", name="Batch size").fill("7")
    tab.evaluate("addresses.length = 0")
    here, stood = tab.url, tab.locator("h1").bounding_box()
    wire.cut()
    told(tab)
    assert tab.get_by_role("status").filter(has_text=WORDS).is_visible()
    assert tab.locator("h1").bounding_box() == stood
    forgotten(tab)
    assert tab.get_by_role("dialog").count() == 0
    wire.mend()
    told(tab, "")
    back(tab)
    assert (tab.url, tab.evaluate("addresses")) == (here, [])
    assert tab.get_by_role("slider", name="Weight decay λ").get_attribute("aria-valuetext") == "10"
    assert tab.get_by_role("spinbutton", name="Batch size").input_value() == "7"
    assert tab.locator(".wd-chart").get_attribute("data-epoch") == "29"
    assert tab.locator("h1").bounding_box() == stood
    tab.get_by_role("slider", name="Weight decay λ").press("ArrowLeft")
    tab.wait_for_url("**?weight_decay=5&epochs=30&seed=3&pin=**")


def test_a_line_that_is_dead_without_a_word_is_noticed(tab: "Page", wire: Wire) -> None:
    """What was done in the meantime is not lost either, though nobody has heard it."""
    tab.goto(f"{wire.url}/train?weight_decay=5&epochs=30")
    drawn(tab, "weight_decay=5&epochs=30")
    line = assets.addresses()["chart"] + "line.js"
    wire.hold()
    tab.get_by_role("slider", name="Weight decay λ").press("Home")
    tab.get_by_role("button", name="Pin this run").click()
    while not tab.evaluate(SAID):
        tab.evaluate(AGE, f"/some/place{line}")
        tab.wait_for_timeout(300)
    forgotten(tab)
    wire.mend()
    told(tab, "")
    tab.wait_for_url("**/train?weight_decay=0&epochs=30&pin=*%3Fweight_decay%3D0**")
    back(tab)


def test_a_line_that_answers_is_left_alone(tab: "Page", wire: Wire, watch: "Watch") -> None:
    tab.goto(f"{wire.url}/train")
    drawn(tab, "defaults")
    tab.on("websocket", lambda _: watch.report("lost", "a line that was fine"))
    for _ in range(3):
        tab.evaluate(AGE, f"/some/place{assets.addresses()['chart']}line.js")
        tab.wait_for_timeout(1100)
    assert not tab.evaluate(SAID)


def test_what_is_moved_while_the_line_is_cut_counts(tab: "Page", wire: Wire) -> None:
    """Sliders over a picture move on, and Python hears of it; so does a walk to another page."""
    tab.goto(f"{wire.url}/geometry?weight_decay=2&s1=3")
    slider = tab.locator(".wd-slider[data-key=weight_decay] input[type=range]")
    slider.press("ArrowRight")
    tab.wait_for_url("**/geometry?weight_decay=2.24&s1=3")
    go_to(tab, "One step")
    tab.wait_for_url("**/step")
    back(tab)
    wire.cut()
    told(tab)
    tab.go_back()
    forgotten(tab)
    wire.mend()
    tab.locator("h1").filter(has_text="Why does a penalty").wait_for()
    tab.wait_for_url("**/geometry?weight_decay=2.24&s1=3")
    back(tab)
    wire.cut()
    told(tab)
    slider.press("ArrowRight")
    forgotten(tab)
    wire.mend()
    tab.wait_for_url("**/geometry?weight_decay=2.5&s1=3")
    back(tab)
    assert slider.get_attribute("aria-valuetext") == "2.5"


def test_a_slider_that_is_in_hand_when_the_line_is_cut_stays_where_it_is_put(
    tab: "Page", wire: Wire
) -> None:
    tab.goto(f"{wire.url}/train?weight_decay=5&epochs=30")
    drawn(tab, "weight_decay=5&epochs=30")
    pull(tab, "weight_decay")
    tab.locator('.wd-chart[data-live="weight_decay=0&epochs=30"]').wait_for()
    wire.cut()
    told(tab)
    tab.mouse.up()
    wire.mend()
    tab.wait_for_url("**/train?weight_decay=0&epochs=30")
    drawn(tab, "weight_decay=0&epochs=30")
    back(tab)
    assert tab.get_by_role("slider", name="Weight decay λ").get_attribute("aria-valuetext") == "0"


def test_what_is_refused_stays_as_it_was_put(tab: "Page", wire: Wire) -> None:
    """The address does not say it: a page that refuses shows no picture."""
    tab.goto(f"{wire.url}/map?per_decade=8&seeds=25&epochs=20000")
    tab.get_by_text("Choose fewer cells").wait_for()
    unfold(tab, "Cells", "Training")
    cells = tab.get_by_role("slider", name="Cells per decade")
    cells.press("ArrowLeft")
    number = tab.get_by_role("spinbutton", name="Batch size")
    number.fill("99999")
    number.press("Enter")
    tab.get_by_text("Number is outside the allowed range").wait_for()
    wire.cut()
    told(tab)
    forgotten(tab)
    wire.mend()
    told(tab, "")
    tab.locator("[data-test-script-state=notRunning]").wait_for()
    assert cells.get_attribute("aria-valuetext") == "6"
    assert number.input_value() == "99999"
    assert tab.get_by_text("Choose fewer cells").is_visible()


def test_two_tabs_keep_each_its_own(new_page: NewPage, tab: "Page", wire: Wire) -> None:
    other = tab.context.new_page()
    links = {tab: "weight_decay=5&epochs=30", other: "lr=0.01&epochs=30"}
    for page, link in links.items():
        page.goto(f"{wire.url}/train?{link}")
        drawn(page, link)
        page.get_by_role("slider", name="Dimension d").press("Home")
        page.wait_for_url("**n_features=1&**")
    wire.cut()
    for page in links:
        told(page)
    forgotten(tab)
    wire.mend()
    for page, link in links.items():
        back(page)
        first, _, last = link.partition("&")
        assert page.url.endswith(f"/train?{first}&n_features=1&{last}")


def test_a_stream_that_broke_off_goes_on(tab: "Page", wire: Wire) -> None:
    tab.goto(f"{wire.url}/train?epochs=2000&n_features=2000&n_train=500&batch_size=1")
    tab.locator('.wd-chart[data-state="streaming"]').wait_for()
    wire.cut()
    tab.locator('.wd-chart[data-state="failed"]').wait_for()
    told(tab)
    wire.mend()
    tab.locator('.wd-chart[data-state="streaming"]').wait_for()
    assert not tab.locator(".wd-trouble").is_visible()
