"""Arguments, held against the hints of the function that takes them: refused in one voice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial, wraps
from inspect import Parameter, signature
from types import GeneratorType, NoneType, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import REAL, numbers
from wd_core.checks import Phrase, WrongValueError, require, require_one_of
from wd_core.streams import Unshared

P = ParamSpec("P")
R = TypeVar("R")
# Gives the value that is passed on, or raises the ValueError of `require`.
Rule = Callable[[str, Any], Any]

# A name has one meaning in the whole engine: what its numbers must be beyond being numbers.
LEAST = {
    **dict.fromkeys(("n_train", "n_test", "n_features", "batch_size", "record_every"), 1),
    **dict.fromkeys(("chunk", "memory_limit", "count", "times"), 1),
    **dict.fromkeys(("epochs", "seed", "seeds", "steps", "n_decays"), 0),
    **dict.fromkeys(("shape", "step"), 1),
}
# Larger whole numbers fit into no array, and larger ones into no float.
MOST, LARGEST = 2**63 - 1, sys.float_info.max

MANY = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def typed(function: Callable[P, R]) -> Callable[P, R]:
    """The function, once each value is known to be of the kind that its hint says.

    Numbers are no truth values, arrays hold real numbers and none of them is masked; tensors come
    as arrays. What a value may be beyond that is the function's own affair; what NumPy finds wrong,
    shapes above all, is said in the same voice. What leaves the range of floats comes out infinite
    or NaN, without a warning. A stream is moved on by one thread at a time.
    """
    kinds = {one.name: one.kind for one in signature(function).parameters.values()}
    named = [name for name, kind in kinds.items() if kind not in MANY]
    listed = [name for name, kind in kinds.items() if kind is Parameter.VAR_POSITIONAL]

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        rules = _rules(function)
        names = named + listed * (len(args) - len(named))
        held = [rules[name](name, value) for name, value in zip(names, args, strict=False)]
        rest = {name: rules[name](name, v) if name in named else v for name, v in kwargs.items()}
        try:
            with np.errstate(all="ignore"):
                answer = function(*held, *args[len(held) :], **rest)  # type: ignore[arg-type]
        except ValueError as error:
            if _speaks(error):
                raise
            values = dict(zip(names, held, strict=False)) | rest
            rule = "such that they go together"
            raise WrongValueError("arguments", rule, _told(values)) from error
        if isinstance(answer, GeneratorType):
            return Unshared(answer)  # type: ignore[return-value]
        return answer

    return call


def _speaks(error: ValueError) -> bool:
    """Whether an error says what is wrong itself: NumPy's and torch's do not."""
    return isinstance(error, WrongValueError) or ", got " in str(error)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as they are, arrays by their shapes, lists by their lengths."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            told[name] = value.shape
        elif isinstance(value, list | tuple):
            told[name] = f"{len(value)} long"
        elif isinstance(value, int | float | np.number):
            told[name] = value
    return told


@cache
def _rules(function: Callable[..., Any]) -> dict[str, Rule]:
    hints = get_type_hints(function)
    return {name: _rule(hints.get(name, Any)) for name in signature(function).parameters}


def _rule(hint: Any) -> Rule:
    """What a value with this hint must be; a hint of several kinds says nothing."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in KINDS:
        return KINDS[hint]
    if origin is np.ndarray:
        return partial(_array, parts[-1])
    if origin in (Union, UnionType):
        kinds = [part for part in parts if part is not NoneType]
        return partial(_optional, _rule(kinds[0])) if len(kinds) == 1 else _anything
    if origin is Literal:
        return partial(_one_of, parts)
    if origin is tuple and ... not in parts:
        return partial(_tuple, parts)
    if origin in (Sequence, list, tuple):
        return partial(_sequence, parts[0])
    if origin in (Iterable, Iterator):
        return _parts
    if isinstance(origin, type):
        return partial(_instance, origin)
    if getattr(hint, "_is_protocol", False):
        return partial(_alike, hint)
    return partial(_instance, hint) if isinstance(hint, type) else _anything


def _anything(_: str, value: Any) -> Any:
    return value


def _optional(rule: Rule, name: str, value: Any) -> Any:
    return None if value is None else rule(name, value)


def _number(name: str, value: Any) -> Any:
    if type(value) is float:
        return value
    if isinstance(value, np.ndarray) or hasattr(value, "detach"):
        array = numbers(name, value)
        value = array.item() if array.ndim == 0 else value
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    beyond = isinstance(value, int) and abs(value) > LARGEST
    require(real and not beyond, name, "a finite number", value)
    return value


def _whole(name: str, value: Any) -> Any:
    least = LEAST.get(name, -MOST)
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not (whole and value >= least):
        ruled = Phrase("a whole number >= {least}", least=least)
        require(False, name, ruled if name in LEAST else "a whole number", value)
    if value > MOST:
        require(False, name, Phrase("at most {most}", most=MOST), value)
    return value


def _truth(name: str, value: Any) -> Any:
    require(isinstance(value, bool | np.bool_), name, "True or False", value)
    return value


def _numbers(name: str, value: Any) -> Any:
    if type(value) is float or (type(value) is np.ndarray and value.dtype.kind in REAL):
        return value
    array = numbers(name, value)
    return array if hasattr(value, "detach") else value


def _array(kind: Any, name: str, value: Any) -> Any:
    array = numbers(name, value)
    (dtype,) = get_args(kind) or (np.float64,)
    whole = array.dtype.kind in "iu" or not issubclass(dtype, np.integer)
    require(whole, name, "an array of whole numbers", array.dtype.name)
    return array


def _one_of(choices: Sequence[str], name: str, value: Any) -> Any:
    require_one_of(name, value, choices)
    return value


def _sequence(kind: Any, name: str, value: Any) -> Any:
    rule = _rule(kind)
    if rule in (_number, _whole, _numbers) and isinstance(value, np.ndarray) and value.ndim:
        value = numbers(name, value).tolist()
    listed = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    require(listed, name, "a sequence", value)
    if isinstance(value, list | tuple):  # what else is one, as Runs, knows what it holds
        for one in value:
            rule(name, one)
    return value


def _tuple(kinds: Sequence[Any], name: str, value: Any) -> Any:
    fits = isinstance(value, list | tuple) and len(value) == len(kinds)
    require(fits, name, Phrase("a tuple of {count}", count=len(kinds)), value)
    for kind, one in zip(kinds, value, strict=True):
        _rule(kind)(name, one)
    return value


def _parts(name: str, value: Any) -> Any:
    fits = isinstance(value, Iterable) and getattr(value, "ndim", 1) > 0
    require(fits, name, "something that has parts", value)
    return value


def _instance(kind: type, name: str, value: Any) -> Any:
    require(isinstance(value, kind), name, _called(kind), value)
    return value


def _alike(protocol: type, name: str, value: Any) -> Any:
    parts = [part for part in vars(protocol) if not part.startswith("_")]
    fits = not isinstance(value, type) and all(hasattr(value, part) for part in parts)
    require(fits, name, _called(protocol), value)
    return value


def _called(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"


KINDS: Mapping[Any, Rule] = {
    Any: _anything,
    object: _anything,
    ArrayLike: _numbers,
    float: _number,
    int: _whole,
    bool: _truth,
}
