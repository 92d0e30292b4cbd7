"""What the chart is sent: the losses of the draws that have come, and where the rest is."""

from __future__ import annotations

from pages.remedies import answer, figure, words
from pages.remedies.answer import DRAWS, Seen
from pages.remedies.question import FORM, Question
from pages.shared.pace import pictures
from pages.shared.payload import Events, Part, Payload
from pages.shared.words import tell

# The picture is sent anew at this pace while draws come.
PACE_SECONDS = 0.4


def picture(seen: Seen) -> Payload:
    """The payload of a question, with the draws that have come."""
    query = FORM.query(seen.question)
    part = drawn(seen)
    return {
        "run": f"{query or 'defaults'} {len(seen.draws)}",
        "query": query,
        "figure": part["figure"],
        "series": {},
        "sentence": part["sentence"],
        "total": DRAWS,
        "come": len(seen.draws),
        "unit": tell("draw"),
        "stream": None if seen.whole else f"/api/remedies/stream?{query}",
        "resumes": True,
    }


def stream(question: Question) -> Events:
    """The events of the drawing: `picture` and `rows` at a pace, `done` at the end."""
    yield from pictures(
        answer.drawing(question),
        PACE_SECONDS,
        lambda: answer.now(question),
        # nothing before the marked draw has come
        lambda seen: drawn(seen) if seen.draws else {},
        lambda seen: (len(seen.draws), DRAWS),
    )
    yield "done", {}


def drawn(seen: Seen) -> Part:
    """What follows from the draws that have come."""
    rows = [f"{remedy.name}<br><i>{remedy.costs}</i>" for remedy in words.NAMES]
    return {
        "figure": figure.whole(seen.losses, seen.median, seen.band, seen.constant, rows),
        "sentence": words.best(seen),
    }
