"""Which λ: beside scikit-learn, a solver, refitting, and the average over the prior itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.linear_model import Ridge, RidgeCV

from tests.oracles import random_dataset
from wd_core import (
    Dataset,
    DatasetSpec,
    best_weight_decay,
    choose,
    make_dataset,
    ridge_path,
    validation_split,
)
from wd_core.linear.selection import RULES

GRID = np.concatenate([[0.0], np.logspace(-6, 4, 101)])
# A smooth minimum is found to the square root of rounding, and the bracket is 1/4096 of a step.
AT_MINIMUM = 1e-4


# --- the lowest score --------------------------------------------------------------------------


@given(at=st.floats(-5.5, 3.5), width=st.floats(0.1, 3))
def test_a_minimum_between_the_points_of_the_grid_is_found(at, width):
    def score(lam):
        with np.errstate(divide="ignore"):
            return -np.exp(-(((np.log10(lam) - at) / width) ** 2))

    found = best_weight_decay(score, GRID)
    assert abs(math.log10(found) - at) < AT_MINIMUM


def test_a_minimum_next_to_zero_is_found():
    for best in (3e-7, 1e-9 / 3, 1.7e-6):
        found = best_weight_decay(lambda lam, best=best: (lam - best) ** 2, GRID)
        assert found == pytest.approx(best, abs=1e-6 / 4096)


@pytest.mark.parametrize(("score", "end"), [(lambda x: x, 0.0), (lambda x: 1 / (1 + x), 1e4)])
def test_a_score_that_falls_to_an_end_has_its_lowest_there(score, end):
    assert best_weight_decay(score, GRID) == pytest.approx(end)


def test_points_without_a_score_are_left_out():
    def score(lam):
        return np.where(lam < 1e-3, np.nan, (lam - 0.5) ** 2)

    assert best_weight_decay(score, GRID) == pytest.approx(0.5, rel=AT_MINIMUM)
    assert np.isnan(best_weight_decay(lambda lam: np.full_like(lam, np.nan), GRID))


def test_the_order_and_repetition_of_a_grid_do_not_matter():
    def score(lam):
        return (np.log(lam + 0.01) - 1) ** 2

    mixed = np.random.default_rng(0).permutation(np.tile(GRID, 2))
    assert best_weight_decay(score, mixed) == best_weight_decay(score, GRID)
    assert best_weight_decay(score, [0.3]) == 0.3
    assert best_weight_decay(score, [0.0]) == 0.0


@given(data=st.builds(random_dataset, st.integers(3, 12), st.integers(1, 12), st.integers(0, 999)))
def test_the_result_is_never_worse_than_the_grid(data):
    for name in ("test_loss", "gcv", "loo"):

        def score(lam, name=name):
            return getattr(ridge_path(data, lam), name)

        at_best, on_grid = score([best_weight_decay(score, GRID)])[0], np.nanmin(score(GRID))
        assert at_best <= on_grid * (1 + 1e-9)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ([], r"weight_decays must be at least one"),
        ([[1.0]], "weight_decays must be an array with 1 axes"),
        ([np.inf], "weight_decays must be finite"),
        ([1.0, -1.0], "weight_decays must be >= 0, got -1.0"),
    ],
)
def test_wrong_grids_are_refused(grid, message):
    data = random_dataset(6, 3)
    with pytest.raises(ValueError, match=message):
        best_weight_decay(lambda lam: ridge_path(data, lam).gcv, grid)
    with pytest.raises(ValueError, match=message):
        choose(data, grid)


# --- the rules ---------------------------------------------------------------------------------

PROBLEMS = {
    "tall": random_dataset(30, 8, seed=2, n_test=40),
    "wide": random_dataset(12, 30, seed=5, n_test=40),
    "diabetes": make_dataset(DatasetSpec(source="diabetes", n_train=60, n_features=10)),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_loo_chooses_as_scikit_learn_does(name):
    data = PROBLEMS[name]
    decays = GRID[1:]
    model = RidgeCV(alphas=data.n_train * decays).fit(data.X_train, data.y_train)
    chosen = choose(data, decays)["loo"].weight_decay
    step = decays[1] / decays[0]
    assert 1 / step < chosen / (model.alpha_ / data.n_train) < step


@pytest.mark.parametrize("name", PROBLEMS)
def test_choices_are_a_solvers(name):
    """Each rule's score by scikit-learn's fits or by the hat matrix, minimised by scipy."""
    data = PROBLEMS[name]
    n, held = data.n_train, validation_split(data, 0.3, seed=1)
    Xc = data.X_train - data.X_train.mean(0)

    def test_loss(part: Dataset, lam: float) -> float:
        model = Ridge(alpha=part.n_train * lam, solver="svd").fit(part.X_train, part.y_train)
        return float(((model.predict(part.X_test) - part.y_test) ** 2).mean() / 2)

    def residuals(lam: float) -> tuple[np.ndarray, np.ndarray]:
        inverse = np.linalg.inv(Xc @ Xc.T + n * lam * np.eye(n))
        left = n * lam * (inverse - np.outer(inverse.sum(1), inverse.sum(0)) / inverse.sum())
        return left @ data.y_train, np.diag(left)

    def gcv(lam: float) -> float:
        residual, gap = residuals(lam)
        return float((residual**2).mean() / gap.mean() ** 2)

    def loo(lam: float) -> float:
        residual, gap = residuals(lam)
        return float(((residual / gap) ** 2).mean())

    scores = {
        "gcv": gcv,
        "loo": loo,
        "validation": lambda lam: test_loss(held, lam),
        "test": lambda lam: test_loss(data, lam),
    }
    found = choose(data, GRID, share=0.3, seed=1)
    assert tuple(found) == RULES == tuple(scores)
    for rule, score in scores.items():
        lam = found[rule].weight_decay
        best = min(
            minimize_scalar(
                lambda x, score=score: score(10**x), bounds=(low, low + 2.5), method="bounded"
            ).fun
            for low in (-6.0, -3.5, -1.0, 1.5)
        )
        assert score(max(lam, 1e-9)) <= best * (1 + 1e-6), rule
        assert found[rule].test_loss == pytest.approx(test_loss(data, max(lam, 1e-9)), rel=1e-5)


@pytest.mark.parametrize("name", PROBLEMS)
def test_regret_is_what_hindsight_would_have_saved(name):
    found = choose(PROBLEMS[name], GRID)
    assert found["test"].regret == 0
    for choice in found.values():
        assert choice.regret >= 0
        assert choice.regret == choice.test_loss - found["test"].test_loss
    assert any(choice.regret > 0 for choice in found.values())


def test_one_row_leaves_hindsight_alone():
    found = choose(random_dataset(1, 3), GRID)
    for rule in ("gcv", "loo", "validation"):
        assert np.isnan([*vars(found[rule]).values()]).all()
    assert found["test"].regret == 0


def test_degenerate_data_have_choices():
    """One feature, constant features, equal targets, all rows equal, two rows."""
    plain, X = random_dataset(8, 1), np.full((6, 2), 0.1)
    wide = random_dataset(6, 12)
    rows = [0, 0, 1, 1, 2, 2]
    cases = [
        plain,
        Dataset(plain.X_train, np.full(8, 2.0), plain.X_test, plain.y_test),
        Dataset(X, np.arange(6.0), X, np.arange(6.0)),
        Dataset(wide.X_train[rows], wide.y_train[rows], wide.X_test, wide.y_test),
        random_dataset(2, 3),
    ]
    for data in cases:
        found = choose(data, GRID)
        for choice in found.values():
            assert choice.weight_decay >= 0
            assert choice.regret >= 0


# --- the validation split ----------------------------------------------------------------------


@given(n=st.integers(2, 60), share=st.floats(0.001, 0.999), seed=st.integers(0, 999), d=st.just(2))
def test_a_split_is_a_partition_of_the_training_rows(n, d, share, seed):
    data = random_dataset(n, d, seed=3)
    part = validation_split(data, share, seed)
    rows = np.vstack([part.X_train, part.X_test])
    y = np.concatenate([part.y_train, part.y_test])
    order = np.lexsort(rows.T)
    expected = np.lexsort(data.X_train.T)
    np.testing.assert_array_equal(rows[order], data.X_train[expected])
    np.testing.assert_array_equal(y[order], data.y_train[expected])
    held = len(part.y_test)
    assert 1 <= held <= n - 1
    assert abs(held - share * n) <= 1


def test_the_seed_decides_which_rows_are_held_out():
    data = random_dataset(20, 2)
    first = validation_split(data, seed=4)
    np.testing.assert_array_equal(first.X_test, validation_split(data, seed=4).X_test)
    assert (first.X_test != validation_split(data, seed=5).X_test).any()
    often = np.zeros(20)
    for seed in range(400):
        held = validation_split(data, seed=seed).X_test[:, 0]
        often += np.isin(data.X_train[:, 0], held)
    # binomial with p = 1/4, 400 draws: standard deviation 8.7, and 20 rows to look at
    assert np.abs(often - 100).max() < 4 * 8.7


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, 2.0, np.nan])
def test_a_share_of_nothing_or_all_is_refused(share):
    with pytest.raises(ValueError, match="share must be between 0 and 1"):
        validation_split(random_dataset(6, 3), share)


def test_one_row_cannot_be_split():
    with pytest.raises(ValueError, match="at least 2 training rows to split, got 1"):
        validation_split(random_dataset(1, 3))
