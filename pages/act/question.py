"""What the page shows beside the run: a number of steps, and whether the sliders move together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from pages.shared.link import Link, read_values
from pages.shared.link import read_link as read_train
from pages.shared.settings import Choice, Number, Setting, Value

TOGETHER, FREE = "together", "free"
# As many steps as a link can say and a float counts exactly.
MOST_STEPS = 10**15


@dataclass(frozen=True)
class Shown:
    """`steps` = 0: as many as match the run's λ best."""

    steps: int = 0
    sliders: str = TOGETHER


DEFAULTS: dict[str, Value] = asdict(Shown())

SETTINGS: dict[str, Setting] = {
    "steps": Number(
        "steps",
        "Steps t",
        "t: full-batch steps from w = 0, without decay for early stopping, then stopped.",
        0,
        1,
        MOST_STEPS,
        1,
        whole=True,
        instead="t follows from λ instead",
    ),
    "sliders": Choice(
        "sliders",
        "Match λ and t",
        "Whether moving λ also moves t to its best match, and moving t moves λ to its own.",
        TOGETHER,
        {TOGETHER: "each follows the other", FREE: "each moves alone"},
    ),
}


def read_link(query: Iterable[tuple[str, str]]) -> tuple[Link, Shown, list[str]]:
    """The run and what is shown of it, and a sentence for what makes no sense in the latter."""
    pairs = list(query)
    values, complaints = read_values([p for p in pairs if p[0] in SETTINGS], SETTINGS, DEFAULTS)
    link = read_train([p for p in pairs if p[0] not in SETTINGS])
    return link, Shown(**{**DEFAULTS, **values}), complaints  # type: ignore[arg-type]
