"""The limits against the literature's formulas, Marchenko–Pastur integrals and finite n."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from wd_core.linear.highdim import Isotropic

# The literature's forms cancel where ours do not: λ is kept where they hold so many digits.
CLOSE = 1e-9
# Adaptive quadrature of a density with square-root edges.
QUADRATURE = 1e-7
# Central differences with step h of a smooth function: error h², relative to its curvature.
STEP, DIFFERENCE = 1e-4, 1e-6

ratios = st.floats(0.05, 20.0)
decays = st.floats(1e-2, 1e2)
noises = st.floats(0.1, 5.0)
signals = st.floats(0.1, 5.0)


def stieltjes(gamma: float, lam: float) -> tuple[float, float]:
    """m(−λ) and m′(−λ) of the Marchenko–Pastur law, as the literature writes them."""
    a = 1 - gamma + lam
    m = 2 / (a + math.sqrt(a**2 + 4 * gamma * lam))
    return m, (gamma * m**2 + m) / (2 * gamma * lam * m + a)


@given(ratios, decays, noises, signals)
def test_the_limit_is_that_of_the_literature(
    gamma: float, lam: float, noise: float, signal: float
) -> None:
    m, slope = stieltjes(gamma, lam)
    risk = Isotropic(noise, signal).limit(1, gamma, lam)
    assert risk.bias2 == pytest.approx(signal * lam**2 * slope, rel=CLOSE)
    assert risk.variance == pytest.approx(noise**2 * gamma * (m - lam * slope), rel=1e-6)
    hastie = m - lam * (1 - lam * signal / (noise**2 * gamma)) * slope
    assert risk.excess == pytest.approx(noise**2 * gamma * hastie, rel=1e-6)
    assert risk.total == pytest.approx(float(risk.excess) + noise**2)


@pytest.mark.parametrize("gamma", [0.3, 0.9, 1.0, 1.7, 6.0])
@pytest.mark.parametrize("lam", [0.01, 0.3, 4.0])
def test_the_limit_is_an_integral_over_the_spectrum(gamma: float, lam: float) -> None:
    low, high = (1 - math.sqrt(gamma)) ** 2, (1 + math.sqrt(gamma)) ** 2

    def mean(f: "object") -> float:
        def along(t: float) -> float:  # s = low + (high − low) sin² t removes the edges
            s = low + (high - low) * math.sin(t) ** 2
            weight = (high - low) ** 2 * math.sin(t) ** 2 * math.cos(t) ** 2 * 2
            return float(f(s) * weight / (2 * math.pi * gamma * s))  # type: ignore[operator]

        return float(quad(along, 0, math.pi / 2, epsabs=1e-12, limit=400)[0])

    unseen = max(0.0, 1 - 1 / gamma)
    assert mean(lambda s: 1.0) + unseen == pytest.approx(1, rel=QUADRATURE)
    risk = Isotropic(1.0, 1.0).limit(1, gamma, lam)
    bias2 = mean(lambda s: (lam / (s + lam)) ** 2) + unseen
    assert risk.bias2 == pytest.approx(bias2, rel=QUADRATURE)
    variance = gamma * mean(lambda s: s / (s + lam) ** 2)
    assert risk.variance == pytest.approx(variance, rel=QUADRATURE)


@given(ratios, decays, noises, signals)
def test_the_limit_is_the_general_one_for_equal_eigenvalues(
    gamma: float, lam: float, noise: float, signal: float
) -> None:
    """κ − λ = κγ Σ τ/(τ + κ)/d with every τ = 1, and the risk from κ."""

    def gap(kappa: float) -> float:
        return kappa - lam - kappa * gamma / (1 + kappa)

    kappa = brentq(gap, 0, lam + gamma + 1, xtol=1e-15, rtol=1e-14)
    df2 = gamma / (1 + kappa) ** 2  # over n
    total = (signal * (kappa / (1 + kappa)) ** 2 + noise**2) / (1 - df2)
    assert Isotropic(noise, signal).limit(1, gamma, lam).total == pytest.approx(total, rel=1e-8)


@given(ratios.filter(lambda g: abs(g - 1) > 0.02), noises, signals)
def test_without_decay(gamma: float, noise: float, signal: float) -> None:
    model = Isotropic(noise, signal)
    risk = model.limit(1, gamma, 0.0)
    if gamma < 1:
        assert risk.bias2 == 0
        assert risk.variance == pytest.approx(noise**2 * gamma / (1 - gamma))
    else:
        assert risk.bias2 == pytest.approx(signal * (1 - 1 / gamma))
        assert risk.variance == pytest.approx(noise**2 / (gamma - 1))
    near = model.limit(1, gamma, 1e-13)
    assert near.variance == pytest.approx(float(risk.variance), rel=1e-7)
    assert near.bias2 == pytest.approx(float(risk.bias2), abs=1e-9)


def test_the_peak_and_the_ends() -> None:
    model = Isotropic(0.5, 2.0)
    assert math.isinf(model.limit(10, 10, 0.0).variance)
    assert model.limit(10, 10, 0.0).bias2 == 0
    assert Isotropic(0.0, 2.0).limit(10, 10, 0.0).excess == 0
    heavy = model.limit(10, [3, 10, 30], math.inf)
    assert heavy.bias2 == pytest.approx([2, 2, 2])
    assert heavy.variance == pytest.approx([0, 0, 0])
    # at the peak D = √(λ(4 + λ)), so that the variance grows like σ²/(2√λ)
    assert model.limit(10, 10, 1e-12).variance == pytest.approx(0.25 / 2e-6, rel=1e-5)


@given(ratios, noises, signals, st.booleans())
def test_the_best_decay_has_the_least_risk(
    gamma: float, noise: float, signal: float, intercept: bool
) -> None:
    n, model = 50, Isotropic(noise, signal, intercept)
    d = gamma * n
    best = float(model.best_weight_decay(n, d))
    assert best == pytest.approx(gamma * noise**2 / signal)

    def risk(factor: float) -> float:
        return float(model.limit(n, d, best * factor).excess)

    slope = (risk(1 + STEP) - risk(1 - STEP)) / (2 * STEP)
    assert abs(slope) <= DIFFERENCE * risk(1)
    for factor in (0.0, 0.5, 0.9, 1.1, 2.0, 10.0):
        assert risk(factor) >= risk(1) * (1 - 1e-12)


@given(ratios, noises, signals)
def test_the_least_risk(gamma: float, noise: float, signal: float) -> None:
    best = gamma * noise**2 / signal
    m, _ = stieltjes(gamma, best)
    v = gamma * m + (1 - gamma) / best
    risk = Isotropic(noise, signal).limit(1, gamma, best)
    assert risk.excess == pytest.approx(noise**2 * gamma * m, rel=CLOSE)
    assert risk.total == pytest.approx(noise**2 / (best * v), rel=1e-6)


@pytest.mark.parametrize("intercept", [False, True])
def test_with_the_best_decay_the_risk_is_monotone(intercept: bool) -> None:
    model, d = Isotropic(0.5, 1.0, intercept), np.geomspace(1, 5000, 400)
    rising = model.limit(50, d, model.best_weight_decay(50, d)).total
    assert (np.diff(rising) > 0).all()
    assert rising[-1] < model.without_features(50)
    falling = model.limit(d + 1, 50, model.best_weight_decay(d + 1, 50)).total
    assert (np.diff(falling) < 0).all()


def test_the_best_decay_of_other_conventions() -> None:
    model = Isotropic(0.5, 4.0)
    n = np.array([10.0, 100.0, 1000.0])
    assert n * model.best_weight_decay(n, 500) == pytest.approx([500 * 0.25 / 4] * 3)
    krogh_hertz = Isotropic(0.5, 1.0).best_weight_decay(n, 70.0) * n / 70
    assert krogh_hertz == pytest.approx([0.25] * 3)
    assert Isotropic(0.0, 0.0).best_weight_decay(3, 2) == 0
    assert math.isinf(Isotropic(1.0, 0.0).best_weight_decay(3, 2))


@given(st.floats(0.05, 0.95))
def test_the_second_minimum(noise: float) -> None:
    model = Isotropic(noise, 1.0)
    at = model.second_minimum
    snr = 1 / noise**2
    assert at == pytest.approx(math.sqrt(snr) / (math.sqrt(snr) - 1))

    def risk(factor: float) -> float:
        return float(model.limit(1, 1 + (at - 1) * factor, 0.0).excess)

    assert risk(1) < min(risk(0.9), risk(1.1), 1.0)


def test_no_second_minimum_where_noise_outweighs_signal() -> None:
    model = Isotropic(1.0, 1.0)
    assert math.isinf(model.second_minimum)
    risk = model.limit(1, np.geomspace(1.01, 100, 200), 0.0).excess
    assert (np.diff(risk) < 0).all()
    assert (risk > 1).all()


@given(st.integers(3, 60), st.integers(1, 90), noises)
def test_with_an_intercept_it_is_one_row_fewer(n: int, d: int, noise: float) -> None:
    """The literature's form for d < n − 2, and the same nλ on n − 1 rows."""
    model, rows = Isotropic(noise, 1.0, True), Isotropic(noise, 1.0)
    exact = model.expected_without_decay(n, d).total
    if d < n - 2:
        expected = noise**2 * (1 + 1 / n) * (n - 2) / (n - d - 2)
        assert exact == pytest.approx(expected)
    inside = rows.limit(n - 1, d, 0.3 * n / (n - 1)).total
    assert model.limit(n, d, 0.3).total == pytest.approx((1 + 1 / n) * float(inside))
    assert model.without_features(n) == pytest.approx((1 + 1 / n) * (1 + noise**2))


