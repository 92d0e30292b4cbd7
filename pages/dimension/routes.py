"""The address of Dimension's training sets as they are drawn."""

from __future__ import annotations

from pages.dimension.payload import stream
from pages.dimension.question import FORM
from pages.shared.payload import Events
from pages.shared.routes import Query
from pages.shared.streams import Streamed


def drawn(query: Query) -> Events:
    """The training sets as they come."""
    problem, _ = FORM.read(query)
    return stream(problem)


ROUTES = (Streamed("/api/dimension/stream", drawn, rests=True),)
