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
# Digits of a formula's numbers where they need powers of ten: it must not be wider than a phone.
LARGE = 3
# Batches of more examples than this are not listed one by one.
LISTED = 12


def is_plain(run: Hyperparameters) -> bool:
    """Whether the step is w ← (1−ηλ)w − η∂L with nothing kept from earlier ones."""
    return run.optimizer == "sgd"


def part(run: Hyperparameters, seen: Inspection) -> tuple[int, int] | None:
    """(m, B) where this batch is short and its gradient, as the book has it, counts m/B."""
    rows = len(seen.rows)
    short = run.loss == "half_mse" and rows < run.batch_size
    return (rows, run.batch_size) if short else None


def decay_rate(run: Hyperparameters, seen: Inspection) -> str:
    """What decay alone would take of a weight in this step: ηλ, or ηλ·2/6 on a short batch."""
    short = part(run, seen)
    return f"ηλ·{short[0]}/{short[1]}" if short and run.decay == "coupled" else "ηλ"


def decay_term(run: Hyperparameters, seen: Inspection) -> str:
    """What decay adds to a weight in a plain step."""
    rate = decay_rate(run, seen)
    return f"−{rate}w" if rate == "ηλ" else f"−{rate}·w"


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
    """The weights of the table, each once, with why it is there; the bias comes last, without."""
    size = np.abs(seen.before[:-1])
    d = len(size)
    why: dict[int, list[str]] = {}
    for index, reason in (
        (int(size.argmax()), "largest"),
        (int(size.argmin()), "smallest"),
        *((i, "chosen") for i in pair if i < d),
        (d, ""),
    ):
        if d > 1 or reason in ("chosen", ""):
            why.setdefault(index, []).append(reason)
    return [(index, ", ".join(dict.fromkeys(reasons))) for index, reasons in why.items()]


def rows(run: Hyperparameters, seen: Inspection, pair: Sequence[int]) -> list[dict[str, str]]:
    """The table: a row for each of these weights, with every term of its update."""
    d = len(seen.before) - 1
    own = is_plain(run)
    return [
        {
            "weight": f"{name(i, d)}, {why}" if why else name(i, d),
            "w before": fixed(seen.before[i], i, seen),
            "−η∂L" if own else "data’s part": _signed(seen.by_data[i], i, seen),
            decay_term(run, seen) if own else "decay’s part": (
                "not decayed"
                if i == d and not run.decay_bias
                else _signed(seen.by_decay[i], i, seen)
            ),
            "new w": fixed(seen.after[i], i, seen),
            "∂L": plain(float(seen.gradient[i])),
        }
        for i, why in chosen(seen, pair)
    ]


def formula(run: Hyperparameters, seen: Inspection, index: int) -> str:
    """The update of one weight with its numbers put in, in LaTeX."""
    w = f"w_{{{index + 1}}}"
    before, after = float(seen.before[index]), float(seen.after[index])
    data, decay = float(seen.by_data[index]), float(seen.by_decay[index])
    places = _places(seen, index)
    digits = EXACT if places is not None else LARGE

    def term(value: float, sign: bool = False) -> str:
        text = tex(value, digits) if places is None else f"{value + 0.0:.{places}f}"
        return f"+ {text}" if sign and not text.startswith("-") else text

    if is_plain(run):
        short = part(run, seen) if run.decay == "coupled" else None
        share = rf"\tfrac{{{short[0]}}}{{{short[1]}}}" if short else ""
        eta, lam = tex(run.lr, EXACT), tex(run.weight_decay, EXACT)
        cut = rf"{eta}\cdot {lam}" + (rf"\cdot{share}" if share else "")
        lines = [
            rf"{w} &\leftarrow (1-\eta\lambda{share})\,{w} - \eta\,\partial_{{{index + 1}}} L",
            rf"&= (1 - {cut})\cdot {bracketed(term(before))}",
            rf"&\quad - {eta}\cdot {bracketed(tex(float(seen.gradient[index]), digits))}",
            *(
                [rf"&= {term(before + decay)} {term(data, True)} = {term(after)}"]
                if places is not None
                else [rf"&= {term(before + decay)} {term(data, True)}", rf"&= {term(after)}"]
            ),
        ]
    else:
        lines = [
            rf"{w} &\leftarrow {w} + \text{{decay’s part}} + \text{{data’s part}}",
            rf"&= {term(before)} {term(decay, True)} {term(data, True)}",
            rf"&= {term(after)}",
        ]
    return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"


def parts(run: Hyperparameters, seen: Inspection) -> str:
    """What the two parts are for this optimizer and kind of decay, and on a short batch."""
    return _parts(run) + _short(run, seen)


def _short(run: Hyperparameters, seen: Inspection) -> str:
    short = part(run, seen)
    if short is None:
        return ""
    m, size = short
    decay = "decay counts so too" if run.decay == "coupled" else "decoupled decay counts in full"
    return (
        f" This batch is short. As in the book’s code the gradient is the sum over its "
        f"{'one example' if m == 1 else f'{m} examples'} divided by the batch size {size}, so that "
        f"it counts {m}/{size}; {decay}."
    )


def _parts(run: Hyperparameters) -> str:
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
