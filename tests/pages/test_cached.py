"""Data sets that several ask for: made once, and of large ones one at a time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest

from pages.shared import cached, work
from pages.shared.store import Store
from wd_core import Dataset, DatasetSpec, Table, make_dataset

VISITORS = 6
SMALL = make_dataset(DatasetSpec(n_train=3, n_test=2, n_features=2))


class Making:
    """Makes data sets slowly, and counts how many are being made."""

    def __init__(self) -> None:
        self.now = self.most = self.made = 0
        self._lock = Lock()

    def __call__(self, _: DatasetSpec, tables: Mapping[str, Table]) -> Dataset:
        with self._lock:
            self.now += 1
            self.made += 1
            self.most = max(self.most, self.now)
        time.sleep(0.05)
        with self._lock:
            self.now -= 1
        return SMALL


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> Making:
    monkeypatch.setattr(work, "STORE", Store(2**30))
    counted = Making()
    monkeypatch.setattr(cached, "make_dataset", counted)
    return counted


def ask(specs: list[DatasetSpec]) -> None:
    with ThreadPoolExecutor(VISITORS) as visitors:
        list(visitors.map(cached.dataset, specs))


def of(seed: int, **sizes: int) -> DatasetSpec:
    return DatasetSpec(seed=seed, **sizes)  # type: ignore[arg-type]


def test_large_data_sets_are_made_one_at_a_time(making: Making) -> None:
    """A class that asks for the largest ones at once would take all the memory of the machine."""
    sizes = {"n_train": 2000, "n_features": 1000}
    assert cached.data_bytes(of(0, **sizes)) >= cached.LARGE_BYTES
    ask([of(seed, **sizes) for seed in range(VISITORS)])
    assert (making.made, making.most) == (VISITORS, 1)


def test_others_are_not_waited_for(making: Making) -> None:
    ask([of(seed) for seed in range(VISITORS)])
    assert making.made == VISITORS
    assert making.most > 1


def test_who_is_no_longer_wanted_waits_no_longer(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LeftError(Exception):
        pass

    def heed() -> None:
        raise LeftError

    monkeypatch.setattr(work, "_heed", heed)
    with work.in_turn(cached._MAKING), pytest.raises(LeftError):
        cached.dataset(of(0, n_train=2000, n_features=1000))
    assert not making.made
