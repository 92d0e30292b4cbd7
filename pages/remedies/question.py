"""What is asked of the remedies: data that are overfitted, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.fields import Number, Setting
from pages.shared.form import Form
from pages.shared.settings import SOME_MATTER, number, seed
from pages.shared.words import label
from wd_core import DatasetSpec, Hyperparameters

N_TEST = 200
SEEDS = 2**31


@dataclass(frozen=True)
class Question:
    """Data and a run on them; the first `kept` features are what is left where some are dropped."""

    n_train: int = 40
    n_features: int = 40
    n_informative: int = 40
    kept: int = 20
    true_weight: float = 0.3
    noise: float = 1.0
    epochs: int = 300
    seed: int = 0

    def data(self, draw: int, times: int = 1) -> DatasetSpec:
        """The data of a draw, with so many times the examples."""
        return DatasetSpec(
            source=SOME_MATTER,
            n_train=times * self.n_train,
            n_test=N_TEST,
            n_features=self.n_features,
            n_informative=min(self.n_informative, self.n_features),
            noise=self.noise,
            true_weight=self.true_weight,
            true_bias=0.0,
            seed=(self.seed + draw) % SEEDS,
        )

    def run(self, draw: int, times: int = 1) -> Hyperparameters:
        """The run without a remedy: from zero, all examples a step, about a quarter of the largest
        stable η. For so many times the examples η is the same.
        """
        steepest = (1 + (self.n_features / self.n_train) ** 0.5) ** 2 + 1
        return Hyperparameters(
            weight_decay=0.0,
            lr=0.5 / steepest,
            batch_size=times * self.n_train,
            epochs=self.epochs,
            init_std=0.0,
            seed=(self.seed + draw) % SEEDS,
        )

    @property
    def left(self) -> int:
        """How many features are left where some are dropped."""
        return min(self.kept, self.n_features)

    @property
    def idle(self) -> int:
        """How many of the dropped features have a true weight of zero."""
        return self.n_features - max(min(self.n_informative, self.n_features), self.left)


DEFAULT = Question()

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        number("n_train", DEFAULT.n_train, 5, 100, 5),
        Number(
            "n_features",
            label("Dimension d"),
            label("d: the number of features, and so of weights."),
            DEFAULT.n_features,
            2,
            100,
            5,
            whole=True,
        ),
        number("n_informative", DEFAULT.n_informative, 1, 100, 5),
        Number(
            "kept",
            label("Features kept"),
            label(
                "How many features are left where some are dropped: the first ones, which matter "
                "most."
            ),
            DEFAULT.kept,
            1,
            100,
            5,
            whole=True,
        ),
        Number(
            "true_weight",
            label("True weight"),
            label("The true weight of every feature that matters."),
            DEFAULT.true_weight,
            -2.0,
            2.0,
            0.1,
        ),
        number("noise", DEFAULT.noise, 0.1, 3.0, 0.1),
        Number(
            "epochs",
            label("Steps"),
            label(
                "How many steps are taken, each on all examples; only stopping early takes fewer."
            ),
            DEFAULT.epochs,
            1,
            1000,
            50,
            whole=True,
        ),
        seed(
            label(
                "Fixes the marked draw of examples and noise; the others have the seeds after it."
            ),
            label("Seed of the marked draw"),
        ),
    )
}

FORM = Form("remedies", SETTINGS, Question)
