"""The geometry page's picture: what is drawn for every λ and θ is what the quadratic says."""

import base64
import math
from typing import Any

import numpy as np
import pytest

from pages.shared.geometry import figures, picture
from pages.shared.geometry.problem import Solutions, problem, solutions
from pages.shared.geometry.scene import DEFAULT, WEIGHT_DECAYS, Scene, scene_of
from pages.shared.geometry.words import last_zero, sparsity
from wd_core.types import Array

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
    return solutions(scene_of(values))


def drawn(values: dict[str, Any]) -> dict[str, Any]:
    return picture.plane(scene_of(values))


def trace(payload: dict[str, Any], key: str) -> dict[str, Any]:
    """The first trace that these moves move."""
    data = payload["figure"]["data"]
    return dict(next(t for t in data if (t.get("meta") or {}).get("moves") == key))


def unpacked(part: dict[str, str]) -> Array:
    rows = [int(size) for size in part["shape"].split(",")]
    return np.frombuffer(base64.b64decode(part["bdata"]), dtype=part["dtype"]).reshape(rows)


def array(value: Any) -> Array:
    """An array of a figure, packed or not."""
    if isinstance(value, dict):
        return unpacked({"shape": "-1"} | value)
    return np.asarray(value, dtype=float)


def places(payload: dict[str, Any], key: str) -> Array:
    """Where the points of this moving trace are drawn in every picture, [K, P, 2]."""
    move = payload["moves"][key]
    if "affine" not in move:
        return np.stack([unpacked(move["x"]), unpacked(move["y"])], -1)
    shape = trace(payload, key)
    u, v = array(shape["x"]), array(shape["y"])
    a, b, c, d, e, f = (column[:, None] for column in unpacked(move["affine"]).T)
    return np.stack([a * u + b * v + e, c * u + d * v + f], -1)


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
    for lam in (0.0, 0.5, 100.0):
        payload = drawn(values | {"weight_decay": lam})
        contours = payload["figure"]["data"][0]
        assert contours["type"] == "contour"
        x, y = array(contours["x"]), array(contours["y"])
        grid = np.stack(np.meshgrid(x, y), -1)
        z = array(contours["z"]).reshape(len(y), len(x))
        surface = solved(values).surfaces[0]
        assert z**2 / 2 == pytest.approx(surface.loss(grid), rel=1e-9, abs=1e-15)
        if surface.rank == 2:
            row, column = np.unravel_index(z.argmin(), z.shape)
            cell = x[1] - x[0]
            assert abs(x[column] - surface.minimiser[0]) <= cell
            assert abs(y[row] - surface.minimiser[1]) <= cell


