"""Sources against independent oracles, and every refusal of a user's table."""

import datetime
import re
from dataclasses import MISSING, fields, replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from tests.made_up import FEATURES, ROWS, SOURCES
from wd_core import DatasetSpec
from wd_core.data import DATASETS, DataSource, dataset_from_frame, make_dataset, standardised
from wd_core.seeding import seed_of

MADE_UP, WHOLE = SOURCES["made_up"], SOURCES["made_up_whole"]
FACTS = [field.name for field in fields(DataSource)]


def torch_draw(seed, purpose, n, d):
    """X and noise as a reader of the documentation would draw them."""
    stream = torch.Generator().manual_seed(seed_of(seed, purpose))
    X = torch.randn(n, d, generator=stream, dtype=torch.float64)
    return X.numpy(), torch.randn(n, generator=stream, dtype=torch.float64).numpy()


# --- the registry ---


@pytest.mark.parametrize("source", [*DATASETS, "made_up", "made_up_whole"])
def test_a_truth_is_known_of_what_is_drawn_and_of_nothing_else(source, made_up):
    data = make_dataset(small(source))
    assert (data.w_true is not None) == (data.b_true is not None) == DATASETS[source].drawn


def test_labels_tell_sources_apart():
    assert len({entry.label for entry in DATASETS.values()}) == len(DATASETS)
    assert all(entry.description.endswith(".") for entry in DATASETS.values())


@pytest.mark.parametrize("fact", FACTS)
def test_an_entry_that_leaves_a_fact_out_is_refused_by_the_facts_name(fact):
    assert all(f.default is f.default_factory is MISSING for f in fields(DataSource))
    given = {name: getattr(MADE_UP, name) for name in FACTS if name != fact}
    with pytest.raises(TypeError, match=f"'{fact}'$"):
        DataSource(**given)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        *[(fact, value) for fact in ("label", "description", "formula") for value in ("", " ", 3)],
        *[(fact, value) for fact in ("make", "script") for value in (None, "linear")],
        *[("reads", value) for value in ("n_train", ["seed"], ("lr",), ("source",), ("",), (3,))],
        *[("script_imports", value) for value in ("import numpy", ("",), (None,), ["import os"])],
        *[("drawn", value) for value in (None, 1, "no")],
        *[
            (fact, value)
            for fact in ("most_train", "most_features")
            for value in (0, -1, True, 2.0, "15", np.nan)
        ],
    ],
)
def test_an_entry_with_a_wrong_fact_is_refused_by_the_facts_name(fact, value):
    with pytest.raises(ValueError, match=f"^{fact} must be "):
        replace(MADE_UP, **{fact: value})


@pytest.mark.parametrize("fact", ["most_train", "most_features"])
def test_a_size_that_is_not_read_must_be_stated(fact):
    assert getattr(replace(MADE_UP, **{fact: None}), fact) is None
    message = f"^{fact} must be the size of a source that does not read"
    with pytest.raises(ValueError, match=message):
        replace(WHOLE, **{fact: None})


# --- sizes ---


@pytest.fixture
def made_up(monkeypatch):
    monkeypatch.setitem(DATASETS, "made_up", MADE_UP)
    monkeypatch.setitem(DATASETS, "made_up_whole", WHOLE)


@pytest.mark.parametrize("source", [*DATASETS, "made_up", "made_up_whole"])
def test_data_have_the_sizes_that_their_source_says(source, made_up):
    entry = DATASETS[source]
    for n, d in ((1, 1), (2, 3), (entry.most_train or 60, entry.most_features or 70)):
        spec = DatasetSpec(source, n_train=n, n_features=d)
        data = make_dataset(spec)
        assert data.X_train.shape == entry.sizes(spec) == entry.within(n, d)
        for name, size in entry.sizes(spec)._asdict().items():
            assert size == getattr(spec, name) or name not in entry.reads


@pytest.mark.parametrize(("name", "most"), [("n_train", ROWS), ("n_features", FEATURES)])
def test_more_than_a_source_has_is_refused_with_the_name(name, most, made_up):
    least = DatasetSpec("made_up", n_train=1, n_features=1)
    assert make_dataset(replace(least, **{name: most}))
    message = f"^{name} must be at most {most} for the source made_up, got {most + 1}$"
    with pytest.raises(ValueError, match=message):
        make_dataset(replace(least, **{name: most + 1}))


