"""The addresses of Train's chart: a run whose control is being dragged, and a long run."""

from __future__ import annotations

from pages.shared.payload import Events, Payload
from pages.shared.routes import Query, answered
from pages.shared.streams import Streamed
from pages.train.payload.picture import stream, training_picture
from pages.train.question import FORM


def dragged(query: Query) -> Payload:
    """The picture of a run whose control is being dragged: nobody waits for what must be tried."""
    asked, _ = FORM.read(query)
    return training_picture(asked.settings, asked.pins, asked.shown, waits=False)


def long(query: Query) -> Events:
    """A long run as it comes."""
    asked, _ = FORM.read(query)
    return stream(asked.settings, asked.pins, asked.shown)


ROUTES = (answered("/api/train", dragged), Streamed("/api/train/stream", long))
