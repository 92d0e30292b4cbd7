"""What Geometry has to say at an address, from numpy, scipy and steps one after the other."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from pages.geometry.payload import plane
from pages.geometry.question import scene, sources
from pages.shared.words import Said
from tests.descent import growth
from tests.matrix.driver import Visit, number
from tests.oracles import Array
from wd_core import DATASETS, Dataset, DatasetSpec, Hyperparameters, make_dataset
from wd_core.training import batch_order

# A search for a limit; what never moves is multiplied by 1 up to rounding.
SEARCH, STILL = 1e-4, 1e-9
# A path is followed so far.
FAR = 1e100


class Found:
    """The loss, its minimisers, its paths and its diamond, worked out again for one address."""

    def __init__(self, seen: Visit) -> None:
        self.scene, _ = scene.FORM.read(seen.query.items())
        self.seen, self.payload = seen, next(p for p in seen.payloads if p["run"] != "examples")
        levels = self.payload if self.scene.view == "levels" else plane.plane(self.scene)
        self.pictures, self.chosen = levels["series"], levels["position"]

    # The loss

    @cached_property
    def data(self) -> Dataset | None:
        """The examples, as the engine draws them; None for a bowl by design."""
        s = self.scene
        if s.source == "designed":
            return None
        if s.source == "slice":
            n, d = DATASETS[s.data].within(s.n_train, s.n_features)
            return make_dataset(
                DatasetSpec(s.data, n_train=n, n_test=1, n_features=d, noise=s.noise, seed=s.seed,
                            true_weight=1 / math.sqrt(d), correlation=0.8)
            )  # fmt: skip
        if s.source == "diabetes":
            data = make_dataset(
                DatasetSpec("diabetes", n_train=s.n_train, n_features=10, seed=s.seed)
            )
            both = [sources.FEATURES.index(name) for name in (s.feature1, s.feature2)]
            return Dataset(data.X_train[:, both], data.y_train, data.X_test[:, both], data.y_test)
        data = make_dataset(
            DatasetSpec("correlated", n_train=s.n_train, n_test=1, n_features=2, noise=s.noise,
                        true_weight=0.0, correlation=s.correlation, seed=s.seed)
        )  # fmt: skip
        y = data.y_train + data.X_train @ np.array([s.true1, s.true2])
        return Dataset(data.X_train, y, data.X_test, data.y_test)

    @cached_property
    def hessian(self) -> Array:
        """H in all weights."""
        if self.data is None:
            turn = math.radians(self.scene.angle)
            V = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
            return V @ np.diag([self.scene.s1, self.scene.s2]) @ V.T
        centred = self.data.X_train - self.data.X_train.mean(0)
        return centred.T @ centred / len(centred)

    @cached_property
    def pull(self) -> Array:
        """Hw̃: what the data pull with at 0."""
        if self.data is None:
            return self.hessian @ np.array([self.scene.w1, self.scene.w2])
        X, y = self.data.X_train, self.data.y_train
        pull = (X - X.mean(0)).T @ (y - y.mean()) / len(y)
        return np.where(np.abs(pull) > 1e-15 * np.abs(y).max(), pull, 0.0)

    def best(self, lam: float) -> Array:
        """w*(λ) in all weights; for 0 the shortest minimiser."""
        if lam == 0:
            return np.linalg.lstsq(self.hessian, self.pull, rcond=1e-10)[0]
        return np.linalg.solve(self.hessian + lam * np.eye(len(self.pull)), self.pull)

    @cached_property
    def free(self) -> Array:
        return self.best(0.0)

    def in_plane(self, w: Array) -> Array:
        """Coordinates of the picture: weights, or along w̃ and away from it."""
        if self.scene.source != "slice":
            return w
        size = float(np.linalg.norm(self.free))
        if size == 0:
            return np.zeros(2)
        along = float(w @ self.free) / size
        return np.array([along, float(np.linalg.norm(w - along * self.free / size))])

    def loss(self, w: Array) -> float:
        """L at weights, the bias the best one."""
        if self.data is None:
            apart = w - np.array([self.scene.w1, self.scene.w2])
            return float(apart @ self.hessian @ apart) / 2
        left = self.data.y_train - self.data.X_train @ w
        return float(((left - left.mean()) ** 2).mean()) / 2

    @cached_property
    def form(self) -> float:
        apart = self.best(self.lam) - self.free
        return float(apart @ self.hessian @ apart) / 2

    # λ and θ

    @cached_property
    def lam(self) -> float:
        """The λ that the address stands for."""
        if self.scene.theta == 0:
            return self.scene.weight_decay
        return self.of_theta(self.scene.theta)

    def of_theta(self, theta: float) -> float:
        if theta >= self.size(0.0):
            return 0.0
        return brentq(lambda lam: self.size(lam) - theta, 0.0, 1e12, xtol=1e-300, rtol=1e-13)

    def size(self, lam: float) -> float:
        return float(self.best(lam) @ self.best(lam))

    @cached_property
    def theta(self) -> float:
        if self.scene.theta == 0:
            return self.size(self.lam)
        return self.scene.theta if self.lam > 0 else max(self.scene.theta, self.size(0.0))

    def offered(self, name: str, value: float) -> float:
        """The number among those of all pictures that is nearest to this one."""
        return min(self.pictures[name], key=lambda x: abs(x - value))

    # The paths

    @cached_property
    def steepest(self) -> float:
        return float(np.linalg.eigvalsh(self.hessian)[-1])

    @cached_property
    def start(self) -> Array:
        return np.array([self.scene.start1, self.scene.start2])

    def walked(self, lam: float, steps: int) -> Array:
        """Full-batch descent on J, step by step."""
        path = [self.start]
        for _ in range(steps):
            w = path[-1]
            path.append(w - self.scene.lr * (self.hessian @ w - self.pull + lam * w))
            if np.abs(path[-1]).max() > FAR:
                break
        return np.array(path)

    def end(self, lam: float) -> Array:
        """Where descent that converges ends: w*, or the minimiser nearest the start."""
        if lam > 0:
            return self.best(lam)
        away = self.free - self.start
        return self.start + np.linalg.pinv(self.hessian, rcond=1e-10) @ (self.hessian @ away)

    @cached_property
    def batch_size(self) -> int:
        assert self.data is not None
        return min(self.scene.batch_size, self.data.n_train)

    @cached_property
    def run(self) -> Hyperparameters:
        return Hyperparameters(
            weight_decay=self.lam,
            lr=self.scene.lr,
            batch_size=self.batch_size,
            seed=self.scene.seed,
        )

    @cached_property
    def a_pass(self) -> list[Any]:
        assert self.data is not None
        n = self.data.n_train
        order = next(batch_order(self.scene.seed, n, 1))
        return [order[i : i + self.batch_size] for i in range(0, n, self.batch_size)]

    @property
    def batch_limit(self) -> float:
        """The η that the page says of its batches, which `limit_near` holds."""
        limits = [
            s.values["limit"] for s in self.seen.said if {"limit", "batch_size"} <= {*s.values}
        ]
        return number(limits[0])

    def limit_near(self, limit: float) -> float:
        """This η, where repeating the first pass grows above it and does not below; else NaN."""
        assert self.data is not None
        grows = [
            growth(self.data.X_train, replace(self.run, lr=share * limit), self.a_pass) > 1 + STILL
            for share in (0.5, 0.9, 0.97, 1 - SEARCH, 1 + SEARCH, 1.03)
        ]
        return limit if grows == [False] * 4 + [True] * 2 else math.nan

    @cached_property
    def minibatch(self) -> Array:
        """Minibatch SGD, example by example."""
        assert self.data is not None
        X, y, s, w = self.data.X_train, self.data.y_train, self.scene, self.start
        b = float(y.mean() - X.mean(0) @ w)
        n, path = len(y), [w]
        for order in batch_order(s.seed, n, s.steps):
            for i in range(0, n, self.batch_size):
                rows = order[i : i + self.batch_size]
                left = X[rows] @ w + b - y[rows]
                g = (X[rows].T @ left + self.lam * len(rows) * w) / self.batch_size
                w, b = w - s.lr * g, b - s.lr * float(left.sum()) / self.batch_size
                path.append(w)
                if np.abs(w).max() > FAR:
                    return np.array(path[: s.steps + 1])
        return np.array(path[: s.steps + 1])

    def frame(self) -> tuple[float, float, float, float]:
        w = self.in_plane(self.free)
        half = 1.5 * float(np.linalg.norm(w)) or 2.0
        return (0.2 * w[0] - half, 0.2 * w[0] + half, 0.2 * w[1] - half, 0.2 * w[1] + half)

    # The diamond

    def on_diamond(self, radius: float) -> Array:
        """The shortest minimiser of L with |w₁| + |w₂| ≤ radius, edge by edge."""
        if np.abs(self.free).sum() <= radius:
            return self.free
        # of equal points the shortest
        tilt = 1e-9 * (self.steepest + float(np.abs(self.pull).max()) / radius) * np.eye(2)
        H, points = self.hessian + tilt, []
        for a, c in product((1.0, -1.0), repeat=2):
            begin, along = np.array([a * radius, 0.0]), np.array([-a * radius, c * radius])
            share = float((self.pull - H @ begin) @ along / (along @ H @ along))
            points.append(begin + min(max(share, 0.0), 1.0) * along)
        return min(points, key=lambda w: float(w @ H @ w / 2 - self.pull @ w))

    def range_end(self, said: Said, name: str) -> Any:
        """Where a weight begins or ceases to be held at 0, near the number that is said."""
        value, weight = number(said.values[name]), sources.WEIGHTS.index(str(said.values["weight"]))

        def held(theta: float) -> bool:
            root = math.sqrt(theta)
            return bool(abs(self.on_diamond(root)[weight]) < 1e-6 * root)

        low, high = 0.97 * value, 1.03 * value
        first = held(low)
        if held(high) == first:
            return math.nan
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if held(middle) == first else (low, middle)
        return pytest.approx(high, rel=1e-4)

    def good(self, said: Said, end: str) -> Array:
        """An end of the line of minimisers in the diamond: where it leaves it."""
        v = np.linalg.eigh(self.hessian)[1][:, -1]
        along, root = np.array([-v[1], v[0]]), math.sqrt(self.theta)
        level, most = float(v @ self.free), root * float(np.abs(v).max())
        at = max(min(level, most), -most) * v
        towards = np.array([number(said.values[f"{end}{k}"]) for k in "12"]) - at
        along = along * (1 if along @ towards > 0 else -1)
        low, high = 0.0, 4 * root
        for _ in range(100):
            middle = (low + high) / 2
            inside = np.abs(at + middle * along).sum() <= root * (1 + 1e-12)
            low, high = (middle, high) if inside else (low, middle)
        return at + low * along
