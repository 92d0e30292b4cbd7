"""The figures of the page “One step”: scales, regions, and what lies outside."""

from typing import Any

import numpy as np
import pytest

from pages.shared.palette import TEXT
from pages.shared.settings import settings_of
from pages.step import figure as figures
from pages.step import payload as picture
from pages.step.answer.replays import begun, other_decay, walked
from pages.step.question import Shown
from tests.pages.opening import values
from wd_core import OPTIMIZERS
from wd_core.linear.phases import Curvature
from wd_core.linear.shrinking import shrinking
from wd_core.optimizers import Kind

KINDS: tuple[Kind, ...] = ("coupled", "decoupled")


def named(figure: figures.Plain) -> dict[str, dict[str, Any]]:
    return {trace.get("name", ""): trace for trace in figure["data"]}


def test_the_plane_holds_every_arrow_and_the_way_to_zero() -> None:
    old, new = np.array([3.0, -4.0]), np.array([2.9, -3.7])
    arrows = [figures.Arrow("decay", old, 0.99 * old, TEXT, "solid")]
    figure = figures.plane(arrows, old, new, ["w₁", "w₂"])
    spans = [figure["layout"][f"{axis}axis"]["range"] for axis in "xy"]
    assert spans[0][1] - spans[0][0] == pytest.approx(spans[1][1] - spans[1][0])
    for point in (old, new, 0.99 * old):
        assert all(low < x < high for x, (low, high) in zip(point, spans, strict=True))
    way = named(figure)["the way to 0"]
    end = np.array([way["x"][1], way["y"][1]])
    assert np.cross([*end, 0], [*old, 0]) == pytest.approx(0)
    assert np.linalg.norm(end) < np.linalg.norm(old)


def test_an_arrow_of_no_length_is_left_out() -> None:
    old = np.array([1.0, 2.0])
    figure = figures.plane([figures.Arrow("decay", old, old, TEXT, "solid")], old, old, ["a", "b"])
    assert "decay" not in named(figure)


def test_the_phase_picture_draws_the_edges_of_the_phases() -> None:
    settings = settings_of({})
    figure = picture.phases(settings)["figure"]
    data = walked(settings).replay.dataset
    found = Curvature.of(data.X_train)
    x = values(figure["data"][0]["x"])
    low, monotone, ripples, flips, high = (values(t["y"]) for t in figure["data"][:5])
    for region, below, above in (
        ("monotone", low, monotone),
        ("ripples", monotone, ripples),
        ("flips", ripples, flips),
        ("diverges", flips, high),
    ):
        for k in range(0, len(x), 10):
            if above[k] > below[k] * (1 + 1e-9):
                between = float(np.sqrt(below[k] * above[k]))
                assert found.phase(between, float(x[k])) == region


def test_a_run_that_stays_small_is_walked_no_further_than_somebody_looks() -> None:
    settings = settings_of({"seed": 4801})
    found = walked(settings)
    assert (found.replay.last, found.furthest) == (found.replay.steps, 0)
    assert len(found.replay._stops) == 1
    end = found.step(found.replay.steps)
    assert end.step == found.replay.steps == found.replay.last
    assert not found.replay.diverged


def test_the_last_step_of_a_run_that_diverges_is_known_before_somebody_looks() -> None:
    settings = settings_of({"seed": 4802, "lr": 1.0})
    found = walked(settings)
    assert found.replay.diverged
    assert 1 <= found.replay.last < found.replay.steps
    assert begun(settings) is found


def test_l1_far_above_all_others_is_named_and_left_outside() -> None:
    late = settings_of({"optimizer": "momentum"})
    payload, _ = picture.pulls(late, walked(late).step(400))
    assert not any(name.startswith("L1") for name in named(payload["figure"]))
    (note,) = payload["figure"]["layout"]["annotations"]
    assert note["text"].values["strength"].value == pytest.approx(0.009)
    first = settings_of({})
    payload, shares = picture.pulls(first, walked(first).step(1))
    assert "L1, −ηλ·sign(w)" in named(payload["figure"])
    assert shares is not None
    assert shares.least < shares.middle < shares.most


def test_weights_of_zero_leave_the_pulls_a_picture_of_their_own() -> None:
    settings = settings_of({"init_std": 0.0})
    payload, shares = picture.pulls(settings, walked(settings).step(1))
    assert shares is None
    line = named(payload["figure"])["L1, −ηλ·sign(w)"]
    assert values(line["x"]).max() > 1
    assert payload["figure"]["layout"]["yaxis"]["range"][1] > 0.009


def test_a_step_of_rounding_is_no_arrow_and_sets_no_scale() -> None:
    old = np.array([0.5, -0.25])
    new = old * (1 + 1e-15)
    arrow = figures.Arrow("data, −η∂L", old, new, TEXT, "solid")
    figure = figures.plane([arrow], old, new, ["w₁", "w₂"])
    assert "data, −η∂L" not in named(figure)
    low, high = figure["layout"]["xaxis"]["range"]
    assert high - low > 0.1


