"""A page opened at an address, all that it says, and how its numbers are held.

A page's test of the matrix is a table of what each named number must be, and one test::

    from tests.matrix.driver import hold, visit
    from tests.matrix.recompute import SETTINGS, recomputed

    ORACLES = SETTINGS | {
        # the name of a value in the page's sentences: what it must be
        "test": lambda found, said: found.test,
        # of a name that means something else in one sentence: words of its text, and the name
        ("predicting the mean", "test"): lambda found, said: found.constant_test,
    }

    def test_every_number_is_recomputed(case):
        seen = visit("train", case.query())
        hold(seen, ORACLES, recomputed(case))

`case` is filled in from the matrix (cases.py). An oracle is given what was recomputed and the
sentence, whose `values` hold the other numbers in it, and returns the number, or a pytest.approx of
it where it needs a tolerance of its own. A number that no oracle recomputes is a failure: `unread`.
`visit` opens the page with nothing remembered, so that every sentence is made anew and recorded,
and runs every check of checks.py; the tests of one case follow each other and may share a visit
(test_train.py shows how). What a page says only later, in a stream or an export, is recorded by
`recording()` around the call that makes it. Comparisons: comparisons.py. A value that is a formula,
such as "2(1 + μ)/h", is worked out by `formulas.evaluate(text, μ=..., h=...)`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from unittest.mock import patch

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.shared import words, work
from pages.shared.numbers import Digits
from pages.shared.words import Forms, Said
from tests.matrix.checks import CHECKS, Check
from tests.pages.opening import payloads, unopened
from tests.unlinked import unlinked

# Both sides are worked out in float64, a few thousand steps apart at most.
RELATIVE, ABSOLUTE = 1e-7, 1e-12
# Its files are packed once a process, and no sentence is among them.
KEPT = ("pages.shared.assets",)

Oracle = Callable[[Any, Said], Any]
Oracles = Mapping[str | tuple[str, str], Oracle]


class Heard(Said):
    """A sentence that is kept when it is made."""

    lists: ClassVar[list[list[Said]]] = []

    def __new__(cls, text: str, values: Mapping[str, Any], *forms: Forms) -> Heard:
        """The sentence, which everybody who records has now heard."""
        made = super().__new__(cls, text, values, *forms)
        for heard in cls.lists:
            heard.append(made)
        return made  # type: ignore[return-value]


@contextmanager
def recording() -> Iterator[list[Said]]:
    """Every sentence that is made in this block, in its order."""
    heard: list[Said] = []
    Heard.lists.append(heard)
    try:
        with patch.object(words, "Said", Heard):
            yield heard
    finally:
        Heard.lists[:] = [other for other in Heard.lists if other is not heard]


def forget() -> None:
    """Empty what pages remember, so that what they say next is made anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith("pages.") and name not in KEPT:
            for thing in list(vars(module).values()):
                if callable(getattr(thing, "cache_clear", None)):
                    thing.cache_clear()
    work.STORE.clear()


@dataclass
class Visit:
    """A page as it opened: what it said, what it showed, and what can be taken away from it."""

    view: str
    query: Mapping[str, str]
    page: AppTest
    said: Sequence[Said]
    payloads: list[dict[str, Any]]
    files: dict[str, Any] = field(default_factory=dict)

    @property
    def tables(self) -> list[Any]:
        """Every table as a data frame, in the page's order, `st.table` first."""
        return [node.value for node in (*self.page.table, *self.page.dataframe)]

    @property
    def latex(self) -> list[str]:
        """Every formula, without the dollars around it."""
        return [str(node.value).strip().strip("$").strip() for node in self.page.latex]

    @property
    def captions(self) -> list[str]:
        """The small print."""
        return [str(node.value) for node in self.page.caption]

    @property
    def markdown(self) -> list[str]:
        """The running text."""
        return [unlinked(str(node.value)) for node in self.page.markdown]

    @property
    def complaints(self) -> list[str]:
        """Errors, warnings and notes in a box."""
        return [
            str(node.value)
            for nodes in (self.page.error, self.page.warning, self.page.info)
            for node in nodes
        ]

    @property
    def sentences(self) -> list[str]:
        """The sentences of the charts, of every picture that a slider reaches."""
        return [
            str(sentence) for payload in self.payloads for sentence in findings(payload) if sentence
        ]

    @property
    def tiles(self) -> list[Mapping[str, Any]]:
        """The tiles of the charts."""
        return [tile for payload in self.payloads for tile in payload.get("tiles") or ()]

    def traces(self) -> list[Mapping[str, Any]]:
        """Every trace of every chart."""
        return [
            trace
            for payload in self.payloads
            for trace in (payload.get("figure") or {}).get("data", ())
        ]

    def shown(self) -> list[tuple[str, str]]:
        """Every text that a person can read on the page, with the place where it stands."""
        texts = [("markdown", text) for text in self.markdown]
        texts += [("caption", text) for text in self.captions]
        texts += [("box", text) for text in self.complaints]
        texts += [("sentence", text) for text in self.sentences]
        for tile in self.tiles:
            texts += [("tile", str(tile.get(key) or "")) for key in ("label", "help")]
        for table in self.tables:
            texts += [("table", str(name)) for name in table.columns]
            cells = [cell for column in table.columns for cell in table[column]]
            texts += [("table", cell) for cell in cells if isinstance(cell, str)]
        for trace in self.traces():
            texts += [("legend", str(trace.get("name") or ""))]
            texts += [("hover", str(trace.get("hovertemplate") or ""))]
        for payload in self.payloads:
            texts += _lettering((payload.get("figure") or {}).get("layout", {}))
        return [(place, text) for place, text in texts if text]

    def saying(self, words: str) -> list[Said]:
        """The sentences whose text holds these words."""
        return [said for said in self.said if words in said.text]

    def numbers(self, name: str) -> list[float]:
        """The numbers of this name, in every sentence that has one, in full precision."""
        return [
            number(said.values[name])
            for said in self.said
            if name in said.values and is_number(said.values[name])
        ]

    def file(self, label: str) -> str:
        """What the download of this label holds."""
        data = self.files[label]
        made = data() if callable(data) else data
        return made.decode() if isinstance(made, bytes) else str(made)


