"""The words, formulas and tables beside the dimension page's picture."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.dimension.answer import TIMES, Sample, Seen, refits
from pages.dimension.presets import Result, opened
from pages.dimension.question import FORM, Problem, on_train
from pages.dimension.words import finding as summary
from pages.dimension.words import names as words
from pages.dimension.words import places
from pages.dimension.words import plain as plain_words
from pages.dimension.words.names import number
from pages.shared.assets import address
from pages.shared.controls import FORMULAS, READING, folder
from pages.shared.latex import tex
from pages.shared.numbers import plain
from pages.shared.prose import prose
from pages.shared.tables import arrow
from pages.shared.words import Said, joined, label, say, tell
from wd_core.arrays import Array

CLAIM = label("What the paper says, and its numbers")


def finding(seen: Seen) -> None:
    """The answer to the page's question, from the numbers."""
    prose(plain_words.finding(seen))


def _numbers(seen: Seen) -> None:
    """Every number at the mark: measured, fitted again with fresh noise, and in the limit."""
    problem, k = seen.problem, seen.marked
    here = words.place(problem, problem.marked)
    st.markdown(say("**The numbers at {place}**", place=here))
    if not seen.found.count[k]:
        st.caption(tell("Nothing has been measured here yet."))
        return
    st.markdown(places.sentences(seen)[k])
    st.markdown(summary.finding(seen))
    names, again = words.kind_names(seen, k), refits(problem, seen.drawn, problem.marked)
    kinds = [(j, names[j]) for j in problem.kinds]
    st.dataframe(arrow([_risk(seen, *kind) for kind in kinds]), hide_index=True)
    st.dataframe(arrow([_parts_of(seen, *kind, again) for kind in kinds]), hide_index=True)
    st.caption(
        say(
            "The error of every fit is exact, the mean over all new x; the test loss is half of "
            "the test risk, here as on all pages. bias² and variance: given X, over all noise in "
            "closed form (median), and estimated from the mean and the spread of {n_fits} fits of "
            "each X to fresh noise. That estimate of bias² is right on average, and may fall below "
            "0 where bias² is small.",
            n_fits=TIMES,
        )
    )


def open_on_train(problem: Problem) -> None:
    """A link to a run on a training set of the marked size, where Train can say it."""
    link = on_train(problem)
    if link is not None:
        st.link_button(
            tell("Open this place on Train"),
            address(link),
            help=tell(
                "Full-batch descent from w = 0 on a training set of this size, σ, r² and fixed λ."
            ),
        )


def _risk(seen: Seen, j: int, name: str) -> dict[str, str]:
    k, risk = seen.marked, words.NOUNS[seen.problem.measure]
    low, high = (float(part[j, k]) for part in seen.band)
    return {
        tell("decay"): name,
        tell("{risk}, median", risk=risk): plain(float(seen.median[j, k])),
        tell("{share} of them", share=words.SHARE): tell("{low} to {high}", low=low, high=high),
        tell("{risk}, limit", risk=risk): number(float(seen.limit[j, k])),
    }


def _parts_of(seen: Seen, j: int, name: str, again: tuple[Array, Array]) -> dict[str, str]:
    problem, k = seen.problem, seen.marked
    _, bias2, variance = words.titles(problem)
    row, limit = {"decay": name}, seen.at.limit
    for what, found, refitted, tends in (
        (bias2, seen.found.bias2, again[0], limit.bias2),
        (variance, seen.found.variance, again[1], limit.variance),
    ):
        row |= {
            tell("{what}, median", what=what): plain(problem.scale * float(found[j, k])),
            tell("estimate of {what}", what=what): plain(problem.scale * float(refitted[j])),
            tell("{what}, limit", what=what): number(problem.scale * float(tends[j, k])),
        }
    return row


