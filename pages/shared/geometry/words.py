"""What a picture shows, in a sentence for every λ; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.shared.geometry.problem import Problem, Solutions, outside
from pages.shared.geometry.scene import ON, Scene
from pages.shared.numbers import plain
from wd_core.diamond import ZeroRange
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
TURNING = (
    "With λ this plane turns about the line through w̃. The path shows every w*(λ) in the plane of "
    "its own λ: how far along w̃ it lies, and how far from that line. The level sets, the disc and "
    "w* belong to the plane of the present λ."
)
FLAT = "The loss is flat: every w is a minimiser; w̃ = 0 is the shortest."
WEIGHTS = ("w₁", "w₂")
# Points closer than this share of √θ are one, up to rounding.
ALIKE = 1e-9


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
    text = f"Full-batch descent on J converges: η(sₘₐₓ + λ) = {plain(product)} is below 2."
    return f"{text} {_elsewhere(scene, solved, k)}".rstrip()


def _elsewhere(scene: Scene, solved: Solutions, k: int) -> str:
    """Where a descent that converges ends, if that is not w*."""
    best, lam = solved.optimum[k], float(solved.weight_decay[k])
    end = solved.surfaces[0].descent_limit([scene.start1, scene.start2], lam)
    if np.abs(end - best).max() <= ALIKE * solved.half:
        return ""
    if solved.flat:
        return f"It stays at the start, ({_pair(end)}): nothing pulls."
    return (
        f"It ends at ({_pair(end)}), the minimiser nearest the start, and not at w* = "
        f"({_pair(best)}): along the valley nothing pulls."
    )


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


def valley(solved: Solutions, given: Problem) -> str:
    """A loss that is flat in one direction, in a sentence; nothing for another."""
    if solved.surfaces[0].rank != 1:
        return ""
    text = "One eigenvalue is 0: "
    if given.dataset is not None:
        first, second = given.dataset.X_train.T
        if np.array_equal(first, second):
            text = (
                "Both features are the same column, so L depends on w₁ + w₂ alone and one "
                "eigenvalue is 0: "
            )
    return text + (
        "all points of the dash-dotted line minimise L; w̃ is the shortest, "
        f"({_pair(solved.minimiser[0])})."
    )


def made(scene: Scene, given: Problem) -> str:
    """What H and w̃ are made of."""
    if scene.source == "designed":
        return (
            f"H has the eigenvalues s₁ = {plain(scene.s1)}, in the direction of "
            f"{plain(scene.angle)}°, and s₂ = {plain(scene.s2)} across it."
        )
    if given.slices is not None:
        return (
            "H = XᵀX/n of the centred features, seen in the two coordinates of this plane; "
            "the bias b is always the best one."
        )
    return "H = XᵀX/n of the centred features, and w̃ is least squares; the bias b is the best one."


def checked(solved: Solutions) -> str:
    """L(w*) step by step from the numbers of the formula."""
    k = solved.chosen
    surface, best = solved.surfaces[k], solved.optimum[k]
    apart = best - solved.minimiser[k]
    form = float(apart @ surface.hessian @ apart) / 2
    text = (
        f"At w* = ({_pair(best)}): w* − w̃ = ({_pair(apart)}) and ½ (w* − w̃)ᵀH(w* − w̃) = "
        f"{plain(form)}"
    )
    if not surface.offset:
        return f"{text}, which is L(w*)."
    total = plain(float(solved.loss[k]))
    return f"{text}, so L(w*) = {plain(form)} + {plain(surface.offset)} = {total}."


def sparsity(solved: Solutions, best: Array) -> str:
    """What L1 and L2 make of the two weights at the present size, and over all sizes."""
    k = solved.chosen
    l1, l2 = best[k], solved.optimum[k]
    text = (
        f"On the diamond w = ({_pair(l1)}): {_zeros(l1)}. On the disc of the same √θ "
        f"w = ({_pair(l2)}): {_zeros(l2)}."
    )
    if solved.flat:
        return f"{text} The loss is flat: every point of the diamond is as good; 0 is the shortest."
    if solved.free_norm == 0:
        return f"{text} w̃ = 0, so both are 0 whatever θ is, with L1 and with L2."
    return f"{text} {_as_good(solved)}{_held(solved)}"


def _zeros(w: Array) -> str:
    zero = [name for name, x in zip(WEIGHTS, w, strict=True) if x == 0]
    return {0: "neither is 0", 1: f"{''.join(zero)} is exactly 0", 2: "both are 0"}[len(zero)]


def _as_good(solved: Solutions) -> str:
    """Where L has more than one minimiser in the diamond."""
    radius = math.sqrt(solved.theta[solved.chosen])
    ends = solved.surfaces[0].l1_minimisers(radius)
    if np.abs(ends[0] - ends[1]).max() <= ALIKE * radius:
        return ""
    return (
        "In the diamond L has more than one minimiser: every point of the line from "
        f"({_pair(ends[0])}) to ({_pair(ends[1])}) is as good, and the shortest is shown. "
    )


def _held(solved: Solutions) -> str:
    """Over which sizes L1 holds a weight at 0, and whether L2 does so too."""
    ranges = solved.surfaces[0].l1_zero_ranges()
    always = [name for name, w in zip(WEIGHTS, solved.optimum.T, strict=True) if (w == 0).all()]
    if not ranges:
        return "Here L1 holds neither weight at exactly 0 over a range of θ, and nor does L2."
    parts = [_range(r, solved) for r in ranges]
    l2 = f"L2 holds {always[0]} at 0, too" if always else "L2 holds none at 0 over a range of θ"
    return f"L1 holds {' and '.join(parts)}; {l2}."


def _range(held: ZeroRange, solved: Solutions) -> str:
    low, high, theta = held.low**2, held.high**2, float(solved.theta[solved.chosen])
    name, free = WEIGHTS[held.weight], solved.minimiser[0]
    if held.low == 0 and free[held.weight] == 0:
        return f"{name} at exactly 0 for every θ, for in w̃ it is 0 already"
    where = f"up to {plain(high)}" if low == 0 else f"from {plain(low)} to {plain(high)}"
    here = "as at the present one" if low <= theta <= high else "but not at the present one"
    return f"{name} at exactly 0 for every θ {where}, {here}"


def _pair(w: Array) -> str:
    return ", ".join(plain(x).replace("-", "−") for x in w.tolist())


def frame(box: tuple[float, float, float, float]) -> str:
    """The frame in words."""
    left, right, bottom, top = (plain(x).replace("-", "−") for x in box)
    return f"{left} to {right} across and {bottom} to {top} up"
