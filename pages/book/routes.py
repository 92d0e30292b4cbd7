"""The address of the book's seeds as they are trained."""

from __future__ import annotations

from pages.book.payload import stream
from pages.book.question import FORM
from pages.shared.payload import Events
from pages.shared.routes import Query
from pages.shared.streams import Streamed


def trained(query: Query) -> Events:
    """The spreads of the printed numbers as the seeds come."""
    entry, _ = FORM.read(query)
    return stream(entry)


ROUTES = (Streamed("/api/book/stream", trained, rests=True),)
