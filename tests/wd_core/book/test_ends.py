"""Many seeds and many λ at once: every row equals the engine and the exact solution."""

from dataclasses import replace

import numpy as np
import pytest

from wd_core import collect, ridge_path, train
from wd_core.book.draws import draw
from wd_core.book.editions import EDITIONS
from wd_core.book.ends import Ends, baselines, courses, finish
from wd_core.book.recipes import Recipe, dataset_of, start_of
from wd_core.linear.spectrum import unreachable_norm

RECIPES = sorted({r for e in EDITIONS.values() for r in e.recipes.values()}, key=repr)
FIRST = EDITIONS["zh-pytorch"].recipes["scratch"]
CONCISE = EDITIONS["zh-pytorch"].recipes["concise"]


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_row_equals_the_engine(recipe: Recipe) -> None:
    lams, seeds = [0.0, 0.7, 3.0], [4, 11]
    (ends,) = finish([recipe], lams, draw(seeds))
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


def test_recipes_that_are_trained_together_end_where_each_ends_alone() -> None:
    """To rounding, of which the squares of residuals of 1e-7 keep eight digits."""
    lams, draws = [0.0, 3.0], draw([4, 11])
    zero = replace(CONCISE, scale=0.0, bias_scale=0.0)
    for recipe, ends in zip([*RECIPES, zero], finish([*RECIPES, zero], lams, draws), strict=True):
        (alone,) = finish([recipe], lams, draws)
        for name, values in vars(alone).items():
            np.testing.assert_allclose(getattr(ends, name), values, rtol=1e-8, err_msg=name)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_course_is_the_engines_epoch_by_epoch(recipe: Recipe) -> None:
    lams, seed = [0.0, 3.0], 4
    course = courses(RECIPES, lams, draw([seed]))[RECIPES.index(recipe)]
    runs = [recipe.run(lam, seed) for lam in lams]
    alone = collect(train(dataset_of(seed), runs, start=start_of(recipe, seed)))
    np.testing.assert_allclose(course.train, alone.train_loss, rtol=1e-8)
    np.testing.assert_allclose(course.test, alone.test_loss, rtol=1e-9)
    np.testing.assert_allclose(course.norm, alone.weight_norm, rtol=1e-9)
    np.testing.assert_allclose(course.bias, alone.bias, rtol=1e-9, atol=1e-15)


def test_a_plain_start_is_the_engines_own() -> None:
    run = CONCISE.run(3.0, 5)
    (ends,) = finish([CONCISE], [3.0], draw([5]))
    alone = collect(train(dataset_of(5), [run], record_every=run.epochs))
    assert ends.test[0, 0] == pytest.approx(alone.test_loss[-1, 0], rel=1e-9)


def test_baselines_equal_the_exact_path() -> None:
    lams = [0.0, 0.3, 3.0, 100.0]
    found = baselines(lams, draw([0, 9]))
    for row, seed in enumerate([0, 9]):
        data = dataset_of(seed)
        np.testing.assert_allclose(found.ridge[row], ridge_path(data, lams).test_loss, rtol=1e-9)
        constant = np.mean((data.y_test - data.y_train.mean()) ** 2) / 2
        assert found.constant[row] == pytest.approx(constant, rel=1e-12)


def test_the_concise_code_is_the_scratch_code_at_twice_the_rate() -> None:
    draws = draw([0, 1])
    (concise,) = finish([replace(FIRST, loss="mse")], [0.0, 6.0], draws)
    (scratch,) = finish([replace(FIRST, lr=2 * FIRST.lr)], [0.0, 3.0], draws)
    np.testing.assert_allclose(concise.norm, scratch.norm, rtol=1e-9)


def test_units() -> None:
    one = np.ones((1, 1))
    ends = Ends(train=one, test=2 * one, norm=3 * one, unreachable=one, bias=one)
    assert ends.quantity("half_square") == 4.5
    assert ends.quantity("test_mse") == 4
    assert ends.quantity("train") == 1


@pytest.mark.parametrize(
    ("lams", "seeds", "epochs", "name"),
    [
        ([-1.0], [0], 100, "weight_decays"),
        ([0.0], [], 100, "seeds"),
        ([np.nan], [0], 100, "weight_decays"),
        ([0.0], [0], 99, "epochs"),
    ],
)
def test_wrong_values_are_named(
    lams: list[float], seeds: list[int], epochs: int, name: str
) -> None:
    with pytest.raises(ValueError, match=name):
        finish([FIRST], lams, draw(seeds, epochs))


def test_a_course_is_of_one_seed() -> None:
    with pytest.raises(ValueError, match="of one seed"):
        courses([FIRST], [0.0], draw([0, 1]))
