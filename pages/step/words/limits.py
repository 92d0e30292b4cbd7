"""How large the learning rate may be, in words: curvature, limits, what broke, and the phase."""

from __future__ import annotations

from pages.shared.latex import filled, tex
from pages.shared.numbers import every_digit, percent, plain
from pages.shared.settings import DECAYS
from pages.shared.words import Said, say, say_n, told
from wd_core import OPTIMIZERS, Hyperparameters
from wd_core.linear.phases import Limits, Phase
from wd_core.optimizers import Known

# Where a rule may go on in the next line of a narrow table.
BREAK = "\u200b"


def curvature(found: Limits, run: Hyperparameters) -> Said:
    """What was measured."""
    if run.weight_decay == 0:
        return say(
            "The largest curvature of this training set, over w and b, is h = {with_decay}.",
            with_decay=found.with_decay,
        )
    counted = found.counted
    if counted is None or counted.value == run.weight_decay:
        return say(
            "The largest curvature of this training set, over w and b, is s_max = {curvature}; "
            "with λ = {weight_decay} on the weights it is h = {with_decay}.",
            curvature=found.largest,
            weight_decay=every_digit(run.weight_decay),
            with_decay=found.with_decay,
        )
    return say(
        "The largest curvature of this training set, over w and b, is s_max = {curvature}; this "
        "decay counts as {formula} = {counted} on the weights, and makes it h = {with_decay}.",
        curvature=found.largest,
        formula=counted.text,
        counted=counted.value,
        with_decay=found.with_decay,
    )


def rule(found: Limits) -> str:
    """The exact limit of steps on all examples with its numbers put in, in LaTeX; "" if unknown."""
    if found.full is None:
        return ""
    limit = rf"{found.full.latex}\\&= {filled(found.full)} = {tex(found.full.value)}"
    first = rf"\eta &< {limit}" if found.takes_all else rf"&\phantom{{=}}\;{limit}"
    return rf"\begin{{aligned}}{first}\end{{aligned}}"


def at_once(found: Limits, n_train: int) -> list[Said]:
    """What the formula of the limit holds for, where it is not the limit of the run's own steps."""
    if found.takes_all or found.full is None:
        return []
    return [
        say(
            "All {n_train} examples at once allow η below {limit_full}:",
            n_train=n_train,
            limit_full=found.full.value,
        )
    ]


def verdict(found: Limits, run: Hyperparameters) -> Said:
    """Where η stands, and which limit broke."""
    match found.broken:
        case "decay":
            return say(
                "η = {lr} is too large for decay alone: ηλ = {product} is above 2, so even a "
                "weight that no example reaches grows with every epoch.",
                lr=every_digit(run.lr),
                product=found.shrink,
            )
        case "unknown":
            return _unknown(found, run)
        case "full":
            return say(
                "η = {lr} is not below the limit {limit}: {optimizer} diverges.",
                lr=every_digit(run.lr),
                limit=found.limit,
                optimizer=told(OPTIMIZERS[run.optimizer].label),
            )
        case "batch":
            return say(
                "η = {lr} is not below the estimated limit, {limit}. From there on, repeating the "
                "first epoch's batches of {batch_size} diverges; later epochs have other batches.",
                lr=every_digit(run.lr),
                limit=found.limit,
                batch_size=run.batch_size,
            )
    share = percent(run.lr / found.limit)
    if found.takes_all:
        return say(
            "η = {lr} is {share} of the limit {limit}: {optimizer} converges.",
            lr=every_digit(run.lr),
            share=share,
            limit=found.limit,
            optimizer=told(OPTIMIZERS[run.optimizer].label),
        )
    return say(
        "η = {lr} is {share} of the estimated limit, {limit}. From there on, repeating the first "
        "epoch's batches of {batch_size} diverges; later epochs have other batches.",
        lr=every_digit(run.lr),
        share=share,
        limit=found.limit,
        batch_size=run.batch_size,
    )


