"""Two codes, in every case: both codes worked out again by hand, and each sentence held."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pytest

from pages.codes.answer import Question
from pages.shared.words import Said
from tests.matrix import cases, formulas
from tests.matrix.cases import Case
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.driver import Visit, hold, number, visit
from tests.matrix.recompute import Recomputed, recomputed
from tests.oracles import Array
from wd_core.book.two_codes import SIDES, Switches
from wd_core.seeding import start_draw

# Two ways of some hundred steps in float64, as a share of the largest weight.
CLOSE = 1e-9
# A difference below this share is rounding.
ROUNDING = 1e-12
CODES = ("scratch", "concise")
# Every case has other switches, the book's first: the choices taken in turn, at steps without a
# factor in common with their number.
CHOICES = [Switches(**dict(zip(SIDES, values, strict=True))) for values in product(*SIDES.values())]
STRIDE = 71


class Worked:
    """A case worked out: what each code does, in NumPy from its formula, and the page's words."""

    def __init__(self, it: Recomputed, seen: Visit, question: Question) -> None:
        self.it, self.seen, self.question = it, seen, question
        self.switches, self.run = question.switches, question.run
        self.payload = seen.payloads[0]

    def path(self, switches: Switches, code: int) -> Array:
        """w and, last, b after every epoch [E + 1, D + 1]; code 0 is from scratch."""
        own = {key: SIDES[key][value][code] for key, value in asdict(switches).items()}
        X, y, run = self.it.data.X_train, self.it.data.y_train, self.run
        eta, wd = run.lr / own["rates"], run.weight_decay * own["rates"]
        c = 1.0 if own["loss"] else 2.0
        draw = start_draw(run.seed, X.shape[1])
        z = float(draw[-1])
        uniform = math.erf(z / math.sqrt(2)) / math.sqrt(X.shape[1])
        b = {"zero": 0.0, "normal": z, "uniform": uniform}[own["bias_start"]]
        w, decayed = run.init_std * draw[:-1], wd * own["bias_decay"]
        path = [np.append(w, b)]
        for batches in self.it.batches(run.epochs):
            for rows in batches:
                r = X[rows] @ w + b - y[rows]
                over = run.batch_size if own["divisor"] == "batch_size" else len(rows)
                share = len(rows) / over if own["penalty"] == "loss" else 1.0
                moved = eta * c / over * (X[rows].T @ r)
                w, b = (
                    w - moved - eta * share * wd * w,
                    b - eta * c / over * r.sum() - eta * share * decayed * b,
                )
            path.append(np.append(w, b))
            if not np.abs(path[-1]).max() < 1e140:
                break
        return np.array(path)

    @cached_property
    def paths(self) -> list[Array]:
        return [self.path(self.switches, code) for code in (0, 1)]

    @cached_property
    def lost(self) -> list[int | None]:
        """The epoch by which each has diverged."""
        return [self.it.lost((path[:, :-1], path[:, -1])) for path in self.paths]

    @property
    def size(self) -> float:
        """The largest weight or b that either code has had, before it diverged."""
        return max(
            float(np.abs(path[:gone]).max())
            for path, gone in zip(self.paths, self.lost, strict=True)
        )

    def ends_apart(self, switches: Switches) -> float:
        """How far apart the codes end; NaN where one diverges."""
        paths = [self.path(switches, code) for code in (0, 1)]
        if any(self.it.lost((path[:, :-1], path[:, -1])) is not None for path in paths):
            return math.nan
        return float(np.abs(paths[0][-1] - paths[1][-1]).max())

    def loss(self, code: int) -> float:
        """The test loss at the end."""
        end = self.paths[code][-1]
        return self.it.test_loss(end[:-1], end[-1])

    def close(self, value: float) -> Any:
        return pytest.approx(value, rel=1e-7, abs=CLOSE * self.size)

    @property
    def alone(self) -> list[float]:
        """How far apart the codes end with each acting switch alone."""
        equal, asked = self.question.equalised, self.switches
        return [
            self.ends_apart(replace(equal, **{name: getattr(asked, name) for name in own}))
            for own in (("loss", "rates"), *((key,) for key in SIDES))
        ]

    @property
    def moved(self) -> float:
        """The same of the divisor, with the penalty added by the optimizer in both."""
        equal, asked = self.question.equalised, self.switches
        return self.ends_apart(replace(equal, divisor=asked.divisor, penalty="optimizer"))


