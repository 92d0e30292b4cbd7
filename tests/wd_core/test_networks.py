"""Networks: run by run the same as torch's layers, autograd and optimizers, to rounding."""

from __future__ import annotations

import pickle
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from torch import nn

from tests.oracles import ORACLES, random_batches
from wd_core import Dataset, Hyperparameters, Linear, Mlp, collect, gather, grid, sweep, train
from wd_core.training import batch_order

# Some fifty steps of numbers of order one, in another order of the same sums.
SAME = 1e-12
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "identity": nn.Identity}


class Quadratic(nn.Module):
    """z², which torch has no module for."""

    def forward(self, z):
        return z * z


ACTIVATIONS["quadratic"] = Quadratic


def classes(n: int = 14, d: int = 5, C: int = 3, seed: int = 0) -> Dataset:
    """Three clouds of points."""
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(C, d))

    def part(rows):
        y = draw.integers(C, size=rows)
        return centres[y] + draw.normal(size=(rows, d)), y.astype(float)

    return Dataset(*part(n), *part(9), n_classes=C)


def numbers(n: int = 14, d: int = 5, seed: int = 0) -> Dataset:
    draw = np.random.default_rng(seed)
    X, X_test = draw.normal(size=(n, d)), draw.normal(size=(9, d))
    return Dataset(X, np.sin(X[:, 0]), X_test, np.sin(X_test[:, 0]))


def sequential(model: Mlp, dataset: Dataset) -> nn.Sequential:
    """The same network in torch."""
    sizes = [dataset.n_features, *model.hidden, dataset.n_classes or 1]
    layers: list[nn.Module] = []
    for fan_in, out in pairwise(sizes):
        layers += [nn.Linear(fan_in, out, bias=model.bias), ACTIVATIONS[model.activation]()]
    return nn.Sequential(*layers[:-1]).double()


def torch_loss(model: Mlp, dataset: Dataset, net: nn.Sequential, X, y) -> torch.Tensor:
    output = net(torch.as_tensor(X))
    if model.loss == "cross_entropy":
        return nn.functional.cross_entropy(output, torch.as_tensor(y).long())
    if dataset.n_classes is None:
        target = torch.as_tensor(y)[:, None]
    else:
        target = nn.functional.one_hot(torch.as_tensor(y).long(), dataset.n_classes).double()
    return ((output - target) ** 2).sum(1).mean() / 2


def torch_run(model: Mlp, dataset: Dataset, run: Hyperparameters, start, batches):
    """Parameters and losses after every epoch, by autograd; decoupled decay written out."""
    net = sequential(model, dataset)
    with torch.no_grad():
        for p, value in zip(net.parameters(), start, strict=True):
            p.copy_(torch.as_tensor(value))
    coupled = run.weight_decay if run.decay == "coupled" else 0.0
    decays = [p.ndim == 2 or run.decay_bias for p in net.parameters()]
    groups = [
        {"params": [p], "weight_decay": coupled * decayed}
        for p, decayed in zip(net.parameters(), decays, strict=True)
    ]
    optimizer = ORACLES[run.optimizer](groups, run)
    states, losses = [], []

    def record():
        states.append([p.detach().numpy().copy() for p in net.parameters()])
        losses.append(
            [
                torch_loss(model, dataset, net, X, y).item()
                for X, y in (
                    (dataset.X_train, dataset.y_train),
                    (dataset.X_test, dataset.y_test),
                )
            ]
        )

    record()
    for epoch in batches:
        for batch in epoch:
            optimizer.zero_grad()
            torch_loss(
                model, dataset, net, dataset.X_train[batch], dataset.y_train[batch]
            ).backward()
            if run.decay == "decoupled":
                with torch.no_grad():
                    for p, decayed in zip(net.parameters(), decays, strict=True):
                        p.mul_(1 - run.lr * run.weight_decay * decayed)
            optimizer.step()
        record()
    return states, np.array(losses)


def start_of(model: Mlp, dataset: Dataset, seed: int = 1) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    return [
        0.6 * draw.normal(size=shape)
        for shape in model.shapes(dataset.n_features, dataset.n_classes)
    ]


def same_as_torch(model, dataset, run, size):
    start = start_of(model, dataset)
    batches = random_batches(dataset.n_train, size, run.epochs)
    ours = collect(train(dataset, [run], model=model, start=start, batches=batches))
    states, losses = torch_run(model, dataset, run, start, batches)
    np.testing.assert_allclose(ours.train_loss[:, 0], losses[:, 0], rtol=SAME, atol=SAME)
    np.testing.assert_allclose(ours.test_loss[:, 0], losses[:, 1], rtol=SAME, atol=SAME)
    for k, arrays in enumerate(ours.parameters):
        theirs = np.array([state[k] for state in states])
        np.testing.assert_allclose(arrays[:, 0], theirs, rtol=SAME, atol=SAME)
    return ours


