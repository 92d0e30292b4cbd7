"""The engine refuses in one voice: a wrong value is told by name, rule and value, or it works."""

from __future__ import annotations

import inspect
import pickle
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import fields, is_dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest
import scipy.sparse
import torch

import wd_core
from tests.wd_core.surface import DATA, FITTING, PAIR, RUN, SPEC, Made, calls, fit, fresh
from wd_core import (
    Dataset,
    Hyperparameters,
    Mlp,
    Quadratic,
    Slice,
    choose,
    collect,
    data_loss,
    gather,
    grid,
    make_dataset,
    ridge_path,
    sweep,
    train,
)
from wd_core.arrays import as_array
from wd_core.book.two_codes import lock_step
from wd_core.checks import WrongValueError, require
from wd_core.linear.behaviour import behaviour
from wd_core.linear.inspection import Replay
from wd_core.linear.phases import limits
from wd_core.linear.spectrum import decompose
from wd_core.streams import Unshared
from wd_core.training import interruptible

CALLS = calls()


class Sullen:
    """An object that answers nothing."""

    def _no(self, *_: object) -> Any:
        raise RuntimeError("no")

    __array__ = __repr__ = __len__ = __float__ = __iter__ = __eq__ = _no
    __hash__ = None  # type: ignore[assignment]


def fails() -> Generator[float, None, None]:
    raise RuntimeError("a generator that raises")
    yield 1.0


MASKED = np.ma.masked_array([1.0, 2.0], [True, False])
MASKED_ROWS = np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]], [[True, False], [False, False]])
HOSTILE: dict[str, Any] = {
    "None": None,
    "a word": "x",
    "digits": "3",
    "bytes": b"x",
    "True": True,
    "np.True": np.bool_(True),
    "nan": np.nan,
    "np.nan": np.float64("nan"),
    "inf": np.inf,
    "-inf": -np.inf,
    "the smallest": 1e-320,
    "the largest": 1e308,
    "large": 1e200,
    "-1": -1,
    "0": 0,
    "-1.5": -1.5,
    "2.0": 2.0,
    "np.int64": np.int64(2),
    "400 digits": 10**400,
    "5000 digits": 10**5000,
    "below all": -(10**30),
    "above all": 10**30,
    "complex": 1j,
    "an object": object(),
    "sullen": Sullen(),
    "a generator": Made(fails),
    "masked": MASKED,
    "masked rows": MASKED_ROWS,
    "a masked number": np.ma.masked,
    "a list of masked": [MASKED, MASKED],
    "ragged": [[1.0], [1.0, 2.0]],
    "[]": [],
    "{}": {},
    "a set": {1.0},
    "no axes": np.array(1.0),
    "a word without axes": np.array("x"),
    "complex array": np.array([1j, 1]),
    "objects": np.array([None, 1]),
    "digits in a list": [10**400, 1],
    "no rows": np.zeros((0, 2)),
    "no columns": np.zeros((2, 0)),
    "three axes": np.zeros((2, 2, 2)),
    "nans": np.array([np.nan, 1.0]),
    "rows of nan": np.array([[np.nan, 1.0]]),
    "infs": np.array([np.inf, 1.0]),
    "rows of inf": np.array([[np.inf, 1.0], [1.0, 1.0]]),
    "largest": [1e308, -1e308],
    "rows of largest": [[1e308, -1e308], [1e308, 1e308]],
    "smallest": [1e-320, 1e-320],
    "rows of smallest": [[1e-320, 1e-320]],
    "zeros": [0.0, 0.0],
    "negative": [-1.0, -2.0],
    "many": list(range(50)),
    "truth values": np.array([True, False]),
    "half floats": np.float16([1, 2]),
    "long floats": np.array([np.longdouble("1e4000"), 1]),
    "dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "words": ["a", "b"],
    "sparse": scipy.sparse.csr_matrix(np.eye(2)),
    "sparse tensor": torch.eye(2).to_sparse(),
    "bfloat16": torch.ones(2, dtype=torch.bfloat16),
    "with gradient": torch.ones(2, requires_grad=True),
    "rows with gradient": torch.ones(2, 2, requires_grad=True),
    "complex tensor": torch.ones(2, dtype=torch.complex64),
    "a class": int,
    "data": DATA,
    "a list of data": [DATA],
    "a run": RUN,
    "a list of runs": [RUN],
    "[None]": [None],
    "a list of sullen": [Sullen()],
}
# What a caller's own function or stream raises is his, and reaches him.
OF_THE_CALLER = {"score", "stream"}
# A call that is right, only endless.
PARTS = 3


