"""The payload of the picture of w in two parts."""

from __future__ import annotations

from typing import Any

from pages.shared.act import split_figures, words
from pages.shared.act.picture import listed
from pages.shared.act.split import Split, split
from pages.shared.settings import Settings

Payload = dict[str, Any]

TILES = [
    {"label": "‖w‖", "series": "weight_norm", "help": "Euclidean norm of the weights."},
    {
        "label": "In the row space",
        "series": "reached",
        "help": "‖Pw‖, P the projection onto the span of the training rows: what gradients move.",
    },
    {
        "label": "Its distance to ridge",
        "series": "to_ridge",
        "help": "‖Pw − w*(λ)‖: how far what is learned still is from the exact ridge solution.",
    },
    {
        "label": "In the null space",
        "series": "left",
        "help": "‖w − Pw‖: what is left of the start where no example reaches.",
    },
    {
        "label": "Predicted",
        "series": "predicted",
        "help": "Its start times (1 − ηλ)ᵗ, t counting steps; – where no such factor exists.",
    },
]


def parts_of_w(settings: Settings, link: str) -> Payload:
    """The two parts of w over the epochs of the run; `link`: the query of the page's link."""
    found = split(settings)
    series = _series(found)
    drawn = {name: values for name, values in series.items() if any(values)}
    return {
        "run": f"{settings.query()} parts of w",
        "figure": split_figures.split(
            drawn, settings.run.epochs, "weight-decay-row-and-null-space"
        ),
        "query": link,
        "series": series,
        "tiles": TILES,
        "sentence": words.split(settings, found),
        "total": settings.run.epochs,
        "stream": None,
    }


def _series(found: Split) -> dict[str, list[float | None]]:
    columns = {
        "epoch": found.epoch,
        "weight_norm": found.weight_norm,
        "reached": found.reached,
        "to_ridge": found.to_ridge,
        "left": found.left,
        "predicted": found.predicted,
    }
    return {name: listed(values) for name, values in columns.items()}
