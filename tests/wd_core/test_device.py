"""Where work is done: the choice of device and library, and the way there and back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wd_core.device import GPU_PAYS_FROM, Place, place

LARGE, SMALL = 2 * GPU_PAYS_FROM, GPU_PAYS_FROM / 2


@pytest.mark.parametrize("device", [None, "cpu", torch.device("cpu")])
@pytest.mark.parametrize(
    ("dtype", "expected"), [(torch.float64, np.float64), (torch.float32, np.float32)]
)
def test_the_cpu_computes_on_arrays(device, dtype, expected):
    where = place(device, dtype, SMALL)
    assert where.xp is np
    assert where.dtype is expected
    assert where.put([[1, 2]]).dtype == expected


@pytest.mark.parametrize(
    ("present", "work", "kind"),
    [(True, LARGE, "cuda"), (True, SMALL, "cpu"), (False, LARGE, "cpu"), (False, SMALL, "cpu")],
)
def test_a_gpu_is_chosen_where_it_is_and_pays(monkeypatch, present, work, kind):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: present)
    where = place(None, torch.float32, work)
    assert where.device.type == kind
    assert where.xp is (torch if kind == "cuda" else np)


def test_the_named_device_wins_over_the_choice(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert place("cpu", torch.float64, LARGE).xp is np


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.int64, float, None])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(ValueError, match=r"dtype must be torch\.float32 or torch\.float64, got"):
        place(None, dtype, SMALL)


def test_a_device_that_does_not_exist_is_refused():
    with pytest.raises(RuntimeError):
        place("abacus", torch.float64, SMALL)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device")
def test_a_device_that_is_not_present_is_refused():
    with pytest.raises(RuntimeError):
        place("cuda", torch.float64, SMALL)


PLACES = [
    Place(np, np.float64, torch.device("cpu"), 1 << 10),
    Place(np, np.float32, torch.device("cpu"), 1 << 10),
    Place(torch, torch.float64, torch.device("cpu"), 1 << 10),
    Place(torch, torch.float32, torch.device("cpu"), 1 << 10),
]


@pytest.mark.parametrize("where", PLACES)
def test_there_and_back(where):
    array = np.arange(12.0).reshape(4, 3)
    there = where.put(array)
    assert there.dtype == where.dtype
    back = where.get(there)
    assert isinstance(back, np.ndarray)
    assert back.dtype == np.float64
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("where", PLACES)
def test_rows_are_taken_in_order_and_copied(where):
    array = where.put(np.arange(12.0).reshape(4, 3))
    rows = where.rows(array, np.array([3, 0, 3]))
    rows += 1
    np.testing.assert_array_equal(where.get(rows), [[10, 11, 12], [1, 2, 3], [10, 11, 12]])
    np.testing.assert_array_equal(where.get(array), np.arange(12.0).reshape(4, 3))
