"""Explanations beside what they explain, with the present numbers put into the formulas."""

from __future__ import annotations

import re

import streamlit as st

from pages.shared import cached
from pages.shared.latex import tex
from pages.shared.numbers import number_text, plain
from pages.shared.settings import Settings
from wd_core import DATASETS, OPTIMIZERS

# Enough that 1 − ηλ differs from 1 at the smallest η and λ on offer.
FACTOR_DIGITS = 10


def training(settings: Settings) -> None:
    """What is minimised, what a step does, and where the data come from."""
    loss, step, data = st.columns(3, gap="medium")
    with loss:
        _objective(settings)
    with step:
        _step(settings)
    with data:
        _data(settings)


def _objective(settings: Settings) -> None:
    lam = tex(settings.run.weight_decay)
    st.markdown("**What is minimised**")
    st.latex(
        r"J = \underbrace{\tfrac{1}{2n}\sum_i (x_i^\top w + b - y_i)^2}_{\text{data loss}}"
        rf" + \underbrace{{\tfrac{{{lam}}}{{2}}\,\lVert w\rVert^2}}_{{\text{{penalty}}}}"
    )
    st.caption(
        "The curves show the data loss alone; the penalty appears only in its own tile. The bias b "
        "is not penalised. In scikit-learn's Ridge the same λ is "
        f"alpha = nλ = {plain(settings.data.n_train * settings.run.weight_decay)}; with "
        f"nn.MSELoss (no ½) it is weight_decay = 2λ = {plain(2 * settings.run.weight_decay)}, and "
        "SGD takes the same steps at η/2."
    )


def _step(settings: Settings) -> None:
    run = settings.run
    rule = OPTIMIZERS[run.optimizer]
    st.markdown(f"**What a step does: {rule.label}**")
    st.latex(rule.formula)
    factor = f"{1 - run.lr * run.weight_decay:.{FACTOR_DIGITS}g}".replace("-", "−")
    if run.optimizer == "sgd":
        text = (
            f"g is the gradient of the data loss. {_whole_step(settings)} multiplies w by 1 − ηλ = "
            f"1 − {number_text(run.lr)} · {number_text(run.weight_decay)} = {factor}."
        )
    elif run.decay == "coupled":
        text = (
            f"Coupled decay: g is the gradient of the data loss plus λw, with λ = "
            f"{plain(run.weight_decay)}; the penalty passes through the optimizer with the rest."
        )
    else:
        text = (
            f"Decoupled decay: before each step w is multiplied by 1 − ηλ = {factor}; g is the "
            "gradient of the data loss alone."
        )
    reach = _out_of_reach(settings) if run.optimizer == "sgd" else ""
    st.caption(text + _short_batch(settings) + reach)


def _whole_step(settings: Settings) -> str:
    """The steps that shrink w by the whole of ηλ."""
    n, run = settings.data.n_train, settings.run
    if n % run.batch_size == 0 or run.decay == "decoupled":
        return "Every step"
    return f"Every step on {run.batch_size} rows"


def _short_batch(settings: Settings) -> str:
    n, size = settings.data.n_train, settings.run.batch_size
    if n % size == 0:
        return ""
    decay = "decay included" if settings.run.decay == "coupled" else "while decay acts in full"
    return (
        f" The last batch of an epoch has only {n % size} of {size} rows; as in the book's code "
        f"its gradient counts {n % size}/{size}, {decay}."
    )


def _out_of_reach(settings: Settings) -> str:
    n, d = settings.data.n_train, settings.data.n_features
    if d <= n:
        return ""
    return (
        f" In at least {d - n} of the {d} directions no example reaches, g is zero and this "
        "shrinking is all that happens."
    )


def _data(settings: Settings) -> None:
    source = DATASETS[settings.data.source]
    st.markdown(f"**Where the data come from: {source.label}**")
    st.latex(source.formula)
    st.caption(source.description)
    if not cached.draws_slowly(settings.data):
        data = cached.dataset(settings.data)
        st.caption(f"Here {data.n_train} examples train and {len(data.y_test)} test. {data.note}")


def literal(text: str) -> str:
    """Text from outside, for a place that reads Markdown: every sign stands for itself."""
    escaped = re.sub(r"([\\`*_{}\[\]()<>#!|~$:])", r"\\\1", text)
    return re.sub(r"(//|www|@)", "\\1\u2060", escaped)  # a bare address would become a link
