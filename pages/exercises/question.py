"""What the list of exercises asks: in which variant each is to be opened."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.fields import Number, Setting
from pages.shared.form import Form
from pages.shared.lessons.header import MOST_VARIANTS
from pages.shared.words import label


@dataclass(frozen=True)
class Question:
    """The number of the variant; an exercise with fewer of them begins again with its first."""

    variant: int = 1


SETTINGS: dict[str, Setting] = {
    "variant": Number(
        "variant",
        label("Variant"),
        label("Other numbers and data for every exercise; a class may agree on one."),
        Question.variant,
        1,
        MOST_VARIANTS,
        1,
        whole=True,
    )
}

FORM = Form("exercises", SETTINGS, Question)
