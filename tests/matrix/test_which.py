"""“which” in every corner: every number of its sentences, table and file worked out again."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar

from pages.shared.fields import as_text
from pages.shared.settings import relevant
from pages.shared.words import Said
from pages.which.question import FORM, Problem
from tests.descent import Descent
from tests.matrix import cases, traces
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.driver import Visit, hold, number, visit
from tests.matrix.recompute import LARGEST, LOST
from tests.oracles import AGES, Array, half_mean_square, present, ridge
from wd_core import OPTIMIZERS, Dataset, DatasetSpec, make_dataset, validation_split
from wd_core.seeding import start_draw
from wd_core.training import batch_order

# Small enough to be whole at once.
SEEDS, DRAWS = 2, 5
MARKED = {"zero": 0.0, "small": 0.1, "end": 10.0}
# A loss below this share of that of predicting 0 is rounding.
NOTHING = 1e-20
# The minimum of a curve, found by two searches.
VALUE = 1e-6
# Three digits of a table, or the place of a flat minimum.
CELL = 8e-3
# Steps of two programs over a few hundred steps.
STEPPED = 1e-6
# A rule that divides by its gradients, far above its limit: rounding grows from step to step.
SHAKEN = 2e-2
# A loss so many times another is that where a curve crosses 0, and no search finds it alike.
CROSSING = 1e6
# Of gradients of more steps ago nothing is left.
FORGOTTEN = 40_000
# At the first λ, which is 0, and at any other.
PLAIN = ("Without decay the exact solution", "With this decay the exact solution")
EXACT = ("At λ = {weight_decay} the exact solution",)
EVEN = "At λ = {weight_decay} the exact solution has"


@dataclass(frozen=True)
class Asked:
    """A problem by what it differs in from the page's own."""

    name: str
    values: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        return self.name

    @property
    def problem(self) -> Problem:
        return FORM.of(self.values)

    def query(self) -> dict[str, str]:
        read = relevant(self.problem.data.source, self.problem.run.optimizer)
        own = {"least", "most", "seeds", "draws", "at"}
        return {key: as_text(v) for key, v in self.values.items() if key in read | own}


def _asked(case: cases.Case) -> Asked:
    values = {**case.values, "seeds": SEEDS, "draws": DRAWS, "at": MARKED[case.strength]}
    del values["weight_decay"]
    return Asked(str(replace(case, decay_bias=False)), values)


def corners() -> list[Asked]:
    """Data and axes that the matrix of runs has not."""
    small = {"n_train": 12, "n_features": 5, "n_test": 20, "epochs": 10, "lr": 0.01}
    small |= {"seeds": SEEDS, "draws": DRAWS}
    nothing = {"noise": 0.0, "true_weight": 0.0}
    ends: dict[str, dict[str, Any]] = {
        "Bayes beyond the axis": {
            "noise": 10.0,
            "most": 10.0,
            "seed": 3,
            "n_train": 30,
            "n_features": 25,
            "n_test": 1000,
        },
        "Bayes below the axis": {"noise": 0.01, "least": 0.1},
        "no noise": {"noise": 0.0},
        "no noise, settled": {"noise": 0.0, "lr": 0.2, "epochs": 2000, "batch_size": 12},
        "no noise, d > n": {"noise": 0.0, "n_features": 20},
        "no signal": {"true_weight": 0.0},
        "nothing to learn": nothing,
        "all targets 0": {**nothing, "true_bias": 0.0, "init_std": 0.0},
        "targets 0, a start": {**nothing, "true_bias": 0.0},
        "one test example": {"n_test": 1},
        "two examples": {"n_train": 2},
        "a short axis": {"least": 0.1, "most": 1.0, "at": 0.5},
        "a long axis": {"least": 1e-8, "most": 100.0, "at": 100.0},
        "nothing random": {"init_std": 0.0, "batch_size": 12},
        "one seed": {"seeds": 1},
        "other orders": {"init_std": 0.0, "batch_size": 5},
        "many weights": {"n_features": 80, "at": 0.0},
        "nearly all lost": {"lr": 1.0, "epochs": 300},
        "a gap": {"lr": 0.1, "most": 100.0, "epochs": 300},
        "d = n - 1": {"n_features": 11},
        "correlated": {"source": "correlated", "correlation": 0.99, "n_features": 10},
        "AdamW on batches": {"optimizer": "adam", "decay": "decoupled", "batch_size": 5},
        "the book's": {"n_train": 20, "n_features": 200, "noise": 0.01, "true_weight": 0.01},
        "products": {"source": "diabetes", "n_train": 40, "n_features": 15},
    }
    return [Asked(name, small | values) for name, values in ends.items()]


