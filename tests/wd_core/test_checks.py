"""Every wrong value of a spec or a data set is refused with its name, the rule and the value."""

import math
import re
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch

from wd_core import DATASETS, DatasetSpec, Hyperparameters
from wd_core.arrays import as_array
from wd_core.checks import require
from wd_core.optimizers import FOLLOWING, OPTIMIZERS, PENALTIES, SCHEDULES
from wd_core.records import Dataset

NOT_WHOLE = (0.5, 2.0, "3", None, True, math.nan)
NOT_NUMBERS = (math.nan, math.inf, -math.inf, "1", None, True, 1j)


def cases(field, rule, values):
    return [pytest.param(field, rule, value, id=f"{field}={value!r}") for value in values]


def refused(make, name, rule, value):
    message = re.escape(f"{name} must be {rule}, got {value!r}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        make()


SOURCES = f"one of {', '.join(DATASETS)}, own"


@pytest.mark.parametrize(
    ("field", "rule", "value"),
    [
        *cases("source", SOURCES, ["iris", "", None, 3]),
        *[
            case
            for field in ("n_train", "n_test", "n_features", "n_informative")
            for case in cases(field, "a whole number >= 1", [*NOT_WHOLE, 0, -1])
        ],
        *cases("seed", "a whole number >= 0", [*NOT_WHOLE, -1]),
        *cases("noise", "a finite number >= 0", [*NOT_NUMBERS, -0.1]),
        *cases("true_weight", "a finite number", NOT_NUMBERS),
        *cases("true_bias", "a finite number", NOT_NUMBERS),
        *cases("correlation", "a finite number between -1 and 1", [*NOT_NUMBERS, -1, 1, 1.5]),
        *cases("extension", "one of interactions, noise", ["none", None]),
        *cases("holes", "one of drop, median", ["mean", None]),
        *cases("table", "a text", [None, 3]),
        *cases("target", "a text", [None, 3]),
        *cases(
            "roles",
            "a mapping from names of columns to any of target, feature, one_hot, left_out",
            [None, "x", [("a",)], {"a": "b"}, [("a", "feature"), ("a", "one_hot")]],
        ),
    ],
)
def test_wrong_dataset_specs_are_refused(field, rule, value):
    refused(lambda: DatasetSpec(**{field: value}), field, rule, value)


@pytest.mark.parametrize(
    ("field", "rule", "value"),
    [
        *cases("weight_decay", "a finite number >= 0", [*NOT_NUMBERS, -1]),
        *cases("lr", "a finite number > 0", [*NOT_NUMBERS, 0, -1]),
        *cases("batch_size", "a whole number >= 1", [*NOT_WHOLE, 0, -1]),
        *cases("epochs", "a whole number >= 0", [*NOT_WHOLE, -1]),
        *cases("optimizer", f"one of {', '.join(OPTIMIZERS)}", ["adamw", "", None, 1]),
        *cases("momentum", "a finite number in [0, 1)", [*NOT_NUMBERS, -0.1, 1]),
        *cases("betas", "two numbers", [0.9, (0.9,), (0.9, 0.9, 0.9), None]),
        *cases("eps", "a finite number > 0", [*NOT_NUMBERS, 0, -1]),
        *cases("decay", "one of coupled, decoupled", ["l2", None]),
        *cases("schedule", f"one of {', '.join(SCHEDULES)}", ["cos", "", None, 1]),
        *cases("warmup", "a whole number >= 0", [*NOT_WHOLE, -1]),
        *cases("warmup", "at most 9223372036854775807", [2**63]),
        *cases("decay_follows", f"one of {', '.join(FOLLOWING)}", ["lr²", "", None, 0]),
        *cases("penalty", f"one of {', '.join(PENALTIES)}", ["lasso", "", None, 1]),
        *cases("l1_ratio", "a finite number in [0, 1]", [*NOT_NUMBERS, -0.1, 1.1]),
        *cases("loss", "one of half_mse, mse", ["mae", None]),
        *cases("max_norm", "a finite number > 0", [math.nan, math.inf, "1", True, 0, -1]),
        *cases("decay_bias", "True or False", [1, 0, None, "yes"]),
        *cases("input_noise", "a finite number >= 0", [*NOT_NUMBERS, -1]),
        *cases("init_std", "a finite number >= 0", [*NOT_NUMBERS, -1]),
        *cases("init_bias_std", "a finite number >= 0", [*NOT_NUMBERS, -1]),
        *cases("seed", "a whole number >= 0", [*NOT_WHOLE, -1]),
    ],
)
def test_wrong_hyperparameters_are_refused(field, rule, value):
    refused(lambda: Hyperparameters(**{field: value}), field, rule, value)


@pytest.mark.parametrize("wrong", [1, -0.1, math.nan, "x", True])
@pytest.mark.parametrize("place", [0, 1])
def test_each_beta_is_looked_at(wrong, place):
    betas = [0.5, 0.5]
    betas[place] = wrong
    refused(lambda: Hyperparameters(betas=betas), "betas", "a finite number in [0, 1)", wrong)


def test_nesterov_needs_momentum():
    rule = "> 0 for the optimizer nesterov"
    refused(lambda: Hyperparameters(optimizer="nesterov", momentum=0), "momentum", rule, 0)
    assert Hyperparameters(optimizer="momentum", momentum=0).momentum == 0


@pytest.mark.parametrize("spec", [DatasetSpec(), Hyperparameters()])
def test_specs_are_values(spec):
    assert spec == replace(spec)
    assert hash(spec) == hash(replace(spec))
    assert spec != replace(spec, seed=1)
    with pytest.raises(FrozenInstanceError):
        spec.seed = 1


def test_lists_of_betas_are_hashable_too():
    assert hash(Hyperparameters(betas=[0.9, 0.999])) == hash(Hyperparameters())


def test_numpy_numbers_are_numbers():
    assert DatasetSpec(n_train=np.int64(5), noise=np.float32(0.5)).n_train == 5
    assert Hyperparameters(lr=np.float64(0.1), seed=np.uint8(3)).lr == 0.1


def test_a_numpy_value_is_shown_as_a_plain_one():
    refused(lambda: DatasetSpec(n_train=np.int64(0)), "n_train", "a whole number >= 1", 0)


def test_the_mean_square_counts_weight_decay_half():
    assert Hyperparameters(weight_decay=3).ridge_weight_decay == 3
    assert Hyperparameters(weight_decay=3, loss="mse").ridge_weight_decay == 1.5


def test_require_says_name_rule_and_value():
    require(True, "x", "anything", None)
    refused(lambda: require(False, "x", "so", "y"), "x", "so", "y")


PARTS = {
    "X_train": [[1, 2], [3, 4], [5, 6]],
    "y_train": [1, 2, 3],
    "X_test": [[1, 2]],
    "y_test": [0],
}


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor, lambda x: np.float32(x)])
def test_data_sets_take_every_kind_of_array(kind):
    data = Dataset(**{name: kind(value) for name, value in PARTS.items()}, w_true=kind([1, 2]))
    for name, value in PARTS.items():
        array = getattr(data, name)
        assert type(array) is np.ndarray
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        assert np.array_equal(array, value)
    assert np.array_equal(data.w_true, [1, 2])
    assert (data.n_train, data.n_features) == (3, 2)


