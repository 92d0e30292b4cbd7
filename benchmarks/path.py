"""The exact path over λ beside scikit-learn: weights, both losses, ‖w‖, dof, GCV and LOO.

The competitors do less: `Ridge` in a loop gives the losses and the norm at each λ, `RidgeCV` the
leave-one-out errors alone. First it is checked that the numbers they share agree. All take turns
in one process on one thread; times are medians of CPU time.

    python -m benchmarks.path            # all
    python -m benchmarks.path --rounds 3 # quicker, noisier
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when NumPy is imported

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import sklearn
from sklearn.linear_model import Ridge, RidgeCV

from wd_core import Dataset, DatasetSpec, RidgePath, make_dataset, ridge_path

DECAYS = np.logspace(-5, 3, 1000)
# The book's size first: the aims are for it. Then the shapes along which the cost is shown to grow.
BOOK = (20, 200)
SHAPES = (BOOK, (20, 2000), (100, 10), (1000, 10), (100, 100), (200, 200))
LENGTHS = (10, 100, 1000, 10_000)
AIMS = {"Ridge, in a loop": 300.0, "RidgeCV": 10.0}
# Two solvers of the same systems, the normal equations among them.
SAME = 1e-6


def data_of(n: int, d: int) -> Dataset:
    """The book's linear data with weights that are not lost in the noise."""
    return make_dataset(DatasetSpec(n_train=n, n_features=d, true_weight=d**-0.5, noise=0.3))


def ours(data: Dataset, decays: np.ndarray) -> RidgePath:
    """The path, the weights at every λ included."""
    path = ridge_path(data, decays)
    assert path.weights.shape == (len(decays), data.n_features)
    return path


def ridge_loop(data: Dataset, decays: np.ndarray) -> np.ndarray:
    """scikit-learn's solver at each λ in turn: train loss, test loss, ‖w‖ [L, 3]."""
    numbers = []
    for decay in decays:
        model = Ridge(alpha=data.n_train * decay).fit(data.X_train, data.y_train)
        losses = (
            ((model.predict(X) - y) ** 2).mean() / 2
            for X, y in ((data.X_train, data.y_train), (data.X_test, data.y_test))
        )
        numbers.append([*losses, np.linalg.norm(model.coef_)])
    return np.array(numbers)


def ridge_cv(data: Dataset, decays: np.ndarray) -> np.ndarray:
    """scikit-learn's leave-one-out errors, [L]."""
    model = RidgeCV(alphas=data.n_train * decays, store_cv_results=True)
    return model.fit(data.X_train, data.y_train).cv_results_.mean(0)


def gap(data: Dataset) -> float:
    """The largest relative difference between our numbers and theirs."""
    path = ridge_path(data, DECAYS)
    losses = np.column_stack([path.train_loss, path.test_loss, path.weight_norm])
    return max(
        float(np.abs(losses / ridge_loop(data, DECAYS) - 1).max()),
        float(np.abs(path.loo / ridge_cv(data, DECAYS) - 1).max()),
    )


def medians(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of CPU time for each, by turns; one more round than asked, the first to get warm."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            begin = time.thread_time()
            work()
            if turn:
                seconds[name].append(time.thread_time() - begin)
    return {name: statistics.median(times) for name, times in seconds.items()}


def compare(rounds: int) -> bool:
    """One line a shape; whether the book's meets the aims."""
    met = True
    print(f"\n{'1000 λ, ms':24}{'ours':>10}{'Ridge':>10}{'×':>8}{'RidgeCV':>10}{'×':>8}{'gap':>10}")
    for n, d in SHAPES:
        data = data_of(n, d)
        works = {
            "ours": lambda data=data: ours(data, DECAYS),
            "Ridge, in a loop": lambda data=data: ridge_loop(data, DECAYS),
            "RidgeCV": lambda data=data: ridge_cv(data, DECAYS),
        }
        times, off = medians(works, rounds), gap(data)
        own, loop, cv = (times[name] for name in works)
        ok = off <= SAME
        if (n, d) == BOOK:
            ok = ok and all(times[name] / own >= aim for name, aim in AIMS.items())
        met = met and ok
        print(
            f"n = {n}, d = {d}".ljust(24) + f"{own * 1e3:10.2f}{loop * 1e3:10.1f}"
            f"{loop / own:8,.0f}{cv * 1e3:10.1f}{cv / own:8,.1f}{off:10.0e}"
            f"{'' if ok else '  MISSED'}"
        )
    return met


def growth(rounds: int) -> None:
    """How the cost grows with the number of λ."""
    print(f"\n{'λ, at n = 20, d = 200':24}{'ms':>10}{'µs a λ':>10}")
    data = data_of(*BOOK)
    for length in LENGTHS:
        decays = np.logspace(-5, 3, length)
        seconds = medians({"ours": lambda decays=decays: ours(data, decays)}, rounds)["ours"]
        print(f"{length:<24,}{seconds * 1e3:10.2f}{seconds / length * 1e6:10.2f}")


def main() -> int:
    """Check, measure, print; exit code 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(f"NumPy {np.__version__}, scikit-learn {sklearn.__version__}")
    print(
        f"Aims at n = {BOOK[0]}, d = {BOOK[1]}: "
        + ", ".join(f"{k} {v:.0f} ×" for k, v in AIMS.items())
    )
    met = compare(options.rounds)
    growth(options.rounds)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
