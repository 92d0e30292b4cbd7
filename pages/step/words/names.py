"""Names of weights as sentences, tables and pictures have them."""

from __future__ import annotations

SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def name(index: int, d: int) -> str:
    """A weight by its number from 1, w₇; the last is the bias."""
    return f"w{index + 1}".translate(SUBSCRIPT) if index < d else "b"