@pytest.mark.parametrize("decay_bias", [False, True])
@pytest.mark.parametrize("size", [7, 5, 14])
@pytest.mark.parametrize(
    ("optimizer", "decay"), [*product(sorted(ORACLES), ("coupled", "decoupled"))]
)
def test_every_optimizer_moves_a_network_as_torch_does(optimizer, decay, size, decay_bias):
    """Fifty steps; five rows in fourteen leave a short last batch, whose mean is its own."""
    run = Hyperparameters(
        optimizer=optimizer,
        decay=decay,
        decay_bias=decay_bias,
        batch_size=size,
        weight_decay=0.3,
        lr=0.005,
        epochs=-(-50 // -(-14 // size)),
        momentum=0.8,
        eps=1e-3,
    )
    same_as_torch(Mlp(hidden=(6, 4), activation="tanh"), classes(), run, size)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("hidden", [(), (6,), (5, 4, 3)])
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize(
    ("loss", "data"),
    [("cross_entropy", classes()), ("half_mse", numbers()), ("half_mse", classes())],
    ids=["classes", "numbers", "unit vectors"],
)
def test_every_network_is_torchs(loss, data, activation, hidden, bias):
    model = Mlp(hidden=hidden, activation=activation, loss=loss, bias=bias)
    run = Hyperparameters(weight_decay=0.2, lr=0.001, epochs=6, batch_size=5)
    same_as_torch(model, data, run, 5)


def test_a_linear_network_is_the_linear_model():
    """No hidden layer and half the mean square: the same run as `Linear`, step by step."""
    data = numbers()
    runs = [Hyperparameters(weight_decay=wd, lr=0.05, batch_size=7, epochs=9) for wd in (0.0, 1.0)]
    w = np.random.default_rng(3).normal(size=5)
    batches = random_batches(14, 7, 9)
    ours = collect(
        train(
            data,
            runs,
            model=Mlp(hidden=(), loss="half_mse"),
            start=[w[None], [0.3]],
            batches=batches,
        )
    )
    linear = collect(train(data, runs, model=Linear(), start=(w, 0.3), batches=batches))
    np.testing.assert_allclose(ours.weights, linear.weights, rtol=SAME, atol=SAME)
    for name in ("train_loss", "test_loss", "penalty", "weight_norm"):
        np.testing.assert_allclose(getattr(ours, name), getattr(linear, name), rtol=1e-11)


def test_a_row_of_many_runs_is_the_run_alone_and_a_sweeps_end():
    data, model = classes(), Mlp(hidden=(4,))
    runs = grid(
        Hyperparameters(epochs=5, batch_size=4, lr=0.02),
        optimizer=["sgd", "adam"],
        weight_decay=[0.0, 0.5],
        seed=[0, 1],
    )
    together = collect(train(data, runs, model=model))
    ends = gather(sweep(data, runs, model=model, chunk=3))
    for row, run in enumerate(runs):
        alone = collect(train(data, [run], model=model))
        for name in ("train_loss", "test_loss", "weight_norm", "train_accuracy"):
            mine, theirs = getattr(together, name)[:, row], getattr(alone, name)[:, 0]
            np.testing.assert_allclose(mine, theirs, rtol=SAME, atol=SAME)
        for mine, theirs in zip(together.parameters, alone.parameters, strict=True):
            np.testing.assert_allclose(mine[:, row], theirs[:, 0], rtol=SAME, atol=SAME)
        assert ends.test_loss[row] == pytest.approx(alone.test_loss[-1, 0], rel=SAME)


def test_accuracies_count_the_examples_whose_largest_output_is_their_class():
    data, model = classes(n=60), Mlp(hidden=(8,))
    run = Hyperparameters(epochs=30, batch_size=10, lr=0.1)
    found = collect(train(data, [run], model=model))
    net = sequential(model, data)
    with torch.no_grad():
        for p, value in zip(net.parameters(), found.parameters, strict=True):
            p.copy_(torch.as_tensor(value[-1, 0]))
        said = net(torch.as_tensor(data.X_test)).argmax(1).numpy()
    assert found.test_accuracy[-1, 0] == (said == data.y_test).mean()
    assert found.train_accuracy[-1, 0] > found.train_accuracy[0, 0]
    assert collect(train(numbers(), [run], model=Mlp(loss="half_mse"))).train_accuracy is None


def test_a_networks_run_can_be_sent_to_another_process():
    model = Mlp(hidden=(3,))
    here = collect(train(classes(), [Hyperparameters(epochs=2)], model=model))
    there = pickle.loads(pickle.dumps(here))
    np.testing.assert_array_equal(there.weights, here.weights)
    for one, other in zip(there.parameters, here.parameters, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_start_is_he_normal_and_the_same_for_every_weight_decay():
    data = classes(d=40)
    runs = [Hyperparameters(epochs=0, weight_decay=wd, init_std=2.0) for wd in (0.0, 1.0)]
    first = collect(train(data, runs, model=Mlp(hidden=(300,))))
    W1, b1, W2, b2 = (array[0] for array in first.parameters)
    np.testing.assert_array_equal(W1[0], W1[1])
    assert not b1.any()
    assert not b2.any()
    # 12,000 and 900 normal numbers: their spread is that of the law within three of its errors
    assert W1.std() == pytest.approx(2 * np.sqrt(2 / 40), rel=3 / np.sqrt(2 * 12_000))
    assert W2.std() == pytest.approx(2 * np.sqrt(2 / 300), rel=3 / np.sqrt(2 * 900))


def test_penalty_and_norm_are_those_of_what_is_decayed():
    data = classes()
    both = [Hyperparameters(weight_decay=0.7, epochs=3, decay_bias=flag) for flag in (False, True)]
    found = collect(train(data, both, model=Mlp(hidden=(4,)), start=start_of(Mlp((4,)), data)))
    for row, flag in enumerate((False, True)):
        arrays = [p[-1, row] for p in found.parameters if p.ndim == 4 or flag]
        square = sum(float((a**2).sum()) for a in arrays)
        assert found.weight_norm[-1, row] ** 2 == pytest.approx(square, rel=SAME)
        assert found.penalty[-1, row] == pytest.approx(0.35 * square, rel=SAME)


def test_a_bound_on_the_norm_is_kept_after_every_step():
    data = classes()
    run = Hyperparameters(epochs=5, max_norm=1.5, lr=0.1)
    found = collect(train(data, [run], model=Mlp(hidden=(4,))))
    assert (found.weight_norm[1:] <= 1.5 * (1 + 1e-12)).all()
    assert found.weight_norm[-1, 0] == pytest.approx(1.5)


def test_divergence_is_a_result():
    run = Hyperparameters(epochs=60, lr=30.0, batch_size=14)
    found = collect(train(numbers(), [run], model=Mlp(hidden=(8,), loss="half_mse")))
    assert found.diverged_at[0] > 0


def test_float32_is_near_and_the_batch_order_is_the_linear_models():
    data, model = classes(), Mlp(hidden=(6,))
    run = Hyperparameters(epochs=4, batch_size=5, lr=0.05)
    order = batch_order(run.seed, 14, 4)
    batches = [[rows[i : i + 5] for i in range(0, 14, 5)] for rows in order]
    ours = collect(train(data, [run], model=model))
    same = collect(train(data, [run], model=model, batches=batches))
    np.testing.assert_array_equal(ours.train_loss, same.train_loss)
    short = collect(train(data, [run], model=model, dtype=torch.float32))
    np.testing.assert_allclose(short.train_loss, ours.train_loss, rtol=1e-4)


def test_the_threads_denormals_are_as_they_were():
    collect(train(classes(), [Hyperparameters(epochs=2)], model=Mlp(hidden=(3,))))
    assert np.float64(5e-324) * 1.0 > 0


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Mlp(hidden=(0,)), "hidden"),
        (lambda: Mlp(hidden="32"), "hidden"),
        (lambda: Mlp(hidden=5), "hidden"),
        (lambda: Mlp(activation="gelu"), "activation"),
        (lambda: Mlp(loss="mse"), "loss"),
        (lambda: Mlp(bias=1), "bias"),
        (lambda: train(numbers(), [Hyperparameters()], model=Mlp()), "n_classes"),
        (lambda: sweep(numbers(), [Hyperparameters()], model=Mlp()), "n_classes"),
        (lambda: train(classes(), [Hyperparameters()], model=Mlp(), start=[]), "start"),
        (
            lambda: train(
                classes(), [Hyperparameters()], model=Mlp(()), start=[np.ones((5, 3)), np.ones(3)]
            ),
            r"start\[0\]",
        ),
        (lambda: Dataset([[1.0]], [0.5], [[1.0]], [0.0], n_classes=2), "y_train"),
        (lambda: Dataset([[1.0]], [0.0], [[1.0]], [2.0], n_classes=2), "y_test"),
        (lambda: Dataset([[1.0]], [0.0], [[1.0]], [0.0], n_classes=1), "n_classes"),
    ],
)
def test_what_makes_no_network_is_refused_by_name(make, name):
    with pytest.raises(ValueError, match=name):
        make()


def test_starts_may_differ_from_run_to_run():
    data, model = classes(), Mlp(hidden=(4,))
    starts = [start_of(model, data, seed) for seed in (1, 2)]
    both = [np.stack(arrays) for arrays in zip(*starts, strict=True)]
    runs = [Hyperparameters(epochs=3), Hyperparameters(epochs=3, optimizer="adam")]
    found = collect(train(data, runs, model=model, start=both))
    for row, (run, start) in enumerate(zip(runs, starts, strict=True)):
        alone = collect(train(data, [run], model=model, start=start))
        np.testing.assert_allclose(found.test_loss[:, row], alone.test_loss[:, 0], rtol=SAME)
        np.testing.assert_array_equal(found.parameters[0][0, row], start[0])
