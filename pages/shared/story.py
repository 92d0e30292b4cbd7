"""One sentence on what happened in a run, from its numbers and never more than they show."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pages.shared.cached import Baselines
from pages.shared.numbers import number_text, plain
from wd_core import OPTIMIZERS

# Losses closer than this are called alike.
ALIKE = 1.05
# A test loss this many times the training loss is called memorising.
MEMORISED = 10.0
# A training loss this many times its start, and that of predicting the mean, has grown.
GROWN = 2.0
# Fewer test examples than this are no measurement.
FEW_TESTS = 10
# The stability limit of full-batch descent, by the label of its rule.
STABLE_BELOW = {
    OPTIMIZERS["sgd"].label: "2/(s + λ)",
    OPTIMIZERS["momentum"].label: "2(1 + μ)/(s + λ)",
    OPTIMIZERS["nesterov"].label: "2(1 + μ)/((1 + 2μ)(s + λ))",
}


@dataclass(frozen=True)
class Outcome:
    """The end of a run: its losses, and the test loss of its twin without decay if it has one.

    `unclear`: over the last epochs both test losses moved through a common value. `start`: the
    training loss before the first step; `untrained`: that of predicting the mean, where a strong
    decay may rightly end. `n_test`: how many examples measure the test loss.
    """

    weight_decay: float
    train: float
    test: float
    test_without: float | None
    without_diverged: bool = False
    unclear: bool = False
    start: float = math.inf
    untrained: float = 0.0
    n_test: int = FEW_TESTS

    @property
    def grows(self) -> bool:
        """Whether the run gets worse instead of better, though its numbers are still numbers."""
        return self.train > GROWN * max(self.start, self.untrained)


def sentence(end: Outcome, baselines: Baselines) -> str:
    """What decay did here, and how the result compares with the simplest and the exact solution."""
    if end.grows:
        return _growing(end)
    return f"{_effect(end, baselines)} {_context(end, baselines)}{_few_tests(end)}"


def _growing(end: Outcome) -> str:
    text = (
        f"Diverging: the training loss has grown from {plain(end.start)} to {plain(end.train)} "
        "instead of falling. Choose a smaller η."
    )
    if end.test_without is None:
        return text
    if end.without_diverged:
        return f"{text} Without decay it has left the range of numbers."
    return f"{text} Without decay the test loss ends at {plain(end.test_without)}."


def _few_tests(end: Outcome) -> str:
    if end.n_test >= FEW_TESTS:
        return ""
    examples = "a single test example" if end.n_test == 1 else f"only {end.n_test} test examples"
    return f" All of this is measured on {examples}: chance decides much of it."


def _effect(end: Outcome, baselines: Baselines) -> str:
    if end.test_without is None:
        return _without_decay(end, baselines)
    lam, test = number_text(end.weight_decay), plain(end.test)
    if end.without_diverged:
        return f"With λ = {lam} the test loss ends at {test}; without decay it diverged."
    other = plain(end.test_without)
    if end.unclear:
        return (
            f"λ = {lam} made no clear difference: the test loss ends at {test}, without decay at "
            f"{other}, and over the last epochs each still moved through the other's values."
        )
    if end.test_without > ALIKE * end.test:
        factor = f", a factor of {plain(end.test_without / end.test)}" if end.test > 0 else ""
        return f"λ = {lam} helped: the test loss ends at {test} instead of {other}{factor}."
    if end.test > ALIKE * end.test_without:
        return f"λ = {lam} hurt: the test loss ends at {test} instead of {other} without decay."
    return (
        f"λ = {lam} made little difference: the test loss ends at {test}, without decay at {other}."
    )


def _without_decay(end: Outcome, baselines: Baselines) -> str:
    train, test = plain(end.train), plain(end.test)
    constant = baselines.constant_test
    if end.train < constant < end.test and end.test > MEMORISED * end.train:
        return (
            f"Memorised: without decay the training loss ends at {train}, the test loss at {test}."
        )
    return f"Without decay the test loss ends at {test}, the training loss at {train}."


def _context(end: Outcome, baselines: Baselines) -> str:
    ridge = " the exact ridge solution is left out, at this size it costs too much;"
    if baselines.ridge_test is not None:
        name = "ridge solution for this λ" if end.weight_decay else "least squares solution"
        ridge = (
            f" the exact {name} has {plain(baselines.ridge_test)}, "
            f"{_judged(baselines.ridge_test, end.test)};"
        )
    constant = baselines.constant_test
    return (
        f"For comparison:{ridge} predicting the training mean, without looking at x, has "
        f"{plain(constant)}, {_judged(constant, end.test)}."
    )


def _judged(loss: float, present: float) -> str:
    """How a rival's loss compares with the run's, to the digits that are shown."""
    if plain(loss) == plain(present):
        return "the same as this run"
    return "better than this run" if loss < present else "worse than this run"


def decay_diverged(epoch: int, shrink: float) -> str:
    """Why decay alone made a run leave the range of numbers: ηλ > 2."""
    return (
        f"Diverged at epoch {epoch}: ηλ = {plain(shrink)} is above 2, so decay alone multiplies w "
        f"by 1 − ηλ = −{plain(shrink - 1)} at every step. Choose a smaller η or a smaller λ."
    )


@dataclass(frozen=True)
class Limit:
    """The lowest stable η of a single batch among those of the first `epochs`; NaN: there is none.

    `without`: the same without decay; `epochs` None: every step takes all examples.
    """

    lr: float
    without: float
    epochs: int | None


def diverged(epoch: int, lr: float, limit: Limit, optimizer: str, batch_size: int) -> str:
    """Why a run left the range of numbers, and what to do."""
    what = f"Diverged at epoch {epoch}: "
    if math.isnan(limit.lr):
        return (
            f"{what}with {optimizer} there is no simple limit; at η = {plain(lr)} the steps grow. "
            "Choose a smaller η."
        )
    first = "the first epoch" if limit.epochs == 1 else f"the first {limit.epochs} epochs"
    if lr < limit.lr:
        return (
            f"{what}η = {plain(lr)} is below the limit of each single batch of {first} "
            f"({plain(limit.lr)}), but their sequence still grows. Choose a smaller η."
        )
    where = f"on the most curved batch of {batch_size} in {first}"
    if limit.epochs is None:
        where = f"on all {batch_size} examples"
    rule, smaller = STABLE_BELOW[optimizer], ""
    if lr < limit.without:
        smaller = f", or a smaller λ: at λ = 0 that limit is {plain(limit.without)}"
    return (
        f"{what}η = {plain(lr)} is above {plain(limit.lr)}, the largest learning rate that is "
        f"stable {where} (η must stay below {rule}, with s the largest curvature there). Choose η "
        f"below {plain(limit.lr)}{smaller}."
    )
