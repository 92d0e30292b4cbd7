"""The loss, the disc, the penalty and why they are one, in sentences; no Streamlit."""

from __future__ import annotations

import math

import numpy as np

from pages.geometry.answer.solutions import Solutions
from pages.geometry.question.scene import Scene
from pages.geometry.question.sources import Problem
from pages.geometry.words.meaning import FLAT, pair
from pages.shared.numbers import exact
from pages.shared.words import Said, say, say_n, told


def valley(solved: Solutions, given: Problem) -> Said | None:
    """A loss that is flat in one direction of the plane, in a sentence; None for another."""
    if given.turns or solved.surfaces[0].rank != 1:
        return None
    at = pair("free", solved.minimiser[0])
    if given.features is not None and given.dataset is not None:
        first, second = given.dataset.X_train.T
        if np.array_equal(first, second):
            return say(
                "Both features hold the same numbers, so L depends on w₁ + w₂ alone and one "
                "eigenvalue is 0: a whole line of weights minimises L, dash-dotted among the level "
                "sets, and w̃ = ({free1}, {free2}) is the shortest.",
                **at,
            )
    return say(
        "One eigenvalue is 0: a whole line in this plane minimises L, dash-dotted among the level "
        "sets, and w̃ = ({free1}, {free2}) is the shortest.",
        **at,
    )


def sliced(given: Problem) -> list[Said]:
    """What the plane of a slice is a plane of."""
    assert given.dataset is not None
    n, d = given.dataset.n_train, given.dataset.n_features
    size = {"n_train": n, "n_features": d}
    if given.turns:
        plane = say(
            "The loss of {n_train} examples in {n_features} dimensions, evaluated on the plane "
            "through 0, w̃ and w*(λ); with λ the plane turns.",
            **size,
        )
    else:
        plane = say(
            "The loss of {n_train} examples in {n_features} dimensions, evaluated on a plane that "
            "holds 0, w̃ and every w*(λ): here it is the same for all λ.",
            **size,
        )
    own = say("The problem is this page’s own, from the numbers above; Train’s run is another.")
    if given.alone:
        return [plane, say("w̃ is the least squares solution."), own]
    return [plane, say("w̃ is the least squares solution of least norm."), own]


def examples(given: Problem) -> Said:
    """What the points beside the picture are."""
    assert given.dataset is not None
    return say_n(
        "The one example, whose loss is drawn.",
        "The {n} examples, whose loss is drawn.",
        given.dataset.n_train,
    )


def made(scene: Scene, given: Problem, solved: Solutions) -> list[Said]:
    """What H and w̃ are made of, and L(w*) step by step from the numbers of the formula."""
    k = solved.chosen
    surface, best = solved.surfaces[k], solved.optimum[k]
    apart = best - solved.minimiser[k]
    form = float(apart @ surface.hessian @ apart) / 2
    values = {**pair("best", best), **pair("apart", apart)}
    if not surface.offset:
        checked = say(
            "At w* = ({best1}, {best2}): w* − w̃ = ({apart1}, {apart2}) and "
            "½ (w* − w̃)ᵀH(w* − w̃) = {form}, which is L(w*).",
            form=form,
            **values,
        )
    else:
        checked = say(
            "At w* = ({best1}, {best2}): w* − w̃ = ({apart1}, {apart2}) and "
            "½ (w* − w̃)ᵀH(w* − w̃) = {form}, so L(w*) = {form} + {offset} = {loss}.",
            offset=exact(surface.offset),
            loss=exact(float(solved.loss[k])),
            form=exact(form),
            **values,
        )
    return [scene.kind.made(scene, given), checked]


def constraint(given: Problem, solved: Solutions) -> list[str]:
    """What the disc does, and what a wider one would be worth."""
    k = solved.chosen
    lam, free = solved.now, solved.free_norm
    disc = say("The disc has radius √θ = {radius}.", radius=math.sqrt(solved.theta[k]))
    if free == 0:
        idle = say(
            "Every disc holds w̃ = 0, so the constraint does not bind: μ = 0, and the shadow price "
            "is 0."
        )
        return [disc, *([told(FLAT)] if solved.flat else []), idle]
    if lam > 0:
        return [
            disc,
            say(
                "w̃ lies outside (‖w̃‖² = {free_norm}), so the best point lies on the rim. A "
                "little more θ, by dθ, lowers the least loss by (λ/2) dθ: dL*/dθ = −λ/2 = {price}, "
                "the shadow price.",
                free_norm=free,
                price=-lam / 2,
            ),
        ]
    if given.alone:
        return [
            disc,
            say(
                "It holds w̃ (‖w̃‖² = {free_norm}), so the constraint does not bind. Every θ from "
                "‖w̃‖² upwards gives this same point, and λ = 0.",
                free_norm=free,
            ),
        ]
    return [
        disc,
        say(
            "It holds w̃ (‖w̃‖² = {free_norm}), so the constraint does not bind. Every θ from "
            "‖w̃‖² upwards gives the same least loss, and λ = 0; w̃ is the shortest w that has it.",
            free_norm=free,
        ),
    ]


def penalty(solved: Solutions) -> list[Said]:
    """The objective at w*, and where w* goes as λ grows."""
    k, lam = solved.chosen, solved.now
    price, loss = lam / 2 * float(solved.optimum[k] @ solved.optimum[k]), float(solved.loss[k])
    total = say(
        "L(w*) + (λ/2)‖w*‖² = {loss} + {penalty} = {objective}.",
        loss=exact(loss),
        penalty=exact(price),
        objective=exact(loss + price),
    )
    if solved.free_norm == 0:
        return [total, say("w* = w̃ = 0 for every λ.")]
    return [
        total,
        say(
            "As λ → 0, w* goes to w̃; as λ → ∞ it goes to 0, but reaches it for no finite λ: this "
            "penalty makes weights small, not zero."
        ),
    ]


def balance(solved: Solutions) -> Said:
    """The two pulls at w*."""
    k, lam = solved.chosen, solved.now
    if lam == 0 or solved.free_norm == 0:
        return say("Here μ = 0: the constraint does not bind, and ∇L = 0 at w*.")
    return say(
        "The balance point: at w* the data pull towards lower loss with "
        "−∇L = ({force1}, {force2}), the penalty pulls in with −λw = ({pull1}, {pull2}), and the "
        "sum is 0. Since −∇L points along w*, the level set of L touches the circle of radius "
        "√θ = {radius} there.",
        radius=math.sqrt(solved.theta[k]),
        **pair("force", solved.force[k]),
        **pair("pull", -lam * solved.optimum[k]),
    )
