"""How numbers and blocks of lines stand in a script."""

from __future__ import annotations

from collections.abc import Sequence

from wd_core.data.standardise import ROUNDING
from wd_core.records import Dataset
from wd_core.seeding import seed_of


def number(value: float) -> str:
    """A number as a script holds it, every digit."""
    return repr(float(value))


def block(title: str, lines: Sequence[str]) -> str:
    """Lines under a comment that names them, with an empty line at the end."""
    return "\n".join([f"# {title}", *lines, ""])


def sizes(n_train: int, n_test: int, n_features: int) -> str:
    """The line that sets the sizes of the data."""
    return f"n_train, n_test, n_features = {int(n_train)}, {int(n_test)}, {int(n_features)}"


def literal(data: Dataset) -> str:
    """A data set itself, every digit of it: a row a line."""
    lines = [sizes(data.n_train, len(data.y_test), data.n_features)]
    for name in ("X_train", "y_train", "X_test", "y_test"):
        rows = [f"    {row!r}," for row in getattr(data, name).tolist()]
        lines += [f"{name} = torch.tensor([", *rows, "])"]
    return block("The data", lines)


def split_lines(seed: int) -> list[str]:
    """The rows `train` and `test` of a table X, as `shuffled` has them."""
    return [
        f"generator = torch.Generator().manual_seed({seed_of(seed, 'split')})",
        "rows = torch.randperm(len(X), generator=generator)",
        "train, test = rows[:n_train], rows[-n_test:]",
    ]


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
