"""The book, edition by edition: every spread trained again weight by weight, every number held."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from pages.book.answer import GRID, MOST_SHRINK, PRINTED_AT
from pages.book.question import Entry
from pages.shared.words import Said
from tests.matrix import formulas
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.driver import Visit, hold, number, visit
from tests.oracles import Array, half_mean_square, ridge
from wd_core.book.editions import EDITIONS, Edition, Printed
from wd_core.book.recipes import BATCH_SIZE, Recipe, dataset_of
from wd_core.seeding import start_draw
from wd_core.training import batch_order

SEEDS = 50
# Several hundred steps in float64, of medians.
CLOSE = 1e-7


def _cases() -> list[Entry]:
    """Every edition, by its concise code; the scratch codes once each."""
    concise = [Entry(key, "concise", 0, SEEDS) for key in EDITIONS]
    first = {book.recipes["scratch"]: key for key, book in reversed(EDITIONS.items())}
    return [*concise, *(Entry(key, "scratch", 0, SEEDS) for key in first.values())]


CASES = _cases()


class Ends:
    """w [S, D, L] and b [S, L] where a recipe ends, stepped row by row, and what that is worth."""

    def __init__(self, recipe: Recipe, lams: tuple[float, ...], seeds: tuple[int, ...]) -> None:
        self.data = [dataset_of(seed) for seed in seeds]
        X, y = (np.array([getattr(d, name) for d in self.data]) for name in ("X_train", "y_train"))
        starts = np.array([_start(recipe, seed) for seed in seeds])
        self.start, decay = starts[:, :-1], recipe.decay_scale * np.array(lams)
        w = np.repeat(self.start[..., None], len(lams), axis=2)
        b = np.repeat(starts[:, -1:], len(lams), axis=1)
        c = 2.0 if recipe.loss == "mse" else 1.0
        which = np.arange(len(seeds))[:, None]
        orders = [list(batch_order(seed, X.shape[1], recipe.epochs)) for seed in seeds]
        for epoch in range(recipe.epochs):
            order = np.array([rows[epoch] for rows in orders])
            for at in range(0, X.shape[1], BATCH_SIZE):
                rows = order[:, at : at + BATCH_SIZE]
                x = X[which, rows]
                r = x @ w + b[:, None] - y[which, rows][..., None]
                slope = c * np.swapaxes(x, 1, 2) @ r / rows.shape[1] + decay * w
                shift = c * r.mean(axis=1) + recipe.decay_bias * decay * b
                w, b = w - recipe.lr * slope, b - recipe.lr * shift
        self.w, self.b = w, b
        self.quantity = cache(self._quantity)

    def _quantity(self, name: str) -> Array:
        """The number in the unit of a printed one, [S, L]."""
        norm = np.sqrt((self.w**2).sum(axis=1))
        if name in ("norm", "half_square"):
            return norm if name == "norm" else norm**2 / 2
        part = "train" if name.startswith("train") else "test"
        X, y = (np.array([getattr(d, f"{a}_{part}") for d in self.data]) for a in "Xy")
        r = X @ self.w + self.b[:, None] - y[..., None]
        half = (r**2).mean(axis=1) / 2
        return 2 * half if name.endswith("mse") else half


def _start(recipe: Recipe, seed: int) -> Array:
    """w and, last, b before the first step."""

    z = start_draw(seed, 200)
    u = 2 * norm.cdf(z) - 1 if recipe.start == "uniform" else z
    return np.append(recipe.mean + recipe.scale * u[:-1], recipe.bias_scale * u[-1])


ends = lru_cache(maxsize=64)(Ends)
EVERY = tuple(range(SEEDS))


def of_printed(book: Edition, printed: Printed) -> Array:
    """The same number of every seed."""
    found = ends(book.recipes[printed.code], PRINTED_AT, EVERY)
    return found.quantity(printed.quantity)[:, PRINTED_AT.index(printed.weight_decay)]


class Worked:
    """An entry worked out, and its page."""

    def __init__(self, entry: Entry) -> None:
        self.entry, self.recipe = entry, entry.recipe
        self.seen: Visit = visit(
            "book", {"edition": entry.edition, "code": entry.code, "seeds": str(SEEDS)}
        )
        rate = self.recipe.lr * self.recipe.decay_scale
        self.lams = tuple(lam for lam in GRID if rate * lam <= MOST_SHRINK)
        zero = replace(self.recipe, mean=0.0, scale=0.0, bias_scale=0.0)
        self.random = self.medians(self.recipe)
        self.zero = self.medians(zero)
        self.none, self.three = self.lams.index(0.0), self.lams.index(3.0)

    def medians(self, recipe: Recipe) -> Array:
        return np.median(ends(recipe, self.lams, EVERY).quantity("test"), axis=0)

    def spreads(self, book: Edition) -> list[tuple[Printed, Array]]:
        return [(printed, of_printed(book, printed)) for printed in book.printed]

    def books(self, said: Said) -> list[Edition]:
        """The editions that a sentence speaks of."""
        whole = "would be expected" in said.text
        return [b for b in EDITIONS.values() if b.printed] if whole else [self.entry.book]

    def counted(self, said: Said) -> list[bool]:
        """Whether each printed number lies where nine in ten seeds end."""
        inside = []
        for book in self.books(said):
            for printed, values in self.spreads(book):
                low, high = np.quantile(values, (0.05, 0.95))
                inside.append(bool(low <= printed.value <= high))
        return inside

    @property
    def left(self) -> float:
        """What the steps of decay leave of w, one after the other."""
        left = 1.0
        for _ in range(self.recipe.epochs * 20 // BATCH_SIZE):
            left *= 1 - self.recipe.lr * self.recipe.decay_scale * 3
        return left

    @property
    def hidden(self) -> float:
        """The median length of the start where no example reaches."""
        starts = ends(self.recipe, self.lams, EVERY)
        lengths = []
        for data, w in zip(starts.data, starts.start, strict=True):
            rows = data.X_train.T
            lengths.append(np.linalg.norm(w - rows @ np.linalg.lstsq(rows, w, rcond=None)[0]))
        return float(np.median(lengths))

    def plot(self, said: Said, part: str) -> float:
        """What the plot of a code ends at with seed 0, and what is in it."""
        recipe = self.entry.book.recipes[said.values["code"]]  # type: ignore[index]
        end = ends(recipe, (3.0,), (0,))
        half = float(end.quantity("test")[0, 0])
        mse = half * (2 if recipe.loss == "mse" else 1)
        penalised = said.values["code"] in self.entry.book.penalised
        penalty = recipe.decay_scale * 3 * float(end.quantity("half_square")[0, 0]) * penalised
        return {"test": half, "mse": mse, "penalty": penalty, "plotted": mse + penalty}[part]


@lru_cache
def baseline(lam: float) -> float:
    """The median test loss of exact ridge; of the mean of y for an infinite λ."""
    losses = []
    for seed in EVERY:
        data = dataset_of(seed)
        if np.isinf(lam):
            w, b = np.zeros(200), float(sum(data.y_train) / 20)
        else:
            w, b = ridge(data.X_train, data.y_train, lam)
        losses.append(half_mean_square(data.X_test, data.y_test, w, b))
    return float(np.median(losses))


def nearest(values: Any, value: float) -> Any:
    best = min(values, key=lambda x: abs(x - value))
    return pytest.approx(best, rel=CLOSE)


def of_spreads(low: bool) -> Any:
    def oracle(found: Worked, said: Said) -> Any:
        at = 0.05 if low else 0.95
        books = [b for b in EDITIONS.values() if b.printed] or [found.entry.book]
        every = [np.quantile(v, at) for book in books for _, v in found.spreads(book)]
        recipes = found.entry.book.recipes.values()
        norms = [ends(recipe, PRINTED_AT, EVERY).quantity("norm") for recipe in recipes]
        every += [np.quantile(norm[:, k], at) for norm in norms for k in (0, 1)]
        return nearest(every, number(said.values["low" if low else "high"]))

    return oracle


def below(found: Worked, said: Said) -> int:
    """How many seeds end below the printed number of the sentence."""
    (values,) = [
        v for p, v in found.spreads(found.entry.book) if p.value == number(said.values["printed"])
    ]
    return int((values < number(said.values["printed"])).sum())


def of_recipe(name: str) -> Any:
    """A fact of one of the edition's two codes."""
    return lambda found, said: getattr(
        found.entry.book.recipes[str(said.values["code"]).lower()], name
    )


