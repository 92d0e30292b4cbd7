"""Beliefs worth opening with one click."""

from pages.shared.presets import Preset

PRESETS = (
    Preset("prior", "Ridge", {}, "The posterior's lines are ellipses between data and zero."),
    Preset(
        "prior",
        "Lasso",
        {"prior": "laplacian", "at": 0.07, "n_train": 30},
        "The posterior has a ridge along the axis, and its peak can lie on it: an exact zero.",
    ),
    Preset(
        "prior",
        "Many examples",
        {"n_train": 200},
        "The data speak louder than any but the narrowest prior.",
    ),
)
