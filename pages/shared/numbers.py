"""Numbers as pages show them: text that remembers the value it was made from."""

from __future__ import annotations

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Digits(str):
    """The text of a number; `value` is the number itself, in full precision."""

    value: float

    def __new__(cls, text: str, value: float) -> Digits:
        """The text with its minus sign, and the number that it shows."""
        made = super().__new__(cls, text.replace("-", "−"))
        made.value = float(value)
        return made

    def __getnewargs__(self) -> tuple[str, float]:  # type: ignore[override]
        return str(self), self.value


def number_text(value: float) -> str:
    """A number as it stands in a link and beside a slider, exactly: 3, 0.003, 1e-05."""
    return repr(float(value)).removesuffix(".0")


def every_digit(value: float) -> Digits:
    """A setting's value in a sentence, every digit of it: 3, 0.003, −0.5."""
    return Digits(number_text(value), value)


def plain(value: float) -> Digits:
    """A number to three digits, as words hold it: 0.0546, 1280, 3.14×10⁻⁷, −0.5."""
    if value == 0 or 1e-3 <= abs(value) < 99950:
        return Digits(number_text(float(f"{value + 0.0:.3g}")), value)
    digits, power = f"{value:.2e}".split("e")
    return Digits(f"{digits}×10{str(int(power)).translate(_RAISED)}", value)


def exact(value: float) -> Digits:
    """A number to six digits where it needs no power of ten, else to three."""
    if 1e-3 <= abs(value) < 1e5:
        return Digits(f"{value:.6g}", value)
    return plain(value)


def percent(share: float) -> Digits:
    """A share as a percentage to three digits: 5.24 %."""
    return Digits(f"{plain(100 * share)} %", share)
