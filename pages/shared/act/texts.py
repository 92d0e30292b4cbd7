"""Explanations beside the pictures, with the present numbers put into the formulas."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from pages.shared import cached
from pages.shared.act import controls, picture, split_picture, words
from pages.shared.act.shown import FREE, Shown
from pages.shared.act.split import split
from pages.shared.act.states import States, has_directions, measurable, query, spectrum, states
from pages.shared.chart import chart
from pages.shared.latex import tex
from pages.shared.link import Pin
from pages.shared.numbers import plain
from pages.shared.settings import Settings
from wd_core.filters import descent_filter


def directions(settings: Settings, shown: Shown, pins: tuple[Pin, ...]) -> None:
    """The picture of what is kept of each direction and its formulas, or why there is none."""
    if not has_directions(settings.data):
        st.info(words.nowhere(settings.data, measurable(settings.data)))
        return
    st.markdown(words.meaning(len(spectrum(settings.data).s), settings.data.n_features))
    chart(
        picture.directions(settings, shown, pins), key=controls.CHART, on=controls.on_chart()
    )  # fmt: skip
    now = states(settings, shown)
    ridge, stopping, both = st.columns(3, gap="medium")
    with ridge:
        _ridge(now)
    with stopping:
        _stopping(now, shown)
    with both:
        _both(now)


def parts(settings: Settings, shown: Shown, pins: tuple[Pin, ...], *, beside: bool) -> None:
    """The picture of w in two parts, and the factor of the null space beside it, or below."""
    st.subheader("What does this run learn, and what is left of its start?", anchor=False)
    link = query(settings, shown, pins)
    if not cached.is_short(settings):
        if not has_directions(settings.data):
            controls.write_link(link)
        st.info(
            "This run takes a while, and its weights are not kept: choose fewer epochs, examples "
            "or dimensions to see them taken apart."
        )
        return
    drawing, side = st.columns([3, 1], gap="medium") if beside else (st.container(), st.container())
    with drawing:
        chart(split_picture.parts_of_w(settings, link), key="act parts")
    with side:
        _reach(settings)


def _ridge(now: States) -> None:
    lam = tex(float(now.weight_decay[now.chosen]))
    st.markdown("**Ridge: a larger penalty**")
    st.latex(rf"\frac{{s}}{{s+\lambda}} = \frac{{s}}{{s+{lam}}}")
    st.caption(
        "Half of a direction with s = λ is kept, more of stronger ones, less of weaker ones, and "
        "for a finite λ never exactly 0: L2 shrinks, it selects nothing."
    )


def _stopping(now: States, shown: Shown) -> None:
    st.markdown("**Early stopping: fewer steps**")
    st.latex(
        r"\begin{gathered} 1-(1-\eta s)^t \\"
        rf"= 1-(1-{tex(now.lr)}\,s)^{{{_power(now)}}} \end{{gathered}}"
    )
    how = (
        "Each slider moves alone."
        if shown.sliders == FREE
        else "The slider that follows goes where this is least."
        if now.arrives
        else "Descent without decay diverges here, so that no t matches λ."
    )
    st.caption(
        "Of t full-batch steps from w = 0 without decay, the bias at its best throughout. The "
        "difference to ridge is the root mean square of the two shares’ difference over all "
        f"directions with s > 0, t being a whole number of at least 1. {how}"
    )


def _power(now: States) -> str:
    """The number of steps; t itself where none matches λ."""
    if not now.arrives and now.match[now.chosen]:
        return "t"
    t = float(now.steps[now.chosen])
    return r"\infty" if math.isinf(t) else f"{int(t)}"


def _both(now: States) -> None:
    lam, t = float(now.weight_decay[now.chosen]), float(now.steps[now.chosen])
    strong, weak = float(now.s[0]), float(now.s[-1])
    st.markdown("**Both: decay, and stopped**")
    st.latex(
        r"\begin{gathered} \frac{s}{s+\lambda} \\ \cdot\,\bigl(1-(1-\eta(s+\lambda))^t\bigr) \\"
        rf"= \frac{{s}}{{s+{tex(lam)}}} \\"
        rf"\cdot\,\bigl(1-(1-{tex(now.lr)}(s+{tex(lam)}))^{{{_power(now)}}}\bigr)"
        r"\end{gathered}"
    )
    product = now.lr * (strong + lam)
    if product >= 2:
        st.caption(
            f"η(s_max + λ) = {plain(product)} is not below 2: descent with decay never arrives at "
            "ridge here."
        )
        return
    shares = descent_filter([strong, weak], now.lr, t, lam)
    kept = [words.share(float(x), whole=lam == 0 and math.isinf(t)) for x in shares]
    st.caption(
        "t steps of descent on L + (λ/2)‖w‖²: with t → ∞ this becomes ridge, and with λ → 0 early "
        f"stopping. Here it keeps {kept[0]} of the strongest direction"
        + (f" and {kept[1]} of the weakest." if len(now.s) > 1 else ".")
    )


def _reach(settings: Settings) -> None:
    run, found = settings.run, split(settings)
    st.markdown("**What decay alone does**")
    if not math.isnan(found.factor):
        st.latex(_factor(settings, found.factor))
    spec = settings.data
    centred = len(spectrum(spec).s) if measurable(spec) else 0
    st.caption(words.decay_alone(run, found, centred))


def _factor(settings: Settings, an_epoch: float) -> str:
    """(1 − ηλ)^t over the run; a short last batch of m rows has coupled decay ηλ·m/B."""
    run = settings.run
    batches, rest = divmod(settings.data.n_train, run.batch_size)
    product = rf"{tex(run.lr)}\cdot {tex(run.weight_decay)}"
    with np.errstate(over="ignore"):
        left = float(np.float64(an_epoch) ** run.epochs)
    end = tex(left) if math.isfinite(left) else r"\pm\infty"  # beyond floats
    if not rest or run.decay == "decoupled":
        steps = (batches + bool(rest)) * run.epochs
        return (
            r"\begin{gathered} (1-\eta\lambda)^t \\"
            rf"= (1-{product})^{{{steps}}} = {end} \end{{gathered}}"
        )
    short = rf"\tfrac{{{rest}}}{{{run.batch_size}}}"
    return (
        rf"\begin{{gathered}} \bigl((1-\eta\lambda)^{{{batches}}}(1-{short}\eta\lambda)"
        rf"\bigr)^{{{run.epochs}}} \\ \eta\lambda = {product}: {end} \end{{gathered}}"
    )
