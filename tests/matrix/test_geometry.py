"""Geometry, over its sources, strengths, switches and shapes: all it says is worked out again."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from pages.geometry.answer import solutions
from pages.geometry.answer.solutions import problem
from pages.geometry.payload import plane as payload
from pages.geometry.question import scene, sources
from pages.geometry.words import meaning
from pages.shared.words import Said
from tests.matrix import traces
from tests.matrix.checks import CHECKS, numbers_are_said
from tests.matrix.comparisons import Comparison, hold_comparisons, idle
from tests.matrix.driver import Visit, faults_of, hold, number, visit
from tests.matrix.geometry_cases import View, covering
from tests.matrix.geometry_recompute import Found
from tests.oracles import Array

# Both sides solve 2 × 2 systems, on data of a few dozen rows.
CLOSE = 1e-7
# The same up to what is a rounding of the whole picture.
DUST = 1e-12
# Half a mean square of the rounding of targets of order one.
NOTHING = 1e-30
# Steps after which what converges has come nearer, and what diverges is far away.
LONG = 2000
# By so much a number may be on the other side of 2 by rounding.
EVEN = 1e-9


CASES = covering()


def component(name: str, of: Any) -> dict[str, Any]:
    """Oracles of the two numbers of a point; a rounding of the picture is 0."""

    def oracle(k: int) -> Any:
        return lambda found, said: pytest.approx(
            float(of(found, said)[k]), rel=CLOSE, abs=DUST * max(map(abs, of(found, said)))
        )

    return {f"{name}1": oracle(0), f"{name}2": oracle(1)}


def _best(found: Found, said: Said) -> Array:
    return found.in_plane(found.best(0.0 if "nearest the start" in said.text else found.lam))


def _apart(found: Found, said: Said) -> Array:
    return _best(found, said) - found.in_plane(found.free)


def _pulled(found: Found, said: Said) -> Array:
    return found.lam * _best(found, said)


def _reach(found: Found, said: Said) -> float:
    """How far J is from w* at the top of the picture, where it is least steep."""
    top = found.payload["figure"]["layout"]["scene"]["zaxis"]["range"][1]
    best = found.best(found.lam)
    lowest = found.loss(best) + found.lam / 2 * float(best @ best)
    plane = solutions.solutions(found.scene).surfaces[found.chosen].hessian
    least = float(np.linalg.eigvalsh(plane)[0])
    return math.sqrt(2 * (top - lowest) / (least + found.lam))


def _loss(found: Found, said: Said) -> Any:
    value = found.loss(found.best(found.lam))
    return pytest.approx(value, rel=CLOSE, abs=NOTHING + DUST * found.loss(0 * found.free))


def _objective(found: Found, said: Said) -> float:
    return found.loss(found.best(found.lam)) + found.lam / 2 * found.size(found.lam)


# What every number of the page must be, by its name.
ORACLES: dict[Any, Any] = {
    ("lifts the loss", "weight_decay"): lambda found, said: found.lam,
    "weight_decay": lambda found, said: found.offered(
        "weight_decay", number(said.values["weight_decay"])
    ),
    ("wider than the frame", "theta"): lambda found, said: found.theta,
    ("give the same w*", "theta"): lambda found, said: pytest.approx(
        found.size(number(said.values["weight_decay"])), rel=1e-6
    ),
    "theta": lambda found, said: found.offered("theta", number(said.values["theta"])),
    ("as far from zero", "share"): lambda found, said: pytest.approx(
        found.offered("norm", number(said.values["share"]) * math.sqrt(found.size(0.0)))
        / math.sqrt(found.size(0.0)),
        rel=1e-5,
    ),
    "share": lambda found, said: math.sqrt(
        found.size(number(said.values["weight_decay"])) / found.size(0.0)
    ),
    "length": lambda found, said: math.sqrt(found.size(number(said.values["weight_decay"]))),
    "free_norm": lambda found, said: found.size(0.0),
    "radius": lambda found, said: math.sqrt(found.theta),
    "price": lambda found, said: -found.lam / 2,
    "loss": _loss,
    "penalty": lambda found, said: found.lam / 2 * found.size(found.lam),
    "objective": _objective,
    "form": lambda found, said: pytest.approx(
        found.form, rel=1e-6, abs=NOTHING + DUST * found.loss(0 * found.free)
    ),
    "offset": lambda found, said: found.loss(found.free),
    "reach": lambda found, said: pytest.approx(_reach(found, said), rel=1e-6),
    **component("best", _best),
    **component("free", lambda found, said: found.in_plane(found.free)),
    **component("apart", _apart),
    **component("force", _pulled),
    **component("pull", lambda found, said: -_pulled(found, said)),
    **component("end", lambda found, said: found.end(0.0)),
    "stability": lambda found, said: (
        found.scene.lr
        * (
            found.steepest
            + found.offered(
                "weight_decay", number(said.values["stability"]) / found.scene.lr - found.steepest
            )
        )
    ),
    ("from every start", "stability"): lambda found, said: (
        found.scene.lr * (found.steepest + found.lam)
    ),
    ("from every start", "limit"): lambda found, said: 2 / (found.steepest + found.lam),
    "limit": lambda found, said: found.limit_near(number(said.values["limit"])),
    "product_alone": lambda found, said: found.scene.lr * found.steepest,
    "lr": lambda found, said: found.scene.lr,
    "batch_size": lambda found, said: found.batch_size,
    "n_train": lambda found, said: found.data.n_train,
    "n": lambda found, said: found.data.n_train,
    "n_features": lambda found, said: found.data.n_features,
    "left_at": lambda found, said: _left_at(found),
    "start1": lambda found, said: found.scene.start1,
    "start2": lambda found, said: found.scene.start2,
    "left": lambda found, said: found.frame()[0],
    "right": lambda found, said: found.frame()[1],
    "bottom": lambda found, said: found.frame()[2],
    "top": lambda found, said: found.frame()[3],
    "s1": lambda found, said: found.scene.s1,
    "s2": lambda found, said: found.scene.s2,
    "angle": lambda found, said: found.scene.angle,
    "low": lambda found, said: found.range_end(said, "low"),
    "high": lambda found, said: found.range_end(said, "high"),
    "l1_1": lambda found, said: _on_diamond(found, 0),
    "l1_2": lambda found, said: _on_diamond(found, 1),
    **{
        f"{end}{k + 1}": lambda found, said, end=end, k=k: pytest.approx(
            float(found.good(said, end)[k]), rel=1e-6, abs=1e-7 * math.sqrt(found.theta)
        )
        for end in ("from", "to")
        for k in (0, 1)
    },
}


def _on_diamond(found: Found, k: int) -> Any:
    root = math.sqrt(found.theta)
    return pytest.approx(float(found.on_diamond(root)[k]), rel=1e-5, abs=1e-6 * root)


def _left_at(found: Found) -> int:
    left, right, bottom, top = found.frame()
    low, high = np.array([left, bottom]), np.array([right, top])
    beyond = ((found.minibatch < low) | (found.minibatch > high)).any(1)
    return int(np.argmax(beyond)) if beyond.any() else -1


COMPARISONS = (
    Comparison("is more than ‖w̃‖²", "theta", ">", "free_norm"),
    Comparison("{stability} is above 2", "stability", ">", 2.0),
    Comparison("{stability} is below 2", "stability", "<", 2.0),
    Comparison(
        "{stability} is not below 2",
        lambda _, said: number(said.values["stability"]) + EVEN,
        ">",
        2.0,
    ),
    Comparison("η = {lr} is above it", "lr", ">", lambda found, _: found.batch_limit),
    Comparison(
        "η = {lr} is not above it",
        lambda found, _: found.batch_limit,
        ">",
        "lr",
    ),
    Comparison(
        "sure to converge only for η·sₘₐₓ below 2",
        lambda _, said: number(said.values["product_alone"]) + EVEN,
        ">",
        2.0,
    ),
    *(
        idle(words)
        for words in (
            "give the same w*",
            "the best point",
            "best point, ",
            "the data are fitted best",
            "The data are fitted best",
            "give the same best point",
            "the point that fits the data best",
            "the shortest of all that fit the data best",
            "fit the data alike",
            "fits the data alike",
            "both best points",
            "nearest point of the valley",
            "a larger λ pulls it closer to 0",
            "the larger eigenvalue",
            "for η below 2/(sₘₐₓ + λ)",
            "diverge above η = {limit}",
            "the best one",
            "always the best one",
            "the best point lies on the rim",
            "A little more θ",
            "lowers the least loss",
            "least squares",
            "of least norm",
            "the same least loss",
            "the same point",
            "this same point",
            "On the disc of the same √θ",
            "the same for all λ",
            "hold the same numbers",
            "and most far out",
            "the lowest point",
            "nearest the start",
            "towards lower loss",
            "more than one minimiser",
            "the steepest direction",
            "the numbers above",
        )
    ),
)


@lru_cache(maxsize=1)
def opened(case: View) -> tuple[Visit, Found]:
    """The page at this address, shared by the tests that follow each other."""
    seen = visit("geometry", case.query, checks=())
    return seen, Found(seen)


def test_every_check_holds(case: View) -> None:
    seen, _ = opened(case)
    assert not faults_of(seen, (*CHECKS, numbers_are_said))


def test_every_number_is_recomputed(case: View) -> None:
    seen, found = opened(case)
    hold(seen, ORACLES, found)
    hold_comparisons(seen.said, COMPARISONS, found)


def test_every_picture_of_the_sliders_is_a_solution(case: View) -> None:
    _, found = opened(case)
    series = found.pictures
    at = {name: values[found.chosen] for name, values in series.items()}
    assert at["weight_decay"] == pytest.approx(found.lam, rel=1e-6, abs=1e-300)
    assert at["theta"] == pytest.approx(found.theta, rel=1e-6, abs=1e-300)
    for k in range(0, len(series["theta"]), 11):
        lam, theta = series["weight_decay"][k], series["theta"][k]
        w = found.best(lam)
        assert series["norm"][k] == pytest.approx(math.sqrt(found.size(lam)), rel=1e-6, abs=1e-15)
        scale = found.loss(0 * w)
        assert series["loss"][k] == pytest.approx(
            found.loss(w), rel=1e-6, abs=NOTHING + DUST * scale
        )
        assert series["penalty"][k] == pytest.approx(
            lam / 2 * found.size(lam), rel=1e-6, abs=1e-300
        )
        assert series["price"][k] == (-lam / 2 if found.size(0.0) > 0 else 0)
        if lam > 0 and found.size(0.0) > 0:
            assert theta == pytest.approx(found.size(lam), rel=1e-6)
        elif lam == 0:
            assert theta >= found.size(0.0) * (1 - 1e-9)
        if found.scene.source != "slice":
            stability = found.scene.lr * (found.steepest + lam)
            assert series["stability"][k] == pytest.approx(stability, rel=1e-9)


def test_the_disc_holds_no_better_point(case: View) -> None:
    """By a solver that knows nothing of λ."""
    _, found = opened(case)
    if found.scene.source == "slice" or found.theta == 0:
        return
    theta, scale = found.theta, float(np.abs(found.pull).max()) or 1.0
    size = math.sqrt(theta)

    def of(u: Array) -> float:
        w = size * u
        return float(w @ found.hessian @ w / 2 - found.pull @ w) / (scale * size)

    start = found.best(found.lam) / size * 0.9
    held = {"type": "ineq", "fun": lambda u: 1 - u @ u}
    solved = minimize(of, start, method="SLSQP", constraints=[held], options={"ftol": 1e-13})
    assert of(found.best(found.lam) / size) <= solved.fun + 1e-8 * max(abs(solved.fun), 1e-9)


def test_the_paths_are_those_of_steps_one_after_the_other(case: View) -> None:
    _, found = opened(case)
    payload, walks = found.payload, scene.with_descent(found.scene)
    if found.scene.view == "surface" or "descent" not in payload.get("moves", {}):
        left, right, bottom, top = found.frame()
        outside = not (left <= found.start[0] <= right and bottom <= found.start[1] <= top)
        assert found.scene.view == "surface" or not walks or outside
        return
    path = joined(payload, "descent")
    steps = found.walked(found.lam, found.scene.steps)
    inside = np.abs(steps).max(1) < 5 * max(map(abs, found.frame()))
    first = len(inside) if inside.all() else int(inside.argmin())
    near = within(steps[:first], found.frame())
    # a path that diverges ends at the rim
    for shown, wanted in zip(path[:near], steps[:near], strict=True):
        assert shown == pytest.approx(wanted, rel=1e-6, abs=1e-9 * max(map(abs, found.frame())))
    if found.scene.sgd == "on" and found.data is not None:
        shown = joined(payload, "minibatch")
        near = within(found.minibatch, found.frame())
        close = 1e-9 * max(map(abs, found.frame()))
        assert shown[:near] == pytest.approx(found.minibatch[:near], rel=1e-6, abs=close)


def joined(payload: Any, key: str) -> Array:
    """A path at the chosen picture, its two parts joined."""
    parts = []
    for name in (key, f"{key} rest"):
        if name in payload["moves"]:
            move = payload["moves"][name]
            parts.append(np.stack([traces.decoded(move[c])[payload["position"]] for c in "xy"], 1))
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def within(path: Array, frame: tuple[float, float, float, float]) -> int:
    """How many of the first points lie in the frame."""
    left, right, bottom, top = frame
    inside = ((path >= [left, bottom]) & (path <= [right, top])).all(1)
    return len(inside) if inside.all() else int(inside.argmin())


def test_the_verdict_on_descent_is_that_of_long_walks(case: View) -> None:
    _, found = opened(case)
    at = found.scene
    given, solved = problem(at.problem()), solutions.solutions(at)
    sentences = meaning.sentences(at, given, solved) if at.view == "levels" else []
    if not any("Full-batch" in sentence for sentence in sentences):
        return
    for exactly, plainly in zip(sentences, found.payload["sentences"], strict=True):
        for words in ("diverges", "neither converges nor", "stays", "ends"):
            if words != "ends" or "though" in exactly:
                parts = [said.partition("escent")[2] for said in (exactly, plainly)]
                assert (words in parts[0]) == (words in parts[1]), parts
        assert ("nearest the start" in exactly) == ("nearest point of the valley" in plainly)
    scale = max(map(abs, found.frame()))
    for k in {found.payload["position"], *range(0, len(sentences), 17)}:
        lam, said = found.pictures["weight_decay"][k], sentences[k]
        end = found.end(lam)
        s, V = np.linalg.eigh(found.hessian)
        away = np.abs(V.T @ (found.start - end)) > 1e-13 * scale
        factors = np.abs(1 - found.scene.lr * (s + lam))[away]
        most = float(factors.max(initial=0.0))
        if abs(most - 1) < 1e-9 and (found.scene.lr * (s + lam))[away].max(initial=0.0) > 1:
            assert "neither converges nor diverges" in said
            continue
        path = found.walked(lam, LONG)
        far = float(np.linalg.norm(path[-1] - end)) / scale
        if "diverges" in said:
            assert most > 1
            assert far > 1e3 or far > 2 * float(np.linalg.norm(path[0] - end)) / scale
        else:
            assert most < 1
            # a start without a part along the steepest direction gets one by these steps' rounding
            if "though" not in said and "whatever η is" not in said:
                begin = float(np.linalg.norm(path[0] - end)) / scale
                assert far <= max(0.999 * begin, 1e-9)
        if re.search(r"(converges to|ends at|starts at) w\*", said):
            assert end == pytest.approx(found.best(lam), rel=1e-6, abs=1e-9 * scale)


def test_words_of_many_minimisers_are_said_where_there_are_many(case: View) -> None:
    seen, found = opened(case)
    s = np.linalg.eigvalsh(found.hessian)
    rank = int((s > 1e-10 * max(s[-1], 1e-300)).sum())
    many, text = rank < len(s), " ".join(map(str, seen.said))
    assert ("least norm" in text) == (many and found.scene.source == "slice")
    assert not many or "this same point" not in text
    assert not many or "λ = 0: w* = w̃. " not in text
    turning = " ".join((*seen.captions, *seen.markdown))
    if found.scene.source == "slice":
        w = [found.best(lam) for lam in (0.0, 0.01, 1.0, 30.0)]
        spread = np.linalg.svd(np.array([x / (np.linalg.norm(x) or 1) for x in w]))[1]
        assert ("plane turns" in turning) == (len(spread) > 2 and spread[2] > 1e-9)
    else:
        assert "plane turns" not in turning


def test_the_axes_of_the_examples_are_named_after_what_they_measure(case: View) -> None:
    seen, found = opened(case)
    drawn = [p["figure"] for p in seen.payloads if p["run"] == "examples"]
    at = found.scene
    assert bool(drawn) == (at.source in ("diabetes", "synthetic"))
    names = [at.feature1, at.feature2] if at.source == "diabetes" else ["x₁", "x₂"]
    for figure in drawn:
        titles = [figure["layout"][axis]["title"]["text"] for axis in ("xaxis", "yaxis")]
        assert titles == names
        x, y = found.data.X_train.T
        np.testing.assert_array_equal(traces.numbers(figure["data"][0]["x"]), x)
        np.testing.assert_array_equal(traces.numbers(figure["data"][0]["y"]), y)


def test_what_is_shown_changes_with_each_control() -> None:
    """Each control of a source, moved alone, changes the picture."""
    for name in sources.SOURCES:
        at = scene.FORM.of({"source": name, "n_train": 12, "n_features": 5})
        for key in at.kind.reads(at):
            other = moved(at, key)
            assert payload.plane(other)["series"] != payload.plane(at)["series"], (name, key)


def moved(at: scene.Scene, key: str) -> scene.Scene:
    """The same scene with another value of one setting."""
    setting, value = scene.SETTINGS[key], getattr(at, key)
    if isinstance(value, str):
        other = next(name for name in reversed([*setting.options]) if name != value)
        return scene.FORM.of({**vars(at), key: other})
    return scene.FORM.of({**vars(at), key: value + (1 if isinstance(value, int) else 0.125)})
