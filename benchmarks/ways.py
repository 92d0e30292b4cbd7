"""The ways to move on a page, and for each the moves that nobody has made before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from benchmarks.controls import Asked, Control, Value, about
from benchmarks.visitor import Visitor

Move = Callable[[], Awaitable[float]]


def question(visitor: Visitor) -> str:
    """What the page says it shows; two visitors of one question would share its answers."""
    queries = [chart.query for chart in visitor.charts if chart.query]
    return f"{visitor.page}?{queries[0] if queries else ''}"


def script(visitor: Visitor, asked: Asked) -> Iterator[Move]:
    """The page's first slider or number; when all of it has been asked, the next that is there.

    A page that has none is moved by its chart's own slider.
    """
    if not visitor.controls:
        yield from chart(visitor, asked)
    tried: set[str] = set()
    while label := next((one for one in visitor.controls if one not in tried), None):
        tried.add(label)
        values = visitor.controls[label].values(visitor.number)
        for value in asked.fresh(question(visitor), label, values):
            yield partial(_set, visitor, label, value)


def chart(visitor: Visitor, asked: Asked) -> Iterator[Move]:
    """The first slider of a chart's own, let go at each stop."""
    for drawn in visitor.charts:
        stops = {str(choice): choice for choice in drawn.stops}
        for stop in asked.fresh(question(visitor), drawn.id, stops):
            yield partial(visitor.move, drawn, drawn.chosen(stops[str(stop)]))


def route(visitor: Visitor, asked: Asked) -> Iterator[Move]:
    """The first slider that a chart follows while it is dragged."""
    for drawn in visitor.charts:
        for param, values in drawn.drags.values():
            now = _present(visitor, values)
            for value in asked.fresh(question(visitor), f"{drawn.url} {param}", about(values, now)):
                yield partial(visitor.drag, drawn.url, param, str(value))


# Streamlit runs the fragment; the same, for a chart's own slider; an address past the script.
WAYS: dict[str, Callable[[Visitor, Asked], Iterator[Move]]] = {
    "script": script,
    "chart": chart,
    "route": route,
}


async def _set(visitor: Visitor, label: str, value: Value) -> float:
    control = visitor.controls[label]  # its id may be another since
    return await visitor.move(control, control.state(value))


def _present(visitor: Visitor, values: tuple[str, ...]) -> int:
    def stands_at(control: Control) -> bool:
        return control.options == values

    now = next((one.now for one in visitor.controls.values() if stands_at(one)), None)
    return values.index(str(now)) if now in values else len(values) // 2
