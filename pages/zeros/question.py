"""What is asked of the penalties: data of which few features matter, a step, and a marked λ."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.fields import Number, Setting, Steps
from pages.shared.form import Form
from pages.shared.moves import with_stop
from pages.shared.settings import SOME_MATTER, number, seed
from pages.shared.words import label
from wd_core import DatasetSpec

# Ten a decade; the slider stops at each, and at the λ of the question.
WEIGHT_DECAYS = (
    *(0.01, 0.0125, 0.016, 0.02, 0.025, 0.032, 0.04, 0.05, 0.063, 0.08),
    *(0.1, 0.125, 0.16, 0.2, 0.25, 0.32, 0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2),
)
N_TEST = 100


@dataclass(frozen=True)
class Question:
    """Data, the λ at which the picture stands, and a weight before a step of this size."""

    at: float = 0.16
    n_informative: int = 5
    n_features: int = 40
    n_train: int = 40
    true_weight: float = 1.0
    noise: float = 1.0
    lr: float = 0.3
    weight: float = 0.2
    seed: int = 0

    @property
    def data(self) -> DatasetSpec:
        """What is drawn."""
        return DatasetSpec(
            source=SOME_MATTER,
            n_train=self.n_train,
            n_test=N_TEST,
            n_features=self.n_features,
            n_informative=self.matter,
            noise=self.noise,
            true_weight=self.true_weight,
            true_bias=0.0,
            seed=self.seed,
        )

    @property
    def matter(self) -> int:
        """How many features matter: no more than there are."""
        return min(self.n_informative, self.n_features)

    @property
    def stops(self) -> tuple[float, ...]:
        """Every λ that has a picture."""
        return with_stop(WEIGHT_DECAYS, self.at)

    @property
    def marked(self) -> int:
        """The place of the λ at which the picture stands."""
        return self.stops.index(self.at)


DEFAULT = Question()

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Number(
            "at",
            label("Marked λ"),
            label("λ: the same for both penalties; the slider at the picture moves it."),
            DEFAULT.at,
            WEIGHT_DECAYS[0],
            WEIGHT_DECAYS[-1],
            0.01,
        ),
        number("n_informative", DEFAULT.n_informative, 1, 100, 1),
        Number(
            "n_features",
            label("Dimension d"),
            label("d: the number of features, and so of weights."),
            DEFAULT.n_features,
            1,
            100,
            5,
            whole=True,
        ),
        number("n_train", DEFAULT.n_train, 2, 200, 5),
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
        Steps(
            "lr",
            label("Learning rate η"),
            label(
                "η: the size of the one step below the paths; the solutions do not depend on it."
            ),
            DEFAULT.lr,
            [0.01, 0.03, 0.1, 0.3],
        ),
        Number(
            "weight",
            label("Weight before the step"),
            label("w: the weight that is marked in the picture of one step."),
            DEFAULT.weight,
            -0.5,
            0.5,
            0.05,
        ),
        seed(label("Fixes the examples.")),
    )
}

FORM = Form("zeros", SETTINGS, Question)