def taken(answer: Any) -> Any:
    """The answer; of a stream its first parts."""
    if isinstance(answer, Iterator):
        list(islice(answer, PARTS))
        if isinstance(answer, Generator):
            answer.close()
    return answer


def arguments(place: str) -> dict[str, Any]:
    """What fits every parameter that is no *args."""
    name = place.rsplit(".", 1)[-1]
    parameters = inspect.signature(CALLS[place]).parameters.values()
    plain = [one for one in parameters if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    return {one.name: fit(name, one) for one in plain}


def some_of_many(place: str) -> tuple[Any, ...]:
    """What fits *args, where there are any."""
    parameters = inspect.signature(CALLS[place]).parameters.values()
    return tuple(2 for one in parameters if one.kind is one.VAR_POSITIONAL)


def test_the_surface_is_found() -> None:
    functions = {name for name in wd_core.__all__ if inspect.isfunction(getattr(wd_core, name))}
    assert functions <= {place.rsplit(".", 1)[-1] for place in CALLS}
    assert {"records.Dataset", "plane.quadratic.Quadratic.descent"} <= CALLS.keys()
    assert len(CALLS) > 100


@pytest.mark.parametrize("place", CALLS)
def test_a_wrong_value_is_refused_by_name_rule_and_value(place: str) -> None:
    """Warnings are errors here: NumPy's, too."""
    fitting, function = arguments(place), CALLS[place]
    listed = some_of_many(place)
    taken(function(*listed, **{name: fresh(value) for name, value in fitting.items()}))
    for name in fitting.keys() - OF_THE_CALLER:
        for kind, value in HOSTILE.items():
            values = {other: fresh(fits) for other, fits in fitting.items()}
            values[name] = fresh(value)
            hold(f"{place}({name}={kind})", partial(function, *listed, **values))
    for kind, value in HOSTILE.items() if listed else ():
        hold(f"{place}(*{kind})", partial(function, fresh(value), *listed, **fitting))


def hold(what: str, call: Callable[[], Any]) -> None:
    """It works, or refuses as it should."""
    try:
        taken(call())
    except ValueError as error:
        said = str(error)
        assert " must " in said, (what, said)
        assert ", got " in said, (what, said)
        assert len(said) < 1000
    except Exception as error:
        pytest.fail(f"{what}: {type(error).__name__}: {error}")


@pytest.mark.parametrize("value", [0, "x", (), np.array(1), [None], 3.5, np.ma.masked])
def test_a_stream_of_something_else_is_refused(value: object) -> None:
    for take in (collect, gather):
        with pytest.raises(ValueError, match="stream must be"):
            take(value)  # type: ignore[operator]


def test_what_a_callers_own_stream_raises_reaches_him() -> None:
    for take in (collect, gather):
        with pytest.raises(RuntimeError, match="a generator that raises"):
            take(fails())  # type: ignore[operator]


# ---- the voice itself


def test_an_error_has_its_parts_as_fields() -> None:
    with pytest.raises(WrongValueError, match=r"^x must be so, got 3$") as caught:
        require(False, "x", "so", np.int64(3))
    error = caught.value
    assert (error.name, error.rule, error.value) == ("x", "so", 3)
    sent = pickle.loads(pickle.dumps(error))
    assert str(sent) == str(error)
    assert (sent.name, sent.rule) == ("x", "so")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(10**5000, "some int"), (Sullen(), "some Sullen"), ("x" * 900, "'" + "x" * 199 + " ...")],
    ids=["digits", "sullen", "long"],
)
def test_a_value_that_cannot_be_shown_is_told_by_its_kind(value: object, shown: str) -> None:
    with pytest.raises(ValueError, match="x must be so, got ") as caught:
        require(False, "x", "so", value)
    assert str(caught.value) == f"x must be so, got {shown}"
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_shapes_that_do_not_fit_are_told_with_all_of_them() -> None:
    with pytest.raises(
        ValueError, match=r"^arguments must be such that they go together, got "
    ) as e:
        data_loss(np.ones((3, 2)), np.ones(4), [1.0, 2.0])
    assert "'X': (3, 2), 'y': (4,), 'w': '2 long'" in str(e.value)


