"""The parts of the page around its picture: formulas, the lines that differ, the scripts."""

from __future__ import annotations

import streamlit as st

from pages.codes.answer import Question, Seen
from pages.codes.question import FORM
from pages.codes.words import formulas, omitted, outcome, switches
from pages.shared.brought.tables import tables
from pages.shared.codes import CODES
from pages.shared.controls import FORMULAS, NUMBERS, folder
from pages.shared.scripts import in_words
from pages.shared.words import Names, label, tell
from wd_core.book.two_codes import lines_about, script

# A script of more characters is saved, and not shown.
MOST_SHOWN = 200_000
NAMES = Names({"scratch": label("From scratch"), "concise": label("Concise")})


def limits(question: Question) -> None:
    """What of the run on Train this page leaves out."""
    if question.run.epochs < question.settings.run.epochs:
        st.info(omitted.capped(question))
    for said in omitted.not_plain(question):
        st.caption(said)


def explanations(seen: Seen) -> None:
    """The numbers, the lines that differ, the steps of both codes, and the codes whole."""
    folder(FORM, NUMBERS, lambda: _numbers(seen))
    folder(FORM, label("Which lines differ, and which of them matter?"), lambda: _differences(seen))
    folder(FORM, FORMULAS, lambda: _mapping(seen.question))
    folder(FORM, label("Both codes, to copy and run"), lambda: _scripts(seen.question))


def _numbers(seen: Seen) -> None:
    """How far apart the codes end, and how far from the engine they are."""
    said = outcome.outcome if seen.whole else outcome.awaited
    st.markdown(said(seen.question, seen.found))


def _mapping(question: Question) -> None:
    """How η and wd of the two codes translate, and what a step of each does."""
    st.caption(formulas.convention(question))
    rates, steps = st.columns(2, gap="medium")
    with rates:
        if law := formulas.mapping(question):
            st.latex(law)
        st.caption(formulas.of_mapping(question))
    with steps:
        st.latex(formulas.steps(question))
        if short := formulas.short_batch(question):
            said, latex = short
            st.caption(said)
            st.latex(latex)
        st.caption(formulas.rates(question))


def _differences(seen: Seen) -> None:
    """Every switch in which the codes differ, with the lines of both, and what it does."""
    question = seen.question
    order = sorted(question.standings.items(), key=lambda item: item[1] != "acts")
    for key, standing in order:
        if standing == "alike":
            continue
        what, *codes = st.columns([2, 3, 3], gap="small")
        with what:
            st.markdown(switches.heading(key, standing))
            size = float(seen.found.size[-1].max())
            st.caption(switches.effect(key, standing, seen.alone, size))
        for column, program in zip(codes, question.programs, strict=True):
            with column:
                st.code(
                    f"# {CODES[program.code]}\n{lines_about(program, key)}",
                    language="python",
                    wrap_lines=True,
                )
    if same := switches.alike(question.standings):
        st.caption(same)


def _scripts(question: Question) -> None:
    """Both codes whole, to copy and to save."""
    st.markdown(
        tell(
            "Each runs as it stands, and the text below is what is run for the picture above; only "
            "data, random numbers and printing are added. It prints the losses and ‖w‖ of every "
            "epoch. Under “# ≠” stand the lines that set the codes apart, under “# =” those that "
            "differ without effect."
        )
    )
    for column, program in zip(st.columns(2, gap="medium"), question.programs, strict=True):
        data = question.settings.data
        text = in_words(script(data, program, question.standings, tables(data)))
        with column:
            st.markdown(f"**{NAMES[program.code]}**")
            if len(text) > MOST_SHOWN:
                st.caption(tell("It holds all your numbers, which are too many to show here."))
            else:
                st.code(text, language="python", wrap_lines=True)
            st.download_button(
                tell("Save {file}", file=program.code + ".py"),
                text,
                file_name=f"{program.code}.py",
                mime="text/x-python",
                on_click="ignore",
                help=tell("This script as a file."),
            )
