"""What the Train page asks: a run, and how many of its curves are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pages.shared.fields import Choice, Setting
from pages.shared.run import RunForm

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
        "Every curve",
        "Also the training loss, the exact solution and the length of the weights.",
        DEFAULT.curves,
        {ASKED: "those of the question", EVERY: "every curve"},
    )
}

# A preset is the same however many of its curves are shown.
FORM = RunForm("train", SETTINGS, Shown, aside=("curves",))
