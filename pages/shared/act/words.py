"""What the pictures show, in sentences with their numbers; no Streamlit."""

from __future__ import annotations

import math

from pages.shared.act.split import ROUNDING, Split
from pages.shared.act.states import States
from pages.shared.numbers import plain
from pages.shared.settings import Settings
from wd_core import OPTIMIZERS, DatasetSpec, Hyperparameters
from wd_core.filters import descent_filter, filter_distance, ridge_filter
from wd_core.types import Array

# Measured and predicted norms within this share of each other are called the same.
SAME = 1e-6
# Shares below this are not told apart in words.
LEAST_SHARE = 1e-3


def count(steps: float) -> str:
    """A number of steps."""
    return "∞" if math.isinf(steps) else f"{int(steps):,}".replace(",", "\u202f")


def steps(now: States, k: int) -> str:
    """What the slider of t shows: the number, and whether it means anything."""
    t = count(float(now.steps[k]))
    if now.arrives:
        return t
    return "no match: diverges" if now.match[k] else f"{t}: diverges"


def share(kept: float, *, whole: bool = True) -> str:
    """A kept share as a percentage; never 100 % for less than all, nor 0 % for more than none.

    whole: whether all can be kept at all; otherwise a share of 1 is one that rounding made so.
    """
    if 0 < kept < LEAST_SHARE:
        return f"less than {plain(100 * LEAST_SHARE)} %"
    percent = plain(100 * kept).replace("-", "−")
    less = kept < 1 or (kept == 1 and not whole)
    return "more than 99.9 %" if percent == "100" and less else f"{percent} %"


def directions(number: int) -> str:
    """How many."""
    return f"{number} direction" if number == 1 else f"{number} directions"


def nowhere(spec: DatasetSpec, measurable: bool) -> str:
    """Why there is no picture of directions, and what to do."""
    n, d = spec.n_train, spec.n_features
    if not measurable:
        return (
            f"Decomposing {n} × {d} training data would take too long here: choose fewer examples "
            "or dimensions."
        )
    why = "a single example" if n == 1 else "features that are all constant"
    return (
        f"With {why} the centred training data have no direction along which they vary: s = 0 "
        "everywhere, the only degree of freedom is the intercept’s, and ridge gives w = 0 for "
        "every λ. Choose more training examples."
    )


# ---------------------------------------------------------------- what is kept of each direction


def meaning(rank: int, n_features: int) -> str:
    """What the picture is about, and how many directions the data have."""
    nothing = n_features - rank
    each, all_of_it = ("", "it") if rank == 1 else (" along each", "every one of them")
    text = (
        f"The centred training data vary along {directions(rank)}, by a variance s{each}. Least "
        f"squares fits {all_of_it} fully; ridge and early stopping keep a share of it, the larger "
        "s the more."
    )
    if not nothing:
        return text
    rest = "the one other" if nothing == 1 else f"the other {nothing}"
    return f"{text} In {rest} of the {n_features}, s = 0: there is nothing to fit."


def sentences(now: States) -> list[str]:
    """One for every stop of the sliders."""
    ridge, stopped = now.ridge, now.stopped
    if not now.arrives:
        return [f"{_ridge(now, k, ridge[k])} {_diverges(now)}" for k in range(len(now.steps))]
    apart, overshoot = filter_distance(ridge, stopped), _overshoots(now)
    return [
        f"{_kept(now, k, ridge[k], stopped[k])} {_apart(now, k, float(apart[k]))}{overshoot}"
        for k in range(len(now.steps))
    ]


def _kept(now: States, k: int, ridge: Array, stopped: Array) -> str:
    t = float(now.steps[k])
    if now.weight_decay[k] == 0 and math.isinf(t):
        return (
            "λ = 0 keeps all of least squares in every direction with s > 0, and so does only the "
            "limit of ever more steps."
        )
    steps = f"Stopping after t = {count(t)} {'step' if t == 1 else 'steps'}"
    if math.isinf(t):
        steps = "The limit of ever more steps"
    # with ηs = 1 a single step arrives, and with infinitely many every direction does
    whole = {end: math.isinf(t) or now.lr * now.s[end] == 1 for end in _ends(now)}
    kept = [share(float(stopped[end]), whole=bool(whole[end])) for end in _ends(now)]
    both = " and ".join(dict.fromkeys(kept))
    return f"{_ridge(now, k, ridge)} {steps} keeps {both}."


def _ridge(now: States, k: int, ridge: Array) -> str:
    places = [
        f"{share(float(ridge[end]), whole=now.weight_decay[k] == 0)} of the {name} "
        f"(s = {plain(float(now.s[end]))})"
        for end, name in _ends(now).items()
    ]
    return f"λ = {plain(float(now.weight_decay[k]))}: ridge keeps {' and '.join(places)}."


def _ends(now: States) -> dict[int, str]:
    """The place of the weakest direction and of the strongest, and what they are called."""
    if len(now.s) == 1:
        return {0: "only direction"}
    return {len(now.s) - 1: "weakest direction", 0: "strongest"}


