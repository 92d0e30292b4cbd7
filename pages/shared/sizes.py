"""How many bytes an object holds on to, with all that is inside it, each once."""

from __future__ import annotations

import gc
import sys
from collections.abc import Hashable
from types import BuiltinFunctionType, FunctionType, GeneratorType, ModuleType
from typing import Any

import numpy as np
import torch

# Counted with what they are in: many, small, and nothing inside.
ATOMS = (int, float, complex, str, bytes, type(None), np.generic)
# Not a part of what refers to them: these are there anyway, or are in the midst of work.
SHARED = (type, ModuleType, BuiltinFunctionType, GeneratorType)


def held(*things: object) -> dict[Hashable, int]:
    """The bytes of everything that hangs on these, by identity.

    Of a view the array that it is a part of counts, whole: it stays as long as the view does.
    """
    sizes: dict[Hashable, int] = {}
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
            sizes["storage", storage.data_ptr()] = storage.nbytes()
        elif kind is not SHARED and id(thing) not in sizes:
            size = sys.getsizeof(thing)
            for one in gc.get_referents(thing) if kind is object else _inside(thing, kind):
                what = kinds.get(type(one)) or _kind(one, kinds)
                if what is ATOMS:
                    size += sys.getsizeof(one)
                elif what is not SHARED and id(one) not in sizes:
                    waiting.append(one)
            sizes[id(thing)] = size
    return sizes


def _kind(thing: object, kinds: dict[type, object]) -> object:
    """What of these a thing is, found out once for all of its type; else object."""
    of: tuple[Any, ...] = (torch.Tensor, np.ndarray, SHARED, ATOMS, FunctionType, object)
    kind = next(kind for kind in of if isinstance(thing, kind))
    kinds[type(thing)] = kind
    return kind


def _inside(thing: Any, kind: object) -> list[Any]:
    if kind is FunctionType:  # its globals are not its own
        return [*(thing.__closure__ or ()), *(thing.__defaults__ or ())]
    if kind is np.ndarray:
        return list(thing.flat) if thing.dtype.hasobject else []
    return gc.get_referents(thing)
