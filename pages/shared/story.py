"""One sentence on what happened in a run, from its numbers and never more than they show."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.cached import Baselines

# Losses closer than this are called alike.
ALIKE = 1.05
# A test loss this many times the training loss is called memorising.
MEMORISED = 10.0


@dataclass(frozen=True)
class Outcome:
    """The end of a run: its losses, and the test loss of its twin without decay if it has one."""

    weight_decay: float
    train: float
    test: float
    test_without: float | None
    without_diverged: bool = False


def plain(value: float) -> str:
    """A number to three digits, as words hold it: 0.0546, 1280, 3.1×10⁻⁷."""
    if value == 0 or 1e-4 <= abs(value) < 1e5:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}×10{_raised(int(power))}"


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def sentence(end: Outcome, baselines: Baselines) -> str:
    """What decay did here, and how the result compares with the simplest and the exact solution."""
    return f"{_effect(end)} {_context(end, baselines)}"


def _effect(end: Outcome) -> str:
    lam = plain(end.weight_decay)
    if end.test_without is None:
        if end.test > MEMORISED * end.train:
            return (
                f"Memorised: without decay the training loss ends at {plain(end.train)}, the test "
                f"loss at {plain(end.test)}."
            )
        return (
            f"Without decay the test loss ends at {plain(end.test)}, near the training loss "
            f"{plain(end.train)}: little to cure here."
        )
    if end.without_diverged:
        return f"With λ = {lam} the test loss ends at {plain(end.test)}; without decay it diverged."
    factor = end.test_without / end.test
    if factor > ALIKE:
        return (
            f"λ = {lam} helped: the test loss ends at {plain(end.test)} instead of "
            f"{plain(end.test_without)}, a factor of {plain(factor)}."
        )
    if factor < 1 / ALIKE:
        return (
            f"λ = {lam} hurt: the test loss ends at {plain(end.test)} instead of "
            f"{plain(end.test_without)} without decay."
        )
    return (
        f"λ = {lam} made little difference: the test loss ends at {plain(end.test)}, "
        f"without decay at {plain(end.test_without)}."
    )


def _context(end: Outcome, baselines: Baselines) -> str:
    if baselines.ridge_test is None:
        ridge = ""
    elif end.test > ALIKE * baselines.ridge_test:
        ridge = (
            f" the exact ridge solution for this λ has {plain(baselines.ridge_test)}, so the run "
            "is not there yet;"
        )
    else:
        ridge = f" the exact ridge solution for this λ has {plain(baselines.ridge_test)};"
    better = "better" if baselines.constant_test < end.test else "worse"
    return (
        f"For comparison:{ridge} predicting the training mean, without looking at x, has "
        f"{plain(baselines.constant_test)}, {better} than this run."
    )


def diverged(epoch: int, lr: float, limit: float, optimizer: str, batch_size: int) -> str:
    """Why a run left the range of numbers, and what to do. `limit`: the lowest stable η, or NaN."""
    what = f"Diverged at epoch {epoch}: "
    if limit != limit:
        return (
            f"{what}with {optimizer} there is no simple limit; at η = {plain(lr)} the steps grow. "
            "Choose a smaller η."
        )
    if lr < limit:
        return (
            f"{what}η = {plain(lr)} is below the limit of each single batch "
            f"({plain(limit)}), but their sequence still grows. Choose a smaller η."
        )
    return (
        f"{what}η = {plain(lr)} is above {plain(limit)}, the largest learning rate that is stable "
        f"on the most curved batch of {batch_size} (η must stay below 2/(s + λ), with s its "
        f"largest curvature). Choose η below {plain(limit)}."
    )
