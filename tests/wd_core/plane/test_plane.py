"""The 2-D quadratic and the slice against solvers, grids, differences and step-by-step descent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.oracles import half_mean_square, random_dataset, ridge
from wd_core import (
    Dataset,
    Hyperparameters,
    collect,
    data_loss,
    norm_for_weight_decay,
    train,
)
from wd_core.plane.quadratic import Quadratic
from wd_core.plane.slice import Slice, turns

# A few dozen roundings on numbers of order one.
EXACT = 1e-11
# ‖∇L(w*) + λw*‖ beside ‖H‖‖w̃‖, what the gradient's terms are made of.
KKT = 1e-12
# θ(λ(θ)) = θ, relative: Newton goes on until λ stops moving.
ROOT = 1e-10
# The angle between −∇L(w*) and w*, in radians; −λw* is made of terms of size ‖H‖‖w̃‖.
TANGENT = 1e-6
# SLSQP's best at a loss of order one: a loss flat to 1e-16 says where its minimum is to 1e-8.
SOLVER = 1e-6
# A central difference with a step of 1e-5 of θ: 1e-10 from the third derivative, 1e-11 rounding.
DIFFERENCE = 1e-6

BOWL = Quadratic([[3.0, 1.0], [1.0, 0.8]], [1.5, -2.0])
VALLEY = Quadratic.from_eigenvalues([2.0, 0.0], 0.4, [1.0, 1.0])
SURFACES = {
    "bowl": BOWL,
    "steep": Quadratic.from_eigenvalues([50.0, 0.02], 1.1, [0.6, 2.0]),
    "axis-aligned": Quadratic([[4.0, 0.0], [0.0, 1.0]], [1.0, 2.0]),
    "round": Quadratic(2 * np.eye(2), [1.0, -0.5]),
    "valley": VALLEY,
    "equal features": Quadratic([[1.0, 1.0], [1.0, 1.0]], [3.0, -1.0]),
    "valley along an axis": Quadratic([[0.0, 0.0], [0.0, 1.5]], [7.0, 2.0]),
}

ratios = st.floats(-6, 0).map(lambda power: 10**power)
scales = st.floats(-3, 3).map(lambda power: 10**power)
angles = st.floats(-np.pi, np.pi)
shares = st.floats(1e-6, 1 - 1e-6)


@pytest.fixture(params=SURFACES)
def surface(request) -> Quadratic:
    return SURFACES[request.param]


@st.composite
def surfaces(draw) -> Quadratic:
    steep, away = draw(scales), draw(scales)
    turn = draw(angles)
    at = away * np.array([np.cos(turn), np.sin(turn)])
    return Quadratic.from_eigenvalues([steep, steep * draw(ratios)], draw(angles), at)


def loss_of(q: Quadratic, w: np.ndarray) -> float:
    """½ (w − w̃)ᵀH(w − w̃), written out."""
    (a, b), (c, d) = q.hessian
    x, y = w - q.minimiser
    return 0.5 * (a * x * x + (b + c) * x * y + d * y * y)


def slope_of(q: Quadratic, w: np.ndarray) -> np.ndarray:
    return np.array([row @ (np.asarray(w) - q.minimiser) for row in q.hessian])


def size_of(q: Quadratic) -> float:
    return float(np.abs(q.hessian).max() * np.linalg.norm(q.minimiser))


# --- the surface -------------------------------------------------------------------------------


def test_loss_gradient_and_objective_are_the_formulas_on_any_axes(surface):
    w = np.random.default_rng(0).normal(size=(4, 5, 2))
    expected = [[loss_of(surface, point) for point in row] for row in w]
    np.testing.assert_allclose(surface.loss(w), expected, rtol=EXACT, atol=EXACT)
    penalised = expected + 0.35 * (w**2).sum(-1)
    np.testing.assert_allclose(surface.objective(w, 0.7), penalised, rtol=EXACT, atol=EXACT)
    slopes = [[slope_of(surface, point) for point in row] for row in w]
    np.testing.assert_allclose(surface.gradient(w), slopes, atol=1e-9)
    assert surface.loss(w[0, 0]).shape == ()
    assert surface.gradient(w[0, 0]).shape == (2,)


@given(surfaces())
def test_eigenvalues_and_eigenvectors_are_numpys(q):
    np.testing.assert_allclose(
        q.eigenvalues, np.linalg.eigvalsh(q.hessian)[::-1], atol=EXACT * q.eigenvalues[0]
    )
    V = q.eigenvectors
    np.testing.assert_allclose(V.T @ V, np.eye(2), atol=EXACT)
    rebuilt = V * q.eigenvalues @ V.T
    np.testing.assert_allclose(rebuilt, q.hessian, atol=EXACT * q.eigenvalues[0])


def test_arrays_lists_and_tensors_are_taken():
    q = Quadratic(torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([1.0, 1.0]))
    assert q.loss([0, 0]) == pytest.approx(1.5)
    assert q.loss(torch.zeros(3, 2)).shape == (3,)
    assert q.weight_decay_for_norm(np.float64(0.5)) == q.weight_decay_for_norm(torch.tensor(0.5))


# --- penalty and disc --------------------------------------------------------------------------


@pytest.mark.parametrize("weight_decay", [1e-3, 0.5, 3.0, 1e3])
def test_ridge_solves_its_equation_and_the_penalised_problem(surface, weight_decay):
    w = surface.ridge(weight_decay)
    expected = np.linalg.solve(
        surface.hessian + weight_decay * np.eye(2), surface.hessian @ surface.minimiser
    )
    np.testing.assert_allclose(w, expected, rtol=1e-9, atol=1e-9)
    around = w + 1e-3 * np.random.default_rng(1).normal(size=(50, 2))
    assert (surface.objective(around, weight_decay) > surface.objective(w, weight_decay)).all()


@given(surfaces())
def test_one_weight_decay_of_many_has_the_ridge_that_it_has_alone(q):
    lams = [0.0, *np.geomspace(1e-6, 1e6, 30).tolist()]
    np.testing.assert_array_equal(q.ridge(lams), [q.ridge(lam) for lam in lams])


@given(surfaces(), st.floats(-6, 6))
def test_the_kkt_residual_and_the_tangent(q, power):
    """At w* the level set of L and the circle share a normal: −∇L = λw*."""
    lam = q.eigenvalues[0] * 10**power
    w = q.ridge(lam)
    pull = -slope_of(q, w)
    assert np.linalg.norm(pull - lam * w) <= KKT * size_of(q)
    rounding = 1e-15 * size_of(q) / np.linalg.norm(lam * w)
    assume(rounding < TANGENT / 10)
    angle = np.arctan2(w[0] * pull[1] - w[1] * pull[0], w @ pull)
    assert abs(angle) < TANGENT
    np.testing.assert_allclose(-q.gradient(w), lam * w, atol=KKT * size_of(q))


def test_many_values_of_lambda_are_each_alone(surface):
    lams = np.array([0.0, 1e-8, 0.1, 4.0, 1e9])
    path = surface.ridge(lams)
    assert path.shape == (5, 2)
    for w, lam in zip(path, lams, strict=True):
        np.testing.assert_allclose(w, surface.ridge(float(lam)), rtol=EXACT, atol=1e-20)
        assert surface.norm_for_weight_decay(lam) == pytest.approx(w @ w, rel=EXACT)


@given(surfaces(), shares)
def test_theta_of_lambda_of_theta_is_theta(q, share):
    theta = share * q.norm_for_weight_decay(0.0)
    lam = q.weight_decay_for_norm(theta)
    assert lam > 0
    assert q.norm_for_weight_decay(lam) == pytest.approx(theta, rel=ROOT)
    w = q.constrained(theta)
    assert w @ w == pytest.approx(theta, rel=ROOT)
    np.testing.assert_allclose(w, q.ridge(lam), rtol=1e-12, atol=1e-12 * np.sqrt(theta))


@pytest.mark.parametrize("share", [1e-280, 1e-200, 1e-100, 1e-12, 1 - 1e-12, 1 - 1e-15])
def test_both_ends_of_theta(surface, share):
    theta = share * surface.norm_for_weight_decay(0.0)
    lam = surface.weight_decay_for_norm(theta)
    assert 0 <= lam < np.inf
    assert surface.norm_for_weight_decay(lam) == pytest.approx(theta, rel=ROOT)
    if share < 1e-50:  # λ → ‖g‖/√θ
        steepest = np.linalg.norm(slope_of(surface, np.zeros(2)))
        assert lam == pytest.approx(steepest / np.sqrt(theta), rel=1e-9)


def test_an_idle_constraint_has_no_multiplier_and_the_least_norm_minimiser(surface):
    most = surface.norm_for_weight_decay(0.0)
    for theta in (most, 1.001 * most, 1e9):
        assert surface.weight_decay_for_norm(theta) == 0.0
        assert surface.multiplier(theta) == 0.0
        np.testing.assert_array_equal(surface.constrained(theta), surface.constrained(1e9))
    np.testing.assert_allclose(surface.constrained(most), surface.ridge(0.0), atol=EXACT)
    assert surface.loss(surface.constrained(most)) < EXACT


@given(surfaces())
def test_theta_falls_strictly_in_lambda(q):
    lams = q.eigenvalues[0] * np.array([0.0, 1e-6, 1e-3, 0.1, 1.0, 10.0, 1e4])
    assert (np.diff([q.norm_for_weight_decay(lam) for lam in lams]) < 0).all()


def test_lambda_to_infinity_sends_the_weights_to_zero_but_no_weight_is_zero():
    w = BOWL.ridge([1e3, 1e6, 1e12, 1e300])
    pull = BOWL.hessian @ BOWL.minimiser
    np.testing.assert_allclose(w[2], pull / 1e12, rtol=1e-9)
    assert (np.diff(np.linalg.norm(w, axis=1)) < 0).all()
    assert (w != 0).all()


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_constrained_is_slsqps(surface, share):
    theta = share * surface.norm_for_weight_decay(0.0)
    solved = minimize(
        lambda w: loss_of(surface, w),
        np.full(2, 0.01),
        jac=lambda w: slope_of(surface, w),
        method="SLSQP",
        constraints=[{"type": "ineq", "fun": lambda w: theta - w @ w, "jac": lambda w: -2 * w}],
        options={"ftol": 1e-15},
    )
    np.testing.assert_allclose(surface.constrained(theta), solved.x, atol=SOLVER)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_the_shadow_price_is_minus_half_of_lambda(surface, share):
    """dL*/dθ by a central difference of the least loss in the disc."""
    theta = share * surface.norm_for_weight_decay(0.0)
    step = 1e-5 * theta
    least = [surface.loss(surface.constrained(theta + side * step)) for side in (-1, 1)]
    slope = (least[1] - least[0]) / (2 * step)
    lam = surface.weight_decay_for_norm(theta)
    assert slope == pytest.approx(-lam / 2, rel=DIFFERENCE)
    assert surface.shadow_price(theta) == -lam / 2
    assert surface.multiplier(theta) == lam / 2


@given(surfaces())
def test_the_path_is_straight_only_along_an_eigenvector(q):
    along = replace(q, minimiser=3 * q.eigenvectors[:, 1])
    path = along.ridge(q.eigenvalues[0] * np.array([0.0, 0.1, 10.0]))
    across = path @ q.eigenvectors[:, 0]
    np.testing.assert_allclose(across, 0, atol=EXACT * 3 * q.eigenvalues[0] / q.eigenvalues[1])


def test_equal_eigenvalues_shrink_straight_towards_zero():
    q = SURFACES["round"]
    for lam in (0.0, 0.5, 2.0):
        np.testing.assert_allclose(q.ridge(lam), q.minimiser * 2 / (2 + lam), rtol=EXACT)
    curve = q.level_set(4.0, 40) - q.minimiser
    np.testing.assert_allclose(np.hypot(*curve.T), 2.0, rtol=EXACT)


def test_a_minimiser_at_the_origin_needs_no_decay():
    q = Quadratic(BOWL.hessian, [0.0, 0.0])
    for lam in (0.0, 1.0):
        np.testing.assert_array_equal(q.ridge(lam), [0, 0])
        assert q.norm_for_weight_decay(lam) == 0.0
    assert q.weight_decay_for_norm(0.5) == 0.0
    for w in (q.constrained(0.5), q.lasso(0.3), q.lasso(0.0), q.l1_constrained(0.3)):
        np.testing.assert_array_equal(w, [0, 0])
    assert np.isfinite(q.level_set(1.0)).all()


# --- valley and plain --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["valley", "equal features", "valley along an axis"])
def test_a_valley_has_the_minimiser_of_least_norm(name):
    q = SURFACES[name]
    least = np.linalg.pinv(q.hessian, rcond=1e-12) @ q.hessian @ q.minimiser
    assert q.rank == 1
    assert q.eigenvalues[1] == 0.0
    np.testing.assert_allclose(q.ridge(0.0), least, atol=EXACT)
    np.testing.assert_allclose(q.ridge(0.0), q.ridge(1e-12), atol=1e-10)
    assert q.loss(q.ridge(0.0)) < EXACT
    along = q.eigenvectors[:, 1]
    np.testing.assert_allclose(
        q.loss(least + np.linspace(-9, 9, 7)[:, None] * along), 0, atol=1e-13
    )


@given(angles, scales)
def test_a_zero_eigenvalue_is_found_at_every_angle_and_scale(angle, scale):
    for pair in ([scale, 0.0], [0.0, scale]):
        q = Quadratic.from_eigenvalues(pair, angle, [1.0, 2.0])
        assert q.rank == 1
        assert q.eigenvalues[1] == 0.0
        assert q.eigenvalues[0] == pytest.approx(scale, rel=EXACT)


def test_the_level_set_of_a_valley_is_two_lines():
    lines = VALLEY.level_set(3.0, 50)
    assert lines.shape == (51, 2)
    gap = np.isnan(lines).any(1)
    assert np.flatnonzero(gap).tolist() == [25]
    np.testing.assert_allclose(VALLEY.loss(lines[~gap]), 3.0, rtol=1e-9)
    one, other = lines[:25], lines[26:]
    assert np.linalg.norm(one[0] - other[0]) == pytest.approx(2 * np.sqrt(2 * 3.0 / 2.0), rel=1e-9)
    centre = np.array([one.mean(0), other.mean(0)]).mean(0)
    np.testing.assert_allclose(centre, VALLEY.ridge(0.0), atol=EXACT)
    assert np.linalg.norm(one[0] - one[-1]) > 100 * np.linalg.norm(VALLEY.ridge(0.0))
    bottom = VALLEY.level_set(0.0, 50)
    np.testing.assert_allclose(VALLEY.loss(bottom[~gap]), 0, atol=EXACT)


def test_a_plain_has_no_slope_no_curve_and_no_limit():
    q = Quadratic(np.zeros((2, 2)), [3.0, 4.0])
    assert q.rank == 0
    assert q.loss([5.0, -1.0]) == 0
    np.testing.assert_array_equal(q.ridge([0.0, 1.0]), np.zeros((2, 2)))
    assert q.weight_decay_for_norm(0.1) == 0.0
    assert q.max_stable_lr(0.0) == np.inf
    assert q.max_stable_lr(0.5) == pytest.approx(4.0)
    assert np.isnan(q.level_set(1.0, 8)).all()
    for w in (q.lasso(0.0), q.lasso(1.0), q.l1_constrained(1.0), q.constrained(1.0)):
        np.testing.assert_array_equal(w, [0, 0])
    path = q.descent([1.0, 2.0], 0.1, 0.0, 3)
    np.testing.assert_array_equal(path, np.tile([1.0, 2.0], (4, 1)))


# --- level sets --------------------------------------------------------------------------------


@given(surfaces(), shares)
def test_a_level_set_is_one_of_the_loss_and_closed(q, share):
    value = share * q.loss(np.zeros(2))
    curve = q.level_set(float(value), 60)
    assert curve.shape == (61, 2)
    np.testing.assert_array_equal(curve[0], curve[-1])
    # points far out along a flat direction lose the digits of w̃ + (w − w̃)
    lost = 1e-14 * size_of(q) * np.linalg.norm(curve, axis=1).max() / value
    np.testing.assert_allclose(q.loss(curve), value, rtol=EXACT + lost)


def test_the_axes_of_the_ellipse():
    """√(2c/s_j) along v_j, centred at w̃ whatever λ is."""
    curve = BOWL.level_set(0.7, 400) - BOWL.minimiser
    reach = np.abs(curve @ BOWL.eigenvectors).max(0)
    np.testing.assert_allclose(reach, np.sqrt(1.4 / BOWL.eigenvalues), rtol=1e-9)
    np.testing.assert_allclose(curve[:-1].mean(0), 0, atol=EXACT)


@pytest.mark.parametrize("lam", [0.1, 1.0, 10.0])
def test_the_level_set_through_the_optimum_touches_the_circle_from_outside(lam):
    """All of it lies outside of the disc but for w* itself; the level set of J would cut it."""
    w = BOWL.ridge(lam)
    curve = BOWL.level_through(w, 2000)
    radius = np.linalg.norm(w)
    distance = np.linalg.norm(curve, axis=1)
    spacing = np.linalg.norm(np.diff(curve, axis=0), axis=1).max()
    assert distance.min() >= radius - EXACT
    assert distance.min() - radius < spacing**2 / radius
    assert np.linalg.norm(curve[distance.argmin()] - w) < spacing
    assert BOWL.loss(curve[0]) == pytest.approx(float(BOWL.loss(w)))


# --- descent -----------------------------------------------------------------------------------


def step_by_step(q: Quadratic, start, lr: float, lam: float, steps: int) -> np.ndarray:
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * (slope_of(q, path[-1]) + lam * path[-1]))
    return np.array(path)


@pytest.mark.parametrize("lam", [0.0, 0.4])
@pytest.mark.parametrize("share", [0.1, 0.9, 1.0, 1.1])
def test_the_closed_form_is_descent_step_by_step(surface, lam, share):
    lr = share * surface.max_stable_lr(lam)
    path = surface.descent([-1.0, 2.5], lr, lam, 60)
    expected = step_by_step(surface, [-1.0, 2.5], lr, lam, 60)
    assert path.shape == (61, 2)
    np.testing.assert_array_equal(path[0], [-1.0, 2.5])
    np.testing.assert_allclose(path, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


def with_hessian(q: Quadratic) -> Dataset:
    """Four rows around zero whose loss is q: XᵀX/4 = H, no mean, y = Xw̃."""
    root = q.eigenvectors * np.sqrt(2 * q.eigenvalues) @ q.eigenvectors.T
    X = np.vstack([root, -root])
    return Dataset(X, X @ q.minimiser, X, X @ q.minimiser)


@pytest.mark.parametrize("lam", [0.0, 0.4])
@pytest.mark.parametrize("share", [0.2, 0.95])
def test_full_batch_training_walks_the_path(surface, lam, share):
    data = with_hessian(surface)
    run = Hyperparameters(
        lr=share * surface.max_stable_lr(lam), weight_decay=lam, batch_size=4, epochs=40
    )
    trained = collect(train(data, [run], start=([-1.0, 2.5], 0.0)))
    path = surface.descent([-1.0, 2.5], run.lr, lam, 40)
    np.testing.assert_allclose(trained.weights[:, 0], path, atol=1e-9)
    np.testing.assert_allclose(trained.train_loss[:, 0], surface.loss(path), atol=1e-9)


@pytest.mark.parametrize("theta_share", [0.2, 0.8, 2.0])
def test_the_projected_path_is_trainings_and_ends_at_the_constrained_optimum(surface, theta_share):
    theta = theta_share * surface.norm_for_weight_decay(0.0)
    lr = 0.8 / surface.eigenvalues[0]
    path = surface.projected_descent([-1.0, 2.5], lr, theta, 40)
    run = Hyperparameters(lr=lr, max_norm=np.sqrt(theta), batch_size=4, epochs=40)
    trained = collect(train(with_hessian(surface), [run], start=([-1.0, 2.5], 0.0)))
    np.testing.assert_allclose(path, trained.weights[:, 0], atol=1e-9)
    np.testing.assert_array_equal(path[0], [-1.0, 2.5])
    assert (np.linalg.norm(path[1:], axis=1) <= np.sqrt(theta) * (1 + EXACT)).all()
    if theta_share < 1:
        end = surface.projected_descent([-1.0, 2.5], lr, theta, 20_000)[-1]
        np.testing.assert_allclose(end, surface.constrained(theta), atol=1e-8)


@given(surfaces(), st.floats(-3, 3))
def test_the_stability_limit_is_where_it_is_said_to_be(q, power):
    """Two thousand steps at 0.99 and at 1.01 of it, from a start off the steep axis."""
    lam = q.eigenvalues[0] * 10**power
    limit = q.max_stable_lr(lam)
    assert limit == pytest.approx(2 / (np.linalg.eigvalsh(q.hessian)[1] + lam), rel=EXACT)
    optimum = q.ridge(lam)
    start = optimum + q.eigenvectors.sum(1)

    def away(share: float) -> float:
        along = q.descent(start, share * limit, lam, 2000)[-1] - optimum
        return float(np.abs(along @ q.eigenvectors[:, 0]))

    rounding = 1e-12 * np.linalg.norm(optimum)
    assert away(0.99) < 1e-7 + rounding
    assert away(1.01) > 1e7
    assert away(1.0) == pytest.approx(1, rel=1e-6, abs=rounding)


def test_descent_at_a_valley_leaves_the_part_along_it():
    start = VALLEY.ridge(0.0) + np.array([3.0, -1.0])
    end = VALLEY.descent(start, 0.3, 0.0, 500)[-1]
    along = VALLEY.eigenvectors[:, 1]
    assert end @ along == pytest.approx(start @ along, rel=EXACT)
    assert VALLEY.loss(end) < EXACT
    decayed = VALLEY.descent(start, 0.3, 0.5, 500)[-1]
    np.testing.assert_allclose(decayed, VALLEY.ridge(0.5), atol=EXACT)


@pytest.mark.parametrize("lam", [0.0, 0.3])
def test_the_limit_of_a_descent_is_where_its_steps_end(surface, lam):
    start = np.array([-1.2, 0.7])
    w, lr = start, 1 / (surface.eigenvalues[0] + lam)
    for _ in range(60_000):
        w = w - lr * (slope_of(surface, w) + lam * w)
    np.testing.assert_allclose(surface.descent_limit(start, lam), w, atol=1e-9)


def test_a_plain_keeps_the_start():
    flat = Quadratic(np.zeros((2, 2)), [1.0, 1.0])
    assert flat.descent_limit([0.3, -2.0], 0.0).tolist() == [0.3, -2.0]


@pytest.mark.parametrize("degrees", [0, 45, 90])
@pytest.mark.parametrize("lam", [0.0, 0.5])
def test_a_start_without_a_part_along_the_steepest_direction_converges(degrees, lam):
    q = Quadratic.from_eigenvalues([2.0, 0.25], np.radians(degrees), [1.9, 1.1])
    lr, end = 1.5, q.ridge(lam)
    beside = end + 0.75 * q.eigenvectors[:, 1]
    assert lr * (2.0 + lam) > 2
    assert q.descent_product(beside, lr, lam) == pytest.approx(lr * (0.25 + lam), rel=EXACT)
    np.testing.assert_allclose(q.descent(beside, lr, lam, 300)[-1], end, atol=1e-9)
    off = beside + 1e-9 * q.eigenvectors[:, 0]
    assert q.descent_product(off, lr, lam) == pytest.approx(lr * (2.0 + lam), rel=EXACT)
    assert np.linalg.norm(q.descent(off, lr, lam, 300)[-1]) > 100
    assert q.descent_product(end, 100.0, lam) == 0
    np.testing.assert_allclose(q.descent(end, 100.0, lam, 200), np.tile(end, (201, 1)), atol=EXACT)


def test_descent_swings_for_ever_where_the_product_is_2_up_to_rounding():
    q = Quadratic.from_eigenvalues([2.0, 0.25], 0.7, [1.9, 1.1])
    for lam in (0.0, 0.1, 1.0, 10 / 3):
        product = q.descent_product([-1.5, 1.5], 2 / (2 + lam), lam)
        assert product == 2.0
        assert q.descent_product([-1.5, 1.5], 2.001 / (2 + lam), lam) > 2
        assert q.descent_product([-1.5, 1.5], 1.999 / (2 + lam), lam) < 2


def test_a_start_on_the_line_of_minimisers_stays():
    at = VALLEY.ridge(0.0) + 1.5 * VALLEY.eigenvectors[:, 1]
    assert VALLEY.descent_product(at, 50.0, 0.0) == 0
    assert VALLEY.descent_product(at, 50.0, 0.1) == pytest.approx(
        50 * (VALLEY.eigenvalues[0] + 0.1), rel=EXACT
    )


@pytest.mark.parametrize("name", ["bowl", "axis-aligned", "round"])
def test_a_diverging_path_holds_numbers(name):
    """No inf, no NaN, and no warning: those fail the suite."""
    q = SURFACES[name]
    start = q.minimiser + np.array([1.0, 0.0])
    path = q.descent(start, 10 * q.max_stable_lr(0.0), 0.0, 5000)
    assert np.isfinite(path).all()
    assert np.abs(path[-1]).max() > 1e100


def test_no_steps_are_the_start_alone():
    np.testing.assert_array_equal(BOWL.descent([1, 2], 0.1, 0.0, 0), [[1.0, 2.0]])
    np.testing.assert_array_equal(BOWL.projected_descent([1, 2], 0.1, 1.0, 0), [[1.0, 2.0]])


# --- L1 ----------------------------------------------------------------------------------------


def total(q: Quadratic, w: np.ndarray, l1: float) -> np.ndarray:
    return q.loss(w) + l1 * np.abs(w).sum(-1)


def refined(value, keep, centre, half: float) -> np.ndarray:
    """The least value on a grid that shrinks onto its best point, 41 × 41 points a round."""
    centre = np.array(centre, dtype=float)
    for _ in range(40):
        side = np.linspace(-half, half, 41)
        points = centre + np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
        points = keep(np.vstack([points, centre]))
        centre = points[value(points).argmin()]
        half *= 0.7
    return centre


@pytest.mark.parametrize("l1", [0.0, 0.05, 0.4, 1.0, 2.5, 8.0])
def test_lasso_is_the_best_of_a_fine_grid(surface, l1):
    w = surface.lasso(l1)

    def onto_axes(points):
        """The grid with its nearest points moved onto the axes, where the corner is."""
        moved = [points, points * [0, 1], points * [1, 0], np.zeros((1, 2))]
        return np.vstack(moved)

    found = refined(lambda p: total(surface, p, l1), onto_axes, [0, 0], 4.0)
    assert total(surface, w, l1) <= total(surface, found, l1) + 1e-14
    if surface.rank == 2:
        np.testing.assert_allclose(w, found, atol=1e-5)


def subgradient_residual(q: Quadratic, w: np.ndarray, l1: float) -> float:
    """How far −∇L(w) is from l1·∂‖w‖₁."""
    pull = -slope_of(q, w)
    off = np.where(w == 0, np.maximum(np.abs(pull) - l1, 0), np.abs(pull - l1 * np.sign(w)))
    return float(off.max())


@given(surfaces(), st.floats(0.001, 1.5))
def test_lasso_meets_its_optimality_conditions(q, share):
    l1 = share * np.abs(slope_of(q, np.zeros(2))).max()
    w = q.lasso(l1)
    assert subgradient_residual(q, w, l1) <= KKT * size_of(q)
    if share > 1 + EXACT:
        np.testing.assert_array_equal(w, [0, 0])


@given(angles, st.floats(0.01, 1.2))
def test_lasso_in_a_valley_meets_its_optimality_conditions(angle, share):
    q = Quadratic.from_eigenvalues([2.0, 0.0], angle, [1.0, -0.7])
    l1 = share * np.abs(slope_of(q, np.zeros(2))).max()
    assert subgradient_residual(q, q.lasso(l1), l1) <= KKT * 10


def test_lasso_is_a_solvers():
    """w = p − m with p, m >= 0 makes it smooth: L-BFGS-B on four numbers."""
    for l1 in (0.1, 0.9, 2.0):

        def smooth(z, l1=l1):
            return loss_of(BOWL, z[:2] - z[2:]) + l1 * z.sum()

        solved = minimize(smooth, np.full(4, 0.1), bounds=[(0, None)] * 4, options={"ftol": 1e-15})
        np.testing.assert_allclose(BOWL.lasso(l1), solved.x[:2] - solved.x[2:], atol=1e-5)


def test_l1_gives_an_exact_zero_and_l2_none():
    q = Quadratic([[1.0, 0.3], [0.3, 1.0]], [1.0, 0.4])
    assert q.lasso(0.6)[1] == 0.0
    assert q.lasso(0.6)[0] == pytest.approx(1.12 - 0.6)
    assert q.l1_constrained(0.4)[1] == 0.0
    assert (q.ridge(np.logspace(-3, 6, 50)) != 0).all()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 1.0, 1.5])
def test_l1_constrained_is_the_best_of_a_fine_grid(surface, share):
    radius = share * float(np.abs(surface.ridge(0.0)).sum())
    w = surface.l1_constrained(radius)
    assert np.abs(w).sum() <= radius * (1 + EXACT)
    turn = np.linspace(0, 4, 400_001)  # once around the diamond
    edge, t = np.divmod(turn, 1)
    corners = radius * np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1], [1, 0], [0, 1]])
    border = (
        corners[edge.astype(int)] * (1 - t)[:, None] + corners[edge.astype(int) + 1] * t[:, None]
    )
    best = border[surface.loss(border).argmin()]
    if share < 1:
        assert surface.loss(w) <= surface.loss(best) + 1e-13
    else:
        assert surface.loss(w) < EXACT
    if surface.rank == 2 and share < 1:
        np.testing.assert_allclose(w, best, atol=2e-5 * radius)


@given(surfaces(), st.floats(0.001, 0.99))
def test_l1_constrained_meets_its_optimality_conditions(q, share):
    """−∇L is μ·sign(w) where w is not zero, and no larger than μ where it is."""
    radius = share * float(np.abs(q.minimiser).sum())
    w = q.l1_constrained(radius)
    assert np.abs(w).sum() == pytest.approx(radius, rel=EXACT)
    multiplier = float(np.abs(slope_of(q, w)).max())
    assert subgradient_residual(q, w, multiplier) <= KKT * size_of(q)


@pytest.mark.parametrize("away", [0.3, 1e-4, 1e-8, 1e-12, 0.0])
@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_no_digits_are_lost_next_to_a_corner(away, signs):
    """w̃ is placed so that the answer is known: near a corner losses differ by away² alone."""
    w = np.array(signs) * [away, 1 - away]
    q = Quadratic(BOWL.hessian, w + np.linalg.solve(BOWL.hessian, 0.7 * np.array(signs)))
    np.testing.assert_allclose(q.l1_constrained(1.0), w, atol=1e-14)
    np.testing.assert_allclose(q.lasso(0.7), w, atol=1e-14)


@pytest.mark.parametrize("inside", [0.5, 1e-6, 1e-12])
def test_at_a_corner_the_zero_is_exact(inside):
    pull = np.array([0.7 * (1 - inside), -0.7])
    q = Quadratic(BOWL.hessian, np.array([0.0, -1.0]) + np.linalg.solve(BOWL.hessian, pull))
    np.testing.assert_array_equal(q.l1_constrained(1.0), [0, -1])
    assert q.lasso(0.7)[0] == 0.0
    assert q.lasso(0.7)[1] == pytest.approx(-1, rel=EXACT)


@given(surfaces(), st.floats(0.001, 0.99))
def test_diamond_and_l1_penalty_are_one_problem(q, share):
    """The diamond through lasso(l1) has lasso(l1) as its minimiser."""
    w = q.lasso(share * np.abs(slope_of(q, np.zeros(2))).max())
    radius = float(np.abs(w).sum())
    assume(0 < radius < np.abs(q.minimiser).sum() * 0.999)
    again = q.l1_constrained(radius)
    # along the flat direction a rounding of the radius counts s_max/s_min times
    slack = 1e-14 * np.linalg.norm(q.minimiser) * q.eigenvalues[0] / q.eigenvalues[1]
    np.testing.assert_allclose(again, w, rtol=1e-9, atol=slack)
    assert q.loss(again) == pytest.approx(float(q.loss(w)), rel=1e-8)


@pytest.mark.parametrize("share", [0.2, 0.71, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("name", ["valley", "valley along an axis", "equal features"])
def test_in_a_valley_of_equals_the_least_norm_is_taken(name, share):
    """Among all points of the diamond with the least loss, found on a grid along the valley."""
    q = SURFACES[name]
    radius = share * float(np.abs(q.ridge(0.0)).sum())
    w = q.l1_constrained(radius)
    line = w + np.linspace(-3, 3, 6001)[:, None] * q.eigenvectors[:, 1]
    inside = np.abs(line).sum(1) <= radius * (1 + 1e-9)
    equals = line[inside & (q.loss(line) <= q.loss(w) + 1e-12)]
    assert (np.linalg.norm(equals, axis=1) >= np.linalg.norm(w) - 1e-6).all()


def test_two_equal_features_share_the_weight():
    q = SURFACES["equal features"]  # L = ½ (w_1 + w_2 − 2)²
    np.testing.assert_allclose(q.ridge(0.0), [1, 1], rtol=EXACT)
    np.testing.assert_allclose(q.ridge(2.0), [0.5, 0.5], rtol=EXACT)
    np.testing.assert_allclose(q.lasso(1.0), [0.5, 0.5], rtol=EXACT)
    np.testing.assert_allclose(q.l1_constrained(0.6), [0.3, 0.3], rtol=EXACT)


@given(surfaces(), st.floats(0.001, 0.999))
def test_the_zeros_of_the_diamond_are_where_the_ranges_say(q, share):
    """Against the minimiser itself, which is found edge by edge."""
    radius = share * float(np.abs(q.minimiser).sum())
    held = [r for r in q.l1_zero_ranges() if r.low < radius < r.high]
    edges = [edge for r in q.l1_zero_ranges() for edge in (r.low, r.high)]
    assume(all(abs(edge - radius) > 1e-6 * radius for edge in edges))
    assert np.flatnonzero(q.l1_constrained(radius) == 0).tolist() == [r.weight for r in held]


def test_the_ranges_of_zeros_by_hand():
    (held,) = Quadratic(np.eye(2), [1.0, 0.4]).l1_zero_ranges()
    assert (held.weight, held.low) == (1, 0.0)
    assert held.high == pytest.approx(0.6)  # the edge's own minimiser leaves the corner
    assert Quadratic(np.eye(2), [1.0, 1.0]).l1_zero_ranges() == []  # w stays on the diagonal
    assert SURFACES["equal features"].l1_zero_ranges() == []
    assert Quadratic(np.eye(2), [0.0, 0.0]).l1_zero_ranges() == []
    (held,) = SURFACES["valley along an axis"].l1_zero_ranges()
    assert (held.weight, held.low, held.high) == (0, 0.0, pytest.approx(2))


@pytest.mark.parametrize("share", [0.2, 0.71, 0.9, 1.0, 1.3])
@pytest.mark.parametrize("name", ["bowl", "valley", "valley along an axis", "equal features"])
def test_the_ends_of_the_minimisers_are_those_of_a_grid_of_the_diamond(name, share):
    q = SURFACES[name]
    radius = share * float(np.abs(q.ridge(0.0)).sum())
    w = q.l1_constrained(radius)
    line = w + np.linspace(-4, 4, 8001)[:, None] * q.eigenvectors[:, 1]
    inside = np.abs(line).sum(1) <= radius * (1 + 1e-9)
    equals = line[inside & (q.loss(line) <= q.loss(w) + 1e-12)] @ q.eigenvectors[:, 1]
    ends = q.l1_minimisers(radius)
    np.testing.assert_allclose(q.loss(ends), float(q.loss(w)), atol=1e-12)
    assert np.abs(ends).sum(1).max() <= radius * (1 + EXACT)
    found = np.sort(ends @ q.eigenvectors[:, 1])
    np.testing.assert_allclose(found, [equals.min(), equals.max()], atol=2e-3)


def test_two_equal_features_leave_a_whole_edge():
    ends = SURFACES["equal features"].l1_minimisers(0.6)
    np.testing.assert_allclose(ends[ends[:, 0].argsort()], [[0, 0.6], [0.6, 0]], atol=EXACT)
    with pytest.raises(ValueError, match="hessian must be other than 0"):
        Quadratic(np.zeros((2, 2)), [1.0, 1.0]).l1_minimisers(1.0)


# --- exact zeros -------------------------------------------------------------------------------


@pytest.mark.parametrize("lam", [0.0, 0.5, 1e6])
@pytest.mark.parametrize(
    ("eigenvalues", "degrees"), [((1, 1), 55), ((1, 0.2), 90), ((1, 0), 0), ((0.2, 1), 180)]
)
def test_a_weight_that_is_0_is_exactly_0(eigenvalues, degrees, lam):
    """Along an axis that is an eigenvector's, w* = s/(s + λ) w̃ with the other weight 0."""
    q = Quadratic.from_eigenvalues(eigenvalues, np.radians(degrees), [1.0, 0.0])
    s = float(q.hessian[0, 0])
    w, theta = q.ridge(lam), q.norm_for_weight_decay(lam)
    assert w[1] == 0 == q.constrained(theta * 0.9)[1]
    assert w[0] == pytest.approx(s / (s + lam), rel=EXACT)
    assert q.gradient(w)[1] == 0


