"""What a link to a page shows where links are previewed: a title, a sentence and a picture.

They stand in the head of Streamlit's page, for what makes previews runs no script.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from pages.shared import assets
from pages.shared.form import HOME, Form
from pages.shared.language import ENGLISH, languages, spoken
from pages.shared.numbers import every_digit
from pages.shared.words import joined, say, tell

SITE: Final = "Weight Decay Explorer"
ROOT: Final = "card"
# `python -m pages.cards` makes them.
PICTURES: Final = Path(__file__).parents[1] / "cards"
WIDTH, HEIGHT = 1200, 630
# As previews name a language; another one by its own name.
LOCALES: Final = {ENGLISH: "en_US", "zh": "zh_CN"}
# In no longer link a setting is looked up while others wait.
LONGEST: Final = 2000
DECAY: Final = "weight_decay"


class Entry(Protocol):
    """What the registry says of a page."""

    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def form(self) -> Form[Any]: ...


class Picture(NamedTuple):
    """A file with a name that follows from its content."""

    name: str
    content: bytes


@cache
def picture(page: str) -> Picture | None:
    """The picture of a page, read once; a page may have none."""
    file = PICTURES / f"{page}.png"
    if not file.is_file():
        return None
    content = file.read_bytes()
    return Picture(hashlib.sha256(content).hexdigest()[:16], content)


class Cards:
    """The cards of these pages."""

    def __init__(self, pages: Iterable[Entry]) -> None:
        self._pages = {page.path: page for page in pages}

    def __call__(self, scope: Scope) -> str | None:
        """What the head of the page says that a request is for; None where it is for no page."""
        base, path = assets.base_path(), scope["path"].rstrip("/")
        if not path.startswith(base):
            return None
        page = self._pages.get(path[len(base) :].removeprefix("/") or HOME)
        return None if page is None else "".join(_head(page, scope))

    @property
    def routes(self) -> tuple[Route, ...]:
        """The address of the pictures."""
        return (Route(f"/{ROOT}/{{name}}/{{page}}.png", self._serve),)

    def _serve(self, request: Request) -> Response:
        page = request.path_params["page"]
        shown = picture(page) if page in self._pages else None
        if shown is None or shown.name != request.path_params["name"]:
            return PlainTextResponse("no such file", status_code=404)
        headers = {"Cache-Control": f"public, max-age={assets.YEAR}, immutable"}
        return Response(shown.content, media_type="image/png", headers=headers)


def _head(page: Entry, scope: Scope) -> Iterator[str]:
    about = described(page, scope["query_string"].decode("latin-1"))
    yield f"<title>{escape(tell('{page} · Weight Decay Explorer', page=page.title))}</title>"
    yield f'<meta name="description" content="{escape(about)}">'
    for name, content in _properties(page, about, scope):
        kind = "name" if name.startswith("twitter:") else "property"
        yield f'<meta {kind}="{name}" content="{escape(content)}">'


def _properties(page: Entry, about: str, scope: Scope) -> Iterator[tuple[str, str]]:
    yield "og:type", "website"
    yield "og:site_name", SITE
    yield "og:title", page.question
    yield "og:description", about
    yield "og:locale", LOCALES.get(spoken(), spoken())
    for language in languages():
        if language != spoken():
            yield "og:locale:alternate", LOCALES.get(language, language)
    shown, host = picture(page.path), Headers(scope=scope).get("host")
    if shown is not None and host is not None:  # previews take whole addresses alone
        here = f"{scope['scheme']}://{host}{assets.base_path()}"
        yield "og:image", f"{here}/{ROOT}/{shown.name}/{page.path}.png"
        yield "og:image:type", "image/png"
        yield "og:image:width", str(WIDTH)
        yield "og:image:height", str(HEIGHT)
        yield "og:image:alt", say("The page as it opens: {question}", question=page.question)
        yield "twitter:card", "summary_large_image"
    else:
        yield "twitter:card", "summary"


def described(page: Entry, query: str) -> str:
    """What can be done on a page, and the weight decay that a link names."""
    decay = _decay(page.form, query)
    about = page.about or page.question
    if decay is None:
        return about
    return joined([about, say("This link sets λ = {decay}.", decay=every_digit(decay))])


def _decay(form: Form[Any], query: str) -> float | None:
    """The weight decay of the page that opens, where its link is the one that says it."""
    if DECAY not in form.settings or f"{DECAY}=" not in query or len(query) > LONGEST:
        return None
    question, complaints = form.read(parse_qsl(query, keep_blank_values=True))
    said = form.said(question)
    if complaints or DECAY not in said or DECAY not in form.reads(form.values(question)):
        return None
    return float(said[DECAY])
