"""What a penalty believes, in sentences; no Streamlit."""

from __future__ import annotations

from collections.abc import Iterator

from pages.prior.answer import Posterior
from pages.prior.beliefs import Belief
from pages.prior.question import Question
from pages.shared.numbers import every_digit
from pages.shared.words import Said, say

# Above the first share of its length a vector is called as good as unmoved, below the second
# pulled in hard.
FREE, HELD = 0.9, 0.5


def finding(belief: Belief) -> Said:
    """What the penalty believes."""
    return say(
        "**That they are near zero.** A penalty is a belief held before any data, a *prior*: data "
        "and prior together say how probable weights are, and the most probable ones are those "
        "that {model} finds. The narrower the prior, the stronger the penalty.",
        model=belief.model,
    )


def sentences(found: Posterior) -> Iterator[Said]:
    """What comes of it at each width."""
    for lam, share, zeros in zip(found.weight_decay, found.shares, found.zeros, strict=True):
        known = {"weight_decay": float(lam)}
        if zeros == 2:
            yield say(
                "So narrow a prior overrules the data: both weights are exactly zero. It is a "
                "penalty of λ = {weight_decay}.",
                **known,
            )
        elif zeros:
            yield say(
                "The peak of this prior holds one weight at exactly zero. It is a penalty of "
                "λ = {weight_decay}.",
                **known,
            )
        elif share > FREE:
            yield say(
                "So wide a prior says little: the weights stay about where the data put them. It "
                "is a penalty of λ = {weight_decay}.",
                **known,
            )
        elif share < HELD:
            yield say(
                "So narrow a prior pulls hard: less than half of the weights' length is left. It "
                "is a penalty of λ = {weight_decay}.",
                **known,
            )
        else:
            yield say(
                "Data and prior meet between what each would say alone. It is a penalty of "
                "λ = {weight_decay}.",
                **known,
            )


# ---------------------------------------------------------------- behind a click

READING = (
    say(
        "Left: how probable the data make each pair of weights. Middle: how probable it was held "
        "before. Right: the two multiplied, point by point. The lines lie one, two and three "
        "standard deviations of a Gaussian out, where a density is that far below its peak."
    ),
    say(
        "The cross is what the data alone say, the diamond the most probable pair, the star the "
        "true weights: the second feature does not matter. More examples or less noise make the "
        "left picture smaller, and the prior counts for less."
    ),
)


def numbers(question: Question, found: Posterior) -> Iterator[Said]:
    """The points at the marked width, and what of the weights is left."""
    place = question.marked
    yield say(
        "The data alone say ({w1_data}, {w2_data}); with a prior of width {width} the most "
        "probable weights are ({w1_mode}, {w2_mode}), {share} times as long.",
        w1_data=float(found.data_alone[0]),
        w2_data=float(found.data_alone[1]),
        width=every_digit(question.at),
        w1_mode=float(found.mode[place, 0]),
        w2_mode=float(found.mode[place, 1]),
        share=float(found.shares[place]),
    )
    yield say(
        "Twice the examples make λ {halved}, noise of twice the standard deviation {fourfold}, "
        "half the width {narrower}.",
        halved=question.belief.decay(question.noise, question.at, 2 * question.n_train),
        fourfold=question.belief.decay(2 * question.noise, question.at, question.n_train),
        narrower=question.belief.decay(question.noise, question.at / 2, question.n_train),
    )


WHY = say(
    "The logarithm of the product is the logarithm of the likelihood plus that of the prior. Up "
    "to a constant the first is −n/σ² times the loss L, so the most probable weights make L plus "
    "a penalty least. The bias has a flat prior: it is not penalised."
)
MEAN = say(
    "The most probable weights are the peak of the posterior. For a Gaussian prior they are its "
    "mean as well; for Laplace's they are not, and the mean is never exactly zero."
)
