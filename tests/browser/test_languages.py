"""A page in Chinese: by its link, by the browser's choice, and by the switch, which keeps all."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pages.shared import speaking

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

CHINESE, ENGLISH = "权重衰减能阻止过拟合吗？", "Does weight decay stop overfitting?"


def heading(page: "Page", text: str) -> None:
    page.get_by_role("heading", name=text, level=1).wait_for()


def test_a_link_opens_a_page_in_its_language_and_the_switch_keeps_the_settings(
    page: "Page", server: "Server"
) -> None:
    page.goto(f"{server.url}/train?weight_decay=1&lang=zh")
    heading(page, CHINESE)
    page.locator(".wd-plot .main-svg").first.wait_for()
    assert page.evaluate("document.documentElement.lang").startswith("zh")
    page.get_by_label(speaking.NAME).click()
    page.get_by_role("option", name="English").click()
    heading(page, ENGLISH)
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_function("!location.search.includes('lang=zh')")  # the next picture writes it
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["weight_decay"] == ["1"]
    assert asked.get("lang", ["en"]) == ["en"]


def test_the_browsers_own_language_is_spoken_at_first(
    new_page: Callable[..., "Page"], server: "Server"
) -> None:
    page = new_page(locale="zh-CN")
    page.goto(f"{server.url}/train")
    heading(page, CHINESE)
    page.goto(f"{server.url}/train?lang=en")
    heading(page, ENGLISH)
