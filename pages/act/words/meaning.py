"""What the directions are, and where there are none, in sentences; no Streamlit."""

from __future__ import annotations

from pages.shared.sources import data_source
from pages.shared.words import Said, joined, say, say_n
from wd_core import DatasetSpec
from wd_core.arrays import Array


def nowhere(spec: DatasetSpec, measurable: bool) -> Said:
    """Why there is no picture of directions, and what to do."""
    n, d = data_source(spec).sizes(spec)
    if not measurable:
        return say(
            "Decomposing {n_train} × {n_features} training data would take too long here: choose "
            "fewer examples or dimensions.",
            n_train=n,
            n_features=d,
        )
    if n == 1:
        return say(
            "With a single example the centred training data have no direction along which they "
            "vary: s = 0 everywhere, the only degree of freedom is the intercept’s, and ridge "
            "gives w = 0 for every λ. Choose more training examples."
        )
    return say(
        "With features that are all constant the centred training data have no direction along "
        "which they vary: s = 0 everywhere, the only degree of freedom is the intercept’s, and "
        "ridge gives w = 0 for every λ."
    )


def meaning(s: Array, lr: float, n_features: int) -> str:
    """What the picture is about, and how many directions the data have."""
    nothing = n_features - len(s)
    said = [_vary(len(s), lr * float(s[0]) > 1, 1 / lr)]
    if nothing:
        said.append(
            say_n(
                "In the remaining one, s = 0: there is nothing to fit.",
                "In the remaining {n} directions, s = 0: there is nothing to fit.",
                nothing,
            )
        )
    return joined(said)


def _vary(rank: int, overshoots: bool, upto: float) -> Said:
    if rank == 1:
        return say(
            "The centred training data vary along 1 direction, by a variance s. Least squares fits "
            "it fully; ridge and early stopping keep a share of it."
        )
    if overshoots:
        return say(
            "The centred training data vary along {rank} directions, by a variance s along each. "
            "Least squares fits every one of them fully; ridge keeps a share of it, the larger s "
            "the more, and early stopping does so only up to s = 1/η = {upto}.",
            rank=rank,
            upto=upto,
        )
    return say(
        "The centred training data vary along {rank} directions, by a variance s along each. Least "
        "squares fits every one of them fully; ridge and early stopping keep a share of it, the "
        "larger s the more.",
        rank=rank,
    )
