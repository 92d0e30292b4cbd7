"""Where it acts, in every case: each number worked out again, each word held against them."""

from __future__ import annotations

import math
import re
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
import pytest

from pages.shared.words import Said
from tests.matrix import formulas, traces
from tests.matrix.cases import Case
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.driver import Visit, hold, is_number, number, visit
from tests.matrix.recompute import NOTHING, SETTINGS, Recomputed, recomputed
from tests.oracles import Array
from wd_core import OPTIMIZERS

# Runs of a few hundred steps, relative to the largest weight; below it the page says 0.
ROUNDING = 1e-12
# What is drawn is sent in seven digits.
DRAWN = 1e-5
# Sentences about a stop that do not say its λ and t.
PLAIN = "Decay|Never stopping|Stopping early"
# Where a run goes is known by a limit of small steps.
ENDS = 1e-6


class Worked:
    """A case worked out, and the page that shows it."""

    def __init__(self, it: Recomputed, seen: Visit) -> None:
        self.it, self.seen = it, seen
        self.spec, self.run, self.data = it.spec, it.run, it.data
        self.parts = seen.payloads[-1]
        self.directions = seen.payloads[0] if len(seen.payloads) == 2 else None
        self.rules = cache(partial(rules, self))

    @cached_property
    def centred(self) -> Array:
        """X without the mean of its rows."""
        X = self.data.X_train
        return X - sum(X) / len(X)

    @cached_property
    def s(self) -> Array:
        """The variances along the directions of the data, falling: from the smaller Gram matrix."""
        X = self.centred
        gram = X @ X.T if len(X) < X.shape[1] else X.T @ X
        s = np.linalg.eigvalsh(gram)[::-1] / len(X)
        return s[s > NOTHING**1.2 * max(s.max(), np.abs(self.data.X_train).max() ** 2)]

    def ridge(self, lam: float) -> Array:
        """The shares that ridge keeps."""
        return self.s / (self.s + lam)

    def steps(self, t: float, lam: float = 0.0) -> Array:
        """The shares that so many steps keep."""
        with np.errstate(over="ignore"):
            return self.ridge(lam) * (1 - (1 - self.run.lr * (self.s + lam)) ** t)

    def stops(self) -> list[tuple[float, float]]:
        """λ and t of every picture."""
        assert self.directions
        series = self.directions["series"]
        steps = [math.inf if t is None else t for t in series["steps"]]
        return list(zip(series["weight_decay"], steps, strict=True))

    @cached_property
    def distances(self) -> Array:
        """How far ridge and stopping are apart at every stop."""
        return np.array([rms(self.ridge(lam) - self.steps(t)) for lam, t in self.stops()])

    @cached_property
    def rank(self) -> int:
        """How many directions the rows span."""
        return int(np.linalg.matrix_rank(self.data.X_train, tol=None))

    # The two parts of w

    @property
    def weights(self) -> Array:
        """w over the epochs, as far as it has not diverged."""
        return self.it.weights[: self.it.diverged_at]

    @cached_property
    def beyond(self) -> Array:
        """‖w − Pw‖ over the epochs."""
        return np.array([np.linalg.norm(self.it.out_of_reach(w)) for w in self.weights])

    @cached_property
    def reached(self) -> Array:
        """‖Pw‖ over the epochs."""
        inside = [w - self.it.out_of_reach(w) for w in self.weights]
        return np.array([np.linalg.norm(part) for part in inside])

    @cached_property
    def floor(self) -> float:
        """What is rounding beside the largest weights, and those that the targets ask for."""
        data = self.data
        largest = np.abs(data.X_train).max()
        asked = np.abs(data.y_train).max() / largest if largest else 0.0
        return ROUNDING * max(float(np.linalg.norm(self.weights, axis=1).max()), asked)

    @property
    def end_weight_decay(self) -> float | None:
        """λ of the solution that the page measures from."""
        for said in self.seen.saying("‖Pw − w*‖"):
            return number(said.values["end_weight_decay"])
        return 0.0 if self.seen.saying("nearest exact least squares") else None

    @cached_property
    def to_end(self) -> Array:
        """The distance of Pw to it; at λ = 0 to the nearest of those that fit best."""
        lam = self.end_weight_decay
        assert lam is not None
        best = self.it.ridge(lam)[0]
        if lam == 0:
            apart = [self.centred @ (w - best) for w in self.weights]
            least = [np.linalg.lstsq(self.centred, a, rcond=NOTHING)[0] for a in apart]
        else:
            least = [w - best - self.it.out_of_reach(w - best) for w in self.weights]
        return np.array([np.linalg.norm(part) for part in least])


