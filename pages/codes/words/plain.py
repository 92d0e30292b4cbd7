"""Whether the two codes compute the same, in plain words; their numbers are said elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from pages.codes.answer import Answer, Question
from pages.codes.words.outcome import AWAITED
from pages.codes.words.switches import ROUNDING, named
from pages.shared.words import Said, joined, say, told


def outcome(question: Question, found: Answer, *, whole: bool) -> str:
    """The verdict; until the codes have run (`whole`) by what the engine has in their place."""
    said = [*_diverged(found), *_verdict(question, found)]
    if found.diverged_at != (None, None):
        said.append(say("Choose a smaller learning rate."))
    return joined(said if whole else [*said, told(AWAITED)])


def _diverged(found: Answer) -> Iterator[Said]:
    scratch, concise = (epoch is not None for epoch in found.diverged_at)
    if scratch and concise:
        yield say("Both codes diverged.")
    elif scratch:
        yield say("The scratch code diverged; the other did not.")
    elif concise:
        yield say("The concise code diverged; the other did not.")


def _verdict(question: Question, found: Answer) -> Iterator[Said]:
    if not question.acting:
        yield say("Yes: the two codes are one computation.")
        return
    switches = named(question.acting)
    if found.diverged_at != (None, None):
        yield say("No: the codes differ in {switches}.", switches=switches)
    elif float(found.apart[-1]) <= ROUNDING * float(found.size[-1].max()):
        yield say(
            "The codes differ in {switches}, yet at the end nothing is left of that.",
            switches=switches,
        )
    else:
        scratch, concise = (float(loss) for loss in found.test_loss[-1])
        yield say(
            "No: the codes differ in {switches}. From scratch the test loss ends at "
            "{test_scratch}, with the framework at {test_concise}.",
            switches=switches,
            test_scratch=scratch,
            test_concise=concise,
        )
    if "loss" in question.acting:
        yield say("Without the ½ the data pull the weights twice as hard.")
