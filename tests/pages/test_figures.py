"""The training figure: axes, colours by meaning, dashes that double them, and honest names."""

import math
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import pytest

from pages.shared.axes import log_ticks
from pages.shared.palette import OPTIMUM, PENALTY, TEST, TEXT, TRAIN
from pages.shared.plotting import Series
from pages.train.figure import curves as figures
from pages.train.figure.curves import DEEPEST, Curve, Level

EPOCHS = 4
COLOUR_OF = {
    "train_loss": TRAIN,
    "test_loss": TEST,
    "weight_norm": PENALTY,
    "unreachable": TEXT,
    "predicted": TEXT,
}


def series(twin: bool = True) -> Series:
    """Curves of a made-up run, with or without those of its twin."""
    curves: Series = {
        "train_loss": [90.0, 10.0, 1.0, 0.1, 0.01],
        "test_loss": [90.0, 50.0, 20.0, 5.0, 1.0],
        "weight_norm": [14.0, 10.0, 5.0, 2.0, 1.0],
        "unreachable": [13.0, 9.0, 4.0, 1.5, 0.5],
        "predicted": [13.0, None, 4.0, None, 0.5],
    }
    for name in ("train_loss", "test_loss", "weight_norm") if twin else ():
        curves[f"{name}_0"] = [90.0, 80.0, 70.0, 60.0, 50.0]
    return {"epoch": [0, 1, 2, 3, 4]} | curves


LEVELS = (
    Level("test, constant predictor", 0.01, TEXT, "dashdot"),
    Level("test, exact ridge", 0.005, OPTIMUM, "dot"),
)
PINNED = Curve("Run 1", [0, 4], [90.0, 1e-6], [90.0, 80.0], [14.0, 400.0])


def drawn(**changes: Any) -> dict[str, Any]:
    """The figure, all of it unless told otherwise."""
    parts = {
        "series": series(),
        "weight_decay": "3",
        "epochs": EPOCHS,
        "levels": LEVELS,
        "pinned": (PINNED,),
        "filename": "weight-decay-3",
    }
    return figures.training(**parts | changes)


