"""The words, formulas and tables beside the picture of the page “which”."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.shared import cached, tables
from pages.shared.assets import address
from pages.shared.controls import FORMULAS, NUMBERS, READING, folder
from pages.shared.latex import tex
from pages.shared.numbers import every_digit, percent, plain
from pages.shared.prose import prose
from pages.shared.sources import data_source
from pages.shared.words import joined, label, say, tell, told
from pages.which import payload
from pages.which.answer.measured import Seen
from pages.which.answer.solutions import weight_scale
from pages.which.figure import drawing
from pages.which.question import FORM, on_train
from pages.which.words import finding as finding_words
from pages.which.words import places, verdict
from pages.which.words import plain as plain_words
from wd_core import CONVENTIONS, in_conventions
from wd_core.arrays import Array

ELSEWHERE = label("What do I type for this λ in scikit-learn, torch, Keras?")


def finding(seen: Seen) -> None:
    """The answer to the page's question, from the numbers, and what was taken for a typed λ."""
    said = [plain_words.finding(seen)]
    if seen.problem.is_rounded:
        said.append(plain_words.rounded(seen.problem))
    prose(" ".join(said))


def open_on_train(seen: Seen) -> None:
    """A link to the marked run."""
    link = on_train(seen.problem)
    if link is not None:
        st.link_button(
            tell("Open the marked run on Train"),
            address(link),
            help=tell(
                "The same data, start and batch order, epoch by epoch: the marked λ as one run."
            ),
        )


def download(seen: Seen) -> None:
    """Every number of the picture as a file."""
    tables.download(
        "which-lambda",
        lambda: numbers(seen),
        tell("Losses, degrees of freedom, norms, GCV and LOO at every trained λ, in all digits."),
    )


def numbers(seen: Seen) -> str:
    """CSV: a row for each λ of the grid; what is undefined or still to come is empty.

    Losses: half mean square. gcv, loo: estimates of the mean square, not halved. Trained: medians
    and the ends of the band over the runs; `own`: the run of the page's own seed.
    """
    found, exact = seen.found, seen.exact
    columns: dict[str, Array] = {"weight_decay": seen.grid}
    if exact is not None:
        columns |= {
            "exact_train_loss": exact.at.train,
            "exact_test_loss": exact.at.test,
            "dof": exact.at.dof,
            "exact_weight_norm": exact.at.norm,
            "gcv": exact.at.gcv,
            "loo": exact.at.loo,
        }
    columns |= {
        "trained_train_loss": found.train,
        "trained_test_loss": found.test,
        "trained_weight_norm": found.norm,
        "trained_test_loss_low": found.test_band[0],
        "trained_test_loss_high": found.test_band[1],
        "own_train_loss": found.own[0],
        "own_test_loss": found.own[1],
        "own_weight_norm": found.own[2],
        "diverged": found.diverged,
    }
    return tables.as_csv(columns)


# ---------------------------------------------------------------- does it matter?


def _matters(seen: Seen) -> None:
    """What each way to choose costs, over data sets drawn or split anew."""
    again = seen.again
    if not data_source(seen.problem.data).seeded:
        st.caption(
            tell("These data are the same for every seed: there are no others to choose λ on.")
        )
        return
    if not again.count:
        st.caption(
            tell("Choosing λ on many data sets of this size would take too long: lower n or d.")
        )
        return
    st.markdown(verdict.matters(seen))
    table = [_row(seen, method) for method in ("zero", "gcv", "loo", "validation", "bayes", "test")]
    st.dataframe(tables.arrow(table), hide_index=True, height="content")
    st.caption(joined(_repetitions(seen)))


def _repetitions(seen: Seen) -> list[str]:
    asked = seen.problem.draws
    too_many = asked > seen.again.count
    return [
        verdict.repeated(seen),
        verdict.bars(seen),
        verdict.hindsight(seen),
        say("{n_asked} would take too long at this size.", n_asked=asked) if too_many else "",
        say(
            "Cost: how far the exact test loss at the chosen λ is above the least one on the same "
            "data; nine in ten cost no more than the 90th percentile. Validation keeps about a "
            "quarter of the training rows aside, chooses on them, and fits all rows at the same λ."
        ),
    ]


def _row(seen: Seen, method: str) -> dict[str, str]:
    """What a method chose, and what that cost; – where it has chosen nothing."""
    lams, ratio = seen.again.column(method)
    ratio, lams = ratio[~np.isnan(ratio)], lams[np.isfinite(lams)]
    most, chosen = seen.problem.span.most, method != "zero"
    name = places.NAMES[method]
    row = {"λ by": name[0].upper() + name[1:]}
    if not len(ratio):
        return row | dict.fromkeys(_columns(most), "–")
    low, middle, high = np.quantile(lams, [0.1, 0.5, 0.9])
    at_ends = float(((lams == 0) | (lams >= most)).mean())
    numbers = (
        plain(float(middle)),
        f"{plain(float(low))} to {plain(float(high))}" if chosen else "–",
        percent(at_ends) if chosen else "–",
        places.cost(float(np.median(ratio))),
        places.cost(float(np.quantile(ratio, 0.9, method="higher"))),
        places.cost(float(ratio.max())),
    )
    return row | dict(zip(_columns(most), numbers, strict=True))


def _columns(most: float) -> tuple[str, ...]:
    ends = f"at 0 or ≥ {plain(most)}"
    return (
        tell("median λ"),
        tell("80 % of them"),
        ends,
        tell("median cost"),
        tell("90th percentile"),
        "worst",
    )


# ---------------------------------------------------------------- explanations