def findings(payload: Mapping[str, Any]) -> list[str]:
    """What is said of a picture, and of every one that a slider reaches."""
    named = (str(payload.get(name) or "") for name in ("finding", "sentence"))
    return [*filter(None, named), *(payload.get("sentences") or ())]


def _lettering(layout: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Titles, notes and the text alternative of a figure."""
    texts = [("note", str(note.get("text") or "")) for note in layout.get("annotations", ())]
    for name, part in layout.items():
        if isinstance(part, Mapping) and "axis" in name:
            texts.append(("axis", str((part.get("title") or {}).get("text") or "")))
            texts += [("tick", str(text)) for text in part.get("ticktext") or ()]
    texts.append(("alt", str((layout.get("meta") or {}).get("alt") or "")))
    return texts


def visit(
    view: str, query: Mapping[str, str] | None = None, checks: Sequence[Check] = CHECKS
) -> Visit:
    """The page of this view at this address, with nothing remembered; every check holds of it."""
    forget()
    page, files = unopened(view), {}
    for key, text in (query or {}).items():
        page.query_params[key] = text
    button = st.download_button

    def kept(label: str, data: Any, *args: Any, **named: Any) -> Any:
        files[label] = data
        return button(label, data, *args, **named)

    with recording() as said, patch.object(st, "download_button", kept):
        page.run()
    assert not page.exception, page.exception[0].value
    seen = Visit(view, dict(query or {}), page, said, payloads(page), files)
    faults = faults_of(seen, checks)
    assert not faults, f"{view} at {query}:\n" + "\n".join(faults)
    return seen


def faults_of(seen: Visit, checks: Sequence[Check] = CHECKS) -> list[str]:
    """What these checks find on a page."""
    return [f"{check.__name__}: {fault}" for check in checks for fault in check(seen)]


def is_number(value: object) -> bool:
    """Whether a value of a sentence is a number rather than a word."""
    return isinstance(value, Digits | int | float)


def number(value: Any) -> float:
    """The number that such a value shows, in full precision."""
    return float(value.value if isinstance(value, Digits) else value)


def oracle_of(said: Said, name: str, oracles: Oracles) -> Oracle | None:
    """The oracle of a sentence's number: one for these words, or that of its name."""
    for key, oracle in oracles.items():
        if isinstance(key, tuple) and key[1] == name and key[0] in said.text:
            return oracle
    return oracles.get(name)


def unread(said: Sequence[Said], oracles: Oracles) -> list[str]:
    """The numbers of these sentences that no oracle recomputes, each with its sentence's text."""
    return sorted(
        {
            f"{name} in {sentence.text!r}"
            for sentence in said
            for name, value in sentence.values.items()
            if is_number(value) and oracle_of(sentence, name, oracles) is None
        }
    )


def differences(said: Sequence[Said], oracles: Oracles, found: Any) -> list[str]:
    """The numbers of these sentences that are not what their oracles say."""
    wrong = []
    for sentence in said:
        for name, value in sentence.values.items():
            oracle = oracle_of(sentence, name, oracles) if is_number(value) else None
            if oracle is None:
                continue
            expected = oracle(found, sentence)
            if isinstance(expected, int | float):
                expected = pytest.approx(expected, rel=RELATIVE, abs=ABSOLUTE, nan_ok=True)
            if number(value) != expected:
                wrong.append(f"{name} = {number(value):.9g}, not {expected}, in: {sentence}")
    return wrong


def hold(seen: Visit | Sequence[Said], oracles: Oracles, found: Any) -> None:
    """Every number in the sentences is recomputed by an oracle, and is what it says."""
    said = seen.said if isinstance(seen, Visit) else seen
    missing = unread(said, oracles)
    assert not missing, "no oracle recomputes\n" + "\n".join(missing)
    wrong = differences(said, oracles, found)
    assert not wrong, "\n".join(wrong)
