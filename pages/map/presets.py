"""Maps worth opening with one click, each with what to look for."""

from __future__ import annotations

from pages.shared.presets import Preset

PRESETS = (
    Preset(
        "map",
        "The book's problem",
        {},
        "With torch's two decays: once the maps are whole, is the line halfway to the best cell "
        "parallel to the dashed one, on which ηλ is always the same? Then η and λ pull together.",
    ),
    Preset(
        "map",
        "The paper's decay",
        {"scale": "paper"},
        "The AdamW paper takes a share λ′ of w at every step, whatever η is. Once the maps are "
        "whole, does the line halfway to the best cell lie level on the decoupled ones? Then η and "
        "λ′ can be chosen one by one, and all that differs from torch is the axis: λ′ = ηλ.",
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
        "No start to erase, noise to be damped: here each learning rate that gets anywhere has a "
        "best λ. Is it the same for all of them under coupled decay?",
    ),
)