def test_a_size_that_a_source_does_not_read_is_its_own(made_up):
    data = make_dataset(DatasetSpec("made_up_whole", n_train=2000, n_features=1))
    assert data.X_train.shape == (ROWS, FEATURES) == WHOLE.within(2000, 1)
    assert MADE_UP.within(2000, 1) == (ROWS, 1)
    assert DATASETS["linear"].within(10**6, 10**6) == (10**6, 10**6)


CHANGED = {
    "n_test": 5,
    "noise": 0.5,
    "true_weight": 0.3,
    "true_bias": 0.7,
    "seed": 1,
    "n_informative": 3,
    "correlation": 0.5,
    "extension": "noise",
}


def small(source, n_train=10, n_features=30, **changes):
    """A spec of this source with room for one example and one feature more."""
    entry = DATASETS[source]
    most_n, most_d = entry.most_train or n_train + 1, entry.most_features or n_features + 1
    sizes = min(n_train, most_n - 1), min(n_features, most_d - 1)
    return DatasetSpec(source, n_train=sizes[0], n_features=sizes[1], n_test=7, **changes)


@pytest.mark.parametrize("field", ["n_train", "n_features", *CHANGED])
@pytest.mark.parametrize("source", [*DATASETS, "made_up", "made_up_whole"])
def test_reads_names_exactly_the_fields_that_change_the_data(source, field, made_up):
    spec = small(source)
    other = CHANGED[field] if field in CHANGED else getattr(spec, field) + 1

    def arrays(spec):
        data = make_dataset(spec)
        return data.X_train, data.y_train, data.X_test, data.y_test

    def same(a, b):
        return a.shape == b.shape and np.array_equal(a, b)

    pairs = zip(arrays(spec), arrays(replace(spec, **{field: other})), strict=True)
    unchanged = all(same(before, after) for before, after in pairs)
    assert unchanged == (field not in DATASETS[source].reads)