def covering() -> list[Asked]:
    """Every pair of values that this page tells apart, and a third of the runs that grow."""
    told = set(cases.DIMENSIONS) - {"strength", "decay_bias"}
    rows = [case for case in cases.settling() if not case.decay_bias]
    pairs = [{pair for pair in cases.pairs_of(case) if {pair[0], pair[2]} <= told} for case in rows]
    missing, chosen = set().union(*pairs), []
    while missing:
        best = max(range(len(rows)), key=lambda k: len(pairs[k] & missing))
        missing -= pairs[best]
        chosen.append(rows[best])
    strengths = [replace(c, strength=tuple(MARKED)[k % 3]) for k, c in enumerate(chosen)]
    return [_asked(case) for case in (*strengths, *cases.growing()[::3])]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every combination where it is asked for."""
    if "asked" in metafunc.fixturenames:
        every = metafunc.config.getoption("--whole-matrix", default=False)
        runs = [_asked(case) for case in cases.whole()] if every else covering()
        chosen = {str(asked): asked for asked in (*runs, *corners())}
        metafunc.parametrize("asked", [*chosen.values()], ids=str)


# ---------------------------------------------------------------- worked out again


def floored(loss: float, y: Array) -> float:
    """A loss, 0 where it is rounding."""
    return 0.0 if loss <= NOTHING * float(np.mean(y**2)) else loss


class Scores:
    """What each rule makes least, on one data set, over λ; at 0 the limit."""

    def __init__(self, data: Dataset, seed: int) -> None:
        self.data = data
        self.split = validation_split(data, seed=seed) if data.n_train > 1 else None
        self._known: dict[tuple[float, bool], float] = {}
        self._least = cache(self._sought)

    def test(self, lam: float, split: bool = False) -> float:
        if (lam, split) not in self._known:
            data = self.split if split else self.data
            assert data is not None
            w, b = ridge(data.X_train, data.y_train, lam)
            loss = float(np.mean((data.X_test @ w + b - data.y_test) ** 2)) / 2
            self._known[lam, split] = floored(loss, data.y_test)
        return self._known[lam, split]

    def validation(self, lam: float) -> float:
        return self.test(lam, split=True)

    @cached_property
    def _hat(self) -> tuple[Array, Array]:
        """The eigenvalues of the rows' inner products over n, and vectors, less the constant."""
        X, n = self.data.X_train, self.data.n_train
        Xc = X - X.mean(0)
        values, vectors = np.linalg.eigh(Xc @ Xc.T / n - np.ones((n, n)))  # the constant is last
        values = np.where(values > 1e-9 * max(values.max(), 1e-300), values, 0.0)
        return values[1:], vectors[:, 1:]

    def _residuals(self, lam: float) -> tuple[Array, Array]:
        """What is left of y, and 1 − h_ii, both over λ at 0 where nothing is left."""
        s, U = self._hat
        left = lam / (s + lam) if lam else np.where(s > 0, 0.0, 1.0)
        if not left.any():
            left = 1 / s
        return U @ (left * (U.T @ self.data.y_train)), (U**2) @ left

    def loo(self, lam: float) -> float:
        residual, gap = self._residuals(lam)
        if gap.min() <= 1e-10 * gap.max():
            return math.nan
        return floored(float(np.mean((residual / gap) ** 2)), self.data.y_train)

    def gcv(self, lam: float) -> float:
        residual, gap = self._residuals(lam)
        return floored(float(np.mean(residual**2) / np.mean(gap) ** 2), self.data.y_train)

    @cached_property
    def rules(self) -> dict[str, Callable[[float], float]]:
        """Those that are defined."""
        rules: dict[str, Callable[[float], float]] = {"test": self.test}
        if self.data.n_train > 1:
            rules |= {"gcv": self.gcv, "loo": self.loo, "validation": self.validation}
        return rules

    def least(self, rule: str, grid: Array) -> tuple[float, float]:
        """The λ of the least score on a grid, sought on between its neighbours, and the score."""
        return self._least(rule, tuple(grid.tolist()))

    def _sought(self, rule: str, grid: tuple[float, ...]) -> tuple[float, float]:
        score = self.rules[rule]
        values = [score(lam) for lam in grid]
        k = int(np.nanargmin(values))
        low, high = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
        found = minimize_scalar(
            score, bounds=(low, high), method="bounded", options={"xatol": 1e-6 * high}
        )
        if found.fun < values[k]:
            return float(found.x), float(found.fun)
        return grid[k], values[k]


@lru_cache(maxsize=256)
def scores_of(spec: DatasetSpec) -> Scores:
    """Many cases differ in the run alone."""
    return Scores(make_dataset(spec), spec.seed)


