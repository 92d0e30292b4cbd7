"""What the numbers of an edition show, in sentences; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

from pages.book.answer import NAMES, Course, Spread
from pages.shared.codes import CODES
from pages.shared.judging import ALIKE
from pages.shared.numbers import Digits, every_digit, plain
from pages.shared.words import Said, Value, joined, say, tell, told
from wd_core.book.editions import Edition
from wd_core.book.recipes import BATCH_SIZE, Recipe

Row = dict[str, str]


def verdict(spread: Spread) -> Said:
    """Where the printed number lies in the spread."""
    if spread.value is None:
        return say("none quoted")
    if spread.inside:
        return say("inside")
    if spread.within:
        return say("outside nine in ten")
    return say("outside every seed")


def glance(spread: Spread) -> Said:
    """The printed number and where it lies, for the title of its panel."""
    if spread.value is None:
        return verdict(spread)
    if spread.inside:
        return say("{printed}: inside", printed=exact(spread.value))
    return say("{printed}: outside", printed=exact(spread.value))


def summary(book: Edition, found: Sequence[Spread], seeds: int) -> str:
    """Whether the printed numbers lie in the spread."""
    label, quoted = told(book.label), [c for c in found if c.value is not None]
    if not quoted:
        return say(
            "{edition}: no printed number is quoted; these are the spreads of its two codes.",
            edition=label,
        )
    inside = sum(bool(c.inside) for c in quoted)
    if inside == len(quoted):
        return say(
            "{edition}: all {quoted} printed numbers lie where nine in ten of our {seeds} seeds "
            "end.",
            edition=label,
            quoted=len(quoted),
            seeds=seeds,
        )
    said = say(
        "{edition}: {inside} of {quoted} printed numbers lie where nine in ten of our {seeds} "
        "seeds end.",
        edition=label,
        inside=inside,
        quoted=len(quoted),
        seeds=seeds,
    )
    return joined([said, *(_outlier(c, seeds) for c in quoted if not c.inside)])


def plainly(found: Sequence[Spread]) -> Said:
    """The same without the edition and the single numbers."""
    quoted = [c for c in found if c.value is not None]
    inside = sum(bool(c.inside) for c in quoted)
    if not quoted:
        return say("No printed number is quoted; these are the spreads of the two codes.")
    if inside == len(quoted):
        return say(
            "Yes: all {quoted} printed numbers lie in the range where nine in ten of our runs end.",
            quoted=len(quoted),
        )
    if all(c.within for c in quoted):
        return say(
            "{inside} of {quoted} printed numbers lie in the range where nine in ten of our runs "
            "end; the rest lie further out, but among our runs.",
            inside=inside,
            quoted=len(quoted),
        )
    return say(
        "{inside} of {quoted} printed numbers lie in the range where nine in ten of our runs end; "
        "of the rest some lie beyond every run.",
        inside=inside,
        quoted=len(quoted),
    )


def everywhere(found: Sequence[tuple[Edition, Spread]]) -> str:
    """The same over all editions."""
    quoted = [(book, c) for book, c in found if c.value is not None]
    rare = [(book, c) for book, c in quoted if not c.inside and c.within]
    never = [(book, c) for book, c in quoted if not c.within]
    said = [
        say(
            "Of {quoted} printed numbers {inside} lie where nine in ten of our seeds end "
            "({expected} would be expected).",
            quoted=len(quoted),
            inside=sum(bool(c.inside) for _, c in quoted),
            expected=0.9 * len(quoted),
        )
    ]
    if rare:
        said.append(say("Rare, but among our seeds: {which}.", which=_names(rare)))
    if never:
        said.append(say("Beyond every one of our seeds: {which}.", which=_names(never)))
    else:
        said.append(say("None lies beyond all of our seeds."))
    return joined(said)


def _names(some: Sequence[tuple[Edition, Spread]]) -> str:
    return "; ".join(
        say(
            "{printed} ({edition}, {which})",
            printed=exact(c.printed.value),
            edition=told(book.label),
            which=title(c),
        )
        for book, c in some
    )


def _outlier(spread: Spread, seeds: int) -> Said:
    values: dict[str, Value] = {
        "printed": exact(spread.printed.value),
        "which": title(spread),
    }
    if spread.within:
        return say(
            "{printed} ({which}) does not: {below} of {seeds} seeds end below it.",
            **values,
            below=spread.below,
            seeds=seeds,
        )
    if spread.printed.value > spread.median:
        return say("{printed} ({which}) does not: it lies above every seed.", **values)
    return say("{printed} ({which}) does not: it lies below every seed.", **values)


def title(spread: Spread) -> Said:
    """Which number this is: scratch, λ = 3, ‖w‖."""
    printed = spread.printed
    return say(
        "{code}, λ = {weight_decay}, {quantity}",
        code=CODES[printed.code],
        weight_decay=every_digit(printed.weight_decay),
        quantity=NAMES[printed.quantity],
    )


def row(spread: Spread, seed: int, one: float) -> Row:
    """The numbers as a row of the table, that of one seed among them."""
    low, high = spread.interval
    return {
        tell("number"): title(spread),
        tell("printed"): _shown(spread),
        tell("printed number is"): verdict(spread),
        tell("seed {seed}", seed=seed): plain(one),
        tell("median"): plain(spread.median),
        tell("nine seeds in ten"): say("{low} to {high}", low=low, high=high),
    }


def _shown(spread: Spread) -> str:
    if spread.value is None:
        return "–"
    if spread.printed.read_off:
        return say("{printed} (read off a plot)", printed=exact(spread.value))
    return exact(spread.value)


def exact(value: float) -> Digits:
    """A printed number with the digits it is printed with, up to five."""
    return Digits(f"{value:.5g}", value)


def printed_as(spread: Spread) -> Said:
    """Which number this is, and what is printed."""
    return say(
        "{which}, printed {printed}",
        which=title(spread),
        printed=exact(spread.printed.value),
    )


# ---------------------------------------------------------------- what a code does


def doing(code: str, recipe: Recipe) -> Said:
    """What a code does."""
    values: dict[str, Value] = {
        "code": CODES[code].capitalize(),
        "lr": every_digit(recipe.lr),
        "epochs": recipe.epochs,
        "batch_size": BATCH_SIZE,
        "loss": say("half mean square")
        if recipe.loss == "half_mse"
        else say("mean square without ½"),
        "start": _drawn(recipe, recipe.mean, recipe.scale),
        "bias_start": _drawn(recipe, 0.0, recipe.bias_scale),
    }
    if recipe.decay_scale != 1:
        return say(
            "**{code}:** η = {lr}, {epochs} epochs of batches of {batch_size}, {loss}; w starts at "
            "{start}, b at {bias_start}; wd = {decay_scale}λ.",
            **values,
            decay_scale=every_digit(recipe.decay_scale),
        )
    if recipe.decay_bias:
        return say(
            "**{code}:** η = {lr}, {epochs} epochs of batches of {batch_size}, {loss}; w starts at "
            "{start}, b at {bias_start}; wd = λ, on the bias too.",
            **values,
        )
    return say(
        "**{code}:** η = {lr}, {epochs} epochs of batches of {batch_size}, {loss}; w starts at "
        "{start}, b at {bias_start}; wd = λ.",
        **values,
    )


def _drawn(recipe: Recipe, mean: float, scale: float) -> str:
    """How a start is drawn: a number, a range or a normal distribution."""
    if not scale:
        return every_digit(mean)
    if recipe.start == "uniform":
        return say("random, uniform on ±{scale}", scale=scale)
    if scale == 1:
        return say("N({mean}, 1)", mean=every_digit(mean))
    return say("N({mean}, {scale}²)", mean=every_digit(mean), scale=every_digit(scale))


def not_on_train(code: str, recipe: Recipe) -> Said:
    """Why Train's controls cannot say this run."""
    if not recipe.plain_start:
        return say(
            "The {code} code's run cannot be opened on Train: its weights do not start as normal "
            "random numbers around 0.",
            code=CODES[code],
        )
    if recipe.bias_scale:
        return say(
            "The {code} code's run cannot be opened on Train: its bias starts at random.",
            code=CODES[code],
        )
    return say(
        "The {code} code's run cannot be opened on Train: its bias decays.", code=CODES[code]
    )


