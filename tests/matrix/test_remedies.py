"""The page of remedies: every loss worked out again by plain loops, and every number said."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest
import torch

from pages.remedies.answer import DRAWS, REMEDIES, WEIGHT_DECAYS, begun, drawing, now
from pages.remedies.payload import picture
from pages.remedies.question import FORM, Question
from pages.shared import work
from pages.shared.fields import as_text
from pages.shared.store import Store
from tests.matrix.driver import hold, visit
from tests.oracles import Array
from wd_core import Dataset, DatasetSpec, make_dataset
from wd_core.seeding import generator
from wd_core.training import batch_order

# Sums of a few hundred products, in another order.
SAME = 1e-9
LITTLE = {"n_train": 8, "n_features": 5, "epochs": 15, "kept": 2}
CASES: dict[str, dict[str, Any]] = {
    "little": LITTLE,
    "half are idle": LITTLE | {"n_informative": 2, "true_weight": 1.0, "seed": 2**31 - 3},
    "more features than examples": LITTLE | {"n_train": 5, "n_features": 12, "noise": 3.0},
    "all kept, one step": {"n_train": 7, "n_features": 2, "epochs": 1, "true_weight": 0.0},
}


def descended(data: Any, lr: float, steps: int, lam: float = 0.0, noise: Any = None) -> Array:
    """Test losses after 0, 1, ... steps on all rows from zero; `noise`: its rows."""
    X, y = data.X_train, data.y_train
    w, b, losses = np.zeros(X.shape[1]), 0.0, []
    for step in range(steps + 1):
        residual = data.X_test @ w + b - data.y_test
        losses.append(float(residual @ residual) / len(residual) / 2)
        if step < steps:
            seen, target = (X, y) if noise is None else noise()
            residual = seen @ w + b - target
            w, b = (
                w - lr * (seen.T @ residual / len(y) + lam * w),
                b - lr * float(residual.mean()),
            )
    return np.array(losses)


class Again:
    """All draws of a question by these loops."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def one(self, draw: int) -> tuple[list[float], float, int, float]:
        q = self.question
        seed = (q.seed + draw) % 2**31
        spec = DatasetSpec(
            source="sparse",
            n_train=q.n_train,
            n_test=200,
            n_features=q.n_features,
            n_informative=min(q.n_informative, q.n_features),
            noise=q.noise,
            true_weight=q.true_weight,
            true_bias=0.0,
            seed=seed,
        )
        data, more = make_dataset(spec), make_dataset(replace(spec, n_train=2 * q.n_train))
        left = min(q.kept, q.n_features)
        few = Dataset(data.X_train[:, :left], data.y_train, data.X_test[:, :left], data.y_test)
        lr = 1 / (2 * ((1 + (q.n_features / q.n_train) ** 0.5) ** 2 + 1))
        bare = descended(data, lr, q.epochs)
        decayed = [descended(data, lr, q.epochs, lam)[-1] for lam in WEIGHT_DECAYS]
        lam = WEIGHT_DECAYS[int(np.argmin(decayed))]
        source = generator(seed, "input noise")
        orders = batch_order(seed, q.n_train, q.epochs)

        def fresh() -> tuple[Array, Array]:
            rows, shape = next(orders), data.X_train.shape
            draw = torch.randn(*shape, generator=source, dtype=torch.float64).numpy()
            return data.X_train[rows] + lam**0.5 * draw, data.y_train[rows]

        losses = [bare[-1], min(decayed), bare.min(), descended(data, lr, q.epochs, 0.0, fresh)[-1]]
        losses += [descended(other, lr, q.epochs)[-1] for other in (more, few)]
        constant = float(np.mean((data.y_test - data.y_train.mean()) ** 2)) / 2
        return losses, lam, int(bare.argmin()), constant

    @cached_property
    def draws(self) -> list[tuple[list[float], float, int, float]]:
        return [self.one(draw) for draw in range(DRAWS)]

    @cached_property
    def losses(self) -> Array:
        return np.array([losses for losses, *_ in self.draws])

    @property
    def median(self) -> Array:
        return np.median(self.losses, 0)

    @property
    def dropped(self) -> range:
        q = self.question
        return range(min(q.kept, q.n_features), q.n_features)


ORACLES = {
    "low": lambda again, _: again.median.min(),
    "nothing": lambda again, _: again.median[0],
    "n_draws": lambda again, _: DRAWS,
    "share": lambda again, _: 0.8,
    "n_steps": lambda again, _: again.question.epochs,
    "n_more": lambda again, _: again.question.n_train,
    "weight_decay": lambda again, _: again.draws[0][1],
    "n_best": lambda again, _: again.draws[0][2],
    "noise": lambda again, _: again.losses[0, 3],
    "decay": lambda again, _: again.losses[0, 1],
    "n_left": lambda again, _: again.question.n_features - len(again.dropped),
    "n_features": lambda again, _: again.question.n_features,
    "n_dropped": lambda again, _: len(again.dropped),
    "n_idle": lambda again, _: sum(j >= again.question.n_informative for j in again.dropped),
}
ORDER = ("no remedy", "weight decay", "stopping early", "noise on", "twice the", "fewer features")


