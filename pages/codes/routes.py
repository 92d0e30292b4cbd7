"""The address of both codes as they run."""

from __future__ import annotations

from pages.codes.answer import Question
from pages.codes.payload import stream
from pages.codes.question import FORM
from pages.shared.payload import Events
from pages.shared.routes import Query
from pages.shared.streams import Streamed


def run(query: Query) -> Events:
    """The epochs as they come."""
    asked, _ = FORM.read(query)
    return stream(Question(asked.settings, asked.shown))


ROUTES = (Streamed("/api/codes/stream", run, rests=True),)
