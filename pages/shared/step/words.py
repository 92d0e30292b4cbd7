"""What the numbers of a step say, in sentences, formulas and rows; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.shared import story
from wd_core import OPTIMIZERS
from wd_core.inspection import Inspection, Replay, Shrinking
from wd_core.phases import Broken, Limits, Phase
from wd_core.types import Hyperparameters, Run

SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# Digits that a formula shows of its smallest number, and the most decimals it may take for that.
DIGITS, DECIMALS = 3, 9
TABLE = (
    "The largest and the smallest weight before this step, the chosen ones, and the bias, with "
    "every term of their updates:"
)
# Batches of more examples than this are not listed one by one.
LISTED = 12


@dataclass(frozen=True)
class Shares:
    """The shares of the weights that coupled decay takes in one step, beside decoupled's ηλ."""

    label: str
    least: float
    middle: float
    most: float
    decoupled: float


def plain(value: float) -> str:
    """A number to three digits, with a minus sign."""
    return story.plain(value + 0.0).replace("-", "−")


def percent(share: float) -> str:
    """A share as a percentage."""
    return f"{plain(100 * share)} %"


def is_plain(run: Hyperparameters) -> bool:
    """Whether the step is w ← (1−ηλ)w − η∂L with nothing kept from earlier ones."""
    return run.optimizer == "sgd"


def whole(n: int) -> str:
    """The whole training set."""
    return f"all {n} examples" if n > 1 else "the one example"


def name(index: int, d: int) -> str:
    """A weight by its number from 1, w₇; the last is the bias."""
    return f"w{index + 1}".translate(SUBSCRIPT) if index < d else "b"


# ---------------------------------------------------------------- the step


def where(seen: Inspection, replay: Replay) -> str:
    """Which step this is, and on which examples."""
    size = len(seen.rows)
    n = replay.dataset.n_train
    if size == n:
        on = whole(n)
    elif size <= LISTED:
        on = "examples " + ", ".join(str(int(i) + 1) for i in seen.rows)
        on = on if size > 1 else on.replace("examples", "example")
    else:
        on = f"{size} of the {n} examples"
    text = f"Step {seen.step} of {replay.steps}: epoch {seen.epoch}, batch {seen.place} of "
    text += f"{replay.an_epoch}, {on}."
    if replay.diverged:
        text += f" The run diverges: its numbers make sense up to step {replay.last}."
    elif replay.last < replay.steps:
        text += f" The first {replay.last} steps can be shown; more would take too long to walk."
    return text


def chosen(seen: Inspection, pair: Sequence[int]) -> list[tuple[int, str]]:
    """The weights of the table, each once, with why it is there; the bias comes last."""
    size = np.abs(seen.before[:-1])
    d = len(size)
    why: dict[int, list[str]] = {}
    for index, reason in (
        (int(size.argmax()), "largest"),
        (int(size.argmin()), "smallest"),
        *((i, "chosen") for i in pair if i < d),
        (d, "the bias"),
    ):
        if d > 1 or reason in ("chosen", "the bias"):
            why.setdefault(index, []).append(reason)
    return [(index, ", ".join(dict.fromkeys(reasons))) for index, reasons in why.items()]


def rows(run: Hyperparameters, seen: Inspection, pair: Sequence[int]) -> list[dict[str, str]]:
    """The table: a row for each of these weights, with every term of its update."""
    d = len(seen.before) - 1
    own = is_plain(run)
    return [
        {
            "weight": name(i, d),
            "which": why,
            "w before": _fixed(seen.before[i], i, seen),
            "data gradient ∂L": plain(float(seen.gradient[i])),
            "−η∂L" if own else "data’s part": _signed(seen.by_data[i], i, seen),
            "−ηλw" if own else "decay’s part": (
                "not decayed"
                if i == d and not run.decay_bias
                else _signed(seen.by_decay[i], i, seen)
            ),
            "new w": _fixed(seen.after[i], i, seen),
        }
        for i, why in chosen(seen, pair)
    ]


