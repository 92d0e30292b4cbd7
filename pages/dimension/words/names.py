"""How places, kinds of λ and the parts of the picture are called; no Streamlit."""

from __future__ import annotations

import math

from pages.dimension.answer import BAND, Seen
from pages.dimension.question import Problem
from pages.shared.numbers import Digits, every_digit, percent, plain
from pages.shared.payload import Tile
from pages.shared.words import Names, Said, label, say, tell

NOUNS = Names(
    {"risk": label("test risk"), "excess": label("excess risk"), "loss": label("test loss")}
)
# How many of the draws the band holds.
SHARE = percent(round(BAND[1] - BAND[0], 9))


def number(value: float) -> Digits:
    """A number to three digits, infinity as ∞."""
    return Digits("∞", value) if math.isinf(value) else plain(value)


def place(problem: Problem, x: int) -> Said:
    """A place of the axis: d = 49 (d/n = 0.98)."""
    n, d = problem.sizes.pair(x)
    if problem.axis == "n_features":
        return say("d = {n_features} (d/n = {ratio})", n_features=d, ratio=d / n)
    return say("n = {n_train} (d/n = {ratio})", n_train=n, ratio=d / n)


def axis_titles(problem: Problem) -> tuple[str, str]:
    """What the axis counts, in full and in short."""
    if problem.axis == "n_features":
        return tell("features per example d/n, n = {n}", n=problem.n_train), "d/n"
    return tell("training examples n, d = {d}", d=problem.n_features), "n"


def peak_name(problem: Problem) -> str:
    """Where the limit for λ → 0 is infinite if there is noise."""
    on = problem.sizes.intercept
    if problem.axis == "n_features":
        return "d = n − 1" if on else "d = n"
    return "n = d + 1" if on else "n = d"


def titles(problem: Problem) -> tuple[str, str, str]:
    """What the three panels show."""
    if problem.measure == "loss":
        return tell("test loss (half mean square)"), tell("½ bias²"), tell("½ variance")
    return (
        tell("{risk} (mean square)", risk=NOUNS[problem.measure]),
        tell("bias²"),
        tell("variance"),
    )


def slider(problem: Problem) -> tuple[str, str]:
    """The label of the chart's slider, and its help."""
    if problem.axis == "n_features":
        return tell("Features d"), tell(
            "d: moves the mark along the axis; the numbers below are those at it."
        )
    return tell("Examples n"), tell(
        "n: moves the mark along the axis; the numbers below are those at it."
    )


def tiles(problem: Problem) -> list[Tile]:
    """The parts of the limit at the mark, without decay and with the best λ."""
    _, bias2, variance = titles(problem)
    parts = [("bias2", bias2), ("variance", variance)]
    if problem.measure != "excess":
        parts.append(("noise", "½ σ²" if problem.measure == "loss" else "σ²"))
    parts.append(("risk", NOUNS[problem.measure]))
    return [
        {
            "label": tell("{name}, limit", name=name),
            "help": tell("What the risk tends to as n and d grow at this d/n, and its parts."),
            "terms": [{"label": label, "series": f"{kind} {part}"} for part, label in parts],
        }
        for kind, name in (("zero", "λ → 0"), ("best", tell("Best λ")))
    ]


def kind_names(seen: Seen, k: int) -> tuple[str, str, str]:
    """The three kinds of λ at a place, with their values."""
    return (
        say("λ → 0"),
        say("λ = {weight_decay}", weight_decay=every_digit(seen.problem.weight_decay)),
        say("the best λ = {best_weight_decay}", best_weight_decay=float(seen.at.best[k])),
    )
