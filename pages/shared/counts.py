"""What is counted as it happens, for a monitoring that may ask: a microsecond or two each."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

# When a count began nobody asks
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
# What a move may take, from what no eye sees to what nobody waits for.
SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

MOVES = Histogram(
    "weight_decay_move_seconds",
    "What a move takes on the server, by page; its way: script, route of a drag, or the opening.",
    ("page", "way"),
    buckets=SECONDS,
    registry=REGISTRY,
)
REFUSALS = Counter(
    "weight_decay_refusals",
    "What was refused: requests by their status, works by the kind of what was missing.",
    ("why",),
    registry=REGISTRY,
)
FAULTS = Counter("weight_decay_faults", "Faults in the log.", registry=REGISTRY)
