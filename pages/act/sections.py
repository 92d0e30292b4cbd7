"""Explanations beside the pictures, with the present numbers put into the formulas."""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from pages.act import controls
from pages.act.answer.parts import Split, soon, split
from pages.act.answer.states import States, states
from pages.act.payload import directions as payload
from pages.act.payload import parts as parts_payload
from pages.act.question.matching import has_directions, measurable, spectrum
from pages.act.question.shown import FORM, FREE, Shown
from pages.act.words import curves, kept, meaning, plain
from pages.act.words import parts as parts_words
from pages.act.words.kept import LEAST_SHARE
from pages.shared import cached
from pages.shared.chart import chart
from pages.shared.controls import FORMULAS, NUMBERS, folder
from pages.shared.latex import EXACT, tex
from pages.shared.prose import prose
from pages.shared.run import Asked, Pin
from pages.shared.settings import Settings
from pages.shared.words import label, tell

PARTS = label("What does this run learn, and what is left of its start?")


def directions(settings: Settings, shown: Shown, pins: tuple[Pin, ...]) -> None:
    """The picture of what is kept of each direction, or why there is none."""
    if not has_directions(settings.data):
        st.info(meaning.nowhere(settings.data, measurable(settings.data)))
        return
    chart(
        payload.directions(settings, shown, pins), key=controls.CHART, on=controls.on_chart()
    )  # fmt: skip
    prose(plain.meaning(len(spectrum(settings.data).s)))


def explanations(settings: Settings, shown: Shown, pins: tuple[Pin, ...]) -> None:
    """What goes deeper than the directions: the numbers, the parts of a run's w, the formulas."""
    folder(FORM, NUMBERS, lambda: _kept(settings, shown))
    folder(FORM, PARTS, lambda: parts(settings, shown, pins, beside=True))
    folder(FORM, FORMULAS, lambda: _formulas(states(settings, shown), shown))


def _kept(settings: Settings, shown: Shown) -> None:
    """What is kept of each direction, and how near the two ways of keeping come."""
    now, features = states(settings, shown), cached.dataset(settings.data).n_features
    st.markdown(kept.sentences(now)[now.chosen])
    st.markdown(meaning.meaning(now.s, settings.run.lr, features))


def _formulas(now: States, shown: Shown) -> None:
    """What ridge, early stopping and both keep of a direction."""
    ridge, stopping, both = st.columns(3, gap="medium")
    with ridge:
        _ridge(now)
    with stopping:
        _stopping(now, shown)
    with both:
        _both(now)


def parts(settings: Settings, shown: Shown, pins: tuple[Pin, ...], *, beside: bool) -> None:
    """The picture of w in two parts, and the factor of the null space beside it, or below."""
    link = FORM.query(Asked(settings, shown, pins))
    if not soon(settings):
        if not has_directions(settings.data):
            controls.write_link(link)
        st.info(
            tell(
                "This run takes a while, and its weights are not kept: choose fewer epochs, "
                "examples or dimensions to see them taken apart."
            )
        )
        return
    drawing, side = st.columns([3, 1], gap="medium") if beside else (st.container(), st.container())
    with drawing:
        chart(parts_payload.parts_of_w(settings, link), key="act parts")
    with side:
        _reach(settings)


def _ridge(now: States) -> None:
    lam = float(now.weight_decay[now.chosen])
    st.markdown(tell("**Ridge: a larger penalty**"))
    st.latex(rf"\frac{{s}}{{s+\lambda}} = \frac{{s}}{{s+{tex(lam)}}}")
    st.caption(curves.of_ridge(lam))


def _stopping(now: States, shown: Shown) -> None:
    st.markdown(tell("**Early stopping: fewer steps**"))
    st.latex(
        r"\begin{gathered} 1-(1-\eta s)^t \\"
        rf"= 1-(1-{tex(now.lr)}\,s)^{{{_power(now)}}} \end{{gathered}}"
    )
    st.caption(curves.of_stopping(now, free=shown.sliders == FREE))


def _power(now: States) -> str:
    """The number of steps; t itself where none matches λ."""
    if not now.arrives and now.match[now.chosen]:
        return "t"
    t = float(now.steps[now.chosen])
    return r"\infty" if math.isinf(t) else f"{int(t)}"


def _both(now: States) -> None:
    lam = float(now.weight_decay[now.chosen])
    st.markdown(tell("**Both: decay, and stopped**"))
    st.latex(
        r"\begin{gathered} \frac{s}{s+\lambda} \\ \cdot\,\bigl(1-(1-\eta(s+\lambda))^t\bigr) \\"
        rf"= \frac{{s}}{{s+{tex(lam)}}} \\"
        rf"\cdot\,\bigl(1-(1-{tex(now.lr)}(s+{tex(lam)}))^{{{_power(now)}}}\bigr)"
        r"\end{gathered}"
    )
    st.caption(curves.of_both(now))


def _reach(settings: Settings) -> None:
    found = split(settings)
    st.markdown(tell("**What decay alone does**"))
    if found.beyond and found.does.has_factor:
        st.latex(factor_of_the_run(found))
    pictured = has_directions(settings.data)
    st.caption(parts_words.decay_alone(found, pictured=pictured))


def factor_of_the_run(found: Split) -> str:
    """What the steps of all epochs together multiply by, with its numbers, in LaTeX."""
    does, epochs = found.does, found.does.run.epochs
    known, steps = does.epoch_factor, does.shrinking.an_epoch * epochs
    left = float(does.shrinking.left(steps))
    end = _share(left) if math.isfinite(left) else r"\pm\infty"  # beyond floats
    symbols = {name: tex(value, EXACT) for name, value in known.symbols.items()}
    written = _numbers(known.latex, symbols)
    if "m" not in symbols:
        return (
            rf"\begin{{gathered}} {_powered(known.latex, steps)} \\"
            rf"= {_powered(written, steps)} \\ = {end} \end{{gathered}}"
        )
    k = int(known.symbols["k"])
    broken = r" \\ \cdot\,".join(_powered(written, k).split(r"\,"))
    return (
        rf"\begin{{gathered}} \bigl({_powered(known.latex, k)}"
        rf"\bigr)^{{{epochs}}} \\ = \bigl({broken}\bigr)^{{{epochs}}} \\ = {end} \end{{gathered}}"
    )


def _share(left: float) -> str:
    """A share as the sentences have it, a percentage; the number where they would not say it."""
    if LEAST_SHARE <= abs(left) <= 1:
        return rf"{tex(100 * left)}\,\%"
    return tex(left)


def _numbers(latex: str, symbols: Mapping[str, str]) -> str:
    """A formula with numbers in the places of its symbols."""
    places = {r"\eta\lambda": rf"{symbols['η']}\cdot {symbols['λ']}"}
    if "m" in symbols:
        places[r"\tfrac{m}{B}"] = rf"\cdot\tfrac{{{symbols['m']}}}{{{symbols['B']}}}"
    for symbol, number in places.items():
        latex = latex.replace(symbol, number)
    return latex


def _powered(latex: str, k: int) -> str:
    return latex.replace("^k", f"^{{{k}}}")
