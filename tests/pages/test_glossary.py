"""The glossary: sorted, short, in plain words, and each link to it has an entry."""

from __future__ import annotations

import re

import pytest

from pages.glossary.words import sent
from pages.registry import PAGES
from pages.shared.glossary.entries import ENTRIES, Entry
from pages.shared.glossary.links import PAGE, linked, words
from tests.pages.opening import complaints, opened
from tests.reading import read

WORDS_EACH, SENTENCES = 45, 2
# One of an entry may well be its symbol.
SYMBOLS_EACH = 2
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.anchor)


def test_terms_are_sorted_and_told_apart() -> None:
    terms = [entry.term.casefold() for entry in ENTRIES]
    assert terms == sorted(set(terms))
    assert len({entry.anchor for entry in ENTRIES}) == len(ENTRIES)
    forms = [word.casefold() for entry in ENTRIES for word in entry.forms]
    assert len(forms) == len(set(forms)) == len(words()), "no word has two meanings"


@each
def test_an_entry_is_two_plain_sentences_about_what_a_page_shows(entry: Entry) -> None:
    assert 1 < len(re.findall(r"[.!](?= |$)", entry.text)) <= SENTENCES, entry.text
    assert read(entry.text).words <= WORDS_EACH, entry.text
    assert read(entry.text).symbols <= SYMBOLS_EACH, entry.text
    assert entry.page in {page.path for page in PAGES}


def test_its_page_has_them_all_and_leads_to_theirs() -> None:
    entries = sent("/some/place")
    assert [entry["term"] for entry in entries] == [entry.term for entry in ENTRIES]
    pages = {page.path: page for page in PAGES}
    for told, entry in zip(entries, ENTRIES, strict=True):
        assert told["seen"] == f"Seen on {pages[entry.page].title}"
    assert {told["link"] for told in entries} >= {"/some/place/", "/some/place/train"}


def test_a_term_is_linked_once_and_the_longest_first() -> None:
    assert linked("Weight decay, weight decay and test loss.", "/wd") == (
        "[Weight decay](/wd/glossary#weight-decay), weight decay and "
        "[test loss](/wd/glossary#test-loss)."
    )
    assert linked("**Weight decay**", "") == "**[Weight decay](/glossary#weight-decay)**"


@pytest.mark.parametrize(
    "text", ["`momentum`", "$momentum$", "[momentum](/train)", "momenta", "seeded", "L21"]
)
def test_what_is_no_word_of_a_sentence_is_left_alone(text: str) -> None:
    assert linked(text, "") == text


def test_what_a_link_to_it_gets_wrong_is_said_and_the_terms_stand() -> None:
    page = opened(PAGE, {"colour": "<b>", "lr": "1", "utm_source": "mail"})
    assert [complaint for complaint in complaints(page) if "colour" in complaint]
    assert not [complaint for complaint in complaints(page) if "utm" in complaint]
    assert page.main.children
