"""The finding of the page “which”: where the loss is least, and what each rule chose."""

from __future__ import annotations

import math

from pages.shared import cached
from pages.shared.judging import FEW_TESTS
from pages.shared.numbers import every_digit, percent, plain
from pages.shared.words import Said, joined, listed, say, say_n
from pages.which.answer import aims
from pages.which.answer.measured import Seen
from pages.which.answer.solutions import METHODS, Exact
from pages.which.words.places import AS_GOOD, NAMES, NEARLY, TIMES
from wd_core.arrays import Array


def finding(seen: Seen) -> str:
    """Where the loss is least, what each rule chose, and what that costs."""
    parts = [*_best(seen), *_rules(seen), *_training(seen), aims.finding(seen), few_tests(seen)]
    end = _end(seen)
    once = [part for k, part in enumerate(parts) if part != end or end not in parts[:k]]
    return joined(once)


def tests(seen: Seen) -> int:
    """How many examples measure the test loss; of a table, at most those that do not train."""
    return len(cached.dataset(seen.problem.data).y_test)


def few_tests(seen: Seen) -> str:
    """That so few test examples measure nothing, where they are few."""
    count = tests(seen)
    if count >= FEW_TESTS:
        return ""
    return say_n(
        "All of this is measured on a single test example: chance decides much of it.",
        "All of this is measured on only {n} test examples: chance decides much of it.",
        count,
    )


# ---------------------------------------------------------------- the exact solution


def _best(seen: Seen) -> list[str]:
    exact = seen.exact
    if exact is None:
        return [
            say("The exact solution is left out: decomposing data of this size takes too long.")
        ]
    if is_flat(exact):
        return [
            say(
                "The exact test loss is the same for every λ here, {test}.", test=exact.chosen.least
            )
        ]
    best, test = float(exact.chosen.weight_decay[0]), float(exact.chosen.test[0])
    bayes = float(exact.chosen.test[METHODS.index("bayes")])
    if bayes < test and plain(bayes) != plain(test):
        return [
            say(
                "On this axis the exact test loss is least at λ = {weight_decay}, {test}; at "
                "Bayes' λ it is lower still, {bayes_test}.",
                weight_decay=best,
                test=test,
                bayes_test=bayes,
            )
        ]
    return [_least(best, test, float(exact.fine.test[0])), _place(seen, best)]


def _least(best: float, test: float, zero: float) -> Said:
    if best == 0:
        return say("The exact test loss is least without decay, at λ = 0: {test}.", test=test)
    if plain(zero) == plain(test):
        return say(
            "The exact test loss is least at λ = {weight_decay}, but to three digits it is the "
            "same without decay: {test}.",
            weight_decay=best,
            test=test,
        )
    if zero <= test * (1 + NEARLY):
        return say(
            "The exact test loss is least at λ = {weight_decay}, {test}, but λ = 0 is nearly as "
            "good: {zero_test}. Decay gains the exact solution little here.",
            weight_decay=best,
            test=test,
            zero_test=zero,
        )
    return say(
        "The exact test loss is least at λ = {weight_decay}: {test} instead of {zero_test} at "
        "λ = 0.",
        weight_decay=best,
        test=test,
        zero_test=zero,
    )


def is_flat(exact: Exact) -> bool:
    """Whether no λ is better than another for the exact solution."""
    return math.isnan(exact.chosen.weight_decay[0])


def _place(seen: Seen, value: float) -> str:
    """Where a λ stands that is not inside the axis."""
    span = seen.problem.span
    if value == span.most:
        return _end(seen)
    if value > span.most:
        return say("That λ lies beyond the axis.")
    if 0 < value < span.least:
        return say("That λ lies between 0 and where the axis begins.")
    return ""


def _end(seen: Seen) -> Said:
    return say("The axis ends at λ = {most}.", most=every_digit(seen.problem.span.most))


# ---------------------------------------------------------------- the rules