def test_the_exact_mean_without_decay() -> None:
    model = Isotropic(0.5, 3.0)
    d = np.array([10, 48, 49, 50, 51, 52, 200])
    exact = model.expected_without_decay(50, d)
    variance = [0.25 * 10 / 39, 0.25 * 48, *[math.inf] * 3, 0.25 * 50, 0.25 * 50 / 149]
    assert exact.variance == pytest.approx(variance)
    assert exact.bias2 == pytest.approx([0, 0, 0, 0, 3 / 51, 3 * 2 / 52, 2.25])
    large = Isotropic(0.5, 3.0).expected_without_decay(10**7, 4 * 10**7)
    assert large.total == pytest.approx(float(model.limit(1, 4, 0.0).total), rel=1e-6)
    assert Isotropic(0.0, 1.0).expected_without_decay(5, 5).total == 0


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (lambda: Isotropic(noise=-1), "noise must be"),
        (lambda: Isotropic(signal=math.nan), "signal must be"),
        (lambda: Isotropic().limit(0, 1, 0.0), "n_train must be >= 1"),
        (lambda: Isotropic(intercept=True).limit(1, 1, 0.0), "n_train must be >= 2"),
        (lambda: Isotropic().limit(1, 0, 0.0), "n_features must be"),
        (lambda: Isotropic().limit(1, 1, -1.0), "weight_decay must be"),
    ],
)
def test_wrong_values_are_refused(wrong: "object", rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        wrong()  # type: ignore[operator]
