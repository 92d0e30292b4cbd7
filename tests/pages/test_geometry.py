"""The geometry page's picture: what is drawn for every λ and θ is what the quadratic says."""

import math
from typing import Any

import numpy as np
import pytest

from pages.geometry.answer.descents import stability
from pages.geometry.answer.solutions import NARROWER, Solutions, problem, solutions
from pages.geometry.figure import panels, shapes
from pages.geometry.figure.examples import points
from pages.geometry.figure.surface import LIFT
from pages.geometry.payload import plane as plane_payload
from pages.geometry.payload import surface as surface_payload
from pages.geometry.payload.labels import BOX, ROOM, struck, way
from pages.geometry.payload.moves import LONGEST_ARROW, SHORTEST_ARROW, l1_optima
from pages.geometry.payload.readouts import angles
from pages.geometry.question.scene import DECADES, DEFAULT, FORM, Scene
from pages.geometry.words import finding, meaning
from pages.geometry.words.diamond import sparsity
from pages.geometry.words.finding import valley
from pages.shared.numbers import plain
from pages.shared.words import Said
from tests.oracles import ridge
from wd_core.arrays import Array

SCENES: dict[str, dict[str, Any]] = {
    "designed": {},
    "valley": {"s2": 0.0},
    "plain": {"s1": 0.0, "s2": 0.0},
    "minimiser at 0": {"w1": 0.0, "w2": 0.0},
    "diabetes": {"source": "diabetes"},
    "equal features": {"source": "diabetes", "feature1": "bmi", "feature2": "bmi"},
    "synthetic": {"source": "synthetic"},
    "slice": {"source": "slice"},
    "slice of few": {"source": "slice", "n_train": 40, "n_features": 5, "data": "correlated"},
}
EVERY = pytest.mark.parametrize("values", SCENES.values(), ids=SCENES.keys())
BOWLS = [name for name in SCENES if name not in ("plain", "minimiser at 0")]
BOUND = pytest.mark.parametrize("values", [SCENES[name] for name in BOWLS], ids=BOWLS)


def solved(values: dict[str, Any]) -> Solutions:
    return solutions(FORM.of(values))


def drawn(values: dict[str, Any]) -> dict[str, Any]:
    return plane_payload.plane(FORM.of(values))


def exactly(values: dict[str, Any]) -> list[str]:
    """What is said of every picture with its numbers."""
    scene = FORM.of(values)
    return meaning.sentences(scene, problem(scene.problem()), solutions(scene))


def trace(payload: dict[str, Any], key: str) -> dict[str, Any]:
    """The first trace that these moves move."""
    data = payload["figure"]["data"]
    return dict(next(t for t in data if (t.get("meta") or {}).get("moves") == key))


def places(payload: dict[str, Any], key: str) -> Array:
    """Where the points of this moving trace are drawn in every picture, [K, P, 2]."""
    move = payload["moves"][key]
    if "affine" not in move:
        return np.stack([move["x"], move["y"]], -1)
    shape = trace(payload, key)
    u, v = shape["x"], shape["y"]
    a, b, c, d, e, f = (column[:, None] for column in move["affine"].T)
    return np.stack([a * u + b * v + e, c * u + d * v + f], -1)


def paths(payload: dict[str, Any], key: str) -> Array:
    """A descent of every picture, its two parts joined, [K, steps + 1, 2]."""
    first = places(payload, key)
    if f"{key} rest" not in payload["moves"]:
        return first
    return np.concatenate([first, places(payload, f"{key} rest")[:, 1:]], axis=1)


@EVERY
def test_the_circle_has_radius_root_theta(values: dict[str, Any]) -> None:
    s = solved(values)
    circle = places(drawn(values), "disc")
    away = np.abs(np.hypot(circle[..., 0], circle[..., 1]) - np.sqrt(s.theta)[:, None])
    assert away.max() < 1e-9


@BOUND
def test_theta_falls_and_weight_decay_rises(values: dict[str, Any]) -> None:
    s = solved(values)
    assert (np.diff(s.theta) <= 0).all()
    assert (np.diff(s.weight_decay) >= 0).all()
    bound = s.weight_decay > 0
    assert (np.diff(s.theta[bound]) < 0).all()
    assert s.theta[bound] == pytest.approx((s.optimum[bound] ** 2).sum(1), rel=1e-9)
    assert (s.theta[~bound] >= s.free_norm * (1 - 1e-12)).all()
    assert s.weight_decay[-1] == 1e6
    assert s.theta[-1] < 1e-8 * s.free_norm