def formula(run: Hyperparameters, seen: Inspection, index: int) -> str:
    """The update of one weight with its numbers put in, in LaTeX."""
    w = f"w_{{{index + 1}}}"
    before, after = float(seen.before[index]), float(seen.after[index])
    data, decay = float(seen.by_data[index]), float(seen.by_decay[index])
    places = _places(seen, index)

    def tex(value: float, sign: bool = False) -> str:
        return _tex(value, places, sign)

    if is_plain(run):
        scaled = run.loss == "half_mse" and run.decay == "coupled"
        short = scaled and len(seen.rows) < run.batch_size
        share = rf"\tfrac{{{len(seen.rows)}}}{{{run.batch_size}}}" if short else ""
        eta, lam = _free(run.lr), _free(run.weight_decay)
        cut = rf"{eta}\cdot {lam}" + (rf"\cdot{share}" if share else "")
        lines = [
            rf"{w} &\leftarrow (1-\eta\lambda{share})\,{w} - \eta\,\partial_{{{index + 1}}} L",
            rf"&= (1 - {cut})\cdot {_bracket(tex(before))}",
            rf"&\quad - {eta}\cdot {_bracket(_free(float(seen.gradient[index])))}",
            rf"&= {tex(before + decay)} {tex(data, True)} = {tex(after)}",
        ]
    else:
        lines = [
            rf"{w} &\leftarrow {w} + \text{{decay’s part}} + \text{{data’s part}}",
            rf"&= {tex(before)} {tex(decay, True)} {tex(data, True)}",
            rf"&= {tex(after)}",
        ]
    return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"


def parts(run: Hyperparameters) -> str:
    """What the two parts are for this optimizer and kind of decay."""
    label = OPTIMIZERS[run.optimizer].label
    if is_plain(run):
        return (
            "Both terms use the old w. ∂L is the gradient of the data loss on this batch alone; "
            "the penalty is not in it."
        )
    if run.decay == "decoupled":
        return (
            f"Decoupled decay under {label}: decay’s part is −ηλw, and the optimizer sees the "
            "data gradients alone."
        )
    if run.optimizer == "adam":
        return (
            "Coupled decay under Adam: λw enters the gradient, and Adam divides the mean of all "
            "gradients by √ŝ + ε. Decay’s part is the share that the terms λw of this and earlier "
            "steps have in that mean, divided alike; the two parts add up to the step."
        )
    return (
        f"Coupled decay under {label}: λw enters the velocity with the gradient. Decay’s part is "
        "what the terms λw of this and earlier steps have put into it."
    )


# ---------------------------------------------------------------- pulls, bias, shrinking


def pull(run: Hyperparameters, seen: Inspection) -> str:
    """L2 beside L1 for the largest and the smallest weight of this step."""
    w = np.abs(seen.before[:-1])
    strength = run.lr * run.weight_decay
    if strength == 0:
        return "λ = 0: no decay of either kind moves a weight."
    large, small = float(w.max()), float(w.min())
    return (
        f"In a plain step L2 takes ηλ = {percent(strength)} of each weight: "
        f"{plain(strength * large)} from the largest (|w| = {plain(large)}) and "
        f"{plain(strength * small)} from the smallest ({plain(small)}). L1 of the "
        f"same λ would take {plain(strength)} from each, however small"
        + (
            "; that is more than the smallest has: soft thresholding would make it exactly 0."
            if strength > small
            else "."
        )
    )


def uncompared(least: int) -> str:
    """Why coupled and decoupled decay are not compared at this step."""
    return (
        f"Coupled and decoupled decay are compared in the first {least} steps of so large a run: "
        "two more runs would have to be walked to this step."
    )


def kinds(shares: Shares) -> str:
    """Coupled beside decoupled: what share of each weight a step takes."""
    same = percent(shares.decoupled)
    apart = f"In this run under {shares.label}, decoupled decay takes the same {same} of "
    if shares.least == shares.most:
        return f"{apart}w as plain SGD; coupled, it takes {percent(shares.least)} in this step."
    negative = (
        " A negative share is a weight that decay pushes away from 0, by what earlier steps have "
        "left behind."
        if shares.least < 0
        else ""
    )
    return (
        f"{apart}every weight. Coupled, the share differs from weight to weight: in this step from "
        f"{percent(shares.least)} to {percent(shares.most)}, with a median of "
        f"{percent(shares.middle)}.{negative}"
    )