def _unknown(found: Limits, run: Hyperparameters) -> Said:
    """Nothing can be said to be broken: there is no limit, or it is not searched for."""
    optimizer = told(OPTIMIZERS[run.optimizer].label)
    if found.full is not None and run.lr >= found.full.value:
        return say(
            "η = {lr} is more than all examples at once allow; finding the limit for batches of "
            "{batch_size} would take too long here.",
            lr=every_digit(run.lr),
            batch_size=run.batch_size,
        )
    if found.full is not None:
        return say(
            "Finding the limit of η for batches of {batch_size} would take too long here.",
            batch_size=run.batch_size,
        )
    if found.alone is None:
        return say("No limit of η is known for {optimizer}.", optimizer=optimizer)
    return say(
        "No limit of η is known for {optimizer}, but decay alone makes weights grow above "
        "η = {formula} = {limit_alone}.",
        optimizer=optimizer,
        formula=found.alone.text,
        limit_alone=found.alone.value,
    )


def phase(here: Phase, run: Hyperparameters, n_train: int, *, reached: bool) -> list[Said]:
    """The region of the present point, and what it holds for.

    `reached`: whether the examples reach every direction of (w, b).
    """
    rule = OPTIMIZERS[run.optimizer]
    if not rule.plain:
        return [
            say(
                "The regions are those of plain steps on all examples at once; they do not hold "
                "for {optimizer}, whatever region the star lies in.",
                optimizer=told(rule.label),
            )
        ]
    text = [_phase(here, run)]
    if run.weight_decay == 0 and not reached:
        text.append(say("Without decay a direction that no example reaches stays where it is."))
    if run.batch_size < n_train:
        text.append(
            say(
                "Batches of {batch_size} have curvatures, and so limits, of their own.",
                batch_size=run.batch_size,
            )
        )
    return text


def _phase(here: Phase, run: Hyperparameters) -> Said:
    match here:
        case "monotone":
            return say(
                "With all examples at once, descent is monotone here: no direction changes its "
                "sign on its way."
            )
        case "ripples":
            return say(
                "With all examples at once, descent ripples here: some directions overshoot and "
                "come back, less each time."
            )
        case "diverges":
            return say(
                "With all examples at once, descent diverges here: the most curved direction "
                "overshoots by at least as much as it was away."
            )
    if run.decay_bias:
        return say(
            "With all examples at once, signs flip here: every direction changes its sign with "
            "each step, for ηλ is above 1, and all arrive."
        )
    return say(
        "With all examples at once, signs flip here: every direction but the bias's changes its "
        "sign with each step, for ηλ is above 1, and all arrive."
    )


def table(found: Limits, run: Hyperparameters) -> list[dict[str, str]]:
    """The exact full-batch limit for every optimizer and loss convention."""
    return [
        {
            "optimizer": optimizer.label,
            "η below": _limit(found.table.get((key, "half_mse"))),
            "rule for η": _rule(found.table.get((key, "half_mse")), key, run),
            "MSELoss": _limit(found.table.get((key, "mse"))),
        }
        for key, optimizer in OPTIMIZERS.items()
    ]


def _limit(known: Known | None) -> str:
    return "–" if known is None else plain(known.value)


def _rule(known: Known | None, key: str, run: Hyperparameters) -> str:
    """The formula of a limit, with the numbers from which it can be worked out."""
    limit = OPTIMIZERS[key].decays[run.decay].limit
    if limit is None:
        return say("No limit is known.")
    if known is None:  # the rule asks for other settings
        return say("It does not take these settings.")
    counted = limit.counted.at({"λ": run.ridge_weight_decay, "μ": run.momentum})
    rule = _broken(known.text)
    if counted.value == run.ridge_weight_decay:
        return say("{rule}, h = {with_decay}", rule=rule, with_decay=known.symbols["h"])
    return say(
        "{rule}, h = {with_decay} with {counted}",
        rule=rule,
        with_decay=known.symbols["h"],
        counted=_broken(counted.text),
    )


def _broken(formula: str) -> str:
    """The same, which a narrow table may break after a fraction's stroke."""
    return formula.replace("/", f"/{BREAK}")


def measured_how(run: Hyperparameters, n_train: int) -> list[Said]:
    """What the table holds for."""
    return [
        say_n(
            "The table is exact for steps on the one example, bias included, at the present λ and "
            "μ and with {decay} decay.",
            "The table is exact for steps on all {n} examples, bias included, at the present λ and "
            "μ and with {decay} decay.",
            n_train,
            decay=DECAYS[run.decay],
        ),
        say("MSELoss has no ½: its gradient is twice as large."),
    ]
