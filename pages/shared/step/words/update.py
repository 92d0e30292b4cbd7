"""One update in words: which step it is, its formula with the numbers, the rows of its table."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pages.shared.latex import EXACT, bracketed, tex
from pages.shared.step.words.digits import name, plain, whole
from wd_core import OPTIMIZERS
from wd_core.inspection import Inspection, Replay
from wd_core.types import Hyperparameters

# Digits that a formula shows of its smallest number, and the most decimals it may take for that.
DIGITS, DECIMALS = 3, 9
TABLE = (
    "The largest and the smallest weight before this step, the chosen ones, and the bias, with "
    "every term of their updates:"
)
# Batches of more examples than this are not listed one by one.
LISTED = 12


def is_plain(run: Hyperparameters) -> bool:
    """Whether the step is w ← (1−ηλ)w − η∂L with nothing kept from earlier ones."""
    return run.optimizer == "sgd"


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
            "w before": fixed(seen.before[i], i, seen),
            "data gradient ∂L": plain(float(seen.gradient[i])),
            "−η∂L" if own else "data’s part": _signed(seen.by_data[i], i, seen),
            "−ηλw" if own else "decay’s part": (
                "not decayed"
                if i == d and not run.decay_bias
                else _signed(seen.by_decay[i], i, seen)
            ),
            "new w": fixed(seen.after[i], i, seen),
        }
        for i, why in chosen(seen, pair)
    ]


def formula(run: Hyperparameters, seen: Inspection, index: int) -> str:
    """The update of one weight with its numbers put in, in LaTeX."""
    w = f"w_{{{index + 1}}}"
    before, after = float(seen.before[index]), float(seen.after[index])
    data, decay = float(seen.by_data[index]), float(seen.by_decay[index])
    places = _places(seen, index)

    def term(value: float, sign: bool = False) -> str:
        text = tex(value, EXACT) if places is None else f"{value + 0.0:.{places}f}"
        return f"+ {text}" if sign and not text.startswith("-") else text

    if is_plain(run):
        scaled = run.loss == "half_mse" and run.decay == "coupled"
        short = scaled and len(seen.rows) < run.batch_size
        share = rf"\tfrac{{{len(seen.rows)}}}{{{run.batch_size}}}" if short else ""
        eta, lam = tex(run.lr, EXACT), tex(run.weight_decay, EXACT)
        cut = rf"{eta}\cdot {lam}" + (rf"\cdot{share}" if share else "")
        lines = [
            rf"{w} &\leftarrow (1-\eta\lambda{share})\,{w} - \eta\,\partial_{{{index + 1}}} L",
            rf"&= (1 - {cut})\cdot {bracketed(term(before))}",
            rf"&\quad - {eta}\cdot {bracketed(tex(float(seen.gradient[index]), EXACT))}",
            rf"&= {term(before + decay)} {term(data, True)} = {term(after)}",
        ]
    else:
        lines = [
            rf"{w} &\leftarrow {w} + \text{{decay’s part}} + \text{{data’s part}}",
            rf"&= {term(before)} {term(decay, True)} {term(data, True)}",
            rf"&= {term(after)}",
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


def fixed(value: float, index: int, seen: Inspection) -> str:
    """A number of this weight with the decimals that all of its terms have."""
    places = _places(seen, index) if value else 0
    return plain(float(value)) if places is None else f"{value + 0.0:.{places}f}".replace("-", "−")


def _signed(value: float, index: int, seen: Inspection) -> str:
    """The same with its sign."""
    text = fixed(value, index, seen)
    return text if text.startswith("−") or not value else f"+{text}"