def test_a_minimiser_on_an_axis_stays_there_at_every_angle():
    for degrees in range(1, 180, 7):
        q = Quadratic.from_eigenvalues([2.0, 0.25], np.radians(degrees), [1.0, 0.0])
        assert q.ridge(0.0)[1] == 0


@pytest.mark.parametrize("small", [1e-3, 1e-8, 1e-12])
def test_a_small_weight_is_not_taken_for_rounding(small):
    q = Quadratic(np.diag([1.0, 1e-3]), [1.0, small])
    np.testing.assert_allclose(q.ridge(0.5), [1 / 1.5, small * 1e-3 / 0.501], rtol=1e-12)


def test_targets_that_do_not_vary_have_their_minimiser_at_exactly_0():
    X = random_dataset(9, 2).X_train
    for y in (np.full(9, 0.05), np.full(9, 1e6), np.zeros(9)):
        data = Dataset(X, y, X, y)
        q = Quadratic.from_data(data)
        assert q.minimiser.tolist() == [0, 0]
        assert q.offset == 0
        assert Slice.through(data, 0.5).minimiser.tolist() == [0, 0]


def test_targets_without_noise_leave_no_loss():
    X = random_dataset(9, 2).X_train
    y = X @ [1.5, 1e-6] + 0.05
    q = Quadratic.from_data(Dataset(X, y, X, y))
    assert q.offset == 0
    np.testing.assert_allclose(q.minimiser, [1.5, 1e-6], atol=1e-14)
    assert Slice.through(random_dataset(5, 9), 0.5).quadratic.offset == 0  # interpolated


# --- wrong input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Quadratic([[1.0]], [0, 0]), r"hessian must be of shape \(2, 2\), got \(1, 1\)"),
        (lambda: Quadratic([[1, 2], [0, 1]], [0, 0]), "hessian must be symmetric, got"),
        (
            lambda: Quadratic([[1, 2], [2, 1]], [0, 0]),
            r"hessian must be without a negative eigenvalue, got \[3.0, -1.0\]",
        ),
        (lambda: Quadratic([[-1, 0], [0, -1]], [0, 0]), "hessian must be without a negative"),
        (lambda: Quadratic([[1, np.nan], [np.nan, 1]], [0, 0]), "hessian must be finite"),
        (lambda: Quadratic(np.eye(2), [0, 0, 0]), "minimiser must be two numbers, got"),
        (lambda: Quadratic(np.eye(2), [0, np.inf]), "minimiser must be finite"),
        (lambda: Quadratic.from_eigenvalues([1, -2], 0, [0, 0]), "eigenvalues must be >= 0, got"),
        (lambda: Quadratic.from_eigenvalues([1, 2, 3], 0, [0, 0]), "eigenvalues must be two numb"),
        (lambda: Quadratic.from_eigenvalues([1, 2], np.nan, [0, 0]), "angle must be finite"),
        (
            lambda: Quadratic.from_data(random_dataset(9, 3)),
            "dataset must be of two features, got 3",
        ),
        (lambda: BOWL.ridge(-0.1), "weight_decay must be >= 0, got -0.1"),
        (lambda: BOWL.ridge([0.1, -2.0]), "weight_decay must be >= 0, got -2.0"),
        (lambda: BOWL.objective([0, 0], -1), "weight_decay must be a finite number >= 0, got -1"),
        (lambda: BOWL.constrained(0.0), "theta must be a finite number > 0, got 0.0"),
        (lambda: BOWL.constrained(np.nan), "theta must be a finite number > 0, got nan"),
        (lambda: BOWL.constrained("x"), "theta must be a finite number"),
        (lambda: BOWL.lasso(-1.0), "l1 must be a finite number >= 0"),
        (lambda: BOWL.l1_constrained(0.0), "radius must be a finite number > 0"),
        (lambda: BOWL.level_set(-1.0), "value must be a finite number >= 0"),
        (lambda: BOWL.level_set(1.0, 3), "points must be a whole number >= 4"),
        (lambda: BOWL.descent([0, 0, 0], 0.1, 0, 5), "start must be two numbers"),
        (lambda: BOWL.descent([0, 0], 0.0, 0, 5), "lr must be a finite number > 0"),
        (lambda: BOWL.descent([0, 0], 0.1, 0, -1), "steps must be a whole number >= 0"),
        (lambda: BOWL.loss([1.0, 2.0, 3.0]), "w must be of two coordinates"),
        (lambda: Slice.through(random_dataset(9, 1), 0.1), "dataset must be of two features or m"),
        (lambda: Slice.through(random_dataset(9, 3), -0.1), "weight_decay must be >= 0, got -0.1"),
    ],
)
def test_wrong_input_is_named_with_its_rule_and_value(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# --- from data ---------------------------------------------------------------------------------


TWO = {
    "tall": random_dataset(30, 2, seed=1),
    "far from zero": replace(
        random_dataset(12, 2, seed=2),
        X_train=random_dataset(12, 2, seed=2).X_train + np.array([50, -20]),
    ),
    "two rows": random_dataset(2, 2, seed=3),
    "two equal features": replace(
        random_dataset(9, 2, seed=4), X_train=random_dataset(9, 2, seed=4).X_train[:, [0, 0]]
    ),
    "one constant feature": replace(
        random_dataset(9, 2, seed=5), X_train=random_dataset(9, 2, seed=5).X_train * [1, 0] + [0, 3]
    ),
}


@pytest.mark.parametrize("name", TWO)
def test_the_quadratic_of_two_features_is_the_data_loss_at_the_best_bias(name):
    data = TWO[name]
    q = Quadratic.from_data(data)
    X, y = data.X_train, data.y_train
    np.testing.assert_allclose(q.hessian, np.cov(X.T, bias=True), atol=1e-10)
    for w in np.random.default_rng(0).normal(size=(10, 2)):
        b = float((y - X @ w).mean())
        expected = half_mean_square(X, y, w, b)
        assert q.offset + q.loss(w) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize("lam", [0.0, 0.01, 2.0])
def test_its_ridge_is_the_datas(name, lam):
    data = TWO[name]
    q = Quadratic.from_data(data)
    w, _ = ridge(data.X_train, data.y_train, lam)
    np.testing.assert_allclose(q.ridge(lam), w, atol=1e-8)
    assert q.norm_for_weight_decay(lam) == pytest.approx(norm_for_weight_decay(data, lam), rel=1e-8)


def test_two_equal_features_and_two_rows_make_a_valley():
    assert Quadratic.from_data(TWO["two equal features"]).rank == 1
    assert Quadratic.from_data(TWO["one constant feature"]).rank == 1
    assert Quadratic.from_data(TWO["two rows"]).rank == 1
    assert Quadratic.from_data(TWO["tall"]).rank == 2
    flat = replace(TWO["tall"], X_train=np.full((30, 2), 0.1))
    q = Quadratic.from_data(flat)
    assert q.rank == 0
    assert q.offset == pytest.approx(flat.y_train.var() / 2)


# --- slice -------------------------------------------------------------------------------------

MANY = {
    "tall": random_dataset(30, 5, seed=1),
    "wide": random_dataset(8, 20, seed=2),
    "two features": random_dataset(9, 2, seed=3),
    "two rows": random_dataset(2, 6, seed=4),
    "far from zero": replace(
        random_dataset(12, 4, seed=5), X_train=random_dataset(12, 4, seed=5).X_train + 20.0
    ),
}


def eigenvector_data(targets_along: int) -> Dataset:
    """Three uncorrelated features of variance 9, 4, 1; w̃ along one of them."""
    signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1.0]])
    X = signs * [3.0, 2.0, 1.0]
    return Dataset(X, 5.0 * signs[:, targets_along] + 2, X, signs[:, 0])


