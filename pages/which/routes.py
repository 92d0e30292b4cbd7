"""The address of what is worked out for Which λ."""

from __future__ import annotations

from pages.shared.payload import Events
from pages.shared.routes import Query
from pages.shared.streams import Streamed
from pages.which.payload import stream
from pages.which.question import FORM


def worked_out(query: Query) -> Events:
    """The runs and the choices as they come."""
    problem, _ = FORM.read(query)
    return stream(problem)


ROUTES = (Streamed("/api/which/stream", worked_out, rests=True),)
