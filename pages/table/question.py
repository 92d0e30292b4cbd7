"""What the page of a visitor's own table is asked: nothing by its link, all by what is brought."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.form import Form


@dataclass(frozen=True)
class Question:
    """There is nothing to set."""


FORM = Form("table", {}, Question)
