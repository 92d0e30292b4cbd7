"""What was understood of a table, a fact each."""

from __future__ import annotations

from typing import Any, Literal

from wd_core.checks import Phrase

# What a fact is about. Of the first five each can be given to `read_table` instead.
About = Literal[
    "encoding",
    "separator",
    "decimal",
    "header",
    "missing",
    "size",
    "rows",
    "columns",
    "names",
    "thousands",
    "text",
    "roles",
    "holes",
    "target",
]


class Note(Phrase):
    """A sentence that tells a fact; `about` says what of, `text` and `values` make it."""

    about: About

    def __new__(cls, about: About, said: Phrase) -> Note:
        """The sentence as a fact about this."""
        made = str.__new__(cls, said)
        made.about, made.text, made.values = about, said.text, said.values
        return made

    def __getnewargs_ex__(self) -> tuple[Any, dict[str, str]]:
        """What a pickle makes it of."""
        return (self.about, Phrase(self.text, **self.values)), {}
