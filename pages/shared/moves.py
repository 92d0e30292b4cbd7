"""Where the moving traces of a chart are in each of its pictures, as it is sent to the browser."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from wd_core.arrays import Array

# By the name of a trace: "affine" [K, 6], or "x" and "y" [K, P], for K pictures.
Moves = dict[str, dict[str, Any]]


def packed(moves: Moves, kind: str = "f8") -> Moves:
    """Every matrix as Plotly writes one: base64 of its numbers, their kind (f8, f4) and shape."""
    return {
        name: {part: _packed(array, kind) for part, array in move.items()}
        for name, move in moves.items()
    }


def _packed(array: Array, kind: str) -> dict[str, str]:
    data = base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()
    return {"dtype": kind, "bdata": data, "shape": ", ".join(map(str, array.shape))}