# ---- masks


@pytest.mark.parametrize("value", [MASKED_ROWS, [MASKED, MASKED], [list(MASKED), [1.0, 2.0]]])
def test_no_mask_is_lost_in_silence(value: Any) -> None:
    with pytest.raises(ValueError, match="X must be without masked entries"):
        as_array("X", value, 2)
    with pytest.raises(ValueError, match="X_train must be without masked entries"):
        Dataset(value, [1, 2], [[1.0, 2.0]], [1])  # type: ignore[arg-type]


def test_an_array_whose_mask_hides_nothing_is_an_array() -> None:
    plain = np.ma.masked_array([[1.0, 2.0]], False)
    assert np.array_equal(as_array("X", plain, 2), [[1.0, 2.0]])


def test_masked_entries_of_a_table_are_holes() -> None:
    table = {"a": np.ma.masked_array([1.0, 2.0, 3.0, 4.0], [0, 1, 0, 0]), "y": [1.0, 2.0, 3.0, 5.0]}
    with pytest.raises(ValueError, match="column 'a' must have a number in every row, got a hole"):
        wd_core.dataset_from_frame(table, "y")


def test_masked_rows_of_a_batch_are_refused() -> None:
    rows = np.ma.masked_array([0, 1, 2], [False, True, False])
    with pytest.raises(ValueError, match="batches must be without masked entries"):
        train(DATA, [RUN], batches=[[rows], [rows]])


# ---- streams


STREAMS: dict[str, Callable[[], Any]] = {
    "train": lambda: train(DATA, [RUN]),
    "two groups": lambda: train(DATA, grid(RUN, seed=[0, 1])),
    "interruptible": lambda: interruptible(DATA, [RUN]),
    "a network": lambda: train(DATA, [RUN], model=Mlp((2,), loss="half_mse")),
    "sweep": lambda: sweep(DATA, grid(RUN, lr=[0.1, 0.2, 0.3]), chunk=1),
    "lock_step": lambda: lock_step(DATA, PAIR),
}


