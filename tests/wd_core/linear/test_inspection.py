"""One update taken apart: its terms add up, and its steps are those of train() and torch.optim."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from tests.oracles import random_dataset, torch_path
from wd_core import OPTIMIZERS, DatasetSpec, Hyperparameters, collect, gradient, make_dataset, train
from wd_core.linear.behaviour import behaviour
from wd_core.linear.inspection import Replay, out_of_reach
from wd_core.linear.shrinking import shrinking
from wd_core.training import batch_order

DECAYS = ("coupled", "decoupled")
LOSSES = ("half_mse", "mse")
EVERY = [*product(OPTIMIZERS, DECAYS, LOSSES)]
TIGHT = 1e-12


def run_of(optimizer: str, decay: str, loss: str, **more: object) -> Hyperparameters:
    """A run whose last batch is short, with a bias that starts away from 0."""
    given = {"weight_decay": 0.5, "lr": 0.01, "batch_size": 5, "epochs": 6, "init_bias_std": 1.0}
    return Hyperparameters(optimizer=optimizer, decay=decay, loss=loss, **{**given, **more})


def close(one: object, other: object) -> None:
    np.testing.assert_allclose(one, other, rtol=TIGHT, atol=TIGHT)


@pytest.mark.parametrize("shape", [(12, 3), (8, 20)], ids=str)
@pytest.mark.parametrize(("optimizer", "decay", "loss"), EVERY)
@pytest.mark.parametrize("more", [{}, {"decay_bias": True}, {"max_norm": 0.5}], ids=str)
def test_the_steps_are_those_of_train(
    shape: tuple[int, int], optimizer: str, decay: str, loss: str, more: dict[str, object]
) -> None:
    data, run = random_dataset(*shape), run_of(optimizer, decay, loss, **more)
    replay, path = Replay(data, run), collect(train(data, [run]))
    seen = [replay.step(t) for t in range(1, replay.steps + 1)]
    assert [one.step for one in seen] == [*range(1, replay.steps + 1)]
    close(seen[0].before[:-1], path.weights[0, 0])
    for one in seen:
        if one.place == replay.an_epoch:
            close(one.after[:-1], path.weights[one.epoch, 0])
            close(one.after[-1], path.bias[one.epoch, 0])
    for one, other in pairwise(seen):
        np.testing.assert_array_equal(one.after, other.before)


@pytest.mark.parametrize(("optimizer", "decay", "loss"), EVERY)
@pytest.mark.parametrize("more", [{}, {"decay_bias": True}, {"max_norm": 0.5}], ids=str)
def test_the_terms_add_up(optimizer: str, decay: str, loss: str, more: dict[str, object]) -> None:
    replay = Replay(random_dataset(12, 3), run_of(optimizer, decay, loss, **more))
    for t in range(1, replay.steps + 1):
        one = replay.step(t)
        total = one.before + one.by_data + one.by_decay
        total[:-1] *= one.clip
        close(total, one.after)
        assert one.clip <= 1
        if "max_norm" in more:
            assert np.linalg.norm(one.after[:-1]) <= 0.5 * (1 + TIGHT)


@pytest.mark.parametrize(("optimizer", "decay", "loss"), EVERY)
def test_a_step_is_that_of_torch(optimizer: str, decay: str, loss: str) -> None:
    data, run = random_dataset(12, 3), run_of(optimizer, decay, loss, epochs=3)
    replay = Replay(data, run)
    batches = [[replay.step(t).rows] for t in range(1, replay.steps + 1)]
    start = replay.step(1).before
    path = torch_path(data, run, start[:-1], float(start[-1]), batches)
    for t in range(1, replay.steps + 1):
        close(replay.step(t).after[:-1], path.weights[t])
        close(replay.step(t).after[-1], path.bias[t])


@pytest.mark.parametrize("loss", LOSSES)
def test_plain_descent_is_the_formula(loss: str) -> None:
    data, run = random_dataset(12, 3), run_of("sgd", "coupled", loss)
    order = next(batch_order(run.seed, 12, 1))
    for t, rows in ((1, order[:5]), (3, order[10:])):
        one = Replay(data, run).step(t)
        np.testing.assert_array_equal(one.rows, rows)
        g, b = gradient(data.X_train[rows], data.y_train[rows], one.before[:-1], one.before[-1])
        share = len(rows) / 5 if loss == "half_mse" else 1.0
        factor = share if loss == "half_mse" else 2.0
        close(one.gradient, factor * np.append(g, b))
        close(one.by_data, -run.lr * one.gradient)
        close(one.rate, run.lr * run.weight_decay * share * np.array([1, 1, 1, 0]))
        close(one.by_decay, -one.rate * one.before)
        close(one.shrunk, one.rate)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_decoupled_decay_takes_the_same_share_of_every_weight(optimizer: str) -> None:
    run = run_of(optimizer, "decoupled", "mse")
    one = Replay(random_dataset(8, 20), run).step(7)
    close(one.shrunk[:-1], run.lr * run.weight_decay)
    assert one.by_decay[-1] == 0


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_decays_part_of_a_velocity_is_what_the_penalty_put_in(optimizer: str) -> None:
    """Written out: the velocity that the terms λw alone build up along this very path."""
    run = run_of(optimizer, "coupled", "mse")
    replay, velocity = Replay(random_dataset(12, 3), run), np.zeros(3)
    for t in range(1, 8):
        one = replay.step(t)
        pull = run.weight_decay * one.before[:-1]
        velocity = run.momentum * velocity + pull
        moved = velocity if optimizer == "momentum" else pull + run.momentum * velocity
        close(one.by_decay[:-1], -run.lr * moved)


def test_adams_first_step_shares_the_sign_between_data_and_decay() -> None:
    run = run_of("adam", "coupled", "mse", eps=1e-300)
    one = Replay(random_dataset(12, 3), run).step(1)
    pull = run.weight_decay * one.before[:-1]
    close(one.by_decay[:-1], -run.lr * pull / np.abs(pull + one.gradient[:-1]))
    close(np.abs(one.after - one.before), run.lr)


def test_any_order_of_questions_has_the_same_answers() -> None:
    data, run = random_dataset(12, 3), run_of("adam", "coupled", "half_mse", epochs=400)
    forward = Replay(data, run)
    steps = [1, 2, 7, 600, 601, 1199, 1200]
    answers = {t: forward.step(t) for t in steps}
    for t in reversed(steps):
        for replay in (forward, Replay(data, run)):
            np.testing.assert_array_equal(replay.step(t).after, answers[t].after)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_weights_after_a_number_of_steps_are_those_of_the_step(optimizer: str) -> None:
    data, run = random_dataset(12, 3), run_of(optimizer, "coupled", "half_mse", epochs=400)
    walked, fresh = Replay(data, run), Replay(data, run)
    np.testing.assert_array_equal(fresh.after(0), walked.step(1).before)
    walked.step(walked.last)
    for t in (1, 2, 7, 601, 1200):
        for replay in (walked, fresh):
            np.testing.assert_array_equal(replay.after(t), Replay(data, run).step(t).after)


def test_a_run_that_diverges_has_a_last_step() -> None:
    data = make_dataset(DatasetSpec())
    replay = Replay(data, Hyperparameters(weight_decay=3, lr=0.5))
    last = replay.step(replay.steps)
    assert replay.diverged
    assert last.step == replay.last < replay.steps
    assert np.isfinite(last.after).all()
    assert replay.step(replay.last + 1).step == replay.last
    assert replay.step(2).step == 2
    fresh = Replay(data, Hyperparameters(weight_decay=3, lr=0.5))
    np.testing.assert_array_equal(fresh.step(replay.last).after, last.after)


@pytest.mark.parametrize("lr", [0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("weight_decay", [0.0, 3.0, 100.0])
def test_a_replay_and_its_run_diverge_at_about_one_epoch(lr: float, weight_decay: float) -> None:
    data, run = make_dataset(DatasetSpec()), Hyperparameters(weight_decay=weight_decay, lr=lr)
    replay = Replay(data, run)
    last = replay.step(replay.steps)
    at = int(collect(train(data, [run])).diverged_at[0])
    assert replay.diverged
    assert abs(last.epoch - at) <= 1


def test_a_run_that_blows_up_at_once_has_one_step() -> None:
    run = Hyperparameters(weight_decay=1e200, lr=1.0, epochs=5)
    replay = Replay(make_dataset(DatasetSpec()), run)
    assert replay.step(9).step == replay.last == 1
    assert replay.diverged


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, 19])
def test_a_wrong_step_is_named(wrong: object) -> None:
    replay = Replay(random_dataset(12, 3), run_of("sgd", "coupled", "mse"))
    with pytest.raises(ValueError, match="step must be"):
        replay.step(wrong)  # type: ignore[arg-type]


def test_a_long_run_can_be_shown_as_far_as_somebody_would_wait() -> None:
    data = random_dataset(2000, 3)
    replay = Replay(data, Hyperparameters(batch_size=1, epochs=20_000))
    assert 2000 <= replay.last < replay.steps == 40_000_000
    assert replay.last % replay.an_epoch == 0


# ---------------------------------------------------------------- decay alone


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("weight_decay", [0.5, 30.0, 150.0])
def test_decay_alone_is_what_happens_out_of_reach(
    weight_decay: float, decay: str, loss: str
) -> None:
    data = random_dataset(8, 20, scale=1e-3)
    run = run_of("sgd", decay, loss, weight_decay=weight_decay, epochs=4)
    replay = Replay(data, run)
    seen = [replay.step(t) for t in range(1, replay.steps + 1)]
    weights = [seen[0].before[:-1], *(one.after[:-1] for one in seen)]
    left = out_of_reach(data.X_train, weights)
    assert left is not None
    steps = range(replay.steps + 1)
    np.testing.assert_allclose(left, shrinking(run, 8).left(steps), rtol=1e-9)


def test_nothing_is_out_of_reach_where_the_examples_span_the_space() -> None:
    data = random_dataset(12, 3)
    assert out_of_reach(data.X_train, [[1.0, 2.0, 3.0]]) is None


def half_gone(run: Hyperparameters, n_train: int) -> int:
    """The first step after which at most half of w is left, step by step."""
    left, step = 1.0, 0
    while abs(left) > 0.5:
        begin = step * run.batch_size % (-(-n_train // run.batch_size) * run.batch_size)
        rows = min(run.batch_size, n_train - begin)
        scaled = run.loss == "half_mse" and run.decay == "coupled"
        left *= 1 - run.lr * run.weight_decay * (rows / run.batch_size if scaled else 1)
        step += 1
    return step


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("batch_size", [5, 6, 8, 19, 20])
@pytest.mark.parametrize(
    ("lr", "weight_decay"), [(0.003, 3.0), (0.1, 2.0), (0.1, 9.0), (0.1, 15.0)]
)
def test_half_lives(lr: float, weight_decay: float, batch_size: int, decay: str, loss: str) -> None:
    run = Hyperparameters(
        lr=lr, weight_decay=weight_decay, batch_size=batch_size, decay=decay, loss=loss
    )
    found = shrinking(run, 20)
    assert np.ceil(found.half_life - 1e-9) == half_gone(run, 20)
    assert np.exp(found.growth) == pytest.approx(
        abs(behaviour(run, 20).epoch_factor.value), rel=1e-9
    )
    if found.full == found.last:
        assert abs(found.full) ** found.half_life == pytest.approx(0.5)


def test_half_lives_at_the_ends() -> None:
    def half_life(**given: float) -> float:
        return shrinking(Hyperparameters(**given), 20).half_life  # type: ignore[arg-type]

    assert half_life() == np.inf
    assert half_life(lr=0.5, weight_decay=2.0) == 0
    assert half_life(lr=0.5, weight_decay=4.0) == np.inf
    assert half_life(lr=1.0, weight_decay=4.0) == pytest.approx(-np.log(2) / np.log(3))


def test_where_steps_grow_and_shrink_an_epoch_counts() -> None:
    """(1 − 2.5)³(1 − 2.5/3): its full batches make w longer, its short one shorter by more."""
    run = Hyperparameters(lr=1.0, weight_decay=2.5, batch_size=6)
    found = shrinking(run, 20)
    epoch = abs(behaviour(run, 20).epoch_factor.value)
    assert epoch < 1 < abs(found.full)
    assert epoch ** (found.half_life / 4) == pytest.approx(0.5)
    takes_all = shrinking(replace(run, weight_decay=3.0), 20)
    assert takes_all.half_life == 0
    np.testing.assert_allclose(takes_all.left(range(6)), [1, -2, 4, -8, 0, 0])


def test_a_growth_that_no_float_holds_is_still_a_growth() -> None:
    found = shrinking(Hyperparameters(lr=1.0, weight_decay=100.0, batch_size=1), 2000)
    assert found.growth == pytest.approx(2000 * np.log(99))
    assert np.isinf(found.left(2000))
