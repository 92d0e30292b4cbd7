"""What Python sends to the chart; `browser/payload.d.ts` says the same for the browser's side."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from wd_core.arrays import Array

# Null in JSON is a gap, a text stands for itself
Value = float | str | None
Series = Mapping[str, Sequence[Value]]
# As Plotly writes one: `data` and `layout`
Figure = dict[str, Any]


class Term(TypedDict, total=False):
    """A term of a sum: the last number of a series at the epoch, or a text."""

    label: Required[str]
    series: str
    text: str


class Tile(TypedDict, total=False):
    """A number above the drawing, or a sum of them."""

    label: Required[str]
    help: str
    role: str
    series: str
    text: str
    terms: Sequence[Term]


class Slider(TypedDict, total=False):
    """A range input over the pictures: those at which it stops, and its value in each in words."""

    key: Required[str]
    label: Required[str]
    help: str
    role: str
    stops: Required[Sequence[int]]
    texts: Required[Sequence[str]]


class Control(TypedDict):
    """The parameter of the address that a slider sets, and the values it takes, in its order."""

    param: str
    values: Sequence[str]


class Live(TypedDict):
    """Where to ask for another payload while one of Streamlit's sliders, by its key, is dragged."""

    url: str
    controls: Mapping[str, Control]


class Guess(TypedDict):
    """Where a visitor's guess lies: on the x axis of a panel, in its numbers, and what it says."""

    panel: str
    at: float
    text: str


class Packed(TypedDict, total=False):
    """An array as Plotly writes one: base64 of its numbers, their kind and shape."""

    dtype: Required[str]
    bdata: Required[str]
    shape: str


class Payload(TypedDict, total=False):
    """What is drawn, played and said.

    A trace whose `meta` is {"series": name} is filled from `series` and grows with the epoch;
    every other trace is drawn as it is. A payload of pictures instead of epochs has `series.step`,
    `sliders` over them, `position` (the one it opens at), `sentences` (one each) and `moves`: where
    a trace whose `meta` is {"moves": name} is in each of them.
    """

    run: Required[str]  # names what is drawn
    query: str  # of the link that opens this picture
    figure: Required[Figure]
    series: Required[Series]
    tiles: Sequence[Tile]
    sentence: str
    sentences: Sequence[str]
    finding: str  # what it shows, where that stands elsewhere on the page
    total: int  # the last epoch, or how many a stream counts to
    unit: str  # what a stream counts, if not epochs
    come: int  # how many of these have come; without it, the last epoch that is drawn
    stream: str | None  # where the rest of a long run comes from
    resumes: bool  # whether the stream goes on where it was stopped
    tells_end: bool  # whether Python hears of the end, as it does of all that resumes
    work: str  # what the stream works on, where its address says more than that
    live: Live | None
    sliders: Sequence[Slider]
    moves: Mapping[str, Mapping[str, Array | Packed]]  # packed on its way
    position: int
    heard: Mapping[str, Value] | None  # the choice of the sliders that this answers
    guess: Guess  # marked in the picture


class Part(TypedDict, total=False):
    """What a stream says beyond its rows."""

    figure: Figure
    series: Series
    sentence: str
    sentences: Sequence[str]
    tiles: Sequence[Tile]
    moves: Mapping[str, Mapping[str, Array | Packed]]
    total: int
    unit: str


class Rows(TypedDict):
    """How far a stream has come, and what came with it."""

    series: Series
    epoch: int
    seconds_left: float | None


class Waiting(TypedDict):
    """Why a stream does not begin yet; nothing once it does."""

    message: str


class Failure(TypedDict):
    """Why a stream ended before its time."""

    message: str


# What a stream yields: the name of the event and what it says, or nothing at a moment to stop
Event = (
    tuple[Literal["picture"], Part]
    | tuple[Literal["rows"], Rows]
    | tuple[Literal["waiting"], Waiting]
    | tuple[Literal["done"], dict[str, Any]]
)
Events = Generator[Event | None, None, None]