class Again:
    """The page's problem worked out by other means."""

    def __init__(self, problem: Problem, grid: Array) -> None:
        self.problem, self.grid = problem, grid
        self.scores = scores_of(problem.data)
        self.data = self.scores.data
        self.places: dict[int, int] = {}

    def number_sentences(self, said: list[Said]) -> None:
        """Which λ of the grid each sentence is about."""
        k, begun = -1, ("",)
        for sentence in said:
            for starts in (PLAIN, EXACT):
                if sentence.text.startswith(starts):
                    k, begun = (k + 1 if starts == begun else 0), starts
            self.places[id(sentence)] = k

    def at(self, said: Said) -> int:
        return self.places[id(said)]

    def lam(self, said: Said) -> float:
        return float(self.grid[self.at(said)])

    @cached_property
    def bayes(self) -> float:
        """σ²/(nτ²)."""
        w = self.data.w_true
        if w is None:
            return math.nan
        top, below = self.problem.data.noise**2, self.data.n_train * float(np.mean(w**2))
        return top / below if below else (math.inf if top else math.nan)

    @cached_property
    def tests(self) -> Array:
        """The exact test loss at every λ of the grid."""
        return np.array([self.scores.test(lam) for lam in self.grid.tolist()])

    @cached_property
    def least(self) -> float:
        """The least test loss of all that is compared."""
        found = [self.scores.least("test", self.grid)[1]]
        if math.isfinite(self.bayes):
            found.append(self.scores.test(self.bayes))
        return min(found)

    def chosen(self, rule: str, said: float) -> float:
        """The λ that the page says a rule chose, if its score is as low as any; else NaN."""
        if rule == "bayes":
            return self.bayes
        score = self.scores.rules[rule](said)
        least = self.scores.least(rule, self.grid)[1]
        return said if score <= least * (1 + VALUE) + 1e-15 else math.nan

    @cached_property
    def dof(self) -> Array:
        """1 + the trace of what the fit makes of the centred targets."""
        X, n = self.data.X_train, self.data.n_train
        d = np.linalg.svd(X - X.mean(0), compute_uv=False)
        s = d[d > 1e-9 * max(1.0, d.max(initial=0.0))] ** 2 / n
        return np.array([1 + float((s / (s + lam)).sum()) for lam in self.grid.tolist()])

    # the trained runs: every λ a column

    def _ends(self, seed: int) -> Array:
        """Train loss, test loss and ‖w‖ at the end, [3, λ]; NaN where they left the range."""
        run, data = replace(self.problem.run, seed=seed), self.data
        n, d, G = data.n_train, data.X_train.shape[1], len(self.grid)
        draw = start_draw(seed, d)
        w = np.repeat((run.init_std * draw[:-1])[:, None], G, 1)
        b = np.full(G, run.init_bias_std * float(draw[-1]))
        descent = Descent(data.X_train, data.y_train, run, w, b)
        lams = torch.tensor(self.grid)[None]
        if run.decay == "coupled":
            descent.pulled = lams  # type: ignore[assignment]
        else:
            descent.shrunk = 1 - run.lr * lams  # type: ignore[assignment]
        lost = np.zeros(G, dtype=bool)
        first = np.maximum(self._losses(descent), 1)
        for order in batch_order(seed, n, run.epochs):
            with np.errstate(all="ignore"):
                descent.epoch([order[i : i + run.batch_size] for i in range(0, n, run.batch_size)])
                lost |= ~(self._losses(descent) <= LOST * first).all(0)
                lost |= ~(np.abs(descent.weights).max(0) < LARGEST)
        with np.errstate(all="ignore"):
            norms = np.sqrt((descent.weights**2).sum(0))
            ends = np.vstack([self._losses(descent), norms])
        return np.where(lost, np.nan, ends)

    def _losses(self, descent: Descent) -> Array:
        data, w, b = self.data, descent.weights, descent.bias
        with np.errstate(all="ignore"):
            return np.array(
                [
                    ((X @ w + b - y[:, None]) ** 2).mean(0) / 2
                    for X, y in ((data.X_train, data.y_train), (data.X_test, data.y_test))
                ]
            )

    @property
    def seeds(self) -> int:
        lone = self.problem.run.init_std == 0 and self.problem.run.batch_size >= self.data.n_train
        return 1 if lone else self.problem.seeds

    @cached_property
    def ends(self) -> Array:
        """[seed, 3, λ]."""
        first = self.problem.run.seed
        return np.array([self._ends(first + k) for k in range(self.seeds)])

    @cached_property
    def trained(self) -> Array:
        """The median test loss of each λ; rounding is 0."""
        medians = np.median(self.ends[:, 1], axis=0)
        return np.array([floored(x, self.data.y_test) for x in medians.tolist()])

    @cached_property
    def diverged(self) -> Array:
        return np.isnan(self.ends[:, 1]).sum(0)

    @property
    def stepped(self) -> float:
        """How far two programs' runs may be apart."""
        run = self.problem.run
        return SHAKEN if run.lr >= cases.WILD and OPTIMIZERS[run.optimizer].degree == 0 else STEPPED

    # where a run goes, as the theory says

    def aim(self, lam: float) -> float:
        """λ of the ridge solution that a run of this λ goes to; NaN where it is none."""
        run, n = self.problem.run, self.data.n_train
        rule = OPTIMIZERS[run.optimizer]
        stated = run.batch_size >= n or rule.decays["coupled"].end.on_batches
        if not rule.linear and (not stated or (run.decay == "decoupled" and lam)):
            return math.nan
        if run.decay == "coupled" or not lam:
            return lam
        # decay acts once, a gradient as often as it is kept
        kept = AGES.get(run.optimizer, present)(run, np.arange(FORGOTTEN)).sum()
        return lam / kept * run.batch_size * math.ceil(n / run.batch_size) / n

    # the repetitions

    @cached_property
    def repeated(self) -> list[dict[str, tuple[float, float]]]:
        """For every repetition the λ of each method, and its test loss over the least one."""
        made = []
        for k in range(self.problem.draws):
            spec = replace(self.problem.data, seed=self.problem.data.seed + k)
            scores = scores_of(spec)
            lams = {rule: scores.least(rule, self.grid)[0] for rule in scores.rules}
            lams |= {"zero": 0.0, "bayes": Again(replace(self.problem, data=spec), self.grid).bayes}
            tests = {m: scores.test(lam) for m, lam in lams.items() if math.isfinite(lam)}
            least = min([*tests.values(), *(scores.test(lam) for lam in self.grid.tolist())])
            made.append(
                {m: (lams[m], _over(test, least)) for m, test in tests.items()}
                | {"least": (0.0, least)}
            )
        return made

    def costs(self, method: str) -> Array:
        return np.array([one[method][1] for one in self.repeated if method in one])