def explanations(seen: Seen) -> None:
    """The numbers, how to read the picture, what the choice of λ matters, and how it is made."""
    folder(FORM, NUMBERS, lambda: _numbers(seen))
    folder(FORM, READING, lambda: st.caption(drawing.drawing(seen, payload.marks(seen))))
    folder(FORM, label("Does it matter which way λ is chosen?"), lambda: _matters(seen))
    folder(FORM, ELSEWHERE, lambda: _elsewhere(seen))
    folder(FORM, FORMULAS, lambda: _formulas(seen))


def _elsewhere(seen: Seen) -> None:
    """The marked λ in other libraries, each with the line that says it there."""
    problem = seen.problem
    lam, n = problem.weight_decay, problem.data.n_train
    settings = in_conventions(lam, problem.run.lr, n)
    st.markdown(
        say(
            "The exact solution at λ = {lam} with n = {n_train}, as each library is told. Features "
            "are as here: centred, and standardised where they are a table’s.",
            lam=every_digit(lam),
            n_train=n,
        )
    )
    for name, convention in CONVENTIONS.items():
        setting = settings[name]
        st.markdown(f"**{told(convention.label)}**: {told(convention.why)}")
        if setting.value is not None:
            st.code(setting.code, language="python", wrap_lines=True)
            st.caption(f"${convention.objective}$")


def _numbers(seen: Seen) -> None:
    """What the finding was made from, and all that is known of the marked λ."""
    prose(finding_words.finding(seen))
    st.markdown(places.sentences(seen)[seen.problem.marked])
    if on_train(seen.problem) and (own := places.own_run(seen)):
        st.markdown(own)


def _formulas(seen: Seen) -> None:
    """How λ is chosen with the truth, without test data, and what it uses up."""
    prior, estimates, freedom = st.columns(3, gap="medium")
    with prior:
        _prior(seen)
    with estimates:
        _estimates(seen)
    with freedom:
        _freedom(seen)


def _prior(seen: Seen) -> None:
    st.markdown(tell("**With the truth: Bayes**"))
    data = seen.problem.data
    tau = weight_scale(cached.dataset(data))
    if tau is None or not data_source(data).noise_known:
        st.latex(r"\lambda = \frac{\sigma^2}{n\,\tau^2}")
        st.caption(tell("Nobody knows σ and τ of these data: the formula cannot be filled in."))
        return
    sigma2, tau2, n = data.noise**2, tau**2, data.n_train
    if tau2 == 0:
        st.latex(r"\lambda = \frac{\sigma^2}{n\,\tau^2}, \quad \tau = 0")
        st.caption(
            tell("All true weights are 0: on average over the noise, the more decay the better.")
            if sigma2
            else tell("All true weights are 0, and so is σ: no λ is better than another.")
        )
        return
    st.latex(
        rf"\lambda = \frac{{\sigma^2}}{{n\,\tau^2}} = \frac{{{tex(sigma2)}}}{{{n} \cdot "
        rf"{tex(tau2)}}} = {tex(sigma2 / (n * tau2))}"
    )
    st.caption(
        say(
            "With w ~ N(0, τ²I) ridge at this λ is the posterior mean, and no λ is better on "
            "average over such w. Here τ² = ‖w‖²/d = {mean_square} is the mean square of the true "
            "weights: one w, not an average, and one data set, so the least test loss may lie "
            "elsewhere.",
            mean_square=tau2,
        )
    )


def _estimates(seen: Seen) -> None:
    st.markdown(tell("**From the training data alone**"))
    st.latex(
        r"\begin{gathered} \text{GCV} = \frac{\tfrac1n \lVert y - \hat y\rVert^2}"
        r"{(1 - \text{df}/n)^2} \\ \text{LOO} = \tfrac1n \sum_i"
        r"\Bigl(\frac{y_i - \hat y_i}{1 - h_{ii}}\Bigr)^2 \end{gathered}"
    )
    n, exact = seen.problem.data.n_train, seen.exact
    said = say(
        "Both estimate the mean square of a new prediction. LOO is what leaving each example out "
        "and fitting the others gives, for nλ held fixed. The legend of the picture can show their "
        "halves."
    )
    if n == 1:
        said = say("Both estimate the mean square of a new prediction, and need two examples.")
    elif exact is not None and round(float(exact.at.dof[0])) == n:
        limit = say("At λ = 0 both are 0/0 on these data, and their limit is taken.")
        st.caption(joined([said, limit]))
        return
    st.caption(said)


def _freedom(seen: Seen) -> None:
    st.markdown(tell("**What λ uses up: degrees of freedom**"))
    problem, exact = seen.problem, seen.exact
    if exact is None:
        st.latex(r"\text{df} = 1 + \sum_j \frac{s_j}{s_j + \lambda}")
        return
    k, lam = problem.marked, problem.weight_decay
    dof = tex(float(exact.at.dof[k]))
    st.latex(rf"\text{{df}} = 1 + \sum_j \frac{{s_j}}{{s_j + {tex(lam)}}} = {dof}")
    most = float(exact.at.dof[0])
    if most == 1:
        st.caption(
            say(
                "The 1 is the bias, which is not decayed. The features do not vary here: no "
                "weight takes part in the fit."
            )
        )
        return
    st.caption(
        say(
            "s: eigenvalues of the covariance of x; the 1 is the bias, which is not decayed. At "
            "λ = 0 it is {dof_without}, towards λ → ∞ it falls to 1. ‖w*‖ falls with λ as well; a "
            "single weight may grow on the way.",
            dof_without=most,
        )
    )
