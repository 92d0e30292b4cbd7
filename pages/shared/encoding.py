"""A payload as JSON text, in one form whichever way it takes to the browser."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import ArrayLike, NDArray

from pages.shared.payload import Packed

# Whole numbers are sent in the fewest bytes that hold them; browser/arrays.js reads these kinds.
WHOLE = ("i1", "i2", "i4")
# Of the numbers of a curve over epochs: more cannot be seen, and a tile shows no more.
DIGITS = 6


def encode(payload: Mapping[str, Any]) -> str:
    """The payload with NumPy's arrays of numbers packed, and null for NaN and the infinities."""
    return orjson.dumps(payload, default=_plain).decode()


def packed(array: NDArray[Any]) -> Packed:
    """An array of numbers as Plotly writes one; float32 stays what it is."""
    kind = _kind(array)
    data = b64encode(np.ascontiguousarray(array, dtype=f"<{kind}").tobytes()).decode()
    if array.ndim == 1:
        return {"dtype": kind, "bdata": data}
    return {"dtype": kind, "bdata": data, "shape": ", ".join(map(str, array.shape))}


def as_series(values: ArrayLike, digits: int = 0) -> list[float | None]:
    """Numbers as a series of a payload has them: null where there is none; of so many digits."""
    kept = ((x + 0.0 if math.isfinite(x) else None) for x in np.asarray(values).tolist())
    if not digits:
        return list(kept)
    return [None if x is None else float(f"{x:.{digits}g}") for x in kept]


def _kind(array: NDArray[Any]) -> str:
    if array.dtype.kind == "f":
        return "f4" if array.dtype.itemsize == 4 else "f8"
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    fitting = (k for k in WHOLE if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    return next(fitting, "f8")


def _plain(value: Any) -> Any:
    """What a value is that JSON does not know."""
    if isinstance(value, np.ndarray):
        return packed(value) if value.dtype.kind in "iuf" else value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError
