"""The numbers that lessons may name, each from an oracle that knows nothing of the engine."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared import cached
from pages.shared.lessons.quantities import (
    CALL,
    DRAWS,
    QUANTITIES,
    RANGE,
    SETS,
    Term,
    read_term,
)
from pages.shared.run import RUN
from wd_core import make_dataset, validation_split
from wd_core.linear.risk import stream
from wd_core.records import Dataset

BASE = {**RUN.defaults, "n_train": 12, "n_features": 4, "noise": 0.5, "true_weight": 0.5}
BASE |= {"weight_decay": 0.4, "lr": 0.05, "epochs": 30, "batch_size": 12, "init_std": 0.0}


def worth(text: str) -> float:
    return read_term(text, BASE).value


def descended(weight_decay: float) -> tuple[np.ndarray, float]:
    """Gradient descent on all examples at once, from zero."""
    data = make_dataset(RUN.of(BASE).data)
    X, y, w, b = data.X_train, data.y_train, np.zeros(4), 0.0
    for _ in range(30):
        r = X @ w + b - y
        w, b = w - 0.05 * (X.T @ r / 12 + weight_decay * w), b - 0.05 * r.mean()
    return w, b


def test_losses_and_norm_are_those_of_a_run() -> None:
    data, (w, b) = make_dataset(RUN.of(BASE).data), descended(0.4)
    assert worth("train_loss()") == pytest.approx(
        np.mean((data.X_train @ w + b - data.y_train) ** 2) / 2
    )
    assert worth("test_loss()") == pytest.approx(
        np.mean((data.X_test @ w + b - data.y_test) ** 2) / 2
    )
    assert worth("weight_norm()") == pytest.approx(np.linalg.norm(w))
    w, _ = descended(0.0)
    assert worth("weight_norm(weight_decay=0)") == pytest.approx(np.linalg.norm(w))


def test_a_shrunk_weight_is_not_zero_and_one_never_moved_is() -> None:
    assert worth("zero_weights(weight_decay=10)") == 0
    assert worth("zero_weights(lr=0.0001, true_weight=0, noise=0, true_bias=0)") == 4


def test_the_exact_solution_is_that_of_scikit_learn() -> None:
    data = make_dataset(RUN.of(BASE).data)
    model = Ridge(alpha=12 * 0.4).fit(data.X_train, data.y_train)
    loss = np.mean((model.predict(data.X_test) - data.y_test) ** 2) / 2
    assert worth("ridge_test_loss()") == pytest.approx(loss)


def test_the_median_is_of_scikit_learns_fits_of_the_sets_that_the_dimension_page_draws() -> None:
    numbers = stream(3, 12, 4).standard_normal((SETS, 12, 5))
    losses = []
    for X, noise in zip(numbers[..., :-1], 0.5 * numbers[..., -1], strict=True):
        model = Ridge(alpha=12 * 0.4).fit(X, X.sum(1) * 0.5 + noise)
        off = model.coef_ - 0.5  # a new x is Gaussian: its mean square error is known exactly
        losses.append((off @ off + model.intercept_**2 + 0.5**2) / 2)
    assert worth("median_test_loss(seed=3)") == pytest.approx(np.median(losses))


def test_the_best_weight_decay_is_the_least_of_scikit_learns_losses() -> None:
    few = [0.5, 1.0, 2.0]  # as multiples of the one that is said
    said = worth("best_weight_decay(seed=3)")
    losses = []
    for weight_decay in np.multiply(few, said):
        each = []
        for draw in range(DRAWS):
            data = make_dataset(RUN.of(BASE | {"seed": 3 + draw}).data)
            model = Ridge(alpha=12 * weight_decay).fit(data.X_train, data.y_train)
            each.append(np.mean((model.predict(data.X_test) - data.y_test) ** 2))
        losses.append(np.mean(each))
    assert losses[1] < min(losses[0], losses[2])
    assert RANGE[1] / RANGE[0] < 1.06


def test_what_is_kept_of_a_direction_follows_from_the_covariance() -> None:
    s = np.linalg.eigvalsh(np.cov(make_dataset(RUN.of(BASE).data).X_train.T, bias=True))
    assert worth("kept_flat()") == pytest.approx(s[0] / (s[0] + 0.4))
    assert worth("kept_steep()") == pytest.approx(s[-1] / (s[-1] + 0.4))


def test_half_of_a_weight_is_gone_after_its_half_life() -> None:
    assert worth("half_life()") == pytest.approx(math.log(0.5) / math.log(1 - 0.05 * 0.4))


def test_the_end_of_decoupled_momentum_is_a_tenth_of_its_weight_decay() -> None:
    assert worth("end_weight_decay(optimizer=momentum)") == pytest.approx(0.4)
    assert worth("end_weight_decay(optimizer=momentum, decay=decoupled)") == pytest.approx(0.04)


def test_a_constant_is_the_mean_of_the_training_targets() -> None:
    data = make_dataset(RUN.of(BASE).data)
    loss = np.mean((data.y_train.mean() - data.y_test) ** 2) / 2
    assert worth("constant_loss()") == pytest.approx(loss)


def test_the_objective_is_the_loss_and_half_of_lambda_times_the_squared_length() -> None:
    data, (w, b) = make_dataset(RUN.of(BASE).data), descended(0.4)
    loss = np.mean((data.X_train @ w + b - data.y_train) ** 2) / 2
    assert worth("end_objective()") == pytest.approx(loss + 0.4 / 2 * (w @ w))


def ridge_loss(data: Dataset, weight_decay: float) -> float:
    """The loss of the test rows, by scikit-learn."""
    model = Ridge(alpha=data.n_train * weight_decay).fit(data.X_train, data.y_train)
    return float(np.mean((model.predict(data.X_test) - data.y_test) ** 2)) / 2


def test_validation_chooses_on_its_split_and_hindsight_on_the_test() -> None:
    data = make_dataset(RUN.of(BASE).data)
    split = validation_split(data, 0.25, 0)
    fine = np.geomspace(RANGE[0], RANGE[-1], 2000)
    validated = fine[np.argmin([ridge_loss(split, lam) for lam in fine])]
    # the valley is flat where it is lowest: λ is sought to a part of a thousand only
    assert worth("validated_test_loss()") == pytest.approx(ridge_loss(data, validated), rel=1e-3)
    least = min(ridge_loss(data, lam) for lam in fine)
    assert worth("best_test_loss()") == pytest.approx(least, rel=1e-5)


def constrained(data: Dataset, theta: float) -> tuple[np.ndarray, float]:
    """The weights of least training loss with ‖w‖² ≤ θ, and that loss, by SLSQP."""
    X, y = data.X_train - data.X_train.mean(0), data.y_train - data.y_train.mean()
    ball = {"type": "ineq", "fun": lambda w: theta - w @ w, "jac": lambda w: -2 * w}
    found = minimize(
        lambda w: np.mean((X @ w - y) ** 2) / 2,
        np.full(X.shape[1], 0.1),
        jac=lambda w: X.T @ (X @ w - y) / len(y),
        constraints=[ball],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    return found.x, float(found.fun)


def test_the_ball_holds_the_exact_solution_and_half_of_lambda_is_its_price() -> None:
    data, theta = make_dataset(RUN.of(BASE).data), worth("ball()")
    model = Ridge(alpha=12 * 0.4).fit(data.X_train, data.y_train)
    assert worth("ridge_norm()") == pytest.approx(np.linalg.norm(model.coef_))
    w, _ = constrained(data, theta)
    assert w == pytest.approx(model.coef_, abs=1e-5)  # as far as SLSQP goes
    more, less = (constrained(data, theta * share)[1] for share in (1.01, 0.99))
    # Lagrange's multiplier: a difference over 2 % of θ is off by about its square
    assert (less - more) / (0.02 * theta) == pytest.approx(0.4 / 2, rel=1e-3)


def test_the_prior_makes_the_exact_solution_the_most_probable_weights() -> None:
    data, weight_decay = make_dataset(RUN.of(BASE).data), worth("prior_weight_decay()")
    model = Ridge(alpha=12 * weight_decay, tol=1e-12).fit(data.X_train, data.y_train)
    w = torch.tensor(model.coef_, requires_grad=True)
    r = torch.tensor(data.X_train) @ w + model.intercept_ - torch.tensor(data.y_train)
    posterior = torch.distributions.Normal(0.0, 0.5).log_prob(r).sum()  # BASE's noise
    posterior = posterior + torch.distributions.Normal(0.0, 0.5).log_prob(w).sum()  # its weights
    (slope,) = torch.autograd.grad(posterior, w)
    assert slope.abs().max() < 1e-9


def test_torch_takes_the_same_steps_without_the_half_by_this_weight_decay() -> None:
    data = make_dataset(RUN.of(BASE).data)
    X, y = torch.tensor(data.X_train), torch.tensor(data.y_train)
    w, b = torch.zeros(4, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    w.requires_grad_()
    b.requires_grad_()
    groups = [{"params": [w], "weight_decay": worth("mse_weight_decay()")}, {"params": [b]}]
    optimizer = torch.optim.SGD(groups, lr=0.05 / 2)
    for _ in range(30):
        optimizer.zero_grad()
        torch.nn.MSELoss()(X @ w + b, y).backward()
        optimizer.step()
    ours, _ = descended(0.4)
    assert w.detach().numpy() == pytest.approx(ours)


def test_what_is_left_alone_is_what_torch_leaves_without_a_gradient() -> None:
    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.05, weight_decay=0.4)
    weight.grad = torch.zeros_like(weight)
    for _ in range(30 * 3):  # batches of 4
        optimizer.step()
    assert worth("left_alone(batch_size=4)") == pytest.approx(float(weight.detach()))


@pytest.mark.parametrize("weight_decay", [0.3, 0.4, 2.0])
def test_thresholding_comes_to_zero_after_these_steps(weight_decay: float) -> None:
    """With a push of exact fractions: what a step takes is not rounded."""
    taken = Fraction(str(weight_decay)) * Fraction("0.05")
    weight, steps = Fraction(1), 0
    while weight:
        weight, steps = max(weight - taken, Fraction(0)), steps + 1
    assert read_term(f"steps_to_zero(weight_decay={weight_decay})", BASE).value == steps
    assert worth("steps_to_zero()") == 50


def test_noise_on_the_inputs_costs_what_a_penalty_of_its_variance_costs() -> None:
    assert worth("end_weight_decay(weight_decay=0, input_noise=0.5)") == pytest.approx(0.25)
    data, w = make_dataset(RUN.of(BASE).data), np.array([0.5, -1.0, 2.0, 0.25])
    noise = np.random.default_rng(0).normal(0, 0.5, (20_000, *data.X_train.shape))
    noisy = np.mean(((data.X_train + noise) @ w - data.y_train) ** 2) / 2
    clean = np.mean((data.X_train @ w - data.y_train) ** 2) / 2
    assert noisy - clean == pytest.approx(0.25 / 2 * (w @ w), rel=0.02)  # so many draws tell


def test_a_setting_may_have_the_value_of_another_one() -> None:
    assert worth("end_weight_decay(weight_decay=0, input_noise=init_std)") == 0
    named = worth("end_weight_decay(weight_decay=0, input_noise=weight_decay)")
    assert named == pytest.approx(0.16)


@pytest.mark.parametrize(
    "text",
    [
        "half_life(weight_decay=0)",
        "half_life(optimizer=adam)",
        "end_weight_decay(optimizer=adam, decay=decoupled)",
        "train_loss(lr=1, weight_decay=5, epochs=2000)",
    ],
)
def test_where_there_is_no_such_number_it_is_said_why(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        worth(text)


def test_every_number_is_tried_here() -> None:
    tried = set(re.findall(r'worth\("([a-z_]+)\(', Path(__file__).read_text(encoding="utf-8")))
    assert tried == set(QUANTITIES)


def test_a_seed_changes_the_data_of_a_term_alone() -> None:
    term = read_term("train_loss(seed=3)", BASE)
    assert isinstance(term, Term)
    assert read_term("train_loss()", BASE | {"seed": 3}) == term
    assert worth("train_loss(seed=4)") != term.value
    assert CALL.fullmatch("train_loss(seed=3)")
    assert cached.run_seconds(term.settings) < 1
