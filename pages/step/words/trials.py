"""What a run did, and what was tried to mend it, in words."""

from __future__ import annotations

from collections.abc import Sequence

from pages.shared.numbers import every_digit, plain
from pages.shared.words import Said, say, say_n
from pages.step.answer.mends import Mend, Outcome
from wd_core.linear.phases import Broken
from wd_core.trials import MARGIN, Course, Trial


def outcome(ran: Outcome, broken: Broken, epochs: int) -> list[Said]:
    """What the run itself did, where it has been run."""
    own, long = ran.own, ran.long
    if own is not None and own.diverged_at is not None:
        if broken != "none":
            return [say("The run itself diverged at epoch {diverged_at}.", **_lost(own))]
        return [
            say(
                "Yet the run itself diverged at epoch {diverged_at}: its steps grow one by one, "
                "which no limit foretold.",
                **_lost(own),
            )
        ]
    if own is not None and not own.settles and long is not None and long.settles:
        return [_too_few(own, long, epochs)]
    said = [] if own is None else [_own(own, epochs)]
    return said if long is None else [*said, _long(long)]


def _lost(course: Course) -> dict[str, int]:
    return {} if course.diverged_at is None else {"diverged_at": course.diverged_at}


def _own(own: Course, epochs: int) -> Said:
    if own.settles:
        return say_n(
            "The run itself did not diverge in its {n} epoch: its training loss went from "
            "{train_start} to {train}.",
            "The run itself did not diverge in its {n} epochs: its training loss went from "
            "{train_start} to {train}.",
            epochs,
            train_start=own.start,
            train=own.end,
        )
    if plain(own.highest) == plain(own.end):
        return say_n(
            "In its {n} epoch the run does not settle: its training loss, {train_start} at the "
            "start, ends at {train}.",
            "In its {n} epochs the run does not settle: its training loss, {train_start} at the "
            "start, ends at {train}.",
            epochs,
            train_start=own.start,
            train=own.end,
        )
    return say_n(
        "In its {n} epoch the run does not settle: its training loss, {train_start} at the start, "
        "still reaches {highest} at epoch {highest_at} and ends at {train}.",
        "In its {n} epochs the run does not settle: its training loss, {train_start} at the start, "
        "still reaches {highest} at epoch {highest_at} and ends at {train}.",
        epochs,
        train_start=own.start,
        highest=own.highest,
        highest_at=own.highest_at,
        train=own.end,
    )


def _too_few(own: Course, long: Course, epochs: int) -> Said:
    return say_n(
        "One epoch is too short for this η: the training loss, {train_start} at the start, still "
        "reaches {highest} at epoch {highest_at}, and settles only later, at {train_long} after "
        "{long_epochs} epochs.",
        "Its {n} epochs are too few for this η: the training loss, {train_start} at the start, "
        "still reaches {highest} at epoch {highest_at}, and settles only later, at {train_long} "
        "after {long_epochs} epochs.",
        epochs,
        train_start=own.start,
        highest=own.highest,
        highest_at=own.highest_at,
        train_long=long.end,
        long_epochs=long.epochs,
    )


def _long(long: Course) -> Said:
    if long.diverged_at is not None:
        return say(
            "Run on to {long_epochs} epochs it diverges, at epoch {diverged_at}.",
            long_epochs=long.epochs,
            **_lost(long),
        )
    if long.settles:
        return say(
            "Run on to {long_epochs} epochs it still settles: its training loss is then "
            "{train_long}.",
            long_epochs=long.epochs,
            train_long=long.end,
        )
    if long.grows:
        return say(
            "Run on to {long_epochs} epochs it gets worse: its training loss grows from "
            "{train_start} to {train_long}.",
            long_epochs=long.epochs,
            train_start=long.start,
            train_long=long.end,
        )
    return say(
        "Run on to {long_epochs} epochs it does not settle: its training loss still reaches "
        "{highest} at epoch {highest_at}.",
        long_epochs=long.epochs,
        highest=long.highest,
        highest_at=long.highest_at,
    )


def tried(mends: Sequence[Mend] | None) -> list[Said]:
    """How the learning rate of the button was found, or why there is no button."""
    if mends is None:
        return [
            say(
                "Choose a smaller η; which one serves is not known, for trying takes too long here."
            )
        ]
    rates, *others = mends
    if rates.found:
        return [_rate(rates, rates.found)]
    if rates.tried:
        said = [
            say(
                "Tried: the slider's learning rates from {lr_first} to {lr_last}. With none of "
                "them does the run settle safely, which is with {margin} times the rate, too.",
                lr_first=every_digit(rates.tried[0].run.lr),
                lr_last=every_digit(rates.tried[-1].run.lr),
                margin=MARGIN,
            )
        ]
    else:
        said = [say("The slider has no learning rate below this limit.")]
    for mend in others:
        if mend.found:
            said.append(_other(mend.key, mend.found))
    return said


def _rate(mend: Mend, found: Trial) -> Said:
    failed = [trial for trial in mend.tried if not trial.course.settles]
    if failed:
        return say(
            "Tried for {long_epochs} epochs: with η = {lr_failed} the run does not settle, with "
            "η = {lr_mend} it does: its training loss goes from {train_start} to {train_mend}.",
            long_epochs=found.course.epochs,
            lr_failed=every_digit(failed[-1].run.lr),
            lr_mend=every_digit(found.run.lr),
            train_start=found.course.start,
            train_mend=found.course.end,
        )
    return say(
        "Tried for {long_epochs} epochs: with η = {lr_mend} the run settles: its training loss "
        "goes from {train_start} to {train_mend}.",
        long_epochs=found.course.epochs,
        lr_mend=every_digit(found.run.lr),
        train_start=found.course.start,
        train_mend=found.course.end,
    )


def _other(key: str, found: Trial) -> Said:
    if key == "weight_decay":
        return say(
            "Tried for {long_epochs} epochs: with λ = {weight_decay_mend} and the present η it "
            "does.",
            long_epochs=found.course.epochs,
            weight_decay_mend=every_digit(found.run.weight_decay),
        )
    return say(
        "Tried for {long_epochs} epochs: with μ = {momentum_mend} and the present η it does.",
        long_epochs=found.course.epochs,
        momentum_mend=every_digit(found.run.momentum),
    )
