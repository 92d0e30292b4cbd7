"""What the numbers of the page “which” show at one λ, in sentences; no Streamlit."""

from __future__ import annotations

import math
from typing import Any

from pages.shared import cached
from pages.shared.numbers import Digits, every_digit, number_text, percent, plain
from pages.shared.payload import Tile
from pages.shared.sources import data_source
from pages.shared.words import Names, Said, joined, label, say, tell
from pages.which.answer import aims
from pages.which.answer.measured import BAND, Seen
from pages.which.answer.rounding import over
from pages.which.answer.solutions import weight_scale

# How many of the runs the band holds.
SHARE = percent(round(BAND[1] - BAND[0], 9))
# A loss within this share of the least one is called nearly as good.
NEARLY = 0.05
# A ratio below this is called as good: its percentage would be less than 0.05.
AS_GOOD = 1.0005
# From this ratio on a factor is said instead of a percentage.
TIMES = 10

NAMES = Names(
    {
        "test": label("the test set (hindsight)"),
        "bayes": label("Bayes"),
        "gcv": "GCV",
        "loo": label("leave-one-out"),
        "validation": label("validation"),
        "zero": label("no decay"),
    }
)


def lam(value: float) -> str:
    """A λ of the grid as the slider shows it."""
    return number_text(value)


def cost(ratio: float) -> str:
    """How far a loss is above another, from their ratio: 3.14 %, or a factor where it is large."""
    if math.isinf(ratio):
        return tell("the best is 0")
    if ratio >= TIMES:
        return say("{times} times", times=ratio)
    return Digits("0 %", 0.0) if ratio < AS_GOOD else percent(ratio - 1)


def tiles(seen: Seen) -> list[Tile]:
    """The numbers over the picture: those of the marked λ."""
    return [
        {
            "label": tell("Test, exact"),
            "series": "exact test",
            "role": "test",
            "help": tell("The test loss of w*(λ), half mean square, without the penalty."),
        },
        {
            "label": tell("Test, trained"),
            "series": "trained test",
            "role": "test",
            "help": aims.tile(
                seen, tell("The median test loss of the runs at this λ after the last epoch.")
            ),
        },
        {
            "label": tell("Train, exact"),
            "series": "exact train",
            "role": "train",
            "help": tell("The training loss of w*(λ), half mean square, without the penalty."),
        },
        {
            "label": tell("Train, trained"),
            "series": "trained train",
            "role": "train",
            "help": aims.tile(
                seen, tell("The median training loss of the runs at this λ after the last epoch.")
            ),
        },
        {
            "label": tell("Degrees of freedom"),
            "series": "dof",
            "help": tell(
                "1 + Σ s/(s + λ) over the eigenvalues s of the covariance of x: how many "
                "parameters the fit still uses, the bias among them."
            ),
        },
        {
            "label": "‖w*‖",
            "series": "norm",
            "role": "penalty",
            "help": tell("The length of the exact solution w*(λ); the bias is not in it."),
        },
    ]


def undefined(seen: Seen, rule: str) -> Said:
    """Why a rule chooses no λ here."""
    if rule == "trained":
        if not seen.trained.count:
            return say("Not trained at this size.")
        if seen.found.flat:
            return say("It prefers none: the runs end alike at every λ.")
        return say("Every run diverged.") if seen.trained.whole else say("Still training.")
    if seen.exact is None:
        return say("Left out: decomposing data of this size takes too long.")
    n = seen.problem.data.n_train
    if rule == "bayes":
        source = data_source(seen.problem.data)
        if weight_scale(cached.dataset(seen.problem.data)) is None or not source.noise_known:
            return say("It needs the truth, which nobody knows here.")
        return say("It prefers none: σ = 0 and all true weights are 0.")
    if rule == "validation" and n < 2:
        return say("One example cannot be split.")
    if rule in seen.exact.chosen.alike:
        return say("It prefers none: the same for every λ.")
    if n < 2:
        return say("It is undefined for one example.")
    return say("It is undefined at every λ.")


def sentences(seen: Seen) -> list[str]:
    """What is known at every λ of the grid."""
    return [
        joined((_exact_at(seen, k), _trained_at(seen, k, aim)))
        for k, aim in enumerate(aims.each(seen))
    ]


def _exact_at(seen: Seen, k: int) -> Said:
    exact, weight_decay = seen.exact, every_digit(float(seen.grid[k]))
    if exact is None:
        return say(
            "At λ = {weight_decay} the exact solution is left out, at this size it takes too long.",
            weight_decay=weight_decay,
        )
    test, least = plain(float(exact.at.test[k])), exact.chosen.least
    ratio = float(over(exact.at.test[k], least))
    known: dict[str, Any] = {
        "weight_decay": weight_decay,
        "test": test,
        "dof": float(exact.at.dof[k]),
        "dof_without": float(exact.at.dof[0]),
    }
    if math.isinf(ratio):
        return say(
            "At λ = {weight_decay} the exact solution has test loss {test}, above the best, which "
            "is 0, and uses {dof} of {dof_without} degrees of freedom.",
            **known,
        )
    if ratio >= TIMES:
        return say(
            "At λ = {weight_decay} the exact solution has test loss {test}, {times} times the "
            "best, and uses {dof} of {dof_without} degrees of freedom.",
            times=ratio,
            **known,
        )
    if test == plain(least):
        return say(
            "At λ = {weight_decay} the exact solution has test loss {test}, as good as the best, "
            "and uses {dof} of {dof_without} degrees of freedom.",
            **known,
        )
    return say(
        "At λ = {weight_decay} the exact solution has test loss {test}, {cost} above the best, and "
        "uses {dof} of {dof_without} degrees of freedom.",
        cost=percent(ratio - 1),
        **known,
    )


def _trained_at(seen: Seen, k: int, aim: aims.Aim | None) -> str:
    """Where the runs of a λ ended, and where they aim."""
    found = seen.found
    if not found.count:
        return ""
    if found.diverged[k]:
        if found.count == 1:
            return say("Its run diverged: choose a smaller η.")
        return say(
            "{n_diverged} of {n_runs} runs diverged: choose a smaller η.",
            n_diverged=int(found.diverged[k]),
            n_runs=found.count,
        )
    test = float(found.test[k])
    if math.isnan(test):
        return say("None of its runs has ended yet.")
    where = aims.at(seen, k, aim)
    if found.count == 1 or not seen.trained.whole:
        said = say("Trained it ends at {trained_test}.", trained_test=test)
    else:
        low, high = (float(x) for x in found.test_band[:, k])
        said = say(
            "Trained it ends at {trained_test} (median of {n_runs} runs; the middle {share}: {low} "
            "to {high}).",
            trained_test=test,
            n_runs=found.count,
            share=SHARE,
            low=low,
            high=high,
        )
    return joined([said, where])


def own_run(seen: Seen) -> str:
    """What the run that opens on Train ends with; nothing before it has ended."""
    train, test, norm = (float(x) for x in seen.found.own[:, seen.problem.marked])
    if math.isnan(test):
        return ""
    return say(
        "Its run of seed {seed} ends with train loss {own_train}, test loss {own_test} and ‖w‖ = "
        "{own_norm}.",
        seed=seen.problem.run.seed,
        own_train=train,
        own_test=test,
        own_norm=norm,
    )
