"""How large the learning rate may be, in words: curvature, limits, what broke, and the phase."""

from __future__ import annotations

import math

from pages.shared.latex import EXACT, tex
from pages.shared.step.words.digits import percent, plain, whole
from pages.shared.step.words.update import is_plain
from wd_core import OPTIMIZERS
from wd_core.phases import Limits, Phase
from wd_core.types import Hyperparameters

# Where a rule may go on in the next line of a narrow table.
BREAK = "\u200b"
RULES = {
    "coupled": {
        "sgd": "2/h",
        "momentum": "2(1+μ)/h",
        "nesterov": f"2(1+μ)/{BREAK}((1+2μ)h)",
    },
    # decay beside the velocity counts otherwise than the gradients in it
    "decoupled": {
        "sgd": "2/h",
        "momentum": "2(1+μ)/h, with λ(1+μ) in h",
        "nesterov": f"2(1+μ)/{BREAK}((1+2μ)h), with λ(1+μ)/{BREAK}(1+2μ) in h",
    },
}
PHASES: dict[Phase, str] = {
    "monotone": "monotone: every direction comes down without changing its sign",
    "ripples": "ripples: some directions overshoot and come back, and all arrive",
    "flips": "sign flips: ηλ is above 1, every direction but the bias’s changes its sign with each "
    "step, and all arrive",
    "diverges": "diverges: the most curved direction overshoots by at least as much as it was away",
}


def curvature(found: Limits) -> str:
    """What was measured."""
    return (
        f"The largest curvature of this training set, over w and b, is s_max = "
        f"{plain(found.largest)}; with the penalty, which the bias does not have, it is h = "
        f"{plain(found.with_decay)}. "
    )


def rule(found: Limits, run: Hyperparameters) -> str:
    """The exact limit of the run's optimizer with its numbers put in, in LaTeX; "" where none is.

    Decoupled decay outside the velocity counts otherwise, and has no such short rule.
    """
    if math.isnan(found.full) or not (is_plain(run) or run.decay == "coupled"):
        return ""
    mu, h = tex(run.momentum, EXACT), tex(found.with_decay)
    top, symbols, below = {
        "sgd": ("2", "2", ("h", h)),
        "momentum": (rf"2\,(1+{mu})", r"2\,(1+\mu)", ("h", h)),
        "nesterov": (
            rf"2\,(1+{mu})",
            r"2\,(1+\mu)",
            (r"(1+2\mu)\,h", rf"(1+2\cdot {mu})\cdot {h}"),
        ),
    }[run.optimizer]
    return (
        rf"\eta < \frac{{{symbols}}}{{{below[0]}}} = \frac{{{top}}}{{{below[1]}}}"
        rf" = {tex(found.full)}"
    )


def verdict(found: Limits, run: Hyperparameters, n_train: int) -> str:
    """Where η stands, and which limit broke."""
    eta, label = plain(run.lr), OPTIMIZERS[run.optimizer].label
    match found.broken:
        case "decay":
            return (
                f"η = {eta} is too large for decay alone: ηλ = {plain(found.shrink)} is above 2, "
                "so even a weight that no example reaches grows with every step."
            )
        case "unknown":
            return (
                f"{label} divides each step by the size of the gradients so far, so no curvature "
                "alone says how large η may be: it has no such limit to break."
            )
        case "full":
            return (
                f"η = {eta} breaks the limit of {whole(n_train)} at once: {label} on them diverges "
                f"from η = {plain(found.full)}."
            )
        case "batch":
            return (
                f"η = {eta} is below {plain(found.full)}, the limit of {whole(n_train)} at "
                f"once, but not below {plain(found.batch)}, {_estimate(run)}: an estimate of "
                "where minibatch steps begin to grow."
            )
    share = percent(run.lr / found.lowest)
    if run.batch_size >= n_train:
        return f"η = {eta} is {share} of the limit {plain(found.full)}: {label} converges."
    if found.batch >= found.full:
        return (
            f"η = {eta} is {share} of {plain(found.full)}, the limit of {whole(n_train)} at once; "
            f"{_estimate(run)} is higher, {plain(found.batch)} (an estimate for minibatch steps)."
        )
    if math.isnan(found.batch):
        return (
            f"η = {eta} is {share} of {plain(found.full)}, the limit of {whole(n_train)} at once; "
            f"steps on batches of {run.batch_size} allow less, how much is not estimated here."
        )
    return (
        f"η = {eta} is {share} of {plain(found.batch)}, {_estimate(run)} (an estimate for "
        f"minibatch steps); {whole(n_train)} at once allow {plain(found.full)}."
    )


def _estimate(run: Hyperparameters) -> str:
    """What the limit for minibatches is the limit of."""
    return f"the limit of repeating the first epoch's batches of {run.batch_size}"


def phase(here: Phase, run: Hyperparameters, n_train: int) -> str:
    """The region of the present point, and what it holds for."""
    if not is_plain(run):
        return (
            f"The regions are those of plain steps on {whole(n_train)}. They do not hold for "
            f"{OPTIMIZERS[run.optimizer].label}, whatever region the star lies in."
        )
    text = f"At this η and λ: {PHASES[here]}."
    if run.weight_decay == 0:
        text += " Without decay a direction that no example reaches stays where it is."
    if run.batch_size < n_train:
        text += (
            f" The regions are exact for steps on {whole(n_train)}; batches of {run.batch_size} "
            "have curvatures, and so limits, of their own."
        )
    return text


def table(found: Limits, run: Hyperparameters) -> list[dict[str, str]]:
    """The exact full-batch limit for every optimizer and loss convention."""
    return [
        {
            "optimizer": optimizer.label,
            "η below": _limit(found.table.get((key, "half_mse"), math.nan)),
            "MSELoss": _limit(found.table.get((key, "mse"), math.nan)),
            "rule for η": RULES[run.decay].get(key, "no such limit"),
        }
        for key, optimizer in OPTIMIZERS.items()
    ]


def _limit(value: float) -> str:
    return "–" if math.isnan(value) else plain(value)
