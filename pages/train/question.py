"""What the Train page asks: a run, and nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.fields import Setting
from pages.shared.run import RunForm


@dataclass(frozen=True)
class Shown:
    """What the page shows of the run is the same for all."""


DEFAULT = Shown()
SETTINGS: dict[str, Setting] = {}

FORM = RunForm("train", SETTINGS, Shown)