@pytest.mark.parametrize("begin", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("steps", [0, 1, 2, 99])
def test_a_stream_closed_in_any_state_is_at_its_end(begin: Callable[[], Any], steps: int) -> None:
    stream = begin()
    list(islice(stream, steps))
    stream.close()
    stream.close()
    assert list(stream) == []
    assert stream._steps.gi_frame is None


@pytest.mark.parametrize("begin", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("kind", [MemoryError, KeyboardInterrupt, RuntimeError])
def test_what_is_thrown_into_a_stream_comes_out(
    begin: Callable[[], Any], kind: type[BaseException]
) -> None:
    stream = begin()
    next(stream)
    with pytest.raises(kind, match="from outside"):
        stream.throw(kind("from outside"))
    assert list(stream) == []


class Slow:
    """Steps of which one is under way until it may end."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.closed = (threading.Event() for _ in range(3))

    def steps(self) -> Generator[int, None, None]:
        try:
            for step in range(10):
                self.begun.set()
                self.may_end.wait(30)
                yield step
        finally:
            self.closed.set()


@pytest.fixture
def slow() -> Iterator[tuple[Slow, Unshared[int], list[object]]]:
    """A stream that another thread is moving on, and what that thread gets."""
    work, got = Slow(), []
    stream = Unshared(work.steps())

    def move() -> None:
        got.append(next(stream, "ended"))

    thread = threading.Thread(target=move)
    thread.start()
    work.begun.wait(30)
    yield work, stream, got
    work.may_end.set()
    thread.join()


def test_two_threads_on_a_stream_are_told_so(
    slow: tuple[Slow, Unshared[int], list[object]],
) -> None:
    work, stream, got = slow
    for move in (lambda: next(stream), lambda: stream.send(None), lambda: stream.throw(OSError())):
        with pytest.raises(ValueError, match="a stream must be moved on by one thread at a time"):
            move()
    work.may_end.set()
    while not got:
        time.sleep(0.001)
    assert got == [0]
    assert next(stream) == 1


def test_a_stream_can_be_closed_while_another_thread_moves_it_on(
    slow: tuple[Slow, Unshared[int], list[object]],
) -> None:
    work, stream, got = slow
    stream.close()
    assert not work.closed.is_set()
    work.may_end.set()
    assert work.closed.wait(30)
    while not got:
        time.sleep(0.001)
    assert got == ["ended"]
    assert list(stream) == []


# ---- pickles


NET = Dataset(DATA.X_train, [0, 1, 0, 1, 0, 1], DATA.X_test, [0, 1, 0], n_classes=2)  # type: ignore[arg-type]
RESULTS: dict[str, Callable[[], Any]] = {
    "Dataset": lambda: make_dataset(SPEC),
    "record": lambda: next(train(DATA, [RUN])),
    "Run": lambda: collect(train(DATA, grid(RUN, lr=[0.1, 0.2], seed=[0, 1]))),
    "Run of networks": lambda: collect(train(NET, [RUN], model=Mlp((2,)))),
    "Sweep": lambda: gather(sweep(DATA, [RUN])),
    "SweepPart": lambda: next(sweep(DATA, [RUN])),
    "Runs": lambda: grid(RUN, lr=[0.1, 0.2]),
    "Hyperparameters": lambda: RUN,
    "DatasetSpec": lambda: SPEC,
    "RidgePath": lambda: ridge_path(DATA, [0.0, 0.1]),
    "Spectrum": lambda: decompose(DATA),
    "choices": lambda: choose(DATA, [0.1, 1.0]),
    "Behaviour": lambda: behaviour(RUN, 6),
    "Limits": lambda: limits(DATA, RUN),
    "Quadratic": lambda: Quadratic([[2.0, 0.5], [0.5, 1.0]], [1.0, 0.5]),  # type: ignore[arg-type]
    "Slice": lambda: Slice.through(DATA, 0.1),
    "Inspection": lambda: Replay(DATA, RUN).step(2),
    "Moment": lambda: next(lock_step(DATA, PAIR)),
    "Risk": lambda: FITTING["model"].limit(6, 2, 0.1),
}
# What is worked out when it is asked for.
WORKED_OUT = ("weights", "parameters")


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal, arrays digit by digit."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if is_dataclass(one) and not isinstance(one, type) and one.__eq__.__qualname__[:6] == "object":
        names = [field.name for field in fields(one) if field.name not in ("expand", "layers")]
        names += [name for name in WORKED_OUT if hasattr(type(one), name)]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other) or (one != one and other != other)


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_results_come_back_from_a_pickle(make: Callable[[], Any]) -> None:
    result = make()
    again = pickle.loads(pickle.dumps(result))
    assert type(again) is type(result)
    assert same(result, again)


# ---- extremes


@pytest.mark.parametrize("lam", [1e-320, 5e-324, 1e-200, 1e200, 1e308])
@pytest.mark.parametrize("optimizer", wd_core.OPTIMIZERS)
def test_no_weight_decay_makes_a_warning(lam: float, optimizer: str) -> None:
    run = Hyperparameters(weight_decay=lam, optimizer=optimizer, epochs=3, lr=0.1)
    for decay in ("coupled", "decoupled"):
        one = replace(run, decay=decay)  # type: ignore[arg-type]
        collect(train(DATA, [one]))
        behaviour(one, 6).limit(DATA)
        limits(DATA, one)
    ridge_path(DATA, [lam])
    choose(DATA, [0.0, lam])
    with closing(sweep(DATA, [run])) as parts:
        gather(parts)
