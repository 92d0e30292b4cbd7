"""Where the moving traces of a chart are in each of its K pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wd_core.arrays import Array

# By the name of a trace: "affine" [K, 6], or "x" and "y" [K, P]; arrays until they are sent.
Move = dict[str, Array]
Moves = dict[str, Move]


def affine(matrix: Array, offset: Array) -> Array:
    """Maps of a trace's own points (u, v): [K, 2, 2], [K, 2] -> [K, 6].

    A row a ... f stands for x = a·u + b·v + e, y = c·u + d·v + f.
    """
    return np.column_stack([matrix.reshape(-1, 4), offset])


def placed(shape: Array, row: Array) -> Array:
    """The points of a shape under one row of `affine`, [P, 2]."""
    return np.asarray(shape @ row[:4].reshape(2, 2).T + row[4:])


def places(at: Array) -> Move:
    """A single point in every picture, [K, 2]."""
    return {"affine": affine(np.zeros((len(at), 2, 2)), at)}


def paths(points: Array) -> Move:
    """Points [K, P, 2]."""
    return {"x": points[:, :, 0], "y": points[:, :, 1]}


def curves(x: Array, y: Array) -> Move:
    """Points at the same places across in every picture, [P], [K, P]."""
    return {"x": np.broadcast_to(x, y.shape), "y": y}


def uprights(at: Array, ends: Sequence[float]) -> Move:
    """A line from the lower to the upper end at another place across in every picture, [K]."""
    x = np.column_stack([at, at])
    return {"x": x, "y": np.broadcast_to(ends, x.shape)}


def with_stop(stops: Sequence[float], value: float) -> tuple[float, ...]:
    """The stops of a slider, and this value among them, which has a picture of its own."""
    return tuple(sorted({*stops, value}))


def as_drawn(moves: Moves) -> Moves:
    """The same in seven digits: as many as can be seen, in half of the bytes."""
    return {
        name: {part: array.astype(np.float32) for part, array in move.items()}
        for name, move in moves.items()
    }
