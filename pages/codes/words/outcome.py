"""How far apart the two codes end, in sentences; no Streamlit."""

from __future__ import annotations

from pages.codes.answer import Answer, Question
from pages.codes.words.switches import ROUNDING, named
from pages.shared.numbers import every_digit
from pages.shared.words import Said, Value, joined, say, told

# Until the codes have run.
AWAITED = say("That is what our engine has; the codes themselves run when nothing is moved.")


def outcome(question: Question, found: Answer) -> str:
    """Which switches set the codes apart, and how far apart they end."""
    said: list[str] = _diverged(question, found) or _end(question, found)
    idle = [key for key, standing in question.standings.items() if standing == "idle"]
    if not question.acting and idle:
        said.append(
            say("Still written differently, without effect: {switches}.", switches=named(idle))
        )
    return joined([*said, _near(question, found)])


def awaited(question: Question, found: Answer) -> str:
    """What is known before the codes have run: what the engine has in their place."""
    if not question.acting:
        known = [*_diverged(question, found), _one()]
    else:
        known = _diverged(question, found) or _end(question, found)
    return joined([*known, told(AWAITED)])


def _one() -> Said:
    return say("The two codes are one computation.")


def _near(question: Question, found: Answer) -> Said:
    """How far the codes are from our engine, over the epochs at which they have numbers."""
    nearness = found.nearness
    if found.diverged_at == (None, None):
        if nearness == 0:
            return say(
                "At every epoch all weights and the bias of both are exactly those of our engine’s "
                "run of it."
            )
        return say(
            "At no epoch is a weight or the bias of either further from our engine’s run of it "
            "than {nearness} of the largest weight or bias that the code has had.",
            nearness=nearness,
        )
    scratch, concise = found.last_epochs
    return say(
        "At no epoch with numbers (scratch up to epoch {scratch_last}, concise up to epoch "
        "{concise_last}) is a weight or the bias of either further from our engine’s run of it "
        "than {nearness} of the largest weight or bias that the code has had.",
        scratch_last=scratch,
        concise_last=concise,
        nearness=nearness,
    )


def _end(question: Question, found: Answer) -> list[str]:
    """Whether the codes differ, and how far apart they are at the end."""
    apart, epochs = float(found.apart[-1]), question.run.epochs
    small = apart <= ROUNDING * float(found.size[-1].max())
    if not question.acting:
        return [_one(), _nothing(apart, epochs, small=small)]
    differ = _differ(question)
    if small:
        return [differ, _gone(apart, epochs)]
    scratch, concise = (float(loss) for loss in found.test_loss[-1])
    return [
        differ,
        say(
            "After epoch {epochs} a weight or the bias is {apart} apart, and the test loss is "
            "{test_scratch} from scratch and {test_concise} concise.",
            epochs=epochs,
            apart=apart,
            test_scratch=scratch,
            test_concise=concise,
        ),
    ]


def _nothing(apart: float, epochs: int, *, small: bool) -> Said:
    if apart == 0:
        return say("After epoch {epochs} no weight or bias differs at all.", epochs=epochs)
    if small:
        return say(
            "After epoch {epochs} no weight or bias differs by more than {apart}, which is "
            "rounding.",
            epochs=epochs,
            apart=apart,
        )
    return say(
        "After epoch {epochs} no weight or bias differs by more than {apart}, which is rounding "
        "that has grown.",
        epochs=epochs,
        apart=apart,
    )


def _gone(apart: float, epochs: int) -> Said:
    """What is left of a difference: nothing."""
    if apart == 0:
        return say(
            "Yet after epoch {epochs} no weight or bias differs at all: nothing is left of that.",
            epochs=epochs,
        )
    return say(
        "Yet after epoch {epochs} no weight or bias differs by more than {apart}: nothing is left "
        "of that.",
        epochs=epochs,
        apart=apart,
    )


def _diverged(question: Question, found: Answer) -> list[str]:
    scratch, concise = found.diverged_at
    first, second = question.programs
    values: dict[str, Value] = {}
    if scratch is not None:
        values |= {"scratch_lr": every_digit(first.lr), "scratch_diverged_at": scratch}
    if concise is not None:
        values |= {"concise_lr": every_digit(second.lr), "concise_diverged_at": concise}
    if not values:
        return []
    if concise is None:
        said = say(
            "The scratch code, at η = {scratch_lr}, diverged by epoch {scratch_diverged_at}; the "
            "other did not.",
            **values,
        )
    elif scratch is None:
        said = say(
            "The concise code, at η = {concise_lr}, diverged by epoch {concise_diverged_at}; the "
            "other did not.",
            **values,
        )
    else:
        said = say(
            "The scratch code, at η = {scratch_lr}, diverged by epoch {scratch_diverged_at} and "
            "the concise code, at η = {concise_lr}, by epoch {concise_diverged_at}.",
            **values,
        )
    differ = [_differ(question)] if question.acting else []
    return [said, *differ, say("Choose a smaller η.")]


def _differ(question: Question) -> Said:
    return say("The codes differ in {switches}.", switches=named(question.acting))
