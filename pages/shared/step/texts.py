"""The parts of the step page beneath its pictures: words, tables and the doctor's button."""

from __future__ import annotations

import streamlit as st

from pages.shared import cached
from pages.shared.chart import chart
from pages.shared.link import Pin
from pages.shared.numbers import plain
from pages.shared.settings import Settings
from pages.shared.step import controls, picture
from pages.shared.step.replays import Walked, bias_decayed, measurable, measured
from pages.shared.step.replays import curvature as of_data
from pages.shared.step.shown import Shown
from pages.shared.step.trials import course, mended, trials
from pages.shared.step.words import limits
from pages.shared.step.words import pulls as pulled
from pages.shared.step.words import shrinking as alone
from pages.shared.step.words import trials as tried
from pages.shared.step.words import update as one
from pages.shared.step.words.digits import whole
from wd_core.inspection import Inspection


def update(
    settings: Settings, shown: Shown, seen: Inspection, walked: Walked, pins: tuple[Pin, ...]
) -> None:
    """One step: which, its formula with the numbers, the table, and the plane."""
    replay, run = walked.replay, settings.run
    pair = picture.axes(shown, settings.data.n_features)
    st.markdown(one.where(seen, replay))
    numbers, plane = st.columns([1, 1], gap="medium")
    with numbers:
        for index in dict.fromkeys(i for i in pair if i < len(seen.before) - 1):
            st.latex(one.formula(run, seen, index))
        st.caption(one.parts(run, seen))
    with plane:
        chart(picture.update(settings, shown, seen, pins), key="step plane")
    st.markdown(one.TABLE)
    st.table(one.rows(run, seen, pair), border="horizontal")


def pulls(settings: Settings, seen: Inspection) -> None:
    """L2 beside L1, coupled beside decoupled, and the bias."""
    st.subheader("How hard does decay pull on each weight?", anchor=False)
    payload, shares = picture.pulls(settings, seen)
    chart(payload, key="step pulls")
    st.markdown(pulled.pull(settings.run, seen))
    if shares is not None:
        st.markdown(pulled.kinds(shares))
    elif seen.step > picture.compared_steps(settings):
        st.markdown(pulled.uncompared(picture.compared_steps(settings)))
    held = bias_decayed(settings)
    ends = None if held is None else (cached.short_run(settings), held)
    st.markdown(pulled.bias(settings.run, seen, ends))


def shrinks(settings: Settings, seen: Inspection) -> None:
    """Decay alone, over time."""
    st.subheader("What does decay alone do over time?", anchor=False)
    chart(picture.shrunk(settings, seen), key="step shrinking")
    st.markdown(alone.shrink(settings.run, settings.data.n_train))


def doctor(settings: Settings) -> None:
    """Which limit the learning rate has, which broke, and what mends it."""
    st.subheader("How large may the learning rate be?", anchor=False)
    if not measurable(settings):
        st.info(
            "Measuring the curvature of so large a training set would take too long here: choose "
            "fewer examples or dimensions to see its limits."
        )
        return
    run, n = settings.run, settings.data.n_train
    found, curvature = measured(settings), of_data(settings.data)
    drawing, side = st.columns([3, 2], gap="medium")
    with drawing:
        chart(picture.phases(settings), key="step phases")
        st.caption(limits.phase(curvature.phase(run.lr, run.weight_decay), run, n))
    with side:
        ran = course(settings)
        said = limits.curvature(found) + limits.verdict(found, run, n)
        said += tried.outcome(ran, found.broken, run.epochs)
        if limit := limits.rule(found, run):
            st.latex(limit)
        if found.broken not in ("none", "unknown") or not (ran is None or ran.settles):
            st.warning(said)
            _mend(settings)
        else:
            st.markdown(said)
        st.table(limits.table(found, run), border="horizontal")
        st.caption(
            f"Exact for steps on {whole(n)}, bias included, at the present λ and μ and with "
            f"{run.decay} decay. MSELoss has no ½: its gradient is twice as large."
        )


def _mend(settings: Settings) -> None:
    lr = mended(settings)
    if lr is not None:
        st.button(
            f"Mend it: set η to {plain(lr)}",
            on_click=controls.mend(lr),
            type="primary",
            help="The largest smaller step of the slider that serves: see below.",
        )
    st.caption(tried.tried(trials(settings), lr, settings.run))
