"""What the maps show, said from their numbers and never more than they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pages.shared.map.box import LR, PANELS, STEPS, WEIGHT_DECAY, Ends
from pages.shared.map.plan import DECAYS, Panel, Plan
from pages.shared.map.sweeps import Middle
from pages.shared.map.valley import FEWEST, MATTERS, STRAIGHT, Line, Valley
from pages.shared.numbers import Digits, plain
from pages.shared.settings import Settings
from pages.shared.words import listed
from wd_core import OPTIMIZERS

COMING = "The cells come from coarse to fine, and a cell's later seeds correct its first."
MOMENTUM = {"momentum", "nesterov"}
# A slope within this of −1 or 0 is called so.
NEAR = 0.15
# A best cell is called lower than another from this factor on, where the seeds differ by less.
LOWER = 1.2


def hover(plan: Plan, middle: Middle, panel: int) -> list[list[str]]:
    """Each cell's numbers."""
    _, rows, columns, _ = plan.shape
    return [[_cell(plan, middle, panel, r, c) for c in range(columns)] for r in range(rows)]


def _cell(plan: Plan, middle: Middle, panel: int, row: int, column: int) -> str:
    at = (panel, row, column)
    trained, lost = int(middle.trained[at]), int(middle.lost[at])
    run = plan.run(*at, int(middle.seed[at]))
    share = f", ηλ = {plain(run.lr * run.weight_decay)}"
    head = f"η = {plain(run.lr)}, λ = {plain(run.weight_decay)}{share}"
    if middle.diverged_at[at] >= 0:
        return f"{head}<br>diverged at epoch {middle.diverged_at[at]} ({lost} of {trained} seeds)"
    some = f"<br>{lost} of {trained} seeds diverged" if lost else ""
    return (
        f"{head}<br>test loss {plain(float(middle.test[at]))}, "
        f"train loss {plain(float(middle.train[at]))}, ‖w‖ {plain(float(middle.norm[at]))}{some}"
    )


def note(found: Valley | None) -> str:
    """The slope of the line on which λ does half its work, where it is straight."""
    return f"slope {signed(found.crossing.slope)}" if found and found.crossing.straight else ""


def signed(slope: float) -> str:
    """A slope to two decimals with the typographic sign: −1.00, 0.03."""
    text = f"{slope:.2f}"
    return text.replace("-", "−") if float(text) else "0.00"


def summary(plan: Plan, middle: Middle, valleys: Sequence[Valley | None], constant: float) -> str:
    """Whether η and λ pull together, and coupled against decoupled for each optimizer.

    constant: the test loss of predicting the mean.
    """
    found = dict(zip(plan.panels, valleys, strict=True))
    parts = [*_same_everywhere(plan, valleys)]
    if not parts:
        parts = [*_answers(plan, valleys), *_lower(plan, middle, found)]
    mean = f"Predicting the mean has {plain(constant)}."
    return " ".join((*parts, *_nothing(middle), mean, _lost(plan, middle)))


def _same_everywhere(plan: Plan, valleys: Sequence[Valley | None]) -> Iterator[str]:
    """That no cell of the maps is better than another, where that is so."""
    if all(found is None for found in valleys):
        yield "Every run diverged: choose smaller learning rates."
        return
    losses = {plain(found.loss) for found in valleys if found is not None}
    if len(losses) == 1 and all(found is None or found.flat for found in valleys):
        yield (
            f"Every cell that has not diverged ends with the same test loss, {losses.pop()}: "
            "neither η nor λ makes a difference."
        )


def _answers(plan: Plan, valleys: Sequence[Valley | None]) -> Iterator[str]:
    """On how many maps the line falls as 1/η, and on how many of those over λ′ it is level.

    Two panels of the same runs are one map.
    """
    for by_step, slope, name, yes, no in (
        (False, -1.0, "λ", "falls as 1/η: η and λ pull together", "fall as 1/η"),
        (True, 0.0, "λ′", "is level: λ′ needs no look at η", "lie level"),
    ):
        over = [valleys[p] for p in plan.own if plan.by_step(plan.panels[p]) == by_step]
        near = [v for v in over if v and v.crossing.straight and _is(v.crossing.slope, slope)]
        if near:
            which = "the map" if len(over) == 1 else f"{len(near)} of the {len(over)} maps"
            yield f"On {which} over {name}{_once(plan)} the green line {yes}."
        elif over:
            yield f"On no map over {name} does the green line {no}."


