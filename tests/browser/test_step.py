"""The page “One step” in a real browser: stepping, mending, and the link that carries both."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from pages.shared.controls import NUMBERS
from tests.browser.choosing import go_to, inside, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

DRAWN = """charts => document.querySelectorAll('.wd-chart[data-state="done"]').length === charts"""
FOLDERS = (
    *("How hard does decay pull on each weight?", "What does decay alone do over time?"),
    "How large may the learning rate be?",
)
ARROWS = """() => Object.fromEntries(document.querySelector('.wd-plot').data
  .map(trace => [trace.name, [trace.x.at(-1), trace.y.at(-1)]]))"""


def opened(page: "Page", server: "Server", query: str = "") -> None:
    page.goto(f"{server.url}/step{query}")
    page.wait_for_function(DRAWN, arg=1)
    page.locator(".katex-html .mord").first.wait_for(state="attached")  # comes on its own


def link(page: "Page") -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_opens_with_every_picture_drawn(page: "Page", server: "Server") -> None:
    opened(page, server)
    inside(page).get_by_text("Step 1 of 400").wait_for()
    unfold(page, *FOLDERS)
    page.wait_for_function(DRAWN, arg=4)
    assert link(page) == {}


def test_a_step_forward_begins_where_the_last_one_ended(page: "Page", server: "Server") -> None:
    opened(page, server)
    before = page.evaluate(ARROWS)
    page.get_by_role("button", name="Forward", exact=True).click()
    inside(page).get_by_text("Step 2 of 400").wait_for()
    page.wait_for_function("location.search === '?step=2'")
    page.wait_for_function(DRAWN, arg=1)
    assert page.evaluate(ARROWS)["old w"] == before["new w"]


def test_a_link_opens_its_step_and_the_doctor_mends_it(page: "Page", server: "Server") -> None:
    opened(page, server, "?lr=0.5&step=7")
    inside(page).get_by_text("Step 7 of 400").wait_for()
    inside(page).get_by_text("The run diverges").wait_for()
    page.get_by_role("button", name="Mend it").click()
    inside(page).get_by_text("The run itself did not diverge").first.wait_for()
    page.wait_for_function("!location.search.includes('lr=0.5')")
    assert link(page)["step"] == ["7"]


def test_a_mended_run_with_a_velocity_stays_mended(page: "Page", server: "Server") -> None:
    opened(page, server, "?lr=1&optimizer=momentum")
    unfold(page, NUMBERS)
    inside(page).get_by_text("with η = 0.01 the run does not settle").wait_for()
    page.get_by_role("button", name="Mend it").click()
    inside(page).get_by_text("The run itself did not diverge").first.wait_for()
    page.wait_for_function("location.search.includes('lr=0.005')")
    assert page.get_by_role("button", name="Mend it").count() == 0


def test_last_is_the_end_of_the_run(page: "Page", server: "Server") -> None:
    opened(page, server, "?step=398")
    page.get_by_role("button", name="Epoch forward").click()
    inside(page).get_by_text("Step 400 of 400").wait_for()
    page.get_by_role("button", name="First").click()
    inside(page).get_by_text("Step 1 of 400").wait_for()
    page.get_by_role("button", name="Last").click()
    page.wait_for_function("location.search === '?step=400'")


def test_both_pages_show_the_same_run(page: "Page", server: "Server") -> None:
    opened(page, server, "?weight_decay=0.5&step=3")
    go_to(page, "Train")
    page.get_by_role("heading", name="Does weight decay stop overfitting?").wait_for()
    page.wait_for_function("location.search === '?weight_decay=0.5'")
    go_to(page, "One step")
    inside(page).get_by_text("Step 3 of 400").wait_for()
    page.wait_for_function("location.search === '?weight_decay=0.5&step=3'")


# How far the widest table reaches beyond what holds it.
# How far a formula reaches beyond the column that holds it, at the worst.
BEYOND = """Math.max(...[...document.querySelectorAll('.katex-html')].map(formula => {
  const column = formula.closest('[data-testid="stVerticalBlock"]').getBoundingClientRect()
  const signs = [...formula.querySelectorAll('.mord')].map(s => s.getBoundingClientRect().right)
  return Math.max(...signs) - column.right }))"""


@pytest.mark.parametrize(
    "query",
    [
        "?batch_size=6&step=4&lr=0.0003&weight_decay=0.0003",
        "?batch_size=6&step=8&lr=0.5&weight_decay=100",
        "?optimizer=nesterov&decay=decoupled&momentum=0.999&step=300&lr=0.0002",
        "?optimizer=lion&first=200&second=199&step=400&lr=0.0001",
        "?n_features=2&step=400&lr=0.05&init_std=0&noise=0",
    ],
)
def test_no_formula_is_wider_than_its_column(page: "Page", server: "Server", query: str) -> None:
    opened(page, server, query)
    unfold(page, FOLDERS[-1])
    page.wait_for_function(DRAWN, arg=2)
    for width in (390, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"{BEYOND} <= 0")
