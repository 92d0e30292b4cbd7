"""A language that nobody speaks: every text in other letters, between brackets, a third longer.

Whatever is shown in the letters of the code was forgotten by whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from pages.locale.extract import compiled, template
from pages.shared import assets, language
from pages.shared.glossary import links

NAME = "xx"
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀçđéƒǧħíĵķĺɱñóþʠŕšţúṽŵẋýžÁƁÇĐÉƑǦĦÍĴĶĹṀÑÓÞɊŔŠŢÚṼŴẊÝŽ",
)
# What stays in any language: places, what Plotly fills in, tags, code and the words of formulas.
KEPT = re.compile(r"(%?\{\{.*?\}\}|\{\w+\}|%\{.*?\}|</?\w+>|`[^`]*`|\\[a-z]+)")


def made_up(text: str) -> str:
    """The text in this language."""
    parts = KEPT.split(text)
    told = "".join(
        part if place % 2 else part.translate(LETTERS) for place, part in enumerate(parts)
    )
    return f"⟦{told}{'·' * (len(text) * 3 // 10)}⟧"


def write(folder: Path) -> None:
    """Its catalogue, in a folder of languages."""
    catalogue = template()
    catalogue.locale = "zh"  # which has one form, however many there are
    catalogue.language_team = "⟦Ṁáđé úþ⟧"
    for message in catalogue:
        if isinstance(message.id, tuple):
            message.string = (made_up(message.id[1]),)
        elif message.id:
            message.string = made_up(message.id)
    (folder / NAME).mkdir()
    (folder / NAME / language.COMPILED).write_bytes(compiled(catalogue))


@contextmanager
def offered(folder: Path) -> Iterator[None]:
    """The languages of this folder, in the place of those that there are."""
    with patch.object(language, "LOCALE", folder):
        forget()
        yield
    forget()


def forget() -> None:
    """What was kept of catalogues."""
    for kept in (
        *(language.catalogues, language._translated, language._fitting),
        *(links._words, links._pattern, assets._words),
    ):
        kept.cache_clear()