@pytest.mark.parametrize("name", CASES)
def test_every_number_is_recomputed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.shared.work.AT_FIRST", 60.0)  # all draws are there at once
    seen = visit("remedies", {key: as_text(value) for key, value in CASES[name].items()})
    again = Again(FORM.of(CASES[name]))
    found = now(again.question)
    assert found.whole
    assert found.losses == pytest.approx(again.losses, rel=SAME)
    assert found.constant == pytest.approx(np.median([draw[3] for draw in again.draws]), rel=SAME)
    hold(seen, ORACLES, again)
    assert seen.payloads[0]["stream"] is None
    _holds_the_verdict(seen, again.median)
    rows = seen.tables[0]
    for place, row in enumerate(rows.to_dict("records")):
        assert row["remedy"].startswith(ORDER[place])
        assert float(row["test loss, median"]) == pytest.approx(again.median[place], rel=6e-3)
        assert float(row["marked draw"]) == pytest.approx(again.losses[0, place], rel=6e-3)
        low, high = (float(end) for end in row["80 % of the draws"].split(" to "))
        ends = np.quantile(again.losses[:, place], (0.1, 0.9))
        assert (low, high) == pytest.approx(tuple(ends), rel=6e-3)
    header, *lines = seen.file("Numbers (CSV)").splitlines()
    table = np.array([line.split(",") for line in lines], dtype=float)
    assert table.shape == (DRAWS, len(header.split(",")))
    assert table[:, 1:7] == pytest.approx(again.losses, rel=SAME)
    assert table[:, 8].tolist() == [lam for _, lam, *_ in again.draws]
    assert table[:, 9].tolist() == [steps for *_, steps, _ in again.draws]


def _holds_the_verdict(seen: Any, median: Array) -> None:
    """Each remedy stands in the group in which its median puts it, and the best one is named."""
    groups = {"helps here": [], "changes little": [], "hurts": []}
    for place in REMEDIES[1:]:
        ratio = median[place] / median[0]
        kind = "helps here" if ratio < 1 / 1.05 else "hurts" if ratio > 1.05 else "changes little"
        groups[kind].append(ORDER[place])
    text = "\n".join(seen.markdown)
    for kind, names in groups.items():
        said = text.partition(f"**What {kind}:**")[2].partition(".")[0]
        assert all(name in said for name in names), (kind, names)
        assert said.count(",") + said.count(" and ") == max(len(names) - 1, 0)
    assert ("Nothing helps" in text) == (not groups["helps here"])
    (best,) = seen.sentences
    place = int(median.argmin())
    assert ORDER[place] in best if place else "No remedy" in best


def test_noise_in_the_mean_is_decay_with_its_variance() -> None:
    """Of many draws of the noise on one data set; the rest of an end is noise of 1/√n of it."""
    question = Question(n_train=20, n_features=10, epochs=300)
    data = make_dataset(question.data(0))
    run, lam, times = question.run(0), 0.25, 200
    source = np.random.default_rng(0)

    def fresh() -> tuple[Array, Array]:
        noise = source.normal(size=data.X_train.shape)
        return data.X_train + lam**0.5 * noise, data.y_train

    ends = [descended(data, run.lr, run.epochs, 0.0, fresh)[-1] for _ in range(times)]
    decayed = descended(data, run.lr, run.epochs, lam)[-1]
    bare = descended(data, run.lr, run.epochs)[-1]
    # jitter of w adds a little to a mean of squares, less than a tenth of what decay wins
    assert abs(np.mean(ends) - decayed) < 0.1 * abs(bare - decayed) + 4 * np.std(ends) / times**0.5


def test_the_state_that_opens_teaches_in_nearly_every_draw() -> None:
    drawing(FORM.of({})).finish()
    losses = now(FORM.of({})).losses
    nothing = losses[:, :1]
    assert ((losses[:, 1:5] < nothing / 1.05).mean(0) >= 0.9).all()  # decay, stopping, noise, data
    assert np.median(losses[:, 5]) > np.median(nothing)  # all features matter: dropping hurts
    idle = FORM.of({"n_informative": 20})
    drawing(idle).finish()
    losses = now(idle).losses
    assert (losses[:, 5] < losses[:, 0] / 1.05).mean() >= 0.9


def test_the_first_draw_is_shown_where_there_is_no_room_to_keep_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is dropped as soon as nobody works on it: others have asked for much meanwhile."""
    begin = work.Growth.begin

    def dropped(growth: work.Growth[Any], **how: Any) -> tuple[Any, ...]:
        parts = begin(growth, **how)
        work.STORE.drop(growth)
        return parts

    monkeypatch.setattr(work, "STORE", Store(2**26))
    monkeypatch.setattr(work.Growth, "begin", dropped)
    assert picture(begun(FORM.of(LITTLE)))["come"] >= 1
