"""The 2-D quadratic: level sets, minimisers, disc and diamond, exact descent paths."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array
from wd_core.checks import require, require_whole
from wd_core.linear.ridge import NEWTON_STEPS
from wd_core.linear.spectrum import Spectrum, decompose
from wd_core.plane.coordinates import DUST, non_negative, point, positive, without_dust
from wd_core.plane.diamond import (
    ZeroRange,
    all_inside_diamond,
    inside_diamond,
    penalised,
    zero_ranges,
)
from wd_core.plane.surface import ROUNDING, Surface
from wd_core.records import Dataset
from wd_core.signatures import typed

# A diverging path is held at this multiple of its start's distance: far outside every frame, and
# inside the range of floats, so that no inf − inf arises.
FAR = 1e200
# The lines of a valley's level set are this many times as long as they are away from the origin.
LINE_LENGTH = 100.0


@dataclass(frozen=True, eq=False)
class Quadratic(Surface):
    """A surface L(w) = ½ (w − w̃)ᵀH(w − w̃), and all that is exact about it.

    hessian H [2, 2]: symmetric, no negative eigenvalue; minimiser w̃ [2], any one of a valley's;
    offset: the data loss at w̃, which `loss` leaves out. Lists and tensors are taken.
    """

    @classmethod
    @typed
    def from_data(cls, dataset: Dataset) -> Self:
        """The training loss of two features with the bias profiled out: L(w) = min_b L(w, b).

        H = XcᵀXc/N, w̃ the least squares solution (of least norm), offset the loss it leaves:
        offset + loss(w) is the data loss. ValueError unless the data have two features.
        """
        require(dataset.n_features == 2, "dataset", "of two features", dataset.n_features)
        parts = decompose(dataset)
        minimiser = parts.V @ (explained(dataset, parts) / np.sqrt(parts.s))
        centred = dataset.X_train - parts.x_mean
        left = dataset.y_train - parts.y_mean - centred @ minimiser
        return cls(parts.V * parts.s @ parts.V.T, minimiser, unexplained(left, dataset.y_train))

    # --- disc ----------------------------------------------------------------------------------

    @typed
    def norm_for_weight_decay(self, weight_decay: float) -> float:
        """θ(λ) = ‖w*(λ)‖²; strictly falling in λ unless w̃ = 0."""
        lam = non_negative("weight_decay", weight_decay)
        return _theta(self.eigenvalues.tolist(), self._coordinates.tolist(), lam)

    @typed
    def weight_decay_for_norm(self, theta: float) -> float:
        """λ(θ), the λ >= 0 with ‖w*(λ)‖² = θ; 0.0 where θ >= ‖w*(0)‖² and the constraint is idle.

        θ > 0, else ValueError.
        """
        theta = positive("theta", theta)
        return _secular_root(self.eigenvalues.tolist(), self._coordinates.tolist(), theta)

    @typed
    def constrained(self, theta: float) -> Array:
        """argmin L(w) subject to ‖w‖² <= θ, [2]: w*(λ(θ)); idle: the minimiser of least norm."""
        lam = self.weight_decay_for_norm(theta)
        pairs = zip(self.eigenvalues.tolist(), self._coordinates.tolist(), strict=True)
        along = [s / (s + lam) * a if s > 0 else 0.0 for s, a in pairs]
        return without_dust(self.eigenvectors @ along)

    @typed
    def multiplier(self, theta: float) -> float:
        """μ of L + μ(‖w‖² − θ): λ(θ)/2, and 0.0 where the constraint is idle."""
        return self.weight_decay_for_norm(theta) / 2

    @typed
    def shadow_price(self, theta: float) -> float:
        """dL*/dθ = −λ(θ)/2: what the least loss gains from a larger disc."""
        return -self.multiplier(theta)

    # --- diamond -------------------------------------------------------------------------------

    @typed
    def lasso(self, l1: float) -> Array:
        """argmin L(w) + l1·(|w_1| + |w_2|), [2], its zeros exact; of least norm among equals."""
        return penalised(self, non_negative("l1", l1))

    @typed
    def l1_constrained(self, radius: float) -> Array:
        """argmin L(w) subject to |w_1| + |w_2| <= radius, [2]; of least norm among equals."""
        return inside_diamond(self, positive("radius", radius))

    @typed
    def l1_minimisers(self, radius: float) -> Array:
        """The ends [2, 2] of the segment of all minimisers of L in the diamond; one point, twice.

        ValueError on a plain, where every point of the diamond is one.
        """
        require(self.rank > 0, "hessian", "other than 0", self.hessian.tolist())
        return without_dust(all_inside_diamond(self, positive("radius", radius)))

    def l1_zero_ranges(self) -> list[ZeroRange]:
        """The radii of the diamond for which `l1_constrained` holds a weight at exactly 0."""
        return zero_ranges(self)

    # --- descent -------------------------------------------------------------------------------

    @typed
    def max_stable_lr(self, weight_decay: float) -> float:
        """2/(s_max + λ), the learning rate below which descent converges; inf on a plain."""
        curvature = float(self.eigenvalues[0]) + non_negative("weight_decay", weight_decay)
        return 2 / curvature if curvature > 0 else math.inf

    @typed
    def descent(self, start: ArrayLike, lr: float, weight_decay: float, steps: int) -> Array:
        """w_t of w ← w − η(∇L + λw), t = 0 ... steps, [steps + 1, 2], in closed form.

        w_t = w* + V (1 − η(s + λ))^t Vᵀ(w_0 − w*). A diverging path is held at 1e200 times its
        start's distance, so that its numbers stay numbers.
        """
        start, lr = point("start", start), positive("lr", lr)
        lam = non_negative("weight_decay", weight_decay)
        require_whole("steps", steps, 0)
        end = self.ridge(lam)
        factor = 1 - lr * (self.eigenvalues + lam)
        with np.errstate(over="ignore", under="ignore"):
            growth = factor ** np.arange(steps + 1)[:, None]
        path = end + np.clip(growth, -FAR, FAR) * self._apart(start, end) @ self.eigenvectors.T
        path[0] = start
        return np.asarray(path)

    @typed
    def descent_product(self, start: ArrayLike, lr: float, weight_decay: float) -> float:
        """The largest η(s + λ) over the directions in which a start is away from its end.

        Below 2 a descent from there goes to `descent_limit`, at 2 (exactly that, where it is so up
        to rounding) it swings for ever, and above it diverges. 0.0 where it stays at the start. It
        is less than η(s_max + λ) where the start has no part along the steepest direction.
        """
        start, lr = point("start", start), positive("lr", lr)
        lam = non_negative("weight_decay", weight_decay)
        away = self._apart(start, self.descent_limit(start, lam)) != 0
        product = float((lr * (self.eigenvalues + lam)).max(where=away, initial=0.0))
        return 2.0 if abs(product - 2) <= ROUNDING * 2 else product

    def _apart(self, start: Array, end: Array) -> Array:
        """What start − end is along the eigenvectors, [2]; 0 where it is rounding."""
        rounding = DUST * max(math.hypot(*start), math.hypot(*end))
        along = (start - end) @ self.eigenvectors
        return np.where(np.abs(along) > rounding, along, 0.0)

    @typed
    def descent_limit(self, start: ArrayLike, weight_decay: float) -> Array:
        """Where a descent that converges ends, [2]: w*(λ), but without decay in a valley the
        minimiser nearest the start, for nothing moves w along it.
        """
        start, lam = point("start", start), non_negative("weight_decay", weight_decay)
        V = self.eigenvectors
        kept = (start @ V) * (self.eigenvalues + lam == 0)
        return np.asarray(self.ridge(lam) + kept @ V.T)

    @typed
    def projected_descent(self, start: ArrayLike, lr: float, theta: float, steps: int) -> Array:
        """w_t of w ← w − η∇L, then w ← w·min(1, √θ/‖w‖), [steps + 1, 2]; w_0 is the start."""
        start, lr = point("start", start), positive("lr", lr)
        radius = math.sqrt(positive("theta", theta))
        require_whole("steps", steps, 0)
        V = self.eigenvectors
        rate = lr * self.eigenvalues
        target = rate * self._coordinates
        path = np.empty((steps + 1, 2))
        path[0] = w = start @ V  # lengths are the same in the eigenbasis
        for step in range(1, steps + 1):
            w = w - rate * w + target
            w = w * (radius / max(math.hypot(*w), radius))
            path[step] = w
        path = path @ V.T
        path[0] = start
        return path

    # --- level sets ----------------------------------------------------------------------------

    @typed
    def level_set(self, value: float, points: int = 240) -> Array:
        """The closed curve L(w) = value, [points + 1, 2]: semi-axes √(2·value/s_j) along v_j.

        In a valley two parallel lines with a row of NaN between them (one line, twice, for value
        0: the minimisers); on a plain nothing but NaN. value >= 0, points >= 4, else ValueError.
        """
        value = non_negative("value", value)
        require_whole("points", points, 4)
        s, V = self.eigenvalues, self.eigenvectors
        if self.rank == 0:
            return np.full((points + 1, 2), np.nan)
        if self.rank == 1:
            return self._two_lines(math.sqrt(2 * value / s[0]), points)
        turn = np.linspace(0, 2 * np.pi, points + 1)
        ellipse = np.sqrt(2 * value / s) * np.column_stack([np.cos(turn), np.sin(turn)]) @ V.T
        ellipse[-1] = ellipse[0]
        return np.asarray(self.minimiser + ellipse)

    @typed
    def level_through(self, w: ArrayLike, points: int = 240) -> Array:
        """The level set of L, not of J, that passes through w [2]; see `level_set`."""
        return self.level_set(float(self.loss(point("w", w))), points)

    def _two_lines(self, apart: float, points: int) -> Array:
        across, along = self.eigenvectors.T
        at, half = self._coordinates[0], points // 2
        reach = LINE_LENGTH * (abs(at) + apart or 1.0)
        lines = np.full((points + 1, 2), np.nan)
        for side, rows in ((apart, lines[:half]), (-apart, lines[half + 1 :])):
            rows[:] = (at + side) * across + np.linspace(-reach, reach, len(rows))[:, None] * along
        return lines


def explained(dataset: Dataset, parts: Spectrum) -> Array:
    """c = Uᵀ(y − ȳ)/√N of the training data [r], 0 where the targets' rounding is all there is."""
    return np.where(np.abs(parts.c) > 8 * DUST * np.abs(dataset.y_train).max(), parts.c, 0.0)


