"""What lies over the colours of a map, by its name in the legend."""

from __future__ import annotations

from pages.shared.words import label

LOST, FULL, CYCLE = (
    label("diverges"),
    label("exact limit, full batch"),
    label("estimated limit, batches"),
)
ALONE, CROSSING, BEST = (
    label("limit of decay alone"),
    label("halfway from no decay to the best"),
    label("best cell"),
)
CHOSEN, CONSTANT = label("chosen run"), label("ηλ of the chosen run")