def among(found: Worked, values: list[float], value: float) -> Any:
    return found.close(min(values, key=lambda x: abs(x - value) if math.isfinite(x) else math.inf))


def rate(code: int) -> Any:
    return lambda found, _: found.run.lr / SIDES["rates"][found.switches.rates][code]


def strength(code: int) -> Any:
    return lambda found, _: found.run.weight_decay * SIDES["rates"][found.switches.rates][code]


def rounding(found: Worked, said: Said) -> Any:
    """A share of the weights that is nothing but rounding."""
    value = number(said.values["nearness"])
    grown = 1e3 if any(gone is not None for gone in found.lost) else 1.0
    return value if value <= grown * ROUNDING else pytest.approx(0.0)


ORACLES = {
    "nearness": rounding,
    "epochs": lambda found, _: found.run.epochs,
    "batch_size": lambda found, _: found.run.batch_size,
    "n": lambda found, _: len(found.it.data.y_train) % found.run.batch_size,
    "apart": lambda found, _: found.close(
        float(np.abs(found.paths[0][-1] - found.paths[1][-1]).max())
    ),
    "alone": lambda found, said: among(found, found.alone, number(said.values["alone"])),
    "moved": lambda found, _: found.close(found.moved),
    **{f"test_{code}": lambda found, _, k=k: found.loss(k) for k, code in enumerate(CODES)},
    **{f"{code}_lr": rate(k) for k, code in enumerate(CODES)},
    **{f"{code}_weight_decay": strength(k) for k, code in enumerate(CODES)},
    **{f"{code}_diverged_at": lambda found, _, k=k: found.lost[k] for k, code in enumerate(CODES)},
    **{
        f"{code}_last": lambda found, _, k=k: (
            found.run.epochs if found.lost[k] is None else found.lost[k] - 1
        )
        for k, code in enumerate(CODES)
    },
}
COMPARISONS = (
    *map(idle, ("the codes differ in", "Choose a smaller learning rate")),
    *map(idle, ("The codes differ in", "Still written differently", "they differ in")),
    *map(idle, ("No η and wd make the steps of these two codes the same", "Choose a smaller η")),
    *map(
        idle,
        (
            "The same in both",
            "the step is the same",
            "gives the same step",
            "The same steps from other numbers, with all else alike",
        ),
    ),
    *map(idle, ("Make them equal", "largest weight or bias")),
    Comparison(
        "nothing is left of that",
        lambda found, _: np.abs(found.paths[0][-1] - found.paths[1][-1]).max(),
        "<",
        lambda found, _: 2 * ROUNDING * found.size + 1e-300,
    ),
    Comparison(
        "After epoch {epochs} a weight or the bias is {apart} apart",
        "apart",
        ">",
        lambda found, _: ROUNDING * found.size / 2,
    ),
    *map(
        idle,
        (
            "no weight or bias differs at all",
            "no weight or bias differs by more than",
            "never by more than",
            "of either further from",
        ),
    ),
)


def switches_of(case: Case) -> Switches:
    k = cases.whole().index(case) if case in cases.whole() else 0
    return CHOICES[STRIDE * k % len(CHOICES)]


@pytest.fixture(scope="module")
def opened() -> dict[Case, Worked]:
    """Every case is opened once."""
    return {}


@pytest.fixture
def found(case: Case, opened: dict[Case, Worked]) -> Worked:
    if case not in opened:
        switches = switches_of(case)
        question = Question(case.settings(), switches)
        it = recomputed(case, optimizer="sgd", decay="coupled", momentum=0.9)
        query = case.query(**asdict(switches))
        opened[case] = Worked(it, visit("codes", query), question)
    return opened[case]


