"""The small print beside the maps: how to read what is drawn, what the two decays are, their ends.

Nothing is explained that is not there: `drawn` is what the legend names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pages.map.answer import limits
from pages.map.answer.box import LR, STEPS, WEIGHT_DECAY, Arrival
from pages.map.answer.valley import FEWEST, MATTERS, STRAIGHT, Valley
from pages.map.question import Plan
from pages.map.words import legend
from pages.map.words.maps import LOWER
from pages.shared.numbers import percent, plain
from pages.shared.settings import kind_of
from pages.shared.words import Said, joined, listed, say, tell, told
from wd_core import OPTIMIZERS
from wd_core.linear.outcomes import End


def reading(
    plan: Plan, drawn: Collection[str], *, whole: bool, valleys: Sequence[Valley | None] = ()
) -> str:
    """A list of what is drawn and means; `whole`: all cells have come, and show these valleys."""
    parts: list[str] = [_cells(plan)]
    if legend.LOST in drawn:
        parts.append(say("Hatched: the run diverged."))
    if legend.CROSSING in drawn:
        parts.append(
            say(
                "Green line: for each η the λ that does half the work, half the way on a "
                "logarithmic scale from no decay to the best cell. It has a point where no decay "
                "ends at {factor} times the best cell or more without blowing up, and half the way "
                "lies within the map. In the table, “below” counts each η whose half way lies "
                "below the smallest λ > 0.",
                factor=MATTERS,
            )
        )
    if any(_has_slope(found) for found in valleys):
        parts.append(
            say(
                "Slope: the median over any two points. A line is bent where fewer than {share} "
                "of them are within half a row of one straight line.",
                share=percent(STRAIGHT),
            )
        )
    if legend.BEST in drawn:
        parts.append(
            say("Best cell: where it lies on the edge of the map, a better one may lie outside.")
        )
    if legend.CONSTANT in drawn:
        parts.append(say("Dashed: ηλ as in the chosen run."))
    parts += _limits(plan, drawn, whole)
    two_rules = any(not plan.one_rule(panel.optimizer) for panel in plan.panels)
    if whole and two_rules and legend.BEST in drawn:
        parts.append(_alike(plan))
    return "\n".join(f"- {part}" for part in parts)


def _has_slope(found: Valley | None) -> bool:
    """Whether the table calls a line of this map straight, or bent."""
    return found is not None and any(
        len(line.lr) >= FEWEST for line in (found.bottom, found.crossing)
    )


def _cells(plan: Plan) -> Said:
    if plan.seeds == 1:
        return say(
            "Cell: the test loss (half mean square, no penalty) of one run after epoch {epochs}. "
            "The bottom row has λ = 0.",
            epochs=plan.base.epochs,
        )
    return say(
        "Cell: the median test loss (half mean square, no penalty) of {seeds} runs after epoch "
        "{epochs}. The bottom row has λ = 0.",
        seeds=plan.seeds,
        epochs=plan.base.epochs,
    )


def _alike(plan: Plan) -> Said:
    """From where on one kind of decay is called lower."""
    share = percent(round(LOWER - 1, 6))
    if plan.seeds == 1:
        return say(
            "Two best cells are about the same where they differ by less than {share}.",
            share=share,
        )
    return say(
        "Two best cells are about the same where they differ by less than {share}; neither is "
        "called lower where they differ by less than the spread of one of them over its seeds.",
        share=share,
    )


def _limits(plan: Plan, drawn: Collection[str], whole: bool) -> Iterator[str]:
    """The lines where descent stops converging, and what is not known of them."""
    if legend.FULL in drawn and plan.seeds == 1:
        yield say(
            "Solid: the learning rate at which descent on all examples stops converging, exactly."
        )
    elif legend.FULL in drawn:
        yield say(
            "Solid: the learning rate at which descent on all examples stops converging, exactly, "
            "for the middle one of the seeds' data."
        )
    if legend.CYCLE in drawn:
        dotted = say(
            "Dotted: the same for the first epoch's batches of {batch_size} of {n_train} examples, "
            "repeated for ever: an estimate, for other epochs have other orders.",
            batch_size=plan.base.batch_size,
            n_train=plan.data.n_train,
        )
        sooner = say("Steps on these batches fail earlier than steps on all examples.")
        yield joined([dotted, sooner]) if earlier(plan) else dotted
    if whole:
        yield from _costly(plan)
    if legend.ALONE in drawn:
        yield say("Dash-dotted: ηλ = 2, beyond which decay alone makes w longer at every step.")
    yield from _unknown(plan, drawn)


def earlier(plan: Plan) -> bool:
    """Whether the limit of batches lies below that of all examples, in every row of every map."""
    rows = (plan.strength[1] <= limits.STRENGTHS) & (plan.strength[-1] >= limits.STRENGTHS)
    edges = [limits.edges(plan, index) for index in range(len(plan.panels))]
    return all(
        edge.cycle.bare < edge.full.bare and bool((edge.cycle.lr < edge.full.lr)[rows].all())
        for edge in edges
        if edge.cycle and edge.full
    )


def _costly(plan: Plan) -> Iterator[Said]:
    """Whose limit is known and would take too long to find."""
    linear = [i for i in range(len(plan.panels)) if limits.is_linear(plan, i)]
    if linear and not limits.measurable(plan):
        yield say("Finding the limit of η on so large a training set would take too long.")
        return
    if plan.base.batch_size >= plan.data.n_train:
        return
    slow = [plan.panels[i].optimizer for i in linear if not limits.batches(plan, i)]
    if slow:
        yield say(
            "Finding the limit of batches would take too long for {optimizers}.",
            optimizers=_labels(slow),
        )


def _unknown(plan: Plan, drawn: Collection[str]) -> Iterator[Said]:
    """Whose limit nobody knows, that of decay alone aside."""
    panels = enumerate(plan.panels)
    names = [panel.optimizer for p, panel in panels if not limits.is_linear(plan, p)]
    if names and legend.ALONE in drawn:
        yield say("Under {optimizers} no other limit of η is known.", optimizers=_labels(names))
    elif names:
        yield say(
            "Under {optimizers} no limit of η is known within this map.",
            optimizers=_labels(names),
        )


def _labels(optimizers: Collection[str]) -> str:
    return listed([told(OPTIMIZERS[name].label) for name in dict.fromkeys(optimizers)])


def rules(plan: Plan) -> str:
    """What is the same under both, and what the rows mean."""
    if plan.scale == "paper":
        return say(
            "The paper's decoupled decay takes the share λ′ at every step, with no η in it. In "
            "torch that is λ = λ′/η. The rows are placed so that λ′ = {unit}·λ. The paper maps "
            "networks for images; this is a linear model, and says nothing of them.",
            unit=plan.unit,
        )
    return joined((*_one_rule(plan), *_two_rules(plan)))


def _one_rule(plan: Plan) -> Iterator[Said]:
    """The rules in which both kinds of decay are the same, up to the last batch of an epoch."""
    names = [name for name in dict.fromkeys(p.optimizer for p in plan.panels) if _one(name)]
    size, short = plan.base.batch_size, plan.data.n_train % plan.base.batch_size
    if names and not short:
        yield say("Under {optimizers} the two are one rule.", optimizers=_labels(names))
    elif names:
        yield say(
            "Under {optimizers} they differ in the last batch of an epoch alone: its {short} of "
            "{batch_size} rows count {short}/{batch_size}, and coupled decay with them, while "
            "decoupled decay acts in full.",
            optimizers=_labels(names),
            short=short,
            batch_size=size,
        )


def _one(optimizer: str) -> bool:
    return OPTIMIZERS[optimizer].one_decay


def _two_rules(plan: Plan) -> Iterator[Said]:
    """How coupled decay acts in the others."""
    for name in dict.fromkeys(panel.optimizer for panel in plan.panels):
        if not _one(name):
            yield say(
                "{optimizer}, coupled: {acts}",
                optimizer=told(OPTIMIZERS[name].label),
                acts=told(OPTIMIZERS[name].decays["coupled"].acts),
            )


def ends_table(found: Sequence[Arrival]) -> list[dict[str, str]]:
    """Where each rule ends, beside the exact point that it goes to."""
    return [
        {
            tell("rule"): _rule(one),
            tell("ends at"): say(
                "({w1},\u00a0{w2})", w1=float(one.reached[0]), w2=float(one.reached[1])
            ),
            tell("exact"): "–"
            if one.exact is None
            else say("({w1},\u00a0{w2})", w1=float(one.exact[0]), w2=float(one.exact[1])),
            tell("which is"): _destination(one.end),
        }
        for one in found
    ]


def _rule(one: Arrival) -> str:
    label = told(OPTIMIZERS[one.panel.optimizer].label)
    if one.either:
        return say("{optimizer}, either", optimizer=label)
    return say("{optimizer}, {decay}", optimizer=label, decay=kind_of(*one.panel))


def _destination(end: End) -> str:
    if end.weight_decay is not None:
        return say(
            "ridge, {formula} = {strength}",
            formula=end.weight_decay.text,
            strength=end.weight_decay.value,
        )
    if end.bound is not None:
        return say("box, {formula} = {bound}", formula=end.bound.text, bound=end.bound.value)
    return tell("unknown")


def ends(found: Sequence[Arrival]) -> str:
    """What the table shows."""
    known = [one for one in found if one.exact is not None]
    parts = [
        say(
            "Two weights, λ = {weight_decay}, {steps} full steps of η = {lr} from 0.",
            weight_decay=WEIGHT_DECAY,
            steps=STEPS,
            lr=LR,
        )
    ]
    arrived = [one.away for one in known if one.arrived]
    if len(arrived) == len(known) > 0:
        away = plain(max(arrived))
        parts.append(say("Each ends within {distance} of its exact point.", distance=away))
    elif arrived:
        away = plain(max(arrived))
        parts.append(say("What arrives ends within {distance} of its exact point.", distance=away))
    parts += [
        say(
            "{rule}: still on its way, {distance} from its exact point.",
            rule=_rule(one),
            distance=plain(one.away),
        )
        for one in known
        if not one.arrived
    ]
    if any(one.end.kind == "box" for one in known):
        parts.append(say("The exact point of a box has the least loss with every |wⱼ| ≤ 1/λ."))
    if any(not _own_ridge(one.end) for one in known):
        parts.append(say("Only those whose exact point is ridge of λ minimise L + (λ/2)‖w‖²."))
    return joined(parts)


def _own_ridge(end: End) -> bool:
    return end.weight_decay is not None and end.weight_decay.value == WEIGHT_DECAY
