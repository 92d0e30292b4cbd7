"""What a picture shows, in a sentence for every λ; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.shared.geometry.problem import Solutions, outside
from pages.shared.geometry.scene import ON, Scene
from pages.shared.story import plain
from wd_core.types import Array

MEANING = (
    "L is the loss on the data, a function of the weights w; w̃ is the w that makes L least, and "
    "w* the one that does so with the penalty (λ/2)‖w‖² added, or inside the disc ‖w‖² ≤ θ."
)
DRAWN = (
    "Level sets lie where √(2f), f being the height above the lowest point of the panel, grows in "
    "equal steps; where they would crowd, every other one is left out. Arrows are in proportion to "
    "their pulls, but a short one is drawn long enough to be seen."
)
FLAT = "The loss is flat: every w is a minimiser; w̃ = 0 is the shortest."
# Halvings of the span in which L1 gives up its last exact zero.
HALVINGS = 40


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
    if solved.flat:
        return FLAT
    if free == 0:
        return "w̃ = 0, so w* = 0 whatever λ and θ are: neither has an effect."
    if lam == 0:
        if theta > solved.free_norm:
            return (
                f"λ = 0: w* = w̃. θ = {plain(theta)} is more than ‖w̃‖² = {plain(solved.free_norm)}, "
                "so the constraint does not bind."
            )
        return "λ = 0: w* = w̃. The disc just holds it, so the constraint does not bind."
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
        return f"Full-batch descent on J diverges: η(sₘₐₓ + λ) = {plain(product)} is above 2."
    if product == 2:
        return "Full-batch descent on J neither converges nor diverges: η(sₘₐₓ + λ) = 2."
    return f"Full-batch descent on J converges: η(sₘₐₓ + λ) = {plain(product)} is below 2."


def lifted(solved: Solutions) -> str:
    """What the penalty does to the surface of the loss."""
    lam = float(solved.weight_decay[solved.chosen])
    if lam == 0:
        return "λ = 0: loss and objective are one surface."
    text = f"λ = {plain(lam)}: the penalty lifts the loss everywhere but at 0, and most far out; "
    return text + (
        "so the lowest point moves in."
        if solved.free_norm > 0
        else "w̃ is at 0, so the lowest point stays there."
    )


def valley(solved: Solutions) -> str:
    """A loss that is flat in one direction, in a sentence; nothing for another."""
    if solved.surfaces[0].rank != 1:
        return ""
    return (
        "One eigenvalue is 0: all points of the dash-dotted line minimise L; w̃ is the shortest, "
        f"({_pair(solved.minimiser[0])})."
    )


def sparsity(solved: Solutions, best: Array) -> str:
    """What L1 and L2 make of the two weights at the present size."""
    k = solved.chosen
    l1, l2 = best[k], solved.optimum[k]
    zeros = int((l1 == 0).sum())
    counted = {0: "no weight is exactly 0 yet", 1: "one weight is exactly 0", 2: "both are 0"}
    text = (
        f"On the diamond w = ({_pair(l1)}): {counted[zeros]}. On the disc of the same √θ "
        f"w = ({_pair(l2)})"
    )
    text += ": neither is 0." if (l2 != 0).all() else "."
    text += " L1 holds a weight at exactly 0 over a whole range of θ; L2 only shrinks."
    most = last_zero(solved, best)
    if most:
        here = "; at the present θ not yet" if zeros == 0 else ", as at the present θ"
        text += f" For θ below {most:.4g} one weight is exactly 0{here}."
    return text


def last_zero(solved: Solutions, best: Array) -> float:
    """The θ up to which L1 holds one weight at exactly 0; 0.0 where there is no such θ."""
    zero = (best == 0).any(1)
    if solved.free_norm == 0 or zero[0] or not zero.any():
        return 0.0
    k = int(zero.argmax())
    if not zero[k:].all():
        return 0.0
    low, high = float(solved.theta[k]), float(solved.theta[k - 1])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        held = (solved.surfaces[0].l1_constrained(math.sqrt(middle)) == 0).any()
        low, high = (middle, high) if held else (low, middle)
    return low


def _pair(w: Array) -> str:
    return ", ".join(plain(x).replace("-", "−") for x in w.tolist())


def frame(box: tuple[float, float, float, float]) -> str:
    """The frame in words."""
    left, right, bottom, top = (plain(x).replace("-", "−") for x in box)
    return f"{left} to {right} across and {bottom} to {top} up"
