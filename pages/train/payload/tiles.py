"""The numbers above the picture of a run, and what each of them is."""

from __future__ import annotations

from pages.shared.payload import Tile
from pages.shared.settings import Settings
from pages.shared.tiles import in_words
from pages.shared.words import Said, label, say, tell
from wd_core.linear.behaviour import behaviour

LOSSES: list[Tile] = [
    {
        "label": label("Train loss"),
        "series": "train_loss",
        "role": "train",
        "help": label("L = 1/(2n) Σ (x·w + b − y)² on the training data, without the penalty."),
    },
    {
        "label": label("Test loss"),
        "series": "test_loss",
        "role": "test",
        "help": label("The same half mean square on data the run has never seen."),
    },
    {
        "label": label("Gap"),
        "series": "gap",
        "help": label("Test loss minus train loss."),
    },
    {
        "label": "‖w‖",
        "series": "weight_norm",
        "role": "penalty",
        "help": label("Euclidean norm of the weights; the bias is not in it."),
    },
]


def of(settings: Settings) -> list[Tile]:
    """The tiles of a run; the last is called its objective where the run's steps descend it."""
    objective = descends(settings)
    total = "J" if objective else tell("sum")
    return [
        *in_words(LOSSES),
        {
            "label": tell("Data loss + penalty = objective")
            if objective
            else tell("Data loss + penalty"),
            "help": _help(settings),
            "terms": [
                {"label": "L", "series": "train_loss"},
                {"label": "(λ/2)‖w‖²", "series": "penalty"},
                {"label": total, "series": "objective"},
            ],
        },
    ]


def descends(settings: Settings) -> bool:
    """Whether the gradients of J = L + (λ/2)‖w‖² are what the run's steps are made from."""
    run, goal = settings.run, behaviour(settings.run, settings.data.n_train).end
    if run.decay == "coupled" or run.weight_decay == 0:
        return True
    return goal.weight_decay is not None and goal.weight_decay.value == run.weight_decay


def _help(settings: Settings) -> Said:
    goal = behaviour(settings.run, settings.data.n_train).end
    if descends(settings):
        return say("J = L + (λ/2)‖w‖²: the steps are made from its gradients.")
    if goal.weight_decay is not None:
        return say(
            "L + (λ/2)‖w‖², to compare with coupled decay. These steps rest at the least of "
            "another sum, with {formula} = {end_weight_decay} for λ.",
            formula=goal.weight_decay.text,
            end_weight_decay=goal.weight_decay.value,
        )
    return say("L + (λ/2)‖w‖², to compare with coupled decay: this run does not descend it.")
