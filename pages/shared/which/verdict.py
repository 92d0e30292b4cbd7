"""Whether a well-chosen λ is worth it on the page “Which λ”, in sentences; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from pages.shared.story import FEW_TESTS
from pages.shared.which.measured import LEAST_DRAWS, Seen, over
from pages.shared.which.words import NAMES, NEARLY, above, tests
from wd_core import DATASETS


def repetition(seen: Seen) -> str:
    """What is repeated."""
    drawn = DATASETS[seen.problem.data.source].drawn
    return "data sets of the same kind" if drawn else "splits of the same table"


def bars(seen: Seen) -> str:
    """Where the chosen λ are seen, if any rule that has bars chose one."""
    drawn = [
        np.isfinite(seen.again.column(m)[0]).any() for m in ("test", "gcv", "loo", "validation")
    ]
    return (
        " Their λ are the bars of the picture; beyond the axis they stand at its ends."
        if any(drawn)
        else ""
    )


def matters(seen: Seen) -> str:
    """Whether a well-chosen λ is worth it, and whether the rules find it, over all repetitions."""
    again = seen.again
    if not again.found:
        return ""
    zero = again.column("zero")[1]
    count = len(again.found)
    text = (
        f"On {count} {repetition(seen)} the exact test loss without decay is "
        f"{above(float(np.median(zero)))} (median)"
    )
    costs = {}
    for method in ("gcv", "loo", "validation"):
        ratio = again.column(method)[1]
        ratio = ratio[~np.isnan(ratio)]
        if len(ratio):
            costs[method] = float(np.median(ratio))
    exact = float(np.median(zero))
    if not costs:
        return f"{text}; none of the rules chooses a λ here. {_when_trained(seen, exact)}".strip()
    said = [f"{NAMES[method]} {above(ratio)}" for method, ratio in costs.items()]
    text += f"; chosen by {', '.join(said)}. "
    if count < LEAST_DRAWS:
        return f"{text}So few say nothing of the others: a verdict takes at least {LEAST_DRAWS}."
    if tests(seen) < FEW_TESTS:
        each = "is a single example" if tests(seen) == 1 else f"has only {tests(seen)} examples"
        return f"{text}But each test set {each}: that measures nothing, and there is no verdict."
    if not any(one.least for one in again.found):
        return f"{text}{_without_loss(costs)}"
    cheapest = min(costs, key=lambda method: costs[method])
    verdict = _verdict(exact, costs[cheapest], NAMES[cheapest])
    return f"{text}{verdict} {_when_trained(seen, exact)}".strip()


def _without_loss(costs: Mapping[str, float]) -> str:
    """Which rules reach a least loss of 0 as no decay does."""
    reach = [NAMES[method] for method, ratio in costs.items() if ratio == 1]
    also = (
        f"so {'does' if len(reach) == 1 else 'do'} {', '.join(reach)}" if reach else "no rule does"
    )
    return f"No decay reaches the least loss, which is 0, and {also}."


def _verdict(zero: float, chosen: float, name: str) -> str:
    if zero < 1 + NEARLY and chosen < 1 + NEARLY:
        return (
            f"For the exact solution it matters little here: in the median no decay and {name} "
            f"are both within {100 * NEARLY:.0f} % of the best λ."
        )
    if zero > chosen:
        return f"For the exact solution choosing is worth it: {name} loses less than no decay does."
    return (
        "For the exact solution choosing is not worth it here: no decay loses no more than the "
        "best of the rules."
    )


def _when_trained(seen: Seen, exact: float) -> str:
    """What no decay costs the trained runs, where that is not what it costs the exact solution."""
    best = seen.found.best
    if best is None or not seen.trained.whole:
        return ""
    zero = float(over(seen.found.test[0], float(seen.found.test[best])))
    if math.isnan(zero) or (zero < 1 + NEARLY) == (exact < 1 + NEARLY):
        return ""
    says = "λ matters" if zero >= 1 + NEARLY else "λ matters little"
    return f"For the runs trained on the data above {says}: without decay they are {above(zero)}."
