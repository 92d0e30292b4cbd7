"""Numbers in LaTeX, and formulas with their numbers put in."""

from __future__ import annotations

import re

from wd_core.optimizers import Known

# Digits of a setting or a gradient in a formula: enough to follow the sum.
EXACT = 6
# How formulas write the symbols that are no letters of LaTeX.
GREEK = {"λ": r"\lambda", "μ": r"\mu", "η": r"\eta"}


def tex(value: float, digits: int = 3) -> str:
    """A number to so many digits, with a power of ten where it needs one."""
    text, _, power = f"{value + 0.0:.{digits}g}".partition("e")
    return rf"{text}\cdot 10^{{{int(power)}}}" if power else text


def bracketed(text: str) -> str:
    """The number in brackets where it begins with a minus sign."""
    return f"({text})" if text.startswith("-") else text


def filled(known: Known) -> str:
    """The formula of a number with the values of its symbols in their places, in LaTeX."""
    text = known.latex
    for name, value in known.symbols.items():
        symbol = re.escape(GREEK.get(name, name))
        number = tex(value, EXACT).replace("\\", r"\\")
        alone = rf"(?<![a-zA-Z\\]){symbol}(?![a-zA-Z])"
        # beside a number or a bracket the sign of multiplication cannot be left out
        text = re.sub(rf"(?<=[\d)])(?:\\,)?{alone}", rf"\\cdot {number}", text)
        text = re.sub(alone, number, text)
    return text
