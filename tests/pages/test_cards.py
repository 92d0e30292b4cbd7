"""What a link shows where it is previewed: a title, a sentence and a picture of its page."""

from __future__ import annotations

import random
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit import config

from pages.registry import PAGES, SHOWN, Page
from pages.shared import cards
from pages.shared.cards import HEIGHT, PICTURES, WIDTH, Cards, described
from pages.shared.form import HOME
from pages.shared.head import Head
from pages.shared.language import Spoken, languages, speaking
from tests.pages.hostile import hostile

STREAMLIT = '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body></body>'
CARDS = Cards(SHOWN)
HOST = "decay.example.org:8501"
# A message with a picture has no room for more.
LARGEST = 60_000


async def page_of_streamlit(_: Request) -> Response:
    return HTMLResponse(STREAMLIT)


APP = Spoken(
    Starlette(
        routes=[*CARDS.routes, Route("/{any:path}", page_of_streamlit)],
        middleware=[Middleware(Head, told=CARDS)],
    )
)


class Read(HTMLParser):
    """The head of a page: its language, its title, its metas, and scripts that nobody put there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.metas: dict[str, str] = {}
        self.language, self.title, self._in = "", "", ""
        self.alerts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._in = tag
        if tag == "html":
            self.language = said["lang"]
        elif tag == "meta":
            assert said.keys() in ({"name", "content"}, {"property", "content"})
            self.metas.setdefault(said.get("property") or said["name"], said["content"])

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data
        self.alerts += self._in == "script" and "alert" in data

    def handle_endtag(self, tag: str) -> None:
        self._in = ""


def answered(address: str, scheme: str = "http", **headers: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of what comes from an address, `host` being ours unless another is named."""
    path, _, query = address.partition("?")
    named = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
    }
    anyio.run(APP, scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return {**told, "status": str(sent[0]["status"])}, b"".join(m.get("body", b"") for m in sent)


def read(address: str, scheme: str = "http", **headers: str) -> Read:
    told, body = answered(address, scheme, **headers)
    assert int(told["content-length"]) == len(body)
    return Read(body.decode())


def address_of(page: Page) -> str:
    return f"/{'' if page.path == HOME else page.path}"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.path)
def test_every_page_has_a_card_in_every_language(page: Page, language: str) -> None:
    card = read(f"{address_of(page)}?lang={language}")
    with speaking(language):
        assert card.language == language
        assert page.title in card.title
        assert card.metas["og:title"] == page.question
        assert card.metas["description"] == card.metas["og:description"] == page.about
    assert card.metas["og:locale"] == {"en": "en_US", "zh": "zh_CN"}[language]
    assert card.metas["twitter:card"] == "summary_large_image"
    assert page.question
    assert card.metas["og:image:alt"]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.path)
def test_its_picture_is_served_and_kept(page: Page) -> None:
    metas = read(address_of(page)).metas
    here = f"http://{HOST}"
    assert metas["og:image"].startswith(f"{here}/card/")
    headers, body = answered(metas["og:image"].removeprefix(here))
    assert headers["content-type"] == metas["og:image:type"] == "image/png"
    assert "immutable" in headers["cache-control"]
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(body) <= LARGEST
    size = [int.from_bytes(body[at : at + 4]) for at in (16, 20)]  # of the first chunk
    assert size == [WIDTH, HEIGHT]
    assert [metas["og:image:width"], metas["og:image:height"]] == [str(n) for n in size]


def test_there_is_no_picture_of_any_other_page_or_name() -> None:
    assert {file.stem for file in PICTURES.glob("*.png")} == {page.path for page in SHOWN}
    shown = cards.picture("train")
    assert shown is not None
    for address in ("/card/0123/train.png", f"/card/{shown.name}/nowhere.png"):
        assert answered(address)[0]["status"] == "404", address
    with_dots = f"/card/{shown.name}/..%2Ftrain.png"
    assert answered(with_dots)[1][:4] != b"\x89PNG"


def test_a_browser_is_spoken_to_in_its_language_and_a_program_in_that_of_the_link() -> None:
    assert read("/train", accept="text/html", accept_language="zh-CN,en;q=0.5").language == "zh"
    assert read("/train", accept="*/*").language == "en"
    assert read("/train?lang=zh", accept="*/*").language == "zh"


def test_what_is_no_page_has_no_card() -> None:
    for address in ("/nowhere", "/train/more", "/trainer", "/asset/train"):
        assert answered(address)[1].decode() == STREAMLIT, address


def test_behind_a_proxy_and_below_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", lambda name: "wd")
    card = read("/wd/train", scheme="https", host="decay.example.org")
    assert card.metas["og:image"].startswith("https://decay.example.org/wd/card/")
    assert read("/wd").metas["og:title"] == read("/wd/").metas["og:title"] == PAGES[0].question
    assert answered("/train")[1].decode() == STREAMLIT


def test_a_link_that_sets_the_decay_says_so() -> None:
    train = next(page for page in SHOWN if page.path == "train")
    assert described(train, "weight_decay=0.5&lr=0.01").endswith("This link sets λ = 0.5.")
    assert described(train, "weight_decay=3").endswith("This link sets λ = 3.")
    for query in (
        "",
        "lr=0.01",
        "weight_decay=x",
        "weight_decay=-1",
        "weight_decay=1&lr=x",  # what else such a link opens is not known without asking
        "weight_decay=1&pin=" + "x" * cards.LONGEST,
    ):
        assert described(train, query) == train.about, query
    act = next(page for page in SHOWN if page.path == "act")
    assert "λ = 0.5" in described(act, "weight_decay=0.5")


def test_where_another_number_leads_the_decay_is_not_named() -> None:
    act = next(page for page in SHOWN if page.path == "act")
    assert described(act, "weight_decay=0.5&steps=50") == act.about


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_no_link_writes_into_the_page(page: Page) -> None:
    bad = '"><script>alert(1)</script><meta name="x'
    chance = random.Random(page.path)
    queries = [urlencode(hostile(page.form, chance), errors="replace") for _ in range(4)]
    queries += [urlencode({"weight_decay": bad}), f"weight_decay={bad}", f"lang={bad}"]
    for query in queries:
        card = read(f"{address_of(page)}?{query}")
        assert "x" not in card.metas
        assert not card.alerts


def test_a_host_is_escaped() -> None:
    bad = '"><script>alert(1)</script>'
    body = answered("/train", host=bad)[1].decode()
    assert "<script>alert" not in body
    assert read("/train", host=bad).metas["og:image"].startswith(f"http://{bad}/card/")
