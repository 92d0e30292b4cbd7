"""What the numbers of an edition show, in sentences; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.shared.book.entry import Entry
from pages.shared.book.ours import NAMES, Comparison, Course, Curves
from pages.shared.numbers import plain
from pages.shared.story import ALIKE
from wd_core.editions import Edition
from wd_core.recipes import BATCH_SIZE, DATA, Recipe
from wd_core.types import Array

Row = dict[str, str]


def verdict(comparison: Comparison) -> str:
    """Where the printed number lies in the spread."""
    if comparison.value is None:
        return "none quoted"
    if comparison.inside:
        return "inside"
    if comparison.within:
        return "outside nine in ten"
    return "outside every seed"


def glance(comparison: Comparison) -> str:
    """The printed number and where it lies, for the title of its panel."""
    if comparison.value is None:
        return verdict(comparison)
    return f"{exact(comparison.value)}: {'inside' if comparison.inside else 'outside'}"


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
    return "; ".join(f"{exact(c.printed.value)} ({book.label}, {title(c)})" for book, c in some)


def _of(part: int, whole: int) -> str:
    return f"all {whole}" if part == whole else f"{part} of {whole}"


def _outlier(comparison: Comparison, seeds: int) -> str:
    value, what = exact(comparison.printed.value), title(comparison)
    if not comparison.within:
        side = "above" if comparison.value and comparison.value > comparison.median else "below"
        return f"{value} ({what}) does not: it lies {side} every seed."
    return f"{value} ({what}) does not: {comparison.below} of {seeds} seeds end below it."


def title(comparison: Comparison) -> str:
    """Which number this is: scratch, λ = 3, ‖w‖."""
    printed = comparison.printed
    return f"{printed.code}, λ = {printed.weight_decay:g}, {NAMES[printed.quantity]}"


def row(comparison: Comparison, seed: int) -> Row:
    """The comparison as a row of the table."""
    low, high = comparison.interval
    return {
        "number": title(comparison),
        "printed": _shown(comparison),
        "printed number is": verdict(comparison),
        f"seed {seed}": plain(comparison.one),
        "median": plain(comparison.median),
        "nine seeds in ten": f"{plain(low)} to {plain(high)}",
    }


def _shown(comparison: Comparison) -> str:
    if comparison.value is None:
        return "–"
    return exact(comparison.value) + (" (off a plot)" if comparison.printed.read_off else "")


def exact(value: float) -> str:
    """A printed number with the digits it is printed with, up to five."""
    return f"{value:.5g}"


def doing(recipe: Recipe) -> str:
    """What a code does, in a line."""
    loss = "half mean square" if recipe.loss == "half_mse" else "mean square without ½"
    decay = f"wd = {recipe.decay_scale:g}λ" if recipe.decay_scale != 1 else "wd = λ"
    return (
        f"η = {recipe.lr:g}, {recipe.epochs} epochs of batches of {BATCH_SIZE}, {loss}; w starts "
        f"at {_drawn(recipe, recipe.mean, recipe.scale)}, b at "
        f"{_drawn(recipe, 0.0, recipe.bias_scale)}; {decay}"
        f"{', on the bias too' if recipe.decay_bias else ''}"
    )


def _drawn(recipe: Recipe, mean: float, scale: float) -> str:
    """How a start is drawn: a number, a range or a normal distribution."""
    if not scale:
        return f"{mean:g}"
    if recipe.start == "uniform":
        return f"random, uniform on {plain(mean) if mean else ''}±{plain(scale)}"
    return f"N({mean:g}, {scale:g}{'²' if scale != 1 else ''})"


def plotted(courses: Sequence[Course], seed: int) -> str:
    """Where the test curves of both codes end as plotted, and what is in them."""
    return " ".join([f"Seed {seed}:", *(_plotted(course) for course in courses)])


def _plotted(course: Course) -> str:
    end, alone, added = (
        float(values[-1]) for values in (course.plotted_test, course.test, course.penalty)
    )
    text = f"The {course.code} code’s test curve ends at {plain(end)}"
    doubled = end - added > ALIKE * alone
    if added:
        rest = f"{plain(end - added)} of it the mean square without ½, " if doubled else ""
        rest += f"{plain(added)} of it the penalty"
        return f"{text}, {rest}; the half mean square is {plain(alone)}."
    if doubled:
        return f"{text}, the mean square without ½: twice the half mean square, {plain(alone)}."
    return f"{text}, the half mean square itself."


def effect(found: Curves) -> str:
    """What λ = 3 does to the test loss here, beside the best of the λ drawn."""
    none, three = found.at(0.0), found.at(3.0)
    test = np.median(found.random.test, axis=0)
    return (
        f"λ = 3 takes the median test loss from {plain(float(test[none]))} to "
        f"{plain(float(test[three]))}. {_best(found, test)}"
    )


def reasons(recipe: Recipe, found: Curves) -> list[str]:
    """What it does that with: the part out of reach, the start at 0, and the baselines."""
    none, three = found.at(0.0), found.at(3.0)
    random, zero = (np.median(part.test, axis=0) for part in (found.random, found.zero))
    share = plain(float(found.shrink[three]))
    constant = float(np.median(found.baselines.constant))
    ridge = np.median(found.baselines.ridge, axis=0)
    n, d = DATA.n_train, DATA.n_features
    from_zero = (
        f"Started at 0 instead, the same code ends at {plain(float(zero[none]))} without any decay "
        f"and at {plain(float(zero[three]))} with λ = 3"
    )
    if max(zero[none], zero[three]) <= ALIKE * min(zero[none], zero[three]):
        from_zero += f": there λ hardly matters. {_start(random, zero, none, three, share)}"
    else:
        from_zero += "." if zero[three] < zero[none] else ": there λ = 3 does harm."
    return [
        f"Of the {d} directions {d - n} are reached by no example. There w starts at length "
        f"{plain(found.hidden)}, no gradient ever acts, and {recipe.steps} steps of decay leave "
        f"the share {share} of it.",
        from_zero,
        f"Predicting the mean of y without looking at x has {plain(constant)}, which is "
        f"{_better(constant, float(random[three]))} what λ = 3 reaches from the random start; "
        f"exact ridge has {plain(float(ridge[none]))} as λ → 0 and {plain(float(ridge[three]))} at "
        "λ = 3.",
    ]


def _start(random: Array, zero: Array, none: int, three: int, share: str) -> str:
    """What λ = 3 did to the random start, by the share that it left and by the test losses."""
    if random[none] <= ALIKE * zero[none]:
        return "Nor does the random start, which hardly changes the test loss."
    before, after = (plain(float(random[k] - zero[k])) for k in (none, three))
    if random[three] <= ALIKE * zero[three]:
        return (
            "What it did above was to erase the random start, which without decay adds "
            f"{before} to the test loss."
        )
    return (
        "What it did above was to shrink the random start, not to erase it: the share "
        f"{share} of its part out of reach is left, and what the start adds to the test loss fell "
        f"from {before} to {after}."
    )


def _better(loss: float, other: float) -> str:
    if plain(loss) == plain(other):
        return "the same as"
    return "better than" if loss < other else "worse than"


def _best(found: Curves, random: np.ndarray) -> str:
    best = int(np.argmin(random))
    lam, loss = found.weight_decay[best], float(random[best])
    last = " (the largest drawn)" if best == len(random) - 1 else ""
    return f"Over the λ drawn, the random start does best at λ = {lam:g}{last}: {plain(loss)}."


def ridge_note(recipe: Recipe) -> str:
    """Which λ exact ridge has where the code counts it otherwise; empty where it does not."""
    effective = recipe.ridge_weight_decay(3.0)
    if effective == 3.0:
        return ""
    return (
        "; exact ridge minimises what this code descends, whose λ = 3 is "
        f"λ = {effective:g} of the half mean square"
    )
