"""The address of Geometry's surface while λ is being dragged."""

from __future__ import annotations

from pages.geometry.payload.surface import ROUTE, surface
from pages.geometry.question.scene import FORM
from pages.shared.payload import Payload
from pages.shared.routes import Query, answered


def dragged(query: Query) -> Payload:
    """The surface of a scene."""
    scene, _ = FORM.read(query)
    return surface(scene)


ROUTES = (answered(ROUTE, dragged),)
