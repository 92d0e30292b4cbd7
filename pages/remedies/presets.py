"""States in which the remedies differ."""

from pages.shared.presets import Preset
from pages.shared.words import label

PRESETS = (
    Preset(
        "remedies",
        label("All features matter"),
        {},
        label("Dropping half of them hurts or does little."),
    ),
    Preset(
        "remedies",
        label("Half of them are idle"),
        {"n_informative": 20},
        label("Dropping those that say nothing helps."),
    ),
    Preset(
        "remedies",
        label("Enough examples"),
        {"n_train": 100, "n_features": 10, "n_informative": 10, "kept": 5},
        label("There is little to cure, so no remedy does much."),
    ),
)