def bias(run: Hyperparameters, seen: Inspection, ends: tuple[Run, Run] | None) -> str:
    """The bias in this step, and how the run ends where it is decayed too."""
    before, after = float(seen.before[-1]), float(seen.after[-1])
    would, last = run.lr * run.weight_decay * before, len(seen.before) - 1
    text = (
        "The bias is not decayed: in this step the data alone move it from "
        f"{_fixed(before, last, seen)} to {_fixed(after, last, seen)}. "
    )
    if would:
        text += f"Shrunk by ηλ like a weight, it would change by {plain(-would)} more. "
    else:
        text += "Shrunk by ηλ like a weight, it would change no further, since ηλb = 0. "
    if ends is None:
        return text
    free, held = ends
    if free.diverged_at[0] >= 0 or held.diverged_at[0] >= 0:
        return text
    return text + (
        f"This run ends at b = {plain(float(free.bias[-1, 0]))}, test loss "
        f"{plain(float(free.test_loss[-1, 0]))}; with the bias decayed too it ends at b = "
        f"{plain(float(held.bias[-1, 0]))}, test loss {plain(float(held.test_loss[-1, 0]))}."
    )


def shrink(run: Hyperparameters, found: Shrinking, an_epoch: int) -> str:
    """Decay alone over time: the factor, half-life, and the points of no return."""
    rate = run.lr * run.weight_decay
    if rate == 0:
        return "λ = 0: where no gradient reaches it, a weight keeps its value for ever."
    text = f"Each step multiplies w by 1 − ηλ = {_free(found.factor).replace('-', '−')}. "
    if rate > 2:
        text += (
            f"ηλ = {plain(rate)} is above 2: the factor is below −1, so w changes its sign and "
            "grows with every step: decay alone diverges."
        )
    elif rate == 2:
        text += "ηλ = 2: w changes its sign with every step and never gets smaller."
    elif rate == 1:
        text += "ηλ = 1: one step takes all of w."
    else:
        text += _life(found, an_epoch)
        if rate > 1:
            text += (
                f" ηλ = {plain(rate)} is above 1: w changes its sign with every step while it "
                "shrinks."
            )
        else:
            text += (
                f" ηλ = {plain(rate)}: the sign flips above 1, reached at η = "
                f"{plain(1 / run.weight_decay)}; above 2, at η = {plain(2 / run.weight_decay)}, "
                "decay alone diverges."
            )
    if not is_plain(run) and run.decay == "coupled":
        text += (
            f" This is decay under plain SGD; coupled under {OPTIMIZERS[run.optimizer].label} it "
            "passes through the optimizer, and no single factor describes it."
        )
    return text


def _life(found: Shrinking, an_epoch: int) -> str:
    steps, epochs = found.half_life_steps, found.half_life_epochs
    if not math.isfinite(epochs):
        epochs = steps / an_epoch
    return (
        f"Half of w is gone after {_counted(steps, 'step')}, which is {_counted(epochs, 'epoch')}."
    )


def _counted(value: float, unit: str) -> str:
    text = plain(value)
    return f"{text} {unit}" if text == "1" else f"{text} {unit}s"


# ---------------------------------------------------------------- the doctor

RULES = {
    "sgd": "2/h",
    "momentum": "2(1 + μ)/h",
    "nesterov": "2(1 + μ)/((1 + 2μ)h)",
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
    mu, h = _free(run.momentum), _short(found.with_decay)
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
        rf" = {_short(found.full)}"
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
                f"{label} divides each step by the size of the gradients, so no largest curvature "
                "limits η: it has no such limit to break."
            )
        case "full":
            return (
                f"η = {eta} breaks the limit of {whole(n_train)} at once: {label} on them diverges "
                f"from η = {plain(found.full)}."
            )
        case "batch":
            return (
                f"η = {eta} is below {plain(found.full)}, the limit of {whole(n_train)} at "
                f"once, but not below {plain(found.batch)}, the smallest limit of a single "
                f"batch of {run.batch_size} in the first epoch: an estimate of where minibatch "
                "steps begin to grow."
            )
    share = percent(run.lr / found.lowest)
    if math.isnan(found.batch):
        return f"η = {eta} is {share} of the limit {plain(found.full)}: {label} converges."
    return (
        f"η = {eta} is {share} of {plain(found.batch)}, the smallest limit of a single batch of "
        f"{run.batch_size} in the first epoch (an estimate for minibatch steps); "
        f"{whole(n_train)} at once allow {plain(found.full)}."
    )