def _over(loss: float, least: float) -> float:
    if loss == least:
        return 1.0
    return max(1.0, loss / least) if least else math.inf


METHODS = {
    "the test set (hindsight)": "test",
    "Bayes": "bayes",
    "GCV": "gcv",
    "leave-one-out": "loo",
    "Leave-one-out": "loo",
    "validation": "validation",
    "Validation": "validation",
    "no decay": "zero",
    "No decay": "zero",
}


def near(value: float, share: float = STEPPED) -> Any:
    return pytest.approx(value, rel=share, abs=1e-12, nan_ok=True)


def _chosen(found: Again, said: Said) -> Any:
    value = number(said.values["weight_decay"])
    return near(found.chosen(METHODS[str(said.values["rule"])], value))


def _chosen_alike(found: Again, said: Said) -> Any:
    """The λ of several rules, if each of them says it is its own."""
    value, names = number(said.values["weight_decay"]), str(said.values["rules"])
    rules = re.split(", | and ", names)
    own = {found.chosen(METHODS[rule], value) for rule in rules}
    assert len(rules) > 1
    return near(value if all(lam == pytest.approx(value, rel=VALUE) for lam in own) else math.nan)


def _share_of_choice(found: Again, said: Said) -> Any:
    test = found.scores.test(number(said.values["weight_decay"]))
    return near(_over(test, found.least))


def _median(found: Again, said: Said) -> float:
    method = METHODS[str(said.values["rule"])] if "rule" in said.values else "zero"
    return float(np.median(found.costs(method)))


def _less_one(oracle: Callable[[Again, Said], float]) -> Callable[[Again, Said], Any]:
    def less(found: Again, said: Said) -> Any:
        value = oracle(found, said)
        value = value.expected if hasattr(value, "expected") else value
        return pytest.approx(value - 1, rel=CELL, abs=VALUE * value)

    return less


def _tied(found: Again, said: Said) -> Any:
    """Where the trained runs' medians are least; another λ with the same is as right."""
    value = number(said.values["weight_decay"])
    k = int(np.argmin(np.abs(found.grid - value)))
    least = float(np.nanmin(found.trained))
    return value if found.trained[k] <= least * (1 + found.stepped) + 1e-12 else math.nan


def _band(share: float) -> Callable[[Again, Said], Any]:
    return lambda found, said: near(
        float(np.quantile(found.ends[:, 1, found.at(said)], share)), found.stepped
    )


def _beaten(found: Again, said: Said) -> Any:
    return near(found.chosen("test", number(said.values["weight_decay"])))


def _gone(pick: Callable[[Array], float]) -> Callable[[Again, Said], float]:
    return lambda found, _: float(pick(found.grid[found.diverged > 0]))


def _weights_at_zero(found: Again, said: Said) -> Any:
    w, _ = ridge(found.data.X_train, found.data.y_train, 0.0)
    return near(float(np.abs(w).max()))


