"""What a printed page says of itself: the settings of its picture, and its link as a QR code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.shared import assets
from pages.shared.encoding import encode
from pages.shared.fields import Choice, Text
from pages.shared.form import FORMS, HOME, Form
from pages.shared.lessons.path import path
from pages.shared.link import LESSON
from pages.shared.numbers import every_digit
from pages.shared.reasons import reason
from pages.shared.routes import API, NEVER_STORED
from pages.shared.settings import FRONT
from pages.shared.words import say, told

# The largest QR code holds 2,953 bytes.
LONGEST: Final = 2900
# So many codes are kept: a class prints the same page.
KEPT: Final = 32
PATH: Final = re.compile(r' d="([^"]+)"')
# What a machine calls itself: another one that follows such a link comes to itself.
HERE: Final = re.compile(r"(.*\.)?localhost|127\.\d+\.\d+\.\d+|::1")


def sheet(link: str, host: str) -> dict[str, Any]:
    """What stands on the sheet under the picture of this link, as the visitor's browser has it.

    ValueError where it leads to no page of this host.
    """
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
        raise ValueError(say("The link leads to another site."))
    base, _, page = parts.path.rstrip("/").rpartition("/")
    page = HOME if parts.path.rstrip("/") == assets.base_path() else page
    if page not in FORMS or (page != HOME and base != assets.base_path()):
        raise ValueError(say("The link leads to no page."))
    form = FORMS[page]
    found = {"settings": [*_settings(form, _query(form, parts.query))], **_code(link)}
    if HERE.fullmatch(parts.hostname or ""):
        found["heed"] = say("it opens on this machine alone")
    return found


def _query(form: Form[Any], query: str) -> list[tuple[str, str]]:
    """What a link asks its page: one that names nothing but a lesson asks what that does."""
    asked = parse_qsl(query, keep_blank_values=True)
    lesson = dict(asked).get(LESSON, "")
    if lesson not in path() or any(key in form.named for key, _ in asked):
        return asked
    return [*parse_qsl(path()[lesson].query, keep_blank_values=True), *asked]


def _settings(form: Form[Any], query: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Name and value of those that every reader looks for, and of those that are not as usual."""
    question, _ = form.read(query)
    differences, values = form.differences(question), form.values(question)
    read = form.reads(values)
    for key, setting in form.settings.items():
        if isinstance(setting, Text):
            continue
        if key in differences or (key in FRONT and key in read and key in values):
            value = differences.get(key, values.get(key))
            if isinstance(setting, Choice):
                yield told(setting.label), setting.named(str(value))
            elif value is not None:
                yield told(setting.label), every_digit(float(value))


def _code(link: str) -> dict[str, Any]:
    if len(link.encode()) > LONGEST:
        return {"refused": say("The link is too long for a QR code.")}
    modules, path = code(link)
    return {"code": {"modules": modules, "path": path}}


@lru_cache(KEPT)
def code(link: str) -> tuple[int, str]:
    """The QR code of a link: how many modules it is wide with its margin, and its SVG path."""
    made = segno.make(link, error="l", micro=False)
    drawn = PATH.search(made.svg_inline())
    assert drawn is not None  # segno draws what is dark as one path
    return int(made.symbol_size()[0]), str(drawn[1])


async def _told(request: Request) -> Response:
    link, host = request.query_params.get("link", ""), request.headers.get("host", "")
    try:
        text, status = await run_in_threadpool(lambda: encode(sheet(link, host))), 200
    except ValueError as error:
        text, status = encode({"message": reason(error)}), 400
    return Response(text, status, media_type="application/json", headers=NEVER_STORED)


ROUTES: Final = (Route(f"{API}paper", _told),)
