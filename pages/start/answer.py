"""What Start computes: one data set, learned at every λ that it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pages.shared.work import kept
from wd_core import DatasetSpec, Hyperparameters, collect, make_dataset, train
from wd_core.arrays import Array

# As many weights as examples, and noise: without decay all of it is learned by heart.
DATA = DatasetSpec(n_train=40, n_features=40, noise=1.0, true_weight=0.3, seed=0)
RUN = Hyperparameters(lr=0.03, epochs=300, init_std=0.0, seed=0)
EVERY = 3


@dataclass(frozen=True, eq=False)
class Learned:
    """Losses after every recorded epoch [E, K], and the weights at the end [K, D], for each λ."""

    epoch: Array
    train_loss: Array
    test_loss: Array
    weights: Array


@kept  # the slider's own are worked out when the server starts
def learned(weight_decays: tuple[float, ...]) -> Learned:
    """What a model has learned of these data, for each of these λ."""
    runs = [replace(RUN, weight_decay=weight_decay) for weight_decay in weight_decays]
    run = collect(train(make_dataset(DATA), runs, record_every=EVERY))
    return Learned(run.epoch.astype(float), run.train_loss, run.test_loss, run.weights[-1])
