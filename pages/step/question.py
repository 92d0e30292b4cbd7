"""What the page shows of a run: a step of it and two of its weights, as controls and link say."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.fields import Number, Setting
from pages.shared.run import RunForm
from pages.shared.words import label


@dataclass(frozen=True)
class Shown:
    """A step 1 ... T and two weights 1 ... d."""

    step: int = 1
    first: int = 1
    second: int = 2


DEFAULT = Shown()
MOST_STEPS, MOST_WEIGHTS = 40_000_000, 10_000

SETTINGS: dict[str, Setting] = {
    key: Number(key, label, help, getattr(DEFAULT, key), 1, most, 1, whole=True)
    for key, label, help, most in (
        (
            "step",
            label("Step"),
            label(
                "t: which update of the run is taken apart; step 1 is the first after the start."
            ),
            MOST_STEPS,
        ),
        (
            "first",
            label("Weight across"),
            label("Which weight the picture has across, 1 to d."),
            MOST_WEIGHTS,
        ),
        (
            "second",
            label("Weight up"),
            label("Which weight the picture has upwards, 1 to d."),
            MOST_WEIGHTS,
        ),
    )
}


FORM = RunForm("step", SETTINGS, Shown)
