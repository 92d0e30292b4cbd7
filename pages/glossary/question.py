"""What the glossary is asked: nothing but to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.form import Form
from pages.shared.glossary.links import PAGE


@dataclass(frozen=True)
class Question:
    """There is nothing to set."""


FORM = Form(PAGE, {}, Question)
