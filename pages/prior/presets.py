"""Beliefs worth opening with one click."""

from pages.shared.presets import Preset
from pages.shared.words import label

PRESETS = (
    Preset(
        "prior",
        label("Ridge"),
        {},
        label("The posterior's lines are ellipses between data and zero."),
    ),
    Preset(
        "prior",
        label("Lasso"),
        {"prior": "laplacian", "at": 0.07, "n_train": 30},
        label(
            "The posterior has a ridge along the axis, and its peak can lie on it: an exact zero."
        ),
    ),
    Preset(
        "prior",
        label("Many examples"),
        {"n_train": 300},
        label("The data speak louder than any but the narrowest prior."),
    ),
)
