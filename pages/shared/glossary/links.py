"""Links from texts to the entries of the glossary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from pages.shared.glossary.entries import ENTRIES

PAGE: Final = "glossary"
# By each word that is linked, in small letters: the anchor of its entry.
WORDS: Final[Mapping[str, str]] = {
    word.casefold(): entry.anchor for entry in ENTRIES for word in entry.forms
}
# What is code, a formula or a link already is left as it is.
APART: Final = r"`[^`]*`|\$[^$]+\$|\[[^\]]*\]\([^)]*\)"


@cache
def _pattern() -> re.Pattern[str]:
    """The longest first: "weight decay" is more than decay."""
    words = sorted(WORDS, key=len, reverse=True)
    return re.compile(rf"{APART}|(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def linked(text: str, base: str) -> str:
    """A text in Markdown with each term a link where it first stands, for a site below this path.

    Streamlit opens such links in a new tab: whoever reads loses nothing.
    """
    told: set[str] = set()

    def link(match: re.Match[str]) -> str:
        anchor = WORDS.get((match[1] or "").casefold())
        if anchor is None or anchor in told:
            return match[0]
        told.add(anchor)
        return f"[{match[0]}]({base}/{PAGE}#{anchor})"

    return _pattern().sub(link, text)
