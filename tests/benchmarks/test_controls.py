"""What visitors of the load benchmark move: Streamlit's own messages; AppTest is the oracle."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from streamlit.proto.Element_pb2 import Element
from streamlit.testing.v1 import AppTest

from benchmarks.controls import Asked, Control, about, control_of

SELECT = "st.select_slider('λ', ['0', '0.1', '1', '3', '10'], '3')"
SLIDER = "st.slider('Step', 1, 9, 2, 2)"
WHOLE = "st.number_input('n', 1, 100, 3)"
SHARE = "st.number_input('σ', 0.0, 1.0, 0.5, 0.25)"
FIELDS = {"select_slider": "slider", "slider": "slider", "number_input": "number_input"}


def widget(line: str) -> Any:
    """What AppTest makes of the one widget that this line of a script draws."""
    ran = AppTest.from_string(f"import streamlit as st\n{line}").run()
    assert not ran.exception
    return ran.get(line[3 : line.index("(")])[0]


def control(line: str) -> Control:
    found = widget(line)
    read = control_of(Element(**{FIELDS[found.type]: found.proto}))
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("line", "now", "values"),
    [
        (SELECT, "3", ["1", "10", "0.1", "0"]),
        (SLIDER, 2, [4, 6, 8]),
        (WHOLE, 3, [4, 2, 5, 1, 6, 7]),
        (SHARE, 0.5, [0.75, 0.25, 1.0, 0.0]),
    ],
)
def test_the_values_are_the_others_the_nearest_first(
    line: str, now: object, values: list[object]
) -> None:
    read = control(line)
    assert read.now == now
    assert list(islice(read.values(), 6)) == values


@pytest.mark.parametrize("line", [SELECT, SLIDER, WHOLE, SHARE])
def test_a_move_is_said_as_streamlit_says_it(line: str) -> None:
    read, theirs = control(line), widget(line)
    value = next(read.values())
    theirs.set_value(value if isinstance(value, str) else type(theirs.value)(value))
    assert read.state(value) == theirs._widget_state


@pytest.mark.parametrize(
    "line",
    [
        "st.slider('range', 1, 9, (2, 4))",
        "st.slider('off', 1, 9, 2, disabled=True)",
        "st.select_slider('off', ['1', '2'], disabled=True)",
        "st.number_input('off', 1, 9, disabled=True)",
    ],
)
def test_what_cannot_be_moved_is_no_control(line: str) -> None:
    found = widget(line)
    assert control_of(Element(**{FIELDS[found.type]: found.proto})) is None


def test_other_elements_are_no_controls() -> None:
    assert control_of(Element()) is None


def test_what_the_page_set_counts_more_than_the_default() -> None:
    found = widget(SELECT).proto
    found.set_value = True
    found.raw_value[:] = ["10"]
    read = control_of(Element(slider=found))
    assert read is not None
    assert (read.now, read.told) == ("10", True)


def test_no_two_visitors_have_a_number_in_common_where_it_need_not_be_whole() -> None:
    read = Control("", "σ", 5.0, step=0.1, whole=False, slides=False)
    values = [value for visitor in range(100) for value in islice(read.values(visitor), 20)]
    assert len(set(values)) == len(values)


def test_nothing_is_asked_twice_of_one_question() -> None:
    asked = Asked()
    first = list(asked.fresh("seed=1", "λ", about(("0", "1", "2", "3"), 1)))
    assert first == ["0", "2", "3"]
    assert list(asked.fresh("seed=1", "λ", ["0", "1", "2"])) == ["1"]
    assert list(asked.fresh("seed=2", "λ", ["0"])) == ["0"]
    assert list(asked.fresh("seed=1", "η", ["0"])) == ["0"]


def test_only_what_is_taken_counts_as_asked() -> None:
    asked = Asked()
    assert list(islice(asked.fresh("", "n", [1.0, 2.0, 3.0]), 2)) == [1.0, 2.0]
    assert list(asked.fresh("", "n", [1.0, 2.0, 3.0])) == [3.0]
