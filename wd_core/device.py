"""Where the arrays live: NumPy on the CPU, torch on a GPU; and which of the two a run gets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from wd_core.arrays import Array
from wd_core.checks import WrongValueError, require
from wd_core.optimizers import Tensor

# Below this many multiply-adds a step, a GPU spends longer on launching than the CPU on working.
GPU_PAYS_FROM = 5e6
# A step works on some eight arrays; a core's second-level cache has a megabyte or two.
LOT_BYTES = 1 << 18


class NoDeviceError(WrongValueError, RuntimeError):
    """A device that this machine has not."""


@dataclass(frozen=True)
class Place:
    """A device, its array library (`xp`: numpy or torch), and how many numbers to hold at once.

    `lot`: how many an array that is moved has at most, so that all that a step works on stays in
    the cache. `reason` names the device and says in a few words why it was chosen.
    """

    xp: Any
    dtype: Any
    device: torch.device
    block: int
    reason: str = ""
    lot: int = sys.maxsize

    def put(self, array: ArrayLike) -> Tensor:
        """The array in this place and dtype."""
        if self.xp is np:
            return np.asarray(array, dtype=self.dtype)
        return torch.as_tensor(np.asarray(array), dtype=self.dtype, device=self.device)

    def rows(self, array: Tensor, index: np.ndarray[Any, Any]) -> Tensor:
        """The rows of an array at an index, copied."""
        if self.xp is np:
            return array.take(index, 0)
        return array.index_select(0, torch.as_tensor(index, device=self.device))

    @property
    def product(self) -> Callable[[Tensor, Tensor], Tensor]:
        """The product of two matrices: as `@`, which takes NumPy twice as long to begin."""
        return np.ndarray.dot if self.xp is np else torch.matmul

    def get(self, array: Tensor) -> Array:
        """The array as NumPy float64."""
        array = array if self.xp is np else array.cpu().numpy()
        return np.asarray(array, dtype=np.float64)


def place(
    device: str | torch.device | None, dtype: torch.dtype, multiply_adds_a_step: float
) -> Place:
    """The named device, or for None the one that suits the size of a step.

    The CPU runs NumPy, since a small operation costs torch two to three times as much. Raises
    ValueError for a dtype other than float32 and float64, and for a device that is not present.
    """
    known = dtype is torch.float32 or dtype is torch.float64
    require(known, "dtype", "torch.float32 or torch.float64", dtype)
    reason = "as asked for"
    if device is None:
        device, reason = _suited(multiply_adds_a_step)
    try:
        device = torch.device(device)
    except (TypeError, RuntimeError) as error:
        raise NoDeviceError("device", "a device of torch", device) from error
    if device.type == "cpu":
        name = np.float32 if dtype is torch.float32 else np.float64
        return Place(np, name, device, 1 << 18, f"CPU: {reason}", LOT_BYTES // dtype.itemsize)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise NoDeviceError("device", "present on this machine", str(device))
    return Place(torch, dtype, device, 1 << 26, f"{str(device).upper()}: {reason}")


def _suited(multiply_adds_a_step: float) -> tuple[str, str]:
    """The device for steps of this size, and why."""
    if not torch.cuda.is_available():
        return "cpu", "there is no CUDA device"
    pays = multiply_adds_a_step > GPU_PAYS_FROM
    return "cuda" if pays else "cpu", (
        f"{multiply_adds_a_step:,.0f} multiply-adds a step, and a GPU pays above"
        f" {GPU_PAYS_FROM:,.0f}"
    )
