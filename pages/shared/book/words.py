"""What the numbers of an edition show, in sentences; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.shared.book.entry import Entry
from pages.shared.book.ours import NAMES, Comparison, Curves
from pages.shared.story import ALIKE, plain
from wd_core.editions import BATCH_SIZE, DATA, Edition, Recipe

Row = dict[str, str]


def verdict(comparison: Comparison) -> str:
    """Where the printed number lies in the spread."""
    if comparison.value is None:
        return "none quoted"
    if comparison.inside:
        return "inside"
    if comparison.within:
        return "rare: outside nine in ten"
    return "outside every seed"


def summary(entry: Entry, found: Sequence[Comparison]) -> str:
    """Whether the printed numbers lie in the spread."""
    label, quoted = entry.book.label, [c for c in found if c.value is not None]
    if not quoted:
        return f"{label}: no printed number is quoted; these are the spreads of its two codes."
    inside = sum(bool(c.inside) for c in quoted)
    text = (
        f"{label}: {_of(inside, len(quoted))} printed numbers lie where nine in ten of our "
        f"{entry.seeds} seeds end."
    )
    return " ".join([text, *(_outlier(c, entry.seeds) for c in quoted if not c.inside)])


def everywhere(found: Sequence[tuple[Edition, Comparison]], seeds: int) -> str:
    """The same over all editions."""
    quoted = [(book, c) for book, c in found if c.value is not None]
    inside = sum(bool(c.inside) for _, c in quoted)
    text = (
        f"Of {len(quoted)} printed numbers {inside} lie where nine in ten of {seeds} seeds end "
        f"({plain(0.9 * len(quoted))} would be expected)."
    )
    rare = [(book, c) for book, c in quoted if not c.inside and c.within]
    never = [(book, c) for book, c in quoted if not c.within]
    if rare:
        text += f" Rare, but among our seeds: {_names(rare)}."
    if never:
        text += f" Beyond every one of our seeds: {_names(never)}."
    else:
        text += " None lies beyond all of our seeds."
    return text


def _names(some: Sequence[tuple[Edition, Comparison]]) -> str:
    return "; ".join(f"{_exact(c.printed.value)} ({book.label}, {title(c)})" for book, c in some)


def _of(part: int, whole: int) -> str:
    return f"all {whole}" if part == whole else f"{part} of {whole}"


def _outlier(comparison: Comparison, seeds: int) -> str:
    value, what = _exact(comparison.printed.value), title(comparison)
    if not comparison.within:
        side = "above" if comparison.value and comparison.value > comparison.median else "below"
        return f"{value} ({what}) does not: it lies {side} every seed."
    return f"{value} ({what}) does not: {comparison.below} of {seeds} seeds end below it."


def title(comparison: Comparison) -> str:
    """Which number this is: scratch, λ = 3, ‖w‖."""
    printed = comparison.printed
    return f"{printed.code}, λ = {printed.weight_decay:g}, {NAMES[printed.quantity]}"


def row(comparison: Comparison) -> Row:
    """The comparison as a row of the table."""
    low, high = comparison.interval
    return {
        "number": title(comparison),
        "printed": _shown(comparison),
        "one seed": plain(comparison.one),
        "median": plain(comparison.median),
        "nine seeds in ten": f"{plain(low)} to {plain(high)}",
        "printed number is": verdict(comparison),
    }


def _shown(comparison: Comparison) -> str:
    if comparison.value is None:
        return "–"
    return _exact(comparison.value) + (" (off a plot)" if comparison.printed.read_off else "")


def _exact(value: float) -> str:
    return f"{value:.5g}"


def doing(recipe: Recipe) -> str:
    """What a code does, in a line."""
    loss = "half mean square" if recipe.loss == "half_mse" else "mean square without ½"
    if recipe.start == "uniform":
        start = f"uniform on ±{plain(recipe.scale)}"
    else:
        start = f"N({recipe.mean:g}, {recipe.scale:g}²)" if recipe.scale else "0"
    bias = "0" if not recipe.bias_std else f"N(0, {recipe.bias_std:g}²)"
    decay = f"wd = {recipe.decay_scale:g}λ" if recipe.decay_scale != 1 else "wd = λ"
    return (
        f"η = {recipe.lr:g}, {recipe.epochs} epochs of batches of {BATCH_SIZE}, {loss}; w starts "
        f"at {start}, b at {bias}; {decay}{', on the bias too' if recipe.decay_bias else ''}"
    )


def outcome(entry: Entry, found: Curves) -> str:
    """What λ = 3 does here, with the numbers of this code."""
    none, three = found.at(0.0), found.at(3.0)
    random, zero = (np.median(part.test, axis=0) for part in (found.random, found.zero))
    constant = float(np.median(found.baselines.constant))
    ridge = np.median(found.baselines.ridge, axis=0)
    n, d = DATA.n_train, DATA.n_features
    share = float(found.shrink[three])
    text = (
        f"λ = 3 takes the median test loss from {plain(float(random[none]))} to "
        f"{plain(float(random[three]))}. Of the {d} directions {d - n} are reached by no example; "
        f"there w starts at length {plain(found.hidden)}, no gradient ever acts, and "
        f"{entry.recipe.steps} steps of decay leave the share {plain(share)} of it. "
        f"Started at 0 instead, the same code ends at {plain(float(zero[none]))} without any decay "
        f"and at {plain(float(zero[three]))} with λ = 3"
    )
    if max(zero[none], zero[three]) <= ALIKE * min(zero[none], zero[three]):
        text += ": there λ hardly matters, and all it did above was to erase the random start."
    elif zero[three] < zero[none]:
        text += "."
    else:
        text += ": there λ = 3 does harm."
    text += (
        f" Predicting the mean of y without looking at x has {plain(constant)}, which is "
        f"{_better(constant, float(random[three]))} what λ = 3 reaches from the random start; "
        f"exact ridge has {plain(float(ridge[none]))} as λ → 0 and {plain(float(ridge[three]))} at "
        "λ = 3."
    )
    return f"{text} {_best(found, random)}"


def _better(loss: float, other: float) -> str:
    if plain(loss) == plain(other):
        return "the same as"
    return "better than" if loss < other else "worse than"


def _best(found: Curves, random: np.ndarray) -> str:
    best = int(np.argmin(random))
    lam, loss = found.weight_decay[best], float(random[best])
    last = " (the largest drawn)" if best == len(random) - 1 else ""
    return f"Over the λ drawn, the random start does best at λ = {lam:g}{last}: {plain(loss)}."


def tex(value: float) -> str:
    """A number to three digits in LaTeX."""
    digits, _, power = f"{value:.3g}".partition("e")
    return rf"{digits}\cdot 10^{{{int(power)}}}" if power else digits
