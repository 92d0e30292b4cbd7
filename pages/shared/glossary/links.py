"""Links from texts to the entries of the glossary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from pages.shared.glossary.entries import ENTRIES
from pages.shared.language import in_link, speaking, spoken

PAGE: Final = "glossary"
# What is code, a formula or a link already is left as it is.
APART: Final = r"`[^`]*`|\$[^$]+\$|\[[^\]]*\]\([^)]*\)"
# So is what is bold right beside a Chinese sign: a link in it would make the stars plain ones.
BOLD: Final = r"(?<=[\u2e80-\u9fff])\*\*[^*]+\*\*|\*\*[^*]+\*\*(?=[\u2e80-\uffef])"
# Beside these signs a word goes on; between Chinese ones there is no blank.
BESIDE: Final = r"[^\W\u2e80-\u9fff\uf900-\ufaff]"


def address(base: str) -> str:
    """Where the glossary lies on a site below this path."""
    return f"{base}/{PAGE}{in_link()}"


def words() -> Mapping[str, str]:
    """By each word that is linked, in small letters: the anchor of its entry."""
    return _words(spoken())


@cache
def _words(language: str) -> Mapping[str, str]:
    with speaking(language):
        return {word.casefold(): entry.anchor for entry in ENTRIES for word in entry.forms}


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """The longest first: "weight decay" is more than decay."""
    longest = sorted(_words(language), key=len, reverse=True)
    every = "|".join(map(re.escape, longest))
    return re.compile(rf"{APART}|{BOLD}|(?<!{BESIDE})({every})(?!{BESIDE})", re.IGNORECASE)


def linked(text: str, base: str) -> str:
    """A text in Markdown with each term a link where it first stands, for a site below this path.

    Streamlit opens such links in a new tab: whoever reads loses nothing.
    """
    anchors, told = words(), set[str]()

    def link(match: re.Match[str]) -> str:
        anchor = anchors.get((match[1] or "").casefold())
        if anchor is None or anchor in told:
            return match[0]
        told.add(anchor)
        return f"[{match[0]}]({address(base)}#{anchor})"

    return _pattern(spoken()).sub(link, text)
