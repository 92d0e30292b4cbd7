"""What Start asks: at which λ its picture stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pages.shared.fields import Number, Setting, Value
from pages.shared.form import Form
from pages.shared.moves import nearest

# Those whose pictures are sent; the slider stops at each.
WEIGHT_DECAYS = (0.0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0, 1.5, 2.5, 4.0)


@dataclass(frozen=True)
class Question:
    """The λ at which the picture stands, or one near it."""

    at: float = 0.25

    @property
    def marked(self) -> int:
        """The place of the nearest λ that has a picture."""
        return nearest(WEIGHT_DECAYS, self.at)


SETTINGS: dict[str, Setting] = {
    "at": Number(
        "at",
        "Marked λ",
        "λ: the slider over the picture moves it.",
        Question.at,
        WEIGHT_DECAYS[0],
        WEIGHT_DECAYS[-1],
        0.01,
    )
}


def _said(question: Question) -> Mapping[str, Value]:
    """Of a λ that of the picture that is shown."""
    return asdict(question) | {"at": WEIGHT_DECAYS[question.marked]}


FORM = Form("start", SETTINGS, Question, said=_said)
