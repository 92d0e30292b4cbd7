"""Explanations beside what they explain, with the present numbers put into the formulas."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from pages.shared import cached
from pages.shared.latex import tex
from pages.shared.numbers import Digits, every_digit
from pages.shared.prose import prose
from pages.shared.settings import Settings
from pages.shared.sources import data_source
from pages.shared.words import Said, joined, say, say_n, tell, told
from pages.train.payload.picture import beside_exact, in_numbers
from wd_core.linear.behaviour import Behaviour, behaviour

# Enough that 1 − ηλ differs from 1 at the smallest η and λ on offer.
FACTOR_DIGITS = 10
LOSS = r"\tfrac{1}{2n}\sum_i (x_i^\top w + b - y_i)^2"


def numbers(settings: Settings) -> None:
    """How the run ended, exactly, and what it is measured against."""
    said = [in_numbers(settings), *beside_exact(settings)]
    prose(joined(said) or say("They stand here once the run has ended."))


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
    """What the run goes to the least of, or, where that is not known, what its gradients are of."""
    found = behaviour(settings.run, settings.data.n_train)
    goal = found.end
    if goal.kind == "unknown":
        st.markdown(tell("**What the gradients are of**"))
        coupled = settings.run.decay == "coupled"
        st.latex(_penalised(settings.run.weight_decay) if coupled else rf"L = {LOSS}")
    elif goal.bound is not None:
        st.markdown(tell("**What is minimised**"))
        st.latex(
            rf"\begin{{gathered}} L = {LOSS} \\ \text{{{tell('where every')} }} |w_j|"
            rf" \le {goal.bound.latex} = {tex(goal.bound.value)} \end{{gathered}}"
        )
    else:
        assert goal.weight_decay is not None
        st.markdown(tell("**What is minimised**"))
        st.latex(_penalised(goal.weight_decay.value))
    st.caption(joined([_goal(found), _in_torch(found)]))


def _penalised(weight_decay: float) -> str:
    return (
        rf"\begin{{gathered}} J = \underbrace{{{LOSS}}}_{{\text{{{tell('data loss')}}}}} \\"
        rf" {{}} + \underbrace{{\tfrac{{{tex(weight_decay)}}}{{2}}\,\lVert w\rVert^2}}"
        rf"_{{\text{{{tell('penalty')}}}}} \end{{gathered}}"
    )


def _goal(found: Behaviour) -> Said:
    """Where the run goes, and what that is in scikit-learn."""
    goal, n = found.end, found.n_train
    assert n is not None
    if goal.kind == "unknown":
        return say("The curves show the data loss alone. {why}", why=told(goal.why))
    if goal.bound is not None:
        return say(
            "The curves show the data loss alone. Decoupled decay under this optimizer is no "
            "penalty: its steps rest at the least data loss with no weight beyond "
            "{formula} = {bound}.",
            formula=goal.bound.text,
            bound=goal.bound.value,
        )
    assert goal.weight_decay is not None
    lam = goal.weight_decay
    if lam.value == found.run.weight_decay:
        return say(
            "The curves show the data loss alone; the penalty appears only in its own tile. The "
            "bias b is not penalised. In scikit-learn’s Ridge the same λ is alpha = nλ = {alpha}.",
            alpha=n * lam.value,
        )
    return say(
        "The curves show the data loss alone. Such steps rest at the least of this J, in "
        "which {formula} = {end_weight_decay} stands for λ; the bias b is not penalised. In "
        "scikit-learn’s Ridge that is alpha = n · {formula} = {alpha}.",
        formula=lam.text,
        end_weight_decay=lam.value,
        alpha=n * lam.value,
    )


def _in_torch(found: Behaviour) -> Said:
    """The same steps with PyTorch's loss without ½."""
    same = found.in_loss("mse")
    if same is None:
        return say(
            "With nn.MSELoss (no ½) no λ and η take the same steps: it weighs the short last batch "
            "differently."
        )
    if same.run.eps != found.run.eps and found.rule.degree == 0 and "eps" in found.rule.reads:
        return say(
            "With nn.MSELoss (no ½) the same steps have weight_decay = {decay_formula} = "
            "{mse_weight_decay}, lr = {lr_formula} = {mse_lr} and eps = 2ε = {mse_eps}.",
            decay_formula=same.weight_decay.text,
            mse_weight_decay=same.weight_decay.value,
            lr_formula=same.lr.text,
            mse_lr=same.lr.value,
            mse_eps=same.run.eps,
        )
    return say(
        "With nn.MSELoss (no ½) the same steps have weight_decay = {decay_formula} = "
        "{mse_weight_decay} and lr = {lr_formula} = {mse_lr}.",
        decay_formula=same.weight_decay.text,
        mse_weight_decay=same.weight_decay.value,
        lr_formula=same.lr.text,
        mse_lr=same.lr.value,
    )


