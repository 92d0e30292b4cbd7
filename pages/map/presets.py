"""Maps worth opening with one click, each with what to look for."""

from __future__ import annotations

from pages.shared.presets import Preset
from pages.shared.words import label

PRESETS = (
    Preset(
        "map",
        label("The book's problem"),
        {},
        label(
            "When the maps are finished, compare the green line, where half of what decay gains "
            "is reached, with the dashed one, along which ηλ stays the same. Where they are "
            "parallel, the two pull together."
        ),
    ),
    Preset(
        "map",
        label("The paper's decay"),
        {"scale": "paper"},
        label(
            "The AdamW paper takes the same share of the weights at every step, whatever the "
            "learning rate is. Does the green line then lie level on the decoupled maps? If so, "
            "the two can be chosen one by one, and torch differs in the axis alone."
        ),
    ),
    Preset(
        "map",
        label("Full batch"),
        {"batch_size": 20, "optimizers": "momentum", "per_decade": 4},
        label(
            "With all examples in every step the limit of stability is exact: the hatching begins "
            "at it, up to runs beyond it that have not had the time to diverge."
        ),
    ),
    Preset(
        "map",
        label("λ matters: d = 20"),
        {
            "weight_decay": 1.0,
            "n_features": 20,
            "noise": 0.05,
            "lr": 0.1,
            "epochs": 500,
            "batch_size": 20,
            "init_std": 0.0,
        },
        label(
            "There is no start to shrink, only noise to be damped: here each learning rate that is "
            "fast enough has a best decay. Is it the same for all of them where decay is coupled?"
        ),
    ),
)
