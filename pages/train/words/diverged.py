"""Why a run left the range of numbers, and what to choose instead."""

from __future__ import annotations

from collections.abc import Iterator

from pages.shared.numbers import every_digit, exact, plain
from pages.shared.remedies import Remedies, limit, remedies
from pages.shared.settings import Settings
from pages.shared.words import Said, joined, say, say_n, told
from wd_core.linear.behaviour import behaviour
from wd_core.linear.outcomes import StabilityLimit


def sentence(settings: Settings, epoch: int) -> str:
    """Both."""
    said = say("Diverged by epoch {epoch}.", epoch=epoch)
    why = list(causes(settings)) or [_not_known(settings)]
    return joined([said, *why, advice(remedies(settings))])


def advice(found: Remedies) -> Said:
    """What to choose: values that have been tried, if there are any."""
    if found.lr is not None and found.weight_decay is not None:
        return say(
            "Choose η = {advised_lr} or λ = {advised_weight_decay}: with either the run settles, "
            "tried for {tried} epochs.",
            advised_lr=every_digit(found.lr),
            advised_weight_decay=every_digit(found.weight_decay),
            tried=found.epochs,
        )
    if found.lr is not None:
        return say(
            "Choose η = {advised_lr}: with it the run settles, tried for {tried} epochs.",
            advised_lr=every_digit(found.lr),
            tried=found.epochs,
        )
    if found.weight_decay is not None:
        return say(
            "Choose λ = {advised_weight_decay}: with it the run settles, tried for {tried} epochs.",
            advised_weight_decay=every_digit(found.weight_decay),
            tried=found.epochs,
        )
    return say("Choose a smaller η.")


def causes(settings: Settings) -> Iterator[Said]:
    """Why the steps grow, where that is known: η beside its limit, or decay alone."""
    run, known = settings.run, limit(settings)
    if known.kind == "none":
        found = behaviour(run, settings.data.n_train)
        if found.grows_alone:
            yield say(
                "ηλ = {product} is above 2, so decay alone multiplies w by 1 − ηλ = {factor} at "
                "every full step.",
                product=exact(run.lr * run.weight_decay),
                factor=exact(found.factor.value),
            )
    elif plain(run.lr) == plain(known.lr):
        yield say(
            "η = {lr} lies at the limit from which such a run diverges.", lr=every_digit(run.lr)
        )
    elif known.kind == "full":
        yield _above_full(settings, known)
        yield _rule(settings, known)
    else:
        yield _beside_cycle(run.lr, known.lr)


def _beside_cycle(lr: float, limit: float) -> Said:
    if lr < limit:
        return say(
            "η = {lr} is below {limit}, from which the first epoch’s batches diverge when they are "
            "repeated, but in the changing order of later epochs the steps grow.",
            lr=every_digit(lr),
            limit=limit,
        )
    return say(
        "η = {lr} is above {limit}, from which the first epoch’s batches diverge when they are "
        "repeated.",
        lr=every_digit(lr),
        limit=limit,
    )


def _not_known(settings: Settings) -> Said:
    return say(
        "At η = {lr} the steps grow. {why}",
        lr=every_digit(settings.run.lr),
        why=told(limit(settings).why),
    )


def _above_full(settings: Settings, known: StabilityLimit) -> Said:
    return say_n(
        "η = {lr} is above {limit}, from which descent on the one training example diverges.",
        "η = {lr} is above {limit}, from which descent on all {n} training examples diverges.",
        settings.data.n_train,
        lr=every_digit(settings.run.lr),
        limit=known.lr,
    )


def _rule(settings: Settings, known: StabilityLimit) -> Said:
    """The formula of that limit, with the λ that stands in the curvature."""
    found = behaviour(settings.run, settings.data.n_train)
    assert known.formula is not None
    assert found.decay.limit is not None
    counted = found.decay.limit.counted.at(found.symbols)
    h = exact(known.formula.symbols["h"])
    if counted.text == "λ":
        return say(
            "That limit is {formula}, with h = {curvature}: the largest curvature of J over w and "
            "b.",
            formula=known.formula.text,
            curvature=h,
        )
    return say(
        "That limit is {formula}, with h = {curvature}: the largest curvature over w and b, where "
        "decay counts as {counted} = {counted_weight_decay}.",
        formula=known.formula.text,
        curvature=h,
        counted=counted.text,
        counted_weight_decay=exact(counted.value),
    )
