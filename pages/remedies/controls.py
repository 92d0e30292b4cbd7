"""The controls beside the picture."""

from __future__ import annotations

from collections.abc import Callable

from pages.remedies.question import FORM
from pages.shared import controls
from pages.shared.words import label

CHART = FORM.slot("chart")
FRONT = ("n_train", "kept", "n_informative", "epochs")


def draw() -> None:
    """What the remedies act on; the rest is folded."""
    controls.draw(FORM, *FRONT)
    controls.folder(FORM, label("Data"), lambda: controls.draw(FORM, *FORM.others(*FRONT)))


def on_chart() -> dict[str, Callable[[], None]]:
    """What has come needs nothing: what stands around the chart follows."""
    return {"grown": lambda: None}