ORACLES: dict[Any, Callable[[Again, Said], Any]] = {
    # at one λ
    ("At λ = {weight_decay} the exact solution", "weight_decay"): lambda f, s: f.lam(s),
    ("as each library is told", "lam"): lambda f, s: f.problem.weight_decay,
    ("as each library is told", "n_train"): lambda f, s: f.problem.data.n_train,
    (EVEN, "test"): lambda f, s: near(f.scores.test(f.lam(s))),
    (EVEN, "dof"): lambda f, s: near(f.dof[f.at(s)]),
    (EVEN, "dof_without"): lambda f, s: near(f.dof[0]),
    (EVEN, "times"): lambda f, s: near(_over(f.scores.test(f.lam(s)), f.least)),
    (EVEN, "cost"): _less_one(lambda f, s: _over(f.scores.test(f.lam(s)), f.least)),
    ("runs diverged: choose", "n_diverged"): lambda f, s: int(f.diverged[f.at(s)]),
    "n_runs": lambda f, s: f.seeds,
    ("Trained it ends at", "trained_test"): lambda f, s: near(f.trained[f.at(s)], f.stepped),
    ("Trained it ends at", "low"): _band(0.1),
    ("Trained it ends at", "high"): _band(0.9),
    "share": lambda f, s: 0.8,
    ("It aims at the exact", "end"): lambda f, s: near(f.aim(f.lam(s))),
    ("It aims at the exact", "end_test"): lambda f, s: near(f.scores.test(f.aim(f.lam(s)))),
    "own_train": lambda f, s: near(f.ends[0, 0, f.problem.marked], f.stepped),
    "own_test": lambda f, s: near(f.ends[0, 1, f.problem.marked], f.stepped),
    "own_norm": lambda f, s: near(f.ends[0, 2, f.problem.marked], f.stepped),
    "seed": lambda f, s: f.problem.data.seed,
    **{
        (words, name): oracle
        for words in PLAIN
        for name, oracle in (
            ("times", lambda f, s: near(_over(f.scores.test(f.lam(s)), f.least))),
            ("cost", _less_one(lambda f, s: _over(f.scores.test(f.lam(s)), f.least))),
        )
    },
    # the finding
    ("For the exact solution a decay of", "weight_decay"): _beaten,
    ("exact solution is best without decay", "test"): lambda f, s: near(f.scores.test(0.0)),
    ("For the exact solution", "test"): lambda f, s: near(f.scores.least("test", f.grid)[1]),
    ("Without test data {rule}", "weight_decay"): _chosen,
    ("Without test data {rule}", "times"): _share_of_choice,
    ("Without test data {rule}", "cost"): _less_one(_share_of_choice),
    ("Training ends best with", "weight_decay"): _tied,
    ("same for every λ here", "test"): lambda f, s: near(f.scores.test(0.0)),
    ("exact test loss is least", "weight_decay"): _beaten,
    ("exact test loss is least", "test"): lambda f, s: near(f.scores.least("test", f.grid)[1]),
    "bayes_test": lambda f, s: near(f.scores.test(f.bayes)),
    "zero_test": lambda f, s: near(f.scores.test(0.0)),
    ("{rule} chooses", "weight_decay"): _chosen,
    ("{rules} choose", "weight_decay"): _chosen_alike,
    **{
        (words, name): oracle
        for words in ("{rule} chooses", "{rules} choose")
        for name, oracle in (
            ("times", _share_of_choice),
            ("cost", _less_one(_share_of_choice)),
        )
    },
    ("The trained runs have", "weight_decay"): _tied,
    ("The trained runs", "trained_test"): lambda f, s: near(float(np.nanmin(f.trained)), f.stepped),
    "trained_zero": lambda f, s: near(f.trained[0], f.stepped),
    "n_values": lambda f, s: int((f.diverged > 0).sum()),
    ("Runs diverged at {n_values}", "low"): _gone(np.min),
    ("Runs diverged at {n_values}", "high"): _gone(np.max),
    ("Runs diverged at λ", "weight_decay"): _gone(np.min),
    "most": lambda f, s: float(f.grid[-1]),
    # what is drawn
    "size": _weights_at_zero,
    "total": lambda f, s: f.data.X_train.shape[1],
    "drawn": lambda f, s: min(60, f.data.X_train.shape[1]),
    # the verdict
    ("of the same", "n"): lambda f, s: f.problem.draws,
    "n": lambda f, s: len(f.data.y_test),
    ("In the median", "times"): lambda f, s: near(_median(f, s), CELL),
    ("In the median", "cost"): _less_one(_median),
    ("Chosen by {rule}", "times"): lambda f, s: near(_median(f, s), CELL),
    ("Chosen by {rule}", "cost"): _less_one(_median),
    "nearly": lambda f, s: 0.05,
    ("at {times} times the best of them", "times"): lambda f, s: near(
        f.trained[0] / np.nanmin(f.trained), 1e-5
    ),
    ("the best of them", "cost"): _less_one(lambda f, s: f.trained[0] / np.nanmin(f.trained)),
    ("{times} times", "times"): lambda f, s: number(s.values["times"]),  # a cell: see the table
    # the explanations
    "mean_square": lambda f, s: near(float(np.mean(f.data.w_true**2))),
    "dof_without": lambda f, s: near(f.dof[0]),
}


def _ratio(found: Again, said: Said) -> float:
    return _over(found.scores.test(found.lam(said)), found.least)


def _test_at(found: Again, said: Said) -> float:
    return found.scores.test(found.lam(said))


def _chosen_test(found: Again, said: Said) -> float:
    return found.scores.test(number(said.values["weight_decay"]))


def _chosen_ratio(found: Again, said: Said) -> float:
    return _over(_chosen_test(found, said), found.least)


