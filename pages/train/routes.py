"""The addresses of Train's chart: a run whose control is being dragged, and a long run."""

from __future__ import annotations

from pages.shared.link import read_link
from pages.shared.payload import Events, Payload
from pages.shared.routes import Query, answered, streamed
from pages.train.payload.picture import stream, training_picture


def dragged(query: Query) -> Payload:
    """The picture of a run whose control is being dragged: nobody waits for what must be tried."""
    link = read_link(query)
    return training_picture(link.settings, link.pins, waits=False)


def long(query: Query) -> Events:
    """A long run as it comes."""
    link = read_link(query)
    return stream(link.settings, link.pins)


ROUTES = (answered("/api/train", dragged), streamed("/api/train/stream", long))
