"""A plane through the space of all weights, in which the loss can be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import require
from wd_core.linear.spectrum import Spectrum, decompose
from wd_core.plane.quadratic import Quadratic, explained, unexplained
from wd_core.records import Dataset
from wd_core.signatures import typed

# A vector of which less than this share points out of a line lies on it, up to rounding.
ON_THE_LINE = 1e-10
# Eigenvalues closer than this share of the largest are one.
ALIKE = 1e-12
# Residuals held at once.
BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class Slice:
    """The plane of 0, w̃ and w*(λ) in the space of D weights, made by `Slice.through`.

    basis [D, 2]: orthonormal, the first vector along w̃ (least squares, of least norm), the second
    towards w*. Coordinates in it: minimiser [2] = (‖w̃‖, 0), optimum [2] of w*(λ) with the second
    >= 0. The loss is the data loss of the training data with the bias profiled out.
    """

    basis: Array
    minimiser: Array
    optimum: Array
    weight_decay: float
    x_mean: Array = field(repr=False)
    y_mean: float = field(repr=False)
    rows: Array = field(repr=False)
    targets: Array = field(repr=False)

    @classmethod
    @typed
    def through(cls, dataset: Dataset, weight_decay: float) -> Self:
        """The slice for one λ >= 0; λ = 0 is the limit λ → 0⁺.

        Where 0, w̃ and w* lie on one line for every λ (w̃ an eigenvector, or 0) the steepest
        direction orthogonal to it completes the plane. ValueError for fewer than two features.
        """
        lam = float(as_array("weight_decay", weight_decay, 0))
        require(lam >= 0, "weight_decay", ">= 0", lam)
        require(dataset.n_features >= 2, "dataset", "of two features or more", dataset.n_features)
        parts = decompose(dataset)
        minimiser = explained(dataset, parts) / np.sqrt(parts.s)  # in the basis V of the row space
        optimum = parts.s / (parts.s + lam) * minimiser
        basis = _lifted(_directions(parts.s, minimiser, lam), parts)
        return cls(
            basis=basis,
            minimiser=np.array([float(np.linalg.norm(minimiser)), 0.0]),
            optimum=parts.V @ optimum @ basis,
            weight_decay=lam,
            x_mean=parts.x_mean,
            y_mean=parts.y_mean,
            rows=(dataset.X_train - parts.x_mean) @ basis,
            targets=dataset.y_train - parts.y_mean,
        )

    @typed
    def lift(self, coordinates: ArrayLike) -> Array:
        """The weights [..., D] of points of the plane [..., 2]."""
        return np.asarray(_points(coordinates) @ self.basis.T)

    @typed
    def bias(self, coordinates: ArrayLike) -> Array:
        """The best bias ȳ − x̄·w at points of the plane [..., 2], [...]."""
        return np.asarray(self.y_mean - self.lift(coordinates) @ self.x_mean)

    @typed
    def loss(self, coordinates: ArrayLike) -> Array:
        """min_b 1/(2N) Σ (x_i·w + b − y_i)² at points of the plane [..., 2], [...]."""
        points = _points(coordinates)
        flat = points.reshape(-1, 2)
        block = max(1, BLOCK // len(self.rows))
        losses = np.empty(len(flat))
        for begin in range(0, len(flat), block):
            residual = flat[begin : begin + block] @ self.rows.T - self.targets
            losses[begin : begin + block] = (residual**2).mean(1) / 2
        return losses.reshape(points.shape[:-1])

    @typed
    def grid(self, x: ArrayLike, y: ArrayLike) -> Array:
        """The loss at every pair of first coordinates x [A] and second y [B], [B, A]."""
        first, second = np.meshgrid(as_array("x", x, 1), as_array("y", y, 1))
        return self.loss(np.stack([first, second], -1))

    @cached_property
    def quadratic(self) -> Quadratic:
        """The same loss as a `Quadratic` of the two coordinates, offset included.

        Its ridge(λ) is w*(λ) for this slice's λ alone: for another the path leaves the plane.
        """
        hessian = self.rows.T @ self.rows / len(self.rows)
        left = self.targets - self.rows @ self.minimiser
        return Quadratic(hessian, self.minimiser, unexplained(left, self.targets + self.y_mean))


@typed
def turns(dataset: Dataset) -> bool:
    """Whether the plane of 0, w̃ and w*(λ) is another for another λ.

    It is one for all λ where w̃ has parts in at most two eigenspaces, as in two dimensions or with
    three examples: these parts span it then, and no descent on L or J leaves it.
    """
    parts = decompose(dataset)
    minimiser = explained(dataset, parts) / np.sqrt(parts.s)
    held = np.abs(minimiser) > ON_THE_LINE * float(np.linalg.norm(minimiser))
    s = parts.s[held]  # falling
    apart = s[:-1] - s[1:] > ALIKE * s[:1]
    return len(s) > 0 and int(apart.sum()) > 1


def _directions(s: Array, minimiser: Array, lam: float) -> Array:
    """Orthonormal directions [r, k <= 2] of the plane, in the basis of the row space."""
    if not minimiser.any():
        return np.eye(len(s))[:, :2]  # the largest s come first
    first = minimiser / np.linalg.norm(minimiser)
    # w* = w̃ − λ·Σ v a/(s + λ): either vector spans the plane with w̃, the one the better for large
    # λ and the other for small
    towards = [
        _off_line(size * minimiser * ((s[0] + lam) / (s + lam)), first) for size in (s, -s[0])
    ]
    second = max(towards, key=lambda v: float(np.linalg.norm(v)))
    if np.linalg.norm(second) <= ON_THE_LINE:
        if len(s) == 1:
            return first[:, None]
        outside = np.eye(len(s)) - np.outer(first, first)
        _, vectors = np.linalg.eigh(outside * s @ outside)
        second = vectors[:, -1]
        second = second * np.sign(second[np.abs(second).argmax()])
    second = _off_line(second, first)
    return np.column_stack([first, second / np.linalg.norm(second)])


def _off_line(v: Array, line: Array) -> Array:
    """What of v/‖v‖ is orthogonal to the unit vector `line`."""
    v = v / np.linalg.norm(v)
    return np.asarray(v - (v @ line) * line)


def _lifted(directions: Array, parts: Spectrum) -> Array:
    """The basis [D, 2]; flat directions complete it where the data have none left."""
    basis = parts.V @ directions
    axes = np.eye(len(parts.V))[:, :3]
    while basis.shape[1] < 2:
        left = axes - basis @ (basis.T @ axes)
        best = left[:, np.linalg.norm(left, axis=0).argmax()]
        basis = np.column_stack([basis, best / np.linalg.norm(best)])
    return np.asarray(basis)


def _points(value: Any) -> Array:
    points = as_array("coordinates", value, max(np.ndim(value), 1))
    require(points.shape[-1] == 2, "coordinates", "of two on the last axis", points.shape)
    return points