def _rules(seen: Seen) -> list[str]:
    """What the rules that see no test data chose on these data."""
    exact = seen.exact
    if exact is None or is_flat(exact):
        return []
    alike: dict[float, list[str]] = {}
    for rule in ("gcv", "loo", "validation", "bayes"):
        value = float(exact.chosen.weight_decay[METHODS.index(rule)])
        if math.isfinite(value):
            alike.setdefault(value, []).append(rule)
    said: list[str] = []
    for value, rules in alike.items():
        ratio = float(exact.chosen.ratio[METHODS.index(rules[0])])
        name = listed([NAMES[rule] for rule in rules])
        name = name[0].upper() + name[1:]
        choice = _choice if len(rules) == 1 else _choices
        said += [choice(name, value, ratio), _place(seen, value)]
    return said


def _choice(name: str, value: float, ratio: float) -> Said:
    if math.isinf(ratio):
        return say(
            "{rule} chooses λ = {weight_decay}, where the loss is above 0, the best there is.",
            rule=name,
            weight_decay=value,
        )
    if ratio >= TIMES:
        return say(
            "{rule} chooses λ = {weight_decay}, {times} times the best.",
            rule=name,
            weight_decay=value,
            times=ratio,
        )
    if ratio < AS_GOOD:
        return say(
            "{rule} chooses λ = {weight_decay}, as good as the best.", rule=name, weight_decay=value
        )
    return say(
        "{rule} chooses λ = {weight_decay}, {cost} above the best.",
        rule=name,
        weight_decay=value,
        cost=percent(ratio - 1),
    )


def _choices(names: str, value: float, ratio: float) -> Said:
    """The same of several rules that choose one λ."""
    if math.isinf(ratio):
        return say(
            "{rules} choose the same λ = {weight_decay}, where the loss is above 0, the best there "
            "is.",
            rules=names,
            weight_decay=value,
        )
    if ratio >= TIMES:
        return say(
            "{rules} choose the same λ = {weight_decay}, {times} times the best.",
            rules=names,
            weight_decay=value,
            times=ratio,
        )
    if ratio < AS_GOOD:
        return say(
            "{rules} choose the same λ = {weight_decay}, as good as the best.",
            rules=names,
            weight_decay=value,
        )
    return say(
        "{rules} choose the same λ = {weight_decay}, {cost} above the best.",
        rules=names,
        weight_decay=value,
        cost=percent(ratio - 1),
    )


# ---------------------------------------------------------------- the trained runs


def _training(seen: Seen) -> list[str]:
    if not seen.trained.count:
        return [say("The trained runs are left out: here they would take too long.")]
    return [_diverged(seen, seen.found.diverged), *_trained_best(seen)]


def _trained_best(seen: Seen) -> list[str]:
    """Where the trained runs have their least test loss, and how many they are."""
    found = seen.found
    if found.flat:
        return [
            say(
                "The trained runs end with the same test loss at every λ, {trained_test}.",
                trained_test=float(found.test[0]),
            )
        ]
    if found.best is None:
        return []
    best, start = found.best, float(found.test[0])
    value = every_digit(float(seen.grid[best]))
    least, where = float(found.test[best]), _place(seen, float(seen.grid[best]))
    if best == 0 or math.isnan(start):
        said = say(
            "The trained runs have their least test loss, {trained_test}, at λ = {weight_decay}.",
            trained_test=least,
            weight_decay=value,
        )
    else:
        said = say(
            "The trained runs have their least test loss, {trained_test}, at λ = {weight_decay}, "
            "and {trained_zero} at λ = 0.",
            trained_test=least,
            weight_decay=value,
            trained_zero=start,
        )
    return [said, where]


def _diverged(seen: Seen, count: Array) -> str:
    gone = [every_digit(lam) for lam in seen.grid[count > 0].tolist()]
    if not gone:
        return ""
    if len(gone) == len(seen.grid):
        return say("Runs diverged at every λ and leave a gap there: choose a smaller η.")
    if len(gone) == 1:
        return say(
            "Runs diverged at λ = {weight_decay} and leave a gap there: choose a smaller η.",
            weight_decay=gone[0],
        )
    return say(
        "Runs diverged at {n_values} values of λ between {low} and {high} and leave a gap there: "
        "choose a smaller η.",
        n_values=len(gone),
        low=gone[0],
        high=gone[-1],
    )
