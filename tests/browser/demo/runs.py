"""Made-up runs for the demo: curves whose values a test can work out by itself."""

import math
from typing import Any

import plotly.graph_objects as go

TEXT = "var(--st-text-color)"
WEIGHT_DECAYS = ["0", *(f"{10 ** (step / 4 - 3):.3g}" for step in range(17))]


def curves(weight_decay: float, epochs: int) -> dict[str, list[float | None]]:
    """Train loss falls to 0 at the very end (a hard case for a log axis), test loss stays up."""
    floor = 0.5 / (1 + weight_decay)
    numbers = range(epochs + 1)
    train = [math.exp(-8 * n / epochs) if n < epochs else 0.0 for n in numbers]
    return {
        "epoch": list(numbers),
        "train_loss": [*train],
        "test_loss": [floor + 0.5 * math.exp(-4 * n / epochs) for n in numbers],
        "penalty": [weight_decay * (1 - value) for value in train],
        "objective": [weight_decay * (1 - value) + value for value in train],
        "gap": [None for _ in numbers],
    }


def figure(note: str) -> dict[str, Any]:
    """Two growing curves, one static line and one shape in the theme's text colour."""
    picture = go.Figure(
        data=[
            go.Scatter(meta={"series": "train_loss"}, name="train", line={"color": "#0072B2"}),
            go.Scatter(meta={"series": "test_loss"}, name="test", line={"color": "#D55E00"}),
            go.Scatter(x=[0, 100], y=[0.3, 0.3], name="truth", line={"color": TEXT}),
        ],
        layout={
            "template": "none",
            "uirevision": "demo",
            "xaxis": {"title": {"text": "epoch"}},
            "yaxis": {"type": "log", "title": {"text": "loss"}},
            "shapes": [
                {"type": "line", "x0": 50, "x1": 50, "y0": 0.01, "y1": 1, "line": {"color": TEXT}}
            ],
            "meta": {"alt": f"Loss of the demo run{note}", "filename": "demo"},
        },
    )
    return dict(picture.to_plotly_json())


def tiles() -> list[dict[str, Any]]:
    """One tile of each kind."""
    return [
        {
            "label": "Train loss",
            "series": "train_loss",
            "role": "train",
            "help": "Half mean square.",
        },
        {"label": "Test loss", "series": "test_loss", "role": "test", "help": "On new examples."},
        {"label": "Gap", "series": "gap"},
        {"label": "Optimizer", "text": "SGD"},
        {
            "label": "Objective",
            "terms": [
                {"label": "data loss", "series": "train_loss"},
                {"label": "penalty", "series": "penalty"},
                {"label": "objective", "series": "objective"},
            ],
        },
    ]


def payload(
    weight_decay: str,
    *,
    stream: str | None = None,
    epochs: int = 100,
    sent: int = 1,
    note: str = "",
) -> dict[str, Any]:
    """What the page sends for one weight decay: whole, or the first epochs of a stream."""
    series = curves(float(weight_decay), epochs)
    if stream:
        series = {name: values[:sent] for name, values in series.items()}
    return {
        "run": stream or f"decay-{weight_decay}",
        "figure": figure(note),
        "series": series,
        "tiles": tiles(),
        "sentence": f"Weight decay {weight_decay}{note}.",
        "total": epochs,
        "stream": stream,
        "live": {
            "url": "/api/train?weight_decay=0",
            "controls": {"weight decay": {"param": "weight_decay", "values": WEIGHT_DECAYS}},
        },
    }
