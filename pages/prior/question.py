"""What is asked of a prior: its kind and width, and the data that it meets."""

from __future__ import annotations

from dataclasses import dataclass

from pages.prior.beliefs import BELIEFS, Belief
from pages.shared.fields import Choice, Labels, Number, Setting
from pages.shared.form import Form
from pages.shared.moves import with_stop
from pages.shared.settings import SOME_MATTER, number, seed
from pages.shared.words import label
from wd_core import DatasetSpec

# The slider stops at each, and at the width of the question.
WIDTHS = (0.05, 0.07, 0.1, 0.14, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0)
FEATURES, TRUE_WEIGHT = 2, 1.0


@dataclass(frozen=True)
class Question:
    """A prior of the weights, and data of two features, of which the first matters."""

    prior: str = "gaussian"
    at: float = 0.3
    noise: float = 1.0
    n_train: int = 10
    seed: int = 0

    @property
    def data(self) -> DatasetSpec:
        """What is drawn."""
        return DatasetSpec(
            source=SOME_MATTER,
            n_train=self.n_train,
            n_test=1,
            n_features=FEATURES,
            n_informative=1,
            noise=self.noise,
            true_weight=TRUE_WEIGHT,
            true_bias=0.0,
            seed=self.seed,
        )

    @property
    def belief(self) -> Belief:
        """The kind of prior."""
        return BELIEFS[self.prior]

    @property
    def stops(self) -> tuple[float, ...]:
        """Every width that has a picture."""
        return with_stop(WIDTHS, self.at)

    @property
    def marked(self) -> int:
        """The place of the width at which the picture stands."""
        return self.stops.index(self.at)


DEFAULT = Question()

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Choice(
            "prior",
            label("Prior"),
            label(
                "How likely a weight is before any data: a bell curve, or one with a peak at zero."
            ),
            DEFAULT.prior,
            Labels(BELIEFS),
        ),
        Number(
            "at",
            label("Width of the prior"),
            label(
                "τ or β: how far from zero weights are expected; the slider at the picture moves "
                "it."
            ),
            DEFAULT.at,
            WIDTHS[0],
            WIDTHS[-1],
            0.1,
        ),
        number("noise", DEFAULT.noise, 0.1, 3.0, 0.1),
        number("n_train", DEFAULT.n_train, 4, 500, 5),
        seed(label("Fixes the examples.")),
    )
}

FORM = Form("prior", SETTINGS, Question)
