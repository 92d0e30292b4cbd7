"""Explanations beside the geometry, with the present numbers put into the formulas."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from pages.shared.chart import chart
from pages.shared.geometry import formulas, words
from pages.shared.geometry.descents import batch_limit, left_frame, stability
from pages.shared.geometry.figures.examples import points
from pages.shared.geometry.moves import l1_optima
from pages.shared.geometry.problem import Solutions, outside, problem
from pages.shared.geometry.scene import ON, Scene, with_l1, with_sgd
from pages.shared.latex import tex
from pages.shared.numbers import plain
from wd_core import Dataset


def explanations(scene: Scene, solved: Solutions) -> None:
    """How to read the picture, the two problems, why they are one, and what L1 does instead."""
    if scene.view == "levels":
        st.caption(f"{words.DRAWN} {words.TURNING}" if scene.source == "slice" else words.DRAWN)
    if scene.source != "slice" and (text := words.valley(solved, problem(scene.problem()))):
        st.markdown(text)
    _loss(scene, solved)
    constraint, penalty, one = st.columns(3, gap="medium")
    with constraint:
        _constraint(solved)
    with penalty:
        _penalty(solved)
    with one:
        _one(solved)
    if with_l1(scene) and scene.view == "levels":
        st.markdown("**L1 beside L2**")
        st.markdown(words.sparsity(solved, l1_optima(solved)))


def start(scene: Scene, solved: Solutions) -> None:
    """A start outside the frame, in words."""
    walks = scene.descent == ON and scene.source != "slice" and scene.view == "levels"
    if walks and outside(scene, solved.box):
        st.warning(
            f"The start ({tex(scene.start1)}, {tex(scene.start2)}) lies outside the frame, which "
            f"goes from {words.frame(solved.box)}: no path is drawn. Choose a start inside it."
        )


def limit(scene: Scene, solved: Solutions) -> None:
    """The stability limit beside the learning rate."""
    if scene.descent != ON or scene.source == "slice" or scene.view == "surface":
        return
    k = solved.chosen
    curvature = float(solved.eigenvalues[k, 0] + solved.weight_decay[k])
    product = float(stability(scene, solved)[k])
    verdict = "below 2: it converges" if product < 2 else "not below 2: no convergence"
    most = plain(2 / curvature) if curvature > 0 else "∞"
    st.caption(
        f"Full-batch descent on J: η(sₘₐₓ + λ) = {plain(product)}, {verdict}. The limit is "
        f"η = 2/(sₘₐₓ + λ) = {most}; sₘₐₓ is the larger eigenvalue."
    )
    data = problem(scene.problem()).dataset
    if with_sgd(scene) and data is not None and not outside(scene, solved.box):
        st.caption(_minibatches(scene, data, solved))
    alone = scene.lr * float(solved.eigenvalues[k, 0])
    if scene.projected == ON and alone >= 2:
        st.caption(
            "Projected descent, which steps on L, is sure to converge only for η·sₘₐₓ below 2; "
            f"here η·sₘₐₓ = {plain(alone)}."
        )


def _minibatches(scene: Scene, data: Dataset, solved: Solutions) -> str:
    """What the limits of the batches say, and what this run's path does."""
    size, most = min(scene.batch_size, data.n_train), batch_limit(scene, data, solved.now)
    left = left_frame(scene, data, solved)
    path = "stays in the frame" if left is None else f"leaves the frame at step {left}"
    side = "above" if scene.lr > most else "not above"
    return (
        f"Minibatch SGD, B = {size}: the most curved batch that is drawn would, repeated alone, "
        f"diverge above η = {plain(most)}; for their sequence that is an estimate. η = "
        f"{plain(scene.lr)} is {side} it, and in {scene.steps} steps this path {path}."
    )


def examples(scene: Scene) -> None:
    """The points of two features, and where the loss of data comes from."""
    given = problem(scene.problem())
    if given.dataset is None:
        return
    n, d = given.dataset.n_train, given.dataset.n_features
    if given.slices is not None:
        st.caption(
            f"The loss of {n} examples in {d} dimensions, evaluated on the plane through 0, w̃ and "
            "w*(λ); with λ the plane turns. w̃ is the least squares solution"
            + (" of least norm." if d >= n else ".")
            + " The problem is this page’s own, from the numbers above; Train’s run is another."
        )
        return
    st.caption(f"The {n} examples, whose loss is drawn.")
    data = given.dataset
    figure = points(data.X_train, data.y_train, given.names)
    chart({"run": "examples", "figure": figure, "series": {}}, key="geometry points")