def _step(settings: Settings) -> None:
    found = behaviour(settings.run, settings.data.n_train)
    st.markdown(tell("**What a step does: {optimizer}**", optimizer=told(found.rule.label)))
    st.latex(found.rule.formula)
    said = [_of_decay(found), *_constants(found)]
    if found.short_rows:
        said.append(_short_batch(found))
    unreached = settings.data.n_features - settings.data.n_train
    if unreached > 0 and found.has_factor:
        said.append(_out_of_reach(found, unreached, settings.data.n_features))
    st.caption(joined(said))


def _of_decay(found: Behaviour) -> Said:
    run, factor = found.run, Digits(f"{found.factor.value:.{FACTOR_DIGITS}g}", found.factor.value)
    lam, lr = every_digit(run.weight_decay), every_digit(run.lr)
    if run.weight_decay == 0:
        return say("g is the gradient of the data loss; with λ = 0 no decay joins it.")
    if found.decay.factor and (run.decay == "coupled" and found.short_rows):
        return say(
            "g is the gradient of the data loss. Every step on {batch_size} rows multiplies w by "
            "1 − ηλ = 1 − {lr} · {weight_decay} = {factor}.",
            batch_size=run.batch_size,
            lr=lr,
            weight_decay=lam,
            factor=factor,
        )
    if found.rule.one_decay:
        return say(
            "g is the gradient of the data loss. Every step multiplies w by 1 − ηλ = "
            "1 − {lr} · {weight_decay} = {factor}.",
            lr=lr,
            weight_decay=lam,
            factor=factor,
        )
    if found.decay.factor:
        return say(
            "Decoupled decay: before each step w is multiplied by 1 − ηλ = "
            "1 − {lr} · {weight_decay} = {factor}; g is the gradient of the data loss alone.",
            lr=lr,
            weight_decay=lam,
            factor=factor,
        )
    return say(
        "Coupled decay: g is the gradient of the data loss plus λw, with λ = {weight_decay}; the "
        "penalty passes through the optimizer with the rest.",
        weight_decay=lam,
    )


def _constants(found: Behaviour) -> Iterator[Said]:
    """The numbers of the formula that have no control."""
    named = found.rule.constants(found.run)
    if "beta1" in named and "beta2" in named:
        yield say("Here β₁ = {beta1} and β₂ = {beta2}.", beta1=named["beta1"], beta2=named["beta2"])
    elif "beta1" in named:
        yield say("Here β₁ = {beta1}.", beta1=named["beta1"])
    elif "beta2" in named:
        yield say("Here β₂ = {beta2}.", beta2=named["beta2"])
    if "eps" in named:
        yield say("ε = {eps} keeps the step from dividing by 0.", eps=named["eps"])


def _short_batch(found: Behaviour) -> Said:
    if found.run.decay == "coupled" and found.run.weight_decay:
        return say(
            "The last batch of an epoch has only {short_rows} of {batch_size} rows; as in the "
            "book’s code its gradient counts {short_rows}/{batch_size}, decay included.",
            short_rows=found.short_rows,
            batch_size=found.run.batch_size,
        )
    if found.run.weight_decay:
        return say(
            "The last batch of an epoch has only {short_rows} of {batch_size} rows; as in the "
            "book’s code its gradient counts {short_rows}/{batch_size}, while decay acts in full.",
            short_rows=found.short_rows,
            batch_size=found.run.batch_size,
        )
    return say(
        "The last batch of an epoch has only {short_rows} of {batch_size} rows; as in the book’s "
        "code its gradient counts {short_rows}/{batch_size}.",
        short_rows=found.short_rows,
        batch_size=found.run.batch_size,
    )


def _out_of_reach(found: Behaviour, unreached: int, n_features: int) -> Said:
    if found.run.weight_decay:
        return say_n(
            "At least {unreached} of the {n_features} directions is reached by no example. There "
            "g is zero, and multiplying w so is all that a step does.",
            "At least {unreached} of the {n_features} directions are reached by no example. There "
            "g is zero, and multiplying w so is all that a step does.",
            unreached,
            unreached=unreached,
            n_features=n_features,
        )
    return say_n(
        "At least {unreached} of the {n_features} directions is reached by no example. There g is "
        "zero, and w stays as it began.",
        "At least {unreached} of the {n_features} directions are reached by no example. There g "
        "is zero, and w stays as it began.",
        unreached,
        unreached=unreached,
        n_features=n_features,
    )


def _data(settings: Settings) -> None:
    source = data_source(settings.data)
    st.markdown(tell("**Where the data come from: {source}**", source=told(source.label)))
    st.latex(source.formula)
    st.caption(told(source.description))
    if not cached.draws_slowly(settings.data):
        data = cached.dataset(settings.data)
        said = [_sizes(data.n_train, len(data.y_test))]
        if data.note:
            said.append(say("{note}", note=told(data.note)))
        st.caption(joined(said))


def _sizes(n_train: int, n_test: int) -> Said:
    if n_train == 1:
        return say(
            "Here {n_train} example trains and {n_test} test.", n_train=n_train, n_test=n_test
        )
    return say("Here {n_train} examples train and {n_test} test.", n_train=n_train, n_test=n_test)