def rms(values: Array) -> float:
    return math.sqrt(sum(v * v for v in values) / len(values))


def nearest(values: Array, value: float) -> Any:
    """That of the values which is nearest: a number of one of the pictures."""
    best = float(values[np.nanargmin(np.abs(values - value))])
    return pytest.approx(best, rel=1e-6, abs=ROUNDING)


def rounded(found: Worked, value: float) -> Any:
    return pytest.approx(value, rel=1e-7, abs=found.floor)


def rules(found: Worked, name: str) -> Array:
    """What the rule of thumb says, or how far it is off, at every stop."""
    lr, said = found.run.lr, []
    for lam, t in found.stops():
        if lam and name == "rule_steps":
            said.append(1 / (lr * lam))
        elif lam and name == "rounded":
            said.append(max(1, round(1 / (lr * lam))))
        elif name == "rule_weight_decay":
            said.append(1 / (lr * t))
        elif name == "rule_distance":
            if lam:
                said.append(rms(found.ridge(lam) - found.steps(max(1, round(1 / (lr * lam))))))
            if math.isfinite(t):
                said.append(rms(found.ridge(1 / (lr * t)) - found.steps(t)))
    return np.array(said)


def kept(end: int, of: str) -> Any:
    """The share that is kept of a direction, from the λ or t in the same sentence.

    A sentence without them says that of one of the stops; which one has a test of its own.
    """

    def oracle(found: Worked, said: Said) -> Any:
        if re.match(PLAIN, said.text):
            stops = found.stops()
            all_of = [found.ridge(lam) if of == "ridge" else found.steps(t) for lam, t in stops]
            name = f"{of}_{'weakest' if end else 'strongest'}"
            return nearest(np.array([float(x[end]) for x in all_of]), number(said.values[name]))
        if of == "ridge":
            shares = found.ridge(number(said.values["weight_decay"]))
        elif of == "stopped":
            t = number(said.values["t"]) if "t" in said.values else math.inf
            shares = found.steps(t)
        else:
            lam, t = found.stops()[found.directions["position"]]  # type: ignore[index]
            shares = found.steps(t, lam)
        return pytest.approx(float(shares[end]), rel=1e-6, abs=1e-9)

    return oracle