@pytest.mark.parametrize("values", [v for n, v in SCENES.items() if "slice" in n])
def test_a_slices_level_sets_are_those_of_the_data_on_that_plane(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    given = problem(scene_of(values).problem())
    assert given.slices is not None
    assert given.dataset is not None
    rings = places(payload, "loss rings")
    radii = np.hypot(*figures.rings(2 * figures.LEVELS))
    for k in range(0, len(s.theta), 7):
        lam = float(s.weight_decay[k])
        plane = given.slices(lam)
        inside = ~np.isnan(radii) & (np.abs(rings[k]).max(1) < 50 * s.box[1])
        lowest = float(plane.loss(s.minimiser[k]))
        wanted = lowest + (s.level * radii[inside]) ** 2 / 2
        assert plane.loss(rings[k][inside]) == pytest.approx(wanted, rel=1e-7)
        w = plane.lift(s.optimum[k])
        assert float(w @ w) == pytest.approx(given.norm(lam), rel=1e-9)


@BOUND
def test_the_arrows_at_the_optimum_are_equal_and_opposite(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    force, pull = places(payload, "force"), places(payload, "pull")
    tip = 4
    there, back = force[:, tip] - s.optimum, pull[:, tip] - s.optimum
    assert force[:, 0] == pytest.approx(s.optimum)
    assert there == pytest.approx(-back, abs=1e-12)
    scale = np.linalg.norm(there, axis=1)
    bound = s.weight_decay > 0
    cross = there[:, 0] * s.optimum[:, 1] - there[:, 1] * s.optimum[:, 0]
    length = np.linalg.norm(s.optimum, axis=1)
    assert np.abs(cross[bound] / scale[bound] / length[bound]).max() < 1e-6
    pulled = s.weight_decay * length
    assert scale / scale.max() == pytest.approx(pulled / pulled.max(), rel=1e-6, abs=1e-9)
    assert np.nanmax(picture.angles(s)) == 0


def test_the_path_goes_from_the_free_minimiser_to_zero() -> None:
    s = solved({})
    (path,) = (t for t in drawn({})["figure"]["data"] if t.get("name") == "path of w*(λ)")
    x, y = array(path["x"]), array(path["y"])
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
    asked = {t["meta"]["moves"] for t in payload["figure"]["data"] if t.get("meta")}
    assert asked <= payload["moves"].keys()
    points = len(payload["series"]["theta"])
    for key in asked:
        assert places(payload, key).shape[0] == points
    assert 0 <= payload["position"] < points


@EVERY
def test_both_sliders_run_through_their_range(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    lam, theta = payload["sliders"]
    assert (np.diff(s.weight_decay[lam["stops"]]) > 0).all()
    assert s.weight_decay[lam["stops"]].tolist() == sorted(WEIGHT_DECAYS)
    assert (np.diff(s.theta[theta["stops"]]) >= 0).all()
    assert s.theta[theta["stops"][-1]] > s.free_norm
    assert "does not bind" in theta["texts"][theta["stops"][-1]]
    assert s.weight_decay[theta["stops"][-1]] == 0


def test_penalty_and_objective_have_the_losss_heights() -> None:
    s, payload = solved({}), drawn({})
    radii = np.hypot(*figures.rings())
    shown = ~np.isnan(radii)
    heights = (s.level * radii[shown]) ** 2 / 2
    loss, penalty = places(payload, "loss rings"), places(payload, "penalty rings")
    objective = places(payload, "objective rings")
    for k in range(10, len(s.theta), 5):
        lam, surface = float(s.weight_decay[k]), s.surfaces[k]
        assert surface.loss(loss[k][shown]) == pytest.approx(heights)
        if lam > 1e-3:
            assert lam / 2 * (penalty[k][shown] ** 2).sum(1) == pytest.approx(heights)
        lowest = float(surface.objective(s.optimum[k], lam))
        assert surface.objective(objective[k][shown], lam) - lowest == pytest.approx(heights)


@pytest.mark.parametrize("theta", [0.3, 1.0, 4.0])
def test_theta_in_a_link_gives_its_weight_decay(theta: float) -> None:
    s = solved({"weight_decay": 0.0, "theta": theta})
    assert s.theta[s.chosen] == pytest.approx(theta, rel=1e-10)
    assert s.weight_decay[s.chosen] > 0


def test_a_disc_wider_than_the_minimiser_does_not_bind() -> None:
    s = solved({"weight_decay": 0.0, "theta": 50.0})
    assert (s.weight_decay[s.chosen], s.theta[s.chosen]) == (0.0, 50.0)
    assert "does not bind" in drawn({"weight_decay": 0.0, "theta": 50.0})["sentences"][s.chosen]


# ---------------------------------------------------------------- descent and L1


def test_the_paths_are_the_engines() -> None:
    values = {"source": "synthetic", "descent": "on", "steps": 15, "lr": 0.1}
    scene, s = scene_of(values), solved(values)
    payload = drawn(values)
    start = [scene.start1, scene.start2]
    k = s.chosen
    exact = s.surfaces[k].descent(start, scene.lr, float(s.weight_decay[k]), scene.steps)
    assert places(payload, "descent")[k] == pytest.approx(exact)
    held = s.surfaces[k].projected_descent(start, scene.lr, float(s.theta[k]), scene.steps)
    assert places(payload, "projected")[k] == pytest.approx(held)
    assert np.hypot(*held[1:].T).max() <= math.sqrt(s.theta[k]) * (1 + 1e-12)


def test_minibatches_of_all_examples_are_the_full_batch() -> None:
    values = {"source": "diabetes", "descent": "on", "batch_size": 20, "steps": 10, "lr": 0.05,
              "start1": -0.3, "start2": 0.3}  # fmt: skip
    stable = picture.stability(scene_of(values), solved(values)) < 2
    assert stable.sum() > 100
    payload = drawn(values)
    full, parts = places(payload, "descent"), places(payload, "minibatch")
    assert parts[stable] == pytest.approx(full[stable], abs=1e-9)


def test_a_diverging_path_ends_at_the_frames_edge_and_is_named() -> None:
    values = {"descent": "on", "lr": 0.85, "steps": 100}  # limit at λ = 0: 1, at λ = 0.5: 0.8
    s, payload = solved(values), drawn(values)
    left, right, bottom, top = s.box
    unstable = picture.stability(scene_of(values), s) > 2
    assert 0 < unstable.sum() < len(unstable)
    paths, words = places(payload, "descent"), places(payload, "diverging")[:, 0]
    grown = [k for k in np.flatnonzero(unstable) if s.weight_decay[k] > 0.6]
    for k in grown:
        x, y = paths[k, -1]
        assert min(abs(x - left), abs(x - right), abs(y - bottom), abs(y - top)) < 1e-9
        assert "Full-batch descent on J diverges" in payload["sentences"][k]
    assert (np.abs(words[unstable]) < right).all()
    assert (words[~unstable] > 10 * right).all()
    assert "Full-batch descent on J converges" in payload["sentences"][0]


def test_a_start_outside_the_frame_draws_no_path() -> None:
    assert "descent" not in drawn({"descent": "on", "start1": 60.0})["moves"]


def test_l1_gives_exact_zeros_and_l2_none() -> None:
    s = solved({})
    best = picture.l1_optima(s)
    small = s.theta < 0.5
    assert (best[small] == 0).any(1).all()
    assert (s.optimum != 0).all()
    assert (np.abs(best).sum(1) <= np.sqrt(s.theta) * (1 + 1e-12)).all()
    narrow = solved({"weight_decay": 5.0})
    assert "one weight is exactly 0" in sparsity(narrow, picture.l1_optima(narrow))


def test_the_last_zero_of_l1_is_the_diamonds() -> None:
    s = solved({})
    best = picture.l1_optima(s)
    most, surface = last_zero(s, best), s.surfaces[0]
    assert most == pytest.approx(1.1858, abs=1e-3)
    assert (surface.l1_constrained(math.sqrt(most * (1 - 1e-6))) == 0).any()
    assert (surface.l1_constrained(math.sqrt(most * (1 + 1e-6))) != 0).all()
    assert f"For θ below {most:.4g} one weight is exactly 0; at" in sparsity(s, best)


@EVERY
def test_where_the_constraint_is_idle_nothing_pulls(values: dict[str, Any]) -> None:
    s, payload = solved(values), drawn(values)
    still = s.idle | (s.free_norm == 0)
    for key in ("force label", "pull label"):
        assert (np.abs(places(payload, key)[still]) > 10 * s.box[1]).all()
    loss = np.array(payload["series"]["loss"])
    assert ((loss == 0) | (np.abs(loss) > 1e-15 * np.abs(loss).max())).all()


def test_the_surfaces_meet_where_there_is_no_penalty() -> None:
    payload = picture.surface(Scene(weight_decay=0.0))
    loss, objective = payload["figure"]["data"][:2]
    assert loss["z"]["bdata"] == objective["z"]["bdata"]
    assert "one surface" in payload["sentence"]
