"""What the page shows of a run: a step of it and two of its weights, as controls and link say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from pages.shared.link import Link, Pin, query_of, read_values
from pages.shared.link import read_link as read_train
from pages.shared.settings import Number, Setting, Settings, Value, as_text


@dataclass(frozen=True)
class Shown:
    """A step 1 ... T and two weights 1 ... d."""

    step: int = 1
    first: int = 1
    second: int = 2

    def query(self, settings: Settings, pins: Sequence[Pin]) -> str:
        """The query of the link to this step of this run; defaults are left out."""
        own = {k: as_text(v) for k, v in asdict(self).items() if v != DEFAULTS[k]}
        return "&".join(part for part in (query_of(settings, pins), urlencode(own)) if part)


DEFAULTS: dict[str, Value] = asdict(Shown())
MOST_STEPS, MOST_WEIGHTS = 40_000_000, 10_000

SETTINGS: dict[str, Setting] = {
    key: Number(key, label, help, int(DEFAULTS[key]), 1, most, 1, whole=True)
    for key, label, help, most in (
        (
            "step",
            "Step",
            "t: which update of the run is taken apart; step 1 is the first after the start.",
            MOST_STEPS,
        ),
        ("first", "Weight across", "Which weight the picture has across, 1 to d.", MOST_WEIGHTS),
        ("second", "Weight up", "Which weight the picture has upwards, 1 to d.", MOST_WEIGHTS),
    )
}


def read_link(query: Iterable[tuple[str, str]]) -> tuple[Link, Shown, list[str]]:
    """The run and the step in a query, and a sentence for what makes no sense in the latter."""
    pairs = list(query)
    values, complaints = read_values([p for p in pairs if p[0] in SETTINGS], SETTINGS, DEFAULTS)
    link = read_train([p for p in pairs if p[0] not in SETTINGS])
    return link, Shown(**{**DEFAULTS, **values}), complaints  # type: ignore[arg-type]