@pytest.mark.parametrize("source", [*DATASETS, "made_up", "made_up_whole"])
def test_same_spec_gives_the_same_data_in_double_precision(source, made_up):
    spec = small(source, n_features=15, correlation=0.3)
    first, second = make_dataset(spec), make_dataset(spec)
    for name in ("X_train", "y_train", "X_test", "y_test"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
        assert getattr(first, name).dtype == np.float64


@pytest.mark.parametrize("source", [*DATASETS, "made_up", "made_up_whole"])
def test_training_rows_depend_on_neither_noise_nor_n_test(source, made_up):
    spec = small(source, n_features=200)
    first = make_dataset(spec)
    other = make_dataset(replace(spec, noise=5, n_test=5))
    assert np.array_equal(first.X_train, other.X_train)
    assert len(other.X_test) == 5 or "n_test" not in DATASETS[source].reads
    quiet = make_dataset(replace(spec, n_test=5))
    assert np.array_equal(first.y_train, quiet.y_train)


# --- drawn sources ---


@given(seed=st.integers(0, 10**6), n=st.integers(1, 30), d=st.integers(1, 30))
def test_linear_is_the_documented_draw(seed, n, d):
    spec = DatasetSpec(n_train=n, n_test=n, n_features=d, noise=0.5, true_weight=2, seed=seed)
    data = make_dataset(spec)
    for X, y, purpose in (
        (data.X_train, data.y_train, "data"),
        (data.X_test, data.y_test, "test data"),
    ):
        expected_X, noise = torch_draw(seed, purpose, n, d)
        assert np.array_equal(X, expected_X)
        np.testing.assert_allclose(y, 2 * expected_X.sum(1) + 0.05 + 0.5 * noise, atol=1e-12)
    assert np.array_equal(data.w_true, np.full(d, 2.0))
    assert data.b_true == 0.05


def test_linear_moments_are_those_of_the_book():
    data = make_dataset(DatasetSpec(n_train=20_000, n_features=50, noise=0.3, true_weight=0.1))
    assert abs(data.X_train.mean()) < 5 / np.sqrt(data.X_train.size)
    assert data.X_train.var() == pytest.approx(1, abs=0.01)
    residual = data.y_train - data.X_train @ data.w_true - data.b_true
    assert residual.std() == pytest.approx(0.3, rel=0.03)
    assert np.abs(np.corrcoef(residual, data.X_train.T)[0, 1:]).max() < 5 / np.sqrt(20_000)


def test_noise_free_targets_are_the_plane():
    data = make_dataset(DatasetSpec(noise=0, true_bias=-3))
    np.testing.assert_allclose(data.y_test, data.X_test @ data.w_true - 3, atol=1e-12)


@pytest.mark.parametrize(("n_informative", "expected"), [(3, 3), (8, 8), (10, 8)])
def test_sparse_has_its_first_weights_only(n_informative, expected):
    spec = DatasetSpec("sparse", n_features=8, n_informative=n_informative, true_weight=0.5)
    w = make_dataset(spec).w_true
    assert np.array_equal(w, [0.5] * expected + [0.0] * (8 - expected))


@pytest.mark.parametrize("correlation", [-0.7, 0.4, 0.95])
def test_correlated_features_have_the_covariance_of_a_stationary_ar1(correlation):
    n, d = 40_000, 8
    data = make_dataset(DatasetSpec("correlated", n_train=n, n_features=d, correlation=correlation))
    lag = np.abs(np.subtract.outer(np.arange(d), np.arange(d)))
    covariance = data.X_train.T @ data.X_train / n
    # Entries of a sample covariance have a standard deviation of at most sqrt(2/n) = 0.007.
    np.testing.assert_allclose(covariance, float(correlation) ** lag, atol=5 * np.sqrt(2 / n))


def test_correlated_follows_the_recursion():
    data = make_dataset(DatasetSpec("correlated", n_features=5, correlation=0.6, noise=0))
    z, _ = torch_draw(0, "data", 20, 5)
    X = z[:, :1]
    for j in range(1, 5):
        X = np.column_stack([X, 0.6 * X[:, -1] + 0.8 * z[:, j]])
    np.testing.assert_allclose(data.X_train, X, rtol=1e-12)


def test_correlation_zero_is_linear():
    linear, flat = (
        make_dataset(DatasetSpec(source, correlation=0.0)) for source in ("linear", "correlated")
    )
    assert np.array_equal(linear.X_train, flat.X_train)
    assert np.array_equal(linear.y_train, flat.y_train)


# --- diabetes ---


def diabetes_rows(seed):
    stream = torch.Generator().manual_seed(seed_of(seed, "split"))
    return torch.randperm(442, generator=stream).numpy()


@pytest.mark.parametrize("n_features", [1, 7, 10, 11, 33, 55])
def test_diabetes_is_the_table_with_products_in_scikit_learns_order(n_features):
    data = make_dataset(DatasetSpec("diabetes", n_train=60, n_features=n_features, seed=4))
    raw = load_diabetes(scaled=False)
    rows = diabetes_rows(4)
    train, test = rows[:60], rows[-100:]
    Z = StandardScaler().fit(raw.data[train]).transform(raw.data)
    wide = PolynomialFeatures(2, interaction_only=True, include_bias=False).fit_transform(Z)
    wide = StandardScaler().fit(wide[train]).transform(wide)[:, :n_features]
    y = (raw.target - raw.target[train].mean()) / raw.target[train].std()
    np.testing.assert_allclose(data.X_train, wide[train], atol=1e-11)
    np.testing.assert_allclose(data.X_test, wide[test], atol=1e-11)
    np.testing.assert_allclose(data.y_train, y[train], atol=1e-12)
    np.testing.assert_allclose(data.y_test, y[test], atol=1e-12)
    assert data.w_true is None
    assert data.b_true is None


@pytest.mark.parametrize(("extension", "first_noise"), [("interactions", 55), ("noise", 10)])
def test_diabetes_noise_comes_last_and_is_standardised(extension, first_noise):
    spec = DatasetSpec(
        "diabetes", n_train=300, n_features=first_noise + 20, extension=extension, seed=2
    )
    data = make_dataset(spec)
    stream = torch.Generator().manual_seed(seed_of(2, "noise features"))
    noise = np.array(
        [torch.randn(442, generator=stream, dtype=torch.float64).numpy() for _ in range(20)]
    ).T
    train = diabetes_rows(2)[:300]
    expected = StandardScaler().fit(noise[train]).transform(noise)[train]
    np.testing.assert_allclose(data.X_train[:, first_noise:], expected, atol=1e-11)
    assert data.feature_names[first_noise - 1] == ("s6" if extension == "noise" else "s5·s6")
    assert data.feature_names[first_noise:] == tuple(f"noise {k}" for k in range(1, 21))


def test_diabetes_names_follow_the_columns():
    names = make_dataset(DatasetSpec("diabetes", n_features=12)).feature_names
    assert names == (*load_diabetes().feature_names, "age·sex", "age·bmi")


def test_diabetes_wider_tables_keep_the_narrower_ones_columns():
    wide = make_dataset(DatasetSpec("diabetes", n_features=100))
    for n_features in (3, 10, 30, 55, 56, 99):
        narrow = make_dataset(DatasetSpec("diabetes", n_features=n_features))
        np.testing.assert_allclose(narrow.X_test, wide.X_test[:, :n_features], atol=1e-12)


@pytest.mark.parametrize(
    ("n_train", "n_test", "left"), [(342, 100, 100), (400, 100, 42), (441, 100, 1), (20, 9999, 422)]
)
def test_diabetes_tests_on_what_is_left(n_train, n_test, left):
    data = make_dataset(DatasetSpec("diabetes", n_train=n_train, n_test=n_test, n_features=10))
    assert data.X_train.shape == (n_train, 10)
    assert data.X_test.shape == (left, 10)


def test_diabetes_keeps_its_test_rows_and_splits_disjointly():
    raw = load_diabetes(scaled=False)
    few, many = (
        make_dataset(DatasetSpec("diabetes", n_train=n, n_test=50, n_features=10, seed=3))
        for n in (20, 300)
    )
    rows = diabetes_rows(3)
    for n, data in ((20, few), (300, many)):
        scaler = StandardScaler().fit(raw.data[rows[:n]])
        np.testing.assert_allclose(
            scaler.inverse_transform(data.X_test), raw.data[rows[-50:]], rtol=1e-10
        )


def test_diabetes_note_says_what_half_means():
    data = make_dataset(DatasetSpec("diabetes", n_features=10))
    assert "standardised" in data.note
    assert "0.5" in data.note
    assert 0.5 * np.mean(data.y_train**2) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("n_train", [1, 2])
def test_diabetes_with_hardly_any_rows_stays_finite(n_train):
    data = make_dataset(DatasetSpec("diabetes", n_train=n_train, n_features=60))
    assert np.abs(data.X_train).max() <= 1 + 1e-9
    if n_train == 1:
        assert not data.X_train.any()
        assert "nothing to learn" in data.note
    else:
        assert not data.X_train[:, 10:55].any()  # products of ±1 are the same in both rows
        assert "age·sex" in data.note


def test_diabetes_refuses_more_rows_than_it_has():
    assert DATASETS["diabetes"].most_train == 441
    message = "^n_train must be at most 441 for the source diabetes, got 442$"
    with pytest.raises(ValueError, match=message):
        make_dataset(DatasetSpec("diabetes", n_train=442))


# --- standardising ---

finite = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


@given(st.lists(st.tuples(finite, finite), min_size=3, max_size=20))
def test_standardised_agrees_with_scikit_learn(rows):
    columns = np.array(rows)
    train = np.arange(len(rows) - 1)
    result, constant = standardised(columns, train)
    part = columns[train]
    assert np.array_equal(constant, np.ptp(part, axis=0) <= 1e-10 * np.abs(part).max(0))
    expected = StandardScaler().fit(columns[train]).transform(columns)
    np.testing.assert_allclose(result[:, ~constant], expected[:, ~constant], rtol=1e-6, atol=1e-6)
    assert not result[np.ix_(train, constant)].any()


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1.0, 1e200, 1e299])
def test_standardised_is_free_of_scale(scale):
    column = scale * np.array([[1.0], [2.0], [3.0], [5.0]])
    result, constant = standardised(column, np.arange(3))
    if scale < 1e-300:
        assert constant.all()
        return
    np.testing.assert_allclose(result.ravel(), np.array([-1, 0, 1, 3]) * 1.5**0.5, rtol=1e-12)


