"""One update in words: which step it is, its formula with the numbers, the rows of its table."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pages.shared.numbers import Digits, plain
from pages.shared.words import Said, say, say_n, tell, told
from pages.step.words.names import name
from wd_core import OPTIMIZERS, Hyperparameters
from wd_core.linear.inspection import Inspection, Replay

# Digits that a formula shows of its smallest number, and the most decimals it may take for that.
DIGITS, DECIMALS = 3, 9
# Below this share of the largest weight of a step a number is rounding.
ROUNDING = 1e-14
# Batches of more examples than this are not listed one by one.
LISTED = 12


def is_plain(run: Hyperparameters) -> bool:
    """Whether the step is w ← (1−ηλ)w − η∂L with nothing kept from earlier ones."""
    return OPTIMIZERS[run.optimizer].plain


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


def where(seen: Inspection, replay: Replay) -> list[Said]:
    """Which step this is, on which examples, and up to where there are steps."""
    return [_place(seen, replay), _examples(seen, replay.dataset.n_train), *bounds(replay)]


def bounds(replay: Replay) -> list[Said]:
    """Up to where there are steps, where that is not the run's end."""
    if replay.diverged:
        return [
            say(
                "The run diverges; after step {last} its numbers are too large to show.",
                last=replay.last,
            )
        ]
    if replay.last < replay.steps:
        return [
            say(
                "The first {last} steps can be shown; more would take too long to walk.",
                last=replay.last,
            )
        ]
    return []


def _place(seen: Inspection, replay: Replay) -> Said:
    return say(
        "Step {step} of {steps}: epoch {epoch}, batch {place} of {an_epoch}.",
        step=seen.step,
        steps=replay.steps,
        epoch=seen.epoch,
        place=seen.place,
        an_epoch=replay.an_epoch,
    )


def _examples(seen: Inspection, n: int) -> Said:
    size = len(seen.rows)
    if size == n:
        return say_n("It is made from the one example.", "It is made from all {n} examples.", n)
    if size > LISTED:
        return say(
            "It is made from {batch_rows} of the {n_train} examples.", batch_rows=size, n_train=n
        )
    if size == 1:
        return say("It is made from example {example}.", example=int(seen.rows[0]) + 1)
    listed = ", ".join(str(int(i) + 1) for i in seen.rows)
    return say("It is made from the examples {examples}.", examples=listed)


def table(d: int) -> Said:
    """What the rows of the table are."""
    if d == 1:
        return say("The weight and the bias, with every term of their updates:")
    return say(
        "The largest and the smallest weight before this step, the chosen ones, and the bias, with "
        "every term of their updates:"
    )


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
            "w before": fixed(float(seen.before[i]), i, seen),
            "−η∂L" if own else tell("data’s part"): _signed(float(seen.by_data[i]), i, seen),
            decay_term(run, seen) if own else tell("decay’s part"): (
                tell("not decayed")
                if i == d and not run.decay_bias
                else _signed(float(seen.by_decay[i]), i, seen)
            ),
            "new w": fixed(float(seen.after[i]), i, seen),
            "∂L": plain(float(seen.gradient[i])),
        }
        for i, why in chosen(seen, pair)
    ]


def parts(run: Hyperparameters, seen: Inspection) -> list[Said]:
    """What the two parts are for this optimizer and kind of decay, and on a short batch."""
    known = OPTIMIZERS[run.optimizer].decays[run.decay]
    said = [say("{part}", part=told(known.part))]
    if not is_plain(run):
        said = [say("{name}: {part}", name=told(known.name), part=told(known.part))]
    short = part(run, seen)
    if short is None:
        return said
    m, size = short
    gradient = say_n(
        "This batch is short: as in the book's code the gradient of its one example is divided by "
        "the batch size {batch_size}, so that it counts {rows}/{batch_size}.",
        "This batch is short: as in the book's code the gradient is the sum over its {rows} "
        "examples divided by the batch size {batch_size}, so that it counts {rows}/{batch_size}.",
        m,
        rows=m,
        batch_size=size,
    )
    if run.decay == "coupled":
        return [*said, gradient, say("Coupled decay counts so too.")]
    return [*said, gradient, say("Decoupled decay counts in full.")]


def places_of(seen: Inspection, index: int) -> int | None:
    """Decimals that show three digits of the smallest term; None where powers of ten serve."""
    terms = (seen.before, seen.by_data, seen.by_decay, seen.after)
    sizes = [abs(float(term[index])) for term in terms if abs(term[index]) > _rounding(seen)]
    if not sizes:
        return DIGITS
    if max(sizes) >= 1e5:
        return None
    places = DIGITS - 1 - math.floor(math.log10(min(sizes)))
    return min(max(places, DIGITS), DECIMALS)


def _rounding(seen: Inspection) -> float:
    return ROUNDING * max(float(np.abs(w).max()) for w in (seen.before, seen.by_data, seen.after))


def fixed(value: float, index: int, seen: Inspection) -> Digits:
    """A number of this weight with the decimals that all of its terms have.

    With a power of ten where these would not show it; rounding beside the other weights is 0.
    """
    if abs(value) <= _rounding(seen):
        return Digits("0", 0.0)
    places = places_of(seen, index)
    if places is None or abs(value) < 10.0 ** (DIGITS - 1 - places):
        return plain(value)
    return Digits(f"{value:.{places}f}", value)


def _signed(value: float, index: int, seen: Inspection) -> Digits:
    """The same with its sign."""
    digits = fixed(value, index, seen)
    signed = digits.startswith("−") or digits.value == 0
    return digits if signed else Digits(f"+{digits}", value)
