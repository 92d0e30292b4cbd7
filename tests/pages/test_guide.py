"""What explains a page: the cards of its guide speak of what is there, its terms are linked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pages.dimension import payload as dimension
from pages.map import payload as maps
from pages.registry import PICTURED, Page
from pages.shared.form import FORMS
from pages.shared.glossary.entries import ENTRIES
from pages.shared.glossary.links import linked
from pages.which import payload as which
from tests.pages.opening import opened, payloads
from tests.pages.opening import told as told_whole
from tests.reading import read, whole

BLOCK, SYMBOLS = 60, 8.0
# Less than the pages show at first, and soon whole: a card may speak of what comes at the end.
LITTLE = {
    "map": "per_decade=1&seeds=1",
    "which": "draws=5&seeds=2",
    "dimension": "n_train=20&draws=10",
    "book": "seeds=20",
}
STREAMS: Mapping[str, Any] = {
    "map": lambda asked: maps.stream(asked.settings, asked.shown),
    "which": which.stream,
    "dimension": dimension.stream,
}
each = pytest.mark.parametrize("page", PICTURED, ids=lambda page: page.path)


@each
def test_a_guide_is_short_and_in_words(page: Page) -> None:
    assert 3 <= len(page.cards) <= 6
    texts = [text for card in page.cards for text in (card.text, card.after) if text]
    for card in page.cards:
        assert read(card.text).words + read(card.after or "").words <= BLOCK, card.text
        assert bool(card.after) <= bool(card.controls), "what does it answer?"
    assert any(card.after for card in page.cards), "no card follows what the reader does"
    found = whole(texts)
    assert 100 * found.symbols <= SYMBOLS * found.words, found


@each
def test_a_guide_speaks_of_what_is_on_the_page_and_words_are_explained(page: Page) -> None:
    query = LITTLE.get(page.path, "")
    if page.path in STREAMS:
        told_whole(STREAMS[page.path](FORMS[page.path].read(parse_qsl(query))[0]))
    view = opened(page.path, dict(parse_qsl(query)))
    sent = payloads(view)
    traces = [trace for payload in sent for trace in payload["figure"]["data"]]
    keys = {str(node.key) for node in view.main if getattr(node, "key", None)}
    keys |= {page.form.slot(slider["key"]) for one in sent for slider in one.get("sliders", ())}
    parts = {
        "words": any(one.get("sentence") or one.get("sentences") for one in sent),
        "tiles": any(one.get("tiles") for one in sent),
        "play": any("epoch" in one["series"] for one in sent),
        "table": bool(view.table or view.dataframe),
    }
    shown = [trace for trace in traces if trace.get("visible") is not False]
    told = [c for c in page.cards if all(any(is_one(t, one) for t in shown) for one in c.curves)]
    assert len(told) >= 3, "of what is there as the page opens"
    for card in page.cards:
        assert card.curves or card.controls or card.parts, card.text
        for curve in card.curves:
            assert any(is_one(trace, curve) for trace in traces), f"{curve}: {card.text}"
        for control in card.controls:
            assert page.form.slot(control) in keys, f"{control}: {card.text}"
        for part in card.parts:
            assert parts[part], f"{part}: {card.text}"

    blocks = [str(node.value) for node in view.markdown]
    for payload in sent:  # as the browser does it
        texts = (payload.get("sentence") or "", *(payload.get("sentences") or ()))
        blocks += [linked(str(text), "") for text in texts]
    anchors = set(re.findall(r"/glossary#([\w-]+)", " ".join(blocks)))
    assert anchors, "no word is explained"
    assert anchors <= {entry.anchor for entry in ENTRIES}


def is_one(trace: Mapping[str, Any], curve: str) -> bool:
    """As the browser finds it: by series, moves, group, axis, or how its name begins."""
    meta = trace.get("meta") or {}
    found = (meta.get("series"), meta.get("moves"), trace.get("legendgroup"), trace.get("xaxis"))
    return curve in found or str(trace.get("name") or "").startswith(curve)