def diverged(run: Run | None) -> bool:
    """Whether the run has been run, and diverged."""
    return run is not None and int(run.diverged_at[0]) >= 0


def outcome(run: Run | None, broken: Broken, epochs: int) -> str:
    """What the run itself did, where it has been run."""
    if run is None:
        return ""
    if not diverged(run):
        return f" The run itself did not diverge in its {epochs} epochs."
    at = f"diverged at epoch {int(run.diverged_at[0])}"
    if broken != "none":
        return f" The run itself {at}."
    return f" Yet the run itself {at}: its steps grow one after the other, which no limit foretold."


def phase(here: Phase, run: Hyperparameters, n_train: int) -> str:
    """The region of the present point, and what it holds for."""
    text = f"At this η and λ: {PHASES[here]}."
    if run.optimizer == "sgd" and run.batch_size >= n_train:
        return text
    return (
        f"{text} The regions are exact for plain steps on {whole(n_train)}"
        + (f", not for {OPTIMIZERS[run.optimizer].label}" if run.optimizer != "sgd" else "")
        + (
            f"; batches of {run.batch_size} have curvatures, and so limits, of their own."
            if run.batch_size < n_train
            else "."
        )
    )


def limits_table(found: Limits) -> list[dict[str, str]]:
    """The exact full-batch limit for every optimizer and loss convention."""
    return [
        {
            "optimizer": optimizer.label,
            "η below": _limit(found.table.get((key, "half_mse"), math.nan)),
            "with MSELoss": _limit(found.table.get((key, "mse"), math.nan)),
            "rule for η": RULES.get(key, "no such limit"),
        }
        for key, optimizer in OPTIMIZERS.items()
    ]


def _limit(value: float) -> str:
    return "–" if math.isnan(value) else plain(value)


# ---------------------------------------------------------------- digits


def _places(seen: Inspection, index: int) -> int | None:
    """Decimals that show three digits of the smallest term; None where powers of ten serve."""
    terms = (seen.before, seen.by_data, seen.by_decay, seen.after)
    sizes = [abs(float(term[index])) for term in terms if term[index] != 0]
    if not sizes:
        return DIGITS
    if max(sizes) >= 1e5:
        return None
    places = DIGITS - 1 - math.floor(math.log10(min(sizes)))
    return min(max(places, DIGITS), DECIMALS)


def _fixed(value: float, index: int, seen: Inspection) -> str:
    places = _places(seen, index) if value else 0
    return plain(float(value)) if places is None else f"{value + 0.0:.{places}f}".replace("-", "−")


def _signed(value: float, index: int, seen: Inspection) -> str:
    text = _fixed(value, index, seen)
    return text if text.startswith("−") or not value else f"+{text}"


def _tex(value: float, places: int | None, sign: bool) -> str:
    text = _free(value) if places is None else f"{value + 0.0:.{places}f}"
    return f"+ {text}" if sign and not text.startswith("-") else text


def _free(value: float) -> str:
    """A number to six digits, in LaTeX where it needs a power of ten."""
    digits, _, power = f"{value + 0.0:.6g}".partition("e")
    return rf"{digits}\cdot 10^{{{int(power)}}}" if power else digits


def _short(value: float) -> str:
    """A number to three digits in LaTeX."""
    digits, _, power = f"{value:.3g}".partition("e")
    return rf"{digits}\cdot 10^{{{int(power)}}}" if power else digits


def _bracket(text: str) -> str:
    return f"({text})" if text.startswith("-") else text
