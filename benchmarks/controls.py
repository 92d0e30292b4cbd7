"""Sliders and numbers as a page sends them, and values of theirs that nobody has asked before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

Value = str | float

# Of a number at most so many values about the present one.
NEAR = 500
# A fraction that no two visitors share (the multiples of the golden section spread evenly).
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Control:
    """A slider or number: its values are `options`, or the steps between two limits."""

    id: str
    label: str
    now: Value
    options: tuple[str, ...] = ()
    least: float = -math.inf
    most: float = math.inf
    step: float = 1.0
    whole: bool = True
    slides: bool = True
    told: bool = False  # the server says where it stands, whatever the browser thinks

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return self.label

    def values(self, visitor: int = 0) -> Iterator[Value]:
        """Its values but the present one, the nearest first; each is named once.

        Where a number need not be whole every visitor has values of his own.
        """
        if self.options:
            yield from about(self.options, self.options.index(str(self.now)))
            return
        share = 0.0 if self.whole or self.slides else visitor * GOLDEN % 1
        for away in range(1, NEAR):
            for steps in (away, -away):
                value = float(self.now) + self.step * (steps + share)
                if self.least <= value <= self.most:
                    yield value

    def state(self, value: Value) -> WidgetState:
        """What the browser says when it stands at this value."""
        state = WidgetState(id=self.id)
        if self.options:
            state.string_array_value.data.append(str(value))
        elif self.slides:
            state.double_array_value.data.append(float(value))
        else:
            state.double_value = float(value)
        return state


def about(values: Sequence[str], place: int) -> Iterator[str]:
    """The others, by their distance from this place."""
    others = [other for other in range(len(values)) if other != place]
    yield from (values[other] for other in sorted(others, key=lambda other: abs(other - place)))


def control_of(element: Element) -> Control | None:
    """The control that this element is; None where it is none, or one that cannot be moved."""
    if element.HasField("slider"):
        return _slider(element.slider)
    if element.HasField("number_input"):
        return _number(element.number_input)
    return None


def _slider(sent: Slider) -> Control | None:
    if sent.disabled:
        return None
    if sent.type == Slider.SELECT_SLIDER:
        options = tuple(sent.options)
        now = sent.raw_value[0] if sent.set_value and sent.raw_value else ""
        if now not in options:
            now = options[int(sent.default[0])]
        return Control(sent.id, sent.label, now, options, told=sent.set_value)
    if len(sent.default) != 1:  # a range has two ends
        return None
    now = sent.value[0] if sent.set_value and sent.value else sent.default[0]
    whole = sent.data_type == Slider.INT
    return Control(
        sent.id,
        sent.label,
        now,
        least=sent.min,
        most=sent.max,
        step=sent.step,
        whole=whole,
        told=sent.set_value,
    )


def _number(sent: NumberInput) -> Control | None:
    if sent.disabled:
        return None
    return Control(
        sent.id,
        sent.label,
        sent.value if sent.set_value else sent.default,
        least=sent.min if sent.has_min else -math.inf,
        most=sent.max if sent.has_max else math.inf,
        step=sent.step,
        whole=sent.data_type == NumberInput.INT,
        slides=False,
        told=sent.set_value,
    )


class Asked:
    """What has been asked on one server, so that no answer lies ready."""

    def __init__(self) -> None:
        self._asked: set[tuple[str, str, Value]] = set()

    def fresh(self, question: str, label: str, values: Iterable[Value]) -> Iterator[Value]:
        """Those of the values that nobody has asked of this question; each is then asked."""
        for value in values:
            key = (question, label, value)
            if key not in self._asked:
                self._asked.add(key)
                yield value
