"""Fully connected networks: runs side by side, each with all its parameters in one row.

A group of R runs is moved as v [R, P], the parameters in the order and shapes of torch's
nn.Sequential(Linear, activation, ..., Linear).parameters(), laid out one after the other. Forward
and backward passes are written out, for all runs at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import torch
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import Phrase, require, require_one_of, require_whole
from wd_core.device import Place
from wd_core.divergence import Divergence
from wd_core.models.seam import Offer, Order
from wd_core.optimizers import PENALTIES, Hyperparameters, Optimizer, Rates, Runs, Tensor
from wd_core.records import Dataset, EpochRecord
from wd_core.seeding import generator

Activation = Literal["relu", "tanh", "quadratic", "identity"]
NetLoss = Literal["cross_entropy", "half_mse"]
Layers = list[tuple[Tensor, Tensor | None]]  # W [R, out, in] and b [R, out] of each layer

# Each as a function of z, and its derivative as a function of z and the value a.
ACTIVATIONS: dict[str, tuple[Callable[[Any, Tensor], Tensor], Callable[[Tensor, Tensor], Tensor]]]
ACTIVATIONS = {
    "relu": (lambda xp, z: z * (z > 0), lambda z, a: z > 0),
    "tanh": (lambda xp, z: xp.tanh(z), lambda z, a: 1 - a * a),
    "quadratic": (lambda xp, z: z * z, lambda z, a: 2 * z),
    "identity": (lambda xp, z: z, lambda z, a: 1.0),
}
# Rough cost of the small operations of a step, for each layer forth and back.
LAYER_SECONDS = 3e-5


@dataclass(frozen=True)
class Mlp:
    """Layers of `hidden` units each, and one that answers: no hidden layer is a linear classifier.

    loss "cross_entropy": the mean over the examples at hand in nats, for data with `n_classes`;
    "half_mse": the mean of half the squared distance to the target, or, with `n_classes`, to the
    target's unit vector. `Hyperparameters.loss` is not read, and a short last batch takes the mean
    over its own rows. Decay acts on the weight matrices, on the biases too with `decay_bias`. The
    start is W ~ init_std·N(0, 2/fan_in), biases ~ init_bias_std·N(0, 1): zero by default.
    Wrong values raise ValueError.
    """

    offers: ClassVar[frozenset[Offer]] = frozenset()

    hidden: tuple[int, ...] = (32, 32)
    activation: Activation = "relu"
    loss: NetLoss = "cross_entropy"
    bias: bool = True

    def __post_init__(self) -> None:
        hidden: object = self.hidden
        listed = isinstance(hidden, Sequence) and not isinstance(hidden, str)
        require(listed, "hidden", "a sequence of numbers of units", hidden)
        for units in self.hidden:
            require_whole("hidden", units, 1)
        object.__setattr__(self, "hidden", tuple(int(units) for units in self.hidden))
        for name, choices in (("activation", get_args(Activation)), ("loss", get_args(NetLoss))):
            require_one_of(name, getattr(self, name), choices)
        require(isinstance(self.bias, bool), "bias", "True or False", self.bias)

    def shapes(self, n_features: int, n_classes: int | None) -> list[tuple[int, ...]]:
        """The shapes of the parameters, in torch's order."""
        sizes = [n_features, *self.hidden, n_classes or 1]
        shapes: list[tuple[int, ...]] = []
        for fan_in, out in pairwise(sizes):
            shapes += [(out, fan_in), (out,)] if self.bias else [(out, fan_in)]
        return shapes

    def check(self, dataset: Dataset, runs: Sequence[Hyperparameters]) -> None:
        """Cross-entropy needs classes; penalties with a sharp part and noise are for `Linear`."""
        fits = self.loss != "cross_entropy" or dataset.n_classes is not None
        require(fits, "n_classes", "given for the loss cross_entropy", dataset.n_classes)
        smooth = [name for name, entry in PENALTIES.items() if not entry.corners]
        rule = Phrase("one of {choices} for networks", choices=", ".join(smooth))
        for penalty in {*Runs.of(runs).column("penalty").tolist()}:
            require(penalty in smooth, "penalty", rule, penalty)
        largest = float(Runs.of(runs).numbers("input_noise").max())
        require(largest == 0, "input_noise", "0 for networks", largest)

    def given_start(self, start: Sequence[ArrayLike], n_runs: int, dataset: Dataset) -> list[Array]:
        """The parameters as arrays [R, ...]."""
        shapes = self.shapes(dataset.n_features, dataset.n_classes)
        require(
            len(start) == len(shapes),
            "start",
            Phrase("{count} arrays", count=len(shapes)),
            len(start),
        )
        arrays = []
        for number, (value, shape) in enumerate(zip(start, shapes, strict=True)):
            name, whole = f"start[{number}]", (n_runs, *shape)
            ndim = len(shape) + (np.ndim(_plain(value)) > len(shape))
            array = as_array(name, value, ndim)
            fits = array.shape in (whole, shape)
            require(
                fits,
                name,
                Phrase("of shape {whole} or {shape}", whole=whole, shape=shape),
                array.shape,
            )
            arrays.append(np.broadcast_to(array, whole))
        return arrays

    def of_runs(self, start: list[Array], rows: Sequence[int]) -> list[Array]:
        """The part of a given start that belongs to these runs."""
        return [array[rows] for array in start]

    def problem(
        self,
        dataset: Dataset,
        runs: Runs,
        where: Place,
        start: list[Array] | None,
    ) -> Network:
        """These runs as rows of parameters."""
        return Network(self, dataset, runs, where, start)

    def height(
        self, n: int, d: int, runs: Sequence[Hyperparameters], n_classes: int | None = None
    ) -> int:
        """The number of parameters."""
        return sum(math.prod(shape) for shape in self.shapes(d, n_classes))


