"""A loss of two weights, quadratic and convex, in the basis in which it is a sum of squares.

L(w) = ½ (w − w̃)ᵀH(w − w̃) with H = V diag(s) Vᵀ and a = Vᵀw̃:  w*(λ) = V diag(s/(s + λ)) a.
λ = 0 means the limit λ → 0⁺: w̃, or in a valley (an eigenvalue of zero) its point of least norm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import require
from wd_core.plane.coordinates import non_negative, point, points, without_dust
from wd_core.signatures import typed

# Below this share of the larger an eigenvalue, or a difference of two entries, is rounding.
ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss L(w) = ½ (w − w̃)ᵀH(w − w̃) of two weights, its slopes and its minima.

    hessian H [2, 2]: symmetric, no negative eigenvalue; minimiser w̃ [2], any one of a valley's;
    offset: the data loss at w̃, which `loss` leaves out. Lists and tensors are taken.
    Worked out: eigenvalues s [2], the larger first, zero exactly where it is zero up to rounding;
    eigenvectors V [2, 2], column j the unit vector of s_j.
    ValueError with the name, the rule and the value for anything else.
    """

    hessian: Array
    minimiser: Array
    offset: float = 0.0
    eigenvalues: Array = field(init=False, repr=False)
    eigenvectors: Array = field(init=False, repr=False)
    _coordinates: Array = field(init=False, repr=False)  # Vᵀw̃, without what lies along a valley

    @typed
    def __post_init__(self) -> None:
        H = as_array("hessian", self.hessian, 2)
        require(H.shape == (2, 2), "hessian", "of shape (2, 2)", H.shape)
        lopsided = abs(H[0, 1] - H[1, 0]) > ROUNDING * np.abs(H).max()
        require(not lopsided, "hessian", "symmetric", H.tolist())
        object.__setattr__(self, "hessian", (H + H.T) / 2)
        object.__setattr__(self, "minimiser", point("minimiser", self.minimiser))
        object.__setattr__(self, "offset", float(as_array("offset", self.offset, 0)))
        s, V = _eigen(self.hessian)
        if s[0] - s[1] <= ROUNDING * abs(s[0]):  # round: every direction is an eigenvector's
            object.__setattr__(self, "hessian", s[0] * np.eye(2))
            s, V = (s[0], s[0]), np.eye(2)
        bowl = s[1] >= -ROUNDING * max(s[0], -s[1])
        require(bowl, "hessian", "without a negative eigenvalue", list(s))
        s = (s[0], s[1] if s[1] > ROUNDING * s[0] else 0.0)
        object.__setattr__(self, "eigenvalues", np.array(s))
        object.__setattr__(self, "eigenvectors", V)
        along = without_dust(self.minimiser @ V)
        object.__setattr__(self, "_coordinates", along * (self.eigenvalues > 0))

    @classmethod
    @typed
    def from_eigenvalues(cls, eigenvalues: ArrayLike, angle: float, minimiser: ArrayLike) -> Self:
        """The quadratic with two eigenvalues >= 0, the first along `angle` (radians, from axis 1).

        H = s_1 v vᵀ + s_2 u uᵀ with v = (cos, sin), u = (−sin, cos). ValueError for wrong values.
        """
        s = point("eigenvalues", eigenvalues)
        require(bool((s >= 0).all()), "eigenvalues", ">= 0", s.tolist())
        angle = float(as_array("angle", angle, 0))
        V = _turned(angle)
        return cls(V * s @ V.T, point("minimiser", minimiser))

    @property
    def rank(self) -> int:
        """How many eigenvalues are not zero: 2 a bowl, 1 a valley, 0 a plain."""
        return int((self.eigenvalues > 0).sum())

    @typed
    def loss(self, w: ArrayLike) -> Array:
        """L(w) = ½ (w − w̃)ᵀH(w − w̃) for w [..., 2], [...]; without `offset` and penalty."""
        along = (points("w", w) - self.minimiser) @ self.eigenvectors
        return np.asarray((self.eigenvalues * along**2).sum(-1) / 2)

    @typed
    def objective(self, w: ArrayLike, weight_decay: float) -> Array:
        """J(w) = L(w) + (λ/2)‖w‖² for w [..., 2], [...]."""
        lam = non_negative("weight_decay", weight_decay)
        return np.asarray(self.loss(w) + lam / 2 * (points("w", w) ** 2).sum(-1))

    @typed
    def gradient(self, w: ArrayLike) -> Array:
        """∇L(w) = H(w − w̃) for w [..., 2], [..., 2]; at w*(λ) it is −λw*."""
        V = self.eigenvectors
        return np.asarray((points("w", w) - self.minimiser) @ V * self.eigenvalues @ V.T)

    @typed
    def ridge(self, weight_decay: ArrayLike) -> Array:
        """w*(λ) = argmin L + (λ/2)‖w‖² = (H + λI)⁻¹Hw̃: [2] for one λ >= 0, [L, 2] for L of them.

        λ = 0 in a valley: the minimiser of least norm.
        """
        lam = as_array("weight_decay", weight_decay, min(np.ndim(weight_decay), 1))
        require(bool((lam >= 0).all()), "weight_decay", ">= 0", float(lam.min(initial=0.0)))
        s = self.eigenvalues
        total = s + lam[..., None]
        shrink = np.divide(s, total, out=np.zeros_like(total), where=total > 0)
        along = shrink * self._coordinates
        # not a matrix product: one λ of many is to the last digit what it is alone
        return without_dust((along[..., None, :] * self.eigenvectors).sum(-1))


def _eigen(H: Array) -> tuple[tuple[float, float], Array]:
    """Eigenvalues, the larger first, and eigenvectors [2, 2] of a symmetric matrix, closed form."""
    (p, q), (_, r) = H.tolist()
    mean, half = p / 2 + r / 2, p / 2 - r / 2
    turn = math.atan2(q, half) / 2
    apart = math.hypot(half, q)
    return (mean + apart, mean - apart), _turned(turn)


def _turned(angle: float) -> Array:
    """The rotation [2, 2] by an angle; a right one in radians is rounded, its cosine is 0 here."""
    cos, sin = without_dust(np.array([math.cos(angle), math.sin(angle)])).tolist()
    return np.array([[cos, -sin], [sin, cos]])