ORACLES = SETTINGS | {
    # directions
    "rank": lambda found, _: len(found.s),
    ("picture above", "n"): lambda found, _: len(found.s),
    ("there is no rest", "n"): lambda found, _: found.rank,
    ("is nothing to fit", "n"): lambda found, _: found.data.X_train.shape[1] - len(found.s),
    "upto": lambda found, _: 1 / found.run.lr,
    "lr": lambda found, _: found.run.lr,
    "limit": lambda found, _: 2 / found.s[0],
    ("η(s_max + λ)", "product"): lambda found, _: (
        found.run.lr * (found.s[0] + found.run.weight_decay)
    ),
    ("is above 1", "product"): lambda found, _: found.run.lr * found.s[0],
    "strongest": lambda found, _: found.s[0],
    "weakest": lambda found, _: found.s[-1],
    "weight_decay": lambda found, said: nearest(
        np.array([lam for lam, _ in found.stops()]), number(said.values["weight_decay"])
    ),
    "t": lambda found, said: nearest(
        np.array([t for _, t in found.stops()]), number(said.values["t"])
    ),
    **{
        f"{of}_{name}": kept(end, of)
        for of in ("ridge", "stopped", "both")
        for name, end in (("strongest", 0), ("weakest", -1))
    },
    "distance": lambda found, said: nearest(found.distances, number(said.values["distance"])),
    **{
        name: (lambda found, said, name=name: nearest(found.rules(name), number(said.values[name])))
        for name in ("rule_steps", "rounded", "rule_weight_decay", "rule_distance")
    },
    # the parts of w
    ("row space", "rank"): lambda found, _: found.rank,
    "n": lambda found, _: found.data.X_train.shape[1] - found.rank,
    "diverged_at": lambda found, _: found.it.diverged_at,
    "reached": lambda found, _: rounded(found, found.reached[-1]),
    "left": lambda found, _: rounded(found, found.beyond[-1]),
    "left_start": lambda found, _: found.beyond[0],
    "share": lambda found, _: pytest.approx(
        found.beyond[-1] / found.beyond[0], rel=1e-7, abs=ROUNDING
    ),
    "to_end": lambda found, _: rounded(found, found.to_end[-1]),
    "to_end_start": lambda found, _: found.to_end[0],
    "end_weight_decay": lambda found, said: goes_to(found, number(said.values["end_weight_decay"])),
    "bound": lambda found, _: 1 / found.run.weight_decay,
    "predicted": lambda found, _: found.beyond[0] * abs(found.it.shrunk()),
    "product": lambda found, _: found.run.lr * found.run.weight_decay,
    "factor": lambda found, _: found.it.factor(found.run.batch_size),
    "last_factor": lambda found, _: found.it.factor(len(found.it.first_epoch[-1])),
    "short_rows": lambda found, _: len(found.it.first_epoch[-1]),
    "batch_size": lambda found, _: found.run.batch_size,
}

COMPARISONS = (
    # how a picture is to be read; what it says of s is held by test_a_larger_s_keeps_more
    *map(
        idle, ("the larger s the more", "more of stronger", "less of weaker", "The picture above")
    ),
    *map(idle, ("ever more steps", "least squares", "one more, which w and b", "goes where this")),
    *map(idle, ("is least", "shares’ difference", "The difference to ridge", "at least 1")),
    *map(idle, ("bias at its best", "L2 shrinks", "less than 0.1 %", "more than 99.9 %")),
    *map(idle, ("the nearest", "its difference along", "the least loss", "nor the same")),
    Comparison("some more than along others", lambda f, _: f.s[0], ">", lambda f, _: f.s[-1]),
    Comparison("acts where the data vary least", lambda f, _: f.s[-1], "<", lambda f, _: f.s[0]),
    # advice
    *map(
        idle,
        (
            "Choose a smaller one",
            "Choose a smaller η",
            "choose a smaller η",
            "Choose more training examples",
        ),
    ),
    # by their oracles, and a match by the tests of its search
    *map(idle, ("The two differ by", "differs by", "no other t comes nearer")),
    idle("no other λ comes nearer"),
    Comparison("η = {lr} is not below 2/s_max", "lr", "~", "limit", factor=math.inf),
    Comparison("is not below 2:", lambda _, said: -number(said.values["product"]), "<", -1.99),
    Comparison("leaves more", "product", ">", 1.0),
    Comparison("is above 1", "product", ">", 1.0),
    Comparison("grows from", "left", ">", "left_start"),
    Comparison("falls from", "left", "<", "left_start"),
    Comparison("It grows with every epoch", lambda found, _: abs(found.it.shrunk(1)), ">", 1.0),
    Comparison("It only shrinks", lambda found, _: abs(found.it.shrunk(1)), "<", 1.0),
    Comparison("Its length stays as it is", lambda found, _: abs(found.it.shrunk(1)), "=", 1.0),
    Comparison(
        "That is what decay alone predicts",
        lambda found, _: found.beyond[-1] + found.floor,
        "~",
        lambda found, _: found.beyond[0] * abs(found.it.shrunk()) + found.floor,
        factor=1 + 1e-6,
    ),
)


