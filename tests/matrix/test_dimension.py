"""The dimension page over all that its controls can say: every number worked out again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from pages.dimension.question import FORM, Problem
from pages.shared.fields import as_text
from pages.shared.words import Said
from tests.matrix import traces
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.driver import Visit, hold, number, visit
from tests.oracles import Array
from wd_core.linear.risk import stream, training_sets

DRAWS = 5
# Two closed forms of one number; near λ = 0 the oracle's loses digits.
SAME = 2e-6
# A cell with three digits, and half of the last.
CELL = 6e-3
# An estimate from 100 fits, in shares of bias² and variance.
ESTIMATED = 0.6
# What the excess of a fit without noise may be by rounding.
ROUNDING = 1e-12
DIMENSIONS: dict[str, tuple[Any, ...]] = {
    "axis": ("n_features", "n_train"),
    "size": (2, 3, 12),
    "intercept": ("on", "off"),
    "measure": ("risk", "excess", "loss"),
    "noise": (0.0, 0.01, 0.5, 10.0),
    "signal": (0.01, 1.0, 100.0),
    "weight_decay": (0.0, 0.02, 100.0),
    "at": ("low", "before", "peak", "high"),
}


@dataclass(frozen=True)
class Asked:
    """What the controls say."""

    name: str
    values: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        return self.name

    @property
    def problem(self) -> Problem:
        return FORM.of(self.values)

    def query(self) -> dict[str, str]:
        return {key: as_text(value) for key, value in self.values.items()}


def asked_of(row: tuple[Any, ...]) -> Asked:
    chosen = dict(zip(DIMENSIONS, row, strict=True))
    axis, size, at = chosen["axis"], chosen.pop("size"), chosen.pop("at")
    fixed = "n_train" if axis == "n_features" else "n_features"
    size = 1 if fixed == "n_features" and size == 2 else size
    values = {**chosen, fixed: size, "draws": DRAWS, "seed": 3}
    sizes = FORM.of(values).sizes
    low, high = sizes.ends
    place = {"low": low, "before": max(low, sizes.peak - 1), "peak": sizes.peak, "high": high}[at]
    if place != sizes.peak:
        values["at"] = place
    return Asked("-".join(str(part) for part in row), values)


def _pairs(row: tuple[Any, ...]) -> set[tuple[Any, ...]]:
    return {(*a, *b) for a, b in combinations(zip(DIMENSIONS, row, strict=True), 2)}


def covering() -> list[Asked]:
    """Every two values of two controls together, at least once."""
    rows = list(product(*DIMENSIONS.values()))[::7]  # of each seven alike one is enough
    pairs = [_pairs(row) for row in rows]
    missing: set[tuple[Any, ...]] = set().union(*pairs)
    chosen = []
    while missing:
        best = max(range(len(rows)), key=lambda k: len(pairs[k] & missing))
        missing -= pairs[best]
        chosen.append(asked_of(rows[best]))
    return chosen


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The covering design, or every combination where it is asked for."""
    if "asked" in metafunc.fixturenames:
        every = metafunc.config.getoption("--whole-matrix", default=False)
        chosen = [asked_of(row) for row in product(*DIMENSIONS.values())] if every else covering()
        metafunc.parametrize("asked", chosen, ids=str)


def test_every_pair_is_in_the_design() -> None:
    rows = list(product(*DIMENSIONS.values()))
    whole: set[tuple[Any, ...]] = set().union(*(_pairs(row) for row in rows[::7]))
    assert whole == set().union(*(_pairs(row) for row in rows))


# ---------------------------------------------------------------- worked out again


