"""Which λ, in plain words; where the numbers of each come from is said elsewhere, when asked."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pages.shared.numbers import every_digit, percent, plain
from pages.shared.words import Said, joined, say
from pages.which.answer import aims
from pages.which.answer.measured import Seen
from pages.which.answer.rounding import over
from pages.which.answer.solutions import METHODS, Exact
from pages.which.question import Problem
from pages.which.words.finding import few_tests, is_flat
from pages.which.words.places import AS_GOOD, NAMES, NEARLY, TIMES
from pages.which.words.verdict import RULES


def sentences(seen: Seen) -> list[str]:
    """How the exact solution does at every λ of the grid, and what is to be known of its runs."""
    return [
        joined((_exact_at(seen, k), *_trained_at(seen, k, aim)))
        for k, aim in enumerate(aims.each(seen))
    ]


def _exact_at(seen: Seen, k: int) -> Said:
    exact, zero = seen.exact, bool(seen.grid[k] == 0)
    if exact is None:
        return say("The exact solution would take too long to work out here.")
    test, least = float(exact.at.test[k]), exact.chosen.least
    ratio = float(over(exact.at.test[k], least))
    if math.isinf(ratio):
        if zero:
            return say(
                "Without decay the exact solution’s test loss is above the least, which is 0."
            )
        return say("With this decay the exact solution’s test loss is above the least, which is 0.")
    if ratio >= TIMES:
        if zero:
            return say(
                "Without decay the exact solution’s test loss is {times} times the best.",
                times=ratio,
            )
        return say(
            "With this decay the exact solution’s test loss is {times} times the best.", times=ratio
        )
    if plain(test) == plain(least):
        if zero:
            return say("Without decay the exact solution is as good as the best.")
        return say("With this decay the exact solution is as good as the best.")
    if zero:
        return say(
            "Without decay the exact solution’s test loss is {cost} above the best.",
            cost=percent(ratio - 1),
        )
    return say(
        "With this decay the exact solution’s test loss is {cost} above the best.",
        cost=percent(ratio - 1),
    )


def _trained_at(seen: Seen, k: int, aim: aims.Aim | None) -> Iterator[Said]:
    if not seen.found.count:
        return
    if seen.found.diverged[k]:
        yield say("Training diverges with it: choose a smaller learning rate.")
    elif math.isnan(seen.found.test[k]):
        yield say("None of its runs has ended yet.")
    elif seen.grid[k] == 0 and aims.many(seen):
        yield say(
            "Without decay many solutions fit alike, and a run need not end at the exact one."
        )
    elif aim is not None:
        yield say("Its runs aim at the exact solution of another decay.")


def rounded(problem: Problem) -> Said:
    """Which λ is marked in the place of one that is not trained."""
    return say(
        "Only some decays are trained: marked is {weight_decay}, the nearest of them to {given}.",
        weight_decay=every_digit(problem.weight_decay),
        given=every_digit(problem.at),
    )


def finding(seen: Seen) -> str:
    """Which λ is best for the exact solution, whether a rule finds it, and which suits training."""
    parts = [*_best(seen), *_rule(seen), *_trained(seen), few_tests(seen)]
    return joined(parts)


def _best(seen: Seen) -> Iterator[Said]:
    exact = seen.exact
    if exact is None:
        return
    if is_flat(exact):
        yield say("For the exact solution every decay is as good as any other.")
        return
    best, test = float(exact.chosen.weight_decay[0]), float(exact.chosen.test[0])
    bayes = float(exact.chosen.test[METHODS.index("bayes")])
    yield _least(exact, best, test)
    if bayes < test and plain(bayes) != plain(test):
        yield say("Off this axis Bayes’ choice does better still.")


def _least(exact: Exact, best: float, test: float) -> Said:
    zero = float(exact.fine.test[0])
    if best == 0:
        return say("The exact solution is best without decay: its test loss is {test}.", test=test)
    if plain(zero) == plain(test):
        return say(
            "For the exact solution a decay of {weight_decay} is best, but to three digits none at "
            "all is as good.",
            weight_decay=best,
        )
    if zero <= test * (1 + NEARLY):
        return say(
            "For the exact solution a decay of {weight_decay} is best, but none at all is nearly "
            "as good: decay gains it little here.",
            weight_decay=best,
        )
    return say(
        "For the exact solution a decay of {weight_decay} is best: its test loss is {test} instead "
        "of {zero_test} without.",
        weight_decay=best,
        test=test,
        zero_test=zero,
    )


def _rule(seen: Seen) -> Iterator[Said]:
    """How near to that the best of the rules comes that see no test data."""
    exact = seen.exact
    if exact is None or is_flat(exact):
        return
    ratios = {rule: float(exact.chosen.ratio[METHODS.index(rule)]) for rule in RULES}
    ratios = {rule: ratio for rule, ratio in ratios.items() if not math.isnan(ratio)}
    if not ratios:
        return
    rule = min(ratios, key=lambda rule: ratios[rule])
    lam = float(exact.chosen.weight_decay[METHODS.index(rule)])
    yield _choice(NAMES[rule], lam, ratios[rule])


def _choice(rule: str, lam: float, ratio: float) -> Said:
    if math.isinf(ratio):
        return say(
            "Without test data {rule} comes nearest: it would choose {weight_decay}, above the "
            "best, which is 0.",
            rule=rule,
            weight_decay=lam,
        )
    if ratio >= TIMES:
        return say(
            "Without test data {rule} comes nearest: it would choose {weight_decay}, whose test "
            "loss is {times} times the best.",
            rule=rule,
            weight_decay=lam,
            times=ratio,
        )
    if ratio < AS_GOOD:
        return say(
            "Without test data {rule} comes nearest: it would choose {weight_decay}, as good as "
            "the best.",
            rule=rule,
            weight_decay=lam,
        )
    return say(
        "Without test data {rule} comes nearest: it would choose {weight_decay}, whose test loss "
        "is {cost} above the best.",
        rule=rule,
        weight_decay=lam,
        cost=percent(ratio - 1),
    )


def _trained(seen: Seen) -> Iterator[Said]:
    """Which λ suits the trained runs, and what is to be heeded in them."""
    found = seen.found
    if not seen.trained.count:
        yield say("Training would take too long at this size.")
        return
    if found.flat:
        yield say("Training ends alike with every decay.")
    elif found.best is not None:
        yield say(
            "Training ends best with a decay of {weight_decay}.",
            weight_decay=every_digit(float(seen.grid[found.best])),
        )
    if (found.diverged > 0).any():
        yield say("Some runs diverged and leave gaps: choose a smaller learning rate.")
    if aims.finding(seen):
        yield say("What training aims at is not the exact solution of the same decay.")
