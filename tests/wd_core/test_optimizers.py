"""The registry: every rule alone against torch.optim, and what an entry says of itself."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from tests.oracles import ORACLES, random_batches, random_dataset
from wd_core import OPTIMIZERS, Hyperparameters, collect, train
from wd_core.optimizers import Decay, Optimizer, Rates
from wd_core.optimizers.facts import neither

# A dozen updates of numbers of order one.
EXACT = 1e-13

# Another value of every field that a rule may read.
OTHER = {"momentum": 0.3, "betas": (0.5, 0.6), "eps": 0.05}


def test_every_entry_has_its_oracle():
    assert set(ORACLES) == set(OPTIMIZERS)


@pytest.mark.parametrize("xp", [np.asarray, torch.as_tensor], ids=["arrays", "tensors"])
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_rule_given_the_same_gradients_moves_as_torch_does(name, xp):
    gradients = np.random.default_rng(1).normal(size=(12, 5, 2))
    start = np.random.default_rng(2).normal(size=(5, 2))
    parameter = torch.tensor(start, requires_grad=True)
    run = Hyperparameters(optimizer=name, lr=0.05, momentum=0.7, betas=(0.8, 0.9), eps=1e-4)
    theirs = ORACLES[name]([parameter], run)
    rule, v = OPTIMIZERS[name], xp(start)
    state = (0 * v,) * len(rule.slots)
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
    assert len(state) == len(rule.slots)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_rule_writes_into_nothing_but_its_gradient(name):
    v, gradient = np.ones((3, 2)), np.ones((3, 2))
    rule, half = OPTIMIZERS[name], np.full((1, 2), 0.5)
    state = tuple(np.ones((3, 2)) for _ in rule.slots)
    rule.update(v, gradient, state, Rates(half, half, half, half, half, half, half), 1)
    for array in (v, *state):
        np.testing.assert_array_equal(array, np.ones((3, 2)))
    np.testing.assert_array_equal(half, np.full((1, 2), 0.5))


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_reads_names_exactly_the_fields_that_matter(name):
    rule = OPTIMIZERS[name]
    assert set(rule.reads) <= {field.name for field in fields(Hyperparameters)}
    data = random_dataset(6, 3)
    run = Hyperparameters(optimizer=name, epochs=12, batch_size=2, lr=0.1, eps=1e-3)
    end = collect(train(data, [run])).weights[-1]
    for field, value in OTHER.items():
        changed = collect(train(data, [replace(run, **{field: value})])).weights[-1]
        assert np.array_equal(changed, end) == (field not in rule.reads), field


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_kinds_of_decay_differ_where_the_entry_says_so(name):
    run = Hyperparameters(optimizer=name, epochs=4, batch_size=3, lr=0.01, weight_decay=2.0)
    both = [run, replace(run, decay="decoupled")]
    end = collect(train(random_dataset(6, 3), both)).weights[-1]
    assert (np.abs(end[0] - end[1]).max() > 1e-6) != OPTIMIZERS[name].one_decay


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


def test_the_default_optimizer_needs_nothing_so_that_a_sweep_asks_nothing():
    assert not OPTIMIZERS[Hyperparameters().optimizer].needs


def test_labels_and_formulas_tell_the_entries_apart():
    assert len({rule.label for rule in OPTIMIZERS.values()}) == len(OPTIMIZERS)
    assert len({rule.formula for rule in OPTIMIZERS.values()}) == len(OPTIMIZERS)


def _facts(entry):
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


@pytest.mark.parametrize("fact", sorted(_facts(OPTIMIZERS["adam"])))
def test_an_entry_without_a_fact_is_refused_with_its_name(fact):
    rest = _facts(OPTIMIZERS["adam"])
    del rest[fact]
    with pytest.raises(TypeError, match=fact):
        Optimizer(**rest)
    with pytest.raises(ValueError, match=fact):
        Optimizer(**rest, **{fact: None})


@pytest.mark.parametrize("fact", sorted(_facts(OPTIMIZERS["adam"].decays["coupled"])))
@pytest.mark.parametrize("kind", ["coupled", "decoupled"])
def test_a_kind_of_decay_without_a_fact_is_refused_with_its_name(kind, fact):
    rest = _facts(OPTIMIZERS["momentum"].decays[kind])
    del rest[fact]
    with pytest.raises(TypeError, match=fact):
        Decay(**rest)


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"label": " "}, "label"),
        ({"formula": ""}, "formula"),
        ({"reads": ("beta",)}, "reads"),
        ({"needs": {"beta": ("> 0", bool)}}, "needs"),
        ({"update": None}, "update"),
        ({"degree": 2}, "degree"),
        ({"decays": {"coupled": OPTIMIZERS["adam"].decays["coupled"]}}, "decays"),
        ({"linear": True}, "limit"),
        ({"parts": replace(OPTIMIZERS["adam"].parts, memory="velocity")}, "memory"),
    ],
)
def test_a_fact_that_says_nothing_is_refused_with_its_name(changed, fact):
    with pytest.raises(ValueError, match=fact):
        replace(OPTIMIZERS["adam"], **changed)


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"name": ""}, "name"),
        ({"acts": " "}, "acts"),
        ({"part": ""}, "part"),
        ({"factor": False, "no_factor": ""}, "no_factor"),
        ({"end": None}, "end"),
        ({"torch": None}, "torch"),
    ],
)
def test_a_kind_of_decay_that_says_nothing_is_refused_with_its_name(changed, fact):
    with pytest.raises(ValueError, match=fact):
        replace(OPTIMIZERS["momentum"].decays["decoupled"], **changed)


def test_an_end_that_is_not_known_on_batches_needs_a_reason():
    with pytest.raises(ValueError, match="elsewhere"):
        replace(OPTIMIZERS["adam"].decays["coupled"].end, elsewhere="")
    with pytest.raises(ValueError, match=r"^end\.elsewhere must be a sentence"):
        neither(" ")


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"shape": "circle"}, "end.shape"),
        ({"shape": ""}, "end.shape"),
        ({"strength": None}, "end.strength"),
        ({"strength": "λ"}, "end.strength"),
        ({"shape": "neither"}, "end.strength"),
        ({"on_batches": None}, "end.on_batches"),
        ({"elsewhere": None}, "end.elsewhere"),
    ],
)
def test_an_end_that_says_nothing_is_refused_with_the_facts_name(changed, fact):
    with pytest.raises(ValueError, match=f"^{re.escape(fact)} must be "):
        replace(OPTIMIZERS["adam"].decays["coupled"].end, **changed)


@pytest.mark.parametrize("fact", ["call", "options", "decays"])
@pytest.mark.parametrize("value", [None, " "])
def test_what_pytorch_writes_is_refused_with_the_facts_name(fact, value):
    with pytest.raises(ValueError, match=rf"^torch\.{fact} must be "):
        replace(OPTIMIZERS["adam"].decays["coupled"].torch, **{fact: value})


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_degree_is_how_steps_grow_with_the_gradients(name):
    """Gradients (and ε) three times as large: the steps are 3^degree times as large."""
    rule, draw = OPTIMIZERS[name], np.random.default_rng(5)
    one, lr = np.ones((1, 2)), 0.05 * np.ones((1, 2))
    moved = []
    for c in (1.0, 3.0):
        rates = Rates(lr, 0 * one, one, 0.7 * one, 0.8 * one, 0.9 * one, 1e-3 * c * one)
        v, state = np.zeros((4, 2)), (np.zeros((4, 2)),) * len(rule.slots)
        draw = np.random.default_rng(5)
        for t in range(1, 6):
            v, state = rule.update(v, c * draw.normal(size=(4, 2)), state, rates, t)
        moved.append(v)
    np.testing.assert_allclose(moved[1], 3.0**rule.degree * moved[0], rtol=EXACT)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_linear_says_whether_a_step_is_linear_in_all_it_reads(name):
    rule, draw = OPTIMIZERS[name], np.random.default_rng(6)
    one = np.ones((1, 1))
    rates = Rates(0.05 * one, 0.2 * one, one, 0.7 * one, 0.8 * one, 0.9 * one, 1e-3 * one)

    def step(v, gradient, *state):
        moved, kept = rule.update(v, gradient, state, rates, 3)
        return np.concatenate([moved, *kept])

    a, b = (
        [np.abs(draw.normal(size=(4, 1))) for _ in range(2 + len(rule.slots))] for _ in range(2)
    )
    apart = step(*(2 * x + y for x, y in zip(a, b, strict=True))) - 2 * step(*a) - step(*b)
    assert (np.abs(apart).max() < 1e-12) == rule.linear


@pytest.mark.parametrize("fact", ["lr", "counted"])
@pytest.mark.parametrize("missing", [None, ""])
def test_a_limit_without_a_formula_is_refused_by_name(fact, missing):
    limit = OPTIMIZERS["sgd"].decays["coupled"].limit
    with pytest.raises(ValueError, match=f"{fact} must be stated, got"):
        replace(limit, **{fact: missing})


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_the_constants_of_a_formula_are_those_that_its_steps_depend_on(name):
    run = Hyperparameters(optimizer=name, lr=0.05, batch_size=4, epochs=40)
    others = {"beta1": {"betas": (0.5, 0.999)}, "beta2": {"betas": (0.9, 0.6)}, "eps": {"eps": 0.1}}
    data = random_dataset(8, 3)
    runs = [run, *(replace(run, **change) for change in others.values())]
    ends = [collect(train(data, [one])).weights[-1, 0] for one in runs]
    differ = {key for key, end in zip(others, ends[1:], strict=True) if (end != ends[0]).any()}
    constants = OPTIMIZERS[name].constants(run)
    known = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert constants == {key: known[key] for key in differ}