class Again:
    """The page's problem worked out by other means."""

    def __init__(self, problem: Problem, grid: list[int]) -> None:
        self.problem, self.grid = problem, grid
        self.free = problem.intercept == "on"
        self.places: dict[int, int] = {}
        self._fits: dict[tuple[int, int], tuple[Array, Array, Array]] = {}

    def number_sentences(self, said: list[Said]) -> None:
        """Which place of the axis each sentence is about; the marked one where it is not said."""
        k, begun = -1, ""
        for sentence in said:
            for start in ("Here the {noun}", "At {place} the"):
                if sentence.text.startswith(start):
                    k, begun = (k + 1 if start == begun else 0), start
            self.places[id(sentence)] = k

    def sizes(self, said: Said) -> tuple[int, int]:
        return self.pair(self.grid[self.places[id(said)]])

    @property
    def marked(self) -> tuple[int, int]:
        return self.pair(self.problem.marked)

    def pair(self, x: float) -> tuple[Any, Any]:
        """n and d."""
        p = self.problem
        return (p.n_train, x) if p.axis == "n_features" else (x, p.n_features)

    def best(self, n: float, d: float) -> float:
        """λ* = dσ²/(n r²)."""
        return d * self.problem.noise**2 / (n * self.problem.signal)

    def decay(self, kind: int, n: float, d: float) -> float:
        return (0.0, self.problem.weight_decay, self.best(n, d))[kind]

    def shown(self, excess: float) -> float:
        """A mean square error, less σ², as the page shows it."""
        p = self.problem
        if p.measure == "excess":
            return excess
        return (excess + p.noise**2) * (0.5 if p.measure == "loss" else 1.0)

    @property
    def half(self) -> float:
        return 0.5 if self.problem.measure == "loss" else 1.0

    # closed forms

    def limit(self, kind: int, n: float, d: float) -> tuple[float, float]:
        """bias² and variance as n and d grow, by the transform of the Marchenko-Pastur law."""
        rows = n - self.free
        return self._with_mean(n, *self._limit(d / rows, self.decay(kind, n, d) * n / rows))

    def _limit(self, gamma: float, lam: float) -> tuple[float, float]:
        r2, sigma2 = self.problem.signal, self.problem.noise**2
        if lam == 0:
            if gamma == 1:
                return 0.0, math.inf if sigma2 else 0.0
            if gamma < 1:
                return 0.0, sigma2 * gamma / (1 - gamma)
            return r2 * (1 - 1 / gamma), sigma2 / (gamma - 1)
        a = 1 - gamma + lam
        root = math.sqrt(a * a + 4 * gamma * lam)
        m = 2 / (a + root) if a > 0 else (root - a) / (2 * gamma * lam)
        slope = (gamma * m * m + m) / (2 * gamma * lam * m + a)
        return r2 * lam**2 * slope, sigma2 * gamma * (m - lam * slope)

    def mean(self, n: float, d: float) -> tuple[float, float]:
        """The exact means of bias² and variance for λ → 0 at these n and d."""
        rows, sigma2 = n - self.free, self.problem.noise**2
        if d < rows:
            spread, missed = (d / (rows - d - 1) if rows - d > 1 else math.inf), 0.0
        else:
            spread, missed = (rows / (d - rows - 1) if d - rows > 1 else math.inf), 1 - rows / d
        variance = sigma2 * spread if sigma2 else 0.0
        return self._with_mean(n, self.problem.signal * missed, variance)

    def _with_mean(self, n: float, bias2: float, variance: float) -> tuple[float, float]:
        """What the error of the mean of y adds."""
        if not self.free:
            return bias2, variance
        return bias2 * (1 + 1 / n), variance * (1 + 1 / n) + self.problem.noise**2 / n

    def without(self, n: float) -> float:
        """The excess of predicting 0, or the mean of y."""
        total = self.problem.signal + self.problem.noise**2
        return total * (1 + 1 / n if self.free else 1) - self.problem.noise**2

    # what was drawn, fitted with the matrix that takes y to w

    def fits(self, kind: int, n: int, d: int) -> tuple[Array, Array, Array]:
        """Excess, bias² and variance of every training set [DRAWS] each."""
        key = (kind, n if self.problem.axis == "n_train" else d)
        if key not in self._fits:
            X, noise = training_sets(stream(self.problem.seed, n, d), n, d, DRAWS)
            self._fits[key] = tuple(
                np.array(part)
                for part in zip(
                    *(
                        self._fit(*one, self.decay(kind, n, d))
                        for one in zip(X, noise, strict=True)
                    ),
                    strict=True,
                )
            )  # type: ignore[assignment]
        return self._fits[key]

    def _fit(self, X: Array, noise: Array, lam: float) -> tuple[float, float, float]:
        n, d = X.shape
        beta, sigma = np.full(d, math.sqrt(self.problem.signal / d)), self.problem.noise
        centre = np.eye(n) - self.free * np.ones((n, n)) / n
        Xc = centre @ X
        if lam:
            to_w = np.linalg.solve(Xc.T @ Xc + n * lam * np.eye(d), Xc.T)
        else:
            to_w = np.linalg.pinv(Xc, rcond=1e-10)
        to_w = to_w @ centre
        to_b = (np.ones(n) / n - X.mean(0) @ to_w) * self.free

        def off(y: Array, truth: Array) -> float:
            return float(((to_w @ y - truth) ** 2).sum() + (to_b @ y) ** 2)

        return (
            off(X @ beta + sigma * noise, beta),
            off(X @ beta, beta),
            sigma**2 * float((to_w**2).sum() + (to_b**2).sum()),
        )

    def median(self, kind: int, n: int, d: int) -> float:
        return self.shown(float(np.median(self.fits(kind, n, d)[0])))

    @cached_property
    def zeros(self) -> list[float]:
        """The medians of λ → 0 all along the axis."""
        return [self.median(0, *self.pair(x)) for x in self.grid]

    def where(self, said: Said) -> tuple[int, int]:
        """n and d of a place that a sentence holds."""
        text = str(said.values["place"])
        return self.pair(int(re.match(r"[dn] = (\d+)", text)[1]))  # type: ignore[index]