def _of_nearest_rule(found: Again, said: Said) -> float:
    """The least test loss at what a rule chooses that sees no test data."""
    rules = [rule for rule in ("gcv", "loo", "validation") if rule in found.scores.rules]
    chosen = [found.scores.least(rule, found.grid)[0] for rule in rules]
    return min(found.scores.test(lam) for lam in chosen if not math.isnan(lam))


def _off(found: Again, said: Said) -> float:
    """How far from the largest λ a run of it aims; 1 where it is at no exact solution."""
    most = float(found.grid[-1])
    aim = found.aim(most)
    return 1.0 if math.isnan(aim) else abs(aim - most)


def _worth(method: str) -> Callable[[Again, Said], float]:
    return lambda found, said: float(np.median(found.costs(method)))


def _cheapest(found: Again, said: Said) -> float:
    costs = [found.costs(m) for m in ("gcv", "loo", "validation")]
    return min(float(np.median(cost)) for cost in costs if len(cost))


def _worse(found: Again, said: Said) -> float:
    return max(_worth("zero")(found, said), _cheapest(found, said))


def _gained(found: Again, said: Said) -> float:
    return _over(float(found.trained[0]), float(np.nanmin(found.trained)))


# A median that is known to the place of its minima.
SLACK = 1 + VALUE
COMPARISONS = (
    Comparison(PLAIN[0], lambda f, s: f.lam(s), "=", 0.0),
    Comparison(PLAIN[1], lambda f, s: f.lam(s), ">", 0.0),
    *(
        Comparison(words + " is as good as the best", _ratio, "~", 1.0, 1.0101) for words in PLAIN
    ),
    *(
        Comparison(words + "’s test loss is above the least, which is 0", _test_at, ">", 0.0)
        for words in PLAIN
    ),
    Comparison(
        "it would choose {weight_decay}, as good as the best", _chosen_ratio, "~", 1.0, 1.00051
    ),
    Comparison(
        "it would choose {weight_decay}, above the best, which is 0", _chosen_test, ">", 0.0
    ),
    # the λ of a rule is known to the place of a flat minimum
    Comparison("{rule} comes nearest", _chosen_test, "~", _of_nearest_rule, 1.001),
    Comparison("every decay is as good as any", lambda f, s: float(np.ptp(f.tests)), "=", 0.0),
    Comparison(
        "The exact solution is best without decay", lambda f, s: f.tests[0], "=",
        lambda f, s: f.scores.least("test", f.grid)[1],
    ),
    Comparison(
        "is best, but to three digits none at all is as good", lambda f, s: f.tests[0], "~",
        lambda f, s: f.scores.least("test", f.grid)[1], 1.0101,
    ),
    Comparison(
        "is best, but none at all is nearly as good", lambda f, s: f.tests[0], "~",
        lambda f, s: f.scores.least("test", f.grid)[1], 1.05,
    ),
    Comparison(
        "{test} instead of {zero_test} without", "zero_test", ">",
        lambda f, s: 1.0499 * number(s.values["test"]),
    ),
    idle("For the exact solution a decay of {weight_decay} is best"),
    Comparison(
        "Bayes’ choice does better still", lambda f, s: f.scores.test(f.bayes), "<",
        lambda f, s: f.scores.least("test", f.grid)[1],
    ),
    idle("many solutions fit alike"),
    idle("Training ends best with a decay of {weight_decay}"),  # its oracle holds it
    Comparison("Training ends alike with every decay", lambda f, s: float(
        np.ptp(f.trained)), "~", 0.0, 1.0),
    idle("choose a smaller learning rate"),
    Comparison("is not the exact solution of the same decay", _off, ">", 0.0),
    Comparison("{cost} above the best", "cost", ">", 0.0),
    Comparison(EVEN + " test loss {test}, above the best, which is 0", "test", ">", 0.0),
    Comparison("{times} times the best", "times", ">", 9.99),
    Comparison(EVEN + " test loss {test}, as good as the best", _ratio, "~", 1.0, 1.0101),
    Comparison(
        "{rule} chooses λ = {weight_decay}, as good as the best", _chosen_ratio, "~", 1.0, 1.00051
    ),
    Comparison(
        "{rules} choose the same λ = {weight_decay}, as good as the best",
        _chosen_ratio, "~", 1.0, 1.00051,
    ),
    idle("{rules} choose the same λ"),
    idle("Hindsight takes the best λ of the axis; Bayes’ λ lies beyond it, and may cost less"),
    Comparison(
        "{rule} chooses λ = {weight_decay}, where the loss is above 0, the best there is",
        _chosen_test, ">", 0.0,
    ),
    idle("without decay is as good as the best."),
    idle("it is as good as the best."),
    idle("test loss is above the least, which is 0"),
    idle("above the best, which is 0."),
    idle("is above 0, the best there is"),
    idle("where the loss is above 0, the best there is"),
    idle("without it they end above 0, where the best of them ends"),
    Comparison("the same for every λ here", lambda f, s: float(np.ptp(f.tests)), "=", 0.0),
    Comparison(
        "The exact test loss is least without decay", lambda f, s: f.tests[0], "=",
        lambda f, s: f.scores.least("test", f.grid)[1],
    ),
    idle("The exact test loss is least at λ"),
    idle("exact test loss is least at λ"),
    Comparison("it is lower still", "bayes_test", "<", "test"),
    idle("to three digits it is the same without decay"),
    Comparison("λ = 0 is nearly as good", "zero_test", "~", "test", 1.05),
    Comparison("{test} instead of {zero_test}", "zero_test", ">", "test"),
    Comparison(
        "{test} instead of {zero_test} ", "zero_test", ">",
        lambda f, s: 1.0499 * number(s.values["test"]),
    ),
    Comparison("That λ lies beyond the axis", lambda f, s: f.bayes, ">", lambda f, s: f.grid[-1]),
    idle("choose a smaller η"),
    idle("have their least test loss"),
    Comparison("The trained runs end with the same test loss", lambda f, s: float(
        np.ptp(f.trained)), "~", 0.0, 1.0),
    idle("fit the training data alike: the exact one is the shortest"),
    idle("every |wⱼ| at most"),
    idle("The runs trained on the data above"),
    idle("the runs end alike at every λ"),
    idle("the same data"),
    idle("up to rounding, it lies below the picture"),
    idle("which is below the picture"),
    idle("some weights lie beyond their panel"),
    idle("the {drawn} largest of"),
    idle("Upright lines: the λ of the rows below the losses"),
    idle("lie below the picture"),
    idle("lie above the picture"),
    idle("of the same kind"),
    idle("of the same table"),
    idle("; beyond the axis they stand at its ends"),
    idle("is above the least one on the same data; nine in ten cost no more than the 90th"),
    idle("all rows at the same λ"),
    Comparison(
        "choosing gains little here: in the median no decay and {rule} are both within {nearly} of "
        "the best λ", _worse, "<", 1.05 * SLACK,
    ),
    Comparison(
        "choosing is worth it: the choice of {rule} beats no decay",
        _worth("zero"), ">", lambda f, s: _cheapest(f, s) / SLACK,
    ),
    Comparison(
        "no decay loses no more than the best of the rules",
        _worth("zero"), "<", lambda f, s: 1.006 * _cheapest(f, s),
    ),
    Comparison("λ = 0 reaches the least loss, 0", _worth("zero"), "=", 1.0),
    Comparison("gain by decay: without it they end", _gained, ">", 1.0499),
    Comparison("gain little by decay: without it they end", _gained, "<", 1.0501),
    idle("as good as the best of them"),
    idle("above the best of them"),
    idle("end at {times} times the best of them"),
    Comparison("The axis ends at λ = {most}", "most", "=", lambda f, s: float(f.grid[-1])),
    idle("that measures nothing"),
    idle("fewer"),
    idle("and no λ is better on average over such w"),
    idle("so the least test loss may lie elsewhere"),
    idle("towards λ → ∞ it falls to 1. ‖w*‖ falls with λ as well; a single weight may grow"),
    idle("It prefers none: the same for every λ"),
)  # fmt: skip


