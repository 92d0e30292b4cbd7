"""How numbers and blocks of lines stand in a script."""

from __future__ import annotations

from collections.abc import Sequence

from wd_core.data.standardise import ROUNDING


def number(value: float) -> str:
    """A number as a script holds it, every digit."""
    return repr(float(value))


def block(title: str, lines: Sequence[str]) -> str:
    """Lines under a comment that names them, with an empty line at the end."""
    return "\n".join([f"# {title}", *lines, ""])


def sizes(n_train: int, n_test: int, n_features: int) -> str:
    """The line that sets the sizes of the data."""
    return f"n_train, n_test, n_features = {int(n_train)}, {int(n_test)}, {int(n_features)}"


def standardised_lines(all_vary: bool) -> list[str]:
    """A function `standardised` by the rows `train`; unless `all_vary`, constant columns are 0."""
    lines = ["def standardised(values):", "    part = values[train]"]
    if all_vary:
        return [*lines, "    return (values - part.mean(dim=0)) / part.std(dim=0, correction=0)"]
    return [
        *lines,
        "    spread = part.amax(dim=0) - part.amin(dim=0)",
        f"    constant = spread <= {ROUNDING!r} * part.abs().amax(dim=0)",
        "    scale = torch.where(constant, 1.0, part.std(dim=0, correction=0))",
        "    result = (values - part.mean(dim=0)) / scale",
        "    result[train] *= ~constant",
        "    return result",
    ]