def test_constant_columns_whose_mean_rounds_are_still_constant():
    result, constant = standardised(np.full((1000, 1), 0.1), np.arange(999))
    assert constant.all()
    assert not result.any()


# --- a user's table ---

TABLE = {
    "size": [50.0, 60.0, 80.0, 100.0, 120.0, 75.0, 66.0, 91.0],
    "rooms": [2, 2, 3, 4, 5, 3, 2, 4],
    "price": [100.0, 130.0, 170.0, 210.0, 240.0, 160.0, 140.0, 190.0],
}


@pytest.mark.parametrize(
    "make",
    [
        dict,
        pd.DataFrame,
        lambda table: {name: np.array(values) for name, values in table.items()},
        lambda table: {name: torch.tensor(values) for name, values in table.items()},
        lambda table: pd.DataFrame(table).convert_dtypes(),
        lambda table: {name: [Decimal(str(v)) for v in column] for name, column in table.items()},
    ],
    ids=["lists", "pandas", "arrays", "tensors", "nullable", "decimals"],
)
def test_every_kind_of_table_gives_the_same_data(make):
    data = dataset_from_frame(make(TABLE), "price", n_train=5, seed=2)
    rows = torch.randperm(8, generator=torch.Generator().manual_seed(seed_of(2, "split"))).numpy()
    raw = np.column_stack([TABLE["size"], TABLE["rooms"]])
    scaler = StandardScaler().fit(raw[rows[:5]])
    np.testing.assert_allclose(data.X_train, scaler.transform(raw[rows[:5]]), atol=1e-12)
    np.testing.assert_allclose(data.X_test, scaler.transform(raw[rows[5:]]), atol=1e-12)
    y = np.array(TABLE["price"])
    expected = (y - y[rows[:5]].mean()) / y[rows[:5]].std()
    np.testing.assert_allclose(data.y_test, expected[rows[5:]], atol=1e-12)
    assert data.feature_names == ("size", "rooms")
    assert data.note.startswith("Every feature and the target price are standardised")


