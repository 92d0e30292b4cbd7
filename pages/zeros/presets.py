"""Data that suit one penalty, and data that suit the other."""

from pages.shared.presets import Preset

PRESETS = (
    Preset("zeros", "Few features matter", {}, "The lasso predicts better: it drops the rest."),
    Preset(
        "zeros",
        "All matter a little",
        {"n_informative": 40, "true_weight": 0.3},
        "Weight decay predicts better: every zero of the lasso is a mistake.",
    ),
)
