"""The page registry, and the frame that every page stands in."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.registry import GROUPS, PAGES, SHOWN, Page
from wd_core import Linear, Mlp

FOLDER = Path(__file__).parents[2] / "pages"
TIMEOUT_SECONDS = 60


def by_path(page: Page) -> str:
    return page.path


@pytest.mark.parametrize("page", SHOWN, ids=by_path)
def test_a_page_asks_one_question_and_has_one_heading(page: Page) -> None:
    frame = AppTest.from_file(str(FOLDER / "frame.py"), default_timeout=TIMEOUT_SECONDS)
    frame.run().switch_page(page.view)  # the first run registers the pages
    frame.run()
    assert not frame.exception
    assert [title.value for title in frame.title] == [page.question]
    assert page.question.endswith("?")
    assert len(frame.header) == (page is PAGES[0])  # the path


def test_every_folder_with_a_view_is_a_page_and_the_other_way_round() -> None:
    assert {page.path for page in SHOWN} == {view.parent.name for view in FOLDER.glob("*/view.py")}


def test_names_and_addresses_are_told_apart() -> None:
    for names in ([p.path for p in SHOWN], [p.title for p in SHOWN], [p.question for p in SHOWN]):
        assert len(set(names)) == len(names)
    addresses = [route.path for page in SHOWN for route in page.routes]
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("/api/") for address in addresses)


def test_groups_are_few() -> None:
    assert 2 <= len(GROUPS) <= 6


@pytest.mark.parametrize("page", SHOWN, ids=by_path)
def test_the_linear_model_has_what_every_page_of_today_needs(page: Page) -> None:
    assert page.needs <= Linear().offers


def test_a_network_is_not_said_to_have_what_only_the_linear_model_has() -> None:
    assert not Mlp().offers
    assert any(not page.needs for page in SHOWN)
