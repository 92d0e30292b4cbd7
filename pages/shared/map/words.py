"""What the maps show, said from their numbers and never more than they show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from pages.shared.map.box import LR, PANELS, STEPS, WEIGHT_DECAY, Ends
from pages.shared.map.plan import DECAYS, Panel, Plan
from pages.shared.map.sweeps import Middle
from pages.shared.map.valley import Valley
from pages.shared.settings import Settings
from pages.shared.story import plain
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


def symbol(plan: Plan, panel: Panel) -> str:
    """What the rows of the panel are called."""
    return "λ′" if plan.by_step(panel) else "λ"


def summary(plan: Plan, middle: Middle, valleys: Sequence[Valley | None], constant: float) -> str:
    """Whether η and λ pull together, and coupled against decoupled for each optimizer.

    constant: the test loss of predicting the mean.
    """
    found = dict(zip(plan.panels, valleys, strict=True))
    names = dict.fromkeys(panel.optimizer for panel in plan.panels)
    said = [
        _compared(plan, middle, name, *(found[Panel(name, decay)] for decay in DECAYS))
        for name in names
    ]
    mean = f"Predicting the mean has {plain(constant)}."
    return " ".join((*_answers(plan, valleys), *said, mean, _lost(plan, middle)))


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


def _compared(
    plan: Plan, middle: Middle, optimizer: str, l2: Valley | None, apart: Valley | None
) -> str:
    name = OPTIMIZERS[optimizer].label
    if l2 is None or apart is None:
        return f"{name}: every run of a map diverged."
    coupled, decoupled = Panel(optimizer, "coupled"), Panel(optimizer, "decoupled")
    l2_way, way = _moves(plan, coupled, l2), _moves(plan, decoupled, apart)
    if plan.panels.index(decoupled) not in plan.own:
        return f"{name}: both kinds are one rule, best {_loss(plan, l2)}; {l2_way}."
    ways = f"{way} in both" if l2_way == way else f"coupled: {l2_way}; decoupled: {way}"
    spreads = [
        float(middle.spread[(plan.panels.index(panel), *found.best)])
        for panel, found in ((coupled, l2), (decoupled, apart))
    ]
    return f"{name}: {_bests(plan, l2, apart, spreads)}; {ways}."


def _bests(plan: Plan, l2: Valley, apart: Valley, spreads: Sequence[float]) -> str:
    """The best of both kinds; which is lower only where they differ by more than the seeds do."""
    both = f"best {_loss(plan, l2)} coupled and {_loss(plan, apart)} decoupled"
    low, high = sorted((l2.loss, apart.loss))
    if not all(high > factor * low for factor in (LOWER, *spreads)):
        return f"{both}, about the same"
    return f"{both}, so {'coupled' if l2.loss < apart.loss else 'decoupled'} decay gets lower here"


def _loss(plan: Plan, found: Valley) -> str:
    """The best loss, and whether it lies where the map ends."""
    (row, column), (_, rows, columns, _) = found.best, plan.shape
    edge = row == rows - 1 or column in (0, columns - 1)
    return plain(found.loss) + (" (at the edge of the map)" if edge else "")


def _moves(plan: Plan, panel: Panel, found: Valley) -> str:
    """How the λ that is needed goes with η, and where there is one, how the best λ does."""
    level, best, name = found.crossing, found.bottom, symbol(plan, panel)
    if level.straight:
        said = f"{name} {_as(level.slope)} does half the work"
    elif math.isnan(level.slope):
        said = f"no line on which {name} does half the work"
    else:
        said = f"half the work along no straight line of {name}"
    if best.straight:
        said += f", and the best {name} has slope {signed(best.slope)} over {len(best.lr)} η"
    return said


def _as(slope: float) -> str:
    if _is(slope, 0):
        return "the same at every η"
    if _is(slope, -1):
        return "in proportion to 1/η"
    return "falling with η" if slope < 0 else "growing with η"


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
        "Green: half the way, on a logarithmic scale, from no decay to the best cell; its slope is "
        "the median over any two of its points. Dashed: ηλ as in the chosen run. "
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
    return (
        "Without momentum the two are one rule. With momentum coupled decay goes through the "
        "velocity, and in Adam it is divided by √s with the rest of the gradient."
    )


def ends_table(found: Ends) -> list[dict[str, str]]:
    """Where each rule ends, beside the two exact points."""
    rows = [
        *((panel.label, end) for panel, end in zip(PANELS, found.reached, strict=True)),
        ("exact ridge solution", found.ridge),
        (f"least loss with |wⱼ| ≤ {plain(1 / WEIGHT_DECAY)}", found.box),
    ]
    return [{"": name, "w₁": f"{w[0]:.4f}", "w₂": f"{w[1]:.4f}"} for name, w in rows]


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
