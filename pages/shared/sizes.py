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
    waiting: list[Any] = list(things)
    while waiting:
        thing = waiting.pop()
        while isinstance(thing, np.ndarray) and thing.base is not None:
            thing = thing.base
        if isinstance(thing, torch.Tensor):
            storage = thing.untyped_storage()
            sizes["storage", storage.data_ptr()] = storage.nbytes()
        elif not isinstance(thing, SHARED) and id(thing) not in sizes:
            inside = _inside(thing)
            atoms = sum(sys.getsizeof(one) for one in inside if isinstance(one, ATOMS))
            sizes[id(thing)] = sys.getsizeof(thing) + atoms
            waiting += [one for one in inside if not isinstance(one, ATOMS)]
    return sizes


def _inside(thing: Any) -> list[Any]:
    if isinstance(thing, FunctionType):  # its globals are not its own
        return [*(thing.__closure__ or ()), *(thing.__defaults__ or ())]
    if isinstance(thing, np.ndarray) and thing.dtype.hasobject:
        return list(thing.flat)
    return gc.get_referents(thing)
