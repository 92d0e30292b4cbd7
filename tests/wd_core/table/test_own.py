"""A user's table as data: roles, holes and classes, beside scikit-learn and pandas."""

from __future__ import annotations

import json
import pickle
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.datasets import load_diabetes, load_wine
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.wd_core.test_export import printed
from wd_core import (
    DatasetSpec,
    Hyperparameters,
    collect,
    make_dataset,
    read_table,
    ridge_path,
    suggested_roles,
    table_dataset,
    train,
)
from wd_core.data import MOST_LEVELS, MOST_ONE_HOT
from wd_core.export import to_json, to_script
from wd_core.seeding import seed_of

DRAW = np.random.default_rng(1)


def rows_of(n: int, n_train: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The rows that train and the rest, as a reader of the documentation would draw them."""
    stream = torch.Generator().manual_seed(seed_of(seed, "split"))
    rows = torch.randperm(n, generator=stream).numpy()
    return rows[:n_train], rows[n_train:]


def made_up(n: int, d: int, twins: bool = False) -> pd.DataFrame:
    X = DRAW.standard_normal((n, d)).round(4)
    if twins:
        X[:, 1] = 2 * X[:, 0]
    frame = pd.DataFrame(X, columns=[f"x{k}" for k in range(d)])
    frame["y"] = (X @ DRAW.standard_normal(d) + DRAW.standard_normal(n)).round(4)
    return frame


FRAMES = {
    "wine": load_wine(as_frame=True).data.rename(columns={"proline": "y"}),
    "diabetes": load_diabetes(as_frame=True, scaled=False).frame.rename(columns={"target": "y"}),
    "tall": made_up(200, 3),
    "wide": made_up(30, 60),
    "twins": made_up(40, 5, twins=True),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_table_that_was_written_gives_scikit_learns_numbers(frame):
    """From the text of a German spreadsheet to the ridge solution."""
    text = frame.to_csv(sep=";", decimal=",", index=False)
    n_train = len(frame) // 2
    data = table_dataset(read_table(text, decimal=","), "y", n_train=n_train, seed=3)
    X, y = frame.drop(columns="y").to_numpy(float), frame["y"].to_numpy(float)
    rows, rest = rows_of(len(frame), n_train, 3)
    scaler = StandardScaler().fit(X[rows])
    np.testing.assert_allclose(data.X_test, scaler.transform(X[rest]), rtol=1e-9, atol=1e-9)
    target = (y - y[rows].mean()) / y[rows].std()
    for lam in (0.01, 1.0):
        ridge = Ridge(alpha=n_train * lam, solver="svd").fit(
            scaler.transform(X[rows]), target[rows]
        )
        path = ridge_path(data, [lam])
        np.testing.assert_allclose(path.weights[0], ridge.coef_, rtol=1e-9, atol=1e-9)
        test = 0.5 * np.mean((ridge.predict(data.X_test) - target[rest]) ** 2)
        np.testing.assert_allclose(path.test_loss[0], test, rtol=1e-9)


N = 40
MIXED = pd.DataFrame(
    {
        "id": range(1, N + 1),
        "size": [np.nan if k in (3, 17) else round(DRAW.normal(50, 9), 2) for k in range(N)],
        "colour": [None if k == 9 else ("red", "green", "blue")[k % 3] for k in range(N)],
        "flag": ["TF"[k * k % 3 % 2] for k in range(N)],
        "name": [f"n{k}" for k in range(N)],
        "same": [5] * N,
        "none": [None] * N,
        "price": [np.nan if k == 5 else round(DRAW.normal(100, 20), 1) for k in range(N)],
        "sold": [("no", "yes")[k % 5 % 2] for k in range(N)],
    }
)
TABLE = read_table(MIXED.to_csv(index=False))


def test_each_column_has_a_role_and_why():
    found = {one.name: one for one in suggested_roles(TABLE, "price")}
    assert {name: one.role for name, one in found.items()} == {
        "id": "left_out",
        "size": "feature",
        "colour": "one_hot",
        "flag": "one_hot",
        "name": "left_out",
        "same": "left_out",
        "none": "left_out",
        "price": "target",
        "sold": "one_hot",
    }
    whys = {
        "id": "It counts the rows, from 1 to 40.",
        "name": "It is text of many different values: 40, such as 'n0'.",
        "same": "It is the same in every row: '5'.",
        "none": "It has no value in any row.",
        "colour": "It is text of few different values: 'blue', 'green', 'red'.",
    }
    assert {name: found[name].why for name in whys} == whys
    assert (found["size"].holes, found["colour"].levels) == (2, 3)


@pytest.mark.parametrize(
    ("text", "target", "roles"),
    [
        ("x,z,y\n5,1,2\n7,3,4\n6,2,9\n", "y", ["feature", "feature", "target"]),
        (",x,y\n1,5,2\n2,7,4\n3,6,9\n", "y", ["left_out", "feature", "target"]),
        # what else is there to learn from?
        ("x,y\n1,5\n2,7\n3,6\n", "y", ["feature", "target"]),
        ("y,t\n1,5\n3,7\n3,6\n", "t", ["feature", "target"]),
        # a count that stands anywhere and is called otherwise may be one of days
        ("y,days\n1.5,0\n3,1\n3,2\n", "days", ["feature", "target"]),
        ("x,c\n1.5,a\n3,b\n3,a\n", "x", ["target", "one_hot"]),
        ("n,c\nu,a\nv,b\nw,a\n", "c", ["one_hot", "target"]),
        ("n,m\nu,a\nv,b\nw,c\n", None, ["one_hot", "one_hot"]),
    ],
)
def test_a_likely_target_and_what_counts_rows(text, target, roles):
    found = suggested_roles(read_table(text))
    assert [one.role for one in found] == roles
    assert next((one.name for one in found if one.role == "target"), None) == target


def used() -> pd.DataFrame:
    return MIXED.drop(columns=["id", "name", "same", "none"])


def test_rows_with_holes_are_left_out_and_counted():
    data = table_dataset(TABLE, "price", n_train=20, standardise=False)
    frame = used().dropna()
    assert len(frame) == N - 4
    encoder = OneHotEncoder(drop="if_binary", sparse_output=False)
    coded = encoder.fit_transform(frame[["colour", "flag", "sold"]])
    X = np.column_stack([frame["size"], coded])
    rows, rest = rows_of(len(frame), 20)
    np.testing.assert_array_equal(data.X_train, X[rows])
    np.testing.assert_array_equal(data.X_test, X[rest])
    np.testing.assert_array_equal(data.y_train, frame["price"].to_numpy()[rows])
    names = ("size", "colour = blue", "colour = green", "colour = red", "flag = T", "sold = yes")
    assert data.feature_names == names
    said = "\n".join(data.notes)
    assert "Rows without a target are left out: 1." in said
    assert "Rows in which a feature is missing are left out: 3 of 40." in said
    assert "Columns that are left out: 'id', 'name', 'same', 'none'." in said
    assert "Column 'flag' becomes a column of 0 for 'F' and 1 for 'T'." in said


def test_medians_are_those_of_the_training_rows():
    roles = {"flag": "left_out", "sold": "left_out"}
    data = table_dataset(TABLE, "price", roles, holes="median", n_train=20, standardise=False)
    frame = used().dropna(subset="price")
    rows, rest = rows_of(N - 1, 20)
    size = frame[["size"]].to_numpy()
    imputer = SimpleImputer(strategy="median").fit(size[rows])
    filled, (median,) = imputer.transform(size), imputer.statistics_
    levels = np.column_stack([frame["colour"] == c for c in ("blue", "green", "red")])
    flags = np.column_stack([frame["colour"].isna(), frame["size"].isna()])
    X = np.column_stack([filled, levels, flags]).astype(float)
    # the flag of a one-hot column stands beside it, that of numbers at the end
    np.testing.assert_array_equal(data.X_train, X[rows])
    np.testing.assert_array_equal(data.X_test, X[rest])
    assert data.feature_names[-2:] == ("colour is missing", "size is missing")
    assert f"Missing values of column 'size': 2, for which {median:.6g} stands" in "\n".join(
        data.notes
    )


def test_two_classes_are_zero_and_one():
    roles = dict.fromkeys(["size", "colour", "flag", "price"], "left_out") | {"id": "feature"}
    data = table_dataset(TABLE, "sold", roles, n_train=30, standardise=False)
    rows, _ = rows_of(N, 30)
    np.testing.assert_array_equal(data.y_train, (MIXED["sold"] == "yes").to_numpy(float)[rows])
    assert data.notes[0] == (
        "The target 'sold' has two classes: 'no' is trained on as 0 and 'yes' as 1, by least "
        "squares."
    )
    assert data.notes[0].about == "target"


def test_few_whole_numbers_are_said_to_be_numbers():
    wine = load_wine(as_frame=True).frame
    notes = table_dataset(read_table(wine.to_csv(index=False)), "target").notes
    assert notes[0] == (
        "The target 'target' has no other values than 0, 1, 2: they are taken as numbers, not as "
        "classes."
    )
    assert "0 or 1 in every row" in table_dataset(read_table("x,y\n5,0\n7,1\n9,0\n"), "y").notes[0]


def test_names_of_columns_that_are_made_do_not_clash():
    table = read_table("x,x is missing,c,c = b,y\n1,5,a,1,1\n,6,b,3,2\n4,8,a,2,5\n2,8,b,2,5\n")
    names = table_dataset(table, "y", holes="median", n_train=2).feature_names
    assert len({*names}) == len(names) == 5


MANY = read_table("t,y\n" + "".join(f"w{k},{k}\n" for k in range(MOST_ONE_HOT + 1)))
REFUSED = {
    "three classes": (
        (TABLE, "colour"),
        "the target 'colour' must hold numbers or two classes, got 3: 'blue', 'green', 'red'; "
        "least squares can tell two classes apart as 0 and 1, but has no order for more",
    ),
    "one class": (
        (read_table("x,y\n1,a\n2,a\n3,a\n"), "y"),
        "the target 'y' must hold numbers or two classes, got 1: 'a'; least",
    ),
    "text as a target": (
        (TABLE, "name"),
        "column 'name' must have numbers only, no text and no dates, got 'n0' in row 1 and 39 more",
    ),
    "no such target": ((TABLE, "Price "), "got 'Price '; did you mean 'price'?"),
    "all that is wrong with roles": (
        (TABLE, "price", {"nam": "feature", "sold": "target", "price": "feature"}),
        "'sold', got 'nam'; did you mean 'name'?\n"
        "the target must be column 'price' alone, got 'target' as the role of 'sold'\n"
        "the target must be column 'price' alone, got 'feature' as the role of 'price'",
    ),
    "text as a feature": (
        (TABLE, "price", {"name": "feature", "colour": "feature"}),
        "column 'colour' must have numbers only, no text and no dates, got 'red' in row 1 and 38 "
        "more\ncolumn 'name' must have numbers only, no text and no dates, got 'n0' in row 1",
    ),
    "no value": ((TABLE, "price", {"none": "feature"}), "column 'none' must have a value to be a"),
    "no feature": (
        (read_table("x,y\na,1\na,2\na,3\n"), "y"),
        "the table must have a feature beside the target, got columns that are all left out: 'x'",
    ),
    "many values": (
        (MANY, "y", {"t": "one_hot"}),
        "column 't' must have at most 100 different values to be one-hot, got 101",
    ),
    "two rows": (
        (read_table("x,y\n1,2\n2,4\n"), "y"),
        "the table must be of at least 3 rows without missing values, got 2 of 2",
    ),
    "holes everywhere": (
        (read_table("x,z,y\n1,,2\n,2,4\n5,,7\n,3,8\n"), "y"),
        "the table must be of at least 3 rows without missing values, got 0 of 4",
    ),
    "infinite": ((read_table("x,y\n1,2\ninf,4\n3,5\n"), "y"), "1e+300 in size, got inf in row 2"),
}


@pytest.mark.parametrize(("asked", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_with_why(asked, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        table_dataset(*asked)


def test_many_values_of_text_are_left_out():
    roles = [one.role for one in suggested_roles(MANY)]
    assert roles == ["left_out", "target"]
    few = read_table("t,y\n" + "".join(f"w{k % MOST_LEVELS},{k * k % 17}\n" for k in range(40)))
    assert suggested_roles(few)[0].role == "one_hot"


# ---- by a spec

SPEC = DatasetSpec(
    source="own",
    table=TABLE.hash,
    target="price",
    roles={"sold": "left_out", "flag": "left_out"},
    holes="median",
    n_train=20,
    n_test=5,
    seed=2,
)


def test_a_spec_names_a_table_by_its_hash():
    data = make_dataset(SPEC, tables={TABLE.hash: TABLE})
    roles = {"sold": "left_out", "flag": "left_out"}
    alone = table_dataset(TABLE, "price", roles, holes="median", n_train=20, n_test=5, seed=2)
    for name in ("X_train", "y_train", "X_test", "y_test"):
        assert np.array_equal(getattr(data, name), getattr(alone, name))
    assert data.notes == alone.notes
    more = make_dataset(replace(SPEC, n_train=30), tables={TABLE.hash: TABLE})
    np.testing.assert_array_equal(more.y_test.argsort(), data.y_test.argsort())


def test_a_spec_of_a_table_is_a_value():
    same = replace(SPEC, roles=[("sold", "left_out"), ("flag", "left_out")])
    assert same == SPEC
    assert hash(same) == hash(SPEC)
    assert pickle.loads(pickle.dumps(SPEC)) == SPEC
    run = collect(train(make_dataset(SPEC, {TABLE.hash: TABLE}), [Hyperparameters(epochs=1)]))
    document = json.loads(to_json(SPEC, [Hyperparameters(epochs=1)], run))
    assert DatasetSpec(**document["dataset"]) == SPEC


def test_a_table_that_is_not_there_or_is_another_is_refused():
    for tables in (None, {}):
        with pytest.raises(ValueError, match=rf"tables must be such that the table '{TABLE.hash}'"):
            make_dataset(SPEC, tables)
    with pytest.raises(ValueError, match="tables must be tables by their hashes, got"):
        make_dataset(SPEC, {TABLE.hash: MANY})
    with pytest.raises(ValueError, match="n_train must be at most 38 for the source own, got 39"):
        make_dataset(replace(SPEC, n_train=39), {TABLE.hash: TABLE})
    for name in ("table", "target"):
        with pytest.raises(ValueError, match=f"{name} must be a text, got ''"):
            replace(SPEC, **{name: ""})


def test_the_script_holds_the_numbers_of_the_table():
    tables, run = {TABLE.hash: TABLE}, Hyperparameters(weight_decay=1.0, epochs=20, lr=0.05)
    losses = collect(train(make_dataset(SPEC, tables), [run]))
    expected = (20, losses.train_loss[-1, 0], losses.test_loss[-1, 0])
    assert printed(to_script(SPEC, run, tables)) == pytest.approx(expected, rel=1e-10)
