"""λ in other libraries' words: each line is run, or its objective minimised, for the exact path."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge, SGDRegressor

from wd_core import CONVENTIONS, Dataset, DatasetSpec, in_conventions, make_dataset, ridge_path

N, D, LR = 30, 4, 0.1
# Ridge is solved in closed form on both sides.
EXACT = 1e-9
# Descent stops where a step no longer changes w in double precision.
SETTLED = 1e-8
# SGDRegressor takes single examples for ever: its last w still moves with the learning rate.
NOISY = 2e-2


@pytest.fixture(scope="module")
def data() -> Dataset:
    return make_dataset(DatasetSpec(n_train=N, n_features=D, noise=0.5, true_weight=1.0, seed=3))


def exact(data: Dataset, weight_decay: float) -> np.ndarray:
    return ridge_path(data, [weight_decay]).weights[0]


@pytest.mark.parametrize("weight_decay", [0.0, 0.01, 0.3, 7.0])
def test_ridge_is_our_exact_solution(data: Dataset, weight_decay: float) -> None:
    setting = in_conventions(weight_decay, LR, N)["ridge"]
    fitted = eval(setting.code, {"Ridge": Ridge, "X": data.X_train, "y": data.y_train})
    np.testing.assert_allclose(fitted.coef_, exact(data, weight_decay), atol=EXACT)
    assert setting.value == N * weight_decay


@pytest.mark.parametrize("weight_decay", [0.01, 0.3])
def test_sgd_regressor_comes_near_it(data: Dataset, weight_decay: float) -> None:
    setting = in_conventions(weight_decay, 1e-3, N)["sgd_regressor"]
    long = "SGDRegressor(max_iter=3000, tol=None, random_state=0, "
    code = setting.code.replace("SGDRegressor(", long)
    fitted = eval(code, {"SGDRegressor": SGDRegressor, "X": data.X_train, "y": data.y_train})
    np.testing.assert_allclose(fitted.coef_, exact(data, weight_decay), atol=NOISY)


@pytest.mark.parametrize("weight_decay", [0.0, 0.01, 0.3, 7.0])
@pytest.mark.parametrize("name", ["torch_half", "torch_mse"])
def test_torch_settles_at_it(data: Dataset, name: str, weight_decay: float) -> None:
    w = torch.zeros(D, dtype=torch.float64, requires_grad=True)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)
    X, y = torch.as_tensor(data.X_train), torch.as_tensor(data.y_train)
    half, mse = (lambda out, to: ((out - to) ** 2).mean() / 2), torch.nn.MSELoss()
    loss = {"torch_half": half, "torch_mse": mse}[name]
    code = in_conventions(weight_decay, LR, N)[name].code
    optimizer = eval(code, {"torch": torch, "w": w, "b": b})
    for _ in range(3000):
        optimizer.zero_grad()
        loss(X @ w + b, y).backward()
        optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), exact(data, weight_decay), atol=SETTLED)


def test_half_the_rate_makes_the_same_steps(data: Dataset) -> None:
    """Of nn.MSELoss with 2λ and η/2 each step is that of half the mean square with λ and η."""
    rng = np.random.default_rng(0)
    w, gradient = rng.normal(size=D), rng.normal(size=D)
    half, mse = (in_conventions(0.3, LR, N)[name].value for name in ("torch_half", "torch_mse"))
    assert half is not None
    assert mse is not None
    np.testing.assert_allclose(LR * (gradient + half * w), LR / 2 * (2 * gradient + mse * w))


@pytest.mark.parametrize("weight_decay", [0.0, 0.01, 0.3, 7.0])
@pytest.mark.parametrize(
    ("name", "loss", "penalty"),
    [("keras", 1.0, 1.0), ("optax", 0.5, 0.5)],  # factors of the mean square and of l2·‖w‖²
)
def test_an_objective_written_out_has_it_for_its_minimum(
    data: Dataset, name: str, loss: float, penalty: float, weight_decay: float
) -> None:
    """As the libraries' documentation states them: they are not installed here."""
    value = in_conventions(weight_decay, LR, N)[name].value
    assert value is not None
    X = data.X_train - data.X_train.mean(0)
    y = data.y_train - data.y_train.mean()
    hessian = 2 * loss * X.T @ X / N + 2 * penalty * value * np.eye(D)
    w = np.linalg.solve(hessian, 2 * loss * X.T @ y / N)
    np.testing.assert_allclose(w, exact(data, weight_decay), atol=EXACT)


def test_adamw_settles_elsewhere_at_every_learning_rate(data: Dataset) -> None:
    assert in_conventions(0.3, LR, N)["adamw"].value is None
    ends = []
    for lr in (1e-2, 1e-3):
        w = torch.zeros(D, dtype=torch.float64, requires_grad=True)
        b = torch.zeros((), dtype=torch.float64, requires_grad=True)
        X, y = torch.as_tensor(data.X_train), torch.as_tensor(data.y_train)
        optimizer = torch.optim.AdamW(
            [{"params": [w], "weight_decay": 0.3}, {"params": [b], "weight_decay": 0.0}], lr=lr
        )
        for _ in range(6000):
            optimizer.zero_grad()
            (((X @ w + b - y) ** 2).mean() / 2).backward()
            optimizer.step()
        ends.append(w.detach().numpy())
    assert all(np.abs(end - exact(data, 0.3)).max() > 1e-2 for end in ends)


def test_every_line_is_python_with_every_digit() -> None:
    for name, setting in in_conventions(0.1 + 0.2, 1 / 3, 7).items():
        if setting.value is None:
            assert not CONVENTIONS[name].objective
        else:
            compile(setting.code, name, "eval")
            assert repr(setting.value) in setting.code


@pytest.mark.parametrize(
    ("told", "rule"),
    [((-1.0, 0.1, 3), "weight_decay"), ((1.0, 0.0, 3), "lr"), ((1.0, 0.1, 0), "n_train")],
)
def test_wrong_values_are_refused(told: tuple[float, float, int], rule: str) -> None:
    with pytest.raises(ValueError, match=f"{rule} must be"):
        in_conventions(*told)
