"""The verdict on the maps in plain words; its numbers are said elsewhere, when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pages.map.answer.cells import Middle
from pages.map.answer.valley import Valley
from pages.map.question import Panel, Plan
from pages.map.words import maps
from pages.shared.settings import DECAYS
from pages.shared.words import Said, joined, listed, say, told
from wd_core import OPTIMIZERS
from wd_core.optimizers import KINDS

# The slope of the line over λ, and over λ′, where η has no say.
ALONG = {False: -1.0, True: 0.0}


def summary(plan: Plan, middle: Middle, valleys: Sequence[Valley | None]) -> str:
    """Whether η and λ pull together, on which maps, and which kind of decay gets lower."""
    found = dict(zip(plan.panels, valleys, strict=True))
    said = list(maps.same_everywhere(valleys))
    if not said:
        said = [*_apart(plan, valleys), *_together(plan, valleys), *_because(plan, valleys)]
        said += maps.lower(plan, middle, found, _unsure)
    said += maps.nothing(valleys)
    if middle.diverged.any() and any(found.values()):
        said.append(say("Hatched cells diverged."))
    return joined(said)


def _by_answer(
    plan: Plan, valleys: Sequence[Valley | None], by_step: bool
) -> Mapping[bool | None, list[str]]:
    """The maps on which the line goes along, those on which it does not, and the others (None)."""
    named: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for p in plan.own:
        if plan.by_step(plan.panels[p]) == by_step:
            line = maps.line_of(valleys[p])
            near = None if line is None else bool(maps.near([line], ALONG[by_step]))
            named[near].append(_called(plan, plan.panels[p]))
    return named


def _called(plan: Plan, panel: Panel) -> str:
    """A map by its rule: SGD, coupled Adam."""
    label = told(OPTIMIZERS[panel.optimizer].label)
    if plan.one_rule(panel.optimizer):
        return label
    return say("{decay} {optimizer}", decay=DECAYS[panel.decay], optimizer=label)


def _together(plan: Plan, valleys: Sequence[Valley | None]) -> Iterator[Said]:
    """On which maps over λ the learning rate and the decay pull together."""
    named = _by_answer(plan, valleys, False)
    yes, no, unknown = (named[answer] for answer in (True, False, None))
    if any(plan.by_step(panel) for panel in plan.panels):
        yield from _under_coupled(named)
    elif yes and not no + unknown:
        yield say("Yes: on every map twice the learning rate needs about half the decay.")
    elif len(yes) > len(no) and not unknown:
        yield say(
            "Yes, except under {maps}: twice the learning rate needs about half the decay.",
            maps=listed(no),
        )
    elif yes:
        yield say(
            "Yes under {maps}: twice the learning rate needs about half the decay.",
            maps=listed(yes),
        )
        if no:
            yield say("Not so under {maps}.", maps=listed(no))
        if unknown:
            yield say("Under {maps} too few cells show it.", maps=listed(unknown))
    elif no and not unknown:
        yield say("No: on no map does twice the learning rate need half the decay.")
    elif no:
        yield say("No: where it shows, twice the learning rate does not need half the decay.")
    elif unknown:
        yield say("Too few cells show whether they pull together.")


def _under_coupled(named: Mapping[bool | None, list[str]]) -> Iterator[Said]:
    """The same of coupled decay alone, where the other maps are over λ′."""
    yes, no, unknown = (named[answer] for answer in (True, False, None))
    if yes and not no + unknown:
        yield say("Coupled decay needs about half at twice the learning rate.")
    elif len(yes) > len(no) and not unknown:
        yield say(
            "Coupled decay needs about half at twice the learning rate, except under {maps}.",
            maps=listed(no),
        )
    elif yes:
        yield say(
            "Twice the learning rate needs about half the decay under {maps}.", maps=listed(yes)
        )
    elif no:
        yield say(
            "Twice the learning rate does not need half the decay under {maps}.", maps=listed(no)
        )
    if unknown:
        yield say("Under {maps} too few cells show it.", maps=listed(unknown))


def _apart(plan: Plan, valleys: Sequence[Valley | None]) -> Iterator[Said]:
    """On which maps over λ′ the decay needs no look at the learning rate."""
    named = _by_answer(plan, valleys, True)
    yes, no, unknown = (named[answer] for answer in (True, False, None))
    if yes and not no + unknown:
        yield say(
            "As λ′, the same share at every step, decoupled decay needs no look at the "
            "learning rate."
        )
    elif yes:
        yield say(
            "As λ′, the same share at every step, decay needs no look at the learning rate "
            "under {maps}.",
            maps=listed(yes),
        )
    if no:
        yield say(
            "Even as λ′, the same share at every step, decay needs a look at the learning rate "
            "under {maps}.",
            maps=listed(no),
        )
    if unknown and not yes + no:
        yield say(
            "Too few cells show whether λ′, the same share at every step, needs a look at the "
            "learning rate."
        )


def _because(plan: Plan, valleys: Sequence[Valley | None]) -> Iterator[Said]:
    """Why coupled decay is the exception under a rule that does not heed the gradients' size."""
    over = _by_answer(plan, valleys, False)
    exceptions = [
        told(OPTIMIZERS[panel.optimizer].label)
        for panel in dict.fromkeys(Panel(panel.optimizer, KINDS[0]) for panel in plan.panels)
        if OPTIMIZERS[panel.optimizer].degree == 0 and _called(plan, panel) in over[False]
    ]
    if exceptions and over[True]:
        yield say(
            "Under {optimizers} coupled decay is scaled away with the gradients, decoupled is not.",
            optimizers=listed(exceptions),
        )


def _unsure(optimizer: str, low: float, high: float) -> Said:
    return say(
        "Under {optimizer} the seeds differ too much to tell which kind of decay gets lower.",
        optimizer=optimizer,
    )
