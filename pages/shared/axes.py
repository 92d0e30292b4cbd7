"""Axes of Plotly figures, in plain JSON: logarithmic ones, of epochs, and linear ones in log₁₀.

The last can give 0 a place of its own, and the browser can move points on them without
asking Plotly to lay everything out again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pages.shared.plotting import Plain
from pages.shared.words import tell

# So few epochs are ticked one by one: there is no half epoch.
FEW_EPOCHS = 8
MARGIN = 0.05  # of the logarithmic range, above and below the data
# Powers of ten in this range are written out.
WRITTEN_OUT = range(-3, 4)

LOG: Final = {"type": "log", "exponentformat": "power", "zeroline": False}


def title(text: str) -> Plain:
    """The title of an axis, close to its numbers; those of small panels are of one size."""
    return {"text": text, "standoff": 4, "font": {"size": 13}}


def border(**given: Any) -> Plain:
    """An axis that is drawn along both sides of its panel."""
    return {"showline": True, "mirror": True, "linewidth": 1, "zeroline": False, **given}


def epochs_axis(last: int, *, named: bool = True, **given: Any) -> Plain:
    """The axis of epochs up to the last; `named`: with numbers and a title."""
    whole = {"dtick": 1} if last <= FEW_EPOCHS else {}
    words = {"title": {"text": tell("epoch")}} if named else {"showticklabels": False}
    return {
        "range": [0, last],
        "zeroline": False,
        "exponentformat": "none",
        "unifiedhovertitle": {"text": tell("epoch %{{x}}")},
        **whole,
        **words,
        **given,
    }


# ---------------------------------------------------------------- logarithmic


def log_axis(values: Iterable[float | None], deepest: float = math.inf) -> Plain:
    """Range and ticks of a logarithmic axis that holds all positive numbers; {} without any.

    Numbers more than `deepest` decades below the largest lie below it.
    """
    drawn = [x for x in values if x is not None and x > 0]
    if not drawn:
        return {}
    high = math.log10(max(drawn))
    low = max(math.log10(min(drawn)), high - deepest)
    room = max(MARGIN * (high - low), 0.1)
    return {"range": [low - room, high + room]} | log_ticks(low - room, high + room)


def log_ticks(low: float, high: float, few: float = 2.5) -> Plain:
    """Even steps within a decade, 1, 2 and 5 over a few, whole decades or every few over many."""
    if high - low < 0.8:
        step = f"{(10**high - 10**low) / 4:.0e}"
        return {"dtick": f"L{float(step):g}", "tickformat": "~g"}
    if high - low < few:
        return {"dtick": "D2", "tickformat": "~g"}
    return {"dtick": float(-(-(high - low) // 7))}


# ---------------------------------------------------------------- linear in log₁₀

Tick = tuple[float, str]


def log_places(low: float, high: float, digits: Sequence[int] = (1,), every: int = 1) -> list[Tick]:
    """Where these digits times powers of ten stand from `low` to `high` in log₁₀, with their texts.

    every: only each so many-th power.
    """
    powers = [k for k in range(math.floor(low), math.ceil(high) + 1) if k % every == 0]
    placed = [(math.log10(digit) + k, number(digit, k)) for k in powers for digit in digits]
    return [tick for tick in placed if low - 1e-9 <= tick[0] <= high + 1e-9]


def ticked(ticks: Iterable[Tick]) -> Plain:
    """What puts these ticks, and no others, on an axis."""
    ticks = list(ticks)
    return {"tickvals": [at for at, _ in ticks], "ticktext": [text for _, text in ticks]}


def number(digit: int, power: int) -> str:
    """A digit times a power of ten, as it stands at a tick."""
    if power in WRITTEN_OUT:
        return f"{digit * 10.0**power:g}"
    return power_of_ten(power) if digit == 1 else f"{digit}·{power_of_ten(power)}"


def power_of_ten(power: int) -> str:
    """10 with its exponent raised."""
    return f"10<sup>{power}</sup>".replace("-", "−")
