"""What a visitor has to read on a page as it opens: its blocks of running text, and how dense.

Running text is what stands in paragraphs, lists, captions, boxes and the sentence of a chart, in
the labels of folders and of links; tables, tiles, controls, buttons, headings, code and set
formulas are not. A symbol is a word with a digit or a sign of mathematics in it, or a single letter
other than a and I.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streamlit.testing.v1 import AppTest

from tests.pages.opening import payloads
from tests.unlinked import unlinked

SYMBOL = re.compile(r"[0-9ληθσμβγτκρε‖√∂∇Σ∞=<>≤≥±×²⁻₀₁₂]|w̃|w\*")
AROUND = ".,;:()“”\"'?!"
# What is no running text in Markdown, the marks of HTML among it, and its signs.
APART = re.compile(r"`[^`]*`|(?<!\\)\$[^$]+\$|</?[a-z][^>]*>")
SIGNS = re.compile(r"\*\*|^- |\\(?=\W)|\u2060", re.MULTILINE)


@dataclass(frozen=True)
class Read:
    """So many words, and so many of them symbols."""

    words: int
    symbols: int


def read(text: str) -> Read:
    """The words and symbols of a text."""
    bare = SIGNS.sub("", APART.sub(" ", text))
    words = [word for part in bare.split() if (word := part.strip(AROUND))]
    return Read(len(words), sum(map(_is_symbol, words)))


def _is_symbol(word: str) -> bool:
    letter = len(word) == 1 and word.isascii() and word.isalpha() and word not in "aIA"
    return letter or bool(SYMBOL.search(word))


def in_view(page: AppTest) -> list[str]:
    """The blocks of running text in view; a chart with sliders has that of where they stand."""
    charts = [
        str(payload["sentences"][int(payload.get("position") or 0)])
        if payload.get("sentences")
        else str(payload.get("sentence") or "")
        for payload in payloads(page)
    ]
    return [text for text in (*_around(page), *charts) if text]


def stops(page: AppTest) -> list[str]:
    """The sentences of charts wherever their sliders may stand."""
    return [str(text) for payload in payloads(page) for text in payload.get("sentences") or ()]


def _around(page: AppTest) -> Iterator[str]:
    boxes = (page.markdown, page.caption, page.info, page.warning, page.error)
    yield from (unlinked(str(node.value)) for nodes in boxes for node in nodes)
    yield from (node.label for node in page.expander)
    yield from (link.proto.label for link in page.get("link_button"))


def whole(texts: Sequence[str]) -> Read:
    """All of them together."""
    parts = [read(text) for text in texts]
    return Read(sum(part.words for part in parts), sum(part.symbols for part in parts))
