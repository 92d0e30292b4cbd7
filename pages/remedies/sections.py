"""What stands around the picture of remedies: the verdict, a table, the formula, a file."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.remedies import words
from pages.remedies.answer import REMEDIES, Seen
from pages.remedies.question import FORM
from pages.shared import tables
from pages.shared.controls import FORMULAS, NUMBERS, READING, folder
from pages.shared.latex import tex
from pages.shared.numbers import plain
from pages.shared.prose import prose
from pages.shared.words import joined, tell, told

KEYS = ("nothing", "weight_decay", "stopping", "input_noise", "twice_the_data", "fewer_features")


def finding(seen: Seen) -> None:
    """The answer to the page's question."""
    prose(joined(words.finding(seen)))


def download(seen: Seen) -> None:
    """Every number of the picture as a file."""
    tables.download(
        "remedies",
        lambda: numbers(seen),
        tell("Every draw's test losses, the λ that was best and when to stop, in all digits."),
    )


def numbers(seen: Seen) -> str:
    """CSV: a row for each draw; losses: half mean square."""
    question = seen.question
    return tables.as_csv(
        {
            "seed": np.array([question.run(draw).seed for draw in range(len(seen.draws))]),
            **dict(zip(KEYS, seen.losses.T, strict=True)),
            "predicting_the_mean": np.array([draw.constant for draw in seen.draws]),
            "best_weight_decay": np.array([draw.weight_decay for draw in seen.draws]),
            "best_step": np.array([draw.steps for draw in seen.draws]),
        }
    )


def explanations(seen: Seen) -> None:
    """How to read the picture, the numbers behind it, and why noise is decay."""
    folder(FORM, READING, lambda: [st.caption(text) for text in words.reading(seen)])
    folder(FORM, NUMBERS, lambda: _numbers(seen))
    folder(FORM, FORMULAS, lambda: _formulas(seen))


def _numbers(seen: Seen) -> None:
    rows = [_row(seen, place) for place in REMEDIES]
    st.dataframe(tables.arrow(rows), hide_index=True)
    st.markdown(words.marked(seen))
    st.markdown(words.dropped(seen))


def _row(seen: Seen, place: int) -> dict[str, str]:
    low, high = (float(end) for end in seen.band[:, place])
    remedy = words.NAMES[place]
    return {
        tell("remedy"): remedy.name,
        tell("test loss, median"): plain(float(seen.median[place])),
        tell("{share} of the draws", share=words.SHARE): tell(
            "{low} to {high}", low=low, high=high
        ),
        tell("marked draw"): plain(float(seen.losses[0, place])),
        tell("cost"): remedy.costs,
        tell("what is chosen"): remedy.chosen,
    }


def _formulas(seen: Seen) -> None:
    """Why noise on the inputs is weight decay in the mean."""
    lam = seen.draws[0].weight_decay
    st.markdown(tell("**Noise on the inputs is weight decay in the mean**"))
    st.latex(
        r"\begin{gathered} \mathbb{E}_\varepsilon\,\tfrac12\bigl((x + \varepsilon)\cdot w + b - y"
        r"\bigr)^2 \\ = \tfrac12 (x\cdot w + b - y)^2 + \tfrac{\lambda}{2}\lVert w\rVert^2"
        r"\end{gathered}"
    )
    st.latex(rf"\varepsilon_j \sim N(0, \lambda),\qquad \lambda = {tex(lam)}")
    st.caption(told(words.MEAN))