def _plain(value: ArrayLike | Any) -> Any:
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


class Network:
    """A group of runs of one `Mlp` on one data set."""

    def __init__(
        self,
        model: Mlp,
        dataset: Dataset,
        runs: Runs,
        where: Place,
        start: list[Array] | None,
    ) -> None:
        self.model, self.runs, self.where = model, runs, where
        self.d, self.n_classes = dataset.n_features, dataset.n_classes
        self.shapes = model.shapes(self.d, self.n_classes)
        self.edges = np.cumsum([0, *(math.prod(shape) for shape in self.shapes)]).tolist()
        arrays = self._drawn() if start is None else start
        R = len(runs)
        flat = np.concatenate([array.reshape(R, -1) for array in arrays], axis=1)
        self.start = where.put(flat)
        self.train = where.put(self._rows(dataset.X_train, dataset.y_train))
        self.test = where.put(self._rows(dataset.X_test, dataset.y_test))
        self.divergence = Divergence(R)
        weights = [len(shape) == 2 for shape in self.shapes]
        mask = np.repeat(weights, np.diff(self.edges)).astype(np.float64)
        decay_bias = runs.numbers("decay_bias")[:, None]
        self.mask = mask + (1 - mask) * decay_bias  # [R, P]: 1 where decay acts
        self._decayed = where.put(self.mask)
        radii = runs.numbers("max_norm")[:, None]
        self._radius = where.put(radii) if np.isfinite(radii).any() else None

    # ------------------------------------------------------------ what training asks

    @property
    def height(self) -> int:
        """How many numbers a run moves."""
        return int(self.edges[-1])

    @property
    def held(self) -> int:
        """How many numbers a state and the scoring of it hold."""
        widest = max([*self.model.hidden, self.n_classes or 1])
        return len(self.runs) * (self.height + widest * max(len(self.train), len(self.test)))

    @property
    def step_seconds(self) -> float:
        """Roughly what the small operations of a step take."""
        return LAYER_SECONDS * (1 + len(self.model.hidden))

    def batches(self, order: Order) -> Iterator[Tensor]:
        """The rows of each batch, features and targets side by side.

        Denormal numbers are flushed to zero while they are worked on: a network that decay drives
        to zero would be slowed down twenty times by them.
        """
        index, edges = order
        torch.set_flush_denormal(True)
        try:
            for i, j in pairwise(edges):
                yield self.where.rows(self.train, index[i:j])
        finally:
            torch.set_flush_denormal(False)

    def rates(self, rule: Optimizer, rows: int) -> Rates:
        """The numbers of a step; the mean over the rows at hand makes every batch alike."""

        def column(name: str) -> Array:
            return runs.numbers(name)[:, None]

        runs, put = self.runs, self.where.put
        lr, decay, betas = column("lr"), column("weight_decay"), runs.column("betas")
        coupled = runs.coupled[:, None]
        in_gradient = 0 * coupled if rule.one_decay else coupled
        decay = decay * self.mask
        return Rates(
            lr=put(lr),
            pull=put(decay * in_gradient),
            keep=put(1 - lr * decay * (1 - in_gradient)),
            momentum=put(column("momentum")),
            beta1=put(betas[:, :1]),
            beta2=put(betas[:, 1:]),
            eps=put(column("eps")),
        )

    def each(self, numbers: Array) -> Tensor:
        """One number for each run, as a column."""
        return self.where.put(numbers[:, None])

    def gradient(self, v: Tensor, batch: Tensor) -> Tensor:
        """Of the mean loss over the batch, [R, P]."""
        X, targets = batch[:, : self.d], batch[:, self.d :]
        layers = self._layers(v)
        zs, values = self._forward(layers, X)
        delta = self._pull(values[-1], targets) / len(batch)  # [R, B, C]
        slope = ACTIVATIONS[self.model.activation][1]
        parts: list[Tensor] = []
        for k in range(len(layers) - 1, -1, -1):
            W, b = layers[k]
            of_bias = [] if b is None else [delta.sum(1)]
            parts = [(delta.mT @ values[k]).reshape(len(v), -1), *of_bias, *parts]
            if k:
                delta = (delta @ W) * slope(zs[k - 1], values[k])
        return self.where.xp.concatenate(parts, 1)

    def project(self, v: Tensor, rates: Rates) -> None:
        """Pull the decayed weights back onto their norm's bound, where a run has one."""
        if self._radius is not None:
            norm = ((v * v * self._decayed).sum(1) ** 0.5)[:, None]
            shrink = (self._radius / norm).clip(max=1)
            v *= 1 - self._decayed * (1 - shrink)

    @torch.inference_mode()
    def score(self, epochs: Sequence[int], states: Sequence[Tensor]) -> list[EpochRecord]:
        """Losses, accuracies and norms of these states."""
        if not epochs:
            return []
        with np.errstate(all="ignore"):
            numbers = [self._numbers(v) for v in states]
            train, test, norm = (np.array([row[k] for row in numbers]) for k in (0, 1, 2))
            diverged_at = self.divergence.after(epochs, train, test, norm)
            lam = self.runs.numbers("weight_decay")
            penalty = lam / 2 * norm**2
        return [
            EpochRecord(
                epoch=epoch,
                train_loss=train[i],
                test_loss=test[i],
                penalty=penalty[i],
                weight_norm=norm[i],
                bias=np.full(len(self.runs), np.nan),
                diverged_at=diverged_at[i],
                expand=partial(self._weights, states[i]),
                layers=partial(self._arrays, states[i]),
                train_accuracy=numbers[i][3],
                test_accuracy=numbers[i][4],
            )
            for i, epoch in enumerate(epochs)
        ]

    def watch(self, epoch: int, v: Tensor) -> None:
        """Note which runs have diverged by now."""
        self.score([epoch], [v])

    def lots(self) -> list[Network]:
        """All runs at once: what a step works on is larger than what they hold."""
        return [self]

    # ------------------------------------------------------------ inside

    def _drawn(self) -> list[Array]:
        """The seeded start, the same draw for every run of the group."""
        draw = generator(self.runs[0].seed, "init")
        stds = {2: self.runs.numbers("init_std"), 1: self.runs.numbers("init_bias_std")}
        arrays = []
        for shape in self.shapes:
            z = torch.randn(shape, generator=draw, dtype=torch.float64).numpy()
            scale = math.sqrt(2 / shape[1]) if len(shape) == 2 else 1.0
            std = stds[len(shape)].reshape(-1, *[1] * len(shape))
            arrays.append(std * (scale * z))
        return arrays

    def _rows(self, X: Array, y: Array) -> Array:
        """[X, targets]: of a class the unit vector."""
        if self.n_classes is None:
            return np.column_stack([X, y])
        return np.column_stack([X, np.eye(self.n_classes)[y.astype(np.int64)]])

    def _split(self, v: Tensor) -> list[Tensor]:
        return [
            v[:, i:j].reshape(len(v), *shape)
            for (i, j), shape in zip(pairwise(self.edges), self.shapes, strict=True)
        ]

    def _layers(self, v: Tensor) -> Layers:
        arrays = self._split(v)
        if not self.model.bias:
            return [(W, None) for W in arrays]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    def _forward(self, layers: Layers, X: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """What goes into each activation, and the values: X first, the outputs [R, N, C] last."""
        act = ACTIVATIONS[self.model.activation][0]
        zs: list[Tensor] = []
        values = [X]
        for k, (W, b) in enumerate(layers):
            z = values[-1] @ W.mT
            if b is not None:
                z = z + b[:, None]
            if k == len(layers) - 1:
                return zs, [*values, z]
            zs.append(z)
            values.append(act(self.where.xp, z))
        raise AssertionError  # there is always a last layer

    def _shifted(self, outputs: Tensor) -> Tensor:
        """Outputs less the largest of each example, so that no exponential overflows."""
        if self.where.xp is np:
            return outputs - outputs.max(-1, keepdims=True)
        return outputs - outputs.amax(-1, keepdim=True)

    def _pull(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The derivative of each example's loss by its outputs."""
        if self.model.loss == "half_mse":
            return outputs - targets
        exp = self.where.xp.exp(self._shifted(outputs))
        return exp / exp.sum(-1)[..., None] - targets

    def _losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of each run, [R]."""
        if self.model.loss == "half_mse":
            return (((outputs - targets) ** 2).sum(-1) / 2).mean(-1)
        shifted, xp = self._shifted(outputs), self.where.xp
        return (xp.log(xp.exp(shifted).sum(-1)) - (shifted * targets).sum(-1)).mean(-1)

    def _numbers(self, v: Tensor) -> tuple[Array, Array, Array, Array | None, Array | None]:
        """Train and test loss, the norm of what is decayed, train and test accuracy, [R] each."""
        layers, get = self._layers(v), self.where.get
        losses, accuracies = [], []
        for rows in (self.train, self.test):
            outputs = self._forward(layers, rows[:, : self.d])[1][-1]
            targets = rows[:, self.d :]
            losses.append(get(self._losses(outputs, targets)))
            right = outputs.argmax(-1) == targets.argmax(-1)
            accuracies.append(None if self.n_classes is None else get(right).mean(-1))
        norm = get((v * v * self._decayed).sum(1) ** 0.5)
        return losses[0], losses[1], norm, accuracies[0], accuracies[1]

    def _arrays(self, v: Tensor) -> tuple[Array, ...]:
        """The parameters [R, ...]."""
        return tuple(self.where.get(array) for array in self._split(v))

    def _weights(self, v: Tensor) -> Array:
        """All weight matrices of every run, laid out one after the other, [R, W]."""
        arrays = [array for array in self._arrays(v) if array.ndim == 3]
        return np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)
