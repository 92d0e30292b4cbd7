"""Numbers in LaTeX."""

from __future__ import annotations

# Digits of a setting or a gradient in a formula: enough to follow the sum.
EXACT = 6


def tex(value: float, digits: int = 3) -> str:
    """A number to so many digits, with a power of ten where it needs one."""
    text, _, power = f"{value + 0.0:.{digits}g}".partition("e")
    return rf"{text}\cdot 10^{{{int(power)}}}" if power else text


def bracketed(text: str) -> str:
    """The number in brackets where it begins with a minus sign."""
    return f"({text})" if text.startswith("-") else text