def _loss(scene: Scene, solved: Solutions) -> None:
    """The formula of L with its numbers, and L(w*) worked out by it."""
    given, k = problem(scene.problem()), solved.chosen
    st.markdown("**The loss**")
    st.latex(formulas.loss(solved.surfaces[k], solved.minimiser[k], data=given.dataset is not None))
    st.caption(words.made(scene, given) + " " + words.checked(solved))


def _constraint(solved: Solutions) -> None:
    k = solved.chosen
    lam, theta = float(solved.weight_decay[k]), float(solved.theta[k])
    st.markdown("**A disc to stay in**")
    st.latex(
        r"\begin{gathered} \min_w L(w) \\ \text{subject to } \lVert w\rVert^2 \le \theta = "
        + tex(theta)
        + r"\end{gathered}"
    )
    text = f"The disc has radius √θ = {plain(math.sqrt(theta))}. "
    if solved.free_norm == 0:
        text += f"{words.FLAT} " if solved.flat else ""
        text += (
            "Every disc holds w̃ = 0, so the constraint does not bind: μ = 0, and the shadow price "
            "is 0."
        )
    elif lam == 0:
        text += (
            f"It holds w̃ (‖w̃‖² = {plain(solved.free_norm)}), so the constraint does not bind. "
            "Every θ from ‖w̃‖² upwards gives this same point, and λ = 0."
        )
    else:
        text += (
            f"w̃ lies outside (‖w̃‖² = {plain(solved.free_norm)}), so the best point lies on the "
            f"rim. A little more θ, by dθ, lowers the least loss by (λ/2) dθ: dL*/dθ = −λ/2 = "
            f"−{plain(lam / 2)}, the shadow price."
        )
    st.caption(text)


def _penalty(solved: Solutions) -> None:
    k = solved.chosen
    lam = float(solved.weight_decay[k])
    st.markdown("**A price to pay**")
    st.latex(
        r"\begin{gathered} \min_w L(w) + \tfrac{\lambda}{2}\lVert w\rVert^2 \\"
        rf" \lambda = {tex(lam)} \end{{gathered}}"
    )
    norm = float(np.linalg.norm(solved.optimum[k]))
    penalty, loss = lam / 2 * norm**2, float(solved.loss[k])
    text = f"L(w*) + (λ/2)‖w*‖² = {plain(loss)} + {plain(penalty)} = {plain(loss + penalty)}. "
    if solved.free_norm == 0:
        text += "w* = w̃ = 0 for every λ."
    else:
        text += (
            "At λ = 0, w* = w̃. As λ → ∞, w* goes to 0, but reaches it for no finite λ: "
            "this penalty makes weights small, not zero."
        )
    st.caption(text)


def _one(solved: Solutions) -> None:
    k = solved.chosen
    lam, theta = float(solved.weight_decay[k]), float(solved.theta[k])
    multiplier = r"\tfrac{\lambda}{2} = " if solved.free_norm > 0 else ""
    st.markdown("**Why they are one**")
    st.latex(
        r"\begin{gathered} L(w) + \mu\,(\lVert w\rVert^2 - \theta) \\"
        r"\nabla L + 2\mu w = 0, \;\; \mu\,(\lVert w\rVert^2 - \theta) = 0 \\"
        rf"\mu = {multiplier}{tex(float(solved.multiplier[k]))} \ge 0 \end{{gathered}}"
    )
    pull, force = solved.force[k], lam * solved.optimum[k]
    if lam == 0 or solved.free_norm == 0:
        st.caption("Here μ = 0: the constraint does not bind, and ∇L = 0 at w*.")
        return
    st.caption(
        f"The balance point: at w* the data pull towards lower loss with −∇L = ({_pair(pull)}), "
        f"the penalty pulls in with −λw = ({_pair(-force)}), and the sum is 0. Since −∇L points "
        f"along w*, the level set of L touches the circle of radius √θ = "
        f"{plain(math.sqrt(theta))} there."
    )


def _pair(vector: np.ndarray) -> str:
    return ", ".join(_signed(x) for x in vector.tolist())


def _signed(value: float) -> str:
    return plain(value + 0.0).replace("-", "−")
