"""What the glossary says."""

from __future__ import annotations

from pages.shared.form import FORMS, Link
from pages.shared.glossary.entries import ENTRIES
from pages.shared.words import say


def labels() -> dict[str, str]:
    """What stands over the entries."""
    return {
        "look": say("Look for a word"),
        "found": say("Found: {count}", count="{count}"),
        "nothing": say("No entry has this word."),
    }


def sent(base: str) -> list[dict[str, str]]:
    """All entries, for a site that stands below this path."""
    return [
        {
            "anchor": entry.anchor,
            "term": entry.heading,
            "text": entry.text,
            "seen": say("Seen on {page}", page=FORMS[entry.page].title),
            "link": base + Link(entry.page, "").told,
        }
        for entry in ENTRIES
    ]
