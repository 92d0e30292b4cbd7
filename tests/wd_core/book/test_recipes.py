"""What the book's programs do: starts against the frameworks' own, penalties by autograd."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from wd_core.book.editions import EDITIONS
from wd_core.book.recipes import DATA, Recipe, start_of

RECIPES = sorted({r for e in EDITIONS.values() for r in e.recipes.values()}, key=repr)
SEEDS = range(50)
# Draws of the same law fall below this p-value once in a thousand seeds; these are fixed.
UNLIKELY = 1e-3


def test_lazy_linear_loses_the_start_it_is_given() -> None:
    """As the book has it: fill weight and bias, then call the layer for the first time."""
    recipe = EDITIONS["en-pytorch"].recipes["concise"]
    weights, biases = [], []
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for _ in SEEDS:
            layer = torch.nn.LazyLinear(1)
            layer.weight.data.normal_(0, 0.01)
            layer.bias.data.fill_(0)
            layer(torch.zeros(1, DATA.n_features))
            weights.append(layer.weight.detach().numpy().ravel())
            biases.append(layer.bias.item())
    ours = [start_of(recipe, seed) for seed in SEEDS]
    assert kstest(np.ravel(weights), np.ravel([w for w, _ in ours])).pvalue > UNLIKELY
    assert kstest(biases, [b for _, b in ours]).pvalue > UNLIKELY


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_starts_are_what_the_recipe_says(recipe: Recipe) -> None:
    starts = [start_of(recipe, seed) for seed in SEEDS]
    law = "norm" if recipe.start == "normal" else "uniform"

    def fits(values: object, mean: float, scale: float) -> bool:
        if not scale:
            return bool(np.all(np.asarray(values) == mean))
        args = (mean, scale) if law == "norm" else (mean - scale, 2 * scale)
        return bool(kstest(np.ravel(values), law, args).pvalue > UNLIKELY)

    assert fits([w for w, _ in starts], recipe.mean, recipe.scale)
    assert fits([b for _, b in starts], 0.0, recipe.bias_scale)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_the_penalty_is_what_its_decay_descends(recipe: Recipe) -> None:
    w = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    recipe.penalty(w.norm(), 3.0).backward()  # type: ignore[arg-type,attr-defined]
    wanted = recipe.run(3.0).weight_decay * w.detach()
    torch.testing.assert_close(w.grad, wanted)


def test_losses_without_the_half_stand_twice_as_high() -> None:
    first = EDITIONS["zh-pytorch"].recipes["scratch"]
    loss = np.array([0.5, 2.0])
    np.testing.assert_array_equal(first.own_loss(loss), loss)
    np.testing.assert_array_equal(replace(first, loss="mse").own_loss(loss), 2 * loss)


def test_what_is_left_is_the_product_of_its_steps() -> None:
    recipe = EDITIONS["en-tensorflow"].recipes["concise"]
    left = 1.0
    for _ in range(40):
        left *= 1 - 0.01 * 2 * 3.0
    assert recipe.steps == 40
    assert recipe.shrink(3.0) == pytest.approx(left)
