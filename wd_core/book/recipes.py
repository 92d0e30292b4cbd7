"""What the programs of the book do: rate, epochs, loss and start, on the data of its chapter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import ArrayLike

from wd_core.arrays import Array
from wd_core.data import DatasetSpec, make_dataset
from wd_core.optimizers import Hyperparameters
from wd_core.records import Dataset
from wd_core.seeding import start_draw
from wd_core.signatures import typed

Code = Literal["scratch", "concise"]
Start = Literal["normal", "uniform"]

# The chapter's data, the same in every edition: 20 examples in 200 dimensions.
DATA = DatasetSpec()
BATCH_SIZE = 5


@dataclass(frozen=True)
class Recipe:
    """What one program of the book does.

    The start is w ~ mean + scale·z and b ~ bias_scale·z, z being N(0, 1) or uniform on ±1.
    `decay_scale`: its λ counts so many times as torch's weight_decay (Keras's l2 has no ½: twice).
    """

    lr: float
    epochs: int
    loss: Literal["half_mse", "mse"] = "half_mse"
    start: Start = "normal"
    mean: float = 0.0
    scale: float = 1.0
    bias_scale: float = 0.0
    decay_scale: float = 1.0
    decay_bias: bool = False

    @typed
    def run(self, weight_decay: float, seed: int = 0) -> Hyperparameters:
        """The same as `Hyperparameters`, all but the start, which `start_of` gives."""
        return Hyperparameters(
            weight_decay=self.decay_scale * weight_decay,
            lr=self.lr,
            batch_size=BATCH_SIZE,
            epochs=self.epochs,
            loss=self.loss,
            decay_bias=self.decay_bias,
            init_std=self.scale,
            init_bias_std=self.bias_scale,
            seed=seed,
        )

    @property
    def plain_start(self) -> bool:
        """Whether `Hyperparameters` alone can say the start."""
        return self.start == "normal" and self.mean == 0

    @property
    def steps(self) -> int:
        """How many steps it takes."""
        return self.epochs * -(-DATA.n_train // BATCH_SIZE)

    def own_loss(self, half_mse: Array) -> Array:
        """The data loss as this program counts it: twice the half mean square under mse."""
        return 2 * half_mse if self.loss == "mse" else half_mse

    def penalty(self, norm: Array, weight_decay: float) -> Array:
        """What it adds to its own loss: (λ/2)‖w‖², which Keras's l2 counts twice."""
        return self.decay_scale * weight_decay / 2 * norm**2

    @typed
    def shrink(self, weight_decay: ArrayLike) -> Array:
        """(1 − η·wd)^steps: what is left of w where no example reaches."""
        step = 1 - self.lr * self.decay_scale * np.asarray(weight_decay, dtype=np.float64)
        return np.asarray(step**self.steps)

    @typed
    def ridge_weight_decay(self, weight_decay: float) -> float:
        """λ of the objective ½·mean square + (λ/2)‖w‖² that this program descends for its λ."""
        return self.run(weight_decay).ridge_weight_decay


@typed
def dataset_of(seed: int) -> Dataset:
    """The chapter's data as this seed draws them."""
    return make_dataset(replace(DATA, seed=seed))


@typed
def start_of(recipe: Recipe, seed: int) -> tuple[Array, float]:
    """w [D] and b at the start."""
    draw = start_draw(seed, DATA.n_features)
    if recipe.start == "uniform":
        draw = uniform(draw)
    return recipe.mean + recipe.scale * draw[:-1], float(recipe.bias_scale * draw[-1])


@typed
def uniform(normal: Array) -> Array:
    """A standard normal draw as one that is uniform on ±1: 2Φ(z) − 1."""
    draw = torch.as_tensor(np.asarray(normal / np.sqrt(2), dtype=np.float64))
    return np.asarray(torch.erf(draw).numpy())
