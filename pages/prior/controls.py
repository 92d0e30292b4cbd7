"""The controls beside the picture; the width has its slider on the chart."""

from __future__ import annotations

from pages.prior.question import FORM
from pages.shared import controls
from pages.shared.words import label

CHART = FORM.slot("chart")


def draw() -> None:
    """The kind of prior, and what the data are."""
    controls.draw(FORM, *FORM.others("at", "seed"))
    controls.folder(FORM, label("Randomness"), lambda: controls.draw(FORM, "seed"))
