"""The page “The book” in a real browser: its pictures, its controls, its links, and a phone."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.browser.choosing import choose, inside, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

FOLDERS = (
    *("What do its plots show with decay?", "What does decay do here?"),
    "Where does every printed number stand?",
)
CHARTS = 1 + len(FOLDERS)
DRAWN = f"""() => document.querySelectorAll('.wd-chart[data-state="done"]').length === {CHARTS}"""
PANELS = """() => document.querySelectorAll(".wd-plot")[0].data
  .filter(trace => trace.name === "printed").length"""
SHOWN = f"""run => document.querySelectorAll(
  `.wd-chart[data-state="done"][data-run="${{run}}"]`).length === {CHARTS}"""


def opened(page: "Page", server: "Server", query: str = "") -> None:
    page.goto(f"{server.url}/book{query}")
    unfolded(page)
    inside(page).get_by_text("The printed numbers are quoted").wait_for()  # what the page says last


def unfolded(page: "Page") -> None:
    """The whole page, once it is there."""
    page.locator('.wd-chart[data-state="done"]').wait_for()
    unfold(page, *FOLDERS)
    page.wait_for_function(DRAWN)


def test_opens_with_every_picture_drawn(page: "Page", server: "Server") -> None:
    opened(page, server)
    inside(page).get_by_text("all 8 printed numbers lie in the range where nine in ten").wait_for()
    assert page.evaluate(PANELS) == 8
    assert not urlsplit(page.url).query


def test_an_edition_is_chosen_reloaded_and_opened_elsewhere(
    page: "Page", server: "Server", new_page: "object"
) -> None:
    opened(page, server)
    choose(page, "Edition and framework", "English 1.0, TensorFlow")
    page.wait_for_function("location.search === '?edition=en-tensorflow'")
    page.wait_for_function(SHOWN, arg="edition=en-tensorflow")
    inside(page).get_by_text("of it the penalty").wait_for()
    assert page.evaluate(PANELS) == 3
    page.reload()
    unfolded(page)
    page.wait_for_function(SHOWN, arg="edition=en-tensorflow")
    other = new_page()  # type: ignore[operator]
    other.goto(page.url)
    unfolded(other)
    other.wait_for_function(SHOWN, arg="edition=en-tensorflow")
    assert other.evaluate(PANELS) == 3


def test_the_other_code_redraws_what_decay_does(page: "Page", server: "Server") -> None:
    opened(page, server, "?edition=en-tensorflow&seeds=50")
    choose(page, "Code of the lower picture", "concise")
    page.wait_for_function(
        "location.search.includes('code=concise') && location.search.includes('seeds=50')"
    )
    inside(page).get_by_text("leave the share 0.0842").wait_for()


def test_a_run_opens_on_train(page: "Page", server: "Server") -> None:
    opened(page, server, "?edition=en-tensorflow&seeds=50&seed=3")
    link = page.get_by_role("link", name="Open on Train: concise, with decay")
    address = str(link.get_attribute("href"))
    page.goto(server.url + address)
    page.get_by_role("heading", name="Does weight decay stop overfitting?").wait_for()
    page.wait_for_function("""() => document.querySelector('.wd-chart[data-state="done"]')""")
    asked = {key: text[0] for key, text in parse_qs(urlsplit(address).query).items()}
    assert float(asked["lr"]) == 0.02
    assert asked["seed"] == "3"


def test_nonsense_in_the_link_is_named(page: "Page", server: "Server") -> None:
    opened(page, server, "?edition=latin")
    inside(page).get_by_text("“latin” in the link").wait_for()
    page.wait_for_function("location.search === ''")


def test_nothing_is_wider_than_a_phone(new_page: "object", server: "Server") -> None:
    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True)  # type: ignore[operator]
    opened(page, server, "?edition=zh-mxnet&seeds=50")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    overlaps = """() => {
      const boxes = [...document.querySelectorAll('.wd-plot')[0].querySelectorAll(
        'text[class$="title"]')].map(text => text.getBoundingClientRect());
      return boxes.some((a, i) => boxes.some((b, j) => i < j && a.left < b.right
        && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
    }"""
    assert not page.evaluate(overlaps)
