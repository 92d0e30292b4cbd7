"""What the Train page asks: a run, and how many of its curves are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pages.shared.fields import Choice, Setting
from pages.shared.guessing import GuessAxis
from pages.shared.run import RunForm
from pages.shared.words import label

ASKED: Final = "asked"
EVERY: Final = "every"


@dataclass(frozen=True)
class Shown:
    """What the page shows of the run; curves: those of the question, or every one."""

    curves: str = ASKED


DEFAULT = Shown()
SETTINGS: dict[str, Setting] = {
    "curves": Choice(
        "curves",
        label("Every curve"),
        label("Also the training loss, the exact solution and the length of the weights."),
        DEFAULT.curves,
        {ASKED: label("those of the question"), EVERY: label("every curve")},
    )
}

# A preset is the same however many of its curves are shown.
FORM = RunForm(
    "train",
    SETTINGS,
    Shown,
    aside=("curves",),
    axes={
        "epochs": GuessAxis(label("Epoch"), lambda asked: (0.0, float(asked.settings.run.epochs)))
    },
)
