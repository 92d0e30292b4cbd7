"""What every wrong input is told: its name, the rule, and the value received."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np


def require(ok: bool, name: str, rule: str, value: object) -> None:
    """Raise the ValueError every wrong input gets: its name, the rule, and the value received."""
    if not ok:
        value = value.item() if isinstance(value, np.generic) else value
        raise ValueError(f"{name} must be {rule}, got {value!r}")


def require_whole(name: str, value: object, least: int) -> None:
    """Raise the ValueError of `require` unless the value is a whole number from `least` on."""
    if type(value) is int and value >= least:
        return
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least
    require(bool(fits), name, f"a whole number >= {least}", value)


def require_number(
    name: str, value: object, rule: str = "", ok: Callable[[float], bool] = lambda _: True
) -> None:
    """The same for a finite number, and one that is `ok` where a rule says more."""
    if type(value) is float and math.isfinite(value) and ok(value):
        return  # what a sweep is made of, thousands of times: nothing else is asked
    number = math.nan
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        with suppress(OverflowError):  # a whole number may be too large for a float
            number = float(value)
    require(math.isfinite(number) and ok(number), name, f"a finite number {rule}".rstrip(), value)


def require_non_negative(name: str, value: object) -> None:
    """The same for a finite number >= 0."""
    require_number(name, value, ">= 0", lambda x: x >= 0)


def require_positive(name: str, value: object) -> None:
    """The same for a finite number > 0."""
    require_number(name, value, "> 0", lambda x: x > 0)


def require_share(name: str, value: object) -> None:
    """The same for a number from 0 to below 1."""
    require_number(name, value, "in [0, 1)", lambda x: 0 <= x < 1)


def require_one_of(name: str, value: object, choices: Sequence[str]) -> None:
    """The same for a name: it must be one of these."""
    if not isinstance(value, str) or value not in choices:  # an array answers `in` for each entry
        require(False, name, f"one of {', '.join(choices)}", value)
