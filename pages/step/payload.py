"""From a run and a step of it to the payloads of the page's charts."""

from __future__ import annotations

import math

import numpy as np

from pages.shared import cached
from pages.shared.palette import GREY, PENALTY, SKY, TEXT, TRAIN
from pages.shared.payload import Payload
from pages.shared.run import RUN, Asked, Pin
from pages.shared.settings import Settings, kind_of
from pages.shared.words import say, say_n, tell, tell_n, told
from pages.step import figure
from pages.step.answer.replays import begun, edge, measured, other_decay, walked
from pages.step.question import FORM, Shown
from pages.step.words.names import name
from pages.step.words.pulls import Shares
from pages.step.words.update import decay_rate, decay_term, is_plain
from wd_core import OPTIMIZERS
from wd_core.arrays import Array
from wd_core.linear.behaviour import behaviour
from wd_core.linear.inspection import Inspection, out_of_reach
from wd_core.optimizers import KINDS

# Dots of a picture, points of a curve, marks of a measured one.
DOTS, POINTS, MARKS = 400, 400, 20
# Room above and below the pulls; L1's is drawn where it is at most so many times the others, and
# a weight's where it is at most so many times the middle one.
ROOM, L1_FITS, FAR = 1.08, 4.0, 30.0
# Of a long run, the first of so many parts is compared with other kinds of decay.
WALKED_ALONG = 10
# A curve is drawn so many half-lives long, or doublings, where the run goes on that far.
HALF_LIVES, DOUBLINGS = 8, 5
# Of a weight 0 that decay alone would let grow beyond this there is nothing to show.
MOST_LEFT = 1e15
# The η that the phase picture shows; it widens for a setting outside.
LEARNING_RATES = (1e-4, 1.0)


def axes(shown: Shown, d: int) -> tuple[int, int]:
    """The places of the plane's two weights; with a single one the bias is the other."""
    return (shown.first - 1, shown.second - 1) if d > 1 else (0, 1)


def update(settings: Settings, shown: Shown, seen: Inspection, pins: tuple[Pin, ...]) -> Payload:
    """The update in the plane of two weights; this chart also carries the link."""
    pair = list(axes(shown, len(seen.before) - 1))
    old, new = seen.before[pair], seen.after[pair]
    shrunk = old + seen.by_decay[pair]
    plain_rule = is_plain(settings.run)
    arrows = [
        figure.Arrow(
            tell("decay, {term}", term=decay_term(settings.run, seen))
            if plain_rule
            else tell("decay’s part"),
            old,
            shrunk,
            PENALTY,
            "solid",
        ),
        figure.Arrow(
            tell("data, −η∂L") if plain_rule else tell("the data’s part"),
            shrunk,
            shrunk + seen.by_data[pair],
            TRAIN,
            "solid",
        ),
        figure.Arrow(tell("both"), old, new, TEXT, "dash"),
    ]
    names = [name(i, len(seen.before) - 1) for i in pair]
    query = FORM.query(Asked(settings, shown, pins))
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure.plane(arrows, old, new, names),
        "series": {},
    }


def pulls(settings: Settings, seen: Inspection) -> tuple[Payload, Shares | None]:
    """What L2 and L1 add to each weight in one step, and two kinds of decay in this one."""
    run = settings.run
    both = {kind: other_decay(settings, kind) for kind in KINDS}
    label = told(OPTIMIZERS[both["coupled"].run.optimizer].label)
    steps = {}
    if seen.step <= compared_steps(settings):
        steps = {kind: begun(of).step(seen.step) for kind, of in both.items()}
    # the weights of a run that is no dots here may be so large that all dots would be one
    widest = max(_largest(s.before[:-1]) for s in steps.values() or [seen]) or 1.0
    line = widest * np.array([-1.05, -1e-9, 1e-9, 1.05])
    strength = float(seen.rate[0])
    sizes = np.concatenate(
        [[strength * widest], *(np.abs(s.by_decay[:-1]) for s in steps.values())]
    )
    # where a rule divides by a gradient that is nearly 0, its parts are huge and cancel
    inside = sizes <= FAR * max(strength * widest, float(np.median(sizes)))
    reach = ROOM * float(sizes[inside].max())
    outside = strength > L1_FITS * reach
    given = [figure.Pull(f"L2, {decay_term(run, seen)}", line, -strength * line, PENALTY, "solid")]
    notes = []
    if hidden := int((~inside).sum()):
        notes.append(
            say_n(
                "Outside the picture: {n} weight.",
                "Outside the picture: {n} weights.",
                hidden,
            )
        )
    if outside:
        notes.append(say("Outside the picture: L1, ±{strength}.", strength=strength))
    else:
        called = tell("L1, −{rate}·sign(w)", rate=decay_rate(run, seen))
        given.append(figure.Pull(called, line, -strength * np.sign(line), PENALTY, "dash"))
        reach = max(reach, ROOM * strength)
    style = {"coupled": (SKY, "circle"), "decoupled": (GREY, "x")}
    for kind, step in steps.items():
        kept = _spread_out(len(step.before) - 1, DOTS)
        colour, symbol = style[kind]
        called = say("{optimizer}, {decay}", optimizer=label, decay=kind_of(run.optimizer, kind))
        w, pull = step.before[:-1][kept], step.by_decay[:-1][kept]
        given.append(figure.Pull(called, w, pull, colour, symbol))
    payload: Payload = {
        "run": f"{RUN.query(settings)} pulls {seen.step}",
        "figure": figure.pulls(given, reach, notes),
        "series": {},
    }
    if strength == 0 or any(s.step != seen.step for s in steps.values()) or not steps:
        return payload, None
    shares = steps["coupled"].shrunk[:-1]
    shares = shares[np.isfinite(shares)]
    if not len(shares):
        return payload, None
    return payload, Shares(
        label,
        both["coupled"].run.optimizer == run.optimizer,
        float(shares.min()),
        float(np.median(shares)),
        float(shares.max()),
        run.lr * run.weight_decay,
    )


