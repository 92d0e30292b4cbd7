"""Maps worth opening with one click, each with what to look for."""

from __future__ import annotations

from pages.shared.presets import Preset

PRESETS = (
    Preset(
        "map",
        "The book's problem",
        {},
        "Once the maps are whole, is the line halfway to the best cell parallel to the dashed one, "
        "on which the product of learning rate and decay is always the same? Then the two pull "
        "together.",
    ),
    Preset(
        "map",
        "The paper's decay",
        {"scale": "paper"},
        "The AdamW paper takes the same share of the weights at every step, whatever the learning "
        "rate is. Does the line halfway to the best cell then lie level on the decoupled maps? If "
        "so, the two can be chosen one by one, and torch differs in the axis alone.",
    ),
    Preset(
        "map",
        "Full batch",
        {"batch_size": 20, "optimizers": "momentum", "per_decade": 4},
        "With all examples in every step the limit of stability is exact: the hatching begins "
        "at it, up to runs beyond it that have not had the time to diverge.",
    ),
    Preset(
        "map",
        "λ matters: d = 20",
        {
            "weight_decay": 1.0,
            "n_features": 20,
            "noise": 0.05,
            "lr": 0.1,
            "epochs": 500,
            "batch_size": 20,
            "init_std": 0.0,
        },
        "No start to shrink, noise to be damped: here each learning rate that gets anywhere has a "
        "best decay. Is it the same for all of them where decay is coupled?",
    ),
)
