"""Every page in a language that nobody speaks: nothing on it is left in English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from pages.registry import PICTURED, SHOWN
from pages.shared import speaking
from pages.shared.fields import Choice
from pages.shared.form import FORMS
from pages.shared.language import LANG
from pages.shared.lessons.path import path
from pages.shared.lessons.tasks import Comparison
from pages.shared.link import LESSON
from tests.made_up_language import NAME, offered, write
from tests.pages.opening import PAGES, unopened

# What a person reads of an element, and of what a chart is sent, by the names of the fields.
OF_ELEMENTS = frozenset(
    (
        *("label", "body", "help", "options", "placeholder", "page_title", "title", "name"),
        *("header", "raw_values"),
    )
)
OF_CHARTS = frozenset(
    (
        *("name", "text", "label", "help", "alt", "finding", "sentence", "sentences"),
        *("hovertemplate",),
        *("ticktext", "texts", "unit", "message"),
    )
)
WORD = re.compile(r"(?<![\\\w])[A-Za-z]{2,}")
# The names of languages, each in its own.
SWITCH = (speaking.NAME, "English")
# What is no word of English: names, code, units and the words of formulas.
NAMES = frozenset(
    (
        *("SGD", "SGDW", "Adam", "AdamW", "RMSprop", "Lion", "Nesterov", "GCV", "LOO", "MSE"),
        *("PNG", "SVG", "CSV", "PyTorch", "torch", "optim", "nn", "MSELoss", "Ridge", "Paddle"),
        *("TensorFlow", "MXNet", "JAX", "scikit", "learn", "alpha", "lr", "eps", "weight_decay"),
        *(
            "wd",
            "df",
            "sign",
            "max",
            "min",
            "log",
            "ii",
            "py",
            "scratch",
            "concise",
            "LDL",
            "HDL",
            "TCH",
            "age",
            "sex",
            "bmi",
            "bp",
        ),
    )
)


def read(message: Message) -> Iterator[str]:
    """The texts of an element's message that a person reads."""
    for field, value in message.ListFields():
        for one in (
            value if isinstance(value, (list, tuple)) or hasattr(value, "extend") else [value]
        ):
            if isinstance(one, Message):
                yield from read(one)
            elif isinstance(one, str) and field.name in OF_ELEMENTS:
                yield one


def sent(data: Any, name: str = "") -> Iterator[str]:
    """The same of what a chart is sent."""
    if isinstance(data, dict):
        unseen = data.get("hoverinfo") == "skip" and not data.get("showlegend")
        for key, value in data.items():
            if not (unseen and key == "name"):
                yield from sent(value, key)
    elif isinstance(data, list):
        for one in data:
            yield from sent(one, name)
    elif isinstance(data, str) and name in OF_CHARTS:
        yield data


def texts(page: AppTest) -> Iterator[str]:
    """Everything that a page shows."""
    for node in page:
        proto = getattr(node, "proto", None)
        if proto is None:
            continue
        if getattr(proto, "bytes", b"") and node.type == "bidi_component":
            yield from sent(json.loads(proto.bytes))
        yield from read(proto)


def left(text: str) -> list[str]:
    """The words of a text that are still in English."""
    text = re.sub(r"\\(?:begin|end|operatorname)\{\w+\}", " ", text)
    bare = re.sub(r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)|<[^>]*>|%\{[^}]*\}|&\w+;", " ", text)
    return [word for word in WORD.findall(bare) if word not in NAMES]


@pytest.fixture(scope="module", autouse=True)
def _spoken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locale")
    write(folder)
    with offered(folder):
        yield


def held(page: AppTest) -> None:
    """Nothing on the page is in English."""
    assert not page.exception, page.exception[0].value
    seen = (text for text in texts(page) if text not in SWITCH)
    forgotten = {text: words for text in seen if (words := left(text))}
    assert not forgotten, "\n".join(f"{words} in {text}" for text, words in forgotten.items())


def spoken_to(page: AppTest, **query: str) -> AppTest:
    """The page, opened in the made-up language."""
    for key, value in {LANG: NAME, **query}.items():
        page.query_params[key] = value
    return page.run()


@pytest.mark.parametrize("view", [page.path for page in SHOWN])
def test_a_page_with_all_of_it_open_has_no_word_of_english(view):
    held(spoken_to(unopened(view)))


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.path)
def test_the_frame_has_none(page):
    opened = spoken_to(AppTest.from_file(str(PAGES / "frame.py"), default_timeout=60))
    held(opened.switch_page(page.view).run())


@pytest.mark.parametrize(
    ("view", "query"),
    [
        ("train", {"lr": "1"}),
        ("train", {"weight_decay": "0", "curves": "every", "optimizer": "adam"}),
        ("train", {"source": "diabetes", "decay": "decoupled", "optimizer": "lion"}),
        ("train", {"pin": "λ?weight_decay=1"}),
        ("step", {"optimizer": "adam"}),
        ("step", {"optimizer": "nesterov", "decay": "decoupled", "lr": "1"}),
        ("act", {"optimizer": "lion", "source": "sparse"}),
        ("geometry", {"l1": "on", "descent": "on", "objective": "on"}),
        ("geometry", {"view": "surface", "source": "slice"}),
        ("geometry", {"source": "diabetes"}),
        ("codes", {"loss": "half", "rates": "mapped", "divisor": "rows", "batch_size": "7"}),
        ("which", {"source": "diabetes", "seeds": "1"}),
        ("dimension", {"axis": "n_train", "measure": "risk", "intercept": "on"}),
        ("prior", {"prior": "laplacian"}),
        ("map", {"optimizers": "adam", "scale": "paper", "per_decade": "1", "seeds": "1"}),
    ],
)
def test_other_settings_have_none(view, query):
    held(spoken_to(unopened(view), **query))


@pytest.mark.parametrize("view", [page.path for page in PICTURED])
def test_a_refused_link_has_none(view):
    key = next(
        key for key in FORMS[view].settings if not isinstance(FORMS[view].settings[key], Choice)
    )
    page = spoken_to(unopened(view), **{key: "?", "ü": "1"})
    assert page.warning
    held(page)


@pytest.mark.parametrize("lesson", [*path().lessons, *(one[0] for one in path().exercises)])
def test_lessons_have_none(lesson):
    page = AppTest.from_file(str(PAGES / "frame.py"), default_timeout=60)
    page = spoken_to(page).switch_page(f"{lesson.page}/view.py")
    page = spoken_to(page, **dict(parse_qsl(lesson.query)), lesson=lesson.address)
    held(page)
    if not lesson.variant and isinstance(lesson.task, Comparison):
        next(button for button in page.button if button.key and LESSON in button.key).click()
        held(page.run())
