"""Where a value that has been through JSON is not of a declared type."""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict


def misfits(value: Any, kind: Any, where: str = "payload") -> list[str]:
    """A line for everything in the value that its type does not allow, or asks for in vain."""
    return list(_misfits(value, kind, where))


def _misfits(value: Any, kind: Any, where: str) -> Iterator[str]:
    origin, args = get_origin(kind), get_args(kind)
    if is_typeddict(kind) and isinstance(value, dict):
        yield from _fields(value, kind, where)
    elif origin in (Union, UnionType):
        if all(misfits(value, choice) for choice in args):
            yield f"{where} is {value!r:.60}, not {kind}"
    elif origin is Sequence and isinstance(value, list):
        for place, item in enumerate(value):
            yield from _misfits(item, args[0], f"{where}[{place}]")
    elif origin in (Mapping, dict) and isinstance(value, dict):
        for key, item in value.items():
            yield from _misfits(item, args[1], f"{where}.{key}")
    elif kind is not Any and (origin or is_typeddict(kind) or not _is(value, kind)):
        yield f"{where} is {value!r:.60}, not {kind}"


def _fields(value: dict[str, Any], kind: Any, where: str) -> Iterator[str]:
    hints = get_type_hints(kind)
    for name in kind.__required_keys__ - value.keys():
        yield f"{where}.{name} is missing"
    for name, item in value.items():
        if name in hints:
            yield from _misfits(item, hints[name], f"{where}.{name}")
        else:
            yield f"{where}.{name} is unknown"


def _is(value: Any, kind: Any) -> bool:
    kinds = (int, float) if kind is float else kind
    return isinstance(value, kinds) and isinstance(value, bool) == (kind is bool)