def test_a_table_as_it_is_keeps_its_numbers():
    data = dataset_from_frame(TABLE, "price", standardise=False)
    assert sorted(np.concatenate([data.y_train, data.y_test])) == sorted(TABLE["price"])
    assert sorted(np.concatenate([data.X_train, data.X_test])[:, 1]) == sorted(TABLE["rooms"])
    assert "nothing is standardised" in data.note


@given(n=st.integers(3, 60), share=st.floats(0.01, 0.99))
def test_the_share_is_kept_as_far_as_both_parts_remain(n, share):
    data = dataset_from_frame({"x": range(n), "y": range(n)}, "y", test_share=share)
    assert len(data.y_test) == min(max(1, round(share * n)), n - 2)
    assert data.n_train + len(data.y_test) == n
    assert data.n_train >= 2


def test_truth_values_count_as_one_and_zero():
    table = {"flag": [True, False, True, False], "y": [1, 0, 1, 0]}
    data = dataset_from_frame(table, "y")
    np.testing.assert_allclose(data.X_train[:, 0], data.y_train)


def test_constant_columns_are_kept_as_zeros_and_mentioned():
    data = dataset_from_frame({**TABLE, "floor": [0.1] * 8, "roof": [7] * 8}, "price")
    assert not data.X_train[:, 2:].any()
    assert not data.X_test[:, 2:].any()
    assert data.note.endswith("Constant in the training rows and kept there as zeros: floor, roof.")


def test_many_constant_columns_are_counted():
    table = {f"c{k}": [1.0] * 8 for k in range(13)}
    note = dataset_from_frame({**TABLE, **table}, "price").note
    assert note.endswith("c8, c9 and 3 more.")