def explanations(seen: Seen) -> None:
    """How to read the picture, the numbers at the mark, and the formulas with them."""
    folder(FORM, READING, lambda: st.caption(summary.drawing(seen.drawn, seen.problem.draws)))
    folder(FORM, label("The numbers at the mark"), lambda: _numbers(seen))
    folder(FORM, FORMULAS, lambda: _formulas(seen))


def _formulas(seen: Seen) -> None:
    """Why there is a peak, what λ does to it, and which λ is best."""
    why, what, which = st.columns(3, gap="medium")
    with why:
        _peak(seen.problem, seen.drawn)
    with what:
        _parts(seen.problem)
    with which:
        _best(seen.problem)


def _peak(problem: Problem, drawn: Sample) -> None:
    n, d = problem.sizes.pair(problem.marked)
    m = int(problem.model.rows(n))
    noisy = problem.noise > 0
    if noisy and drawn.sizes.diverges:
        st.markdown(tell("**Why λ → 0 has a peak**"))
    else:
        st.markdown(tell("**Why λ → 0 has no peak here**"))
    st.latex(
        rf"\begin{{gathered}} \text{{{tell('variance')}}} = {_variance(problem, m, d)} \\"
        rf"\text{{{tell('bias')}}}^2 = {_bias2(problem, m, d)} \end{{gathered}}"
    )
    said = [_means(problem, n, d, m)]
    if not noisy:
        said.append(say("It is the variance that has a peak, and without noise the variance is 0."))
    elif not drawn.sizes.diverges:
        said.append(say("The peak is where d = m, which this axis does not reach."))
    elif problem.marked in drawn.kept:
        s2 = np.concatenate([draws.s2[:, 0] for draws in drawn.kept[problem.marked]])
        said.append(
            say(
                "Each singular direction passes the noise on divided by √s, where s is its squared "
                "singular value over m. The least s of these training sets is {least_s} (median; "
                "the limit is (1 − √(d/m))² = {least_limit}): 0 at d = m, and larger the further "
                "off.",
                least_s=float(np.median(s2)) / m,
                least_limit=(1 - (d / m) ** 0.5) ** 2,
            )
        )
    st.caption(joined(said))


def _means(problem: Problem, n: int, d: int, m: int) -> Said:
    """What m is, and what the intercept makes of the exact means."""
    if not problem.model.intercept:
        return say("Exact means for these n and d, m = n = {m}.", m=m)
    exact = problem.model.expected_without_decay(n, d)
    return say(
        "Exact means for these n and d, m = n − 1 = {m}. The intercept multiplies both by 1 + 1/n "
        "and adds σ²/n to the variance, which makes bias² {bias2} and variance {variance}.",
        m=m,
        bias2=float(exact.bias2),
        variance=number(float(exact.variance)),
    )


def _variance(problem: Problem, m: int, d: int) -> str:
    if problem.noise == 0:
        return "0"
    if abs(m - d) <= 1:
        return r"\infty \quad (|d - m| \le 1)"
    low, high = min(m, d), max(m, d)
    formula = r"\frac{d}{m - d - 1}" if d < m else r"\frac{m}{d - m - 1}"
    value = problem.noise**2 * low / (high - low - 1)
    numbers = rf"{tex(problem.noise**2)} \cdot \frac{{{low}}}{{{high - low - 1}}}"
    return rf"\sigma^2 {formula} = {numbers} = {tex(value)}"


def _bias2(problem: Problem, m: int, d: int) -> str:
    if d <= m:
        return "0"
    return rf"r^2 (1 - \tfrac{{m}}{{d}}) = {tex(problem.signal * (1 - m / d))}"


