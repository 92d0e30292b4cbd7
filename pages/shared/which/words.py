"""What the numbers of the page “Which λ” show, in sentences; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.shared import cached
from pages.shared.numbers import number_text, plain
from pages.shared.story import FEW_TESTS
from pages.shared.which.measured import BAND, METHODS, Exact, Seen, over
from wd_core import DATASETS
from wd_core.types import Array

# How many of the runs the band holds.
SHARE = f"{round(100 * (BAND[1] - BAND[0]))} %"
# A loss within this share of the least one is called nearly as good.
NEARLY = 0.05

NAMES = {
    "test": "the test set (hindsight)",
    "bayes": "Bayes",
    "gcv": "GCV",
    "loo": "leave-one-out",
    "validation": "validation",
    "zero": "no decay",
}

TILES = [
    {
        "label": "Test, exact",
        "series": "exact test",
        "role": "test",
        "help": "The test loss of w*(λ), half mean square, without the penalty.",
    },
    {
        "label": "Test, trained",
        "series": "trained test",
        "role": "test",
        "help": "The median test loss of the runs at this λ after the last epoch.",
    },
    {
        "label": "Train, exact",
        "series": "exact train",
        "role": "train",
        "help": "The training loss of w*(λ), half mean square, without the penalty.",
    },
    {
        "label": "Train, trained",
        "series": "trained train",
        "role": "train",
        "help": "The median training loss of the runs at this λ after the last epoch.",
    },
    {
        "label": "Degrees of freedom",
        "series": "dof",
        "help": "1 + Σ s/(s + λ) over the eigenvalues s of the covariance of x: how many "
        "parameters the fit still uses, the bias among them.",
    },
    {
        "label": "‖w*‖",
        "series": "norm",
        "role": "penalty",
        "help": "The length of the exact solution w*(λ); the bias is not in it.",
    },
]


def lam(value: float) -> str:
    """A λ of the grid as the slider shows it."""
    return number_text(value)


def percent(ratio: float) -> str:
    """How far a loss is above another, from their ratio: 3.1 %, or a factor where it is large."""
    if math.isinf(ratio):
        return "the best is 0"
    if ratio >= 10:
        return f"{plain(ratio)} times"
    above = 100 * (ratio - 1)
    return f"{above:.1f} %" if above < 10 else f"{above:.0f} %"


def above(ratio: float) -> str:
    """The same in a sentence: 3.1 % above the best."""
    if math.isinf(ratio):
        return "above the best, which is 0"
    if ratio >= 10:
        return f"{plain(ratio)} times the best"
    if percent(ratio) == "0.0 %":
        return "as good as the best"
    return f"{percent(ratio)} above the best"


def undefined(seen: Seen, rule: str) -> str:
    """Why a rule chooses no λ here."""
    if rule == "trained":
        if not seen.trained.count:
            return "not trained at this size"
        return "every run diverged" if seen.trained.whole else "still training"
    if seen.exact is None:
        return "left out: decomposing data of this size takes too long"
    n = seen.problem.data.n_train
    if rule == "bayes":
        if not DATASETS[seen.problem.data.source].noise_known:
            return "needs the truth, which nobody knows here"
        return "prefers none: σ = 0 and all true weights are 0"
    if rule == "validation" and n < 2:
        return "one example cannot be split"
    if rule in seen.exact.chosen.alike:
        return "prefers none: the same for every λ"
    return "undefined for one example" if n < 2 else "undefined at every λ"


# ---------------------------------------------------------------- at one λ


def sentences(seen: Seen) -> list[str]:
    """What is known at every λ of the grid."""
    return [" ".join(part for part in _at(seen, k) if part) for k in range(len(seen.grid))]


def _at(seen: Seen, k: int) -> tuple[str, str]:
    return (f"At λ = {lam(float(seen.grid[k]))}: {_exact_at(seen, k)}", _trained_at(seen, k))


def _exact_at(seen: Seen, k: int) -> str:
    exact = seen.exact
    if exact is None:
        return "the exact solution is left out, at this size it takes too long."
    test = float(exact.at.test[k])
    ratio = float(over(exact.at.test[k], exact.chosen.least))
    return (
        f"the exact solution has test loss {plain(test)}, {above(ratio)}, and uses "
        f"{plain(float(exact.at.dof[k]))} of {plain(float(exact.at.dof[0]))} degrees of freedom."
    )


def _trained_at(seen: Seen, k: int) -> str:
    found = seen.found
    if not found.count:
        return ""
    if found.diverged[k]:
        return (
            f"{int(found.diverged[k])} of {found.count} runs diverged; a smaller η keeps them "
            "in range."
        )
    if math.isnan(found.test[k]):
        return "Its runs are still to come."
    if found.count == 1:
        return f"Trained it ends at {plain(float(found.test[k]))}."
    low, high = (plain(float(x)) for x in found.test_band[:, k])
    return (
        f"Trained it ends at {plain(float(found.test[k]))} (median of {found.count} runs; the "
        f"middle {SHARE}: {low} to {high})."
    )


def own_run(seen: Seen) -> str:
    """What the run that opens on Train ends with; nothing before it has ended."""
    train, test, norm = (float(x) for x in seen.found.own[:, seen.problem.marked])
    if math.isnan(test):
        return ""
    return (
        f"Its run of seed {seen.problem.run.seed} ends with train loss {plain(train)}, test loss "
        f"{plain(test)} and ‖w‖ = {plain(norm)}."
    )


# ---------------------------------------------------------------- the finding


def finding(seen: Seen) -> str:
    """Where the loss is least, what each rule chose, and what that costs."""
    parts = (_best(seen), _rules(seen), _training(seen), few_tests(seen))
    return " ".join(part for part in parts if part)


def tests(seen: Seen) -> int:
    """How many examples measure the test loss; of a table, at most those that do not train."""
    return len(cached.dataset(seen.problem.data).y_test)


def few_tests(seen: Seen) -> str:
    """That so few test examples measure nothing, where they are few."""
    count = tests(seen)
    if count >= FEW_TESTS:
        return ""
    examples = "a single test example" if count == 1 else f"only {count} test examples"
    return f"All of this is measured on {examples}: chance decides much of it."


def _best(seen: Seen) -> str:
    exact = seen.exact
    if exact is None:
        return "The exact solution is left out: decomposing data of this size takes too long."
    test = exact.fine.test
    best, least = float(exact.chosen.weight_decay[0]), exact.chosen.least
    if _flat(exact):
        return f"The exact test loss is the same for every λ here, {plain(exact.chosen.least)}."
    zero = float(test[0])
    ends = seen.problem.span
    where = f"at λ = {plain(best)}{_end(best, ends.most)}"
    if best == 0:
        return f"The exact test loss is least without decay, at λ = 0: {plain(least)}."
    if zero <= least * (1 + NEARLY):
        return (
            f"The exact test loss is least {where}, {plain(least)}, but λ = 0 is nearly as good: "
            f"{plain(zero)}. λ does not matter much to the exact solution here."
        )
    return (
        f"The exact test loss is least {where}: {plain(least)} instead of {plain(zero)} at λ = 0."
    )


def _flat(exact: Exact) -> bool:
    return math.isnan(exact.chosen.weight_decay[0])


def _end(value: float, most: float) -> str:
    return ", the end of the axis" if value == most else ""


def _rules(seen: Seen) -> str:
    """What the rules that see no test data chose on these data."""
    exact = seen.exact
    if exact is None or _flat(exact):
        return ""
    parts = []
    for rule in ("gcv", "loo", "validation", "bayes"):
        k = METHODS.index(rule)
        value = float(exact.chosen.weight_decay[k])
        if math.isfinite(value):
            name = {"bayes": "Bayes' prior gives", "loo": "leave-one-out"}.get(rule, NAMES[rule])
            end = _end(value, seen.problem.span.most) if rule != "bayes" else ""
            cost = above(float(exact.chosen.ratio[k]))
            parts.append(f"{name} λ = {plain(value)}{end} ({cost})")
    return f"Chosen without the test data: {'; '.join(parts)}." if parts else ""


def _training(seen: Seen) -> str:
    found = seen.found
    parts = [
        _diverged(seen, found.diverged),
        _trained_best(seen) if found.best is not None else "",
    ]
    if not seen.trained.count:
        return "The trained runs are left out: here they would take too long."
    return " ".join(part for part in parts if part)


def _trained_best(seen: Seen) -> str:
    found, best = seen.found, seen.found.best
    assert best is not None
    value, least = float(seen.grid[best]), plain(float(found.test[best]))
    where = f"λ = {lam(value)}{_end(value, seen.problem.span.most)}"
    text = f"The trained runs ({runs(seen)}) have their least test loss, {least}, at {where}"
    start = float(found.test[0])
    return text + ("." if best == 0 or math.isnan(start) else f", and {plain(start)} at λ = 0.")


def _diverged(seen: Seen, count: Array) -> str:
    gone = seen.grid[count > 0]
    if not len(gone):
        return ""
    which = (
        "every λ"
        if len(gone) == len(seen.grid)
        else f"λ = {lam(float(gone[0]))}"
        if len(gone) == 1
        else f"{len(gone)} values of λ between {lam(float(gone[0]))} and {lam(float(gone[-1]))}"
    )
    return f"Runs diverged at {which} and leave a gap there: choose a smaller η."


def runs(seen: Seen) -> str:
    """How many runs there are for each λ, and what tells them apart."""
    count = seen.found.count
    if seen.problem.same_for_every_seed:
        return "one for each λ, for nothing in it is random"
    return "one for each λ" if count == 1 else f"medians of {count}"


def drawing(seen: Seen) -> str:
    """What is drawn, and what is still to come."""
    problem, trained, again = seen.problem, seen.trained, seen.again
    text = ""
    if seen.found.count > 1:
        text = (
            f"Points: medians of {seen.found.count} runs on the same data, from other starts and "
            f"batch orders; bands: the middle {SHARE} of them. "
        )
    if trained.count and trained.count < problem.seeds and not problem.same_for_every_seed:
        text += f"{problem.seeds} runs for each λ would take too long here. "
    if seen.exact is not None:
        total = seen.exact.paths.total
        drawn = len(seen.exact.paths.names)
        which = f"all {total}" if drawn == total else f"the {drawn} largest of {total}"
        text += f"Weights: {which if total > 1 else 'the only one'}. "
        if not seen.exact.paths.near:
            size = plain(float(np.abs(seen.exact.paths.weights[0]).max()))
            text += f"At λ = 0 some lie beyond their panel, up to {size} in size. "
        text += "Upright lines: the λ of the rows below the losses, in their colours and marks. "
        text += _below(seen.exact)
    if not trained.whole:
        text += f"Training: {trained.done} of {len(trained.runs)} runs. "
    if not again.whole:
        text += f"Choosing anew: {len(again.found)} of {again.count}."
    return text.strip()


def _below(exact: Exact) -> str:
    """Which exact losses are 0, without decay or ever: a logarithmic axis has no place for it."""
    said = ""
    for name, loss in (("training", exact.fine.train), ("test", exact.fine.test)):
        if loss[0] == 0:
            where = "λ = 0" if loss.any() else "every λ"
            said += f"At {where} the exact {name} loss is 0, which is below the picture. "
    return said
