"""What λ = 3 does to a recipe's runs, over λ, in sentences; no Streamlit."""

from __future__ import annotations

import numpy as np

from pages.book.answer import Curves
from pages.shared.judging import ALIKE
from pages.shared.numbers import every_digit, plain
from pages.shared.words import Said, Value, joined, say, told
from wd_core.arrays import Array
from wd_core.book.recipes import DATA, Recipe


def effect(found: Curves) -> str:
    """What λ = 3 does to the test loss here, beside the best of the λ drawn."""
    none, three = found.at(0.0), found.at(3.0)
    test = np.median(found.random.test, axis=0)
    takes = say(
        "λ = 3 takes the median test loss from {test_without} to {test}.",
        test_without=float(test[none]),
        test=float(test[three]),
    )
    return joined([takes, _best(found, test)])


def _best(found: Curves, random: Array) -> Said:
    best = int(np.argmin(random))
    values: dict[str, Value] = {
        "best_weight_decay": every_digit(float(found.weight_decay[best])),
        "best_test": float(random[best]),
    }
    if best == len(random) - 1:
        return say(
            "Over the λ drawn, the random start does best at λ = {best_weight_decay} (the largest "
            "drawn): {best_test}.",
            **values,
        )
    return say(
        "Over the λ drawn, the random start does best at λ = {best_weight_decay}: {best_test}.",
        **values,
    )


def reasons(recipe: Recipe, found: Curves) -> list[str]:
    """What it does that with: the part out of reach, the start at 0, and the baselines."""
    n, d = DATA.n_train, DATA.n_features
    hidden = say(
        "Of the {n_features} directions {beyond} are reached by no example. There w starts at "
        "length {hidden}, no gradient ever acts, and {steps} steps of decay leave the share "
        "{share} of it.",
        n_features=d,
        beyond=d - n,
        hidden=found.hidden,
        steps=recipe.steps,
        share=float(found.shrink[found.at(3.0)]),
    )
    return [hidden, _from_zero(found), _baselines(found)]


def _from_zero(found: Curves) -> str:
    """What the same code does from 0, and so what decay did to the random start."""
    none, three = found.at(0.0), found.at(3.0)
    random, zero = (np.median(part.test, axis=0) for part in (found.random, found.zero))
    values: dict[str, Value] = {
        "zero_without": float(zero[none]),
        "zero_test": float(zero[three]),
    }
    if max(zero[none], zero[three]) > ALIKE * min(zero[none], zero[three]):
        if zero[three] < zero[none]:
            return say(
                "Started at 0 instead, the same code ends at {zero_without} without any decay and "
                "at {zero_test} with λ = 3.",
                **values,
            )
        return say(
            "Started at 0 instead, the same code ends at {zero_without} without any decay and at "
            "{zero_test} with λ = 3: there λ = 3 does harm.",
            **values,
        )
    hardly = say(
        "Started at 0 instead, the same code ends at {zero_without} without any decay and at "
        "{zero_test} with λ = 3: there λ hardly matters.",
        **values,
    )
    share = float(found.shrink[three])
    return joined([hardly, _start(random, zero, none, three, share)])


def _start(random: Array, zero: Array, none: int, three: int, share: float) -> Said:
    """What λ = 3 did to the random start, by the share that it left and by the test losses."""
    if random[none] <= ALIKE * zero[none]:
        return say("The random start hardly matters either: the test loss is almost the same.")
    return say(
        "What it did above was to shrink the random start, not to erase it: the share {share} of "
        "its part out of reach is left, and what the start adds to the test loss went from "
        "{start_adds} to {start_still_adds}.",
        share=share,
        start_adds=float(random[none] - zero[none]),
        start_still_adds=float(random[three] - zero[three]),
    )


def _baselines(found: Curves) -> str:
    three = found.at(3.0)
    constant = float(np.median(found.baselines.constant))
    reached = float(np.median(found.random.test, axis=0)[three])
    return joined([_constant(constant, reached), _ridge(found)])


def _constant(constant: float, reached: float) -> Said:
    if plain(constant) == plain(reached):
        return say(
            "Predicting the mean of y without looking at x has {constant_test}, the same as what "
            "λ = 3 reaches from the random start.",
            constant_test=constant,
        )
    if constant < reached:
        return say(
            "Predicting the mean of y without looking at x has {constant_test}, which is better "
            "than the {test} that λ = 3 reaches from the random start.",
            constant_test=constant,
            test=reached,
        )
    return say(
        "Predicting the mean of y without looking at x has {constant_test}, which is worse than "
        "the {test} that λ = 3 reaches from the random start.",
        constant_test=constant,
        test=reached,
    )


def _ridge(found: Curves) -> Said:
    """What the exact solution has, or why there is none to compare with."""
    if found.no_ridge:
        return say("Exact ridge is not drawn. {why}", why=told(found.no_ridge))
    none, three = found.at(0.0), found.at(3.0)
    ridge = np.median(found.baselines.ridge, axis=0)
    return say(
        "Exact ridge has {ridge_without} as λ → 0 and {ridge_test} at λ = 3.",
        ridge_without=float(ridge[none]),
        ridge_test=float(ridge[three]),
    )


def of_curves(recipe: Recipe, found: Curves) -> str:
    """How the lower picture is made, and which λ exact ridge has where the code counts another."""
    said = [
        say(
            "What λ = 3 leaves of w where no example reaches, whatever the data are. Each curve is "
            "the median of all seeds."
        )
    ]
    effective = recipe.ridge_weight_decay(3.0)
    if effective != 3.0 and not found.no_ridge:
        said.append(
            say(
                "This code halves or averages otherwise than we do: its λ = 3 is our λ = "
                "{effective}. Exact ridge is drawn for that one.",
                effective=every_digit(effective),
            )
        )
    return joined(said)
