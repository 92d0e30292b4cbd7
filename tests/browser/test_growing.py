"""Long work in a real browser: Stop keeps what is drawn, and Go on works on from there."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.choosing import inside, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server

# Seconds of work, so that there is something to stop; seeds that no other test asks for.
LONG = {
    "map": "n_features=200&n_train=40&epochs=300&seeds=3&seed=31",
    "which": "epochs=5000&seeds=50&draws=200&seed=32",
    "codes": "n_train=2000&n_features=200&batch_size=100&seed=36",
    "dimension": "n_train=300&draws=200&seed=33",
    "book": "seeds=1000&seed=34",
}
STATE = "document.querySelector('.wd-chart')?.dataset.state"


def count(page: "Page") -> int:
    """How much has come, as the progress bar says it."""
    return int(page.get_by_role("progressbar", name="Progress").get_attribute("aria-valuenow") or 0)


def stop(page: "Page") -> "Locator":
    """The chart's own: Streamlit shows one too while it is busy."""
    return page.locator(".wd-chart").get_by_role("button", name="Stop")


# Presses Stop when it is there: some of these works are over before a test that looks from outside
# has seen it.
STOP_AT_ONCE = """(() => {
  const looking = setInterval(() => {
    const stop = [...document.querySelectorAll('.wd-chart button')]
      .find(button => button.textContent.trim() === 'Stop' && button.checkVisibility());
    if (!stop) return;
    clearInterval(looking);
    stop.focus();
    stop.click();
  }, 5);
})()"""


@pytest.mark.parametrize("name", LONG)
def test_stop_keeps_what_is_drawn_and_it_goes_on(page: "Page", server: "Server", name: str) -> None:
    page.add_init_script(STOP_AT_ONCE)
    page.goto(f"{server.url}/{name}?{LONG[name]}")
    page.wait_for_function(f"{STATE} === 'stopped'")
    inside(page).get_by_text(re.compile(r"^Stopped at \w+( \w+)? \d+ of \d+$")).wait_for()
    go_on = page.get_by_role("button", name="Go on")
    assert go_on.evaluate("node => node === document.activeElement")
    stopped = count(page)
    assert not stop(page).is_visible()
    go_on.press("Enter")
    bar = "Number(document.querySelector('.wd-progress').getAttribute('aria-valuenow'))"
    page.wait_for_function(f"{STATE} === 'done' || {STATE} === 'streaming' && {bar} > {stopped}")
    inside(page).get_by_text("Stopped at").wait_for(state="hidden")


# How many have come by the picture: as the last of the numbers that name it, or as its epoch.
DRAWN = {
    **dict.fromkeys(("which", "dimension"), "dataset.run.split(' ').at(-1)"),
    **dict.fromkeys(("map", "book"), "dataset.epoch"),
}
QUIET = "document.querySelector('.stApp').dataset.testScriptState !== 'running'"
UNTRUE = r"Training:|Drawing:|Choosing anew|still (to come|coming)|Over \d+ rep"


@pytest.mark.parametrize("name", DRAWN)
def test_after_a_stop_all_of_the_page_says_one_number(
    page: "Page", server: "Server", name: str
) -> None:
    bar = "Number(document.querySelector('.wd-progress').getAttribute('aria-valuenow'))"
    page.add_init_script(STOP_AT_ONCE.replace("if (!stop)", f"if (!stop || {bar} < 2)"))
    page.goto(f"{server.url}/{name}?{LONG[name].replace('seed=3', 'seed=4')}")
    page.wait_for_function(f"{STATE} === 'stopped'")
    drawn = f"Number(document.querySelector('.wd-chart').{DRAWN[name]})"
    if name == "which":  # it names the picture by its runs, and then by its data sets
        drawn = drawn.replace("at(-1)", "at(-2)")
    said = f"new RegExp(`^Stopped at \\\\w+ ${{{bar}}} of \\\\d+$`, 'm')"
    words = "document.querySelector('.stApp').innerText"
    # Python hears of the stop a moment later: until then the page speaks of what still works.
    page.wait_for_function(
        f"{QUIET} && {drawn} === {bar} && {said}.test({words}) && !/{UNTRUE}/i.test({words})"
    )


def test_the_mark_is_moved_while_numbers_come(page: "Page", server: "Server") -> None:
    moved = "location.search.includes('at=0')"
    page.add_init_script(STOP_AT_ONCE.replace("if (!stop)", f"if (!stop || !{moved})"))
    page.goto(f"{server.url}/which?epochs=10000&seeds=50&draws=200&seed=35")
    page.wait_for_function(f"{STATE} === 'streaming'")
    slider = page.get_by_role("slider", name="Marked λ")
    slider.focus()
    slider.press("Home")
    page.wait_for_function(f"{STATE} === 'stopped'")
    assert slider.evaluate("node => node.value") == "0"
    slider.press("End")  # whatever is looked at, it can go on
    page.wait_for_function("location.search.includes('at=10')")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function(f"['streaming', 'done'].includes({STATE})")
    assert slider.evaluate("node => node.value") == "63"


def test_what_stands_around_the_picture_follows_it_to_its_end(
    page: "Page", server: "Server"
) -> None:
    page.goto(f"{server.url}/which?epochs=200&seeds=10&draws=100&seed=34")
    page.wait_for_function(f"{STATE} === 'streaming'")
    unfold(page, "Does it matter which way λ is chosen?")
    assert not re.search(UNTRUE, page.inner_text(".stApp"), re.IGNORECASE)
    inside(page).get_by_text("100 data sets of the same kind, seeds 34").wait_for()
    page.wait_for_function(f"{STATE} === 'done'")
