"""The words and tables beside the book page's pictures."""

from __future__ import annotations

import streamlit as st

from pages.book import payload
from pages.book.answer import Seen
from pages.book.question import FORM, Entry, on_train
from pages.book.words import curves
from pages.book.words import numbers as words
from pages.shared.assets import address
from pages.shared.chart import chart
from pages.shared.codes import CODES
from pages.shared.controls import NUMBERS, draw, folder
from pages.shared.latex import tex
from pages.shared.tables import arrow, table
from pages.shared.words import label, say, tell, told

DOING = label("What do its codes do, and why do their numbers differ?")


def settings(entry: Entry) -> None:
    """What the two codes of the edition do, and why its numbers are what they are."""
    folder(FORM, DOING, lambda: _doing(entry))


def _doing(entry: Entry) -> None:
    for code, recipe in entry.book.recipes.items():
        st.markdown(words.doing(code, recipe))
        if on_train(recipe, 3.0, entry.seed) is None:
            st.markdown(words.not_on_train(code, recipe))
    st.markdown("\n".join(f"- {told(sentence)}" for sentence in entry.book.why))


def open_on_train(entry: Entry) -> None:
    """A link to each code's run with λ = 3 on Train, or why there is none."""
    for code, recipe in entry.book.recipes.items():
        link = on_train(recipe, 3.0, entry.seed)
        if link is None:
            st.caption(say("Train cannot open the {code} code.", code=CODES[code]))
            continue
        st.link_button(
            tell("Open on Train: {code}, with decay", code=CODES[code]),
            address(link),
            help=tell(
                "This very run, with its twin at λ = 0, on the page where it can be changed."
            ),
        )


def numbers(seen: Seen) -> None:
    """Every printed number beside ours."""
    entry = seen.entry
    rows = [words.row(one, entry.seed, seen.one(entry.book, one)) for one in seen.shown]
    table(rows)


def explanations(seen: Seen) -> None:
    """What the edition plots, what λ did, and where all printed numbers stand."""
    folder(FORM, NUMBERS, lambda: _numbers(seen))
    folder(FORM, label("What do its plots show with decay?"), lambda: _plots(seen))
    folder(FORM, label("What does decay do here?"), lambda: _finding(seen))
    folder(FORM, label("Where does every printed number stand?"), lambda: _everything(seen))


def _numbers(seen: Seen) -> None:
    """Which printed numbers lie in the spread, and where the others do."""
    st.markdown(words.summary(seen.entry.book, seen.shown, seen.seeds))


def _plots(seen: Seen) -> None:
    chart(payload.plots(seen.entry), key="book plots")


def _everything(seen: Seen) -> None:
    """All editions in a picture and in a table."""
    chart(payload.everything(seen), key="book everything")
    entry = seen.entry
    rows: list[dict[str, str]] = []
    for book, spread in seen.everything:
        printed = spread.printed
        there = on_train(book.recipes[printed.code], printed.weight_decay, entry.seed)
        row = words.row(spread, entry.seed, seen.one(book, spread))
        rows.append(
            {
                tell("edition"): told(book.label),
                **row,
                tell("on Train"): address(there) if there else "",
            }
        )
    link = st.column_config.LinkColumn(
        display_text="open",
        help=tell("This run with its seed on the Train page, where Train's controls can say it."),
    )
    st.dataframe(arrow(rows), hide_index=True, column_config={tell("on Train"): link})
    st.caption(
        tell(
            "The printed numbers are quoted from the editions. Each comes from one draw of data, "
            "start and order that is not ours, so the fair question is whether it lies in the "
            "spread. Where nothing opens on Train, the start or the bias is one that its controls "
            "cannot set."
        )
    )


def _finding(seen: Seen) -> None:
    """What λ does to the chosen code."""
    drawing, beside = st.columns([3, 1], gap="medium")
    with beside:
        draw(FORM, "code")
        _code(seen)
    with drawing:
        chart(payload.finding(seen), key="book finding")
        reasons = curves.reasons(seen.entry.recipe, seen.curves)
        st.markdown("\n".join(f"- {said}" for said in reasons))


def _code(seen: Seen) -> None:
    """The formula of the part out of reach, with the numbers of this code."""
    recipe = seen.entry.recipe
    decay = recipe.decay_scale * 3
    st.latex(
        r"\begin{gathered}"
        rf" (1 - {recipe.lr:g} \cdot {decay:g})^{{{recipe.steps}}}"
        rf" \\ = {1 - recipe.lr * decay:g}^{{{recipe.steps}}}"
        rf" = {tex(float(recipe.shrink(3.0)))}"
        r" \end{gathered}"
    )
    st.caption(curves.of_curves(recipe, seen.curves))
