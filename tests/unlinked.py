"""A text as it is read: without its links to the glossary."""

import re

LINK = re.compile(r"\[([^\]]*)\]\([^)]*/glossary#[\w-]+\)")


def unlinked(text: str) -> str:
    """The text with the words of such links in their place."""
    return LINK.sub(r"\1", text)