def near(value: float, share: float = SAME) -> Any:
    return pytest.approx(value, rel=share, abs=ROUNDING, nan_ok=True)


def _median(kind: int) -> Callable[[Again, Said], Any]:
    return lambda found, said: near(found.median(kind, *found.sizes(said)))


def _summit(found: Again, said: Said) -> tuple[float, float]:
    """The median without decay that a sentence means, and that with the best λ at its place."""
    shown = number(said.values["high"])
    k = min(range(len(found.grid)), key=lambda k: abs(found.zeros[k] - shown))
    return found.zeros[k], found.median(2, *found.pair(found.grid[k]))


def _limit(kind: int) -> Callable[[Again, Said], Any]:
    return lambda found, said: near(found.shown(sum(found.limit(kind, *found.sizes(said)))))


def _apart(found: Again, said: Said) -> int:
    shares = []
    for x in found.grid:
        n, d = found.pair(x)
        limit = found.shown(sum(found.limit(2, n, d)))
        if limit > 0:
            shares.append(abs(found.median(2, n, d) / limit - 1))
    return math.ceil(100 * max(shares) - 1e-6)


def _turning(found: Again) -> float:
    """d of the least risk beyond the peak."""
    root = math.sqrt(found.problem.signal) / found.problem.noise
    n = found.problem.n_train
    return root / (root - 1) * (n - found.free)


def _fixed(part: str) -> Callable[[Again, Said], Any]:
    def value(found: Again, said: Said) -> Any:
        n, d = found.marked
        rows = n - found.free
        gamma, mu = d / rows, found.problem.weight_decay * n / rows
        a = 1 - gamma + mu
        numbers = {"gamma": gamma, "mu": mu, "a": a, "p": 1 - gamma - mu}
        numbers["D"] = math.sqrt(a * a + 4 * gamma * mu)
        numbers["bias2"], numbers["variance"] = found.limit(1, n, d)
        return near(numbers[part])

    return value


def _least_s(found: Again, said: Said) -> Any:
    n, d = found.marked
    X, _ = training_sets(stream(found.problem.seed, n, d), n, d, DRAWS)
    rank = min(n - found.free, d)
    least = [
        np.linalg.svd(one - found.free * one.mean(0), compute_uv=False)[rank - 1] ** 2 for one in X
    ]
    return near(float(np.median(least)) / (n - found.free), 1e-4)


