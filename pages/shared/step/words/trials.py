"""What a run did, and what smaller learning rates were tried, in words."""

from __future__ import annotations

from collections.abc import Sequence

from pages.shared.step.trials import Course, Trial
from pages.shared.step.words.digits import plain
from wd_core import OPTIMIZERS
from wd_core.phases import Broken
from wd_core.types import Hyperparameters


def outcome(ran: Course | None, broken: Broken, epochs: int) -> str:
    """What the run itself did, where it has been run."""
    if ran is None:
        return ""
    if ran.diverged_at is not None:
        at = f"diverged at epoch {ran.diverged_at}"
        if broken != "none":
            return f" The run itself {at}."
        return f" Yet the run itself {at}: its steps grow one by one, which no limit foretold."
    begin, end = plain(ran.start), plain(ran.end)
    if ran.settles:
        return (
            f" The run itself did not diverge in its {_epochs(epochs)}: its training loss went "
            f"from {begin} to {end}."
        )
    return (
        f" {'Yet the' if broken == 'none' else 'The'} run itself, though within the range of "
        f"numbers for its {_epochs(epochs)}, does not settle: {_rise(ran, epochs)}."
    )


def _rise(ran: Course, epochs: int) -> str:
    begin, end = plain(ran.start), plain(ran.end)
    if ran.highest_at == epochs:
        return f"its training loss grows from {begin} to {end}"
    return (
        f"its training loss, {begin} at the start, still reaches {plain(ran.highest)} at epoch "
        f"{ran.highest_at} and ends at {end}"
    )


def tried(found: Sequence[Trial], lr: float | None, run: Hyperparameters) -> str:
    """How the learning rate of the button was found, or why there is no button."""
    if lr is None:
        lower = [
            symbol
            for symbol, there in (
                ("λ", run.weight_decay > 0),
                ("μ", "momentum" in OPTIMIZERS[run.optimizer].reads),
            )
            if there
        ]
        why = (
            f"Tried: with none of the slider’s smaller learning rates, {plain(found[0].lr)} to "
            f"{plain(found[-1].lr)}, does the run settle"
            if found
            else "The slider has no learning rate below this limit"
        )
        return f"{why}: lower {' or '.join(lower)} instead." if lower else f"{why}."
    if not found:
        return (
            "The largest step of the slider below the limit, and below the present one. The run is "
            "too long to be tried with it here."
        )
    *failed, last = found
    said = f"with η = {plain(last.lr)} the run settles"
    if failed:
        tries = ", ".join(plain(trial.lr) for trial in failed)
        said = f"with η = {tries} the run does not settle, with η = {plain(last.lr)} it does"
    return (
        f"Tried: {said}: its training loss goes from {plain(last.course.start)} to "
        f"{plain(last.course.end)}."
    )


def _epochs(count: int) -> str:
    return "one epoch" if count == 1 else f"{count} epochs"