def test_weights_far_outside_leave_the_others_a_picture_and_are_counted() -> None:
    settings = settings_of({"optimizer": "lion", "lr": 0.5, "weight_decay": 0.1})
    payload, _ = picture.pulls(settings, walked(settings).step(40))
    figure = payload["figure"]
    _, high = figure["layout"]["yaxis"]["range"]
    dots = np.concatenate([values(named(figure)[f"Lion, {kind}"]["y"]) for kind in KINDS])
    (note,) = figure["layout"]["annotations"]
    assert note["text"].values["n"] == (np.abs(dots) > high).sum() > 0
    assert (np.abs(dots) < 0.02 * high).mean() < 0.9


def test_decoupled_dots_lie_on_the_line_of_l2() -> None:
    settings = settings_of({"optimizer": "adam"})
    payload, _ = picture.pulls(settings, walked(settings).step(7))
    dots = named(payload["figure"])["Adam, decoupled (AdamW)"]
    np.testing.assert_allclose(values(dots["y"]), -0.009 * values(dots["x"]), rtol=1e-12)


def test_what_is_measured_lies_on_the_curve_of_decay_alone() -> None:
    for given in ({}, {"weight_decay": 50.0, "lr": 0.03}):
        settings = settings_of(given)
        traces = named(picture.shrunk(settings, walked(settings).step(1))["figure"])
        dots = traces["measured, out of the data's reach"]
        steps = values(dots["x"]).astype(int)
        left = shrinking(settings.run, settings.data.n_train).left(steps)
        np.testing.assert_allclose(values(dots["y"]), left, rtol=1e-6, atol=1e-9)


def test_only_where_decay_stands_alone_is_it_measured() -> None:
    alone: list[dict[str, Any]] = [
        {"optimizer": key, "decay": kind}
        for key, rule in OPTIMIZERS.items()
        for kind in KINDS
        if not (rule.spans and rule.decays[kind].factor)
    ]
    for given in (*alone, {"n_features": 5}):
        settings = settings_of(given)
        traces = named(picture.shrunk(settings, walked(settings).step(1))["figure"])
        assert "measured, out of the data's reach" not in traces


def test_without_decay_a_velocity_leaves_what_is_out_of_reach() -> None:
    settings = settings_of({"optimizer": "nesterov", "weight_decay": 0.0})
    traces = named(picture.shrunk(settings, walked(settings).step(1))["figure"])
    dots = traces["measured, out of the data's reach"]
    np.testing.assert_allclose(values(dots["y"]), 1, rtol=1e-9)


def test_where_decay_passes_through_the_rule_the_curve_is_that_of_plain_steps() -> None:
    for optimizer, lr in (("adam", 0.003), ("momentum", 0.003), ("lion", 1.0)):
        settings = settings_of({"optimizer": optimizer, "lr": lr, "weight_decay": 100.0})
        traces = named(picture.shrunk(settings, walked(settings).step(40))["figure"])
        assert next(iter(traces)).endswith(", in plain steps")
        assert "this step" not in traces
        assert np.isfinite(values(next(iter(traces.values()))["y"])).all()


def test_other_kinds_of_decay_are_those_of_the_first_rule_that_has_two() -> None:
    for key, rule in OPTIMIZERS.items():
        other = other_decay(settings_of({"optimizer": key}), "decoupled").run.optimizer
        assert not OPTIMIZERS[other].one_decay
        assert rule.one_decay or other == key


def test_every_mark_of_the_phase_picture_is_in_it() -> None:
    for given in (
        {"optimizer": "momentum", "momentum": 0.999, "n_train": 3, "n_features": 1},
        {"optimizer": "nesterov", "weight_decay": 100.0, "lr": 1.0, "batch_size": 1},
        {"n_features": 1, "n_train": 2, "batch_size": 1},
    ):
        figure = picture.phases(settings_of(given))["figure"]
        low, high = figure["layout"]["yaxis"]["range"]
        for mark in figure["data"]:
            if mark["mode"] == "markers":
                assert 10**low <= mark["y"][0] <= 10**high


def test_a_growing_curve_is_drawn_only_as_far_as_it_tells_something() -> None:
    settings = settings_of({"weight_decay": 100.0, "lr": 1.0})
    trace = picture.shrunk(settings, walked(settings).step(1))["figure"]["data"][0]
    np.testing.assert_array_equal(values(trace["y"]), [1, -99, 99**2])
    slow = settings_of({"weight_decay": 21.0, "lr": 0.1})
    trace = picture.shrunk(slow, walked(slow).step(1))["figure"]["data"][0]
    assert 2**5 <= np.abs(values(trace["y"])).max() < 2**5 * 1.1


def test_marks_on_one_another_show_because_the_larger_are_open() -> None:
    given = {"optimizer": "nesterov", "weight_decay": 50.0, "lr": 0.03, "batch_size": 5}
    marks = [t for t in picture.phases(settings_of(given))["figure"]["data"] if "marker" in t]
    run, *others = (mark["marker"] for mark in marks if mark["mode"] == "markers")
    sizes = {mark["size"] for mark in (run, *others)}
    assert len(others) == 2
    assert len(sizes) == 3
    assert min(sizes) == run["size"]
    assert all(mark["symbol"].endswith("-open") for mark in others)


