"""What every wrong input is told: its name, the rule, and the value received."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

# A value is shown with so many signs.
LONGEST = 200


class Phrase(str):
    """A rule or a sentence with values in it: `text` has a place {name} for each of them."""

    text: str
    values: dict[str, str]

    def __new__(cls, text: str, /, **values: object) -> Phrase:
        """The rule with its places filled."""
        told = {name: str(value) for name, value in values.items()}
        made = super().__new__(cls, text.format_map(told))
        made.text, made.values = text, told
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        """What a pickle makes it of."""
        return (self.text,), self.values


class WrongValueError(ValueError):
    """A wrong input: its name, the rule, and the value received."""

    def __init__(self, name: str, rule: str, value: object) -> None:
        super().__init__(name, rule, value)
        self.name, self.rule, self.value = name, rule, value

    def __str__(self) -> str:
        return f"{self.name} must be {self.rule}, got {shown(self.value)}"

    def __reduce__(self) -> tuple[type[WrongValueError], tuple[str, str, object]]:
        """What a pickle takes along: the value as it is shown, for not every one can be sent."""
        return type(self), (self.name, self.rule, _Shown(shown(self.value)))


class _Shown(str):
    """What is left of a value: how it is shown."""

    def __repr__(self) -> str:
        return str(self)


def shown(value: object) -> str:
    """A value in a sentence; its kind where it does not say what it is."""
    try:
        text = repr(value)
    except Exception:  # whatever an object does when it is asked, a number of 5,000 digits too
        return f"some {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def require(ok: bool, name: str, rule: str, value: object) -> None:
    """Raise the ValueError every wrong input gets: its name, the rule, and the value received."""
    if not ok:
        raise WrongValueError(name, rule, value.item() if isinstance(value, np.generic) else value)


def require_whole(name: str, value: object, least: int) -> None:
    """Raise the ValueError of `require` unless the value is a whole number from `least` on."""
    if type(value) is int and value >= least:
        return
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least
    require(bool(fits), name, Phrase("a whole number >= {least}", least=least), value)


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
    fits = math.isfinite(number) and ok(number)
    require(
        fits,
        name,
        Phrase("a finite number {rule}", rule=rule) if rule else "a finite number",
        value,
    )


def require_non_negative(name: str, value: object) -> None:
    """The same for a finite number >= 0."""
    require_number(name, value, ">= 0", lambda x: x >= 0)


def require_positive(name: str, value: object) -> None:
    """The same for a finite number > 0."""
    require_number(name, value, "> 0", lambda x: x > 0)


def require_share(name: str, value: object) -> None:
    """The same for a number from 0 to below 1."""
    require_number(name, value, "in [0, 1)", lambda x: 0 <= x < 1)


def require_part(name: str, value: object) -> None:
    """The same for a number between 0 and 1, and neither of them."""
    real = isinstance(value, int | float | np.integer | np.floating)
    require(bool(real and 0 < value < 1), name, "between 0 and 1", value)  # type: ignore[operator]


def require_one_of(name: str, value: object, choices: Sequence[str]) -> None:
    """The same for a name: it must be one of these."""
    if not isinstance(value, str) or value not in choices:  # an array answers `in` for each entry
        require(False, name, Phrase("one of {choices}", choices=", ".join(choices)), value)


class FaultsError(ValueError):
    """All that is wrong with an input at once: `faults`, a sentence each."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(self.faults)


def refuse_if_any(faults: Sequence[str]) -> None:
    """Raise the ValueError that lists these, if there are any."""
    if faults:
        raise FaultsError(*faults)
