"""Results of the literature worth opening with one click, with the numbers they should give."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from pages.dimension.question import FORM, Problem
from pages.shared.presets import Preset
from pages.shared.words import label, tell, tells

Here = Callable[[Problem], float]


@tells("what")
@dataclass(frozen=True)
class Reference:
    """A number worked out beforehand, how it is had here, and where it is measured if it can be.

    at: the place of the axis; kind: 0 for λ → 0, 2 for the best λ.
    """

    what: str
    number: float
    here: Here
    at: int | None = None
    kind: int = 0


@tells("claim")
@dataclass(frozen=True)
class Result:
    """What a source says of a problem, and the numbers to meet."""

    preset: Preset
    claim: str
    references: tuple[Reference, ...] = field(hash=False)


def _limit(x: float, kind: int) -> Here:
    """The limit at a place of the axis, without decay or with the best λ."""

    def here(problem: Problem) -> float:
        n, d = problem.pairs([x])
        lam = problem.model.best_weight_decay(n, d) if kind else 0.0
        return float(problem.shown(problem.model.limit(n, d, lam).excess)[0])

    return here


def _mean(x: float) -> Here:
    """The exact mean without decay at this n and d."""

    def here(problem: Problem) -> float:
        exact = problem.model.expected_without_decay(*problem.pairs([x]))
        return float(problem.shown(exact.excess)[0])

    return here


def _krogh_hertz() -> tuple[Reference, ...]:
    rows = []
    for alpha, zero, best in (
        *((0.5, 0.700, 0.6217), (0.75, 0.850, 0.4729), (1.0, math.inf, 0.3583)),
        *((1.5, 0.400, 0.2179), (2.0, 0.200, 0.1483), (4.0, 0.0667, 0.0613)),
    ):
        d = 100 / alpha
        without = tell("p/N = n/d = {alpha}, λ → 0", alpha=alpha)
        rows.append(Reference(without, zero, _limit(d, 0), round(d), 0))
        at_best = tell("p/N = n/d = {alpha}, best λ", alpha=alpha)
        rows.append(Reference(at_best, best, _limit(d, 2), round(d), 2))
    return tuple(rows)


def _nakkiran() -> tuple[Reference, ...]:
    rows = []
    for n, zero, best in (
        *((100, 1.1127, 1.0956), (250, 1.0010, 0.8904), (400, 1.4601, 0.7256)),
        *((500, math.inf, 0.6404), (600, 1.5126, 0.5733), (1000, 0.5005, 0.4254)),
    ):
        rows.append(Reference(tell("n = {n}, λ → 0, exact mean", n=n), zero, _mean(n), n, 0))
        rows.append(Reference(f"n = {n}, nλ = 125", best, _limit(n, 2), n, 2))
    return tuple(rows)


def _hastie() -> tuple[Reference, ...]:
    def ratio(problem: Problem) -> float:
        return problem.model.second_minimum

    def least(problem: Problem) -> float:
        return _limit(problem.n_train * problem.model.second_minimum, 0)(problem)

    def nothing(problem: Problem) -> float:
        return float(problem.model.without_features(problem.n_train)) - problem.noise**2

    return (
        Reference(label("d/n of the second minimum, λ → 0"), 1.809, ratio),
        Reference(label("its excess risk"), 3.472, least),
        Reference(label("excess risk of w = 0"), 5.0, nothing),
    )


RESULTS = (
    Result(
        Preset(
            "dimension",
            label("Krogh & Hertz 1991"),
            {
                "n_train": 100,
                "noise": math.sqrt(0.2),
                "intercept": "off",
                "measure": "excess",
                "weight_decay": 0.2,
            },
            label("The best decay matches the noise."),
        ),
        label(
            "A weight decay as large as the noise variance is best, however many examples there "
            "are: their λ is ours times n/d, so that λ* = dσ²/(n r²) is σ² in theirs (r² = 1)."
        ),
        _krogh_hertz(),
    ),
    Result(
        Preset(
            "dimension",
            label("Nakkiran 2020, fig. 1"),
            {
                "axis": "n_train",
                "n_features": 500,
                "intercept": "off",
                "measure": "risk",
                "weight_decay": 0.02,
                "draws": 5,
            },
            label("Without decay, more data can hurt."),
        ),
        label(
            "Without decay the risk rises again before n = d = 500; with the best decay more "
            "examples never hurt. As a sum over the examples, ‖y − Xw‖² + α‖w‖², the best α is nλ* "
            "= dσ²/r² = 125 for every n."
        ),
        _nakkiran(),
    ),
    Result(
        Preset(
            "dimension",
            label("Hastie et al., SNR = 5"),
            {
                "n_train": 100,
                "at": 181,
                "noise": 1.0,
                "signal": 5.0,
                "intercept": "off",
                "measure": "excess",
                "weight_decay": 0.1,
            },
            label("A second minimum beyond the peak."),
        ),
        label(
            "Where the signal is stronger than the noise, the least-norm solution has a second "
            "minimum beyond the peak, below using no features at all."
        ),
        _hastie(),
    ),
)


PRESETS = tuple(result.preset for result in RESULTS)


def opened(problem: Problem) -> Result | None:
    """The result that this problem shows."""
    told = FORM.told(problem)
    return next((result for result in RESULTS if result.preset.told == told), None)
