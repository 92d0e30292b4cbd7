"""A number as people type it, in the signs of their language and of their keyboard."""

from __future__ import annotations

import re
from typing import Final

# As pages write numbers, and as keyboards do.
PLAIN: Final = str.maketrans("−×⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-x-0123456789", " \u00a0\u2009\u202f")
# 1,250 is one number to some and another to others.
GROUPED: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}(?![\dex*])", re.ASCII)
POWER: Final = re.compile(r"[*x]10\^?")


def plain(text: str) -> str:
    """The same in the signs of a keyboard, without blanks."""
    return text.translate(PLAIN).lower()


def is_grouped(bare: str) -> bool:
    """Whether a comma may stand for thousands."""
    return GROUPED.match(bare) is not None


def as_python(bare: str) -> str:
    """The same as Python reads it: 0,05 is 0.05, and 3x10-4 is 3e-4."""
    return POWER.sub("e", bare).replace(",", ".")
