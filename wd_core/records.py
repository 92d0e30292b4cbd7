"""Records (arrays): the data that go in, and what comes out of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array, as_array
from wd_core.checks import Phrase, require, require_number, require_whole


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and test data in float64, from `make_dataset` or straight from arrays.

    X_train [N, D], y_train [N], X_test [M, D], y_test [M]; w_true [D] and b_true where the
    truth is known. Arrays, lists and tensors are taken; wrong shapes or values raise ValueError.
    `note` says in a sentence what was done to the data, and `notes`, of a table of a user's own,
    what was done to its columns and rows before that, a fact each. With `n_classes` = C the targets
    are classes, whole numbers 0 ... C − 1.
    """

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array
    w_true: Array | None = None
    b_true: float | None = None
    note: str = ""
    feature_names: tuple[str, ...] = field(default=())
    n_classes: int | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for name, ndim in (("X_train", 2), ("y_train", 1), ("X_test", 2), ("y_test", 1)):
            object.__setattr__(self, name, as_array(name, getattr(self, name), ndim))
        if self.w_true is not None:
            object.__setattr__(self, "w_true", as_array("w_true", self.w_true, 1))
            require(
                self.w_true.shape == (self.n_features,),
                "w_true",
                Phrase("of length {n_features}", n_features=self.n_features),
                self.w_true.shape,
            )
        if self.b_true is not None:
            require_number("b_true", self.b_true)
        for part in ("train", "test"):
            X, y = getattr(self, f"X_{part}"), getattr(self, f"y_{part}")
            require(min(X.shape) >= 1, f"X_{part}", "of at least one row and column", X.shape)
            require(
                len(X) == len(y),
                f"y_{part}",
                Phrase("as long as X_{part} ({count})", part=part, count=len(X)),
                len(y),
            )
        require(
            self.X_test.shape[1] == self.n_features,
            "X_test",
            Phrase("of {n_features} columns as X_train", n_features=self.n_features),
            self.X_test.shape,
        )
        if self.n_classes is not None:
            require_whole("n_classes", self.n_classes, 2)
            largest = min(self.n_classes - 1, int(np.finfo(np.float64).max))
            for name in ("y_train", "y_test"):
                y = getattr(self, name)
                fits = bool(((y == np.round(y)) & (y >= 0) & (y <= largest)).all())
                require(
                    fits,
                    name,
                    Phrase("whole numbers from 0 to {largest}", largest=f"{largest:.17g}"),
                    y,
                )

    @property
    def n_train(self) -> int:
        """N, the number of training examples."""
        return len(self.X_train)

    @property
    def n_features(self) -> int:
        """D, the dimension."""
        return int(self.X_train.shape[1])


@dataclass(frozen=True, eq=False)
class EpochRecord:
    """R runs after `epoch` epochs (0: before any step).

    train_loss, test_loss [R]: half mean square without the penalty; penalty [R]: (λ/2)‖w‖², or the
    penalty that the run has instead, in the same unit; weight_norm [R]: ‖w‖ without the bias; bias
    [R]; weights [R, D], worked out on first access. `diverged` [R]: the run has left the range of
    floats, or all sense (see `Divergence`); `diverged_at` [R]: the first epoch at which that was
    found, −1 where it was not.
    Of networks: the model's own loss, weight_norm over what is decayed, bias NaN, and, where there
    are classes, the share of examples put into the right one, train_accuracy and test_accuracy [R].
    """

    epoch: int
    train_loss: Array
    test_loss: Array
    penalty: Array
    weight_norm: Array
    bias: Array
    diverged_at: NDArray[np.int64]
    expand: Callable[[], Array] = field(repr=False)
    train_accuracy: Array | None = None
    test_accuracy: Array | None = None
    layers: Callable[[], tuple[Array, ...]] | None = field(default=None, repr=False)

    @classmethod
    def each(cls, **columns: Iterable[Any]) -> list[EpochRecord]:
        """A record of each row of these columns, which are all its fields but those of networks."""
        records = []
        for row in zip(*columns.values(), strict=True):
            record = object.__new__(cls)  # `frozen` makes __init__ four times as long as this
            record.__dict__.update(zip(columns, row, strict=True))
            records.append(record)
        return records

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Whether each run has diverged by now, [R]."""
        return self.diverged_at >= 0

    @cached_property
    def weights(self) -> Array:
        """w of every run, [R, D]; of a network all weight matrices, one after the other."""
        return self.expand()

    @cached_property
    def parameters(self) -> tuple[Array, ...]:
        """What is trained, [R, ...] each: (w, b), or a network's arrays in torch's order."""
        return (self.weights, self.bias) if self.layers is None else self.layers()

    def __getstate__(self) -> dict[str, Any]:
        """What a pickle takes along: all that can be worked out, for nothing can be there."""
        with suppress(LookupError):
            _ = self.weights, self.parameters
        state = dict(vars(self))
        if "weights" in state:
            state |= {"expand": _nothing, "layers": None}
        return state


def _nothing() -> Array:
    raise LookupError("the record has its weights")


@dataclass(frozen=True, eq=False)
class Run:
    """The records of a stream, stacked: epoch [E], the rest [E, R], weights [E, R, D].

    diverged_at [R]: the epoch at which each run diverged, −1 for a run that did not.
    """

    epoch: NDArray[np.int64]
    train_loss: Array
    test_loss: Array
    penalty: Array
    weight_norm: Array
    bias: Array
    diverged_at: NDArray[np.int64]
    records: tuple[EpochRecord, ...] = field(repr=False)
    train_accuracy: Array | None = None
    test_accuracy: Array | None = None

    @cached_property
    def weights(self) -> Array:
        """w after every recorded epoch, [E, R, D]."""
        return np.stack([record.weights for record in self.records])

    @cached_property
    def parameters(self) -> tuple[Array, ...]:
        """What is trained after every recorded epoch, [E, R, ...] each."""
        each = [record.parameters for record in self.records]
        return tuple(np.stack(arrays) for arrays in zip(*each, strict=True))