def goes_to(found: Worked, said: float) -> Any:
    """The λ itself, if the run's rest for η → 0 is the ridge solution of it; of a linear rule."""
    if not OPTIMIZERS[found.run.optimizer].linear:
        return found.run.weight_decay
    away = np.linalg.norm(found.it.destination[0] - found.it.ridge(said)[0])
    size = np.linalg.norm(found.it.ridge(said)[0]) + found.floor / ROUNDING
    return said if away <= ENDS * size else math.nan


@pytest.fixture(scope="module")
def opened() -> dict[Case, Worked]:
    """Every case is opened once."""
    return {}


@pytest.fixture
def found(case: Case, opened: dict[Case, Worked]) -> Worked:
    if case not in opened:
        opened[case] = Worked(recomputed(case), visit("act", case.query()))
    return opened[case]


def test_every_number_is_recomputed_and_every_word_holds(found: Worked) -> None:
    hold(found.seen, ORACLES, found)
    hold_comparisons(found.seen.said, COMPARISONS, found)
    for said in found.seen.said:
        for name, value in said.values.items():
            if re.match(PLAIN, said.text):
                continue  # see test_every_sentence_stands_at_its_stop
            if not is_number(value) and re.search("strongest|weakest|share", name):
                exact = ORACLES[name](found, said).expected
                assert exact < 1e-3 if "less" in value else 0.999 < exact <= 1, said


def test_every_sentence_stands_at_its_stop(found: Worked) -> None:
    if not found.directions:
        return
    apart = [
        x for (lam, t), x in zip(found.stops(), found.distances, strict=True) if lam or t < math.inf
    ]
    said = found.seen.numbers("distance")
    assert not said or said == pytest.approx([x for x in apart if x >= 1e-13], rel=1e-6)
    for k, (lam, t) in enumerate(found.stops()):
        sentence = found.directions["sentences"][k]
        if "all of every direction" in sentence:
            assert (lam, t) == (0, math.inf)
            continue
        of_ridge, of_stopping, *_ = sentence.split(". ")
        assert told_rightly(of_ridge, found.ridge(lam)), sentence
        never = "keeps no share" in of_stopping
        assert never or told_rightly(of_stopping, found.steps(t)), sentence
        assert ("Never stopping" in sentence) == (t == math.inf and not never)


def told_rightly(text: str, shares: Array) -> bool:
    """Whether a text has the shares of the weakest and the strongest, or one that both have."""
    told = re.findall(r"(less than |more than )?(−?\d[\d.]*(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?) %", text)
    ends = shares[[-1, 0]].tolist()
    told = told * 2 if len(told) == 1 else told
    return all(_is_told(*one, value) for one, value in zip(told, ends, strict=True))


def _is_told(bound: str, digits: str, value: float) -> bool:
    if bound:
        return 0 < value < 1e-3 if "less" in bound else 0.999 < value <= 1
    shown = float(formulas._powers(digits).replace("−", "-")) / 100
    return math.isclose(value, shown, rel_tol=6e-3, abs_tol=1e-9)


def test_a_larger_s_keeps_more(found: Worked) -> None:
    """As far as the text says: everywhere, or up to 1/η."""
    if not found.directions:
        return
    upto = 1 / found.run.lr
    assert bool(found.seen.saying("only up to s")) == (found.s[0] > upto and len(found.s) > 1)
    for lam, t in found.stops()[::7]:
        assert (np.diff(found.ridge(lam)) <= 0).all()
        assert (np.diff(found.steps(t)[found.s <= upto]) <= 0).all()


