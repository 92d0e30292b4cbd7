"""One step, in every case of the matrix: what it says, draws and lists is worked out again."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pytest

from pages.shared.words import Said
from pages.step.words.limits import BREAK
from tests.descent import STILL, growth
from tests.matrix import traces
from tests.matrix.cases import Case
from tests.matrix.checks import CHECKS, numbers_are_said
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.driver import Visit, faults_of, hold, number, visit
from tests.matrix.formulas import evaluate
from tests.matrix.recompute import SETTINGS, Array, Recomputed, recomputed
from tests.oracles import AGES, present
from wd_core import OPTIMIZERS, Hyperparameters, collect, train
from wd_core.linear.inspection import Replay

# An advised setting is run for so long.
LONG = 2000
# Weights so many times those of the start, or 1, have left all sense.
SENSELESS = 1e15**0.5
# A search for a limit leaves this much; a text of three digits that.
SEARCH, SHOWN = 1e-4, 6e-3
# Numbers of so many decimals, and those that are rounding beside others, are off by this.
DECIMALS = 5e-10
# Steps of this and of the engine, relative to numbers of order one.
CLOSE = 1e-9


class Stepped:
    """A run walked to one of its steps; `found` is the run."""

    def __init__(self, found: Recomputed, step: int) -> None:
        self.found, self.run, self.step = found, found.run, step

    @cached_property
    def walk(self) -> list[tuple[Array, Array]]:
        """(w, b) [D + 1] before each step up to this, and after it; and the rows of each."""
        descent, path = self.found.descent(), []
        for rows in self._rows:
            before = np.append(descent.weights[:, 0], descent.bias[0])
            descent.step(rows)
            path.append((before, rows))
        self.end = np.append(descent.weights[:, 0], descent.bias[0])
        return path

    @property
    def after(self) -> Array:
        """(w, b) after the step."""
        assert self.walk
        return self.end

    @cached_property
    def _rows(self) -> list[Array]:
        epochs = self.found.batches(-(-self.step // self.found.steps_an_epoch))
        return [rows for epoch in epochs for rows in epoch][: self.step]

    @property
    def rows(self) -> Array:
        """The examples of this step's batch."""
        return self._rows[-1]

    @property
    def before(self) -> Array:
        """(w, b) before the step."""
        return self.walk[-1][0]

    def gradient(self, at: int = -1) -> Array:
        """Of the data loss at a step, by the batch's nominal size [D + 1]."""
        u, rows = self.walk[at]
        A = np.column_stack([self.found.data.X_train[rows], np.ones(len(rows))])
        return A.T @ (A @ u - self.found.data.y_train[rows]) / self.run.batch_size

    @property
    def rate(self) -> float:
        """What a plain step's decay takes of each weight."""
        return 1 - self.found.factor(len(self.rows))

    @cached_property
    def by_decay(self) -> Array:
        """What decay adds to (w, b) in this step."""
        w, run = self.before.copy(), self.run
        w[-1] = 0
        if run.decay == "decoupled" or OPTIMIZERS[run.optimizer].one_decay:
            return -self.rate * w
        ages = np.arange(self.step)[::-1]
        weights = AGES.get(run.optimizer, present)(run, ages)
        free = np.append(np.ones(len(w) - 1), 0.0)
        scale = [run.weight_decay * len(rows) / run.batch_size for _, rows in self.walk]
        pulls = np.array([s * free * u for s, (u, _) in zip(scale, self.walk, strict=True)])
        data = np.array([self.gradient(k) for k in range(self.step)])
        decay, whole = weights @ pulls, weights @ (pulls + data)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(whole != 0, (self.after - self.before) * decay / whole, 0.0)

    @property
    def shares(self) -> Array:
        """The share of each weight that decay takes."""
        w = self.before[:-1]
        return (-self.by_decay[:-1] / np.where(w == 0, np.nan, w))[w != 0]

    def of(self, **changes: Any) -> Stepped:
        """The same step of another run."""
        return Stepped(recomputed(self.found.settings, **changes), self.step)

    # Curvature

    def curvature(self, counted: float, loss: str = "half_mse") -> float:
        """The largest over (w, b), with so much decay on w."""
        X = self.found.data.X_train
        A = np.column_stack([X, np.ones(len(X))])
        H = A.T @ A / len(X) * (2 if loss == "mse" else 1)
        free = np.append(np.ones(X.shape[1]), 0.0)
        return float(np.linalg.eigvalsh(H + counted * np.diag(free))[-1])

    def is_limit_of_all(self, lr: float, **changes: Any) -> bool:
        """Whether a linear rule on all examples at once grows just above this η, not just below."""
        n = self.found.n_train
        below, above = (
            growth(
                self.found.data.X_train,
                replace(self.run, batch_size=n, lr=lr * share, **changes),
                [np.arange(n)],
            )
            for share in (1 - SEARCH, 1 + SEARCH)
        )
        return below <= 1 + STILL < above

    # Long runs

    def losses(self, epochs: int, **changes: Any) -> Array:
        """The training loss after each epoch, by the engine, which is held elsewhere."""
        return _losses(self.found, replace(self.run, epochs=epochs, **changes))

    def settled(self, value: float, key: str) -> float:
        """The value, if a run with it comes down and stays, in its own epochs and for long."""
        for epochs in (self.run.epochs, LONG):
            if not self.stays_down(self.losses(epochs, **{key: value})):
                return math.nan
        return value

    def stays_down(self, loss: Array) -> bool:
        """Whether the second half is below the start, and twice its end or the mean's, or falls."""
        if not np.isfinite(loss).all():
            return False
        half, mean = loss[len(loss) // 2 :], self.found.constant_train
        tops = [part.max() for part in np.array_split(loss, 4)] if len(loss) > 3 else [0, 0, 1, 1]
        halves = tops[3] <= tops[2] / 2 <= tops[1] / 4
        calm = half.argmax() == 0 or halves or half.max() <= 2.0001 * max(loss[-1], mean)
        return bool(calm and half.max() <= 1.0501 * max(loss[0], mean))

    def unsettled(self, value: float) -> float:
        """The value, if a run with this η does not."""
        return value if math.isnan(self.settled(value, "lr")) else math.nan

    def unsafe(self, value: float) -> float:
        """The value, if a run with this η or with one a fifth larger does not."""
        larger = math.isnan(self.settled(1.2 * value, "lr"))
        return value if larger else self.unsettled(value)

    def highest(self, epochs: int) -> tuple[float, int]:
        """The highest loss of the second half, and its epoch."""
        loss = self.losses(epochs)
        at = epochs // 2 + int(loss[epochs // 2 :].argmax())
        return float(loss[at]), at


@lru_cache(maxsize=8)
def _losses(found: Recomputed, run: Hyperparameters) -> Array:
    return collect(train(found.data, [run])).train_loss[:, 0]


def value(name: str, said: Said) -> float:
    return number(said.values[name])


def formula(said: Said, run: Hyperparameters, name: str = "formula", **more: float) -> float:
    """What a formula in a sentence gives, for the run's settings."""
    text = str(said.values[name]).replace(BREAK, "")
    symbols = {"λ": run.weight_decay, "μ": run.momentum, "η": run.lr}
    return evaluate(text, **symbols, **more).value


def long_epochs(now: Stepped) -> int:
    return max(LONG, now.run.epochs)


def half(now: Stepped, said: Said) -> int:
    """The first step after which decay alone has left at most half of w."""
    left, step = 1.0, 0
    while abs(left) > 0.5 * (1 + 1e-12):
        rows = now.found.first_epoch[step % now.found.steps_an_epoch]
        left, step = left * now.found.factor(len(rows)), step + 1
    return step


def shares(now: Stepped, said: Said) -> Array:
    """Those of the coupled run under the optimizer that the sentences name."""
    return now.of(optimizer=other(now), decay="coupled").shares


def other(now: Stepped) -> str:
    """The run's optimizer, or where it knows one kind of decay the first that divides."""
    if not OPTIMIZERS[now.run.optimizer].one_decay:
        return now.run.optimizer
    return next(key for key, rule in OPTIMIZERS.items() if not (rule.one_decay or rule.linear))


def hidden(now: Stepped, said: Said) -> int:
    """How many weights decay pulls more than 30 times as hard as the middle one."""
    both = [now.of(decay=kind, optimizer=other(now)) for kind in ("coupled", "decoupled")]
    line = now.rate * max(np.abs(run.before[:-1]).max() for run in both)
    sizes = np.concatenate([[line], *(np.abs(run.by_decay[:-1]) for run in both)])
    return int((sizes > 30 * max(line, np.median(sizes))).sum())


def counted(now: Stepped, said: Said) -> float:
    """The λ that stands in h: as it is printed, else λ itself."""
    return value("counted", said) if "counted" in said.values else now.run.weight_decay


def row_h(now: Stepped, said: Said) -> float:
    """h of a row of the table of limits."""
    inside = "counted" in said.values
    lam = formula(said, now.run, "counted") if inside else now.run.weight_decay
    return now.curvature(lam)


def small(number: float) -> Any:
    """A number that is shown with nine decimals, or as 0 where it is rounding."""
    return pytest.approx(number, rel=1e-6, abs=1e-13)


def known(now: Stepped, lr: float) -> float:
    """The η, if it is the limit of all examples at once."""
    return lr if now.is_limit_of_all(lr) else math.nan


def limit_of(now: Stepped, lr: float) -> float:
    """The limit of the run's own steps; a full batch has a single one, that can be tried."""
    takes_all = now.run.batch_size >= now.found.n_train
    return known(now, lr) if takes_all else now.found.limit


def held(now: Stepped) -> Recomputed:
    """The run with its bias decayed, too."""
    return recomputed(now.found.settings, decay_bias=True)


def place_of(said: Said, now: Stepped) -> int:
    """Which weight a sentence is about, by its name."""
    weight = str(said.values["weight"])
    return (
        len(now.before) - 1 if weight == "b" else int(unicodedata.normalize("NFKC", weight)[1:]) - 1
    )


ORACLES: dict[Any, Any] = {
    key: (lambda now, said, oracle=oracle: oracle(now.found, said))
    for key, oracle in SETTINGS.items()
} | {
    "step": lambda now, said: now.step,
    "steps": lambda now, said: now.found.steps_an_epoch * now.run.epochs,
    "epoch": lambda now, said: (now.step - 1) // now.found.steps_an_epoch + 1,
    "place": lambda now, said: (now.step - 1) % now.found.steps_an_epoch + 1,
    "an_epoch": lambda now, said: now.found.steps_an_epoch,
    "last": lambda now, said: last(now.found),
    "asked": lambda now, said: asked(now.found),
    "example": lambda now, said: now.rows[0] + 1,
    "batch_rows": lambda now, said: len(now.rows),
    "rows": lambda now, said: len(now.rows),
    ("the last of an epoch", "rows"): lambda now, said: len(now.found.first_epoch[-1]),
    ("from all {n} examples", "n"): lambda now, said: now.found.n_train,
    ("steps on all {n}", "n"): lambda now, said: now.found.n_train,
    ("Outside the picture", "n"): hidden,
    "n": lambda now, said: now.run.epochs,
    "w_before": lambda now, said: small(now.before[place_of(said, now)]),
    "w_after": lambda now, said: small(now.after[place_of(said, now)]),
    # the pulls
    "strength": lambda now, said: now.rate,
    ("In a plain step", "share"): lambda now, said: now.rate,
    "from_large": lambda now, said: now.rate * np.abs(now.before[:-1]).max(),
    "large": lambda now, said: np.abs(now.before[:-1]).max(),
    "from_small": lambda now, said: now.rate * np.abs(now.before[:-1]).min(),
    "small": lambda now, said: np.abs(now.before[:-1]).min(),
    "share_decoupled": lambda now, said: now.run.lr * now.run.weight_decay,
    "share_least": lambda now, said: pytest.approx(shares(now, said).min(), rel=1e-6),
    "share_most": lambda now, said: pytest.approx(shares(now, said).max(), rel=1e-6),
    "share_middle": lambda now, said: pytest.approx(np.median(shares(now, said)), rel=1e-6),
    "bias_before": lambda now, said: small(now.before[-1]),
    "bias_after": lambda now, said: small(now.after[-1]),
    "bias_by_decay": lambda now, said: small(-now.rate * now.before[-1]),
    "bias_end": lambda now, said: small(now.found.end[1]),
    "bias_held": lambda now, said: small(held(now).end[1]),
    ("After epoch", "test"): lambda now, said: now.found.test,
    "test_held": lambda now, said: held(now).test,
    # decay alone
    "factor_last": lambda now, said: now.found.factor(len(now.found.first_epoch[-1])),
    "factor_epoch": lambda now, said: now.found.shrunk(1),
    "half_step": half,
    "half_epoch": lambda now, said: -(-half(now, said) // now.found.steps_an_epoch),
    "flips_at": lambda now, said: 1 / now.run.weight_decay,
    "limit_alone": lambda now, said: 2 / now.run.weight_decay,
    # the learning rate
    "curvature": lambda now, said: now.curvature(0.0),
    "with_decay": lambda now, said: now.curvature(counted(now, said)),
    ("{rule}, h = {with_decay}", "with_decay"): row_h,
    "counted": lambda now, said: formula(said, now.run),
    "limit": lambda now, said: pytest.approx(limit_of(now, value("limit", said)), rel=SEARCH),
    "limit_full": lambda now, said: known(now, value("limit_full", said)),
    ("The learning rate is {share} of", "share"): lambda now, said: pytest.approx(
        now.run.lr / now.found.limit, rel=SEARCH
    ),
    "share": lambda now, said: now.run.lr / value("limit", said),
    "train_start": lambda now, said: now.found.train_start,
    "train": lambda now, said: now.found.train,
    ("Run on to", "diverged_at"): lambda now, said: lost(now, long_epochs(now)),
    "diverged_at": lambda now, said: now.found.diverged_at,
    "highest": lambda now, said: pytest.approx(now.highest(now.run.epochs)[0], rel=1e-6),
    "highest_at": lambda now, said: now.highest(now.run.epochs)[1],
    "long_epochs": lambda now, said: long_epochs(now),
    "train_long": lambda now, said: pytest.approx(now.losses(long_epochs(now))[-1], rel=1e-5),
    ("Tried", "train_mend"): lambda now, said: pytest.approx(
        now.losses(long_epochs(now), lr=value("lr_mend", said))[-1], rel=1e-5, abs=1e-12
    ),
    "lr_mend": lambda now, said: now.settled(value("lr_mend", said), "lr"),
    "lr_failed": lambda now, said: now.unsettled(value("lr_failed", said)),
    "lr_first": lambda now, said: now.unsafe(value("lr_first", said)),
    "margin": lambda now, said: 1.2,
    "lr_last": lambda now, said: now.unsafe(value("lr_last", said)),
    "weight_decay_mend": lambda now, said: now.settled(
        value("weight_decay_mend", said), "weight_decay"
    ),
    "momentum_mend": lambda now, said: now.settled(value("momentum_mend", said), "momentum"),
}
# Rounding may choose between two epochs that are alike: the highest is that of the one named.
ORACLES |= {
    ("Run on to", "highest"): lambda now, said: pytest.approx(
        now.losses(long_epochs(now))[int(value("highest_at", said))], rel=1e-5
    ),
    ("Run on to", "highest_at"): lambda now, said: value("highest_at", said),
}


def lost(now: Stepped, epochs: int) -> int:
    """The epoch at which the run, gone on for so long, has left the range of numbers."""
    return int(collect(train(now.found.data, [replace(now.run, epochs=epochs)])).diverged_at[0])


COMPARISONS = (
    Comparison("{product} is above 2", "product", ">", 2.0),
    Comparison("{product} is above 1", "product", ">", 1.0),
    Comparison("is not below the limit", "lr", ">", "limit"),
    Comparison("is not below the estimated limit, {limit}", "lr", ">", "limit"),
    Comparison("is {share} of the limit", "share", "<", 1.0),
    Comparison("is {share} of the estimated limit, {limit}", "share", "<", 1.0),
    Comparison("grows from {train_start} to {train_long}", "train_start", "<", "train_long"),
    Comparison(
        "{from_large} from the largest",
        "large",
        ">",
        lambda now, said: 0.999 * value("small", said),
    ),
    Comparison(
        "That is more than the smallest has, {small}", "small", "<", lambda now, _: now.rate
    ),
    Comparison(
        "What coupled decay takes differs from weight to weight", "share_least", "<", ("share_most")
    ),
    Comparison(
        "leave it at rest, at {bias_after}",
        lambda now, _: abs(now.after[-1] - now.before[-1]),
        "<",
        lambda now, _: 1e-3 * max(1.0, abs(now.before[-1])),
    ),
    Comparison(
        "{train_start} at the start, ends at {train}",
        "train",
        ">",
        lambda now, _: max(now.found.train_start, now.found.constant_train),
    ),
    Comparison("still reaches {highest}", "highest", ">", lambda now, _: now.found.train_start),
    Comparison("makes every weight smaller by the same share", lambda now, _: now.rate, "<", 1.0),
    *(
        Comparison(
            f"The learning rate is not below its {limit}",
            lambda now, _: now.run.lr,
            ">",
            lambda now, _: (1 - SEARCH) * now.found.limit,
        )
        for limit in ("limit", "estimated limit")
    ),
    idle("is more than all examples at once allow"),
    idle("which no limit foretold"),
    idle("If it went on, it would get worse"),
    idle("from the smallest ({small})"),
    idle("L1 of the same λ"),
    idle("The largest and the smallest weight"),
    idle("The largest curvature"),
    idle("ηλ is above 1"),
    idle("at η above {flips_at}; above {limit_alone}"),
    idle("allow η below {limit_full}"),
    idle("no learning rate below this limit"),
    idle("twice as large"),
    idle("Choose a smaller η"),
    idle("at least as much as it was away"),
    idle("decay alone makes weights grow above"),
    idle("overshoot and come back, less each time"),
    idle("ends it smaller"),
    idle("grows with every epoch"),
    idle("grows with every step"),
    idle("its steps grow one by one"),
    idle("while it shrinks"),
    idle("w grows at first"),
    idle("the most curved direction"),
    idle("the factor is below −1"),
)


def asked(found: Recomputed) -> int:
    """The step that a case's link asks for: the last of an epoch, whose batch may be short."""
    return 2 * found.steps_an_epoch


def last(found: Recomputed) -> int:
    """The last step whose numbers make sense, up to the one that is asked for."""
    bound = SENSELESS * max(1.0, float(np.abs(found.start[0]).max(initial=0.0)))
    descent, step = found.descent(), 0
    for epoch in found.batches(found.run.epochs):
        for rows in epoch:
            descent.step(rows)
            size = max(float(np.abs(descent.weights).max()), abs(float(descent.bias[0])))
            if not size <= bound:
                return max(1, step)
            step += 1
    return step


@lru_cache(maxsize=1)
def opened(case: Case) -> Visit:
    """The page in this case, shared by the tests that follow each other."""
    return visit("step", case.query(step=asked(recomputed(case)), first=1, second=2), checks=())


@lru_cache(maxsize=1)
def stepped(case: Case) -> Stepped:
    """The step that it shows."""
    found = recomputed(case)
    found.settings = case.settings()
    return Stepped(found, min(asked(found), last(found)))


def test_the_page_holds_every_check(case):
    assert not faults_of(opened(case), (*CHECKS, numbers_are_said))


def test_every_sentence(case):
    hold(opened(case), ORACLES, stepped(case))
    hold_comparisons(opened(case).said, COMPARISONS, stepped(case))


def cell(text: str) -> float:
    """The number of a cell."""
    text = text.replace("−", "-").replace("+", "")
    power = re.sub(r"×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "e" + m[1].translate(RAISED), text)
    return float(power)


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def test_the_table_of_the_terms(case):
    now, (table, _) = stepped(case), opened(case).tables
    size = np.abs(now.before[:-1])
    largest = max(float(np.abs(u).max()) for u in (now.before, now.after))
    for row in table.to_dict("records"):
        weight, before, data, decay, after, gradient = row.values()
        name, _, why = weight.partition(", ")
        index = len(size) if name == "b" else int(name[1:].translate(LOWERED)) - 1
        close = {"rel": SHOWN, "abs": DECIMALS + 1e-13 * largest}
        assert cell(before) == pytest.approx(now.before[index], **close)
        assert cell(after) == pytest.approx(now.after[index], **close)
        assert cell(gradient) == pytest.approx(now.gradient()[index], rel=SHOWN, abs=1e-11)
        if name == "b":
            assert decay == "not decayed"
        else:
            assert cell(decay) == pytest.approx(now.by_decay[index], **close)
        step = now.after[index] - now.before[index]
        assert cell(data) == pytest.approx(step - now.by_decay[index], **close)
        assert ("largest" not in why) or size[index] == pytest.approx(size.max(), rel=CLOSE)
        assert ("smallest" not in why) or size[index] == pytest.approx(size.min(), rel=CLOSE)


def test_the_table_of_the_limits(case):
    now, (_, table) = stepped(case), opened(case).tables
    for (key, rule), row in zip(OPTIMIZERS.items(), table.to_dict("records"), strict=True):
        assert row["optimizer"] == rule.label
        if rule.decays[now.run.decay].limit is None:
            assert (row["η below"], row["MSELoss"]) == ("–", "–")
            assert row["rule for η"] == "No limit is known."
            continue
        text, _, inside = row["rule for η"].replace(BREAK, "").partition(", h = ")
        h, _, within = inside.partition(" with ")
        symbols = {"λ": now.run.weight_decay, "μ": now.run.momentum}
        lam = evaluate(within, **symbols).value if within else now.run.weight_decay
        assert cell(h) == pytest.approx(now.curvature(lam), rel=SHOWN)
        for loss, name in (("half_mse", "η below"), ("mse", "MSELoss")):
            exact = evaluate(text, h=now.curvature(lam, loss), **symbols).value
            assert now.is_limit_of_all(exact, optimizer=key, loss=loss)
            assert cell(row[name]) == pytest.approx(exact, rel=SHOWN)


def named(seen: Visit, words: str) -> list[traces.Drawn]:
    """The traces whose name holds these words."""
    return [t for p in seen.payloads for t in traces.drawn(p) if words in t.name]


def test_the_plane_ends_where_the_step_ends(case):
    now, seen = stepped(case), opened(case)
    pair = [0, 1]
    (old,), (new,) = named(seen, "old w"), named(seen, "new w")
    room = 1e-12 * max(1.0, float(np.abs(now.after).max()))
    for point, u in ((old, now.before), (new, now.after)):
        assert [point.x[0], point.y[0]] == pytest.approx(u[pair], rel=1e-6, abs=room)
    decays = [t for t in traces.drawn(seen.payloads[0]) if t.name.startswith("decay")]
    for arrow in decays:
        ends = [arrow.x[-1], arrow.y[-1]]
        assert ends == pytest.approx((now.before + now.by_decay)[pair], rel=1e-6, abs=room)
    assert len(decays) == (np.abs(now.by_decay[pair]).max() > 1e-9 * np.abs(now.after[pair]).max())


def test_what_is_measured_out_of_reach_is_what_decay_leaves(case):
    now, (dots, *others) = stepped(case), named(opened(case), "measured") or [None]
    assert not others
    rule = OPTIMIZERS[now.run.optimizer]
    if dots is None or not rule.spans:
        assert dots is None
        return
    left, step, shown = 1.0, 0, dict(zip(dots.x, dots.y, strict=True))
    for epoch in now.found.batches(now.run.epochs):
        for rows in epoch:
            left, step = left * now.found.factor(len(rows)), step + 1
            if step in shown:
                assert shown[step] == pytest.approx(left, rel=1e-6, abs=1e-6)


def test_the_engine_walks_the_same_steps(case):
    """So that the terms above are those of the very run."""
    now = stepped(case)
    seen = Replay(now.found.data, now.run).step(now.step)
    scale = max(1.0, float(np.abs(now.after).max()))
    np.testing.assert_allclose(seen.after, now.after, rtol=1e-6, atol=CLOSE * scale)
