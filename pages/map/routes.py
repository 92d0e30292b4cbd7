"""The address of the maps of learning rate by weight decay as they are trained."""

from __future__ import annotations

from pages.map.payload import stream
from pages.map.question import read_link
from pages.shared.payload import Events
from pages.shared.routes import Query
from pages.shared.streams import streamed


def maps(query: Query) -> Events:
    """The maps as they fill."""
    link, shown, _ = read_link(query)
    return stream(link.settings, shown)


ROUTES = (streamed("/api/map/stream", maps),)