def test_the_parts_are_drawn_as_they_are(found: Worked) -> None:
    series, upto = found.parts["series"], len(found.weights)
    wanted = {"reached": found.reached, "left": found.beyond}
    if found.end_weight_decay is not None:
        wanted["to_end"] = found.to_end
    if OPTIMIZERS[found.run.optimizer].plain:
        factors = [abs(found.it.shrunk(int(epoch))) for epoch in series["epoch"]]
        wanted["predicted"] = found.beyond[0] * np.array(factors)
    for name, values in wanted.items():
        drawn = np.array(series[name][:upto], dtype=float)
        np.testing.assert_allclose(drawn, values[:upto], rtol=1e-6, atol=found.floor)
        assert set(series[name][upto:]) <= {None}
    named = {trace.name for trace in traces.drawn(found.parts)}
    assert any("distance to" in name for name in named) <= (found.end_weight_decay is not None)


def test_where_no_part_is_beyond_the_rows_nothing_is_said_or_drawn_of_it(found: Worked) -> None:
    labels = {tile["label"] for tile in found.seen.tiles}
    whole = found.rank == found.data.X_train.shape[1]
    assert bool(found.seen.saying("there is no rest that decay alone acts on")) == whole
    assert bool(found.seen.saying("the rest of the start")) == (not whole)
    assert ("In the null space" in labels) == ("In the row space" in labels) == (not whole)
    if whole:
        assert "Predicted" not in labels


def test_no_part_lies_under_another_all_along(found: Worked) -> None:
    """What is compared with a part may: the prediction in dots, and a distance to zeros, dotted."""
    parts = ("weight_norm", "reached", "left")
    lines = [one for one in traces.drawn(found.parts) if one.trace["meta"]["series"] in parts]
    for k, one in enumerate(lines):
        for other in lines[:k]:
            assert not np.array_equal(one.y, other.y, equal_nan=True), (one.name, other.name)


def test_nothing_is_compared_where_the_end_is_not_known(found: Worked) -> None:
    rule, run = OPTIMIZERS[found.run.optimizer], found.run
    labels = {tile["label"] for tile in found.seen.tiles}
    measured = any(label.startswith("Its distance") for label in labels)
    assert measured == (found.end_weight_decay is not None)
    stated = rule.decays["coupled"].end.on_batches or run.batch_size >= found.it.n_train
    if not rule.linear and not (stated and run.decay == "coupled"):
        assert measured <= (stated and run.weight_decay == 0)


def test_every_formula_is_what_it_stands_for(found: Worked) -> None:
    run = found.run
    symbols = {"η": run.lr, "λ": run.weight_decay, "μ": run.momentum, "B": run.batch_size}
    symbols |= {"n": found.it.n_train, "c": math.ceil(found.it.n_train / run.batch_size)}
    for said in found.seen.said:
        if "formula" in said.values:
            text = str(said.values["formula"]).replace("⌈n/B⌉", " c")
            value = number(said.values.get("end_weight_decay", said.values.get("bound")))
            assert formulas.evaluate(text, **symbols).value == pytest.approx(value, rel=1e-12)
    tex = {"eta": run.lr, "lambda": run.weight_decay, "m": len(found.it.first_epoch[-1])}
    powers = [latex for latex in found.seen.latex if "lambda)^" in latex or r"\tfrac{m}" in latex]
    assert len(powers) == any(
        said.values.get("product") is not None
        for said in found.seen.said
        if "rest of the start" in said.text
    )
    for latex in powers:
        plain = re.sub(r"\\begin\{gathered\}|\\end\{gathered\}|\\bigl|\\bigr|\\\\", " ", latex)
        *written, end = plain.split("=")
        if "infty" in end:
            assert math.isinf(found.it.shrunk())
            continue
        for side in written:
            value = formulas.evaluate(side, B=run.batch_size, **tex).value
            assert value == pytest.approx(found.it.shrunk(), rel=1e-6)
        if found.it.shrunk():
            shown, percent, _ = end.partition(r"\,\%")
            value = formulas.evaluate(shown).value / (100 if percent else 1)
            assert value == pytest.approx(found.it.shrunk(), rel=6e-3)
            assert bool(percent) == (1e-3 <= abs(value) <= 1), "as the sentences have it"
