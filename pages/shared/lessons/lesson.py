"""A lesson: a step of the path, which asks for a guess before its page is shown, or an exercise.

An exercise stands above its page, which is never locked, and comes in several variants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from pages.shared.lessons.doing import Doing
from pages.shared.lessons.expressions import Expression
from pages.shared.lessons.tasks import Comparison, Estimate, Number
from pages.shared.numbers import Digits, exact, plain
from pages.shared.words import Said, tells

# Between the name of an exercise and the number of a variant, in a link.
OF_VARIANT: Final = "."

Task = Comparison | Estimate | Number | Doing


@tells("title", "part")
@dataclass(frozen=True)
class Lesson:
    """A page with its settings, what is asked there, and what is said of the answer.

    variant: which of an exercise, from 1; 0 for a step of the path. values: what texts may name,
    numbers of the settings among them. part: under which heading an exercise is listed. opens: the
    box of the page that stands open at first.
    """

    name: str
    title: str
    page: str
    query: str
    asks: str
    task: Task
    values: Mapping[str, Expression]
    text: str
    hint: str = ""
    part: str = ""
    opens: str = ""
    variant: int = 0
    variants: int = 0

    @property
    def address(self) -> str:
        """What a link calls it."""
        return f"{self.name}{OF_VARIANT}{self.variant}" if self.variant else self.name

    @property
    def question(self) -> Said:
        """What is asked; numbers to reckon with have six digits."""
        return self.filled(self.asks, exact if isinstance(self.task, Number) else plain)

    @property
    def explanation(self) -> Said:
        """The text with its numbers. ValueError with a reason where one of them is none."""
        return self.filled(self.text)

    @property
    def has_answer(self) -> bool:
        """Whether there is one, and a number wherever a text names one: else it is not offered."""
        try:
            for each in self.values.values():
                each.value  # noqa: B018
            return self.task.is_answered
        except ValueError:
            return False

    def filled(self, text: str, form: Callable[[float], Digits] = plain) -> Said:
        """One of its texts with its numbers. ValueError with a reason where one is none."""
        wanted = {place for _, place, _, _ in Formatter().parse(text) if place}
        own = self.task.numbers if wanted - self.values.keys() else {}
        worth = {name: self.values[name].value for name in wanted & self.values.keys()}
        return Said(text, {name: form(number) for name, number in (own | worth).items()})