def unexplained(left: Array, targets: Array) -> float:
    """Half the mean square of what is left of the targets, 0 where that is their rounding."""
    size = float(np.abs(left).max())
    return float((left**2).mean()) / 2 if size > ROUNDING * np.abs(targets).max() else 0.0


def _theta(s: list[float], a: list[float], lam: float) -> float:
    return math.hypot(*(x * (y / (y + lam)) for x, y in zip(a, s, strict=True) if y > 0)) ** 2


def _secular_root(s: list[float], a: list[float], theta: float) -> float:
    """`ridge.secular_root` on two floats, ten times as fast as on arrays: λ with ‖w*(λ)‖² = θ."""
    if theta >= _theta(s, a, 0.0):
        return 0.0
    radius = math.sqrt(theta)
    # λ is less than this by something between the two eigenvalues
    most = math.hypot(s[0] * a[0], s[1] * a[1]) / radius
    lam = max(0.0, most - s[0])
    for _ in range(NEWTON_STEPS):
        w = [y * x / (y + lam) if y > 0 else 0.0 for x, y in zip(a, s, strict=True)]
        norm = math.hypot(*w)
        fall = sum((x / norm) ** 2 / (y + lam) for x, y in zip(w, s, strict=True) if y > 0)
        step = (norm / radius - 1) / fall
        if lam + step <= lam:
            break
        lam += step
    return lam
