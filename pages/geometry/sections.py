"""Explanations beside the geometry, with the present numbers put into the formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import streamlit as st

from pages.geometry.answer.solutions import Solutions, outside, problem
from pages.geometry.figure.examples import points
from pages.geometry.payload.moves import l1_optima
from pages.geometry.question.scene import FORM, Scene, with_descent, with_l1, with_sgd
from pages.geometry.question.sources import Problem
from pages.geometry.words import descents, diamond, finding, formulas, meaning, plain
from pages.shared.chart import chart
from pages.shared.controls import FORMULAS, NUMBERS, READING, folder
from pages.shared.latex import tex
from pages.shared.payload import Payload
from pages.shared.words import joined, tell, told


def found(scene: Scene, solved: Solutions) -> None:
    """What a valley makes of it, and what L1 does instead."""
    given = problem(scene.problem())
    said = [text] if (text := plain.valley(given, solved)) else []
    if with_l1(scene) and scene.view == "levels":
        said += plain.zeros(solved, l1_optima(solved))
    if said:
        st.markdown(_together(said))


def explanations(scene: Scene, solved: Solutions) -> None:
    """The numbers, how to read the picture, the two problems, and why they are one."""
    given = problem(scene.problem())
    folder(FORM, NUMBERS, lambda: _numbers(scene, given, solved))
    if scene.view == "levels":
        folder(FORM, READING, lambda: st.caption(_together(meaning.drawn(given, solved))))
    folder(FORM, FORMULAS, lambda: _formulas(scene, given, solved))


def _numbers(scene: Scene, given: Problem, solved: Solutions) -> None:
    """What the letters are, what w* does, and the limits of stability."""
    st.markdown(
        _together([told(meaning.MEANING), meaning.sentences(scene, given, solved)[solved.chosen]])
    )
    if given.dataset is not None and given.features is None:
        st.markdown(_together(finding.sliced(given)))
    if text := finding.valley(solved, given):
        st.markdown(text)
    if with_l1(scene) and scene.view == "levels":
        st.markdown(_together(diamond.sparsity(solved, l1_optima(solved))))
    if _walks(scene):
        st.markdown(_together(_limits(scene, solved)))


def _formulas(scene: Scene, given: Problem, solved: Solutions) -> None:
    """The loss, the two problems, and why they are one."""
    _loss(scene, given, solved)
    constraint, penalty, one = st.columns(3, gap="medium")
    with constraint:
        _constraint(given, solved)
    with penalty:
        _penalty(solved)
    with one:
        _one(solved)


def start(scene: Scene, solved: Solutions) -> None:
    """A start outside the frame, in words."""
    if _walks(scene) and outside(scene, solved.box):
        st.warning(descents.outside_frame(scene, solved))


def _limits(scene: Scene, solved: Solutions) -> Iterator[str]:
    """How large the learning rate may be for each way of descent."""
    yield descents.full_batch(scene, solved)
    data = problem(scene.problem()).dataset
    if with_sgd(scene) and data is not None and not outside(scene, solved.box):
        yield from descents.minibatches(scene, data, solved)
    if text := descents.projected(scene, solved):
        yield text


def _walks(scene: Scene) -> bool:
    return with_descent(scene) and scene.view == "levels"


def examples(scene: Scene) -> None:
    """The points of two features, and where the loss of data comes from."""
    given = problem(scene.problem())
    if given.dataset is None:
        return
    if given.features is None:
        st.caption(plain.sliced(given))
        return
    said = finding.examples(given)
    st.caption(said)
    data = given.dataset
    figure = points(data.X_train, data.y_train, given.features)
    payload: Payload = {"run": "examples", "figure": figure, "series": {}, "finding": said}
    chart(payload, key="geometry points")


def _loss(scene: Scene, given: Problem, solved: Solutions) -> None:
    """The formula of L with its numbers, and L(w*) worked out by it."""
    k = solved.chosen
    st.markdown(tell("**The loss**"))
    st.latex(formulas.loss(solved.surfaces[k], solved.minimiser[k], data=given.dataset is not None))
    st.caption(_together(finding.made(scene, given, solved)))


def _constraint(given: Problem, solved: Solutions) -> None:
    st.markdown(tell("**A disc to stay in**"))
    st.latex(
        rf"\begin{{gathered}} \min_w L(w) \\ \text{{{tell('subject to')} }} \lVert w\rVert^2"
        r" \le \theta = " + tex(float(solved.theta[solved.chosen])) + r"\end{gathered}"
    )
    st.caption(_together(finding.constraint(given, solved)))


def _penalty(solved: Solutions) -> None:
    st.markdown(tell("**A price to pay**"))
    st.latex(
        r"\begin{gathered} \min_w L(w) + \tfrac{\lambda}{2}\lVert w\rVert^2 \\"
        rf" \lambda = {tex(solved.now)} \end{{gathered}}"
    )
    st.caption(_together(finding.penalty(solved)))


def _one(solved: Solutions) -> None:
    multiplier = r"\tfrac{\lambda}{2} = " if solved.free_norm > 0 else ""
    st.markdown(tell("**Why they are one**"))
    st.latex(
        r"\begin{gathered} L(w) + \mu\,(\lVert w\rVert^2 - \theta) \\"
        r"\nabla L + 2\mu w = 0, \;\; \mu\,(\lVert w\rVert^2 - \theta) = 0 \\"
        rf"\mu = {multiplier}{tex(float(solved.multiplier[solved.chosen]))} \ge 0 \end{{gathered}}"
    )
    st.caption(finding.balance(solved))


def _together(sentences: Iterable[str]) -> str:
    return joined(sentences)
