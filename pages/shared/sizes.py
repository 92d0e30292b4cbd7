"""How many bytes an object holds on to, with all that is inside it, each once."""

from __future__ import annotations

import gc
import sys
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import partial
from types import BuiltinFunctionType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch

# Counted with what they are in: many, small, and nothing inside.
ATOMS = (int, float, complex, str, bytes, type(None), np.generic)
# Not a part of what refers to them: these are there anyway, or are in the midst of work.
SHARED = (type, ModuleType, BuiltinFunctionType, GeneratorType)
# From so many bytes on a thing is told apart from others: several may hold it, and it counts once.
LARGE = 1024


@dataclass
class Held:
    """What is held: the bytes of all that is small, and of each large thing, by identity."""

    small: int = 0
    large: dict[Hashable, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of it."""
        return self.small + sum(self.large.values())

    def add(self, what: Hashable, size: int) -> None:
        """Count a thing that has not been counted."""
        if size < LARGE:
            self.small += size
        else:
            self.large[what] = size


def held(*things: object) -> Held:
    """The bytes of everything that hangs on these.

    Of a view the array that it is a part of counts, whole: it stays as long as the view does.
    """
    counted = Held()
    seen: set[int] = set()
    kinds: dict[type, object] = {}  # one question a kind instead of one a thing: there are many
    waiting: list[Any] = list(things)
    while waiting:
        thing = waiting.pop()
        kind = kinds.get(type(thing)) or _kind(thing, kinds)
        while kind is np.ndarray and thing.base is not None:
            thing = thing.base
            kind = kinds.get(type(thing)) or _kind(thing, kinds)
        if kind is torch.Tensor:
            storage = thing.untyped_storage()
            counted.large["storage", storage.data_ptr()] = storage.nbytes()
        elif kind is not SHARED and id(thing) not in seen:
            seen.add(id(thing))
            size = sys.getsizeof(thing)
            if kind is not np.ndarray or thing.dtype.hasobject:
                for one in _inside(thing, kind):
                    what = kinds.get(type(one)) or _kind(one, kinds)
                    if what is ATOMS:
                        size += sys.getsizeof(one)
                    elif what is not SHARED:
                        waiting.append(one)
            counted.add(id(thing), size)
    return counted


def _kind(thing: object, kinds: dict[type, object]) -> object:
    """What of these a thing is, found out once for all of its type; else object."""
    of: tuple[Any, ...] = (
        *(torch.Tensor, np.ndarray, SHARED, ATOMS, FunctionType, MethodType, partial),
        object,
    )
    kind = next(kind for kind in of if isinstance(thing, kind))
    kinds[type(thing)] = kind
    return kind


def _inside(thing: Any, kind: object) -> Iterable[Any]:
    if kind is FunctionType:  # its globals are not its own
        return [*(thing.__closure__ or ()), *(thing.__defaults__ or ())]
    if kind is MethodType:
        return [thing.__self__]
    if kind is partial:
        return [thing.func, *thing.args, *thing.keywords.values()]
    if kind is np.ndarray:
        return list(thing.flat)
    return gc.get_referents(thing)
