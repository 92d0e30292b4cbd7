"""Trials say what runs do: held against the runs themselves, far longer than a page shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wd_core import DatasetSpec, Hyperparameters, collect, make_dataset, ridge_path, train
from wd_core.trials import EPOCHS, affordable, courses, settling

BOOK = make_dataset(DatasetSpec())
WILD = Hyperparameters(weight_decay=3.0, optimizer="momentum", lr=0.1)


def test_a_rate_that_blows_up_after_hundreds_of_epochs_does_not_settle():
    """0.02 is far below the limit of every batch by itself and looks fine for a hundred epochs."""
    tried = settling(BOOK, [replace(WILD, lr=lr) for lr in (0.05, 0.02, 0.01, 0.005, 0.003)])
    assert [trial.run.lr for trial in tried] == [0.05, 0.02, 0.01, 0.005]
    assert [trial.course.settles for trial in tried] == [False, False, False, True]
    # 0.01 has a burst to a loss of 2 in the second half, from one of 0.008
    assert tried[2].course.diverged_at is None
    assert tried[2].course.highest > 100 * tried[2].course.untrained
    assert tried[-1].course.epochs == EPOCHS
    run = replace(WILD, lr=0.97 * tried[-1].run.lr, epochs=3 * EPOCHS)
    far = collect(train(BOOK, [run], record_every=100))
    assert far.diverged_at[0] < 0
    assert far.train_loss[-1, 0] < far.train_loss[0, 0]


def test_an_early_overshoot_is_no_growth():
    run = Hyperparameters(optimizer="adam", lr=0.3, epochs=5, init_std=0.0)
    short = collect(train(BOOK, [run])).train_loss[:, 0]
    assert short[-1] > 2 * short[0]
    (course,) = courses(BOOK, [run])
    assert not course.grows
    assert course.end < 1e-5
    assert course.highest > 100  # a burst, hundreds of epochs later: it is called no growth either
    assert not course.settles


def test_a_course_is_that_of_the_run_itself():
    runs = [replace(WILD, lr=0.01), replace(WILD, lr=0.05)]
    for run, course in zip(runs, courses(BOOK, runs, epochs=400), strict=True):
        far = collect(train(BOOK, [replace(run, epochs=400)]))
        assert course.start == pytest.approx(far.train_loss[0, 0], rel=1e-9)
        assert course.diverged_at == (far.diverged_at[0] if far.diverged_at[0] >= 0 else None)
        if course.diverged_at is None:
            # the same run beside another, hundreds of rippling epochs: rounding grows
            assert course.highest == pytest.approx(far.train_loss[200:, 0].max(), rel=1e-6)
            assert far.train_loss[far.epoch == course.highest_at, 0] == pytest.approx(
                course.highest, rel=1e-6
            )


@pytest.mark.parametrize("epochs", [1, 2, 3, 4])
def test_a_run_of_a_few_epochs_that_rises_is_judged(epochs):
    run = replace(WILD, epochs=epochs, init_std=0.0, batch_size=2)
    loss = collect(train(BOOK, [run])).train_loss[:, 0]
    assert (np.diff(loss[1:]) > 0).all()
    (course,) = courses(BOOK, [run], epochs=1)
    assert (course.highest_at, course.end) == (epochs, loss[-1])
    assert not course.settles


def test_a_burst_of_a_single_epoch_is_seen():
    """Lion at a large step: its loss leaps for single epochs."""
    data = make_dataset(DatasetSpec(n_train=6, n_features=12, noise=0.5, true_weight=0.5, seed=3))
    run = Hyperparameters(optimizer="lion", lr=1.0, batch_size=4, weight_decay=0.0, seed=3)
    rates = [0.5, 0.3, 0.2, 0.1, 0.05]
    found = [courses(data, [replace(run, lr=lr)])[0] for lr in rates]
    loss = [
        collect(train(data, [replace(run, lr=lr, epochs=EPOCHS)])).train_loss[EPOCHS // 2 :, 0]
        for lr in rates
    ]
    for course, second_half in zip(found, loss, strict=True):
        assert course.highest == pytest.approx(second_half.max(), rel=1e-9)
    advised = settling(data, [replace(run, lr=lr) for lr in rates])[-1]
    bound = max(advised.course.start, advised.course.untrained)
    assert loss[rates.index(advised.run.lr)].max() <= 1.05 * bound


def test_what_would_take_too_long_is_not_tried():
    data = make_dataset(DatasetSpec(n_train=500, n_features=50))
    run = Hyperparameters(batch_size=1)
    assert not affordable(data, [run])
    assert settling(data, [run]) is None
    assert settling(BOOK, []) == ()


def test_strong_decay_may_end_at_the_loss_of_the_mean():
    run = Hyperparameters(weight_decay=100.0, lr=0.01, init_std=0.0, batch_size=20)
    (course,) = courses(BOOK, [run])
    assert course.settles
    exact = float(ridge_path(BOOK, [100.0]).train_loss[0])
    assert course.end == pytest.approx(exact, rel=1e-6)
    assert course.end < course.untrained


def test_a_run_that_stays_above_its_start_grows_though_its_numbers_are_numbers():
    run = replace(WILD, lr=0.02, epochs=40)
    (course,) = courses(BOOK, [run], epochs=40)
    assert course.diverged_at is None
    assert course.grows
