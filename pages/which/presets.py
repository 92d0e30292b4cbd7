"""Problems worth opening with one click, each with what to look for."""

from __future__ import annotations

from pages.shared.presets import Preset

PRESETS = (
    Preset(
        "which",
        "λ matters",
        {},
        "Nearly as many features as examples, and noise: the test loss has a clear lowest point. "
        "The book’s 3 lies far above it. It is for other data, where training has a large random "
        "start to shrink.",
    ),
    Preset(
        "which",
        "The book's data",
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
        "Ten features for each example: the exact solution hardly depends on the decay. Training "
        "begins at a random start, which in most directions nothing but decay takes away. The "
        "book’s 3 shrinks it within a hundred epochs, and so helps; more would shrink it further.",
    ),
    Preset(
        "which",
        "Diabetes",
        {
            "source": "diabetes",
            "n_train": 100,
            "n_test": 300,
            "n_features": 65,
            "lr": 0.01,
        },
        "Real patients, ten measurements and all their products: no truth is known, and the "
        "repetitions are other splits of the same table.",
    ),
    Preset(
        "which",
        "Few examples",
        {"n_train": 12, "n_features": 10, "batch_size": 5, "lr": 0.03},
        "What can twelve examples tell of the best decay? See how far the choices scatter over "
        "other data, and how much of what it gains over none each rule loses again.",
    ),
)