@EVERY
def test_what_is_drawn_agrees_with_the_quadratic_at_every_weight_decay(
    values: dict[str, Any],
) -> None:
    s, payload = solved(values), drawn(values)
    series = payload["series"]
    assert series["weight_decay"] == s.weight_decay.tolist()
    assert places(payload, "optimum")[:, 0] == pytest.approx(s.optimum, abs=1e-14)
    for k, (surface, lam) in enumerate(zip(s.surfaces, s.weight_decay.tolist(), strict=True)):
        best = s.optimum[k]
        assert surface.gradient(best) + lam * best == pytest.approx(0, abs=1e-12)
        loss = float(surface.loss(best))
        assert series["loss"][k] == pytest.approx(loss + surface.offset, abs=1e-15)
        objective = float(surface.objective(best, lam)) + surface.offset
        assert series["objective"][k] == pytest.approx(objective, rel=1e-12, abs=1e-15)
    assert len(payload["sentences"]) == len(s.theta)
    assert all(len(slider["texts"]) == len(s.theta) for slider in payload["sliders"])


@BOUND
def test_the_touching_curve_is_a_level_set_of_the_loss_through_the_optimum(
    values: dict[str, Any],
) -> None:
    s = solved(values)
    curves = places(drawn(values), "touching")
    for k, surface in enumerate(s.surfaces):
        near = np.abs(curves[k]).max(1) < 50 * s.box[1]
        wanted = float(surface.loss(s.optimum[k]))
        # in a valley an ellipse of a thousand frames stands for two lines
        close = 1e-6 if surface.rank == 2 else 1e-2
        assert surface.loss(curves[k][near]) == pytest.approx(wanted, rel=close, abs=1e-12)


@BOUND
def test_no_point_of_the_disc_is_better_than_the_optimum(values: dict[str, Any]) -> None:
    s = solved(values)
    circles = places(drawn(values), "disc")
    for k, surface in enumerate(s.surfaces):
        assert surface.loss(circles[k]).min() >= surface.loss(s.optimum[k]) - 1e-12


@pytest.mark.parametrize("values", [v for n, v in SCENES.items() if "slice" not in n])
def test_level_sets_are_those_of_the_loss_at_every_weight_decay(values: dict[str, Any]) -> None:
    s = solved(values)
    surface = s.surfaces[0]
    for lam in (0.0, 0.5, 100.0):
        data = drawn(values | {"weight_decay": lam})["figure"]["data"]
        rings = [t for t in data if t.get("name") == "level sets of the data loss L"]
        if surface.rank == 0:
            assert not rings
            continue
        large, small = rings
        for shown, radii in ((large, panels.FINE_RADII), (small, panels.RADII)):
            points = np.column_stack([np.asarray(shown["x"]), np.asarray(shown["y"])])
            rows = points.reshape(len(radii), -1, 2)[:, :-1]
            near = np.abs(rows).max(-1) < 50 * s.half
            heights = np.sqrt(2 * surface.loss(rows))
            step = np.median(heights[near] / (radii[:, None] + 0 * heights)[near])
            wanted = (step * radii)[:, None] + 0 * heights
            close = 1e-9 if surface.rank == 2 else 1e-2  # an ellipse for two lines
            assert heights[near] == pytest.approx(wanted[near], rel=close)


