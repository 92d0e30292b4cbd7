"""What stands open on a page is short and in words: as it opens, for its presets, and diverged.

A block has at most 60 words, a page 150, and at most 8 of 100 are symbols or numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from pages.book import payload as book
from pages.codes import payload as codes
from pages.codes.answer import Question
from pages.dimension import payload as dimension
from pages.dimension.presets import PRESETS as OF_DIMENSION
from pages.map import payload as maps
from pages.map.presets import PRESETS as OF_MAP
from pages.prior.presets import PRESETS as OF_PRIOR
from pages.registry import PAGES as REGISTERED
from pages.remedies import payload as remedies
from pages.remedies.presets import PRESETS as OF_REMEDIES
from pages.shared.form import FORMS
from pages.shared.presets import PRESETS as OF_TRAIN
from pages.shared.presets import Preset
from pages.train.payload import picture as train
from pages.which import payload as which
from pages.which.presets import PRESETS as OF_WHICH
from pages.zeros.presets import PRESETS as OF_ZEROS
from tests.pages.opening import PAGES, TIMEOUT_SECONDS, told
from tests.reading import in_view, read, stops, whole

BLOCK, PAGE, SYMBOLS = 60, 150, 8.0
# Pages that are not there yet, by what they have now: (words a block, a page, symbols per 100).
# These numbers may only fall.
CEILINGS: Mapping[str, tuple[int, int, float]] = {}
# Of every page that has a learning rate.
DIVERGED = {
    **dict.fromkeys(("train", "step", "act", "codes", "which"), "lr=1"),
    "geometry": "descent=on&lr=3",
}
# What a page works out while it is looked at, to its end.
STREAMS: Mapping[str, Callable[[Any], Any]] = {
    "train": lambda asked: train.stream(asked.settings),
    "map": lambda asked: maps.stream(asked.settings, asked.shown),
    "codes": lambda asked: codes.stream(Question(asked.settings, asked.shown)),
    "which": which.stream,
    "dimension": dimension.stream,
    "book": book.stream,
    "remedies": remedies.stream,
}


def cases() -> list[Any]:
    """Every page as it opens, every preset, every divergence: the page's folder and the query."""
    presets: tuple[Preset, ...] = (
        *OF_TRAIN,
        *OF_MAP,
        *OF_WHICH,
        *OF_DIMENSION,
        *OF_REMEDIES,
        *OF_ZEROS,
        *OF_PRIOR,
    )
    found = [pytest.param(page.path, "", id=page.path) for page in REGISTERED]
    found += [
        pytest.param(preset.page, preset.link.query, id=f"{preset.page}, {preset.name}")
        for preset in presets
    ]
    found += [pytest.param(page, query, id=f"{page}, diverged") for page, query in DIVERGED.items()]
    return found


def opened(view: str, query: str) -> AppTest:
    """The page with its folders as they are at first, once all that it works out has come."""
    if view in STREAMS:
        asked, complaints = FORMS[view].read(parse_qsl(query))
        assert not complaints
        told(STREAMS[view](asked))
    page = AppTest.from_file(str(PAGES / view / "view.py"), default_timeout=TIMEOUT_SECONDS)
    for key, text in parse_qsl(query):
        page.query_params[key] = text
    page.run()
    assert not page.exception, page.exception[0].value
    return page


@pytest.mark.parametrize(("view", "query"), cases())
def test_a_page_says_little_and_in_words(view: str, query: str) -> None:
    page = opened(view, query)
    blocks = in_view(page)
    block, most, dense = CEILINGS.get(view, (BLOCK, PAGE, SYMBOLS))
    longest = max(read(text).words for text in (*blocks, *stops(page)))
    found = whole(blocks)
    share = 100 * found.symbols / found.words
    shown = "\n".join(f"{read(text)}: {text}" for text in blocks)
    assert longest <= block, shown
    assert found.words <= most, shown
    assert share <= dense, f"{share:.1f} of {found.words}\n{shown}"


@pytest.mark.parametrize(
    ("text", "words", "symbols"),
    [
        ("Weight decay helped: the test loss ends at 0.05.", 9, 1),
        ("η = 0.003 is **5.24 %** of it.", 8, 4),
        ("A step takes b from w; I do not.", 9, 2),
        ("- one\n- two `code`, $x^2$ three", 3, 0),
        ("‖w‖ and w* grow (×2)", 5, 3),
    ],
)
def test_words_and_symbols_are_counted(text: str, words: int, symbols: int) -> None:
    assert (read(text).words, read(text).symbols) == (words, symbols)
