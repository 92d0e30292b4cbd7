"""What stands around the picture of the prior: the verdict, numbers, formulas, a file."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.prior import words
from pages.prior.payload import solved
from pages.prior.question import FORM, Question
from pages.shared import tables
from pages.shared.controls import FORMULAS, NUMBERS, READING, folder
from pages.shared.latex import EXACT, tex
from pages.shared.prose import prose
from pages.shared.words import tell, told


def finding(question: Question) -> None:
    """The answer to the page's question."""
    prose(words.finding(question.belief))


def download(question: Question) -> None:
    """Every number of the picture's points as a file."""
    tables.download(
        "prior",
        lambda: numbers(question),
        tell("λ and the most probable weights at every width of the prior, in all digits."),
    )


def numbers(question: Question) -> str:
    """CSV: a row for each width."""
    found = solved(question)
    return tables.as_csv(
        {
            "width": np.array(found.widths),
            "weight_decay": found.weight_decay,
            "w1": found.mode[:, 0],
            "w2": found.mode[:, 1],
            "share_of_length": found.shares,
        }
    )


def explanations(question: Question) -> None:
    """How to read the picture, the numbers at the mark, and the formulas with them."""
    folder(FORM, READING, lambda: [st.caption(told(text)) for text in words.READING])
    folder(FORM, NUMBERS, lambda: _numbers(question))
    folder(FORM, FORMULAS, lambda: _formulas(question))


def _numbers(question: Question) -> None:
    for text in words.numbers(question, solved(question)):
        st.markdown(text)


def _formulas(question: Question) -> None:
    """Why the peak of the posterior is a penalised solution, and at which λ."""
    belief, lam = question.belief, float(solved(question).weight_decay[question.marked])
    why, which = st.columns(2, gap="medium")
    with why:
        st.markdown(tell("**Why a prior is a penalty**"))
        st.latex(
            rf"\begin{{gathered}} {belief.law} \\"
            r"-\log\bigl(p(y \mid w)\,p(w)\bigr) \\ = \tfrac{n}{\sigma^2}"
            rf"\bigl(L + {belief.penalty.formula}\bigr) + \text{{{tell('const')}}} \end{{gathered}}"
        )
        st.caption(told(words.WHY))
    with which:
        st.markdown(tell("**Which λ it is**"))
        st.latex(rf"\lambda = {belief.rule} = {_filled(question)} = {tex(lam)}")
        st.caption(told(words.MEAN))


def _filled(question: Question) -> str:
    width, noise = tex(question.at, EXACT), tex(question.noise, EXACT)
    power = "" if question.belief.power == 1 else f"^{question.belief.power}"
    return rf"\frac{{{noise}^2}}{{{question.n_train} \cdot {width}{power}}}"
