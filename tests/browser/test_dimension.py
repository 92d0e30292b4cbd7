"""The page “dimension” in a real browser: the mark, a control, a preset, a phone."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.browser.choosing import inside, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

DRAWN = """() => document.querySelector('.wd-chart')?.dataset.state === "done" """
# Small enough to be drawn in one part, so that nothing comes again while a test looks.
SMALL = "?n_train=10&at=9"
CURSOR = """() => document.querySelector('.wd-plot').data
  .filter(trace => trace.meta?.moves).map(trace => trace.x[0])"""


def opened(page: "Page", server: "Server", query: str = SMALL) -> None:
    page.goto(f"{server.url}/dimension{query}")
    page.wait_for_function(DRAWN)


def link(page: "Page") -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_the_slider_moves_the_mark_and_the_link_follows(page: "Page", server: "Server") -> None:
    opened(page, server)
    unfold(page, "The numbers at the mark")
    inside(page).get_by_text("The numbers at d = 9 (d/n = 0.9)").wait_for()
    slider = page.get_by_role("slider", name="Features d")
    slider.focus()
    slider.press("ArrowRight")
    inside(page).get_by_text("At d = 10 (d/n = 1) the test loss is").wait_for()
    page.wait_for_function("location.search === '?n_train=10&at=10'")
    inside(page).get_by_text("The numbers at d = 10 (d/n = 1)").wait_for()
    page.wait_for_function(f"({CURSOR})().every(x => x === 1)")


def test_a_preset_opens_as_its_link(page: "Page", server: "Server") -> None:
    opened(page, server)
    unfold(page, "How to read the picture", "The numbers at the mark")
    page.get_by_role("button", name="Hastie et al., SNR = 5").click()
    page.wait_for_function("location.search.includes('signal=5')")
    inside(page).get_by_text("50 training sets; bands").wait_for()
    assert link(page)["at"] == ["181"]
    assert inside(page).get_by_text("falls once more, to 3.47 at d/n = 1.81").count() == 1


def test_a_mark_moved_while_training_sets_are_drawn_stays(page: "Page", server: "Server") -> None:
    opened(page, server, "?n_train=100&at=99")
    unfold(page, "How to read the picture", "The numbers at the mark")
    slider = page.get_by_role("slider", name="Features d")
    slider.focus()
    slider.press("ArrowRight")
    inside(page).get_by_text("At d = 100 (d/n = 1) the test loss is").wait_for()
    inside(page).get_by_text("the middle 80 % of them.", exact=False).wait_for()
    inside(page).get_by_text("medians of the training sets so far").wait_for(state="detached")
    inside(page).get_by_text("The numbers at d = 100 (d/n = 1)").wait_for()
    page.wait_for_function("location.search === '?n_train=100&at=100'")
    assert page.evaluate(f"({CURSOR})().every(x => x === 1)")


def test_the_default_is_drawn_to_its_end(page: "Page", server: "Server") -> None:
    opened(page, server, "")
    unfold(page, "The numbers at the mark")
    inside(page).get_by_text("At d = 49 (d/n = 0.98) the test loss is").wait_for()
    inside(page).get_by_text("(medians of 50 training sets)").wait_for()
    assert link(page) == {}
