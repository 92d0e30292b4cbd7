"""What the maps show, said from their numbers and never more than they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pages.map.answer.cells import Middle
from pages.map.answer.valley import FEWEST, Line, Valley
from pages.map.question import Panel, Plan
from pages.shared.numbers import Digits, plain
from pages.shared.settings import kind_of
from pages.shared.words import Said, joined, label, listed, listing, say, tell, told
from wd_core import OPTIMIZERS
from wd_core.optimizers import KINDS

COMING = label("The cells come from coarse to fine, and a cell's later seeds correct its first.")
NEARBY = label("Until a cell comes, the nearest one of the maps before is shown in its place.")
# A slope within this of −1 or 0 is called so.
NEAR = 0.15
# A best cell is called lower than another from this factor on, where the seeds differ by less.
LOWER = 1.2
# Decimals of a slope: cells are at numbers of three digits.
SLOPE_DECIMALS = 3


def coming(*, nearby: bool) -> str:
    """What the colours are while cells come; `nearby`: some are of the maps before."""
    return joined([told(COMING), told(NEARBY)] if nearby else [told(COMING)])


def note(plan: Plan, panel: Panel, found: Valley | None) -> str:
    """The best cell, and the slope of the line on which λ does half its work, where it is straight.

    Nothing where no cell is better than another.
    """
    lines = [] if found is None or found.flat else [*_best(plan, panel, found)]
    if found is not None and found.crossing.straight:
        lines.append(say("slope {slope}", slope=of_slope(found.crossing.slope)))
    return "<br>".join(lines)


def _best(plan: Plan, panel: Panel, found: Valley) -> Iterator[Said]:
    """The least loss; at which η and λ, where that is a single cell."""
    yield say("best {loss}", loss=_loss(found))
    if len(found.best) > 1:
        yield say("in {n_best} cells", n_best=len(found.best))
        return
    ((row, column),) = found.best
    at: dict[str, float] = {"lr": plan.lr[column], "strength": plan.rows(panel)[row]}
    if plan.by_step(panel):
        yield say("η {lr}, λ′ {strength}", **at)
    else:
        yield say("η {lr}, λ {strength}", **at)


def of_slope(slope: float) -> Digits:
    """A slope to the decimals that it has: −0.998, 0.03."""
    return plain(round(slope, SLOPE_DECIMALS))


def summary(plan: Plan, middle: Middle, valleys: Sequence[Valley | None], constant: float) -> str:
    """Whether η and λ pull together, and coupled against decoupled for each optimizer.

    constant: the test loss of predicting the mean.
    """
    found = dict(zip(plan.panels, valleys, strict=True))
    parts = [*same_everywhere(valleys)]
    if not parts:
        parts = [*_answers(plan, valleys), *_twins(plan), *lower(plan, middle, found, _unsure)]
    mean = say("Predicting the mean has {constant_test}.", constant_test=constant)
    return joined((*parts, *nothing(valleys), mean, _lost(plan, middle)))


def same_everywhere(valleys: Sequence[Valley | None]) -> Iterator[Said]:
    """That no cell of the maps is better than another, where that is so."""
    found = [one for one in valleys if one is not None]
    if not found:
        yield say("Every run diverged: choose smaller learning rates.")
    elif all(one.flat for one in found) and len({plain(one.loss) for one in found}) == 1:
        if found[0].nothing:
            yield say(
                "Every cell that has not diverged ends with a test loss of 0, up to rounding: "
                "neither η nor λ makes a difference."
            )
        else:
            yield say(
                "Every cell that has not diverged ends with the same test loss, {test}: neither η "
                "nor λ makes a difference.",
                test=found[0].loss,
            )


def _answers(plan: Plan, valleys: Sequence[Valley | None]) -> Iterator[Said]:
    """On how many maps the line falls as 1/η, and on how many of those over λ′ it is level.

    Two panels of the same runs are one map.
    """
    over = {by_step: _lines(plan, valleys, by_step) for by_step in (False, True)}
    if over[False]:
        yield from _falling(over[False])
    if over[True]:
        yield from _level(over[True])


def _lines(plan: Plan, valleys: Sequence[Valley | None], by_step: bool) -> list[Line | None]:
    """The green line of each map over λ, or over λ′, that has enough points; else None."""
    shown = [valleys[p] for p in plan.own if plan.by_step(plan.panels[p]) == by_step]
    return [line_of(found) for found in shown]


def line_of(found: Valley | None) -> Line | None:
    """The green line of a map, where it has enough points."""
    return found.crossing if found and len(found.crossing.lr) >= FEWEST else None


def near(lines: Sequence[Line | None], slope: float) -> int:
    """How many are straight with this slope."""
    return sum(
        line is not None and line.straight and abs(line.slope - slope) <= NEAR for line in lines
    )


def _falling(lines: Sequence[Line | None]) -> Iterator[Said]:
    count = near(lines, -1)
    if count and len(lines) == 1:
        yield say("On the map over λ the green line falls as 1/η: η and λ pull together.")
    elif count == len(lines) == 2:
        yield say("On both maps over λ the green line falls as 1/η: η and λ pull together.")
    elif count and count == len(lines):
        yield say(
            "On all {all_maps} maps over λ the green line falls as 1/η: η and λ pull together.",
            all_maps=count,
        )
    elif count:
        yield say(
            "On {maps} of the {all_maps} maps over λ the green line falls as 1/η: η and λ pull "
            "together.",
            maps=count,
            all_maps=len(lines),
        )
    elif any(lines):
        yield say("On no map over λ does the green line fall as 1/η.")
    else:
        yield say("Over λ it does not show whether η and λ pull together.")


def _level(lines: Sequence[Line | None]) -> Iterator[Said]:
    count = near(lines, 0)
    if count and len(lines) == 1:
        yield say("On the map over λ′ the green line is level: λ′ needs no look at η.")
    elif count == len(lines) == 2:
        yield say("On both maps over λ′ the green line is level: λ′ needs no look at η.")
    elif count and count == len(lines):
        yield say(
            "On all {all_maps} maps over λ′ the green line is level: λ′ needs no look at η.",
            all_maps=count,
        )
    elif count:
        yield say(
            "On {maps} of the {all_maps} maps over λ′ the green line is level: λ′ needs no look "
            "at η.",
            maps=count,
            all_maps=len(lines),
        )
    elif any(lines):
        yield say("On no map over λ′ does the green line lie level.")
    else:
        yield say("Over λ′ it does not show whether λ′ needs a look at η.")


def _twins(plan: Plan) -> Iterator[Said]:
    """That two panels show the same runs, where they do."""
    for index, panel in enumerate(plan.panels):
        if index not in plan.own:
            yield say(
                "The two maps of {optimizer} show the same runs and count as one.",
                optimizer=told(OPTIMIZERS[panel.optimizer].label),
            )


def lower(
    plan: Plan,
    middle: Middle,
    found: Mapping[Panel, Valley | None],
    unsure: Callable[[str, float, float], Said],
) -> Iterator[Said]:
    """Which kind of decay reaches the lower loss, for the optimizers in which the two differ.

    unsure: what is said of one whose two best losses do not differ by more than its seeds.
    """
    alike: list[str] = []
    close: list[Said] = []
    lower: dict[str, list[str]] = {kind: [] for kind in KINDS}
    gone: list[str] = []
    for optimizer in dict.fromkeys(panel.optimizer for panel in plan.panels):
        if plan.one_rule(optimizer):
            continue
        label = told(OPTIMIZERS[optimizer].label)
        pair = {
            panel: valley
            for panel in (Panel(optimizer, decay) for decay in KINDS)
            if (valley := found[panel]) is not None
        }
        if len(pair) < len(KINDS):
            gone.append(label)
            continue
        lowest, other = sorted(pair, key=lambda panel: pair[panel].loss)
        if pair[other].loss <= LOWER * pair[lowest].loss:
            alike.append(label)
        elif _beyond_the_seeds(plan, middle, pair):
            lower[lowest.decay].append(label)
        else:
            close.append(unsure(label, pair[lowest].loss, pair[other].loss))
    if lower["coupled"]:
        yield say(
            "Coupled decay gets lower here {optimizers}.", optimizers=_under(lower["coupled"])
        )
    if lower["decoupled"]:
        yield say(
            "Decoupled decay gets lower here {optimizers}.", optimizers=_under(lower["decoupled"])
        )
    if len(alike) > 1 and not any((close, gone, *lower.values())):
        yield say("Under each optimizer both kinds of decay reach about the same loss.")
    elif alike:
        yield say(
            "Both kinds of decay reach about the same loss {optimizers}.", optimizers=_under(alike)
        )
    yield from close
    if gone:
        yield say(
            "Under {optimizers} there is a map on which every run diverged.",
            optimizers=listed(gone),
        )


def _under(labels: Sequence[str]) -> str:
    """Each with its own "under": SGD with momentum and Adam are not one rule."""
    return listed([say("under {optimizer}", optimizer=label) for label in labels])


def _beyond_the_seeds(plan: Plan, middle: Middle, pair: Mapping[Panel, Valley]) -> bool:
    """Whether the best cells differ by more than the seeds of each do."""
    low, high = sorted(valley.loss for valley in pair.values())
    spreads = [
        float(middle.spread[(plan.panels.index(panel), *valley.best[0])])
        for panel, valley in pair.items()
    ]
    return not any(high <= spread * low for spread in spreads)  # NaN where every seed has 0


def _unsure(optimizer: str, low: float, high: float) -> Said:
    return say(
        "Under {optimizer} the two best losses, {best_lower} and {best_other}, differ by less than "
        "the seeds do.",
        optimizer=optimizer,
        best_lower=low,
        best_other=high,
    )


def nothing(valleys: Sequence[Valley | None]) -> Iterator[Said]:
    """Where losses of 0 are on the colours, which are logarithmic."""
    if any(found is not None and found.nothing for found in valleys):
        yield say("Losses that are 0 up to rounding have the lightest colour.")


def _lost(plan: Plan, middle: Middle) -> Said:
    diverged = middle.diverged[list(plan.own)]
    return say(
        "{lost} of {cells} cells diverged.", lost=int(diverged.sum()), cells=int(diverged.size)
    )


def table(plan: Plan, middle: Middle, valleys: Sequence[Valley | None]) -> list[dict[str, str]]:
    """What each map shows, a row for every one; two panels of the same runs are one."""
    return [_row(plan, middle, p, valleys[p]) for p in plan.own]


def name_of(plan: Plan, panel: Panel) -> str:
    """What a map, or the two that are one, is called."""
    label = told(OPTIMIZERS[panel.optimizer].label)
    if plan.one_rule(panel.optimizer):
        return say("{optimizer}, either", optimizer=label)
    return say("{optimizer}, {decay}", optimizer=label, decay=kind_of(panel.optimizer, panel.decay))


def _row(plan: Plan, middle: Middle, p: int, found: Valley | None) -> dict[str, str]:
    panel, diverged = plan.panels[p], middle.diverged[p]
    return {
        tell("best cell of"): name_of(plan, panel),
        tell("loss"): "–" if found is None else _loss(found),
        tell("at η"): "–" if found is None else _at_lr(plan, found),
        tell("at λ"): "–" if found is None else _at_decay(plan, panel, found),
        tell("best λ, slope"): "–" if found is None else _slope(found.bottom, 0),
        tell("half the work, slope"): "–" if found is None else _slope(found.crossing, found.below),
        tell("diverged"): say(
            "{lost} of {cells}", lost=int(diverged.sum()), cells=int(diverged.size)
        ),
    }


def _loss(found: Valley) -> str:
    return tell("0 up to rounding") if found.nothing else plain(found.loss)


def _at_lr(plan: Plan, found: Valley) -> str:
    columns = {column for _, column in found.best}
    if found.any_column:
        return tell("any")
    if len(columns) > 1:
        return tell("several")
    column = columns.pop()
    lr = plan.lr[column]
    return say("{lr} (end)", lr=lr) if column in (0, len(plan.lr) - 1) else plain(lr)


def _at_decay(plan: Plan, panel: Panel, found: Valley) -> str:
    rows = {row for row, _ in found.best}
    if found.any_row:
        return tell("any")
    if len(rows) > 1:
        return tell("several")
    row = rows.pop()
    strength, at_end = plan.rows(panel)[row], row == len(plan.strength) - 1
    if plan.by_step(panel) and at_end:
        return say("λ′ = {strength} (end)", strength=strength)
    if plan.by_step(panel):
        return say("λ′ = {strength}", strength=strength)
    return say("{strength} (end)", strength=strength) if at_end else plain(strength)


def _slope(line: Line, below: int) -> str:
    """A line's slope and over how many η, or why it has none."""
    parts = []
    count = len(line.lr)
    if line.straight:
        parts.append(say("{slope} ({n_lr} η)", slope=of_slope(line.slope), n_lr=count))
    elif count >= FEWEST:
        parts.append(say("bent ({n_lr} η)", n_lr=count))
    elif count:
        parts.append(say("only {n_lr} η", n_lr=count))
    if below:
        parts.append(say("{below} below", below=below))
    return listing(parts) or tell("none")