def test_tensors_that_need_gradients_are_taken():
    value = torch.ones(3, 2, requires_grad=True)
    assert np.array_equal(Dataset(**{**PARTS, "X_train": value}).X_train, np.ones((3, 2)))


@pytest.mark.parametrize(
    ("name", "value", "rule", "shown"),
    [
        ("X_train", "text", "an array of real numbers", "str"),
        ("X_train", [["a", "b"]], "an array of real numbers", "list"),
        ("X_train", [[1, 2], [3]], "an array of real numbers", "list"),
        ("y_test", {"a": 1}, "an array of real numbers", "dict"),
        ("X_train", [1, 2, 3], "an array with 2 axes", (3,)),
        ("y_train", [[1], [2], [3]], "an array with 1 axes", (3, 1)),
        ("X_test", 1.0, "an array with 2 axes", ()),
        ("y_test", 1.0, "an array with 1 axes", ()),
        ("X_train", [[1, 2], [3, math.nan], [5, 6]], "finite everywhere", "nan or inf"),
        ("y_train", [1, math.inf, 3], "finite everywhere", "nan or inf"),
        ("X_test", [[1, -math.inf]], "finite everywhere", "nan or inf"),
        ("y_test", [None], "an array of real numbers", "list"),
        ("y_train", [1, 2], "as long as X_train (3)", 2),
        ("y_test", [1, 2], "as long as X_test (1)", 2),
        ("X_train", np.empty((0, 2)), "of at least one row and column", (0, 2)),
        ("X_train", np.empty((3, 0)), "of at least one row and column", (3, 0)),
        ("X_test", np.empty((0, 2)), "of at least one row and column", (0, 2)),
        ("X_test", [[1, 2, 3]], "of 2 columns as X_train", (1, 3)),
        ("w_true", [1, 2, 3], "of length 2", (3,)),
        ("w_true", [[1, 2]], "an array with 1 axes", (1, 2)),
        ("w_true", [math.nan, 0], "finite everywhere", "nan or inf"),
    ],
)
def test_wrong_data_sets_are_refused(name, value, rule, shown):
    refused(lambda: Dataset(**{**PARTS, name: value}), name, rule, shown)


def test_as_array_keeps_float64_arrays_as_they_are():
    array = np.ones((2, 3))
    assert as_array("X", array, 2) is array


@pytest.mark.parametrize("name", ["optimizer", "decay", "loss"])
@pytest.mark.parametrize("wrong", [np.array([1, 2]), np.array([]), ["sgd"]])
def test_an_array_is_no_name(name, wrong):
    with pytest.raises(ValueError, match=f"{name} must be one of "):
        Hyperparameters(**{name: wrong})


def test_more_classes_than_floats_can_count_are_taken():
    X, y = np.ones((2, 1)), [0.0, 1.0]
    assert Dataset(X, y, X, y, n_classes=10**400).n_classes == 10**400
