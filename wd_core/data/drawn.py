"""Sources that are drawn from a known truth: their data, and the same as lines of a script."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from wd_core.arrays import Array
from wd_core.data.scripts import block, number, sizes
from wd_core.data.settings import DataSettings
from wd_core.data.source import DataSource
from wd_core.records import Dataset
from wd_core.seeding import Purpose, generator, seed_of

_READS = ("n_train", "n_test", "n_features", "noise", "true_weight", "true_bias", "seed")


def _drawn(spec: DataSettings, w: Array, correlation: float = 0.0) -> Dataset:
    """y = X w + true_bias + noise·N(0, 1); training and test part from generators of their own."""

    def part(n: int, purpose: Purpose) -> tuple[Array, Array]:
        draw = generator(spec.seed, purpose)
        X = torch.randn(n, spec.n_features, generator=draw, dtype=torch.float64).numpy()
        _correlate(X, correlation)
        noise = torch.randn(n, generator=draw, dtype=torch.float64).numpy()
        return X, X @ w + spec.true_bias + spec.noise * noise

    X_train, y_train = part(spec.n_train, "data")
    X_test, y_test = part(spec.n_test, "test data")
    return Dataset(X_train, y_train, X_test, y_test, w_true=w, b_true=float(spec.true_bias))


def _correlate(X: Array, correlation: float) -> None:
    """Turn independent columns into x_j = ρ x_{j−1} + √(1−ρ²) z_j, in place: unit variance kept."""
    if correlation == 0:
        return
    rest = (1 - correlation**2) ** 0.5
    for j in range(1, X.shape[1]):
        X[:, j] *= rest
        X[:, j] += correlation * X[:, j - 1]


def _dense(spec: DataSettings) -> Array:
    return np.full(spec.n_features, float(spec.true_weight))


def _linear(spec: DataSettings) -> Dataset:
    return _drawn(spec, _dense(spec))


def _sparse(spec: DataSettings) -> Dataset:
    w = np.zeros(spec.n_features)
    w[: spec.n_informative] = spec.true_weight
    return _drawn(spec, w)


def _correlated(spec: DataSettings) -> Dataset:
    return _drawn(spec, _dense(spec), spec.correlation)


def _script(spec: DataSettings, truth: Sequence[str], correlate: Sequence[str] = ()) -> str:
    """The same two functions of the seed as `_drawn`."""
    lines = [
        sizes(spec.n_train, spec.n_test, spec.n_features),
        *truth,
        "",
        "",
        "def examples(n, seed):",
        "    generator = torch.Generator().manual_seed(seed)",
        "    X = torch.randn(n, n_features, generator=generator)",
        *correlate,
        f"    noise = {number(spec.noise)} * torch.randn(n, generator=generator)",
        f"    return X, X @ true_w + {number(spec.true_bias)} + noise",
        "",
        "",
        f"X_train, y_train = examples(n_train, seed={seed_of(spec.seed, 'data')})",
        f"X_test, y_test = examples(n_test, seed={seed_of(spec.seed, 'test data')})",
    ]
    return block("The data", lines)


def _dense_truth(spec: DataSettings) -> list[str]:
    return [f"true_w = torch.full((n_features,), {number(spec.true_weight)})"]


def _linear_script(spec: DataSettings) -> str:
    return _script(spec, _dense_truth(spec))


def _sparse_script(spec: DataSettings) -> str:
    weights = f"true_w[:{int(spec.n_informative)}] = {number(spec.true_weight)}"
    return _script(spec, ["true_w = torch.zeros(n_features)", weights])


def _correlated_script(spec: DataSettings) -> str:
    if spec.correlation == 0:
        return _linear_script(spec)
    truth = [*_dense_truth(spec), f"correlation = {number(spec.correlation)}"]
    correlate = [
        "    for j in range(1, n_features):",
        "        X[:, j] *= (1 - correlation**2) ** 0.5",
        "        X[:, j] += correlation * X[:, j - 1]",
    ]
    return _script(spec, truth, correlate)


LINEAR = DataSource(
    label="Linear, many small weights",
    description="Independent features, all with the same small weight: the book's data.",
    formula=(
        r"\begin{gathered} y = b + \sum_j w\,x_j + \sigma\varepsilon \\"
        r" x_j, \varepsilon \sim N(0, 1) \end{gathered}"
    ),
    reads=_READS,
    make=_linear,
    most_train=None,
    most_features=None,
    drawn=True,
    script=_linear_script,
    script_imports=(),
)

SPARSE = DataSource(
    label="Sparse, few weights",
    description=(
        "Independent features, of which only the first k, those that matter, have a weight"
        " (all of them where there are no more than k)."
    ),
    formula=(
        r"\begin{gathered} y = b + \sum_{j \le k} w\,x_j + \sigma\varepsilon \\"
        r" x_j, \varepsilon \sim N(0, 1) \end{gathered}"
    ),
    reads=(*_READS, "n_informative"),
    make=_sparse,
    most_train=None,
    most_features=None,
    drawn=True,
    script=_sparse_script,
    script_imports=(),
)

CORRELATED = DataSource(
    label="Correlated features",
    description=(
        "Features of unit variance, each with correlation ρ to its neighbours, all of one weight."
    ),
    formula=(
        r"\begin{gathered} y = b + \sum_j w\,x_j + \sigma\varepsilon \\ x_1 = z_1 \\"
        r" x_j = \rho\,x_{j-1} + \sqrt{1 - \rho^2}\,z_j \\"
        r" z_j, \varepsilon \sim N(0, 1) \end{gathered}"
    ),
    reads=(*_READS, "correlation"),
    make=_correlated,
    most_train=None,
    most_features=None,
    drawn=True,
    script=_correlated_script,
    script_imports=(),
)
