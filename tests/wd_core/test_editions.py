"""The book's editions: our batch equals the engine, and the expected medians and intervals hold."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from wd_core import collect, ridge_path, train
from wd_core.editions import (
    DATA,
    EDITIONS,
    Ends,
    Recipe,
    baselines,
    dataset_of,
    finish,
    start_of,
)
from wd_core.spectrum import unreachable_norm

SEEDS = range(200)
RECIPES = sorted({r for e in EDITIONS.values() for r in e.recipes.values()}, key=repr)
FIRST = EDITIONS["zh-pytorch"].recipes["scratch"]
CONCISE = EDITIONS["zh-pytorch"].recipes["concise"]
SMALL = EDITIONS["en-pytorch"].recipes["scratch"]
LAZY = EDITIONS["en-pytorch"].recipes["concise"]


def spread(values: np.ndarray) -> list[float]:
    """5 %, 50 % and 95 %."""
    return np.quantile(values, [0.05, 0.5, 0.95]).tolist()


def from_zero(recipe: Recipe) -> Recipe:
    return replace(recipe, scale=0.0, mean=0.0, bias_std=0.0)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_row_equals_the_engine(recipe: Recipe) -> None:
    lams, seeds = [0.0, 0.7, 3.0], [4, 11]
    ends = finish(recipe, lams, seeds)
    for row, seed in enumerate(seeds):
        data = dataset_of(seed)
        runs = [recipe.run(lam, seed) for lam in lams]
        alone = collect(train(data, runs, start=start_of(recipe, seed), record_every=recipe.epochs))
        np.testing.assert_allclose(ends.train[row], alone.train_loss[-1], rtol=1e-8)
        np.testing.assert_allclose(ends.test[row], alone.test_loss[-1], rtol=1e-9)
        np.testing.assert_allclose(ends.norm[row], alone.weight_norm[-1], rtol=1e-9)
        np.testing.assert_allclose(ends.bias[row], alone.bias[-1], rtol=1e-9)
        hidden = unreachable_norm(data.X_train, alone.weights[-1])
        np.testing.assert_allclose(ends.unreachable[row], hidden, rtol=1e-6, atol=1e-9)


def test_a_plain_start_is_the_engines_own() -> None:
    run = CONCISE.run(3.0, 5)
    ends = finish(CONCISE, [3.0], [5])
    alone = collect(train(dataset_of(5), [run], record_every=run.epochs))
    assert ends.test[0, 0] == pytest.approx(alone.test_loss[-1, 0], rel=1e-9)


def test_baselines_equal_the_exact_path() -> None:
    lams = [0.0, 0.3, 3.0, 100.0]
    found = baselines(lams, [0, 9])
    for row, seed in enumerate([0, 9]):
        data = dataset_of(seed)
        np.testing.assert_allclose(found.ridge[row], ridge_path(data, lams).test_loss, rtol=1e-9)
        constant = np.mean((data.y_test - data.y_train.mean()) ** 2) / 2
        assert found.constant[row] == pytest.approx(constant, rel=1e-12)


def test_the_first_edition_from_scratch() -> None:
    ends = finish(FIRST, [0.0, 3.0], SEEDS)
    assert spread(ends.test[:, 0]) == pytest.approx([66.7, 87.9, 118], rel=0.05)
    assert spread(ends.test[:, 1]) == pytest.approx([0.0565, 0.085, 0.142], rel=0.08)
    assert np.median(ends.train, axis=0) == pytest.approx([5e-6, 8.9e-4], rel=0.4)
    assert np.median(ends.norm, axis=0) == pytest.approx([13.35, 0.362], rel=0.02)
    ratio = spread(ends.test[:, 0] / ends.test[:, 1])
    assert 450 < ratio[0] < 700
    assert 1200 < ratio[2] < 1600


def test_the_first_edition_concise() -> None:
    ends = finish(CONCISE, [0.0, 3.0], SEEDS)
    low, middle, high = spread(ends.test[:, 1])
    assert np.median(ends.test[:, 0]) == pytest.approx(87.9, rel=0.03)
    assert low == pytest.approx(0.066, rel=0.15)
    assert middle == pytest.approx(0.221, rel=0.15)
    assert high == pytest.approx(1.23, rel=0.3)  # the tail is the bias's random start
    assert np.median(ends.norm, axis=0) == pytest.approx([13.36, 0.396], rel=0.02)


def test_the_english_edition() -> None:
    ends = finish(SMALL, [0.0, 3.0], SEEDS)
    assert np.median(ends.test, axis=0) == pytest.approx([0.0192, 0.0108], rel=0.05)
    assert np.median(ends.norm, axis=0) == pytest.approx([0.141, 0.053], rel=0.03)


def test_what_did_lambda_do() -> None:
    assert FIRST.shrink([0, 0.5, 1, 3, 10]) == pytest.approx(
        [1, 0.549, 0.3007, 0.02688, 5e-6], rel=0.03
    )
    lams = [0.0, 0.5, 1.0, 3.0, 10.0, 20.0, 50.0]
    ends = finish(FIRST, lams, SEEDS)
    start = finish(replace(FIRST, epochs=0), [0.0], SEEDS).unreachable
    np.testing.assert_allclose(ends.unreachable, start * FIRST.shrink(lams), rtol=1e-9)
    test = np.median(ends.test, axis=0)
    assert (np.diff(test) < 0).all()
    assert test[-1] == pytest.approx(0.0102, rel=0.05)
    zero = finish(from_zero(FIRST), [0.0], SEEDS)
    assert np.median(zero.test) == pytest.approx(0.0102, rel=0.03)
    exact = baselines([0.0, 3.0], SEEDS)
    assert np.median(exact.constant) == pytest.approx(0.01005, rel=0.05)
    assert np.median(exact.ridge[:, 0]) == pytest.approx(0.00955, rel=0.03)


def test_every_printed_number_is_in_reach() -> None:
    rare = []
    for book in EDITIONS.values():
        for number in book.printed:
            recipe = book.recipes[number.code]
            ends = finish(recipe, [0.0, 3.0], SEEDS)
            values = ends.quantity(number.quantity)[:, [0.0, 3.0].index(number.weight_decay)]
            assert values.min() < number.value < values.max(), (book.key, number)
            low, _, high = spread(values)
            if not low <= number.value <= high:
                rare.append(number.value)
    assert sorted(rare) == [0.4087, 1.2167, 15.014]


def test_why_the_editions_differ() -> None:
    shifted = finish(EDITIONS["zh-tensorflow"].recipes["scratch"], [0.0, 3.0], SEEDS)
    plain = finish(FIRST, [0.0, 3.0], SEEDS)
    ratio = np.median(shifted.norm, axis=0) / np.median(plain.norm, axis=0)
    assert ratio == pytest.approx([2**0.5, 2**0.5], rel=0.02)
    lazy = finish(LAZY, [3.0], SEEDS).quantity("half_square")
    kept = finish(replace(LAZY, start="normal", scale=0.01), [3.0], SEEDS).quantity("half_square")
    assert np.median(lazy) == pytest.approx(0.0140, rel=0.02)
    assert np.median(kept) == pytest.approx(0.00165, rel=0.35)
    assert np.median(lazy) > 8 * np.median(kept)
    same = finish(EDITIONS["zh-mxnet"].recipes["concise"], [3.0], [0]).test
    assert same == finish(FIRST, [3.0], [0]).test


def test_the_concise_code_is_the_scratch_code_at_twice_the_rate() -> None:
    concise = finish(replace(FIRST, loss="mse"), [0.0, 6.0], [0, 1])
    scratch = finish(replace(FIRST, lr=2 * FIRST.lr), [0.0, 3.0], [0, 1])
    np.testing.assert_allclose(concise.norm, scratch.norm, rtol=1e-9)


def test_lazy_linear_really_starts_there() -> None:
    layer = torch.nn.Linear(DATA.n_features, 1)
    assert layer.weight.abs().max().item() <= LAZY.scale
    assert layer.weight.abs().max().item() > 0.9 * LAZY.scale
    w, _ = start_of(LAZY, 0)
    assert np.abs(w).max() <= LAZY.scale
    assert np.abs(w).mean() == pytest.approx(LAZY.scale / 2, rel=0.15)


def test_units() -> None:
    one = np.ones((1, 1))
    ends = Ends(train=one, test=2 * one, norm=3 * one, unreachable=one, bias=one)
    assert ends.quantity("half_square") == 4.5
    assert ends.quantity("test_mse") == 4
    assert ends.quantity("train") == 1


@pytest.mark.parametrize(
    ("lams", "seeds", "name"),
    [([-1.0], [0], "weight_decays"), ([0.0], [], "seeds"), ([np.nan], [0], "weight_decays")],
)
def test_wrong_values_are_named(lams: list[float], seeds: list[int], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        finish(FIRST, lams, seeds)
