"""What stands around the picture of exact zeros: the verdict, numbers, formulas, a file."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.shared import tables
from pages.shared.controls import FORMULAS, NUMBERS, READING, folder
from pages.shared.latex import bracketed, tex
from pages.shared.prose import prose
from pages.shared.words import tell, told
from pages.zeros import words
from pages.zeros.answer import Solved, solved, step
from pages.zeros.question import FORM, Question
from wd_core.arrays import Array
from wd_core.optimizers.penalties import L1, L2


def finding() -> None:
    """The answer to the page's question."""
    prose(told(words.DOES))


def worth(question: Question) -> None:
    """What it is worth on these data."""
    prose(words.finding(solved(question)))


def download(question: Question) -> None:
    """Every number of the paths as a file."""
    tables.download(
        "exact-zeros",
        lambda: numbers(solved(question)),
        tell("Losses, zeros and all weights under both penalties at every λ, in all digits."),
    )


def numbers(found: Solved) -> str:
    """CSV: a row for each λ; losses: half mean square."""
    columns: dict[str, Array] = {"weight_decay": np.array(found.weight_decays)}
    for name, path in (("l1", found.sharp), ("l2", found.smooth)):
        columns |= {
            f"{name}_train_loss": path.train_loss,
            f"{name}_test_loss": path.test_loss,
            f"{name}_zeros": path.zeros.astype(int),
        }
        columns |= {f"{name}_w{j}": w for j, w in enumerate(path.weights.T, start=1)}
    return tables.as_csv(columns)


def explanations(question: Question) -> None:
    """How to read the picture, the numbers at the mark, and the formulas with them."""
    folder(FORM, READING, lambda: [st.caption(told(text)) for text in words.READING])
    folder(FORM, NUMBERS, lambda: _numbers(question))
    folder(FORM, FORMULAS, lambda: _formulas(question))


def _numbers(question: Question) -> None:
    found = solved(question)
    for text in (
        words.at_mark(question, found),
        words.bests(found),
        words.alone(step(question, question.marked)),
    ):
        st.markdown(text)


def _formulas(question: Question) -> None:
    """What is minimised, and one step of either penalty with its numbers."""
    sharp, smooth = st.columns(2, gap="medium")
    one = step(question, question.marked)
    before, taken = tex(one.weight), tex(one.cut)
    with sharp:
        st.markdown(tell("**Lasso: subtract, and stop at zero**"))
        st.latex(rf"J = L + {L1.formula}")
        st.latex(
            r"\begin{gathered} w \leftarrow \operatorname{sign}(w)\,"
            r"\max(|w| - \eta\lambda,\ 0) \\"
            rf"|w| = {tex(abs(one.weight))},\quad \eta\lambda = {taken} \\"
            rf"w \leftarrow {tex(one.sharp)} \end{{gathered}}"
        )
    with smooth:
        st.markdown(tell("**Weight decay: multiply**"))
        st.latex(rf"J = L + {L2.formula}")
        st.latex(
            r"\begin{gathered} w \leftarrow (1 - \eta\lambda)\,w \\"
            rf"= (1 - {taken}) \cdot {bracketed(before)} \\ = {tex(one.smooth)} \end{{gathered}}"
        )
    st.caption(told(words.HELD))