def compared_steps(settings: Settings) -> int:
    """Up to which step other kinds of decay are walked along; all of a short run."""
    last = walked(settings).replay.last
    return last if cached.is_short(settings) else max(1, last // WALKED_ALONG)


def shrunk(settings: Settings, seen: Inspection) -> Payload:
    """Decay alone, over the steps of the run or as many as tell something, this one among them."""
    run, known = settings.run, behaviour(settings.run, settings.data.n_train)
    found, step = known.shrinking, seen.step
    total, half = found.an_epoch * run.epochs, found.half_life
    horizon = total
    if half < 0:  # it doubles instead
        horizon = min(total, max(2, math.ceil(DOUBLINGS * -half)))
    elif math.isfinite(half):
        horizon = min(total, max(12, math.ceil(HALF_LIVES * half)))
    # where decay passes through the optimizer, this step has nothing to do with the curve
    alone = known.decay.factor
    marked = alone and abs(float(found.left(step))) <= MOST_LEFT
    if marked:
        horizon = max(horizon, step)
    at = np.unique(np.linspace(0, horizon, POINTS).round().astype(int))
    # where the sign flips a half is left of |w|, not of w
    drawn = 0 < half <= horizon and min(found.full, found.last) > 0
    an_epoch = tell_n("one an epoch", "{n} an epoch", found.an_epoch)
    # so many changes of sign would be a block of colour
    either = found.full < 0 and horizon > figure.FEW_STEPS
    name = "±|1 − ηλ|<sup>t</sup>" if either else "(1 − ηλ)<sup>t</sup>"
    if found.full != found.last:
        name = tell("product of 1 − ηλ, less for short batches")
        if either:
            name = tell("± product of |1 − ηλ|, less for short batches")
    return {
        "run": f"{RUN.query(settings)} shrinking {step}",
        "figure": figure.shrinking(
            name if alone else tell("{name}, in plain steps", name=name),
            at,
            np.abs(found.left(at)) if either else found.left(at),
            _measured(settings, horizon),
            half if drawn else None,
            (step, float(found.left(step))) if marked else None,
            tell("step t ({an_epoch})", an_epoch=an_epoch),
            either=either,
        ),
        "series": {},
    }


def phases(settings: Settings) -> Payload:
    """The regions over λ and η of this training set, and the present point."""
    run = settings.run
    found, (x, h) = measured(settings), edge(settings.data)
    low = float(x[0])
    at_zero = run.weight_decay < low
    here = low * 1.12 if at_zero else run.weight_decay
    # of sizes that show each of them where they lie on each other
    marks = [figure.Mark(_marked(run.weight_decay, at_zero=at_zero), here, run.lr, "star", 12)]
    rule = OPTIMIZERS[run.optimizer]
    if found.full is not None and not rule.plain:
        named = tell("limit with {optimizer}", optimizer=told(rule.label))
        marks.append(figure.Mark(named, here, found.full.value, "line-ew-open", 36))
    if math.isfinite(found.batch):
        called = tell("estimated limit in minibatches")
        marks.append(figure.Mark(called, here, found.batch, "triangle-down-open", 24))
    rates = (
        min(LEARNING_RATES[0], float(1 / h.max()) / 2, *(mark.lr / 2 for mark in marks)),
        max(LEARNING_RATES[1], float(2 / h.min()) * 2, *(mark.lr * 2 for mark in marks)),
    )
    return {
        "run": f"{RUN.query(settings)} phases",
        "figure": figure.phases(x, 1 / h, 2 / h, marks, rates),
        "series": {},
    }


def _measured(settings: Settings, horizon: int) -> tuple[Array, Array] | None:
    """What is left of the part of w that no example reaches, at a few steps of the run."""
    known = behaviour(settings.run, settings.data.n_train)
    if not (known.has_factor and cached.is_short(settings)):
        return None
    found = walked(settings)
    last = min(horizon, found.replay.last)
    steps = np.unique(np.linspace(1, last, min(MARKS, last)).round().astype(int))
    weights = found.weights([0, *steps.tolist()])
    left = out_of_reach(cached.dataset(settings.data).X_train, weights)
    return None if left is None else (steps, left[1:])


def _largest(values: Array) -> float:
    return float(np.abs(values).max())


def _spread_out(count: int, most: int) -> Array:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def _marked(weight_decay: float, *, at_zero: bool) -> str:
    """The name of the mark of the run; where λ = 0 has no place it stands at the left edge."""
    if at_zero:
        return tell("this run, λ = {weight_decay} (left of the picture)", weight_decay=weight_decay)
    return tell("this run")
