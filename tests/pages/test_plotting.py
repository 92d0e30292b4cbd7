"""What the pictures of all pages have in common: form, colours, and how they are sent."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.geometry.payload.surface import surface
from pages.geometry.question.scene import Scene
from pages.registry import PICTURED
from pages.shared import axes, palette, plotting
from pages.shared.assets import BROWSER
from pages.shared.encoding import as_series, encode, packed
from pages.shared.moves import affine, placed
from tests.matrix import cases
from tests.pages import opening

REPOSITORY = Path(__file__).parents[2]
# What a light ground makes of the penalty's colour, so that it stands out (legible.js).
ON_LIGHT = "#C08500"
COLOURS = {
    value
    for name, value in vars(palette).items()
    if isinstance(value, str) and re.fullmatch("#[0-9A-F]{6}", value)
}
A_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(")
# Nothing else of a figure may be packed: Plotly takes a range as a list only.
LISTS = ("range", "domain")
SETTLES = next(case for case in cases.settling() if case.strength == "small")
STATES: Mapping[str, Mapping[str, str]] = {
    "as it opens": {},
    "one that settles": SETTLES.query(),
    "one that grows": cases.growing()[0].query(),
    "nothing at all": cases.exact()[1].query(),
}


def parts(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything in a figure, by its path."""
    yield path, value
    if isinstance(value, Mapping) and "bdata" not in value:
        for key, inner in value.items():
            yield from parts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner, path)


def faults(figure: dict[str, Any]) -> list[str]:
    """What Plotly, or its part in the browser, would not draw of a figure that has been sent."""
    try:
        accepted = go.Figure(figure)
    except ValueError as error:
        return [str(error)]
    found = [
        f"{path} is packed"
        for path, value in parts(figure["layout"])
        if isinstance(value, Mapping) and "bdata" in value and path.rpartition(".")[2] in LISTS
    ]
    drawn = [t.name for t in accepted.data]
    found += [] if drawn == [t.get("name") for t in figure["data"]] else ["a trace is lost"]
    if "template" in figure["layout"]:
        found.append("a template is sent, which the browser's side has of its own")
    return found


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("page", [page.path for page in PICTURED])
def test_plotly_accepts_every_figure_of_every_page(page: str, state: str) -> None:
    at = opening.unopened(page)
    for key, text in STATES[state].items():
        at.query_params[key] = text
    at.run()
    assert not at.exception, at.exception[0].value
    payloads = opening.payloads(at)
    assert payloads or at.error
    for payload in payloads:
        assert not faults(payload["figure"]), payload["run"]


def test_plotly_accepts_the_surface() -> None:
    assert not faults(json.loads(encode(surface(Scene())))["figure"])


@pytest.mark.parametrize(
    ("figure", "fault"),
    [
        ({"data": [{"type": "scatter", "colour": "red"}], "layout": {}}, "colour"),
        ({"data": [], "layout": {"xaxis": {"range": packed(np.zeros(2))}}}, "range is packed"),
        ({"data": [], "layout": {"template": {}}}, "template"),
    ],
)
def test_what_plotly_would_not_draw_is_found(figure: dict[str, Any], fault: str) -> None:
    (said,) = faults(figure)
    assert fault in said