@pytest.mark.parametrize("product", [1.98, 2.0, 2.0001])
@pytest.mark.parametrize("batch_size", [5, 19])
def test_many_changes_of_sign_are_drawn_as_two_lines(product: float, batch_size: int) -> None:
    """On every step w is on one of the two; the last of 19 and 1 examples keeps its sign."""
    given = {"weight_decay": 40.0, "lr": product / 40.0, "batch_size": batch_size}
    figure = shrinking_of(step=7, **given)
    above, below = (t for t in figure["data"] if t["name"].startswith("±"))
    assert below["showlegend"] is False
    x, y = values(above["x"]), values(above["y"])
    np.testing.assert_array_equal(values(below["y"]), -y)
    found = shrinking(settings_of(given).run, 20)
    np.testing.assert_allclose(y, np.abs(found.left(x.astype(int))))
    mark = named(figure)["this step"]
    assert mark["y"] == [float(found.left(7))]
    assert "two lines" in figure["layout"]["meta"]["alt"]


def test_few_changes_of_sign_are_drawn_one_by_one() -> None:
    curve = shrinking_of(weight_decay=50.0, lr=0.03)["data"][0]
    assert curve["name"] == "(1 − ηλ)<sup>t</sup>"
    assert (np.sign(values(curve["y"])) == np.resize([1, -1], len(values(curve["y"])))).all()


def shrinking_of(step: int = 1, **given: Any) -> figures.Plain:
    """The picture of decay alone for these settings at this step."""
    settings = settings_of(given)
    return picture.shrunk(settings, walked(settings).step(step))["figure"]  # type: ignore[no-any-return]


def test_without_decay_the_line_lies_at_one_in_a_sensible_range() -> None:
    figure = shrinking_of(weight_decay=0.0)
    assert (values(figure["data"][0]["y"]) == 1).all()
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 0
    assert 1.05 < high < 1.2


@pytest.mark.parametrize(
    ("given", "step"),
    [
        ({"lr": 1.0, "weight_decay": 100.0}, 3),
        ({"lr": 0.03, "weight_decay": 30.0}, 300),
        ({"batch_size": 6}, 4),
    ],
)
def test_this_step_is_on_the_curve(given: dict[str, float], step: int) -> None:
    traces = named(shrinking_of(step, **given))
    curve, mark = next(iter(traces.values())), traces["this step"]
    assert mark["x"] == [step]
    x, y = values(curve["x"]), values(curve["y"])
    assert x[-1] >= step
    assert mark["y"][0] == pytest.approx(np.interp(step, x, y), rel=1e-2, abs=1e-9)


def test_the_half_life_is_drawn_where_half_of_w_is_left_and_not_where_signs_flip() -> None:
    for given in ({}, {"batch_size": 6}, {"batch_size": 6, "decay": "decoupled"}):
        traces = named(shrinking_of(**given))
        corner = traces["half-life"]["x"][1]
        curve = next(iter(traces.values()))
        at = np.interp(corner, values(curve["x"]), values(curve["y"]))
        assert at == pytest.approx(0.5, rel=5e-3)
    assert "half-life" not in named(shrinking_of(lr=0.03, weight_decay=50.0))


def test_the_dots_of_a_diverged_run_fill_their_picture() -> None:
    settings = settings_of({"lr": 0.5})
    payload, _ = picture.pulls(settings, walked(settings).step(10))
    traces = named(payload["figure"])
    widest = max(np.abs(values(traces[f"Adam, {kind}"]["x"])).max() for kind in KINDS)
    assert values(traces["L2, −ηλw"]["x"]).max() < 1.1 * widest


@pytest.mark.parametrize(("decay", "share"), [("coupled", 2 / 6), ("decoupled", 1.0)])
def test_on_a_short_batch_the_pictures_have_its_decay(decay: str, share: float) -> None:
    settings = settings_of({"batch_size": 6, "decay": decay})
    seen = walked(settings).step(4)
    assert len(seen.rows) == 2
    payload, _ = picture.pulls(settings, seen)
    line = payload["figure"]["data"][0]
    x, y = values(line["x"]), values(line["y"])
    np.testing.assert_allclose(y / x, -0.009 * share)
    assert ("2/6" in line["name"]) == (share < 1)
    plane = picture.update(settings, Shown(4), seen, ())["figure"]
    assert any(name.startswith("decay, −ηλ·2/6") for name in named(plane)) == (share < 1)


def test_arrow_heads_are_as_strong_as_their_shafts() -> None:
    old = np.array([3.0, -4.0])
    arrow = figures.Arrow("decay", old, 0.9 * old, TEXT, "solid")
    figure = figures.plane([arrow], old, 0.9 * old, ["w₁", "w₂"])
    assert named(figure)["decay"]["marker"]["opacity"] == 1
