"""What a printed page says of itself: its settings, and its link as a code."""

from __future__ import annotations

import json
import random
import re
from urllib.parse import quote, urlencode

import pytest
import segno
from starlette.applications import Starlette
from streamlit import config

from pages.registry import PAGES, Page
from pages.shared import paper
from pages.shared.form import HOME
from pages.shared.language import speaking
from pages.shared.lessons.path import path
from pages.shared.paper import code, sheet
from tests.pages.asking import asked
from tests.pages.hostile import hostile

HOST = "192.168.1.20:8501"
HERE = f"http://{HOST}"


def named(link: str) -> dict[str, str]:
    return dict(sheet(f"{HERE}{link}", HOST)["settings"])


def test_it_names_what_every_reader_looks_for_and_what_is_not_as_usual() -> None:
    usual = {"Weight decay λ": "3", "Learning rate η": "0.003", "Dimension d": "200"}
    assert named("/train") == usual
    link = "/train?weight_decay=0.25&optimizer=adam&epochs=30&lang=en"
    other = {"Weight decay λ": "0.25", "Epochs": "30", "Optimizer": "Adam"}
    assert named(link) == usual | other


def test_what_a_page_does_not_read_is_not_named() -> None:
    assert "Momentum μ" not in named("/train?momentum=0.5")
    assert named("/book") == {}
    assert named("/exercises?variant=2") == {"Variant": "2"}


def test_in_the_language_that_is_spoken() -> None:
    with speaking("zh"):
        assert named("/train")["权重衰减 λ"] == "3"


def test_a_lesson_has_its_own_settings() -> None:
    lesson = path().lessons[0]
    assert lesson.query
    in_lesson = named(f"/{lesson.page}?lesson={lesson.address}")
    assert in_lesson == named(f"/{lesson.page}?{lesson.query}")
    assert in_lesson != named(f"/{lesson.page}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_link_has_a_sheet(page: Page) -> None:
    chance = random.Random(page.path)
    for query in ([], *(hostile(page.form, chance) for _ in range(4))):
        asks = urlencode(query, errors="replace")
        found = sheet(f"{HERE}/{'' if page.path == HOME else page.path}?{asks}", HOST)
        assert ("code" in found) != ("refused" in found)
        assert all(name and value for name, value in found["settings"])


@pytest.mark.parametrize("link", [f"{HERE}/train", f"{HERE}/map?lang=zh&n_train=" + "7" * 900])
def test_its_code_is_that_of_the_link(link: str) -> None:
    """Every stroke of the path lies on the dark modules of the link's own code, and on all."""
    modules, drawn = code(link)
    made = segno.make(link, error="l", micro=False)
    dark = set()
    x = y = 0.0
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", drawn):
        steps = [float(number) for number in numbers.split()]
        if kind == "h":
            dark |= {(int(x) + one, int(y)) for one in range(int(steps[0]))}
            x += steps[0]
        else:
            x, y = (steps[0], steps[1]) if kind == "M" else (x + steps[0], y + steps[1])
    rows = [list(row) for row in made.matrix_iter(border=4)]
    assert len(rows) == modules
    assert dark == {(i, j) for j, row in enumerate(rows) for i, on in enumerate(row) if on}


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("localhost:8501", True),
        ("127.0.0.1:8501", True),
        ("[::1]:8501", True),
        ("192.168.1.20:8501", False),
        ("decay.example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_a_link_that_leads_to_this_machine_alone_is_said_to_do_so(host: str, alone: bool) -> None:
    assert ("heed" in sheet(f"http://{host}/train", host)) is alone


def test_a_link_that_is_too_long_is_said_to_be() -> None:
    fits = f"{HERE}/train?pin="
    fits += "a" * (paper.LONGEST - len(fits))
    assert "code" in sheet(fits, HOST)
    assert "too long" in sheet(fits + "a", HOST)["refused"]


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:alert(1)",
        "http://elsewhere.example/train",
        f"ftp://{HOST}/train",
        f"http://me@{HOST}/train",
        "http://[",
        f"{HERE}/nowhere",
        f"{HERE}/wd/train",
        f"{HERE}//train",
    ],
)
def test_only_pages_of_this_site_have_one(link: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        sheet(link, HOST)


def test_below_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", lambda name: "wd")
    assert named("/wd/train")
    assert named("/wd/train/")
    assert "code" in sheet(f"https://{HOST}/wd/?at=1", HOST)
    with pytest.raises(ValueError, match="no page"):
        sheet(f"{HERE}/train", HOST)


def test_a_browser_asks_for_it() -> None:
    app = Starlette(routes=[*paper.ROUTES])
    answer = asked(app, "/api/paper?link=" + quote("http://elsewhere.example/train"))
    assert (answer.status, json.loads(answer.text)) == (
        400,
        {"message": "The link leads to another site."},
    )
    assert answer.headers["cache-control"] == "no-store"
