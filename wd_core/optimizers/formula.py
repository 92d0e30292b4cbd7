"""A number together with the formula that gives it, so that neither is said without the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A number, the formula that gave it as text and in LaTeX, and what its symbols stood for."""

    value: float
    text: str
    latex: str
    symbols: Mapping[str, float]


@dataclass(frozen=True)
class Formula:
    """A formula: text such as 2(1+μ)/h, the same in LaTeX, the symbols in it, and what it gives.

    `symbols` are in the order in which `value` takes them: λ, μ, η, h, B, n, …
    """

    text: str
    latex: str
    symbols: tuple[str, ...]
    value: Callable[..., float]

    def at(self, symbols: Mapping[str, float]) -> Known:
        """The number that it gives for these values; symbols that it lacks are left out."""
        used = {name: float(symbols[name]) for name in self.symbols}
        return Known(float(self.value(*used.values())), self.text, self.latex, used)
