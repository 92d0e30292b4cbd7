"""What Start says: what weight decay is, and what the picture shows at each λ."""

from __future__ import annotations

from collections.abc import Iterator

from pages.shared.judging import ALIKE
from pages.shared.words import Said, say
from pages.start.answer import Learned

PARAGRAPHS = (
    say(
        "A model learns by changing its **weights**, a little at every step. Weight decay adds a "
        "habit: at every step it also makes every weight a little smaller. A weight that nothing "
        "holds up fades away. That is why it is called *decay*."
    ),
    say(
        "The same can be said as a **penalty**: besides its mistakes, the model pays for large "
        "weights. How dearly is set by one number, λ. At zero it pays nothing."
    ),
    say(
        "**What it costs:** the model fits the examples that it learns from less well. **What it "
        "can win:** it does better on new ones, because it no longer learns the noise by heart."
    ),
)


def sentences(learned: Learned) -> Iterator[Said]:
    """What happened at each λ, by the losses at the end."""
    tests = learned.test_loss[-1].tolist()
    best = tests.index(min(tests))
    ends = zip(learned.train_loss[-1].tolist(), tests, strict=True)
    for place, (train, test) in enumerate(ends):
        if test <= ALIKE * tests[best] and place > 0:
            yield _best(train, test, float(learned.train_loss[-1, 0]), tests[0])
        else:
            yield _sentence(place, best, train, test, tests)


def _best(train: float, test: float, train_without: float, test_without: float) -> Said:
    return say(
        "About the best here: the loss of new examples ends at {test}, without decay at "
        "{test_without}. The price: the loss of the model’s own examples ends at {train} instead "
        "of {train_without}.",
        test=test,
        test_without=test_without,
        train=train,
        train_without=train_without,
    )


def _sentence(place: int, best: int, train: float, test: float, tests: list[float]) -> Said:
    if place == 0:
        return say(
            "No decay: the model learns its examples by heart. Their loss ends at {train}, that of "
            "new examples at {test}.",
            train=train,
            test=test,
        )
    if place < best:
        return say(
            "Better, and more would help: the loss of new examples ends at {test}, without decay "
            "at {test_without}.",
            test=test,
            test_without=tests[0],
        )
    return say(
        "Too much: the weights are held so small that the model learns less than it could. The "
        "loss of new examples ends at {test}, the best here is {test_best}.",
        test=test,
        test_best=tests[best],
    )