ALL_PRINTED = [printed.value for book in EDITIONS.values() for printed in book.printed]
ORACLES = {
    "printed": lambda _, said: nearest(ALL_PRINTED, number(said.values["printed"])),
    "quoted": lambda found, said: len(found.counted(said)),
    "inside": lambda found, said: sum(found.counted(said)),
    "expected": lambda found, said: 0.9 * len(found.counted(said)),
    "below": below,
    "seeds": lambda *_: SEEDS,
    "seed": lambda *_: 0,
    "weight_decay": lambda _, said: nearest(PRINTED_AT, number(said.values["weight_decay"])),
    "low": of_spreads(low=True),
    "high": of_spreads(low=False),
    **{name: of_recipe(name) for name in ("lr", "epochs", "decay_scale")},
    "batch_size": lambda *_: BATCH_SIZE,
    "bias_start": lambda *_: 0.0,  # a word, where it is drawn
    "scale": lambda found, said: nearest(
        [x for r in found.entry.book.recipes.values() for x in (r.scale, r.bias_scale)],
        number(said.values["scale"]),
    ),
    "mean": lambda found, said: nearest(
        [r.mean for r in found.entry.book.recipes.values()] + [0.0], number(said.values["mean"])
    ),
    **{
        name: (lambda found, said, name=name: pytest.approx(found.plot(said, name), rel=CLOSE))
        for name in ("plotted", "mse", "penalty")
    },
    ("test curve ends at", "test"): lambda found, said: found.plot(said, "test"),
    "test": lambda found, _: found.random[found.three],
    "test_without": lambda found, _: found.random[found.none],
    "best_test": lambda found, _: found.random.min(),
    "best_weight_decay": lambda found, _: found.lams[int(found.random.argmin())],
    "n_features": lambda *_: 200,
    "beyond": lambda *_: 180,
    "hidden": lambda found, _: found.hidden,
    "steps": lambda found, _: found.recipe.epochs * 4,
    "share": lambda found, _: found.left,
    "zero_without": lambda found, _: found.zero[found.none],
    "zero_test": lambda found, _: found.zero[found.three],
    "start_adds": lambda found, _: found.random[found.none] - found.zero[found.none],
    "start_still_adds": lambda found, _: pytest.approx(
        found.random[found.three] - found.zero[found.three], rel=1e-5
    ),
    "constant_test": lambda found, _: baseline(np.inf),
    "ridge_without": lambda found, _: baseline(0.0),
    "ridge_test": lambda found, _: baseline(
        3.0 * found.recipe.decay_scale / (2 if found.recipe.loss == "mse" else 1)
    ),
    "effective": lambda found, _: (
        3.0 * found.recipe.decay_scale / (2 if found.recipe.loss == "mse" else 1)
    ),
}
COMPARISONS = (
    *map(
        idle, ("seeds end below it", "which is", "does best at", "the largest drawn", "more than")
    ),
    *map(idle, ("Beyond every one of our seeds", "None lies beyond", "to shrink the random start")),
    *map(idle, ("What it did above", "{beyond}", "{below}", "the same code ends")),
    Comparison("it lies above every seed"),
    Comparison("it lies below every seed"),
    Comparison("which is better than the", "constant_test", "<", "test"),
    Comparison("which is worse than the", "constant_test", ">", "test"),
    Comparison(
        "the same as what λ = 3 reaches",
        "constant_test",
        "~",
        lambda found, _: found.random[found.three],
        factor=1.01,
    ),
    Comparison("there λ hardly matters", "zero_test", "~", "zero_without", factor=1.05),
    Comparison("there λ = 3 does harm", "zero_test", ">", "zero_without"),
    Comparison("not to erase it", "share", ">", 0.01),
    Comparison("the random start does best", lambda f, _: f.random.min(), "=", "best_test"),
    Comparison("what the start adds to the test loss went", "start_adds", ">", "start_still_adds"),
    Comparison(
        "twice the half mean square",
        "plotted",
        "~",
        lambda _, s: 2 * number(s.values["test"]),
        factor=1.001,
    ),
)


