"""The settings of the book page: which edition, as its controls and its link say it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pages.shared.fields import Choice, Number, Setting, Steps, Value
from pages.shared.form import Form, Link, link_to
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.words import label
from wd_core.book.editions import EDITIONS, Edition
from wd_core.book.recipes import BATCH_SIZE, Recipe


@dataclass(frozen=True)
class Entry:
    """What the page shows."""

    edition: str = "zh-pytorch"
    code: Literal["scratch", "concise"] = "scratch"
    seed: int = 0
    seeds: int = 200

    @property
    def book(self) -> Edition:
        """The edition itself."""
        return EDITIONS[self.edition]

    @property
    def recipe(self) -> Recipe:
        """What the chosen code of the edition does."""
        return self.book.recipes[self.code]


DEFAULT = Entry()

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Choice(
            "edition",
            label("Edition and framework"),
            label("Whose numbers are shown; each brings its own rate, epochs, start and loss."),
            DEFAULT.edition,
            {key: edition.label for key, edition in EDITIONS.items()},
        ),
        Choice(
            "code",
            label("Code of the lower picture"),
            label(
                "Scratch: penalty and step by hand. Concise: the framework's layer, loss and decay."
            ),
            DEFAULT.code,
            {"scratch": label("from scratch"), "concise": label("concise")},
        ),
        Steps(
            "seeds",
            label("Seeds in the spread"),
            label("How many times everything is drawn anew: data, start and batch order."),
            DEFAULT.seeds,
            [50, 100, 200, 500, 1000],
            whole=True,
        ),
        Number("seed", label("One seed"), TRAIN["seed"].help, 0, 0, 2**31 - 1, 1, whole=True),
    )
}


FORM = Form("book", SETTINGS, Entry)


@lru_cache(maxsize=256)  # of many printed numbers it is the same one
def on_train(recipe: Recipe, weight_decay: float, seed: int) -> Link | None:
    """The link to the same run on the Train page, None where its controls cannot say it.

    Train has the half mean square and a bias that starts at 0 and never decays. A loss without
    the ½ at rate η is the half mean square at 2η with half the weight decay, step for step.
    """
    if not recipe.plain_start or recipe.bias_scale or recipe.decay_bias:
        return None
    values: dict[str, Value] = {
        "weight_decay": recipe.ridge_weight_decay(weight_decay),
        "lr": recipe.lr * (2 if recipe.loss == "mse" else 1),
        "epochs": recipe.epochs,
        "batch_size": BATCH_SIZE,
        "init_std": recipe.scale,
        "seed": seed,
    }
    return link_to("train", values)
