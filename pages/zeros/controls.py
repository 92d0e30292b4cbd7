"""The controls beside the picture; λ has its slider on the chart."""

from __future__ import annotations

from pages.shared import controls
from pages.shared.words import label
from pages.zeros.question import FORM

CHART = FORM.slot("chart")
FRONT = ("n_informative", "true_weight", "weight")
DATA = ("n_train", "n_features", "noise", "seed")


def draw() -> None:
    """What decides which penalty suits the data; the rest is folded."""
    controls.draw(FORM, *FRONT)
    controls.folder(FORM, label("Data"), lambda: controls.draw(FORM, *DATA))
    controls.folder(
        FORM, label("Training"), lambda: controls.draw(FORM, *FORM.others("at", *FRONT, *DATA))
    )
