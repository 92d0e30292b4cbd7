"""States in which the remedies differ."""

from pages.shared.presets import Preset

PRESETS = (
    Preset("remedies", "All features matter", {}, "Dropping half of them hurts or does little."),
    Preset(
        "remedies",
        "Half of them are idle",
        {"n_informative": 20},
        "Dropping those that say nothing helps.",
    ),
    Preset(
        "remedies",
        "Enough examples",
        {"n_train": 100, "n_features": 10, "n_informative": 10, "kept": 5},
        "There is little to cure, so no remedy does much.",
    ),
)
