"""Languages: which there are, which one is spoken now, and what a text is in it.

English stands in the code. Every other language is a folder of `pages/locale` with a compiled
catalogue, which `pages/locale/extract.py` makes. Where a catalogue has nothing for a text, or
something with other places than the text has, the text is told in English.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from string import Formatter
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

ENGLISH: Final = "en"
# The parameter of links and addresses that names one.
LANG: Final = "lang"
# The place of how many there are.
NUMBER: Final = "n"
# What is written without blanks, and where blanks are missing or too many.
SIGN: Final = "[\u3400-\u9fff]"
LETTER: Final = "[0-9A-Za-z%\u0370-\u03ff]"
CHINESE: Final = re.compile(SIGN)
BETWEEN: Final = re.compile(f"(?<={SIGN})(?={LETTER})|(?<={LETTER})(?={SIGN})")
WITHIN: Final = re.compile(f"(?<={SIGN}) (?={SIGN})|(?<=[0-9]) (?=%)")
LOCALE: Final = Path(__file__).parents[1] / "locale"
COMPILED: Final = "messages.mo"
# In the head of a catalogue: how the language calls itself.
NAME: Final = "language-team"
LOGGER: Final = logging.getLogger("weight_decay")

_spoken: ContextVar[str | None] = ContextVar("the language that is spoken", default=None)
# Whether links have to name it: who opens one without it would be spoken to in another.
_named: ContextVar[bool] = ContextVar("whether links name the language", default=False)
# Says what is spoken where nobody has said so: in a thread that works for a session.
_asked: list[Callable[[], str]] = []


@cache
def catalogues() -> Mapping[str, NullTranslations]:
    """The catalogue of every language, read once; one that cannot be read is left out."""
    read: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}
    for compiled in sorted(LOCALE.glob(f"*/{COMPILED}")):
        try:
            with compiled.open("rb") as file:
                read[compiled.parent.name] = GNUTranslations(file)
        except Exception:  # whatever is wrong with the file: nobody is kept from the pages by it
            LOGGER.warning("The catalogue %s cannot be read: it is left out.", compiled.parent.name)
    return read


def languages() -> Mapping[str, str]:
    """Those that are offered, and how each calls itself."""
    names = {one: catalogue.info().get(NAME, one) for one, catalogue in catalogues().items()}
    return {**names, ENGLISH: "English"}


# ---- the one that is spoken


def spoken() -> str:
    """The language of whoever is answered in this thread or task."""
    language = _spoken.get()
    if language is None:
        return _asked[-1]() if _asked else ENGLISH
    return language


def speak(language: str, *, named: bool = False) -> None:
    """Speak this one from now on in this thread or task; English where there is no such one.

    `named`: links name it though it be English.
    """
    _spoken.set(language if language in catalogues() else ENGLISH)
    _named.set(named)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this one meanwhile."""
    before = _spoken.set(language if language in catalogues() else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)


def ask(who: Callable[[], str]) -> None:
    """Have this one say what is spoken where nobody has said so."""
    _asked.append(who)


def named_in(query: str) -> str | None:
    """The language that a query names, whether there is such a one or not."""
    return dict(parse_qsl(query, keep_blank_values=True)).get(LANG)


def preferred(accepted: str) -> str:
    """The first of the languages that a browser takes, best first, which there is: zh-CN is zh."""
    wishes = (part.partition(";") for part in accepted.split(","))
    ranked = sorted(((_quality(rest), tag.strip()) for tag, _, rest in wishes), key=lambda w: -w[0])
    offered = catalogues()
    for quality, tag in ranked:
        language = tag.lower().split("-")[0]
        if quality > 0 and language in offered:
            return language
    return ENGLISH


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


def in_link(query: str = "") -> str:
    """A query as it follows an address, with the language."""
    said = with_language(query)
    return f"?{said}" if said else ""


def with_language(query: str) -> str:
    """A query with the language, where links have to name it."""
    if spoken() == ENGLISH and not _named.get():
        return query
    return "&".join(filter(None, (query, f"{LANG}={spoken()}")))


class Spoken:
    """Has an app answer each request in its language.

    That is the one which its address names; a page without one is in the browser's choice.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does."""
        if scope["type"] == "http":
            # never taken back: each request is answered in a task, and so in a context, of its own
            speak(_of_request(scope))
        await self.app(scope, receive, send)


def _of_request(scope: Scope) -> str:
    named = named_in(scope["query_string"].decode("latin-1")) if scope["query_string"] else None
    if named is not None:
        return named
    headers = Headers(scope=scope)
    if "text/html" not in headers.get("accept", ""):  # work for a page that is open names its own
        return ENGLISH
    return preferred(headers.get("accept-language", ""))


# ---- texts


def translated(text: str) -> str:
    """A text of the code in the language that is spoken."""
    language = spoken()
    return text if language == ENGLISH else _translated(language, text)


def translated_n(one: str, many: str, n: int) -> str:
    """The text for so many, of one for a single thing and one for more, in the same way.

    How many there are may stand in the place {n} of a translation, or in none.
    """
    language = spoken()
    if language == ENGLISH:
        return one if n == 1 else many
    return _translated_n(language, one, many, n)


@cache  # texts are literals: there are no more of them than in the code
def _translated(language: str, text: str) -> str:
    return _fitting(language, catalogues()[language].gettext(text) if text else text, text)


def _translated_n(language: str, one: str, many: str, n: int) -> str:
    told = catalogues()[language].ngettext(one, many, n)
    return _fitting(language, told, one if n == 1 else many, frozenset({NUMBER}))


@cache
def _fitting(language: str, told: str, text: str, free: frozenset[str] = frozenset()) -> str:
    """The translation, if it has the places of the text but for some, else the text itself."""
    if fits(told, text, free):
        return told
    LOGGER.warning("In %s a sentence has other places: %r", language, text)
    return text


def fits(told: str, text: str, free: frozenset[str] = frozenset()) -> bool:
    """Whether a translation has the places of a text, each in the same form, but for free ones."""
    try:
        wanted = _forms(text)
    except ValueError:  # it has a brace for itself, and so no places
        return True
    try:
        return {name for name, _, _ in _forms(told) ^ wanted} <= free
    except ValueError:
        return False


def _forms(text: str) -> set[tuple[str, str | None, str | None]]:
    parsed = Formatter().parse(text)
    return {(name, form, kind) for _, name, form, kind in parsed if name is not None}


def set_apart(text: str) -> str:
    """A text with blanks by Chinese habit, whatever has been put into its places.

    One stands between a Chinese sign and a letter or digit, none between two Chinese ones, and none
    before %.
    """
    if spoken() == ENGLISH or not CHINESE.search(text):
        return text
    return BETWEEN.sub(" ", WITHIN.sub("", text))


@cache
def places(text: str) -> frozenset[str]:
    """The names of the places {name} of a text. ValueError where a brace has no other."""
    return frozenset(name for name, _, _ in _forms(text))


def dictionary(texts: Iterable[str]) -> dict[str, str]:
    """These texts in the language that is spoken, as far as they are others there."""
    told = {text: translated(text) for text in texts}
    return {text: said for text, said in told.items() if said != text}
