"""The book page's payloads: the printed numbers in their spread, and what λ does."""

from __future__ import annotations

import numpy as np

from pages.book import answer
from pages.book.answer import Seen
from pages.book.figure import finding as over_decay
from pages.book.figure import plots as over_epochs
from pages.book.figure import ranks as among_seeds
from pages.book.figure import spreads as histograms
from pages.book.question import FORM, Entry
from pages.book.words import curves, numbers
from pages.shared.codes import CODES
from pages.shared.pace import pictures
from pages.shared.payload import Events, Figure, Part, Payload
from pages.shared.words import tell, told
from wd_core.arrays import Array

# The λ with which the book shows what weight decay does.
WITH_DECAY = answer.PRINTED_AT[1]
# The upper picture is sent anew at this pace while seeds come.
PACE_SECONDS = 0.4
ROLES = {
    "norm": "norm",
    "half_square": "norm",
    "train": "train",
    "test": "test",
    "train_mse": "train",
    "test_mse": "test",
}


def prints(seen: Seen) -> Payload:
    """The payload of the upper picture, by the seeds so far, and where the rest is."""
    part, query = drawn(seen), FORM.query(seen.entry)
    return {
        "run": query or "defaults",
        "query": query,
        "figure": part["figure"],
        "series": part["series"],
        "sentence": part["sentence"],
        "total": seen.entry.seeds,
        "come": seen.seeds,
        "unit": tell("seed"),
        "stream": None if seen.whole else f"/api/book/stream?{query}",
        "resumes": True,
    }


def stream(entry: Entry) -> Events:
    """The events of the training: `picture` and `rows` at a pace, `done` at the end."""
    yield from pictures(
        answer.work(entry),
        PACE_SECONDS,
        lambda: answer.now(entry),
        # nothing before the first seeds have come
        lambda seen: drawn(seen) if seen.seeds else {},
        lambda seen: (seen.seeds, entry.seeds),
    )
    yield "done", {}


def drawn(seen: Seen) -> Part:
    """What the upper picture shows by the seeds so far."""
    entry, found = seen.entry, seen.shown
    panels = [
        histograms.Panel(
            title=numbers.title(c),
            verdict=numbers.glance(c),
            role=ROLES[c.printed.quantity],
            all=c.all,
            interval=c.interval,
            one=seen.one(entry.book, c),
            printed=c.value,
        )
        for c in found
    ]
    return {
        "figure": histograms.spreads(panels, entry.seed, seen.seeds, f"book-{entry.edition}"),
        "series": {"epoch": [seen.seeds]},
        "sentence": numbers.plainly(found),
    }


def finding(seen: Seen) -> Payload:
    """The payload of the lower picture."""
    entry, found = seen.entry, seen.curves
    losses = over_decay.Losses(
        random=_band(found.random.test),
        zero=np.median(found.zero.test, axis=0),
        constant=float(np.median(found.baselines.constant)),
        ridge=None if found.no_ridge else np.median(found.baselines.ridge, axis=0),
    )
    norms = over_decay.Norms(
        random=_band(found.random.norm),
        zero=np.median(found.zero.norm, axis=0),
        hidden=np.median(found.random.unreachable, axis=0),
        predicted=found.hidden * np.abs(found.shrink),
    )
    filename = f"book-{entry.edition}-{entry.code}"
    figure = over_decay.finding(found.weight_decay, losses, norms, WITH_DECAY, filename)
    return _payload(entry, figure, curves.effect(found))


def plots(entry: Entry) -> Payload:
    """The payload of the curves that the edition plots with decay."""
    found = answer.courses(entry.book, entry.seed, WITH_DECAY)
    panels = [
        over_epochs.Panel(
            title=CODES[course.code],
            epoch=course.epoch,
            alone={"train": course.train, "test": course.test},
            plotted={"train": course.plotted_train, "test": course.plotted_test},
        )
        for course in found
    ]
    figure = over_epochs.plots(panels, f"book-{entry.edition}-plots")
    return _payload(entry, figure, numbers.plotted(found, entry.seed))


def everything(seen: Seen) -> Payload:
    """The payload of where every printed number stands."""
    found = seen.everything
    ranks = [
        among_seeds.Rank(
            edition=told(book.label),
            title=numbers.printed_as(c),
            share=c.below / len(c.all),
            inside=bool(c.inside),
        )
        for book, c in found
    ]
    figure = among_seeds.ranks(ranks, answer.SPREAD)
    return _payload(seen.entry, figure, numbers.everywhere(found))


def _band(values: Array) -> over_decay.Band:
    low, high = np.quantile(values, answer.SPREAD, axis=0)
    return over_decay.Band(np.median(values, axis=0), low, high)


def _payload(entry: Entry, figure: Figure, sentence: str) -> Payload:
    query = FORM.query(entry)
    return {
        "run": query or "defaults",
        "query": query,
        "figure": figure,
        "series": {},
        "sentence": sentence,
    }
