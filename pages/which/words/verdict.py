"""Whether a well-chosen λ is worth it on the page “which”, in sentences; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from pages.shared.judging import FEW_TESTS
from pages.shared.numbers import percent
from pages.shared.sources import data_source
from pages.shared.words import Said, joined, listed, say, say_n
from pages.which.answer.measured import LEAST_DRAWS, Seen
from pages.which.answer.rounding import over
from pages.which.words.finding import tests
from pages.which.words.places import AS_GOOD, NAMES, NEARLY, TIMES, cost

RULES = ("gcv", "loo", "validation")


def repeated(seen: Seen) -> Said:
    """What is repeated, and from which seeds."""
    count, seed = len(seen.again.found), seen.again.spec.seed
    drawn = data_source(seen.problem.data).drawn
    if not seen.again.whole and drawn:
        return say("Data sets of the same kind, seeds {seed} and on, so far.", seed=seed)
    if not seen.again.whole:
        return say("Splits of the same table, seeds {seed} and on, so far.", seed=seed)
    if drawn:
        return say_n(
            "One data set of the same kind, seed {seed}.",
            "{n} data sets of the same kind, seeds {seed} and on.",
            count,
            seed=seed,
        )
    return say_n(
        "One split of the same table, seed {seed}.",
        "{n} splits of the same table, seeds {seed} and on.",
        count,
        seed=seed,
    )


def bars(seen: Seen) -> str:
    """Where the chosen λ are seen, if any rule that has bars chose one."""
    drawn = [np.isfinite(seen.again.column(m)[0]).any() for m in ("test", *RULES)]
    if not any(drawn):
        return ""
    return say("Their λ are the bars of the picture; beyond the axis they stand at its ends.")


def hindsight(seen: Seen) -> str:
    """Why hindsight costs something, where it does: what costs less is not on its axis."""
    costs, prior = seen.again.column("test")[1], seen.again.column("bayes")[0]
    span = seen.problem.span
    beyond = (prior > span.most) | ((prior > 0) & (prior < span.least))
    if not (beyond & (costs >= AS_GOOD)).any():
        return ""
    return say(
        "Hindsight takes the best λ of the axis; Bayes’ λ lies beyond it, and may cost less."
    )


def matters(seen: Seen) -> str:
    """Whether a well-chosen λ is worth it, and whether the rules find it, over all repetitions."""
    again = seen.again
    if not again.found:
        return say("No λ has been chosen on other data yet.")
    exact = float(np.median(again.column("zero")[1]))
    costs = {}
    for method in RULES:
        ratio = again.column(method)[1]
        ratio = ratio[~np.isnan(ratio)]
        if len(ratio):
            costs[method] = float(np.median(ratio))
    said: list[str] = [_without(exact)]
    if not costs:
        said += [say("None of the rules chooses a λ here."), _when_trained(seen, exact)]
        return joined(said)
    said += [_by_rule(method, ratio) for method, ratio in costs.items()]
    refused = _refused(seen)
    if refused:
        said.append(refused)
    elif not any(one.least for one in again.found):
        said.append(_without_loss(exact, costs))
    else:
        cheapest = min(costs, key=lambda method: costs[method])
        said += [_verdict(exact, costs[cheapest], NAMES[cheapest]), _when_trained(seen, exact)]
    return joined(said)


def _without(ratio: float) -> Said:
    """What no decay costs, in the median."""
    if math.isinf(ratio):
        return say("In the median the exact test loss without decay is above 0, the best there is.")
    if ratio >= TIMES:
        return say(
            "In the median the exact test loss without decay is {times} times the best.",
            times=ratio,
        )
    if ratio < AS_GOOD:
        return say("In the median the exact test loss without decay is as good as the best.")
    return say(
        "In the median the exact test loss without decay is {cost} above the best.",
        cost=percent(ratio - 1),
    )


def _by_rule(method: str, ratio: float) -> Said:
    """What a rule costs, in the median."""
    name = NAMES[method]
    if math.isinf(ratio):
        return say("Chosen by {rule} it is above 0, the best there is.", rule=name)
    if ratio >= TIMES:
        return say("Chosen by {rule} it is {times} times the best.", rule=name, times=ratio)
    if ratio < AS_GOOD:
        return say("Chosen by {rule} it is as good as the best.", rule=name)
    return say("Chosen by {rule} it is {cost} above the best.", rule=name, cost=percent(ratio - 1))


def _refused(seen: Seen) -> str:
    """Why there is no verdict."""
    if len(seen.again.found) < LEAST_DRAWS:
        return say(
            "So few say nothing of the others: a verdict takes at least {least_draws}.",
            least_draws=LEAST_DRAWS,
        )
    count = tests(seen)
    if count >= FEW_TESTS:
        return ""
    return say_n(
        "But each test set is a single example: that measures nothing, and there is no verdict.",
        "But each test set has only {n} examples: that measures nothing, and there is no verdict.",
        count,
    )


def _without_loss(zero: float, costs: Mapping[str, float]) -> str:
    """Which rules reach a least loss of 0 as no decay does."""
    if zero != 1:
        return ""
    reach = [NAMES[method] for method, ratio in costs.items() if ratio == 1]
    if not reach:
        return say("λ = 0 reaches the least loss, 0, and no rule does.")
    return say_n(
        "λ = 0 reaches the least loss, 0, and so does {rules}.",
        "λ = 0 reaches the least loss, 0, and so do {rules}.",
        len(reach),
        rules=listed(reach),
    )


def _verdict(zero: float, chosen: float, name: str) -> Said:
    if zero < 1 + NEARLY and chosen < 1 + NEARLY:
        return say(
            "For the exact solution choosing gains little here: in the median no decay and {rule} "
            "are both within {nearly} of the best λ.",
            rule=name,
            nearly=percent(NEARLY),
        )
    if zero > chosen and cost(zero) != cost(chosen):
        return say(
            "For the exact solution choosing is worth it: the choice of {rule} beats no decay.",
            rule=name,
        )
    return say(
        "For the exact solution choosing is not worth it here: no decay loses no more than the "
        "best of the rules."
    )


def _when_trained(seen: Seen, exact: float) -> str:
    """What no decay costs the trained runs, where that is not what it costs the exact solution."""
    best = seen.found.best
    if best is None or not seen.trained.whole:
        return ""
    ratio = float(over(seen.found.test[0], float(seen.found.test[best])))
    if math.isnan(ratio) or (ratio < 1 + NEARLY) == (exact < 1 + NEARLY):
        return ""
    if ratio < AS_GOOD:
        return say(
            "The runs trained on the data above gain little by decay: without it they end as good "
            "as the best of them."
        )
    if ratio < 1 + NEARLY:
        return say(
            "The runs trained on the data above gain little by decay: without it they end {cost} "
            "above the best of them.",
            cost=percent(ratio - 1),
        )
    if math.isinf(ratio):
        return say(
            "The runs trained on the data above gain by decay: without it they end above 0, where "
            "the best of them ends."
        )
    if ratio >= TIMES:
        return say(
            "The runs trained on the data above gain by decay: without it they end at {times} "
            "times the best of them.",
            times=ratio,
        )
    return say(
        "The runs trained on the data above gain by decay: without it they end {cost} above the "
        "best of them.",
        cost=percent(ratio - 1),
    )
