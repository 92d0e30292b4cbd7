"""One stream of random numbers for each purpose, all derived from the seed of a spec."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray

# A purpose's place in this list is part of its seed: append, never reorder.
Purpose = Literal[
    "data",
    "test data",
    "init",
    "batch order",
    "split",
    "noise features",
    "validation",
    "input noise",
]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def seed_of(seed: int, purpose: Purpose) -> int:
    """The number that seeds the generator of a purpose; exported scripts contain it.

    The first word of SeedSequence([seed, place of the purpose]): 32 bits, all that torch's
    generator on the CPU takes in. ValueError for an unknown purpose or a negative seed.
    """
    sequence = np.random.SeedSequence([int(seed), PURPOSES.index(purpose)])
    return int(sequence.generate_state(1)[0])


def generator(seed: int, purpose: Purpose) -> torch.Generator:
    """A fresh generator on the CPU, independent of the other purposes and of the global seed."""
    return torch.Generator("cpu").manual_seed(seed_of(seed, purpose))


def start_draw(seed: int, n_features: int) -> NDArray[np.float64]:
    """The seeded standard normal draw of w and b that every start scales, [D + 1]."""
    return torch.randn(
        n_features + 1, generator=generator(seed, "init"), dtype=torch.float64
    ).numpy()
