"""Data that suit one penalty, and data that suit the other."""

from pages.shared.presets import Preset
from pages.shared.words import label

PRESETS = (
    Preset(
        "zeros",
        label("Few features matter"),
        {},
        label("The lasso predicts better: it drops the rest."),
    ),
    Preset(
        "zeros",
        label("All matter a little"),
        {"n_informative": 40, "true_weight": 0.3},
        label("Weight decay predicts better: every zero of the lasso is a mistake."),
    ),
)