@pytest.mark.parametrize("lam", [0.0, 1e-9, 0.3, 1e6, 1e200])
@pytest.mark.parametrize("name", MANY)
def test_the_plane_holds_both_optima(name, lam):
    data = MANY[name]
    plane = Slice.through(data, lam)
    np.testing.assert_allclose(plane.basis.T @ plane.basis, np.eye(2), atol=EXACT)
    for coordinates, decay in ((plane.minimiser, 0.0), (plane.optimum, lam)):
        w, b = ridge(data.X_train, data.y_train, min(decay, 1e20))
        np.testing.assert_allclose(plane.lift(coordinates), w, atol=1e-7)
        assert plane.bias(coordinates) == pytest.approx(b, abs=1e-6)
    assert plane.minimiser[0] > 0
    assert plane.minimiser[1] == pytest.approx(0, abs=EXACT * plane.minimiser[0])
    assert plane.optimum[1] >= -EXACT


@pytest.mark.parametrize("lam", [0.0, 0.3])
@pytest.mark.parametrize("name", MANY)
def test_the_grid_is_the_data_loss_at_the_lifted_weights(name, lam):
    data = MANY[name]
    plane = Slice.through(data, lam)
    x, y = np.linspace(-1, 2, 5), np.linspace(-0.5, 1, 4)
    grid = plane.grid(x, y)
    assert grid.shape == (4, 5)
    for j, second in enumerate(y):
        for i, first in enumerate(x):
            w, b = plane.lift([first, second]), float(plane.bias([first, second]))
            expected = data_loss(data.X_train, data.y_train, w, b)
            assert grid[j, i] == pytest.approx(expected, rel=1e-9, abs=1e-12)
            moved = data_loss(data.X_train, data.y_train, w, b + 0.01)
            assert moved > expected  # the bias is the best one
    flat = plane.quadratic.offset + plane.quadratic.loss(np.stack(np.meshgrid(x, y), -1))
    np.testing.assert_allclose(grid, flat, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("name", ["tall", "wide", "two features", "far from zero"])
def test_the_slices_level_set_touches_its_circle(name):
    plane = Slice.through(MANY[name], 0.3)
    q = plane.quadratic
    np.testing.assert_allclose(-q.gradient(plane.optimum), 0.3 * plane.optimum, atol=1e-9)
    np.testing.assert_allclose(q.ridge(0.3), plane.optimum, atol=1e-8)


def test_the_plane_at_zero_is_the_limit_of_small_decay():
    for data in MANY.values():
        near, at = Slice.through(data, 1e-9), Slice.through(data, 0.0)
        np.testing.assert_allclose(at.basis, near.basis, atol=1e-5)


@pytest.mark.parametrize(("along", "other"), [(0, 1), (1, 0), (2, 0)])
@pytest.mark.parametrize("lam", [0.0, 0.7])
def test_on_a_straight_path_the_steepest_direction_completes_the_plane(along, other, lam):
    plane = Slice.through(eigenvector_data(along), lam)
    np.testing.assert_allclose(np.abs(plane.basis[along]), [1, 0], atol=1e-9)
    np.testing.assert_allclose(np.abs(plane.basis[other]), [0, 1], atol=1e-9)
    assert plane.optimum[1] == pytest.approx(0, abs=EXACT)


def test_a_plane_without_signal_is_of_the_two_steepest_directions():
    data = replace(eigenvector_data(0), y_train=np.full(4, 1.5))
    plane = Slice.through(data, 0.1)
    np.testing.assert_allclose(np.abs(plane.basis), np.eye(3)[:, :2], atol=1e-9)
    np.testing.assert_allclose(plane.minimiser, 0, atol=EXACT)
    np.testing.assert_allclose(plane.optimum, 0, atol=EXACT)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (MANY["tall"], True),
        (MANY["wide"], True),
        (MANY["two features"], False),
        (MANY["two rows"], False),
        (random_dataset(3, 9, seed=6), False),  # of rank two
        (random_dataset(4, 9, seed=6), True),
        (eigenvector_data(1), False),
        (replace(eigenvector_data(0), y_train=np.full(4, 1.5)), False),  # w̃ = 0
        (Dataset(np.full((4, 3), 0.1), [1.0, 2, 3, 6], np.zeros((1, 3)), [0.0]), False),
    ],
)
def test_the_plane_turns_where_its_basis_does(data, expected):
    first, *others = (Slice.through(data, lam).basis for lam in (0.0, 1e-3, 1.0, 1e3))
    away = max(float(np.linalg.norm(b - first @ (first.T @ b))) for b in others)
    assert turns(data) == expected == (away > 1e-6)


def test_data_without_variation_have_a_flat_plane():
    data = Dataset(np.full((4, 3), 0.1), [1.0, 2, 3, 6], np.zeros((1, 3)), [0.0])
    plane = Slice.through(data, 0.1)
    np.testing.assert_allclose(plane.basis.T @ plane.basis, np.eye(2), atol=EXACT)
    np.testing.assert_allclose(plane.grid([-1, 1], [0, 2]), data.y_train.var() / 2)
    assert plane.quadratic.rank == 0


def test_many_points_and_many_rows_are_taken_in_blocks():
    data = random_dataset(3000, 3)
    plane = Slice.through(data, 0.1)
    x = np.linspace(-1, 1, 31)
    grid = plane.grid(x, x)
    assert grid[3, 7] == pytest.approx(float(plane.loss([x[7], x[3]])), rel=EXACT)
