"""The address of the remedies' draws as they come."""

from __future__ import annotations

from pages.remedies.payload import stream
from pages.remedies.question import FORM
from pages.shared.payload import Events
from pages.shared.routes import Query
from pages.shared.streams import Streamed


def drawn(query: Query) -> Events:
    """The draws as they come."""
    question, _ = FORM.read(query)
    return stream(question)


ROUTES = (Streamed("/api/remedies/stream", drawn, rests=True),)