# ---------------------------------------------------------------- the test


def opened(asked: Asked) -> tuple[Visit, Again]:
    """The page, whole at once, and its problem worked out again."""
    seen = visit("which", asked.query())
    found = Again(asked.problem, np.array(seen.payloads[0]["series"]["at"]))
    found.number_sentences(list(seen.said))
    return seen, found


def test_every_number_and_word_is_worked_out_again(asked):
    seen, found = opened(asked)
    hold(seen, ORACLES, found)
    hold_comparisons(seen.said, COMPARISONS, found)
    hold_tiles(seen, found)
    hold_table(seen, found)
    assert bool(seen.saying("Hindsight takes the best")) == any(
        row["worst"] != "0 %" and found.bayes > found.grid[-1]
        for table in seen.tables
        for _, row in table.iterrows()
        if "hindsight" in row["λ by"]
    )
    hold_file(seen, found)
    hold_aims(seen, found)
    hold_many(seen, found)
    hold_picture(seen)
    run = asked.problem.run
    assert bool(seen.saying("from other starts")) == (found.seeds > 1 and run.init_std > 0)
    ordered = found.seeds > 1 and run.batch_size < found.data.n_train
    assert bool(seen.saying("other batch orders")) == ordered


def hold_tiles(seen: Visit, found: Again) -> None:
    """The series behind the tiles."""
    series = seen.payloads[0]["series"]
    assert _numbers(series["exact test"]) == near(found.tests)
    assert _numbers(series["trained test"]) == near(found.trained, found.stepped)
    assert _numbers(series["dof"]) == near(found.dof)
    for k in (0, 20, 63):
        w, b = ridge(found.data.X_train, found.data.y_train, float(found.grid[k]))
        train = half_mean_square(found.data.X_train, found.data.y_train, w, b)
        assert series["exact train"][k] == near(train)
        assert series["norm"][k] == near(float(np.linalg.norm(w)))


