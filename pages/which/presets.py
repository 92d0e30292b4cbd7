"""Problems worth opening with one click, each with what to look for."""

from __future__ import annotations

from dataclasses import dataclass, field

from pages.shared.settings import Value
from pages.which.question import Problem, problem_of


@dataclass(frozen=True)
class Preset:
    """A named problem; `values` holds what differs from the page's defaults."""

    name: str
    look_for: str
    values: dict[str, Value] = field(hash=False, default_factory=dict)

    @property
    def problem(self) -> Problem:
        """The problem itself."""
        return problem_of(self.values)


PRESETS = (
    Preset(
        "λ matters",
        "Nearly as many features as examples, and noise: the test loss has a clear lowest point.",
    ),
    Preset(
        "The book's data",
        "20 examples of 200 features: the exact solution hardly depends on λ, while the trained "
        "runs carry their random start along until λ erases it.",
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
    ),
    Preset(
        "Diabetes",
        "Real patients, ten measurements and all their products: no truth is known, and the "
        "repetitions are other splits of the same table.",
        {
            "source": "diabetes",
            "n_train": 100,
            "n_test": 300,
            "n_features": 65,
            "lr": 0.01,
        },
    ),
    Preset(
        "Few examples",
        "What can twelve examples tell of λ? See how far the choices scatter over other data, and "
        "how much of what the best λ gains over no decay each rule loses again.",
        {"n_train": 12, "n_features": 10, "batch_size": 5, "lr": 0.03},
    ),
)
