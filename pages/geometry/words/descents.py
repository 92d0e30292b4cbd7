"""Where the paths go and how large η may be, in sentences; no Streamlit."""

from __future__ import annotations

import numpy as np

from pages.geometry.answer.descents import left_frame, limit_of_passes, products, stability
from pages.geometry.answer.solutions import Solutions, outside
from pages.geometry.question.scene import Scene, with_descent
from pages.geometry.question.settings import ON
from pages.shared.numbers import Digits, every_digit, exact, plain
from pages.shared.words import Said, say, told
from wd_core import Dataset
from wd_core.arrays import Array

# Points closer than this share of half the frame are one, up to rounding.
ALIKE = 1e-9


def ends(scene: Scene, solved: Solutions) -> list[Said] | None:
    """Where full-batch descent goes, for every picture; None where no path is drawn."""
    if not with_descent(scene) or outside(scene, solved.box):
        return None
    pairs = zip(products(scene).tolist(), stability(scene, solved).tolist(), strict=True)
    return [_end(scene, solved, k, *pair) for k, pair in enumerate(pairs)]


def _end(scene: Scene, solved: Solutions, k: int, product: float, stability: float) -> Said:
    """By the way that is walked: `product` is η(s + λ) where the start has a part to move."""
    if product > 2:
        return say(
            "Full-batch descent on J diverges: η(sₘₐₓ + λ) = {stability} is above 2.",
            stability=beside_2(stability),
        )
    if product == 2:
        return _swings(stability)
    end, best = _limit(scene, solved, k), solved.optimum[k]
    there = arrives(scene, solved, k)
    if product == 0:
        return _stays(solved, end, there=there)
    if stability >= 2:
        return say(
            "Full-batch descent on J ends at w*, though η(sₘₐₓ + λ) = {stability} is not below 2: "
            "its start has no part along the steepest direction.",
            stability=stability,
        )
    if there:
        return say(
            "Full-batch descent on J converges to w*: η(sₘₐₓ + λ) = {stability} is below 2.",
            stability=beside_2(stability),
        )
    return say(
        "Full-batch descent on J converges: η(sₘₐₓ + λ) = {stability} is below 2. It ends at "
        "({end1}, {end2}), the minimiser nearest the start, and not at w* = ({best1}, {best2}): "
        "along the valley nothing pulls.",
        stability=beside_2(stability),
        end1=float(end[0]),
        end2=float(end[1]),
        best1=float(best[0]),
        best2=float(best[1]),
    )


def _swings(stability: float) -> Said:
    if stability > 2:
        return say(
            "Full-batch descent on J neither converges nor diverges: its start has no part along "
            "the steepest direction, and along the other one η(s + λ) = 2."
        )
    return say("Full-batch descent on J neither converges nor diverges: η(sₘₐₓ + λ) = 2.")


def _stays(solved: Solutions, end: Array, *, there: bool) -> Said:
    if there:
        return say("Full-batch descent on J starts at w* and stays there, whatever η is.")
    if solved.flat:
        return say(
            "Full-batch descent on J stays at the start, ({end1}, {end2}): nothing pulls.",
            end1=float(end[0]),
            end2=float(end[1]),
        )
    return say(
        "Full-batch descent on J stays at the start, ({end1}, {end2}), which is a minimiser, too: "
        "along the valley nothing pulls.",
        end1=float(end[0]),
        end2=float(end[1]),
    )


def arrives(scene: Scene, solved: Solutions, k: int) -> bool:
    """Whether a descent that converges ends at w*."""
    apart = np.abs(_limit(scene, solved, k) - solved.optimum[k]).max()
    return bool(apart <= ALIKE * solved.half)


def _limit(scene: Scene, solved: Solutions, k: int) -> Array:
    if solved.weight_decay[k] > 0:
        return np.asarray(solved.optimum[k])
    return solved.surfaces[k].descent_limit([scene.start1, scene.start2], 0.0)