def _parts(problem: Problem) -> None:
    n, d = problem.sizes.pair(problem.marked)
    model, lam = problem.model, problem.weight_decay
    m = float(model.rows(n))
    gamma, mu = d / m, lam * n / m
    D = float(np.hypot(1 - gamma + mu, 2 * np.sqrt(gamma * mu)))
    limit = model.limit(n, d, lam)
    st.markdown(tell("**What a fixed λ does to it**"))
    st.latex(
        rf"\begin{{gathered}} \text{{{tell('bias')}}}^2 ="
        r" r^2\, \frac{(D - a)(D - p)}{4 \gamma D} \\"
        rf"\text{{{tell('variance')}}} ="
        r" \sigma^2 \gamma\, \frac{D + p}{D\,(D + a)} \\"
        r"D = \sqrt{a^2 + 4 \gamma \lambda} \end{gathered}"
    )
    known: dict[str, str | float] = {
        "gamma": gamma,
        "mu": mu,
        "a": 1 - gamma + mu,
        "p": 1 - gamma - mu,
        "D": D,
        "bias2": float(limit.bias2),
        "variance": number(float(limit.variance)),
    }
    if model.intercept:
        st.caption(
            say(
                "The limits, with γ = {gamma}, λ = {mu}, a = 1 − γ + λ = {a}, p = 1 − γ − λ = {p} "
                "and D = {D}: bias² {bias2}, variance {variance}, with the factor 1 + 1/n and σ²/n "
                "of the intercept; γ = d/(n − 1) and λ is the fixed one times n/(n − 1).",
                **known,
            )
        )
    elif lam == 0:
        st.caption(
            say(
                "The limits, with γ = {gamma}, λ = {mu}, a = 1 − γ + λ = {a}, p = 1 − γ − λ = {p} "
                "and D = {D}: bias² {bias2}, variance {variance}. λ → 0 leaves D = 0 at γ = 1.",
                **known,
            )
        )
    else:
        st.caption(
            say(
                "The limits, with γ = {gamma}, λ = {mu}, a = 1 − γ + λ = {a}, p = 1 − γ − λ = {p} "
                "and D = {D}: bias² {bias2}, variance {variance}. λ > 0 keeps D above 0, and the "
                "variance finite.",
                **known,
            )
        )


def _best(problem: Problem) -> None:
    n, d = problem.sizes.pair(problem.marked)
    best = float(problem.model.best_weight_decay(n, d))
    st.markdown(tell("**Which λ is best**"))
    st.latex(
        r"\begin{gathered} \lambda^* = \frac{d\,\sigma^2}{n\, r^2} \\ = \frac{"
        rf"{d} \cdot {tex(problem.noise**2)}}}{{{n} \cdot {tex(problem.signal)}}} = {tex(best)}"
        r"\end{gathered}"
    )
    said = say(
        "The same as the Bayes λ = σ²/(nτ²) for weights of variance τ² = r²/d = {mean_square}. In "
        "the convention of a sum, as in scikit-learn's Ridge, alpha = nλ* = dσ²/r² = {alpha}: the "
        "same for every n.",
        mean_square=problem.signal / d,
        alpha=n * best,
    )
    shared = say("Here r² stays as d grows, so that more features share one signal.")
    st.caption(joined([said, shared]) if problem.axis == "n_features" else said)


def references(seen: Seen) -> None:
    """What the source of an opened preset says, and its numbers beside those that are had here."""
    result = opened(seen.problem)
    if result is not None:
        folder(FORM, CLAIM, lambda: _references(seen, result))


def _references(seen: Seen, result: Result) -> None:
    rows = []
    for reference in result.references:
        row = {
            "number": reference.what,
            "reference": _four(reference.number),
            "here": _four(reference.here(seen.problem)),
        }
        if reference.at in seen.drawn.kept:
            k = seen.drawn.grid.index(reference.at)
            row["measured, median"] = plain(float(seen.median[reference.kind, k]))
        rows.append(row)
    st.markdown(result.claim)
    st.dataframe(rows, hide_index=True, height="content")
    st.caption(
        tell(
            "Reference: the closed forms worked out beforehand and apart from this program, to "
            "four digits; not quoted from the papers."
        )
    )


def _four(value: float) -> str:
    return "∞" if np.isinf(value) else f"{value:.4f}".rstrip("0").rstrip(".")
