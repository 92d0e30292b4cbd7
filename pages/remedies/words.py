"""What stops overfitting, in sentences; no Streamlit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pages.remedies.answer import DECAY, NOISE, NOTHING, REMEDIES, Seen
from pages.shared.judging import ALIKE
from pages.shared.numbers import every_digit, percent
from pages.shared.words import Said, label, listed, say, tells
from wd_core.arrays import Array


@tells("name", "costs", "chosen")
@dataclass(frozen=True)
class Remedy:
    """A remedy by its name in a sentence and beside the picture, and what it costs."""

    name: str
    costs: str
    chosen: str = ""


# In the order of the losses.
NAMES = (
    Remedy(label("no remedy"), label("costs nothing")),
    Remedy(label("weight decay"), label("costs a search"), label("λ, on the new examples")),
    Remedy(label("stopping early"), label("saves steps"), label("when, on the new examples")),
    Remedy(
        label("noise on the inputs"), label("costs a search"), label("its variance: the λ above")
    ),
    Remedy(label("twice the data"), label("costs examples")),
    Remedy(label("fewer features"), label("costs information")),
)
SHARE = percent(0.8)


def effects(median: Array) -> tuple[list[str], list[str], list[str]]:
    """The names of what helps, of what changes little, and of what hurts."""
    helping: list[str] = []
    little: list[str] = []
    hurting: list[str] = []
    for place in REMEDIES[1:]:
        ratio = float(median[place] / median[NOTHING])
        group = helping if ratio * ALIKE < 1 else hurting if ratio > ALIKE else little
        group.append(NAMES[place].name)
    return helping, little, hurting


def finding(seen: Seen) -> Iterator[Said]:
    """What helps, what does not, and what was chosen with the answer in view."""
    helping, little, hurting = effects(seen.median)
    if helping:
        yield say("**What helps here:** {helping}.", helping=listed(helping))
    else:
        yield say("**Nothing helps here.**")
    if little:
        yield say("**What changes little:** {little}.", little=listed(little))
    if hurting:
        yield say("**What hurts:** {hurting}.", hurting=listed(hurting))
    yield say(
        "How strong the decay is, and when to stop, was chosen by looking at the new examples: "
        "both look a little better than they are."
    )


def best(seen: Seen) -> Said:
    """Which remedy ends lowest."""
    place = int(seen.median.argmin())
    known: dict[str, str | float] = {"low": float(seen.median[place])}
    if place == NOTHING:
        return say(
            "No remedy ends lower than none: the loss of new examples ends at {low}.", **known
        )
    return say(
        "Best here is {name}: the loss of new examples ends at {low}, without a remedy at "
        "{nothing}.",
        name=NAMES[place].name,
        nothing=float(seen.median[NOTHING]),
        **known,
    )


# ---------------------------------------------------------------- behind a click


def reading(seen: Seen) -> Iterator[Said]:
    """What the marks are."""
    yield (
        say(
            "A ring is the loss of new examples in one draw of the data, the diamond that of the "
            "marked draw, the upright bar the median of {n_draws} draws, the band the middle "
            "{share} of them. Dotted is what predicting the mean would give, dashed the median "
            "without a remedy.",
            n_draws=len(seen.draws),
            share=SHARE,
        )
        if len(seen.draws) > 1
        else say(
            "A ring is the loss of new examples in one draw of the data. One draw has come so far."
        )
    )
    yield say(
        "All remedies are compared at an equal number of steps, {n_steps}, on all examples at "
        "once; stopping early takes fewer. Twice the data costs {n_more} examples more, and each "
        "step on them twice the work. A search is a run for each strength that is tried, and in "
        "practice some examples are held back to choose by.",
        n_steps=seen.question.epochs,
        n_more=seen.question.n_train,
    )


def marked(seen: Seen) -> Said:
    """What was chosen in the marked draw, and noise beside decay."""
    draw = seen.draws[0]
    return say(
        "In the marked draw λ = {weight_decay} was best, and step {n_best} the best to stop at. "
        "Noise of variance {weight_decay} on the inputs, fresh at every step, ended at {noise}, "
        "decay with that λ at {decay}. On average over the noise both lead to the same weights; a "
        "single run with noise strays from them, and so ends elsewhere.",
        weight_decay=every_digit(draw.weight_decay),
        n_best=draw.steps,
        noise=draw.losses[NOISE],
        decay=draw.losses[DECAY],
    )


def dropped(seen: Seen) -> Said:
    """What dropping features means here."""
    question = seen.question
    return say(
        "Of the features the first {n_left} of {n_features} are kept, without looking at any "
        "data; of the {n_dropped} dropped ones {n_idle} have a true weight of zero. What the "
        "dropped features explain becomes noise.",
        n_left=question.left,
        n_features=question.n_features,
        n_idle=question.idle,
        n_dropped=question.n_features - question.left,
    )


MEAN = say(
    "The noise ε on an input moves the prediction by ε·w. On average that changes nothing, but "
    "its square adds the noise's variance times ‖w‖². So the mean loss has the penalty of "
    "weight decay, and noise of variance λ equals ridge with λ. In one run the noise leaves a "
    "little jitter around it."
)
