"""The parts of the step page beneath its pictures: words, tables and the doctor's button."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.chart import chart
from pages.shared.controls import NUMBERS, folder
from pages.shared.numbers import every_digit
from pages.shared.prose import prose
from pages.shared.run import Pin
from pages.shared.settings import Settings
from pages.shared.tables import table
from pages.shared.words import Said, joined, label, say, tell
from pages.step import controls
from pages.step import payload as picture
from pages.step.answer.mends import Mend, ill, mends, outcome
from pages.step.answer.replays import Walked, ended, measurable, measured, reached
from pages.step.answer.replays import curvature as of_data
from pages.step.question import FORM, Shown
from pages.step.words import limits, plain
from pages.step.words import pulls as pulled
from pages.step.words import shrinking as alone
from pages.step.words import trials as tried
from pages.step.words import update as one
from pages.step.words.formula import formula
from wd_core.linear.inspection import Inspection
from wd_core.trials import Trial

TERMS = label("Every term of this step, in a table")


def update(
    settings: Settings, shown: Shown, seen: Inspection, walked: Walked, pins: tuple[Pin, ...]
) -> None:
    """One step: which, and the plane."""
    where = plain.where(settings.run, seen, walked.replay)
    prose(_paragraph(where))
    pair = picture.axes(shown, settings.data.n_features)
    finding = _paragraph([*where, *(plain.moved(seen, index) for index in pair)])
    payload = picture.update(settings, shown, seen, pins)
    chart({**payload, "finding": finding}, key="step plane")


def formulas(settings: Settings, shown: Shown, seen: Inspection) -> None:
    """The same with its numbers, for each of the plane's weights."""
    pair = picture.axes(shown, settings.data.n_features)
    chosen = dict.fromkeys(i for i in pair if i < len(seen.before) - 1)
    for column, index in zip(st.columns(2, gap="medium"), chosen, strict=False):
        with column:
            st.latex(formula(settings.run, seen, index))


def terms(settings: Settings, shown: Shown, seen: Inspection) -> None:
    """The same in a table: every term, for the chosen weights and those that stand out."""
    d = settings.data.n_features
    st.markdown(one.table(d))
    table(one.rows(settings.run, seen, picture.axes(shown, d)))


def rate(settings: Settings) -> None:
    """Whether the learning rate is within its limit, and what mends it where it is not."""
    if not measurable(settings):
        return
    found = measured(settings)
    ran = plain.outcome(outcome(settings), found.broken)
    worse = ill(settings)
    (st.warning if worse else st.markdown)(_paragraph([plain.verdict(found, settings.run), *ran]))
    if worse:
        _mend(settings)


def explanations(settings: Settings, shown: Shown, seen: Inspection, walked: Walked) -> None:
    """What goes deeper than the one step: each weight, decay alone, and the learning rate."""
    folder(FORM, TERMS, lambda: terms(settings, shown, seen))
    folder(FORM, NUMBERS, lambda: _numbers(settings, seen, walked))
    folder(FORM, label("How hard does decay pull on each weight?"), lambda: _pulls(settings, seen))
    folder(FORM, label("What does decay alone do over time?"), lambda: _shrinks(settings, seen))
    folder(FORM, label("How large may the learning rate be?"), lambda: _doctor(settings))


def _numbers(settings: Settings, seen: Inspection, walked: Walked) -> None:
    """The step's place and parts, the limit of the learning rate, and what was tried."""
    run = settings.run
    st.markdown(_paragraph([*one.where(seen, walked.replay), *one.parts(run, seen)]))
    if not measurable(settings):
        return
    found = measured(settings)
    ran = tried.outcome(outcome(settings), found.broken, run.epochs)
    prose(_paragraph([limits.verdict(found, run), *ran]))
    if ill(settings) and _rate(trials := mends(settings)) is not None:
        st.markdown(_paragraph(tried.tried(trials)))


def _pulls(settings: Settings, seen: Inspection) -> None:
    """L2 beside L1, coupled beside decoupled, and the bias."""
    payload, shares = picture.pulls(settings, seen)
    finding = _paragraph(pulled.pull(settings.run, seen))
    chart({**payload, "finding": finding}, key="step pulls")
    st.markdown(finding)
    if shares is not None:
        st.markdown(_paragraph(pulled.kinds(shares)))
    elif seen.step > picture.compared_steps(settings):
        st.markdown(pulled.uncompared(picture.compared_steps(settings)))
    st.markdown(_paragraph(pulled.bias(settings.run, seen, ended(settings))))


def _shrinks(settings: Settings, seen: Inspection) -> None:
    """Decay alone, over time."""
    finding = _paragraph(alone.shrink(settings.run, settings.data.n_train))
    chart({**picture.shrunk(settings, seen), "finding": finding}, key="step shrinking")
    st.markdown(finding)


def _doctor(settings: Settings) -> None:
    """Which limits the learning rate has, and which it breaks."""
    if not measurable(settings):
        st.info(
            say(
                "Measuring the curvature of so large a training set would take too long here: "
                "choose fewer examples or dimensions to see its limits."
            )
        )
        return
    run, n = settings.run, settings.data.n_train
    found, curvature = measured(settings), of_data(settings.data)
    drawing, side = st.columns([3, 2], gap="medium")
    with drawing:
        here = curvature.phase(run.lr, run.weight_decay)
        finding = _paragraph(limits.phase(here, run, n, reached=reached(settings.data)))
        chart({**picture.phases(settings), "finding": finding}, key="step phases")
        st.caption(finding)
    with side:
        st.markdown(_paragraph([limits.curvature(found, run), *limits.at_once(found, n)]))
        if limit := limits.rule(found):
            st.latex(limit)
        table(limits.table(found, run))
        st.caption(_paragraph(limits.measured_how(run, n)))


def _mend(settings: Settings) -> None:
    found = mends(settings)
    rate = _rate(found)
    if rate is not None:
        lr = rate.run.lr
        st.button(
            say("Mend it: set η to {lr_mend}", lr_mend=every_digit(lr)),
            on_click=controls.mend(lr),
            type="primary",
            help=tell("The largest smaller step of the slider that serves."),
        )
    else:
        st.caption(_paragraph(tried.tried(found)))


def _rate(found: Sequence[Mend] | None) -> Trial | None:
    """The trial of a learning rate that serves."""
    return found[0].found if found else None


def _paragraph(sentences: Sequence[Said]) -> str:
    return joined(sentences)