def test_every_number_is_recomputed_and_every_word_holds(found: Worked) -> None:
    hold(found.seen, ORACLES, found)
    hold_comparisons(found.seen.said, COMPARISONS, found)
    for said in found.seen.saying("nothing is left of it at the end"):
        assert min(x for x in [*found.alone, found.moved] if x == x) <= 2 * ROUNDING * found.size, (
            said
        )


def test_both_codes_are_drawn_as_they_are(found: Worked) -> None:
    series = found.payload["series"]
    for k, code in enumerate(CODES):
        path, gone = found.paths[k], found.lost[k]
        for at, epoch in enumerate(map(int, series["epoch"])):
            shown = [series[f"{what}_{code}"][at] for what in ("train", "test", "norm")]
            if gone is not None and epoch >= gone:
                assert shown == [None] * 3
                continue
            w, b = path[epoch, :-1], path[epoch, -1]
            expected = [found.it.train_loss(w, b), found.it.test_loss(w, b), np.linalg.norm(w)]
            assert shown == pytest.approx(expected, rel=1e-5, abs=1e-12 * found.size)


def test_one_computation_is_one(found: Worked) -> None:
    """What the codes are called, held against what they do on every epoch."""
    same = [said for said in found.seen.said if "are one computation" in said]
    shortest = min(map(len, found.paths))
    apart = np.abs(found.paths[0][:shortest] - found.paths[1][:shortest]).max(axis=1)
    if same:
        assert (apart <= 1e-10 * found.size).all()
    elif found.seen.saying("The codes differ in"):
        assert (
            apart.max() > ROUNDING * found.size
            or found.size == 0
            or not any(np.abs(found.it.data.y_train))
        )


def test_every_printed_law_and_step_is_what_is_done(found: Worked) -> None:
    n = found.it.n_train
    for latex in found.seen.latex:
        body = re.sub(r"\\begin\{gathered\}|\\end\{gathered\}", "", latex)
        for line in body.split(r"\\ "):
            if r"\leftarrow" in line:
                continue
            pairs = re.findall(r"text\{(\w+)\}\(([^,]+),\\? ([^)]+)\)", line)
            if len(pairs) == 2 and "eta" not in line:
                hold_law(found, pairs)
    steps = [latex for latex in found.seen.latex if r"\leftarrow" in latex]
    sizes = [min(found.run.batch_size, n), n % found.run.batch_size]
    for latex, rows in zip(steps, sizes, strict=False):
        hold_steps(found, latex, rows)
    assert len(steps) == 1 + bool(n % found.run.batch_size)


def factors(found: Worked, code: int, eta: float, wd: float, rows: int) -> tuple[float, float]:
    """What a step of this code makes of w, and of each residual, by its formula."""
    own = {key: SIDES[key][value][code] for key, value in asdict(found.switches).items()}
    over = found.run.batch_size if own["divisor"] == "batch_size" else rows
    share = rows / over if own["penalty"] == "loss" else 1.0
    return 1 - eta * share * wd, eta * (1 if own["loss"] else 2) / over


def hold_law(found: Worked, pairs: list[tuple[str, str, str]]) -> None:
    n, size = found.it.n_train, found.run.batch_size
    for rows in {min(size, n), n % size} - {0}:
        sides = [
            factors(
                found,
                CODES.index(code),
                formulas.evaluate(eta).value,
                formulas.evaluate(wd).value,
                rows,
            )
            for code, eta, wd in pairs
        ]
        assert sides[0] == pytest.approx(sides[1], rel=1e-3, abs=1e-3)


def hold_steps(found: Worked, latex: str, rows: int) -> None:
    """The two factors of each code, as they are printed to four digits."""
    form = r"text\{(\w+):\}.*?leftarrow ([^\\]+(?:\\cdot 10\^\{-?\d+\})?)\\,w - (.+?) \\textstyle"
    printed = re.findall(form, latex)
    assert [code for code, *_ in printed] == list(CODES)
    for k, (_, keep, data) in enumerate(printed):
        eta, wd = rate(k)(found, None), strength(k)(found, None)
        expected = factors(found, k, eta, wd, rows)
        shown = [formulas.evaluate(text).value for text in (keep, data)]
        assert shown == pytest.approx(expected, rel=6e-4)
