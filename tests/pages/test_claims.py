"""What a preset says it shows holds in nine seeds of ten, or once where no chance is in it.

A claim is a predicate of a question and a seed, worked out by the engine and never read off a page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.dimension.presets import PRESETS as OF_DIMENSION
from pages.map.answer.cells import cells, trained
from pages.map.payload import valleys_of
from pages.map.presets import PRESETS as OF_MAP
from pages.map.question import plan_of
from pages.prior.payload import solved as posterior
from pages.prior.presets import PRESETS as OF_PRIOR
from pages.remedies.answer import WEIGHT_DECAYS, fewer
from pages.remedies.presets import PRESETS as OF_REMEDIES
from pages.shared.judging import ALIKE
from pages.shared.presets import PRESETS as OF_RUNS
from pages.shared.presets import Preset
from pages.which.answer.solutions import METHODS, chosen
from pages.which.presets import PRESETS as OF_WHICH
from pages.zeros.answer import solved
from pages.zeros.presets import PRESETS as OF_ZEROS
from wd_core import DATASETS, DatasetSpec, Hyperparameters, collect, grid, make_dataset, ridge_path
from wd_core import train as trained_by
from wd_core.arrays import Array
from wd_core.linear.risk import decompose_sets, measured, stream, training_sets
from wd_core.records import Run

PRESETS = (*OF_RUNS, *OF_WHICH, *OF_DIMENSION, *OF_MAP, *OF_PRIOR, *OF_REMEDIES, *OF_ZEROS)
SEEDS, ENOUGH = range(10), 9
Claim = Callable[[Any, int], bool]
CLAIMS: dict[tuple[str, str], tuple[Claim, bool]] = {}


def claim(page: str, name: str, *, chance: bool = True) -> Callable[[Claim], Claim]:
    """Says that this predicate is what the preset shows."""

    def noted(holds: Claim) -> Claim:
        CLAIMS[page, name] = (holds, chance)
        return holds

    return noted


def ran(question: Any, seed: int, *weight_decays: float, every: int = 0) -> Run:
    """The run of a question on this seed with each of these λ; without any, with its own and 0."""
    data = make_dataset(replace(question.data, seed=seed))
    run = replace(question.run, seed=seed)
    runs = [replace(run, weight_decay=lam) for lam in weight_decays or (run.weight_decay, 0.0)]
    return collect(trained_by(data, runs, record_every=every or run.epochs))


def exact(spec: DatasetSpec, seed: int, weight_decays: Array | list[float]) -> Array:
    """The test losses of the exact solutions."""
    return ridge_path(make_dataset(replace(spec, seed=seed)), weight_decays).test_loss


AXIS = np.array([0.0, *np.geomspace(1e-3, 10, 60)])

# ---- runs


@claim("train", "Book, λ = 0")
def _(asked: Any, seed: int) -> bool:
    end = ran(asked.settings, seed, 0.0)
    falls = end.train_loss[-1, 0] < 1e-3 * end.train_loss[0, 0]
    return bool(falls and 0.75 < end.test_loss[-1, 0] / end.test_loss[0, 0] < 1.25)


@claim("train", "Book, λ = 3")
def _(asked: Any, seed: int) -> bool:
    """The loss and the length fall together, not to nothing; the exact solution needs no decay."""
    end = ran(asked.settings, seed, 3.0)
    losses, norms = end.test_loss[:, 0], end.weight_norm[:, 0]
    alone = exact(asked.settings.data, seed, AXIS)
    shrinks = losses[-1] < losses[0] / 100 and 0.01 < norms[-1] / norms[0] < 0.1
    return bool(shrinks and alone[0] < 1.1 * alone.min())


@claim("train", "English edition")
def _(asked: Any, seed: int) -> bool:
    """It starts low and stays low; decay changes it far less than from a start 100 times larger."""
    end = ran(asked.settings, seed)
    run = asked.settings.run
    book = ran(replace(asked.settings, run=replace(run, init_std=100 * run.init_std)), seed)
    low = end.test_loss[:, 1].max() < 0.01 * book.test_loss[0, 1]
    gains = [one.test_loss[-1, 1] / one.test_loss[-1, 0] for one in (end, book)]
    return bool(low and gains[0] < gains[1])


@claim("train", "λ matters: d = 20")
def _(asked: Any, seed: int) -> bool:
    end = ran(asked.settings, seed)
    return bool(end.test_loss[-1, 1] > 1.5 * end.test_loss[-1, 0])


@claim("train", "λ matters: d = 200")
def _(asked: Any, seed: int) -> bool:
    """Without decay the test loss creeps up; with it, it stays near its least."""
    end = ran(asked.settings, seed, every=20).test_loss
    creeps = end[-1, 1] > 1.2 * end[:, 1].min()
    return bool(creeps and end[-1, 0] < 1.1 * end[:, 0].min() and end[-1, 1] > 1.5 * end[-1, 0])


# ---- how much decay is best


@claim("which", "λ matters")
def _(asked: Any, seed: int) -> bool:
    losses = exact(asked.data, seed, AXIS)
    best = AXIS[losses.argmin()]
    clear = losses.min() * 1.1 < min(losses[0], losses[-1])
    return bool(clear and 0 < best < 1)


@claim("which", "The book's data")
def _(asked: Any, seed: int) -> bool:
    """The exact solution hardly depends on the decay; a run does, and 3 is not yet enough."""
    alone = exact(asked.data, seed, [0.0, 0.01, 0.1, 1.0, 3.0])
    end = ran(asked.settings(0.0), seed, 0.0, 3.0, 10.0).test_loss[-1]
    return bool(alone.max() < 1.15 * alone.min() and end[0] > 100 * end[1] > 100 * end[2])


@claim("which", "Diabetes", chance=False)
def _(asked: Any, seed: int) -> bool:
    """Nobody knows the truth, there are 65 features, and another seed is another split."""
    one, other = (make_dataset(replace(asked.data, seed=k)) for k in (seed, seed + 1))
    entry = DATASETS[asked.data.source]
    unknown = one.w_true is None and not entry.noise_known
    return bool(unknown and one.n_features == 65 and (one.y_train != other.y_train).any())


@claim("which", "Few examples")
def _(asked: Any, seed: int) -> bool:
    """Choices scatter by a factor of ten and more, and every rule loses of what decay gains."""
    specs = [replace(asked.data, seed=1000 * seed + k) for k in range(30)]
    found = chosen([make_dataset(spec) for spec in specs], specs, asked.span)
    for rule in ("gcv", "loo", "validation"):
        at = METHODS.index(rule)
        lams = np.array([one.weight_decay[at] for one in found])
        low, high = np.quantile(lams, [0.1, 0.9])
        if not (
            high > 10 * max(low, asked.span.least) and np.mean([o.ratio[at] for o in found]) > 1.02
        ):
            return False
    return True


# ---- more features, or more data


def risks(problem: Any, seed: int, places: list[int], draws: int) -> Array:
    """The median risk of the least-norm solution over training sets, at places of the axis."""
    found = []
    for place in places:
        n, d = problem.sizes.pair(place)
        sets = decompose_sets(
            *training_sets(stream(seed, n, d), n, d, draws), intercept=problem.sizes.intercept
        )
        found.append(float(np.median(measured(sets, problem.model, [0.0]).total)))
    return np.array(found)


@claim("dimension", "Krogh & Hertz 1991", chance=False)
def _(problem: Any, seed: int) -> bool:
    """In their convention, ours times n/d, the best λ is σ² whatever d is."""
    n, d = problem.n_train, np.array([25, 50, 100, 200, 400])
    best = np.array([problem.model.best_weight_decay(n, each) for each in d])
    return np.allclose(best * n / d, problem.noise**2)


@claim("dimension", "Nakkiran 2020, fig. 1")
def _(problem: Any, seed: int) -> bool:
    few, more, most = risks(problem, seed, [250, 450, 1000], problem.draws)
    return bool(more > 1.1 * few and most < few)


@claim("dimension", "Hastie et al., SNR = 5")
def _(problem: Any, seed: int) -> bool:
    """Beyond the peak the risk falls below that of no features, and rises again."""
    peak, least, far = risks(problem, seed, [100, 181, 1000], 20)
    without = float(problem.model.without_features(problem.n_train))
    return bool(least < peak and least < far and least < without)


# ---- learning rate and decay


def mapped(asked: Any, seed: int, optimizers: str, per_decade: int = 2) -> Any:
    """The maps of one rule, a run a cell."""
    data = replace(asked.settings.data, seed=seed)
    shown = replace(asked.shown, optimizers=optimizers, seeds=1, per_decade=per_decade)
    plan = plan_of(replace(asked.settings, data=data), shown)
    trained(plan).finish()
    return plan, cells(plan)


@claim("map", "The book's problem")
def _(asked: Any, seed: int) -> bool:
    """The line halfway is parallel to the one on which ηλ is the same: slope −1."""
    plan, found = mapped(asked, seed, "sgd")
    coupled = valleys_of(plan, found.middle())[0]
    return coupled is not None and abs(coupled.crossing.slope + 1) < 0.1


@claim("map", "The paper's decay")
def _(asked: Any, seed: int) -> bool:
    """On the decoupled map it lies level."""
    plan, found = mapped(asked, seed, "sgd")
    decoupled = valleys_of(plan, found.middle())[1]
    return decoupled is not None and abs(decoupled.crossing.slope) < 0.1


@claim("map", "Full batch")
def _(asked: Any, seed: int) -> bool:
    """No run below the exact limit diverges, and most well above it have."""
    plan, found = mapped(asked, seed, "momentum")
    lost = found.diverged_at[0, ..., 0] >= 0
    data = make_dataset(plan.spec(0))
    ones = np.column_stack([data.X_train, np.ones(len(data.y_train))])
    steepest = np.linalg.eigvalsh(ones.T @ ones / len(ones))[-1]
    lr, lam = np.array(plan.lr), np.array(plan.rows(plan.panels[0]))[:, None]
    # heavy ball: η(s + λ) < 2(1 + μ); the bias, which is not decayed, makes s + λ an upper bound
    share = lr * (steepest + lam) / (2 * (1 + plan.base.momentum))
    bare = lr * np.linalg.eigvalsh(data.X_train.T @ data.X_train / len(ones))[-1]
    above = bare / (2 * (1 + plan.base.momentum)) > 2
    return bool(not lost[share < 1].any() and lost[np.broadcast_to(above, lost.shape)].mean() > 0.9)


@claim("map", "λ matters: d = 20")
def _(asked: Any, seed: int) -> bool:
    """Each learning rate that comes near the best cell has its best decay inside the range."""
    _, found = mapped(asked, seed, "sgd")
    losses = np.nan_to_num(found.middle().sound[0], nan=np.inf)
    best = losses.min(axis=0)
    places = losses[:, best < 1.2 * best.min()].argmin(axis=0)
    return bool(len(places) > 1 and (places > 0).all() and (places < len(losses) - 1).all())


# ---- beliefs


@claim("prior", "Ridge")
def _(question: Any, seed: int) -> bool:
    """Between zero and the data; and its lines are ellipses: the loss is a square there."""
    found = posterior(replace(question, seed=seed))
    place = question.marked
    return bool(0 < found.shares[place] < 1 and found.zeros[place] == 0)


@claim("prior", "Lasso")
def _(question: Any, seed: int) -> bool:
    return bool(posterior(replace(question, seed=seed)).zeros[question.marked] > 0)


@claim("prior", "Many examples")
def _(question: Any, seed: int) -> bool:
    """More than half is left of what the data say under every prior but the narrowest."""
    shares = posterior(replace(question, seed=seed)).shares
    return bool(shares[0] < 0.5 < shares[1])


# ---- other remedies


def remedied(question: Any, seed: int, *remedies: Callable[[Any, int], float]) -> Array:
    """The median test loss with each remedy over ten draws, as shares of that without one."""
    draws = range(10 * seed, 10 * seed + 10)
    bare = [last(make_dataset(question.data(k)), [question.run(k)])[0] for k in draws]
    ends = np.array([[remedy(question, k) for k in draws] for remedy in remedies])
    return np.asarray(np.median(ends, axis=1) / np.median(bare))


def last(data: Any, runs: list[Hyperparameters]) -> Array:
    """Test losses at the end."""
    return collect(trained_by(data, runs, record_every=runs[0].epochs)).test_loss[-1]


def dropping(question: Any, draw: int) -> float:
    """The first features alone."""
    data = fewer(make_dataset(question.data(draw)), question.left)
    return float(last(data, [question.run(draw)])[0])


def decaying(question: Any, draw: int) -> float:
    """The best λ."""
    runs = grid(question.run(draw), weight_decay=WEIGHT_DECAYS)
    return float(last(make_dataset(question.data(draw)), runs).min())


def stopping(question: Any, draw: int) -> float:
    """At about the best step."""
    data, run = make_dataset(question.data(draw)), question.run(draw)
    return float(collect(trained_by(data, [run], record_every=5)).test_loss.min())


def doubling(question: Any, draw: int) -> float:
    """Twice the examples."""
    return float(last(make_dataset(question.data(draw, 2)), [question.run(draw, 2)])[0])


@claim("remedies", "All features matter")
def _(question: Any, seed: int) -> bool:
    return bool(remedied(question, seed, dropping)[0] > 1 / ALIKE)


@claim("remedies", "Half of them are idle")
def _(question: Any, seed: int) -> bool:
    return bool(remedied(question, seed, dropping)[0] < 1 / ALIKE)


@claim("remedies", "Enough examples")
def _(question: Any, seed: int) -> bool:
    """None gains a tenth."""
    shares = remedied(question, seed, dropping, decaying, stopping, doubling)
    return bool((shares > 0.9).all())


# ---- exact zeros


@claim("zeros", "Few features matter")
def _(question: Any, seed: int) -> bool:
    found = solved(replace(question, seed=seed))
    drops = found.sharp.zeros[found.sharp.best] > 0
    return bool(drops and found.smooth.test_loss.min() > ALIKE * found.sharp.test_loss.min())


@claim("zeros", "All matter a little")
def _(question: Any, seed: int) -> bool:
    found = solved(replace(question, seed=seed))
    return bool(found.sharp.test_loss.min() > ALIKE * found.smooth.test_loss.min())


def test_every_preset_has_its_claim() -> None:
    assert {(preset.page, preset.name) for preset in PRESETS} == CLAIMS.keys()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: f"{preset.page} {preset.name}")
def test_what_a_preset_says_holds_in_nine_seeds_of_ten(preset: Preset) -> None:
    holds, chance = CLAIMS[preset.page, preset.name]
    if not chance:
        assert holds(preset.question, 0)
        return
    held = [holds(preset.question, seed) for seed in SEEDS]
    assert sum(held) >= ENOUGH, held
