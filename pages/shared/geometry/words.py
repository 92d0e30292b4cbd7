"""What a picture shows, in a sentence for every λ; no Streamlit."""

from __future__ import annotations

import numpy as np

from pages.shared.geometry.problem import Solutions, outside
from pages.shared.geometry.scene import ON, Scene
from pages.shared.story import plain
from wd_core.types import Array


def sentences(scene: Scene, solved: Solutions) -> list[str]:
    """One for every picture."""
    length = np.linalg.norm(solved.optimum, axis=1)
    free = float(np.sqrt(solved.free_norm))
    return [
        f"{_pull(solved, k, float(length[k]), free)} {_path(scene, solved, k)}".rstrip()
        for k in range(len(length))
    ]


def _pull(solved: Solutions, k: int, length: float, free: float) -> str:
    lam, theta = float(solved.weight_decay[k]), float(solved.theta[k])
    if free == 0:
        return "w̃ = 0: the disc holds the minimiser however small it is, and no λ moves w* from 0."
    if lam == 0:
        if theta > solved.free_norm:
            return (
                f"θ = {plain(theta)} is more than ‖w̃‖² = {plain(solved.free_norm)}: the constraint "
                "does not bind, λ = 0, and w* = w̃."
            )
        return "λ = 0 has no effect: w* = w̃, and the circle just reaches it."
    share = 100 * length / free
    if share < 0.1:
        return (
            f"λ = {plain(lam)} has pulled w* to a length of {plain(length)}, and a larger λ pulls "
            "it closer to 0; it gets there for no finite λ."
        )
    return (
        f"λ = {plain(lam)} and θ = {plain(theta)} give the same w*: there the two pulls cancel, "
        f"and the level set of L touches the circle. w* is {plain(share)} % as long as w̃."
    )


def _path(scene: Scene, solved: Solutions, k: int) -> str:
    if scene.descent != ON or scene.source == "slice" or outside(scene, solved.box):
        return ""
    product = scene.lr * float(solved.eigenvalues[k, 0] + solved.weight_decay[k])
    if product > 2:
        return f"Descent diverges: η(s₁ + λ) = {plain(product)} is above 2."
    if product == 2:
        return "Descent neither converges nor diverges: η(s₁ + λ) = 2."
    return f"Descent converges: η(s₁ + λ) = {plain(product)} is below 2."


def sparsity(solved: Solutions, best: Array) -> str:
    """What L1 and L2 make of the two weights at the present size."""
    k = solved.chosen
    l1, l2 = best[k], solved.optimum[k]
    zeros = int((l1 == 0).sum())
    first = np.flatnonzero((best == 0).any(1) & ~(best == 0).all(1))
    counted = {0: "no weight is exactly 0 yet", 1: "one weight is exactly 0", 2: "both are 0"}
    text = (
        f"On the diamond w = ({_pair(l1)}): {counted[zeros]}. On the disc of the same √θ "
        f"w = ({_pair(l2)})"
    )
    text += ": neither is 0." if (l2 != 0).all() else "."
    text += " L1 holds a weight at exactly 0 over a whole range of θ; L2 only shrinks."
    if zeros == 0 and len(first) and first[0] > k:
        text += f" Here that begins below θ = {plain(float(solved.theta[first[0] - 1]))}."
    return text


def _pair(w: Array) -> str:
    return ", ".join(plain(x).replace("-", "−") for x in w.tolist())


def frame(box: tuple[float, float, float, float]) -> str:
    """The frame in words."""
    left, right, bottom, top = (plain(x).replace("-", "−") for x in box)
    return f"{left} to {right} across and {bottom} to {top} up"
