"""What is kept of each direction, in sentences with their numbers; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.act.answer.states import States
from pages.shared.numbers import Digits, every_digit, percent, plain
from pages.shared.words import Said, Value, joined, say, say_n
from wd_core.arrays import Array
from wd_core.linear.filters import descent_filter, filter_distance, ridge_filter

# Shares below this are not told apart in words.
LEAST_SHARE = 1e-3
# Shares that differ by less than this differ by rounding.
ROUNDING = 1e-13


def count(steps: float) -> Digits:
    """A number of steps."""
    if math.isinf(steps):
        return Digits("∞", steps)
    return Digits(f"{int(steps):,}".replace(",", "\u202f"), steps)


def steps(now: States, k: int) -> str:
    """What the slider of t shows: the number, and whether it means anything."""
    t = count(float(now.steps[k]))
    if now.arrives:
        return t
    if now.match[k]:
        return say("no match: diverges")
    return say("{t}: diverges", t=t)


def share(kept: float, *, whole: bool = True) -> str:
    """A kept share as a percentage; never 100 % for less than all, nor 0 % for more than none.

    whole: whether all can be kept at all; otherwise a share of 1 is one that rounding made so.
    """
    if 0 < kept < LEAST_SHARE:
        return say("less than 0.1 %")
    text = percent(kept)
    less = kept < 1 or (kept == 1 and not whole)
    return say("more than 99.9 %") if text == "100 %" and less else text


def sentences(now: States) -> list[str]:
    """One for every stop of the sliders."""
    ridge, stopped = now.ridge, now.stopped
    if not now.arrives:
        diverges = _diverges(now)
        return [joined([_ridge(now, k, ridge[k]), diverges]) for k in range(len(now.steps))]
    apart, overshoot, thumb = filter_distance(ridge, stopped), overshoots(now), _thumb(now)
    return [
        joined(
            [
                *_kept(now, k, ridge[k], stopped[k]),
                *_apart(now, k, float(apart[k]), thumb),
                *overshoot,
            ]
        )
        for k in range(len(now.steps))
    ]


def _kept(now: States, k: int, ridge: Array, stopped: Array) -> list[Said]:
    t = float(now.steps[k])
    if now.weight_decay[k] == 0 and math.isinf(t):
        return [
            say(
                "λ = 0 keeps all of least squares in every direction with s > 0, and so does only "
                "the limit of ever more steps."
            )
        ]
    # with ηs = 1 a single step arrives, and with infinitely many every direction does
    whole = [math.isinf(t) or bool(now.lr * now.s[end] == 1) for end in (0, -1)]
    kept = {
        name: share(float(stopped[end]), whole=whole[end])
        for name, end in (("stopped_strongest", 0), ("stopped_weakest", -1))
    }
    return [_ridge(now, k, ridge), _stopped(t, kept, one=len(now.s) == 1)]


def _stopped(t: float, kept: dict[str, str], *, one: bool) -> Said:
    alike = kept["stopped_weakest"] == kept["stopped_strongest"]
    if one or alike:
        kept = {"stopped_strongest": kept["stopped_strongest"]}
    if math.isinf(t):
        if one:
            return say("The limit of ever more steps keeps {stopped_strongest}.", **kept)
        if alike:
            return say("The limit of ever more steps keeps {stopped_strongest} of both.", **kept)
        return say(
            "The limit of ever more steps keeps {stopped_weakest} and {stopped_strongest}.", **kept
        )
    values: dict[str, Value] = {"t": count(t), **kept}
    n = int(t)
    if one:
        return say_n(
            "Stopping after t = {t} step keeps {stopped_strongest}.",
            "Stopping after t = {t} steps keeps {stopped_strongest}.",
            n,
            **values,
        )
    if alike:
        return say_n(
            "Stopping after t = {t} step keeps {stopped_strongest} of both.",
            "Stopping after t = {t} steps keeps {stopped_strongest} of both.",
            n,
            **values,
        )
    return say_n(
        "Stopping after t = {t} step keeps {stopped_weakest} and {stopped_strongest}.",
        "Stopping after t = {t} steps keeps {stopped_weakest} and {stopped_strongest}.",
        n,
        **values,
    )


def _ridge(now: States, k: int, ridge: Array) -> Said:
    lam, all_of_it = float(now.weight_decay[k]), now.weight_decay[k] == 0
    strongest = share(float(ridge[0]), whole=bool(all_of_it))
    if len(now.s) == 1:
        return say(
            "λ = {weight_decay}: ridge keeps {ridge_strongest} of the only direction "
            "(s = {strongest}).",
            weight_decay=lam,
            ridge_strongest=strongest,
            strongest=float(now.s[0]),
        )
    return say(
        "λ = {weight_decay}: ridge keeps {ridge_weakest} of the weakest direction (s = {weakest}) "
        "and {ridge_strongest} of the strongest (s = {strongest}).",
        weight_decay=lam,
        ridge_weakest=share(float(ridge[-1]), whole=bool(all_of_it)),
        weakest=float(now.s[-1]),
        ridge_strongest=strongest,
        strongest=float(now.s[0]),
    )


def _apart(now: States, k: int, distance: float, thumb: tuple[Array, Array]) -> list[Said]:
    lam, t = float(now.weight_decay[k]), float(now.steps[k])
    if lam == 0 and math.isinf(t):
        return []
    return [_differ(len(now.s), now.match[k], distance), *_rule(now, k, thumb)]


def _differ(rank: int, match: str, distance: float) -> Said:
    if distance < ROUNDING:
        return say("The two agree up to rounding.")
    values: dict[str, Value] = {"distance": distance}
    if rank > 1:
        values["rank"] = rank
        if match == "steps":
            return say(
                "The two differ by {distance}, the root mean square over the {rank} directions; no "
                "other t comes nearer.",
                **values,
            )
        if match == "weight_decay":
            return say(
                "The two differ by {distance}, the root mean square over the {rank} directions; no "
                "other λ comes nearer.",
                **values,
            )
        return say(
            "The two differ by {distance}, the root mean square over the {rank} directions.",
            **values,
        )
    if match == "steps":
        return say("The two differ by {distance}; no other t comes nearer.", **values)
    if match == "weight_decay":
        return say("The two differ by {distance}; no other λ comes nearer.", **values)
    return say("The two differ by {distance}.", **values)


def _thumb(now: States) -> tuple[Array, Array]:
    """What the rule of thumb makes of the one that leads, and how far that is from it, [K] each."""
    leads = np.array([match == "weight_decay" for match in now.match])
    with np.errstate(divide="ignore", over="ignore"):
        rule = 1 / (now.lr * np.where(leads, now.steps, now.weight_decay))
    stopped = descent_filter(now.s, now.lr, np.maximum(1, np.round(rule))[:, None])
    away = np.where(
        leads,
        filter_distance(ridge_filter(now.s, rule[:, None]), now.stopped),
        filter_distance(now.ridge, stopped),
    )
    return rule, away


def _rule(now: States, k: int, thumb: tuple[Array, Array]) -> list[Said]:
    """How near the rule of thumb comes, asked from the one that leads."""
    rule, away = (float(of[k]) for of in thumb)
    if now.match[k] == "weight_decay":
        return [
            say(
                "The rule of thumb λ = 1/(ηt) = {rule_weight_decay} differs by {rule_distance}.",
                rule_weight_decay=rule,
                rule_distance=away,
            )
        ]
    if math.isinf(rule):  # at λ = 0, or so small that a float holds no such t
        return []
    whole = max(1, round(rule))
    values: dict[str, Value] = {"rule_steps": rule, "rule_distance": away}
    if plain(rule) == plain(whole):
        return [
            say("The rule of thumb t = 1/(ηλ) = {rule_steps} differs by {rule_distance}.", **values)
        ]
    return [
        say_n(
            "The rule of thumb t = 1/(ηλ) = {rule_steps}, rounded to {rounded} step, differs by "
            "{rule_distance}.",
            "The rule of thumb t = 1/(ηλ) = {rule_steps}, rounded to {rounded} steps, differs by "
            "{rule_distance}.",
            whole,
            rounded=count(whole),
            **values,
        )
    ]


def _diverges(now: States) -> Said:
    return say(
        "Early stopping keeps no share at all: η = {lr} is not below 2/s_max = {limit}, so along "
        "the strongest direction descent without decay overshoots as far or further with every "
        "step. Choose a smaller η.",
        lr=every_digit(now.lr),
        limit=2 / float(now.s[0]),
    )


def overshoots(now: States) -> list[Said]:
    """What a large η does to descent, where it does anything of the kind."""
    product = now.lr * float(now.s[0])
    if product <= 1 or plain(product) == "1":
        return []
    if len(now.s) == 1:
        return [
            say(
                "ηs = {product} is above 1: every step overshoots, so an odd number of steps "
                "leaves more than least squares has.",
                product=product,
            )
        ]
    return [
        say(
            "ηs_max = {product} is above 1: along the strongest direction every step overshoots, "
            "so an odd number of steps leaves more there than least squares has.",
            product=product,
        )
    ]