def _once(plan: Plan) -> str:
    """That two panels show the same runs, where they do."""
    twins = [panel for p, panel in enumerate(plan.panels) if p not in plan.own]
    return "".join(f" ({OPTIMIZERS[panel.optimizer].label}’s two are one)" for panel in twins)


def _is(slope: float, value: float) -> bool:
    return abs(slope - value) <= NEAR


def _lower(plan: Plan, middle: Middle, found: Mapping[Panel, Valley | None]) -> Iterator[str]:
    """Which kind of decay reaches the lower loss, for the optimizers in which the two differ."""
    said: dict[str, list[str]] = {}
    for optimizer in dict.fromkeys(panel.optimizer for panel in plan.panels):
        pair = [Panel(optimizer, decay) for decay in DECAYS]
        if not plan.one_rule(optimizer):
            verdict = _gets_lower(plan, middle, pair, [found[panel] for panel in pair])
            said.setdefault(verdict, []).append(OPTIMIZERS[optimizer].label)
    for verdict, labels in said.items():
        yield f"Under {listed(labels)} {verdict}."


def _gets_lower(
    plan: Plan, middle: Middle, pair: Sequence[Panel], found: Sequence[Valley | None]
) -> str:
    """Only where the best cells differ by more than the seeds do."""
    l2, apart = found
    if l2 is None or apart is None:
        return "every run of a map diverged"
    low, high = sorted((l2.loss, apart.loss))
    spreads = [
        float(middle.spread[(plan.panels.index(panel), *best.best)])
        for panel, best in ((pair[0], l2), (pair[1], apart))
    ]
    if not all(high > factor * low for factor in (LOWER, *spreads)):
        return "both kinds of decay reach about the same loss"
    return f"{'coupled' if l2.loss < apart.loss else 'decoupled'} decay gets lower here"


def _nothing(middle: Middle) -> Iterator[str]:
    """Where a loss of 0 is on the colours, which are logarithmic."""
    if (middle.sound == 0).any():
        yield "A loss of 0 has the lightest colour."


def table(plan: Plan, middle: Middle, valleys: Sequence[Valley | None]) -> list[dict[str, str]]:
    """What each map shows, a row for every one; two panels of the same runs are one."""
    return [_row(plan, middle, p, valleys[p]) for p in plan.own]


def _row(plan: Plan, middle: Middle, p: int, found: Valley | None) -> dict[str, str]:
    panel = plan.panels[p]
    both = plan.one_rule(panel.optimizer)
    numbers = ("–", "–", "–", "–", "–") if found is None else _numbers(plan, panel, found)
    diverged = middle.diverged[p]
    return {
        "best cell of": f"{OPTIMIZERS[panel.optimizer].label}, {'either' if both else panel.decay}",
        "loss": numbers[0],
        "at η": numbers[1],
        "at λ": f"λ′ = {numbers[2]}" if plan.by_step(panel) and found else numbers[2],
        "best λ, slope": numbers[3],
        "half the work, slope": numbers[4],
        "diverged": f"{round(100 * float(diverged.mean()))} %",
    }


def _numbers(plan: Plan, panel: Panel, found: Valley) -> tuple[str, str, str, str, str]:
    row, column = found.best
    at_end = column in (0, len(plan.lr) - 1), row == len(plan.strength) - 1
    lr, lam = (
        plain(value) + (" (end)" if end else "")
        for value, end in zip((plan.lr[column], plan.rows(panel)[row]), at_end, strict=True)
    )
    return (
        plain(found.loss),
        "any" if found.any_column else lr,
        "any" if found.any_row else lam,
        _slope(found.bottom, 0),
        _slope(found.crossing, found.below),
    )


def _slope(line: Line, below: int) -> str:
    """A line's slope and over how many η, or why it has none."""
    count = len(line.lr)
    said = [
        f"{signed(line.slope)} ({count} η)"
        if line.straight
        else f"bent ({count} η)"
        if count >= FEWEST
        else f"only {count} η"
        if count
        else ""
    ]
    if below:
        said.append(f"{below} below")
    return ", ".join(part for part in said if part) or "none"


def _lost(plan: Plan, middle: Middle) -> str:
    diverged = middle.diverged[list(plan.own)]
    return f"{int(diverged.sum())} of {diverged.size} cells diverged."


