"""The words of the browser's modules: their texts, and what they are in the language spoken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pages.shared.language import dictionary

# A literal that a module gives to its own `say`.
SPOKEN: Final = re.compile(r'(?<![.\w])say\(\s*("(?:[^"\\]|\\.)*")')


def words_of(script: str) -> Iterator[str]:
    """The texts that a module says."""
    return (json.loads(literal) for literal in SPOKEN.findall(script))


def module(scripts: Iterable[str]) -> str:
    """A module with the words of these, as `browser/words.js` reads it."""
    told = dictionary([text for script in scripts for text in words_of(script)])
    return f"export default {json.dumps(told, ensure_ascii=False, indent=1)};\n"