# ---------------------------------------------------------------- what the pictures show


def plotted(courses: Sequence[Course], seed: int) -> str:
    """Where the test curves of both codes end as plotted, and what is in them."""
    return joined([say("Seed {seed}:", seed=seed), *(_plotted(course) for course in courses)])


def _plotted(course: Course) -> Said:
    end, alone, added = (
        float(values[-1]) for values in (course.plotted_test, course.test, course.penalty)
    )
    values: dict[str, Value] = {"code": CODES[course.code], "plotted": end}
    doubled = end - added > ALIKE * alone
    if added and doubled:
        return say(
            "The {code} code’s test curve ends at {plotted}, {mse} of it the mean square without "
            "½, {penalty} of it the penalty; the half mean square is {test}.",
            **values,
            mse=end - added,
            penalty=added,
            test=alone,
        )
    if added:
        return say(
            "The {code} code’s test curve ends at {plotted}, {penalty} of it the penalty; the half "
            "mean square is {test}.",
            **values,
            penalty=added,
            test=alone,
        )
    if doubled:
        return say(
            "The {code} code’s test curve ends at {plotted}, the mean square without ½: twice the "
            "half mean square, {test}.",
            **values,
            test=alone,
        )
    return say(
        "The {code} code’s test curve ends at {plotted}, the half mean square itself.", **values
    )