@pytest.fixture(scope="module")
def opened() -> dict[Entry, Worked]:
    """Every entry is opened once."""
    return {}


@pytest.fixture
def found(case: Entry, opened: dict[Entry, Worked]) -> Worked:
    if case not in opened:
        opened[case] = Worked(case)
    return opened[case]


def test_every_number_is_recomputed_and_every_word_holds(found: Worked) -> None:
    hold(found.seen, ORACLES, found)
    hold_comparisons(found.seen.said, COMPARISONS, found)
    for said in found.seen.saying("does not: it lies"):
        value = number(said.values["printed"])
        values = next(v for p, v in found.spreads(found.entry.book) if p.value == value)
        above = value > values.max()
        assert above == ("above every seed" in said.text)
        assert above or value < values.min()


def shown(text: str) -> float:
    return formulas.evaluate(formulas._powers(text)).value


def test_the_table_says_where_each_printed_number_lies(found: Worked) -> None:
    table, spreads = found.seen.tables[0], found.spreads(found.entry.book)
    for k, (printed, values) in enumerate(spreads):
        row = table.iloc[k]
        low, high = np.quantile(values, (0.05, 0.95))
        inside = low <= printed.value <= high
        assert (row["printed number is"] == "inside") == inside
        assert shown(row["median"]) == pytest.approx(np.median(values), rel=6e-3)
        one = ends(found.entry.book.recipes[printed.code], PRINTED_AT, (0,))
        mine = one.quantity(printed.quantity)[0, PRINTED_AT.index(printed.weight_decay)]
        assert shown(row["seed 0"]) == pytest.approx(mine, rel=6e-3)


def test_the_formula_is_what_is_left(found: Worked) -> None:
    (latex,) = found.seen.latex
    body = latex.replace(r"\begin{gathered}", "").replace(r"\end{gathered}", "")
    for side in body.replace(r"\\", " ").split("="):
        assert formulas.evaluate(side).value == pytest.approx(found.left, rel=6e-3)


def test_no_exact_curve_beside_a_code_that_decays_its_bias(found: Worked) -> None:
    named = {str(trace.get("name")) for trace in found.seen.traces()}
    assert ("test, exact ridge" in named) != found.recipe.decay_bias
