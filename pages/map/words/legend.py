"""What lies over the colours of a map, by its name in the legend."""

from __future__ import annotations

LOST, FULL, CYCLE = "diverges", "exact limit, full batch", "estimated limit, batches"
ALONE, CROSSING, BEST = "limit of decay alone", "halfway from no decay to the best", "best cell"
CHOSEN, CONSTANT = "chosen run", "ηλ of the chosen run"
