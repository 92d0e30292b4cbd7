"""Problems worth opening with one click, each with what to look for."""

from __future__ import annotations

from pages.shared.presets import Preset
from pages.shared.words import label

PRESETS = (
    Preset(
        "which",
        label("λ matters"),
        {},
        label(
            "Nearly as many features as examples, and noise: the test loss has a clear lowest "
            "point. The book’s λ of 3 is far larger: on its data there is a large random start to "
            "shrink."
        ),
    ),
    Preset(
        "which",
        label("The book's data"),
        {
            "n_train": 20,
            "n_test": 100,
            "n_features": 200,
            "noise": 0.01,
            "true_weight": 0.01,
            "lr": 0.003,
            "batch_size": 5,
            "most": 100.0,
            "at": 3.0,
        },
        label(
            "Ten features for each example: the exact solution hardly depends on the decay. "
            "Training begins at a random start, which in most directions nothing but decay takes "
            "away. The book’s 3 shrinks it within a hundred epochs, and so helps; more would "
            "shrink it further."
        ),
    ),
    Preset(
        "which",
        label("Diabetes"),
        {
            "source": "diabetes",
            "n_train": 100,
            "n_test": 300,
            "n_features": 65,
            "lr": 0.01,
        },
        label(
            "Real patients, ten measurements and all their products: no truth is known, and the "
            "repetitions are other splits of the same table."
        ),
    ),
    Preset(
        "which",
        label("Few examples"),
        {"n_train": 12, "n_features": 10, "batch_size": 5, "lr": 0.03},
        label(
            "What can twelve examples tell of the best decay? See how far the choices scatter over "
            "other data, and how much each rule loses of what the best decay gains."
        ),
    ),
)
