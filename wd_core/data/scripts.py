"""How numbers and blocks of lines stand in a script."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: float) -> str:
    """A number as a script holds it, every digit."""
    return repr(float(value))


def block(title: str, lines: Sequence[str]) -> str:
    """Lines under a comment that names them, with an empty line at the end."""
    return "\n".join([f"# {title}", *lines, ""])


def sizes(n_train: int, n_test: int, n_features: int) -> str:
    """The line that sets the sizes of the data."""
    return f"n_train, n_test, n_features = {int(n_train)}, {int(n_test)}, {int(n_features)}"