def _numbers(column: list[float | None]) -> Array:
    return np.array([math.nan if x is None else x for x in column])


def hold_table(seen: Visit, found: Again) -> None:
    """What each way to choose λ costs."""
    for table in seen.tables:
        for _, row in table.iterrows():
            method = METHODS[row["λ by"][0].lower() + row["λ by"][1:]] if row[
                "λ by"] not in METHODS else METHODS[row["λ by"]]  # fmt: skip
            if row["median cost"] == "–":  # it chose nothing
                continue
            costs = found.costs(method)
            for name, value in (
                ("median cost", np.median(costs)),
                ("90th percentile", np.quantile(costs, 0.9, method="higher")),
                ("worst", costs.max()),
            ):
                shown = _cost(row[name])
                if min(shown, float(value)) < CROSSING:
                    assert shown == pytest.approx(float(value), rel=CELL), (method, name)


def _cost(text: str) -> float:
    """A cell as a ratio."""
    if text == "the best is 0":
        return math.inf
    amount, unit = text.split()
    value = float(re.sub(r"×10.*", "", amount))
    if "×10" in amount:
        value *= 10.0 ** int(
            amount.split("×10")[1].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        )
    return value if unit == "times" else 1 + value / 100


def hold_file(seen: Visit, found: Again) -> None:
    """The numbers that can be taken away."""
    rows = list(csv.DictReader(io.StringIO(seen.file("Numbers (CSV)"))))
    assert [float(row["weight_decay"]) for row in rows] == found.grid.tolist()
    trained = _numbers([float(row["trained_test_loss"] or "nan") for row in rows])
    assert trained == near(found.trained, found.stepped)
    assert _numbers([float(row["exact_test_loss"]) for row in rows]) == near(found.tests)
    assert [int(float(row["diverged"])) for row in rows] == found.diverged.tolist()
    for row in rows[1::31]:
        if found.data.n_train > 2 and row["loo"]:
            lam = float(row["weight_decay"])
            assert float(row["loo"]) == near(found.scores.loo(lam), 1e-4)
            assert float(row["gcv"]) == near(found.scores.gcv(lam), 1e-4)


def hold_aims(seen: Visit, found: Again) -> None:
    """What trained runs are compared with is where they go, and is said where it is elsewhere."""
    most = float(found.grid[-1])
    aim = found.aim(most)
    general = seen.saying("compare it with the curves there")
    assert bool(general) == (not math.isnan(aim) and not math.isclose(aim, most))
    apart = seen.saying("compared with none of the exact curves") + seen.saying("end in a box")
    assert bool(apart) == math.isnan(aim)
    said = seen.saying("It aims at the exact solution")
    aims = [lam for lam in found.grid.tolist() if not math.isnan(found.aim(lam))]
    other = [lam for lam in aims if not math.isclose(found.aim(lam), lam)]
    ended = [lam for k, lam in enumerate(found.grid.tolist()) if not found.diverged[k]]
    assert len(said) == len({*other} & {*ended})
    for sentence in said:
        formula = str(sentence.values["formula"])
        assert _formula(formula, found, found.lam(sentence)) == near(found.aim(found.lam(sentence)))


def hold_many(seen: Visit, found: Again) -> None:
    """That the exact solution without decay is one of many is said where the data leave it open."""
    X = found.data.X_train
    free = X.shape[1] - np.linalg.matrix_rank(X - X.mean(0), tol=1e-9 * max(np.abs(X).max(), 1))
    said = bool(seen.saying("Without decay many solutions fit the training data alike"))
    assert said == bool(free > 0 and found.grid[0] == 0 and not found.diverged[0])


def _formula(text: str, found: Again, lam: float) -> float:
    """A printed formula, evaluated."""
    run, n = found.problem.run, found.data.n_train
    python = text.replace("·", "*").replace("−", "-").replace("⌈n/B⌉", "*ceil(n/B)")
    python = python.replace("λ(", "λ*(")
    return float(
        eval(
            python,
            {"λ": lam, "μ": run.momentum, "B": run.batch_size, "n": n, "ceil": math.ceil},
        )
    )


def hold_picture(seen: Visit) -> None:
    """A legend names what is seen, and an empty panel says in words why it is."""
    for payload in seen.payloads:
        noted = {axis for axis, text in traces.panels_of_notes(payload) if re.search("[a-z]", text)}
        panels: dict[str, bool] = {}
        for trace in traces.drawn(payload):
            axis = str(trace.trace.get("xaxis", "x"))
            moving = "moves" in (trace.trace.get("meta") or {})
            shown = trace.inside.any() and not moving and trace.trace.get("opacity") != 0
            panels[axis] = panels.get(axis, False) or bool(shown)
            if trace.in_legend:
                assert trace.inside.any(), f"“{trace.name}” has no point in its panel"
        for axis, filled in panels.items():
            assert filled or axis in noted or axis == "x9", f"{axis} is empty and nothing says why"