@pytest.mark.parametrize("values", [v for n, v in SCENES.items() if "slice" in n])
def test_a_slices_level_sets_are_those_of_the_data_on_that_plane(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    given = problem(FORM.of(values).problem())
    assert given.turns
    assert given.slices is not None
    rings = places(payload, "loss rings")
    radii = np.hypot(*shapes.rings(panels.FINE_RADII).T)
    for k in range(0, len(s.theta), 7):
        lam = float(s.weight_decay[k])
        plane = given.slices(lam)
        inside = ~np.isnan(radii) & (np.abs(rings[k]).max(1) < 50 * s.box[1])
        lowest = float(plane.loss(s.minimiser[k]))
        steps = np.sqrt(2 * (plane.loss(rings[k][inside]) - lowest)) / radii[inside]
        assert steps == pytest.approx(np.median(steps), rel=1e-6)
        w = plane.lift(s.optimum[k])
        assert float(w @ w) == pytest.approx(given.norm(lam), rel=1e-9)


@BOUND
def test_the_arrows_at_the_optimum_are_equal_and_opposite(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    force, pull = places(payload, "force"), places(payload, "pull")
    there, back = force[:, shapes.TIP] - s.optimum, pull[:, shapes.TIP] - s.optimum
    assert force[:, 0] == pytest.approx(s.optimum)
    assert there == pytest.approx(-back, abs=1e-12)
    drawn_ = np.linalg.norm(there, axis=1)
    bound = s.weight_decay > 0
    cross = there[:, 0] * s.force[:, 1] - there[:, 1] * s.force[:, 0]
    pulled = np.linalg.norm(s.force, axis=1)
    assert np.abs(cross[bound] / drawn_[bound] / pulled[bound]).max() < 1e-6  # along −∇L
    assert ((there * s.force).sum(1)[bound] > 0).all()
    wanted = np.maximum(LONGEST_ARROW * pulled / pulled.max(), SHORTEST_ARROW) * s.half
    assert drawn_[bound] == pytest.approx(wanted[bound], rel=1e-6)
    assert (drawn_[~bound] == 0).all()
    for key in ("force label", "pull label"):
        hidden = np.abs(places(payload, key)[:, 0]).max(1) > 10 * s.half
        assert hidden.tolist() == (~bound).tolist()
    assert np.nanmax(angles(s)) == 0


def test_the_path_goes_from_the_free_minimiser_to_zero() -> None:
    s = solved({})
    (path,) = (
        t for t in drawn({})["figure"]["data"] if str(t.get("name")).startswith("path of w*(λ)")
    )
    x, y = np.asarray(path["x"]), np.asarray(path["y"])
    assert [x[0], y[0]] == pytest.approx([DEFAULT.w1, DEFAULT.w2])
    assert math.hypot(x[-1], y[-1]) < 1e-5
    assert math.hypot(x[-1], y[-1]) > 0  # never exactly
    assert s.optimum[0] == pytest.approx(s.minimiser[0])


@EVERY
def test_axes_are_locked_and_the_panels_alike(values: dict[str, Any]) -> None:
    layout = drawn(values)["figure"]["layout"]
    for panel in ("", "2", "3", "4"):
        assert layout[f"yaxis{panel}"]["scaleanchor"] == f"x{panel}"
        assert layout[f"yaxis{panel}"]["scaleratio"] == 1
        for letter in "xy":
            assert layout[f"{letter}axis{panel}"]["range"] == layout[f"{letter}axis"]["range"]
    domains = [[layout[f"{letter}axis{p}"]["domain"] for letter in "xy"] for p in "234"]
    widths = [[end - start for start, end in spans] for spans in domains]
    assert np.array(widths) == pytest.approx(np.array([widths[0]] * 3))


@EVERY
def test_nothing_that_moves_is_missing(values: dict[str, Any]) -> None:
    scene = values | {"descent": "on", "l1": "on", "objective": "on"}
    payload = drawn(scene)
    asked = {t["meta"]["moves"] for t in payload["figure"]["data"] if "moves" in t.get("meta", {})}
    assert asked <= payload["moves"].keys()
    points = len(payload["series"]["theta"])
    for key in asked:
        assert places(payload, key).shape[0] == points
    assert 0 <= payload["position"] < points


@EVERY
def test_the_sliders_share_no_picture_and_leave_none_out(values: dict[str, Any]) -> None:
    s = solved(values)
    by_weight_decay, by_theta = (set(stops) for stops in s.stops)
    assert not by_weight_decay & by_theta
    assert by_weight_decay | by_theta == set(range(len(s.theta)))
    for k, (lam, theta) in enumerate(zip(s.weight_decay, s.theta, strict=True)):
        assert s.by_theta(lam, theta) == (k in by_theta)
        if k in by_theta:
            assert theta == float(f"{theta:.3g}")


@EVERY
def test_both_sliders_run_through_their_range(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    lam, theta = payload["sliders"]
    offered = s.weight_decay[lam["stops"]]
    assert (np.diff(offered) > 0).all()
    assert {0.0, 0.5, *DECADES} <= set(offered.tolist())
    assert (np.diff(s.theta[theta["stops"]]) >= 0).all()
    assert s.theta[theta["stops"][-1]] > s.free_norm
    assert "does not bind" in theta["texts"][theta["stops"][-1]]
    assert s.weight_decay[theta["stops"][-1]] == 0


# Of all pictures, those at an end of the range where w* hardly moves any more.
LINGERING = 0.15


@BOUND
def test_playing_goes_at_an_even_pace(values: dict[str, Any]) -> None:
    s = solved(values)
    strides = np.linalg.norm(np.diff(s.optimum, axis=0), axis=1) / np.sqrt(s.free_norm)
    bound = strides[int(s.idle.sum()) - 1 :]
    assert bound.max() < 10 * NARROWER
    assert (bound < NARROWER).mean() < LINGERING


EXTREMES: dict[str, dict[str, Any]] = SCENES | {
    "steep and shallow": {"s1": 100.0, "s2": 0.01},
    "the valley points at 0": {"s1": 100.0, "s2": 0.01, "angle": 120.0},
    "nearly flat": {"s1": 1e-9, "s2": 0.0},
    "many noisy": {"source": "synthetic", "noise": 10.0, "n_train": 5},
}


@pytest.mark.parametrize("values", EXTREMES.values(), ids=EXTREMES.keys())
def test_every_panel_has_level_sets_at_every_weight_decay(values: dict[str, Any]) -> None:
    """Each function of a panel either is flat, and the word says so, or has rings in the frame."""
    s, payload = solved(values), drawn(values)
    for name, flat in (
        ("loss", np.full(len(s.theta), s.flat)),
        ("penalty", s.weight_decay == 0),
        ("objective", s.flat & (s.weight_decay == 0)),
    ):
        said = np.abs(places(payload, f"flat {name}")[:, 0]).max(1) < 10 * s.half
        assert said.tolist() == flat.tolist()
        if f"{name} rings" not in payload["moves"]:
            continue  # it stands still: held by the test of the level sets
        small = next(
            t
            for t in payload["figure"]["data"]
            if (t.get("meta") or {}).get("moves") == f"{name} rings"
            and t["xaxis"] in ("x2", "x3", "x4")
        )
        u, v = np.asarray(small["x"]), np.asarray(small["y"])
        a, b, c, d, e, f = payload["moves"][f"{name} rings"]["affine"].T[..., None]
        x, y = a * u + b * v + e, c * u + d * v + f
        ring = np.repeat(np.arange(panels.RINGS), len(u) // panels.RINGS)
        # a side of an ellipse that crosses the frame may have both its ends outside
        for k in np.flatnonzero(~flat):
            crossing = [
                _crosses(x[k][ring == r], y[k][ring == r], s.box) for r in range(panels.RINGS)
            ]
            assert sum(crossing) > panels.RINGS // 2 - 1


def _crosses(x: Array, y: Array, box: tuple[float, float, float, float]) -> bool:
    """Whether a closed line has a point in the box; every side of it is looked at closely."""
    left, right, bottom, top = box
    share = np.linspace(0, 1, 200)[:, None]
    along_x, along_y = x[:-2] + share * np.diff(x[:-1]), y[:-2] + share * np.diff(y[:-1])
    inside = (left <= along_x) & (along_x <= right) & (bottom <= along_y) & (along_y <= top)
    return bool(inside.any())


def test_rings_are_level_sets_of_penalty_and_objective() -> None:
    s, payload = solved({}), drawn({})
    radii = np.hypot(*shapes.rings(panels.RADII, panels.SMALL_CORNERS).T)
    shown = ~np.isnan(radii)
    penalty, objective = places(payload, "penalty rings"), places(payload, "objective rings")
    for k in range(10, len(s.theta), 5):
        lam, surface = float(s.weight_decay[k]), s.surfaces[k]
        heights = lam * (penalty[k][shown] ** 2).sum(1) / radii[shown] ** 2
        assert heights == pytest.approx(np.median(heights))
        lowest = float(surface.objective(s.optimum[k], lam))
        above = surface.objective(objective[k][shown], lam) - lowest
        heights = above / radii[shown] ** 2
        assert heights == pytest.approx(np.median(heights))


@pytest.mark.parametrize("theta", [0.3, 1.0, 4.0])
def test_theta_in_a_link_gives_its_weight_decay(theta: float) -> None:
    s = solved({"weight_decay": 0.0, "theta": theta})
    assert s.theta[s.chosen] == pytest.approx(theta, rel=1e-10)
    assert s.weight_decay[s.chosen] > 0


def test_a_disc_wider_than_the_minimiser_does_not_bind() -> None:
    s = solved({"weight_decay": 0.0, "theta": 50.0})
    assert (s.weight_decay[s.chosen], s.theta[s.chosen]) == (0.0, 50.0)
    assert "does not bind" in exactly({"weight_decay": 0.0, "theta": 50.0})[s.chosen]


# ---------------------------------------------------------------- descent and L1


def test_the_paths_are_the_engines() -> None:
    values = {"source": "synthetic", "descent": "on", "steps": 15, "lr": 0.1}
    scene, s = FORM.of(values), solved(values)
    payload = drawn(values)
    start = [scene.start1, scene.start2]
    k = s.chosen
    exact = s.surfaces[k].descent(start, scene.lr, float(s.weight_decay[k]), scene.steps)
    assert paths(payload, "descent")[k] == pytest.approx(exact)
    held = s.surfaces[k].projected_descent(start, scene.lr, float(s.theta[k]), scene.steps)
    assert paths(payload, "projected")[k] == pytest.approx(held)
    assert np.hypot(*held[1:].T).max() <= math.sqrt(s.theta[k]) * (1 + 1e-12)


def test_minibatches_of_all_examples_are_the_full_batch() -> None:
    values = {"source": "diabetes", "descent": "on", "batch_size": 20, "steps": 10, "lr": 0.05,
              "start1": -0.3, "start2": 0.3}  # fmt: skip
    stable = stability(FORM.of(values), solved(values)) < 2
    assert stable.sum() > 50
    payload = drawn(values)
    full, parts = paths(payload, "descent"), paths(payload, "minibatch")
    assert parts[stable] == pytest.approx(full[stable], abs=1e-9)


def test_a_diverging_path_ends_at_the_frames_edge_and_is_named() -> None:
    values = {"descent": "on", "lr": 0.85, "steps": 100}  # limit at λ = 0: 1, at λ = 0.5: 0.8
    s, payload = solved(values), drawn(values)
    left, right, bottom, top = s.box
    unstable = stability(FORM.of(values), s) > 2
    assert 0 < unstable.sum() < len(unstable)
    ways, words = paths(payload, "descent"), places(payload, "diverging")[:, 0]
    grown = [k for k in np.flatnonzero(unstable) if s.weight_decay[k] > 0.6]
    for k in grown:
        x, y = ways[k, -1]
        assert min(abs(x - left), abs(x - right), abs(y - bottom), abs(y - top)) < 1e-9
        assert "Full-batch descent on J diverges" in exactly(values)[k]
    assert (np.abs(words[unstable]) < right).all()
    assert (words[~unstable] > 10 * right).all()
    assert "Full-batch descent on J converges" in exactly(values)[0]


def test_a_start_outside_the_frame_draws_no_path() -> None:
    assert "descent" not in drawn({"descent": "on", "start1": 60.0})["moves"]


@pytest.mark.parametrize("lam", [0.0, 0.5])
def test_a_start_beside_the_steepest_direction_does_not_diverge(lam: float) -> None:
    """η(sₘₐₓ + λ) > 2, and the path ends at w* for all that: nothing moves it along s₁."""
    values = {"descent": "on", "angle": 0.0, "lr": 1.5, "steps": 200, "weight_decay": lam}
    s = solved(values)
    values["start1"] = float(s.optimum[s.chosen, 0])
    payload = drawn(values)
    assert payload["series"]["stability"][s.chosen] > 2
    end = paths(payload, "descent")[s.chosen, -1]
    assert end == pytest.approx(s.optimum[s.chosen], abs=1e-9)
    assert "ends at w*, though" in exactly(values)[s.chosen]
    assert places(payload, "diverging")[s.chosen, 0, 0] > 10 * s.half
    values["start1"] += 0.01
    assert "descent on J diverges" in exactly(values)[s.chosen]


def test_a_start_at_the_optimum_stays_whatever_the_learning_rate() -> None:
    values = {"descent": "on", "lr": 90.0, "start1": 1.9, "start2": 1.1, "weight_decay": 0.0}
    s, payload = solved(values), drawn(values)
    assert "starts at w* and stays there" in exactly(values)[s.chosen]
    assert paths(payload, "descent")[s.chosen] == pytest.approx(
        s.optimum[s.chosen] + np.zeros((61, 2))
    )
    assert "diverges" in exactly(values)[s.chosen + 1]


def test_a_path_that_swings_for_ever_is_said_to_do_so() -> None:
    values = {"descent": "on", "lr": 0.8, "steps": 200}
    s, payload = solved(values), drawn(values)
    assert "neither converges nor diverges" in exactly(values)[s.chosen]
    ways = paths(payload, "descent")[s.chosen]
    assert ways[-1] == pytest.approx(ways[-3], abs=1e-9)
    assert np.linalg.norm(ways[-1] - ways[-2]) > 0.1


@pytest.mark.parametrize("size", [{"n_features": 2}, {"n_train": 3}, {"n_train": 2}])
def test_a_plane_that_does_not_turn_is_not_said_to(size: dict[str, Any]) -> None:
    """In two dimensions, or with a row space of two, one plane holds every w*(λ)."""
    values = {"source": "slice", "n_train": 20, "n_features": 30} | size
    given = problem(FORM.of(values).problem())
    assert given.dataset is not None
    s, data = solved(values), given.dataset
    assert not given.turns
    assert "turns" not in " ".join(finding.sliced(given)) + " ".join(meaning.drawn(given, s))
    legend = [str(t.get("name")) for t in drawn(values)["figure"]["data"]]
    assert "path of w*(λ), λ from 0 to ∞" in legend
    for k in range(0, len(s.theta), 9):
        w, _ = ridge(data.X_train, data.y_train, float(s.weight_decay[k]))
        assert np.linalg.norm(s.optimum[k]) == pytest.approx(np.linalg.norm(w), rel=1e-7)
    assert all(surface is s.surfaces[0] for surface in s.surfaces)


def test_the_examples_axes_are_named_after_what_lies_along_them() -> None:
    for values, names in (
        ({"source": "diabetes"}, ["bmi", "s5"]),
        ({"source": "synthetic"}, ["x₁", "x₂"]),
    ):
        given = problem(FORM.of(values).problem())
        assert given.features is not None
        assert given.dataset is not None
        figure = points(given.dataset.X_train, given.dataset.y_train, given.features)
        axes = [figure["layout"][f"{letter}axis"]["title"]["text"] for letter in "xy"]
        assert axes == names
        assert np.asarray(figure["data"][0]["x"]) == pytest.approx(given.dataset.X_train[:, 0])


@pytest.mark.parametrize("values", [v for n, v in SCENES.items() if "slice" not in n])
def test_the_name_of_the_optimum_stands_at_its_own_point(values: dict[str, Any]) -> None:
    values = values | {"l1": "on"}
    s, payload = solved(values), drawn(values)
    at = places(payload, "optimum label")[:, 0]
    own, other = (np.linalg.norm(at - p, axis=1) for p in (s.optimum, l1_optima(s)))
    together = np.linalg.norm(s.optimum - l1_optima(s), axis=1) < 0.05 * s.half
    assert (together | (own < other)).all()


def test_l1_gives_exact_zeros_and_l2_none() -> None:
    s = solved({})
    best = l1_optima(s)
    small = s.theta < 0.5
    assert (best[small] == 0).any(1).all()
    assert (s.optimum != 0).all()
    assert (np.abs(best).sum(1) <= np.sqrt(s.theta) * (1 + 1e-12)).all()


def said_of_l1(values: dict[str, Any]) -> list[Said]:
    s = solved(values)
    return sparsity(s, l1_optima(s))


def one(said: list[Said], words: str) -> Said:
    """The only sentence with these words."""
    (found,) = (sentence for sentence in said if words in sentence.text)
    return found


def test_the_range_of_l1s_zeros_is_the_diamonds() -> None:
    surface = solved({}).surfaces[0]
    held_ = one(said_of_l1({}), "but not at the present one")
    assert (held_.values["weight"], held_.values["high"]) == ("w₁", "1.19")
    held = [surface.l1_constrained(math.sqrt(theta))[0] == 0 for theta in (1e-9, 1.18, 1.19, 4.0)]
    assert held == [True, True, False, False]
    narrow = said_of_l1({"weight_decay": 5.0})
    assert one(narrow, "On the diamond").values["weight"] == "w₁"
    assert one(narrow, "as at the present one").values["high"] == "1.19"
    assert one(narrow, "L2 holds neither weight at 0")


@pytest.mark.parametrize("lam", [0.0, 0.5, 1e4])
def test_what_is_said_of_l1_holds_for_symmetric_losses(lam: float) -> None:
    """s₁ = s₂ and w̃ on the diagonal: w(L1) = w* stays on it, by symmetry."""
    s = solved({"s1": 1.0, "s2": 1.0, "w1": 1.0, "w2": 1.0, "weight_decay": lam})
    best = l1_optima(s)
    np.testing.assert_allclose(best[:, 0], best[:, 1], atol=1e-15)
    np.testing.assert_allclose(s.optimum[:, 0], s.optimum[:, 1], rtol=1e-14)
    said = sparsity(s, best)
    assert [sentence.endswith("neither is 0.") for sentence in said] == [True, True, False]
    assert "L1 holds neither weight at exactly 0 over a range of θ, and nor does L2" in said[-1]


@pytest.mark.parametrize("values", [{"s2": 1.0}, {"s2": 0.2, "angle": 90.0}])
def test_what_is_said_of_l1_holds_for_a_minimiser_on_an_axis(values: dict[str, Any]) -> None:
    said = said_of_l1({"s1": 1.0, "w1": 1.0, "w2": 0.0} | values)
    assert not any("neither" in sentence for sentence in said)
    assert sum("w₂ is exactly 0" in sentence for sentence in said) == 2
    assert one(said, "for in w̃ it is 0 already").values["weight"] == "w₂"
    assert one(said, "L2 holds {weight}").values["weight"] == "w₂"


def test_two_equal_features_have_a_whole_edge_of_minimisers() -> None:
    values = {"source": "diabetes", "feature1": "bmi", "feature2": "bmi"}
    s = solved(values)
    root = float(np.sqrt(s.theta[s.chosen]))
    line = one(said_of_l1(values), "more than one minimiser").values
    ends = [[line[f"{end}{k}"].value for k in "12"] for end in ("from", "to")]
    assert np.array(ends) == pytest.approx(root * np.eye(2), rel=1e-12)
    free = said_of_l1(values | {"weight_decay": 0.0})
    assert one(free, "the shortest is shown")
    assert one(free, "L1 holds neither weight at exactly 0")
    for other in ({"source": "diabetes"}, {"s2": 0.0, "weight_decay": 2.0}):
        assert not any("more than one" in sentence for sentence in said_of_l1(other))
    said = valley(s, problem(FORM.of(values).problem()))
    assert said is not None
    assert said.startswith("Both features hold the same numbers, so L depends on w₁ + w₂")
    said = valley(solved({"s2": 0.0}), problem(FORM.of({"s2": 0.0}).problem()))
    assert said is not None
    assert said.startswith("One eigenvalue is 0")


def test_l1_of_a_flat_loss_and_of_one_at_0() -> None:
    assert "every point of the diamond is as good" in said_of_l1({"s1": 0.0, "s2": 0.0})[-1]
    assert "both are 0 whatever θ is" in said_of_l1({"w1": 0.0, "w2": 0.0})[-1]


def test_data_without_signal_have_their_minimiser_at_0() -> None:
    values = {"source": "synthetic", "noise": 0.0, "true1": 0.0, "true2": 0.0}
    s, payload = solved(values), drawn(values)
    assert s.free_norm == 0
    assert not s.optimum.any()
    assert set(payload["series"]["loss"]) == {0}
    assert "w̃ = 0, so w* = 0" in exactly(values)[s.chosen]


@pytest.mark.parametrize("values", [{"s2": 0.0}, SCENES["equal features"]])
def test_a_descent_in_a_valley_says_where_it_ends(values: dict[str, Any]) -> None:
    start = {"start1": -0.4, "start2": 0.5, "descent": "on", "steps": 200, "weight_decay": 0.0}
    s, payload = solved(values | start), drawn(values | start)
    end = paths(payload, "descent")[s.chosen, -1]
    assert np.linalg.norm(end - s.minimiser[0]) > 0.1
    numbers = ", ".join(plain(x) for x in end.tolist())
    assert f"It ends at ({numbers}), the minimiser nearest" in exactly(values | start)[s.chosen]
    other = s.weight_decay.tolist().index(0.5)
    assert "nearest the start" not in exactly(values | start)[other]
    flat = {"s1": 0.0, "s2": 0.0, "descent": "on", "weight_decay": 0.0, "start1": -1.0}
    assert "stays at the start, (−1, 1.5)" in exactly(flat)[solved(flat).chosen]


@EVERY
def test_where_the_constraint_is_idle_nothing_pulls(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    still = s.idle | (s.free_norm == 0)
    for key in ("force label", "pull label"):
        assert (np.abs(places(payload, key)[still]) > 10 * s.box[1]).all()
    loss = np.array(payload["series"]["loss"])
    assert ((loss == 0) | (np.abs(loss) > 1e-15 * np.abs(loss).max())).all()


def test_the_surfaces_meet_where_there_is_no_penalty() -> None:
    payload = surface_payload.surface(Scene(weight_decay=0.0))
    loss, objective = payload["figure"]["data"][:2]
    assert (loss["z"] == objective["z"]).all()
    assert "one surface" in payload["sentence"]


@EVERY
@pytest.mark.parametrize("lam", [0.0, 0.5, 1e6])
def test_the_surface_marks_the_minimisers_on_the_sheets(values: dict[str, Any], lam: float) -> None:
    scene = FORM.of(values | {"weight_decay": lam})
    s, payload = solutions(scene), surface_payload.surface(scene)
    surface, k = s.surfaces[s.chosen], s.chosen
    points = {t["name"]: t for t in payload["figure"]["data"] if t.get("mode") == "markers"}
    heights = {
        "w̃": float(surface.loss(s.minimiser[k])),
        "w*": float(surface.loss(s.optimum[k])),
        "w*, on J": float(surface.objective(s.optimum[k], lam)),
    }
    assert points.keys() == heights.keys()
    low, top = payload["figure"]["layout"]["scene"]["zaxis"]["range"]
    for name, height in heights.items():
        (said,) = points[name]["customdata"]
        assert said == pytest.approx(height + surface.offset, abs=1e-12)
        assert points[name]["z"][0] - said == pytest.approx(LIFT * (top - low))  # it sinks in else
    assert all(low - 1e-12 <= points[name]["z"][0] <= top for name in heights)
    (control,) = payload["live"]["controls"].values()
    assert [float(text) for text in control["values"]] == s.weight_decays


# Two words of a box each; what is left between them is at least nothing.
LABELS = ("force label", "pull label", "optimum label", "minimiser label", "optimum l1 label")


@pytest.mark.parametrize("values", [v for n, v in SCENES.items() if "slice" not in n])
def test_no_name_lies_on_another(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values | {"l1": "on"})
    names = np.stack([places(payload, key)[:, 0] for key in LABELS], 1)
    for first in range(len(LABELS)):
        for other in range(first):
            if {LABELS[first], LABELS[other]} == {"optimum label", "minimiser label"}:
                continue  # they stand on either side of the way
            away = np.abs(names[:, first] - names[:, other]) / (ROOM * s.half)
            hidden = np.abs(names[:, first]).max(1) > 10 * s.half
            assert (hidden | (away > [0.9, 0.5]).any(1)).all(), (LABELS[first], LABELS[other])


NARROW = {"source": "diabetes", "descent": "on", "lr": 2.0, "l1": "on", "objective": "on"}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"source": "synthetic"},
        {"source": "diabetes"},
        {"descent": "on"},
        {"source": "slice"},
        NARROW | {"start1": -0.41, "start2": 0.55},
    ],
)
def test_the_names_of_the_pulls_are_clear_of_lines_and_points(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    k, box = s.chosen, BOX * ROOM * s.half
    for key in ("force label", "pull label"):
        at = places(payload, key)[:, 0]
        points = np.vstack([np.zeros(2), s.minimiser[k], s.optimum[k], way(s)[k]])
        assert (np.abs(points - at[k]) > box).any(1).all()
        assert not struck(at[:, None], s)[k].any()
        left, right, bottom, top = s.box
        assert (at[k] - box > [left, bottom]).all()
        assert (at[k] + box < [right, top]).all()


def test_the_warning_of_a_path_that_diverges_names_it_and_is_clear_of_names() -> None:
    values = NARROW | {"start1": -0.41, "start2": 0.55}
    s, payload = solved(values), drawn(values)
    assert trace(payload, "diverging")["text"] == ["full batch<br>diverges"]
    at = places(payload, "diverging")[s.chosen, 0]
    for key in LABELS:
        away = np.abs(at - places(payload, key)[s.chosen, 0]) / s.half
        assert (away > [0.35, 0.2]).any(), key


def test_a_level_set_through_a_word_is_seen() -> None:
    s = solved({})
    touching = places(drawn({}), "touching")[s.chosen]
    on_it, beside_it = touching[10], touching[10] + 2 * (touching[10] - s.minimiser[0])
    at = np.broadcast_to(np.stack([on_it, beside_it]), (len(s.theta), 2, 2))
    assert struck(at, s)[s.chosen].tolist() == [True, False]


# ---------------------------------------------------------------- L1's path, frame, surface


@pytest.mark.parametrize("values", [{}, {"w1": 3.0, "w2": -3.0}, {"w1": 2.0, "w2": 0.0}])
def test_with_l1_both_paths_begin_at_the_free_minimiser(values: dict[str, Any]) -> None:
    s = solved(values | {"l1": "on"})
    assert l1_optima(s)[0] == pytest.approx(s.minimiser[0], abs=1e-12)
    widest = float(s.theta[s.stops[1][-1]])
    assert widest >= np.abs(s.minimiser[0]).sum() ** 2
    assert widest < 1.05 * max(np.abs(s.minimiser[0]).sum() ** 2, 1.69 * s.free_norm)


def test_the_default_start_lies_inside_the_frame_of_a_minimiser_at_0() -> None:
    left, right, bottom, top = solved({"w1": 0.0, "w2": 0.0}).box
    assert left < DEFAULT.start1 - 0.2 < right
    assert bottom < DEFAULT.start2 + 0.2 < top


@pytest.mark.parametrize("lam", [0.0, 0.5, 1e3, 1e6])
def test_both_sheets_keep_to_the_picture_and_have_points_in_it(lam: float) -> None:
    payload = surface_payload.surface(Scene(weight_decay=lam))
    loss, objective = payload["figure"]["data"][:2]
    low, top = payload["figure"]["layout"]["scene"]["zaxis"]["range"]
    surface, x, y = solved({}).surfaces[0], np.asarray(loss["x"]), np.asarray(loss["y"])
    grid = np.stack(np.meshgrid(x, y), -1)
    for sheet, height in ((loss, surface.loss(grid)), (objective, surface.objective(grid, lam))):
        shown = sheet["z"]
        assert shown.max() <= low + 4.1 * (top - low)
        inside = height <= top
        assert shown[inside] == pytest.approx(height[inside])
        assert (shown[~inside] > top).all()
        assert inside.sum() > 100
    assert ("leaves the picture within" in payload["sentence"]) == (lam >= 1e3)


def test_names_over_the_surface_stand_on_the_sides_of_their_points() -> None:
    figure = surface_payload.surface(Scene(weight_decay=0.1))["figure"]
    sides = {t["text"][0]: t["textposition"] for t in figure["data"] if t.get("mode") == "text"}
    assert sides == {"w̃": "top right", "w*": "top left"}
    eye = figure["layout"]["scene"]["camera"]["eye"]
    s = solved({"weight_decay": 0.1})
    right = np.cross([-eye["x"], -eye["y"], -eye["z"]], [0, 0, 1])[:2]
    assert (s.minimiser[0] - s.optimum[s.chosen]) @ right > 0


def test_a_phone_sees_the_same_heights_from_farther_away() -> None:
    layout = surface_payload.surface(Scene())["figure"]["layout"]
    scene, narrow = layout["scene"], layout["meta"]["narrow"]
    assert narrow["scene.zaxis"].items() >= scene["zaxis"].items()
    shares = [narrow["scene.camera"]["eye"][a] / scene["camera"]["eye"][a] for a in "xyz"]
    assert shares == pytest.approx([shares[0]] * 3)
    assert shares[0] > 1.3