def _apart(now: States, k: int, distance: float) -> str:
    lam, t = float(now.weight_decay[k]), float(now.steps[k])
    if lam == 0 and math.isinf(t):
        return ""
    over = f"The two differ by {plain(distance)}"
    if len(now.s) > 1:
        over += f", the root mean square over the {directions(len(now.s))}"
    best = {"steps": "; no other t comes nearer", "weight_decay": "; no other λ comes nearer"}
    text = over + best.get(now.match[k], "")
    if now.match[k] == "weight_decay":
        rule = 1 / (now.lr * t)
        said = f"λ = 1/(ηt) = {plain(rule)}"
        away = filter_distance(ridge_filter(now.s, rule), now.stopped[k])
    elif lam > 0:
        rule = 1 / (now.lr * lam)
        whole = max(1, round(rule))
        said = f"t = 1/(ηλ) = {plain(rule)}"
        if plain(rule) != plain(whole):
            said += f", rounded to {count(whole)} {'step' if whole == 1 else 'steps'},"
        away = filter_distance(now.ridge[k], descent_filter(now.s, now.lr, whole))
    else:
        return f"{text}."
    return f"{text}. The rule of thumb {said} differs by {plain(float(away))}."


def _diverges(now: States) -> str:
    limit = plain(2 / float(now.s[0]))
    return (
        f"Early stopping keeps no share at all: η = {plain(now.lr)} is not below 2/s_max = "
        f"{limit}, so along the strongest direction descent without decay overshoots as far or "
        f"further with every step. Choose η below {limit}."
    )


def _overshoots(now: States) -> str:
    """What a large η does to descent; "" where it does nothing of the kind."""
    product = now.lr * float(now.s[0])
    if product <= 1:
        return ""
    return (
        f" ηs_max = {plain(product)} is above 1: along the strongest direction every step "
        "overshoots, so an odd number of steps leaves more there than least squares has."
    )


# ---------------------------------------------------------------- row space and null space


def split(settings: Settings, found: Split) -> str:
    """Where the two parts of w ended."""
    epochs, beyond = settings.run.epochs, found.n_features - found.rank
    if found.diverged_at >= 0:
        return (
            f"The run diverged at epoch {found.diverged_at}: choose a smaller η. The curves stop "
            "there."
        )
    away = f"{plain(float(found.to_ridge[-1]))} from exact ridge"
    ended = (
        f"After {epochs} {'epoch' if epochs == 1 else 'epochs'} the part of w in the row space "
        f"({_dimensions(found.rank)}) has norm {plain(float(found.reached[-1]))} and is "
        f"{away if found.to_ridge[-1] else 'exact ridge up to rounding'}; at the start it was "
        f"{plain(float(found.to_ridge[0]))} away. "
    )
    if beyond == 0:
        whole = "the only dimension" if found.rank == 1 else f"all {found.rank} dimensions"
        return f"{ended}The rows span {whole}: there is no null space here."
    if found.left[0] == 0:
        return (
            f"{ended}In the null space ({_dimensions(beyond)}) the start is 0, so there is nothing "
            "to shrink."
        )
    return ended + _left(settings.run, found, beyond)


def _left(run: Hyperparameters, found: Split, beyond: int) -> str:
    start, end = float(found.left[0]), float(found.left[-1])
    text = (
        f"In the null space ({_dimensions(beyond)}) {share(end / start)} of the start is left: "
        f"{plain(end)} of {plain(start)}"
    )
    if math.isnan(found.factor):
        return f"{text}. {_no_factor(run)}"
    predicted = float(found.predicted[-1])
    if abs(end - predicted) <= SAME * max(end, predicted):
        return f"{text}, as (1 − ηλ)ᵗ predicts."
    text += f"; (1 − ηλ)ᵗ predicts {plain(predicted)}"
    if end == 0 and predicted < ROUNDING * float(found.weight_norm.max()):
        text += ", which is lost in rounding"
    return f"{text}."


def _no_factor(run: Hyperparameters) -> str:
    label = OPTIMIZERS[run.optimizer].label
    if run.optimizer == "adam":
        return (
            f"Under {label} no such factor exists: it divides each weight’s step by the size of "
            "that weight’s gradients, which leads out of the row space."
        )
    return (
        f"Under {label} with coupled decay no single factor exists: λw passes through the velocity."
    )


def _course(factor: float) -> str:
    """What a part does that an epoch multiplies by this."""
    if factor > 1:
        return "grows"
    return "only shrinks" if factor < 1 else "stays as it is"


def _dimensions(number: int) -> str:
    return f"{number} dimension" if number == 1 else f"{number} dimensions"


def decay_alone(run: Hyperparameters, found: Split, centred: int) -> str:
    """What happens outside the row space, and how that fits the picture of directions."""
    text = (
        "Every gradient is a sum of training rows, so it lies in their span, the row space. Under "
        "plain SGD every full step multiplies the rest of the start by 1 − ηλ, with ηλ = "
        f"{plain(run.lr * run.weight_decay)}, whatever the batch order"
    )
    if math.isnan(found.factor):
        text += f". {_no_factor(run)}"
    else:
        text += f": it {_course(abs(found.factor))}."
    if centred and centred < found.rank:
        text += (
            f" The picture above has {directions(centred)}, for it centres the data; here the mean "
            "of the rows is one more, which w and b learn together."
        )
    return text