ORACLES: dict[Any, Callable[[Again, Said], Any]] = {
    ("d = {n_features}", "n_features"): lambda f, s: number(s.values["n_features"]),
    ("n = {n_train}", "n_train"): lambda f, s: number(s.values["n_train"]),
    ("d = {n_features} (", "ratio"): lambda f, s: s.values["n_features"] / f.problem.n_train,
    ("n = {n_train} (", "ratio"): lambda f, s: f.problem.n_features / s.values["n_train"],
    "zero": _median(0),
    "fixed": _median(1),
    ("At {place}", "best"): _median(2),
    ("Here the", "best"): _median(2),
    ("can hurt: without decay", "high"): lambda f, s: near(_summit(f, s)[0]),
    ("can hurt: without decay", "low"): lambda f, s: near(_summit(f, s)[1]),
    "weight_decay": lambda f, s: f.problem.weight_decay,
    ("At {place}", "best_weight_decay"): lambda f, s: near(f.best(*f.sizes(s))),
    ("the best λ = ", "best_weight_decay"): lambda f, s: near(f.best(*f.marked)),
    "n_sets": lambda f, s: DRAWS,
    "n": lambda f, s: DRAWS,
    "zero_limit": _limit(0),
    "fixed_limit": _limit(1),
    "best_limit": _limit(2),
    "exact_mean": lambda f, s: near(f.shown(sum(f.mean(*f.sizes(s))))),
    # the finding
    "infinite": lambda f, s: (
        f.problem.n_train - f.free
        if f.problem.axis == "n_features"
        else f.problem.n_features + f.free
    ),
    "high": lambda f, s: near(f.median(0, *f.where(s))),
    "low": lambda f, s: near(f.median(2, *f.where(s))),
    "times": lambda f, s: near(f.median(0, *f.where(s)) / f.median(2, *f.where(s))),
    "apart": _apart,
    "nothing": lambda f, s: near(f.shown(f.without(f.problem.n_train))),
    "least": lambda f, s: near(f.shown(sum(f.limit(0, f.problem.n_train, _turning(f))))),
    ("once more", "ratio"): lambda f, s: near(_turning(f) / f.problem.n_train),
    "share": lambda f, s: 0.8,
    "n_fits": lambda f, s: 100,
    # the explanations
    "m": lambda f, s: f.marked[0] - f.free,
    ("Exact means", "bias2"): lambda f, s: near(f.mean(*f.marked)[0]),
    ("Exact means", "variance"): lambda f, s: near(f.mean(*f.marked)[1]),
    "least_s": _least_s,
    "least_limit": lambda f, s: near((1 - math.sqrt(f.marked[1] / (f.marked[0] - f.free))) ** 2),
    **{("The limits, with", part): _fixed(part) for part in ("gamma", "mu", "a", "p", "D")},
    **{("The limits, with", part): _fixed(part) for part in ("bias2", "variance")},
    "mean_square": lambda f, s: near(f.problem.signal / f.marked[1]),
    "alpha": lambda f, s: near(f.marked[1] * f.problem.noise**2 / f.problem.signal),
}


def _rises(sign: int) -> Callable[[Again, Said], float]:
    """The deepest step of the best λ's limit against a direction, of its height."""

    def worst(found: Again, said: Said) -> float:
        limits = [found.shown(sum(found.limit(2, *found.pair(x)))) for x in found.grid]
        return float((sign * np.diff(limits)).min() / max(limits))

    return worst


COMPARISONS = (
    Comparison(
        "is highest at {place}", "high", ">", lambda f, s: max(f.zeros) * (1 - SAME)
    ),
    *(
        Comparison(f"more {what} can hurt", "high", ">", lambda f, s: 1.049 * min(f.zeros))
        for what in ("features", "examples")
    ),
    Comparison(
        "it gets worse and worse without decay",
        lambda f, s: sum(f.limit(0, *f.sizes(s))), "=", math.inf,
    ),
    Comparison(
        "they decide the mean alone", lambda f, s: sum(f.mean(*f.sizes(s))), "=", math.inf
    ),
    idle("{best} with the decay that suits"),
    idle("{best} for the best λ = {best_weight_decay}"),
    idle("the best λ there"),
    idle("the best λ"),
    Comparison("falls once more, to {least} at d/n = {ratio}, below", "least", "<", "nothing"),
    idle("not below using no features at all"),
    Comparison(
        "falls once more, to {least} at d/n = {ratio}, not below",
        lambda f, s: 1.0051 * number(s.values["least"]), ">", "nothing",
    ),
    idle("falls once more"),
    Comparison("never falls as {size} grows", _rises(1), ">", -SAME),
    Comparison("never rises as {size} grows", _rises(-1), ">", -SAME),
    idle("That lies beyond this axis"),
    Comparison("That lies beyond this axis", lambda f, s: _turning(f), ">",
               lambda f, s: f.grid[-1]),
    Comparison("only falls, towards", lambda f, s: f.problem.signal, "<",
               lambda f, s: f.problem.noise**2 * (1 + SAME)),
    idle("the signal is no stronger than the noise"),
    idle("may fall below 0 where"),
    idle("all noise in closed form"),
    idle("and larger the further off"),
    idle("The least s of these training sets"),
    idle("λ > 0 keeps D above 0"),
    idle("The same as the Bayes λ"),
    idle("the same for every n"),
    idle("r² stays as d grows, so that more features share"),
)  # fmt: skip


