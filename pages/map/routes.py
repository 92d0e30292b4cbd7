"""The address of the maps of learning rate by weight decay as they are trained."""

from __future__ import annotations

from pages.map.payload import stream
from pages.map.question import FORM
from pages.shared.payload import Events
from pages.shared.routes import Query
from pages.shared.streams import Streamed


def maps(query: Query) -> Events:
    """The maps as they fill."""
    asked, _ = FORM.read(query)
    return stream(asked.settings, asked.shown)


ROUTES = (Streamed("/api/map/stream", maps, rests=True),)