def grown(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The traces that the browser fills, by the name of their series."""
    return {t["meta"]["series"]: t for t in figure["data"] if "meta" in t}


def test_every_grown_trace_names_a_series_that_exists_and_all_are_drawn() -> None:
    for twin in (True, False):
        curves = series(twin)
        assert set(grown(drawn(series=curves))) == set(curves) - {"epoch"}


def test_without_an_unreachable_part_none_is_drawn() -> None:
    curves = {k: v for k, v in series().items() if k not in ("unreachable", "predicted")}
    assert not {"unreachable", "predicted"} & set(grown(drawn(series=curves)))


def test_losses_and_norm_are_logarithmic_and_epochs_linear() -> None:
    layout = drawn()["layout"]
    assert layout["yaxis"]["type"] == layout["yaxis2"]["type"] == "log"
    for axis in ("xaxis", "xaxis2"):
        assert layout[axis].get("type", "linear") == "linear"
        assert list(layout[axis]["range"]) == [0, EPOCHS]


def test_a_colour_means_one_thing() -> None:
    for name, trace in grown(drawn()).items():
        style = trace["marker"] if trace["mode"] == "markers" else trace["line"]
        assert style["color"] == COLOUR_OF[name.removesuffix("_0")], name


def test_colours_are_those_for_colour_blind_eyes() -> None:
    assert (TRAIN, TEST, PENALTY, OPTIMUM) == ("#0072B2", "#D55E00", "#E69F00", "#CC79A7")


def look(trace: dict[str, Any]) -> tuple[str, str, float]:
    """All that tells a trace from another without its colour."""
    dash = trace.get("line", {}).get("dash", "solid")
    return trace["mode"], dash, trace.get("opacity", 1.0)


@pytest.mark.parametrize("axis", ["y", "y2"])
def test_dashes_double_the_colours(axis: str) -> None:
    looks: dict[tuple[str, str, float], str] = {}
    for name, trace in grown(drawn()).items():
        if trace["yaxis"] != axis:
            continue
        assert look(trace) not in looks, f"{name} looks like {looks.get(look(trace))} in grey"
        looks[look(trace)] = name
    assert len(looks) >= 4


def test_pinned_curves_are_named_and_look_unlike_the_present_ones() -> None:
    pinned = [t for t in drawn()["data"] if t.get("legendgroup") == "Run 1"]
    assert [t["name"] for t in pinned] == ["train, Run 1", "test, Run 1", "‖w‖, Run 1"]
    assert [t["line"]["color"] for t in pinned] == [TRAIN, TEST, PENALTY]
    present = {look(trace) for trace in grown(drawn()).values()}
    assert not present & {look(trace) for trace in pinned}
    assert [list(t["y"]) for t in pinned] == [PINNED.train, PINNED.test, PINNED.norm]
    assert all("meta" not in t for t in pinned)


def test_pinned_runs_are_told_apart_by_their_marks() -> None:
    pinned = [replace(PINNED, name=f"Run {k}") for k in range(6)]
    marks = [t["marker"]["symbol"] for t in drawn(pinned=pinned)["data"] if "legendgroup" in t]
    assert [len(set(marks[i : i + 3])) for i in range(0, 18, 3)] == [1] * 6
    assert len(set(marks)) == 6


def test_what_is_rounding_does_not_stretch_an_axis() -> None:
    curves = series() | {"train_loss": [90.0, 1.0, 1e-9, 1e-20, 1e-31]}
    low, high = drawn(series=curves, pinned=())["layout"]["yaxis"]["range"]
    assert high > math.log10(90.0)
    assert low < math.log10(1e-9)
    assert high - low < 1.2 * DEEPEST


def test_pinned_training_and_test_curves_differ_without_their_colour() -> None:
    train, test = (t for t in drawn()["data"] if t["name"] in ("train, Run 1", "test, Run 1"))
    assert look(train) != look(test)


@pytest.mark.parametrize("name", ["<b>bold</b>", '<a href="http://example.org">x</a>', "a<br>b"])
def test_a_name_is_shown_as_it_was_written(name: str) -> None:
    figure = drawn(pinned=(Curve(name, [0, 4], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]),))
    shown = [t["name"] for t in figure["data"] if "Run 1" not in t["name"]]
    assert not [text for text in shown if name in text]


def test_levels_span_all_epochs() -> None:
    levels = {t["name"]: t for t in drawn()["data"] if t["name"].startswith("test, ")}
    for level in LEVELS:
        trace = levels[level.name]
        assert list(trace["x"]) == [0, EPOCHS]
        assert list(trace["y"]) == [level.value] * 2
        assert (trace["line"]["color"], trace["line"]["dash"]) == (level.colour, level.dash)


def drawn_values(row: int) -> list[float]:
    names = ("train_loss", "test_loss") if row == 1 else ("weight_norm", "unreachable")
    curves = series()
    parts = [curves.get(key) or [] for name in names for key in (name, f"{name}_0")]
    others = (PINNED.train, PINNED.test) if row == 1 else (PINNED.norm,)
    levels = [level.value for level in LEVELS] if row == 1 else []
    return [x for part in (*parts, *others, levels) for x in part if x is not None]


@pytest.mark.parametrize(("row", "axis"), [(1, "yaxis"), (2, "yaxis2")])
def test_the_axis_holds_everything_drawn_on_it(row: int, axis: str) -> None:
    low, high = drawn()["layout"][axis]["range"]
    values = drawn_values(row)
    assert low < math.log10(min(values)) < math.log10(max(values)) < high
    # Room beyond the data is a margin, not an empty half of the panel.
    assert high - low < 1.5 * (math.log10(max(values)) - math.log10(min(values)))


def test_zeros_and_gaps_leave_finite_axes() -> None:
    curves: Series = {
        "epoch": [0, 1],
        "train_loss": [0.0, None],
        "test_loss": [0.0, None],
        "weight_norm": [0.0, 0.0],
    }
    layout = drawn(series=curves, levels=(), pinned=())["layout"]
    for axis in ("yaxis", "yaxis2"):
        assert all(math.isfinite(end) for end in layout[axis].get("range") or ())


def test_one_value_alone_has_a_range_around_it() -> None:
    curves: Series = {"epoch": [0], "train_loss": [1.0], "test_loss": [1.0]}
    low, high = drawn(series=curves, levels=(), pinned=())["layout"]["yaxis"]["range"]
    assert low < 0 < high


@pytest.mark.parametrize("decades", [0.3, 2, 6, 12, 40, 300])
def test_ticks_are_few_at_any_range(decades: float) -> None:
    tick = log_ticks(0.0, decades)["dtick"]
    assert (tick == "D2") == (0.8 <= decades < 2.5)
    if decades < 0.8:
        assert 2 <= (10**decades - 1) / float(tick.removeprefix("L")) <= 8
    elif tick != "D2":
        assert 3 <= decades / tick <= 7 or tick == 1.0


def test_zoom_survives_and_the_file_is_named() -> None:
    layout = drawn()["layout"]
    assert layout["uirevision"] == "training"
    assert layout["meta"]["filename"] == "weight-decay-3"
    assert layout["meta"]["alt"].endswith(".")
    assert drawn(weight_decay="1")["layout"]["uirevision"] == layout["uirevision"]


def test_names_say_which_decay() -> None:
    names = [t["name"] for t in drawn(weight_decay="0.3")["data"]]
    assert "train, λ = 0.3" in names
    assert "train, λ = 0" in names


def test_each_panel_has_its_own_legend() -> None:
    for trace in drawn()["data"]:
        assert (trace["yaxis"], trace["legend"]) in (("y", "legend"), ("y2", "legend2"))


@pytest.mark.parametrize("epochs", [EPOCHS, 300])
def test_plotly_accepts_every_part_of_the_figure(epochs: int) -> None:
    figure = drawn(epochs=epochs)
    accepted = go.Figure(figure).to_plotly_json()
    assert [t["name"] for t in accepted["data"]] == [t["name"] for t in figure["data"]]


def test_what_has_no_point_in_its_panel_is_not_in_the_legend() -> None:
    far = Curve("far", [0, 4], [1e-30, 1e-31], [1e-30, 1e-31], [14.0, 400.0])
    levels = (*LEVELS, Level("none", 0.0, TEXT, "dot"))
    traces = {t["name"]: t for t in drawn(pinned=(PINNED, far), levels=levels)["data"]}
    for name in ("none", "test, far"):
        assert traces[name]["showlegend"] is False
    for name in ("test, Run 1", "‖w‖, far", "test, λ = 3", "test, λ = 0", LEVELS[0].name):
        assert traces[name].get("showlegend", True)


def test_an_empty_panel_says_why_and_one_that_is_still_to_come_says_nothing() -> None:
    empty: Series = {"epoch": [0, 1], "train_loss": [0.0, 0.0], "test_loss": [0.0, 0.0]}
    layout = drawn(series=empty, levels=(), pinned=())["layout"]
    assert all(note["text"] for note in layout["annotations"])
    assert len(layout["annotations"]) == 2
    coming: Series = {"epoch": [], "train_loss": [], "test_loss": []}
    figure = drawn(series=coming, levels=(), pinned=())
    assert not figure["layout"].get("annotations")
    assert all(t.get("showlegend", True) for t in figure["data"])


def test_the_epochs_are_those_of_the_longest_run() -> None:
    longer = replace(PINNED, x=[0, 9])
    figure = drawn(pinned=(longer,))
    assert list(figure["layout"]["xaxis"]["range"]) == [0, 9]
    assert all(t["x"] == [0, 9] for t in figure["data"] if "legendgroup" in t)
    assert figure["layout"]["xaxis2"]["exponentformat"] == "none"  # 20000, not 20k


# ---------------------------------------------------------------- runs that leave the picture

WILD = [90.0, 1e4, 1e8, 1e12, 1e16]
GONE = [90.0, 1e4, 1e8, None, None]


def beside(train: list[float | None], norm: float = 14.0) -> Curve:
    """A run of the present one's epochs with this training loss."""
    norms = [None if x is None else norm * (x / 90.0) ** 0.5 for x in train]
    return Curve("wild", [0, 1, 2, 3, 4], train, train, norms)


@pytest.mark.parametrize("train", [WILD, GONE], ids=["grows", "diverges"])
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_a_pinned_run_that_diverges_leaves_the_axes_to_the_present_one(
    train: list[float | None], scale: float
) -> None:
    """However high it starts."""
    wild = beside([None if x is None else scale * x for x in train], norm=14 * scale)
    figure, alone = drawn(pinned=(wild,)), drawn(pinned=())
    for axis in ("yaxis", "yaxis2"):
        assert figure["layout"][axis]["range"] == alone["layout"][axis]["range"]
    assert figures.outside(figure, series(), [wild]) == (["wild"], [])
    assert figures.outside(alone, series(), []) == ([], [])


def test_a_twin_that_diverges_leaves_the_axes_to_the_present_one() -> None:
    curves = series(twin=False)
    wild = {
        "train_loss_0": GONE,
        "test_loss_0": GONE,
        "weight_norm_0": [14.0, 1e4, 1e8, None, None],
    }
    figure, alone = drawn(series=curves | wild), drawn(series=curves)
    for axis in ("yaxis", "yaxis2"):
        assert figure["layout"][axis]["range"] == alone["layout"][axis]["range"]
    assert figures.outside(figure, curves | wild, []) == (["λ = 0"], [])


def test_a_run_that_rises_and_does_not_diverge_is_in_the_picture() -> None:
    rises = beside([90.0, 900.0, 5000.0, 300.0, 30.0])
    figure = drawn(pinned=(rises,))
    assert figure["layout"]["yaxis"]["range"][1] > math.log10(5000.0)
    assert figures.outside(figure, series(), [rises]) == ([], [])


def test_a_norm_far_above_that_of_a_strong_decay_is_in_the_picture() -> None:
    tall = Curve("tall", [0, 4], [90.0, 1.0], [90.0, 1.0], [0.0, 1e5])
    assert drawn(pinned=(tall,))["layout"]["yaxis2"]["range"][1] > 5


def test_runs_below_one_that_diverges_are_named_too() -> None:
    """A present run that leaves all sense keeps the axis, over some decades."""
    curves = series() | {"train_loss": [1e3, 1e9, 1e18], "test_loss": [1e3, 1e9, 1e18]}
    calm = Curve("calm", [0, 4], [90.0, 1.0], [90.0, 1.0], [14.0, 2.0])
    figure = drawn(series=curves, pinned=(calm,))
    assert figure["layout"]["yaxis"]["range"][1] > 18
    assert figures.outside(figure, curves, [calm]) == ([], ["λ = 0", "calm"])


def test_beside_losses_that_are_all_0_whatever_has_numbers_is_drawn() -> None:
    nothing: Series = {"epoch": [0, 1], "train_loss": [0.0, 0.0], "test_loss": [0.0, 0.0]}
    figure = drawn(series=nothing, levels=(), pinned=(beside(WILD),))
    assert figure["layout"]["yaxis"]["range"][1] > 16


@pytest.mark.parametrize("train", [WILD, GONE], ids=["grows", "diverges"])
def test_while_the_present_run_comes_the_axes_fit_what_has_come(train: list[float | None]) -> None:
    """A range by the pins alone would hide it; and they may not stretch the axes."""
    coming: Series = {name: [] for name in series()}
    figure = drawn(series=coming, levels=(), pinned=(beside(train),))
    assert "range" not in figure["layout"]["yaxis"]
    assert all(t.get("showlegend", True) for t in figure["data"] if "meta" in t)
    (pin,) = (t for t in figure["data"] if t["name"] == "test, wild")
    assert list(pin["y"]) == [90.0]
    assert list(pin["x"]) == [0]
