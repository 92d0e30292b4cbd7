"""Where a run goes, how large η may be, and which other run takes the same steps: the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wd_core.optimizers import Hyperparameters, Known


@dataclass(frozen=True)
class End:
    """Where a run goes as η → 0, and exactly on whole batches.

    ridge: to the exact ridge solution of `weight_decay`; for 0 a least squares solution (with more
    weights than examples the start decides which). box: to the least loss with every |w_j| at most
    `bound`. lasso: to the solution that `l1_path` gives for λ = `l1` at the run's l1_ratio.
    Where it is neither ridge nor box, `why` says so in a sentence.
    """

    kind: Literal["ridge", "box", "lasso", "unknown"]
    weight_decay: Known | None = None
    bound: Known | None = None
    l1: Known | None = None
    why: str = ""


@dataclass(frozen=True)
class StabilityLimit:
    """The learning rate from which a run diverges; NaN, and `why` in a sentence, if unknown.

    full: of descent on all examples, exact, with its formula; cycle: of repeating the first epoch's
    batches for ever, an estimate for the other orders of later epochs.
    """

    kind: Literal["full", "cycle", "none"]
    lr: float
    formula: Known | None = None
    why: str = ""


@dataclass(frozen=True)
class SameSteps:
    """The run that takes the same steps in another loss convention, and how its numbers follow."""

    run: Hyperparameters
    lr: Known
    weight_decay: Known
