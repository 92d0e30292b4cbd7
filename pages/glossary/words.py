"""What the glossary says."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from pages.shared.form import FORMS, Link
from pages.shared.glossary.entries import ENTRIES, Entry
from pages.shared.words import say


def whole(base: str) -> str:
    """All entries in Markdown, for a site that stands below this path."""
    return "\n\n".join(line for entry in ENTRIES for line in _lines(entry, base))


def _lines(entry: Entry, base: str) -> Iterator[str]:
    yield f"## {entry.term}"
    seen = say("Seen on {page}", page=FORMS[entry.page].title)
    link = escape(base + Link(entry.page, "").path)
    yield f'{entry.text} <a href="{link}" target="_self">{escape(seen)}</a>'