def beside_2(value: float) -> Digits:
    """A number that is not 2, with as many digits as it takes to see that."""
    return next(
        (form(value) for form in (plain, exact) if form(value) != form(2.0)), every_digit(value)
    )


def full_batch(scene: Scene, solved: Solutions) -> Said:
    """How large η may be for descent on all examples."""
    k = solved.chosen
    curvature = float(solved.eigenvalues[k, 0] + solved.weight_decay[k])
    if curvature == 0:
        return say("Full-batch descent on J: nothing pulls here, so it stays at its start.")
    return say(
        "Full-batch descent on J converges from every start for η below 2/(sₘₐₓ + λ) = {limit}; "
        "here η(sₘₐₓ + λ) = {stability}. sₘₐₓ is the larger eigenvalue.",
        limit=2 / curvature,
        stability=float(stability(scene, solved)[k]),
    )


def minibatches(scene: Scene, data: Dataset, solved: Solutions) -> list[Said]:
    """How large η may be for minibatch SGD, where that is known, and what its path does."""
    limit, left = _limit_of_batches(scene, data, solved), left_frame(scene, data, solved)
    if left is None:
        return [*limit, say("This path stays in the frame.")]
    return [*limit, say("This path leaves the frame at step {left_at}.", left_at=left)]


def _limit_of_batches(scene: Scene, data: Dataset, solved: Solutions) -> list[Said]:
    size, n = min(scene.batch_size, data.n_train), data.n_train
    limit = limit_of_passes(scene, solved.now)
    if limit.kind == "none":
        return [
            say(
                "Minibatch SGD, B = {batch_size}: its limit of η is not known here. {why}",
                batch_size=size,
                why=told(limit.why),
            )
        ]
    lr, most = _distinct(scene.lr, limit.lr)
    if limit.kind == "full":
        return [
            say(
                "Minibatch SGD, B = {batch_size}, takes all {n_train} examples at every step: with "
                "the bias, which it moves too, its limit is η = {limit}.",
                batch_size=size,
                n_train=n,
                limit=most,
            ),
            _beside(lr, most),
        ]
    return [
        say(
            "Minibatch SGD, B = {batch_size}: the batches of its first pass, repeated for ever, "
            "would diverge above η = {limit}; other passes have other orders, so that is an "
            "estimate.",
            batch_size=size,
            limit=most,
        ),
        _beside(lr, most),
    ]


def _beside(lr: Digits, limit: Digits) -> Said:
    if lr.value > limit.value:
        return say("η = {lr} is above it.", lr=lr)
    return say("η = {lr} is not above it.", lr=lr)


def _distinct(lr: float, limit: float) -> tuple[Digits, Digits]:
    """η and a limit, with as many digits as it takes to tell them apart."""
    lr_, most = every_digit(lr), plain(limit)
    return lr_, most if most != plain(lr) else every_digit(limit)


def projected(scene: Scene, solved: Solutions) -> Said | None:
    """Up to which η projected descent is sure to converge, where it is not."""
    alone = scene.lr * float(solved.eigenvalues[solved.chosen, 0])
    if scene.projected != ON or alone < 2:
        return None
    return say(
        "Projected descent, which steps on L, is sure to converge only for η·sₘₐₓ below 2; here "
        "η·sₘₐₓ = {product_alone}.",
        product_alone=alone,
    )


def outside_frame(scene: Scene, solved: Solutions) -> Said:
    """Why no path is drawn from a start outside the frame."""
    left, right, bottom, top = solved.box
    return say(
        "The start ({start1}, {start2}) lies outside the frame, which goes from {left} to {right} "
        "across and {bottom} to {top} up: no path is drawn. Choose a start inside it.",
        start1=every_digit(scene.start1),
        start2=every_digit(scene.start2),
        left=left,
        right=right,
        bottom=bottom,
        top=top,
    )