def chosen(plan: Plan, middle: Middle, at: tuple[int, int, int] | None, settings: Settings) -> str:
    """The chosen run and its numbers, as far as it is a cell that is trained."""
    run = settings.run
    panel = Panel(run.optimizer, run.decay)
    name = f"**Chosen: {panel.label}, η = {plain(run.lr)}, λ = {plain(run.weight_decay)}.**"
    if at is None:
        return f"{name} It is none of the cells: click one to see its numbers here."
    trained, lost = int(middle.trained[at]), int(middle.lost[at])
    if trained == 0:
        return f"{name} Click its cell once it has come: its numbers are shown here."
    if middle.diverged_at[at] >= 0:
        return (
            f"{name} It diverged at epoch {middle.diverged_at[at]}; of {trained} seeds {lost} did."
        )
    some = f", of which {lost} diverged" if lost else ""
    return (
        f"{name} Test loss {plain(float(middle.test[at]))}, train loss "
        f"{plain(float(middle.train[at]))}, ‖w‖ {plain(float(middle.norm[at]))}: seed {run.seed}, "
        f"the middle one of {trained}{some}."
    )


def reading(plan: Plan) -> str:
    """What is drawn, and what it means."""
    n, size = plan.data.n_train, plan.base.batch_size
    which = f"the one in the middle of {plan.seeds} runs" if plan.seeds > 1 else "one run"
    text = (
        f"A cell is the test loss (half mean square, no penalty) of {which} after "
        f"{plan.base.epochs} epochs. λ = 0 is the row below. Hatched: that run diverged. "
        "Green, for each η: the λ that does half the work, half the way on a logarithmic scale "
        "from no decay at this η to the best cell of the map. It has no point where no decay "
        f"ends within a factor of {plain(MATTERS)} of the best cell or blows up, where no λ of the "
        "map gets so far, and where the smallest λ > 0 gets further (so many η are counted as "
        "below). A slope is the median over any two points; a line is bent where fewer than "
        f"{100 * STRAIGHT:.0f} % of them are within half a row of one straight line. A best cell "
        "at the end of the map may go on beyond it. Dashed: ηλ as in the chosen run. "
        "Solid: the learning rate at which descent on all examples stops converging, exactly, "
        "for the middle one of the seeds' data; Adam has no such limit. Two best cells are about "
        f"the same where they differ by less than {100 * (LOWER - 1):.0f} %, or than the seeds of "
        "one of them do."
    )
    names = {panel.optimizer for panel in plan.panels}
    if size < n and names - {"adam"}:
        text += f" Steps on {size} of {n} examples fail earlier"
        if "sgd" in names:
            text += (
                ": dotted is the smallest limit of a single batch under SGD, an estimate and no "
                "bound"
            )
        text += "; with momentum there is no such estimate." if names & MOMENTUM else "."
    return text


def rules(plan: Plan) -> str:
    """What is the same under both, and what the rows mean."""
    if plan.scale == "paper":
        return (
            "The paper's decoupled decay takes the share λ′ at every step, with no η in it. In "
            f"torch that is λ = λ′/η. The rows are placed so that λ′ = {plain(plan.unit)}·λ. The "
            "paper maps networks for images; this is a linear model, and says nothing of them."
        )
    n, size = plan.data.n_train, plan.base.batch_size
    without = "the two are one rule"
    if n % size:
        without = (
            f"they differ in the last batch of an epoch alone: its {n % size} of {size} rows count "
            f"{n % size}/{size}, and coupled decay with them, while decoupled decay acts in full"
        )
    return (
        f"Without momentum {without}. With momentum coupled decay goes through the "
        "velocity, and in Adam it is divided by √s with the rest of the gradient."
    )


def ends_table(found: Ends) -> list[dict[str, str]]:
    """Where each rule ends, beside the two exact points."""
    rows = [
        *((panel.label, end) for panel, end in zip(PANELS, found.reached, strict=True)),
        ("exact ridge solution", found.ridge),
        (f"least loss with |wⱼ| ≤ {plain(1 / WEIGHT_DECAY)}", found.box),
    ]
    return [{"": name, "w₁": _fixed(w[0]), "w₂": _fixed(w[1])} for name, w in rows]


def _fixed(x: float) -> Digits:
    return Digits(f"{x:.4f}", x)


def ends(found: Ends) -> str:
    """What the table shows."""
    away = [float(np.abs(end - found.ridge).max()) for end in found.reached]
    boxed = float(np.abs(found.reached[-1] - found.box).max())
    return (
        f"Two weights, λ = {plain(WEIGHT_DECAY)}, {STEPS} full steps of η = {plain(LR)}. Coupled "
        f"decay ends within {plain(max(away[:2]))} of ridge under both optimizers. Decoupled Adam "
        f"ends {plain(away[2])} away from it and {plain(boxed)} from the best point of a box: it "
        "minimises no L + (λ/2)‖w‖²."
    )
