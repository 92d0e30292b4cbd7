"""What Start's chart changes."""

from __future__ import annotations

from pages.shared import controls
from pages.start.question import FORM

CHART = FORM.slot("chart")


def draw() -> None:
    """The widgets of the settings; λ has its slider on the chart."""
    controls.draw(FORM, *FORM.others("at"))
    controls.reset(FORM)
