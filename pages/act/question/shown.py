"""What the page shows beside the run: a number of steps, and whether the sliders move together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from pages.act.question.matching import (
    Pair,
    has_directions,
    matches,
    most_weight_decay,
)
from pages.shared.fields import Choice, Number, Setting, Value
from pages.shared.form import Values
from pages.shared.run import Asked, RunForm
from pages.shared.settings import Settings, settings_of
from pages.shared.words import label, say

TOGETHER, FREE = "together", "free"
# As many steps as a link can say and a float counts exactly.
MOST_STEPS = 10**15


@dataclass(frozen=True)
class Shown:
    """`steps` = 0: as many as match the run's λ best.

    leads: the run's λ is yet to be worked out: it is the one that matches `steps`.
    """

    steps: int = 0
    sliders: str = TOGETHER
    leads: bool = False


SETTINGS: dict[str, Setting] = {
    "steps": Number(
        "steps",
        label("Steps t"),
        label("t: full-batch steps from w = 0, without decay for early stopping, then stopped."),
        0,
        1,
        MOST_STEPS,
        1,
        whole=True,
        instead=label("t follows from λ instead"),
    ),
    "sliders": Choice(
        "sliders",
        label("Match λ and t"),
        label("Whether moving λ also moves t to its best match, and moving t moves λ to its own."),
        TOGETHER,
        {TOGETHER: label("each follows the other"), FREE: label("each moves alone")},
    ),
}


def present(settings: Settings, shown: Shown) -> Pair:
    """λ and t as they stand: t follows λ unless t was moved, or the sliders move alone."""
    best, lam = matches(settings.data, settings.run.lr), settings.run.weight_decay
    free = shown.sliders == FREE
    if shown.steps and (free or best.weight_decay_for(shown.steps) == lam):
        return lam, float(shown.steps)
    t = best.steps_for(lam)
    return lam, min(t, max(best.weight_decay)) if free else t


def slid(asked: Asked[Shown], weight_decay: float | None, steps: float | None) -> Pair:
    """λ and t as the sliders say, t = 0 where it follows; None beside one that was typed."""
    settings, free = asked.settings, asked.shown.sliders == FREE
    if weight_decay is None:
        t = float(steps or 0)
        if free:
            return settings.run.weight_decay, t
        best = matches(settings.data, settings.run.lr).weight_decay_for(t)
        return min(best, most_weight_decay()), t
    if steps is None and free:
        return weight_decay, present(settings, asked.shown)[1]
    return weight_decay, float(steps or 0)


def _said(asked: Asked[Shown]) -> Values:
    """What follows from the rest is left out: t, or the λ that follows from it."""
    said: dict[str, Value] = {**asked.settings.values(), **asdict(asked.shown)}
    spec, lr = asked.settings.data, asked.settings.run.lr
    if asked.shown.leads:
        del said["weight_decay"]
    elif has_directions(spec):
        lam, t = present(asked.settings, asked.shown)
        alone = asked.shown.sliders == FREE
        leads = not alone and matches(spec, lr).leading(lam, t) == "weight_decay"
        said["steps"] = int(t) if alone or leads else 0
        if leads:
            del said["weight_decay"]
    return said


def _mended(asked: Asked[Shown], given: Values) -> tuple[Asked[Shown], list[str]]:
    """Where the link names t alone, λ follows from it."""
    shown = asked.shown
    if not shown.steps or shown.sliders == FREE:
        return asked, []
    if "weight_decay" in given:
        said = say(
            "The link names both λ and t, of which one follows from the other: t follows from λ "
            "instead."
        )
        return replace(asked, shown=replace(shown, steps=0)), [said]
    return replace(asked, shown=replace(shown, leads=True)), []


def _worked_out(asked: Asked[Shown]) -> tuple[Asked[Shown], list[str]]:
    """λ, where it follows from t; a sentence where no run can have it."""
    if not asked.shown.leads:
        return asked, []
    settings, shown = asked.settings, replace(asked.shown, leads=False)
    with suppress(ValueError):  # data that cannot be had are explained in the picture's place
        if has_directions(settings.data):
            lam = matches(settings.data, settings.run.lr).weight_decay_for(shown.steps)
            if lam <= most_weight_decay():
                settings = settings_of(settings.values() | {"weight_decay": lam})
                return replace(asked, settings=settings, shown=shown), []
            said = say(
                "Steps t: {t} would match λ = {weight_decay}, but λ goes no further than {most}. "
                "So t follows from λ instead.",
                t=shown.steps,
                weight_decay=lam,
                most=most_weight_decay(),
            )
            return replace(asked, shown=replace(shown, steps=0)), [said]
    return replace(asked, shown=shown), []


FORM = RunForm("act", SETTINGS, Shown, said=_said, mended=_mended, worked_out=_worked_out)