def test_colours_stand_in_the_palette_alone() -> None:
    sources = [path for path in (REPOSITORY / "pages").rglob("*.py") if path.stem != "palette"]
    for path in sources:
        texts = (
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        assert not [text for text in texts if A_COLOUR.search(text)], path


def test_the_browsers_colours_are_the_palettes() -> None:
    """A style sheet and the theme cannot import them."""
    style = (BROWSER / "chart.css").read_text(encoding="utf-8")
    used = {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{6}\b", style)}
    assert used
    assert used <= {*COLOURS, ON_LIGHT}
    roles = dict(re.findall(r'data-role="(\w+)"\] \{\s*border-left: \S+ \w+ (#\w+);', style))
    assert {role: colour.upper() for role, colour in roles.items()} == {
        "train": palette.TRAIN,
        "test": palette.TEST,
    }
    theme = tomllib.loads((REPOSITORY / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    assert set(theme["chartCategoricalColors"]) == COLOURS - {palette.RIM}


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_a_faint_colour_is_the_same_colour(colour: str) -> None:
    numbers = [float(x) for x in re.findall(r"[\d.]+", palette.faint(colour, 0.25))]
    assert "#" + "".join(f"{int(x):02X}" for x in numbers[:3]) == colour
    assert numbers[3:] == [0.25]


# ---------------------------------------------------------------- how it is sent


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (np.array([0.1, np.nan, np.inf]), "f8"),
        (np.array([0.1, np.nan], dtype=np.float32), "f4"),
        (np.array([3, -128]), "i1"),
        (np.array([3, 128]), "i2"),
        (np.array([3, 40_000]), "i4"),
        (np.array([3, 2**40]), "f8"),
        (np.zeros(0), "f8"),
        (np.arange(6).reshape(2, 3), "i1"),
        (np.arange(6.0).reshape(2, 3)[:, ::2], "f8"),
        (np.arange(3.0, dtype=">f8"), "f8"),
    ],
)
def test_an_array_is_sent_number_by_number_in_few_bytes(array: Any, kind: str) -> None:
    sent = json.loads(encode({"x": array}))["x"]
    assert sent["dtype"] == kind
    read = opening.values(sent)
    assert read.shape == array.shape
    np.testing.assert_array_equal(read, array)


def test_what_is_no_number_is_null_and_what_is_no_array_of_numbers_a_list() -> None:
    payload = {
        "gap": [1.0, float("nan"), (float("-inf"), "∞")],
        "one": np.float64("nan"),
        "size": np.int64(3),
        "is": np.bool_(True),
        "words": np.array(["a", "b"]),
        "marks": np.array([True, False]),
    }
    assert json.loads(encode(payload), parse_constant=pytest.fail) == {
        "gap": [1.0, None, [None, "∞"]],
        "one": None,
        "size": 3,
        "is": True,
        "words": ["a", "b"],
        "marks": [True, False],
    }


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="Scatter"):
        encode({"figure": {"data": [go.Scatter()]}})


def test_a_series_has_null_where_there_is_no_number() -> None:
    values = np.array([1 / 3, -0.0, np.nan, np.inf, 123456789])
    assert as_series(values) == [1 / 3, 0.0, None, None, 123456789]
    assert as_series(values, 3) == [0.333, 0.0, None, None, 123e6]
    assert str(as_series(values)[1]) == "0.0"


def test_an_affine_move_puts_the_points_of_a_shape() -> None:
    (row,) = affine(np.array([[[1.0, 2.0], [3.0, 4.0]]]), np.array([[5.0, 6.0]]))
    assert placed(np.array([[1.0, 0.0], [0.0, 1.0]]), row).tolist() == [[6.0, 9.0], [7.0, 10.0]]


# ---------------------------------------------------------------- panels and axes


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 4), (3, 2)])
def test_a_grid_fills_the_picture_with_such_gaps_and_no_overlap(rows: int, columns: int) -> None:
    boxes = plotting.grid(rows, columns, 0.1, 0.2)
    assert len(boxes) == rows * columns
    (first, top), (last, bottom) = boxes[0], boxes[-1]
    assert (first[0], bottom[0]) == (0.0, 0.0)
    assert last[1] == pytest.approx(1)
    assert top[1] == pytest.approx(1)
    assert all(0 <= low < high <= 1 for box in boxes for low, high in box)
    for (x, _), (after, _) in pairwise(boxes[:columns]):
        assert after[0] - x[1] == pytest.approx(0.1)
    for (_, y), (_, below) in zip(boxes[:-columns], boxes[columns:], strict=True):
        assert y[0] - below[1] == pytest.approx(0.2)


def test_panels_on_a_phone_are_named_by_the_same_paths() -> None:
    domains = {"": ((0.0, 0.4), (0.0, 1.0)), "2": ((0.6, 1.0), (0.0, 1.0))}
    figure: dict[str, Any] = {f"{letter}axis{k}": {} for letter in "xy" for k in domains}
    plotting.arrange(figure, domains)
    paths = plotting.rearranged(domains)
    assert paths == {f"{name}.domain": axis["domain"] for name, axis in figure.items()}
    assert [figure[name]["anchor"] for name in ("xaxis", "yaxis2")] == ["y", "x2"]


def test_places_on_an_axis_in_decades_are_written_as_they_are() -> None:
    placed = axes.log_places(-5.0, 5.0, (1, 2))
    for place, text in placed:
        digits = re.fullmatch(r"(?:(\d)·)?10<sup>(−?\d+)</sup>", text)
        shown = (
            float(digits[1] or 1) * 10.0 ** int(digits[2].replace("−", "-"))
            if digits
            else float(text)
        )
        assert shown == pytest.approx(10**place)
    assert [text for _, text in placed][:2] == ["10<sup>−5</sup>", "2·10<sup>−5</sup>"]
    assert [text for _, text in axes.log_places(-5.0, 5.0, every=5)] == [
        "10<sup>−5</sup>",
        "1",
        "10<sup>5</sup>",
    ]


@pytest.mark.parametrize("last", [1, axes.FEW_EPOCHS, axes.FEW_EPOCHS + 1, 30_000])
def test_there_is_no_half_epoch(last: int) -> None:
    axis = axes.epochs_axis(last)
    assert axis["range"] == [0, last]
    assert ("dtick" in axis) == (last <= axes.FEW_EPOCHS)