def test_a_constant_target_is_said():
    note = dataset_from_frame({"x": range(8), "y": [2] * 8}, "y").note
    assert "the target is constant: there is nothing to learn" in note


def holed(value):
    return {**TABLE, "size": [50.0, 60.0, value, 100.0, value, 75.0, 66.0, 91.0]}


class Twins:
    """A table with two columns of one name, as pandas allows."""

    columns = ("x", "y", "x")

    def __getitem__(self, name):
        return [1, 2, 3]


HOLE = "column 'size' must have a number in every row, got a hole in row 3 and 1 more"
NUMBERS = "must have numbers only, no text and no dates, got"
TOO_LARGE = "column 'size' must have finite numbers, at most 1e+300 in size"
FEW = "the table must be of at least 3 rows, got"
REFUSED = {
    "text": (holed("big"), "price", f"column 'size' {NUMBERS} 'big' in row 3 and 1 more"),
    "text array": (
        {"x": np.array(["a", "b", "c"]), "y": [1, 2, 3]},
        "y",
        f"column 'x' {NUMBERS} 'a' in row 1 and 2 more",
    ),
    "text target": (
        {"x": [1, 2, 3], "y": ["a", "b", "c"]},
        "y",
        f"column 'y' {NUMBERS} 'a' in row 1 and 2 more",
    ),
    "pandas text": (
        pd.DataFrame({"x": ["a", None, "c"], "y": [1, 2, 3]}),
        "y",
        f"column 'x' {NUMBERS} 'a' in row 1 and 1 more",
    ),
    "dates": (
        pd.DataFrame({"x": pd.to_datetime(["2020-01-01"] * 3), "y": [1, 2, 3]}),
        "y",
        f"column 'x' {NUMBERS} '2020-01-01T00:00:00",
    ),
    "date objects": (
        {"x": [datetime.date(2020, 1, 1)] * 3, "y": [1, 2, 3]},
        "y",
        f"column 'x' {NUMBERS} '2020-01-01' in row 1 and 2 more",
    ),
    "date array": (
        {"x": np.array(["2020-01-01"] * 3, dtype="datetime64[ns]"), "y": [1, 2, 3]},
        "y",
        f"column 'x' {NUMBERS} '2020-01-01T00:00:00.000000000' in row 1 and 2 more",
    ),
    "lists in a list": (
        {"x": [[1], [2, 3], 4], "y": [1, 2, 3]},
        "y",
        f"column 'x' {NUMBERS} '[1]'",
    ),
    "complex": (
        {"x": np.array([1j, 2, 3]), "y": [1, 2, 3]},
        "y",
        f"column 'x' {NUMBERS} '1j' in row 1 and 2 more",
    ),
    "nan": (holed(np.nan), "price", HOLE),
    "None": (holed(None), "price", HOLE),
    "pandas NA": (pd.DataFrame(holed(pd.NA)), "price", HOLE),
    "nullable": (pd.DataFrame(holed(None)).convert_dtypes(), "price", HOLE),
    "infinite": (
        holed(-np.inf),
        "price",
        f"{TOO_LARGE}, got -inf in row 3 and 1 more",
    ),
    "enormous": (
        holed(1e305),
        "price",
        f"{TOO_LARGE}, got 1e+305 in row 3 and 1 more",
    ),
    "one column": (
        {"y": [1, 2, 3]},
        "y",
        "the table must be of at least one column beside the target, got 'y'",
    ),
    "no column": ({}, "y", "target must be one of the columns , got 'y'"),
    "no rows": ({"x": [], "y": []}, "y", f"{FEW} 0"),
    "empty pandas": (pd.DataFrame({"x": [], "y": []}), "y", f"{FEW} 0"),
    "two rows": ({"x": [1, 2], "y": [1, 2]}, "y", f"{FEW} 2"),
    "no target": (
        TABLE,
        "cost",
        "target must be one of the columns 'size', 'rooms', 'price', got 'cost'",
    ),
    "twins": (Twins(), "y", "column names must be different from each other, got 'x'"),
    "pandas twins": (
        pd.DataFrame([[1, 2, 3]] * 3, columns=["x", "y", "x"]),
        "y",
        "column names must be different from each other, got 'x'",
    ),
    "ragged": (
        {"x": [1, 2, 3], "y": [1, 2]},
        "y",
        "column 'y' must be as long as column 'x' (3), got 2",
    ),
    "nested": (
        {"x": np.ones((3, 2)), "y": [1, 2, 3]},
        "y",
        "column 'x' must be one value a row, got (3, 2)",
    ),
    "no table": (
        np.ones((3, 3)),
        "y",
        "frame must be a table or a mapping of columns, got 'ndarray'",
    ),
}


