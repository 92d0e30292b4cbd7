"""Why a run left the range of numbers, and what to choose instead."""

from __future__ import annotations

from pages.shared.numbers import every_digit, exact, plain
from pages.shared.remedies import Remedies, limit, remedies
from pages.shared.settings import Settings
from pages.shared.words import Said, say, say_n
from wd_core.behaviour import StabilityLimit, behaviour


def sentence(settings: Settings, epoch: int, waits: bool = True) -> str:
    """Both; where nobody waits for what has to be tried, that the steps grow."""
    if not waits:
        grown = say("Diverged at epoch {epoch}: the steps grow.", epoch=epoch)
        return f"{grown} {advice(Remedies())}"
    return f"{_reason(settings, epoch)} {advice(remedies(settings))}"


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


def _reason(settings: Settings, epoch: int) -> str:
    run, known = settings.run, limit(settings)
    if known.kind == "none":
        return _without_limit(settings, epoch, known)
    if plain(run.lr) == plain(known.lr):
        return say(
            "Diverged at epoch {epoch}: η = {lr} lies at the limit from which it diverges.",
            epoch=epoch,
            lr=every_digit(run.lr),
        )
    if known.kind == "full":
        return f"{_above_full(settings, epoch, known)} {_rule(settings, known)}"
    if run.lr < known.lr:
        return say(
            "Diverged at epoch {epoch}: η = {lr} is below {limit}, from which the first epoch’s "
            "batches diverge when they are repeated, but in the changing order of later epochs the "
            "steps grow.",
            epoch=epoch,
            lr=every_digit(run.lr),
            limit=known.lr,
        )
    return say(
        "Diverged at epoch {epoch}: η = {lr} is above {limit}, from which the first epoch’s "
        "batches diverge when they are repeated.",
        epoch=epoch,
        lr=every_digit(run.lr),
        limit=known.lr,
    )


def _without_limit(settings: Settings, epoch: int, known: StabilityLimit) -> str:
    run, found = settings.run, behaviour(settings.run, settings.data.n_train)
    if found.grows_alone:
        return say(
            "Diverged at epoch {epoch}: ηλ = {product} is above 2, so decay alone multiplies w by "
            "1 − ηλ = {factor} at every full step.",
            epoch=epoch,
            product=exact(run.lr * run.weight_decay),
            factor=exact(found.factor.value),
        )
    return say(
        "Diverged at epoch {epoch}: at η = {lr} the steps grow. {why}",
        epoch=epoch,
        lr=every_digit(run.lr),
        why=known.why,
    )


def _above_full(settings: Settings, epoch: int, known: StabilityLimit) -> Said:
    return say_n(
        "Diverged at epoch {epoch}: η = {lr} is above {limit}, from which descent on the one "
        "training example diverges.",
        "Diverged at epoch {epoch}: η = {lr} is above {limit}, from which descent on all {n} "
        "training examples diverges.",
        settings.data.n_train,
        epoch=epoch,
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
