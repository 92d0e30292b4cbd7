"""What Start asks: at which λ its picture stands."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.fields import Number, Setting
from pages.shared.form import Form
from pages.shared.moves import with_stop
from pages.shared.words import label

# The slider stops at each, and at the λ of the question.
WEIGHT_DECAYS = (0.0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0, 1.5, 2.5, 4.0)


@dataclass(frozen=True)
class Question:
    """The λ at which the picture stands."""

    at: float = 0.25

    @property
    def stops(self) -> tuple[float, ...]:
        """Every λ that has a picture."""
        return with_stop(WEIGHT_DECAYS, self.at)

    @property
    def marked(self) -> int:
        """The place of the λ at which the picture stands."""
        return self.stops.index(self.at)


SETTINGS: dict[str, Setting] = {
    "at": Number(
        "at",
        label("Marked λ"),
        label("λ: the slider at the picture moves it."),
        Question.at,
        WEIGHT_DECAYS[0],
        WEIGHT_DECAYS[-1],
        0.01,
    )
}

FORM = Form("start", SETTINGS, Question)