@pytest.mark.parametrize(("frame", "target", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_tables_are_told_why(frame, target, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        dataset_from_frame(frame, target)


# What is said of quirks of ordinary tables, from the first to the last word.
SAID = {
    "one sign among numbers as text": (
        {"a": ["1", "2", "?", "4"], "y": [1, 2, 3, 4]},
        "y",
        f"column 'a' {NUMBERS} '?' in row 3",
    ),
    "numbers as text": (
        {"a": ["1", "2.5", "3"], "y": [1, 2, 3]},
        "y",
        "column 'a' must have numbers, not numbers as text, got '1' in row 1 and 2 more",
    ),
    "17 columns of text": (
        {**{f"c{k}": ["a", "b", None] for k in range(17)}, "y": [1, 2, 3]},
        "y",
        "\n".join(f"column 'c{k}' {NUMBERS} 'a' in row 1 and 1 more" for k in range(17)),
    ),
    "all that is wrong": (
        {"a": [1, "x", 3], "b": [np.nan, 1, 2], "y": [1, 2, 3]},
        "z",
        "target must be one of the columns 'a', 'b', 'y', got 'z'\n"
        f"column 'a' {NUMBERS} 'x' in row 2\n"
        "column 'b' must have a number in every row, got a hole in row 1",
    ),
    "a blank at the end of a name": (
        {"Life expectancy ": [1, 2, 3], "x": [1, 2, 3]},
        "Life expectancy",
        "target must be one of the columns 'Life expectancy ', 'x', got 'Life expectancy'; did you "
        "mean 'Life expectancy '?",
    ),
    "another separator": (
        {"x;y": ["1;2", "3;4", "5;6"]},
        "y",
        "target must be one of the columns 'x;y', got 'y'\n"
        "the table must be of at least one column beside the target, got 'x;y'; is the separator "
        f"';'?\ncolumn 'x;y' {NUMBERS} '1;2' in row 1 and 2 more",
    ),
}


@pytest.mark.parametrize(("frame", "target", "message"), SAID.values(), ids=SAID)
def test_all_that_is_wrong_with_a_table_is_told_at_once_and_in_quotes(frame, target, message):
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        dataset_from_frame(frame, target)


def test_the_last_rows_test():
    whole = dataset_from_frame(TABLE, "price", n_train=3, standardise=False)
    part = dataset_from_frame(TABLE, "price", n_train=3, n_test=2, standardise=False)
    assert np.array_equal(part.y_train, whole.y_train)
    assert np.array_equal(part.y_test, whole.y_test[-2:])
    most = dataset_from_frame(TABLE, "price", n_train=6, n_test=5)
    assert len(most.y_test) == 2


TWO_TO_SEVEN = "n_train must be a whole number from 2 to 7 (one less than the rows)"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_train": 1}, f"{TWO_TO_SEVEN}, got 1"),
        ({"n_train": 8}, f"{TWO_TO_SEVEN}, got 8"),
        ({"n_train": 2.5}, f"{TWO_TO_SEVEN}, got 2.5"),
        ({"test_share": 0}, "test_share must be between 0 and 1, got 0"),
        ({"test_share": 1.0}, "test_share must be between 0 and 1, got 1.0"),
        ({"seed": -1}, "seed must be a whole number >= 0, got -1"),
        ({"seed": 0.5}, "seed must be a whole number >= 0, got 0.5"),
    ],
)
def test_refused_splits_are_told_why(settings, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        dataset_from_frame(TABLE, "price", **settings)
