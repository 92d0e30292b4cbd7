"""Numbers, weights and sets of examples as sentences and tables hold them."""

from __future__ import annotations

from pages.shared import numbers

SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def plain(value: float) -> str:
    """A number to three digits, with a minus sign."""
    return numbers.plain(value)


def exact(value: float) -> str:
    """A number to six digits where it needs no power of ten, else to three."""
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.6g}".replace("-", "−")
    return plain(value)


def percent(share: float) -> str:
    """A share as a percentage."""
    return f"{plain(100 * share)} %"


def whole(n: int) -> str:
    """The whole training set."""
    return f"all {n} examples" if n > 1 else "the one example"


def name(index: int, d: int) -> str:
    """A weight by its number from 1, w₇; the last is the bias."""
    return f"w{index + 1}".translate(SUBSCRIPT) if index < d else "b"
