"""The book page's payloads: the printed numbers in their spread, and what λ does."""

from __future__ import annotations

from typing import Any

import numpy as np

from pages.shared.book import figures, ours, words
from pages.shared.book.entry import Entry
from wd_core.types import Array

Payload = dict[str, Any]
ROLES = {
    "norm": "norm",
    "half_square": "norm",
    "train": "train",
    "test": "test",
    "train_mse": "train",
    "test_mse": "test",
}


def prints(entry: Entry) -> Payload:
    """The payload of the upper picture."""
    found = ours.comparisons(entry.book, entry.seed, entry.seeds)
    panels = [
        figures.Panel(
            title=words.title(c),
            role=ROLES[c.printed.quantity],
            all=c.all,
            interval=c.interval,
            one=c.one,
            printed=c.value,
        )
        for c in found
    ]
    figure = figures.spreads(panels, entry.seed, entry.seeds, f"book-{entry.edition}")
    return _payload(entry, figure, words.summary(entry, found))


def finding(entry: Entry) -> Payload:
    """The payload of the lower picture."""
    found = ours.of(entry)
    figure = figures.finding(
        weight_decay=found.weight_decay,
        test=_band(found.random.test),
        test_zero=np.median(found.zero.test, axis=0),
        constant=float(np.median(found.baselines.constant)),
        ridge=np.median(found.baselines.ridge, axis=0),
        norm=_band(found.random.norm),
        norm_zero=np.median(found.zero.norm, axis=0),
        hidden=np.median(found.random.unreachable, axis=0),
        predicted=found.hidden * np.abs(found.shrink),
        marked=3.0,
        filename=f"book-{entry.edition}-{entry.code}",
    )
    return _payload(entry, figure, words.outcome(entry, found))


def _band(values: Array) -> figures.Band:
    low, high = np.quantile(values, ours.SPREAD, axis=0)
    return figures.Band(np.median(values, axis=0), low, high)


def _payload(entry: Entry, figure: Payload, sentence: str) -> Payload:
    query = entry.query()
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure,
        "series": {},
        "sentence": sentence,
    }