# ---------------------------------------------------------------- the test


def test_every_number_and_word_is_worked_out_again(asked) -> None:
    seen = visit("dimension", asked.query())
    found = Again(asked.problem, [int(x) for x in seen.payloads[-1]["series"]["at"]])
    found.number_sentences(list(seen.said))
    hold(seen, ORACLES, found)
    hold_comparisons(seen.said, COMPARISONS, found)
    hold_tiles(seen, found)
    hold_tables(seen, found)
    hold_picture(seen)


def hold_tiles(seen: Visit, found: Again) -> None:
    """The parts of the limits at every place."""
    series = seen.payloads[-1]["series"]
    for name, kind in (("zero", 0), ("best", 2)):
        for k, x in enumerate(found.grid):
            n, d = found.pair(x)
            bias2, variance = found.limit(kind, n, d)
            parts = (bias2, variance, found.problem.noise**2)
            for part, value in zip(("bias2", "variance", "noise"), parts, strict=True):
                assert _number(series[f"{name} {part}"][k]) == near(found.half * value), (name, x)
            assert _number(series[f"{name} risk"][k]) == near(found.shown(bias2 + variance))


def _number(value: float | str) -> float:
    return math.inf if value == "∞" else float(value)


def hold_tables(seen: Visit, found: Again) -> None:
    """The numbers at the mark."""
    risks, parts = seen.tables[:2]
    n, d = found.marked
    kinds = [0, 1, 2] if found.problem.weight_decay else [0, 2]
    for (_, risk), (_, part), kind in zip(risks.iterrows(), parts.iterrows(), kinds, strict=True):
        excess, bias2, variance = found.fits(kind, n, d)
        low, high = np.quantile(excess, [0.1, 0.9])
        noun = risks.columns[1].removesuffix(", median")
        assert _cell(risk[f"{noun}, median"]) == near(found.shown(float(np.median(excess))), CELL)
        band = [_cell(text) for text in risk["80 % of them"].split(" to ")]
        assert band == near([found.shown(float(low)), found.shown(float(high))], CELL)
        limits = found.limit(kind, n, d)
        assert _cell(risk[f"{noun}, limit"]) == near(found.shown(sum(limits)), CELL)
        columns = list(parts.columns)[1:]
        exact = [float(np.median(bias2)), float(np.median(variance))]
        for what, value, limit, names in zip(
            ("bias²", "variance"), exact, limits, (columns[:3], columns[3:]), strict=True
        ):
            assert all(what in name for name in names)
            assert _cell(part[names[0]]) == near(found.half * value, CELL)
            estimate = _cell(part[names[1]]) / found.half
            assert abs(estimate - value) <= ESTIMATED * sum(exact) + ROUNDING, (what, kind)
            assert _cell(part[names[2]]) == near(found.half * limit, CELL)


def _cell(text: str) -> float:
    text = text.replace("−", "-").replace("∞", "inf")
    if "×10" in text:
        digits, power = text.split("×10")
        raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
        return float(digits) * 10.0 ** int(power.translate(raised))
    return float(text)


def hold_picture(seen: Visit) -> None:
    """A legend names what is seen, and an empty panel says why it is."""
    payload = seen.payloads[-1]
    noted = {axis for axis, text in traces.panels_of_notes(payload) if "everywhere" in text}
    panels: dict[str, bool] = {}
    for trace in traces.drawn(payload):
        axis = str(trace.trace.get("xaxis", "x"))
        upright = trace.trace.get("hoverinfo") == "skip"
        panels[axis] = panels.get(axis, False) or bool(trace.inside.any() and not upright)
        if trace.in_legend:
            assert trace.inside.any(), f"“{trace.name}” has no point in its panel"
    assert all(filled or axis in noted for axis, filled in panels.items())
