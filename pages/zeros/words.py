"""Which penalty makes weights exactly zero, in sentences; no Streamlit."""

from __future__ import annotations

from collections.abc import Iterator

from pages.shared.judging import ALIKE
from pages.shared.numbers import every_digit
from pages.shared.words import Said, say
from pages.zeros.answer import Solved, Step
from pages.zeros.question import Question

DOES = say(
    "**The lasso does**, and weight decay never. The lasso (the L1 penalty) takes the same amount "
    "from every weight at each step, and stops at zero. Weight decay takes a share of each "
    "weight, so something is always left."
)


def finding(found: Solved) -> Said:
    """Which of the two predicts better here, each at its best."""
    sharp = float(found.sharp.test_loss.min())
    smooth = float(found.smooth.test_loss.min())
    losses = {"sharp_best": sharp, "smooth_best": smooth}
    if smooth > ALIKE * sharp:
        return say(
            "Here dropping features pays: with the strength that suits each best, the loss on new "
            "examples is {sharp_best} for the lasso and {smooth_best} for weight decay.",
            **losses,
        )
    if sharp > ALIKE * smooth:
        return say(
            "Here dropping features costs: with the strength that suits each best, the loss on new "
            "examples is {sharp_best} for the lasso and {smooth_best} for weight decay.",
            **losses,
        )
    return say(
        "Here both predict about as well: with the strength that suits each best, the loss on new "
        "examples is {sharp_best} for the lasso and {smooth_best} for weight decay.",
        **losses,
    )


def sentences(found: Solved) -> Iterator[Said]:
    """What both leave of the weights at each λ."""
    features = found.sharp.weights.shape[1]
    for place in range(len(found.weight_decays)):
        zeros = int(found.sharp.zeros[place])
        losses = {
            "sharp": float(found.sharp.test_loss[place]),
            "smooth": float(found.smooth.test_loss[place]),
        }
        if zeros == features:
            yield say(
                "At this λ the lasso has no weight left: it predicts the mean. Weight decay keeps "
                "all of them. Their losses on new examples are {sharp} and {smooth}.",
                **losses,
            )
        elif zeros:
            yield say(
                "At this λ the lasso holds {n_zeros} of {n_features} weights at exactly zero, "
                "weight decay none. Their losses on new examples are {sharp} and {smooth}.",
                n_zeros=zeros,
                n_features=features,
                **losses,
            )
        else:
            yield say(
                "At this λ neither has a weight at exactly zero. Their losses on "
                "new examples are {sharp} and {smooth}.",
                **losses,
            )


# ---------------------------------------------------------------- behind a click

READING = (
    say(
        "Every line above is a weight of the exact solution, over λ: on the left under the lasso, "
        "on the right under weight decay, the L2 penalty. Full lines belong to features that "
        "matter, dotted grey ones to the others, whose true weight is zero. The dashed line is the "
        "true weight."
    ),
    say(
        "Below on the left are the losses on new examples, each with a mark where it is least. "
        "Which λ is best was read off these same examples, so both bests are a little flattered."
    ),
    say(
        "Below on the right is one step of the penalty alone: the weight before it across, the "
        "weight after it upwards. Where the lasso's line is flat, weights become zero."
    ),
)


def at_mark(question: Question, found: Solved) -> Said:
    """Which weights the lasso keeps at the marked λ."""
    kept = found.sharp.weights[question.marked] != 0
    return say(
        "At λ = {weight_decay} the lasso keeps {n_right} of {n_matter} where the feature matters, "
        "and {n_wrong} of {n_others} where it does not. From λ = {empties} on it keeps none.",
        weight_decay=every_digit(question.at),
        n_right=int(kept[: question.matter].sum()),
        n_matter=question.matter,
        n_wrong=int(kept[question.matter :].sum()),
        n_others=len(kept) - question.matter,
        empties=found.empties,
    )


def bests(found: Solved) -> Said:
    """Where both are best."""
    return say(
        "On these new examples the lasso is best at λ = {sharp_at}, where {n_zeros} of "
        "{n_features} are at zero, and weight decay at λ = {smooth_at}. "
        "One λ means different strengths in the two penalties: compare the shapes of the curves, "
        "not their places.",
        sharp_at=every_digit(found.weight_decays[found.sharp.best]),
        smooth_at=every_digit(found.weight_decays[found.smooth.best]),
        n_zeros=int(found.sharp.zeros[found.sharp.best]),
        n_features=found.sharp.weights.shape[1],
    )


def alone(step: Step) -> Said:
    """What steps of the penalty alone do to the marked weight."""
    if step.weight == 0:
        return say("A weight of zero stays there under both, until the data move it.")
    return say(
        "The weight {before} becomes {sharp_after} in one step of the lasso and {smooth_after} in "
        "one of weight decay. If the data never moved it, it would be at zero after {n_sharp} "
        "such steps of the lasso; weight decay halves it every {half} steps for ever.",
        before=every_digit(step.weight),
        sharp_after=step.sharp,
        smooth_after=step.smooth,
        n_sharp=step.to_zero,
        half=step.to_half,
    )


HELD = say(
    "A weight stays at zero while the data pull it less hard than λ. Weight decay pulls in "
    "proportion to the weight, so its pull fades as the weight does, and never wins outright."
)
