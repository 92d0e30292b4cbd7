"""The registry: every rule alone against torch.optim, and what an entry says of itself."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from tests.oracles import random_batches, random_dataset
from wd_core import OPTIMIZERS, Hyperparameters, collect, train
from wd_core.optimizers import Rates

# A dozen updates of numbers of order one.
EXACT = 1e-13

# A plain use of every optimizer in torch, without decay.
TORCH = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.7),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.7, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.9), eps=1e-4),
}
# Another value of every field that a rule may read.
OTHER = {"momentum": 0.3, "betas": (0.5, 0.6), "eps": 0.05}


def test_every_entry_has_its_oracle():
    assert set(TORCH) == set(OPTIMIZERS)


@pytest.mark.parametrize("xp", [np.asarray, torch.as_tensor], ids=["arrays", "tensors"])
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_rule_given_the_same_gradients_moves_as_torch_does(name, xp):
    gradients = np.random.default_rng(1).normal(size=(12, 5, 2))
    start = np.random.default_rng(2).normal(size=(5, 2))
    parameter = torch.tensor(start, requires_grad=True)
    theirs = TORCH[name]([parameter])
    rule, v = OPTIMIZERS[name], xp(start)
    state = (0 * v,) * rule.slots
    one = np.ones((1, 2))
    rates = Rates(
        lr=xp(0.05 * one),
        pull=xp(0 * one),
        keep=xp(one),
        momentum=xp(0.7 * one),
        beta1=xp(0.8 * one),
        beta2=xp(0.9 * one),
        eps=xp(1e-4 * one),
    )
    for t, gradient in enumerate(gradients, start=1):
        parameter.grad = torch.tensor(gradient)
        theirs.step()
        v, state = rule.update(v, xp(gradient), state, rates, t)
        np.testing.assert_allclose(
            np.asarray(v), parameter.detach().numpy(), rtol=EXACT, atol=EXACT
        )
    assert len(state) == rule.slots


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_rule_does_not_write_into_its_arguments(name):
    v, gradient = np.ones((3, 2)), np.ones((3, 2))
    rule, half = OPTIMIZERS[name], np.full((1, 2), 0.5)
    state = tuple(np.ones((3, 2)) for _ in range(rule.slots))
    rule.update(v, gradient, state, Rates(half, half, half, half, half, half, half), 1)
    for array in (v, gradient, *state):
        np.testing.assert_array_equal(array, np.ones((3, 2)))


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_reads_names_exactly_the_fields_that_matter(name):
    rule = OPTIMIZERS[name]
    assert set(rule.reads) <= {field.name for field in fields(Hyperparameters)}
    data = random_dataset(6, 3)
    run = Hyperparameters(optimizer=name, epochs=4, batch_size=2, lr=0.01, eps=1e-3)
    end = collect(train(data, [run])).weights[-1]
    for field, value in OTHER.items():
        changed = collect(train(data, [replace(run, **{field: value})])).weights[-1]
        assert np.array_equal(changed, end) == (field not in rule.reads), field


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_kinds_of_decay_differ_where_the_entry_says_so(name):
    run = Hyperparameters(optimizer=name, epochs=4, batch_size=3, lr=0.01, weight_decay=2.0)
    both = [run, replace(run, decay="decoupled")]
    end = collect(train(random_dataset(6, 3), both)).weights[-1]
    assert (np.abs(end[0] - end[1]).max() > 1e-6) == OPTIMIZERS[name].kinds_of_decay_differ


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_spans_says_whether_the_start_and_the_rows_hold_every_weight(name):
    """Three rows in eight dimensions, no basis in use: too few epochs to pay for it."""
    data = random_dataset(3, 8)
    run = Hyperparameters(optimizer=name, epochs=3, batch_size=1, lr=0.05, weight_decay=0.5)
    w0 = np.random.default_rng(0).normal(size=8)
    end = collect(train(data, [run], start=(w0, 0.0))).weights[-1, 0]
    span = np.vstack([data.X_train, w0]).T
    left = end - span @ np.linalg.lstsq(span, end, rcond=None)[0]
    assert (np.abs(left).max() < 1e-12) == OPTIMIZERS[name].spans


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_the_buffer_outlives_the_epoch_and_starts_at_zero(name):
    """A second epoch is not a fresh start; a second run is."""
    data, batches = random_dataset(6, 3), random_batches(6, 3, 2)
    run = Hyperparameters(optimizer=name, epochs=2, batch_size=3, lr=0.01)
    result = collect(train(data, [run], start=(np.ones(3), 0.0), batches=batches))
    half = replace(run, epochs=1)
    resumed = collect(
        train(data, [half], start=(result.weights[1], result.bias[1]), batches=batches[1:])
    )
    assert np.abs(resumed.weights[-1] - result.weights[-1]).max() > 1e-4
    again = collect(train(data, [run], start=(np.ones(3), 0.0), batches=batches))
    np.testing.assert_array_equal(again.weights, result.weights)


def test_labels_and_formulas_tell_the_entries_apart():
    assert len({rule.label for rule in OPTIMIZERS.values()}) == len(OPTIMIZERS)
    assert len({rule.formula for rule in OPTIMIZERS.values()}) == len(OPTIMIZERS)
