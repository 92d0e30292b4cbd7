"""The Geometry page through AppTest: every source, the ends of λ and θ, nonsense."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.geometry import controls
from pages.geometry.answer.descents import batches, minibatch
from pages.geometry.answer.solutions import problem, solutions
from pages.geometry.payload.descents import FARTHEST, within_reach
from pages.geometry.question.scene import FORM, SETTINGS, Scene
from pages.shared.numbers import plain
from tests.descent import largest_stable_lr
from tests.pages.opening import complaints, unfolded
from tests.unlinked import unlinked
from wd_core import Hyperparameters

FRAME = Path(__file__).parents[2] / "pages" / "frame.py"
TIMEOUT_SECONDS = 60
SOURCES = ("designed", "diabetes", "synthetic", "slice")


def opened(query: dict[str, str] | None = None) -> AppTest:
    """The page at this address, and no exception on it."""
    page = unfolded(AppTest.from_file(str(FRAME), default_timeout=TIMEOUT_SECONDS), "geometry")
    page.run().switch_page("geometry/view.py")  # the first run registers the pages
    for key, text in (query or {}).items():
        page.query_params[key] = text
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    return page


def payload(page: AppTest) -> dict[str, Any]:
    """What the first chart was given."""
    sent = (made.proto.bytes for made in page.get("bidi_component") if made.proto.bytes)
    return dict(json.loads(next(sent))["payload"])


def shown_text(page: AppTest) -> str:
    return "\n".join(
        unlinked(str(node.value)) for node in (*page.markdown, *page.caption, *page.latex)
    )


def test_opens_on_a_picture_of_the_defaults() -> None:
    page = opened()
    drawn = payload(page)
    assert drawn["query"] == ""
    assert drawn["series"]["weight_decay"][drawn["position"]] == FORM.defaults["weight_decay"]
    assert not page.warning


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("switches", [{}, {"descent": "on", "l1": "on", "objective": "on"}])
@pytest.mark.parametrize("end", [{"weight_decay": "0"}, {"weight_decay": "1e6"}, {"theta": "99"}])
def test_every_source_at_both_ends(
    source: str, switches: dict[str, str], end: dict[str, str]
) -> None:
    page = opened({"source": source, **switches, **end})
    drawn = payload(page)
    lam = drawn["series"]["weight_decay"][drawn["position"]]
    assert lam == float(end.get("weight_decay", 0))
    assert drawn["sentences"][drawn["position"]]
    assert "shadow price" in shown_text(page) or lam == 0


@pytest.mark.parametrize(
    "query",
    [
        {"s2": "0"},
        {"s1": "0", "s2": "0"},
        {"w1": "0", "w2": "0"},
        {"source": "diabetes", "feature1": "bp", "feature2": "bp"},
        {"source": "synthetic", "n_train": "2", "noise": "0"},
        {"source": "slice", "n_features": "2", "n_train": "2"},
    ],
)
@pytest.mark.parametrize("descent", ["off", "on"])
def test_valleys_and_a_minimiser_at_zero(query: dict[str, str], descent: str) -> None:
    drawn = payload(opened(query | {"descent": descent, "l1": descent}))
    assert all(x is not None for x in drawn["series"]["theta"])


def test_every_control_has_its_help_and_value() -> None:
    page = opened({"source": "synthetic", "descent": "on"})
    widgets = {
        w.key: w
        for w in (*page.number_input, *page.selectbox)
        if (w.key or "").startswith("geometry ")
    }
    assert {"geometry lr", "geometry source", "geometry noise"} <= widgets.keys()
    for key, widget in widgets.items():
        name = key.removeprefix("geometry ")
        assert unlinked(widget.help) == SETTINGS[name].help
    assert {t.label for t in page.toggle} >= {"Descent", "L1 beside L2", "Minibatch SGD"}


def test_the_switches_are_carried_by_the_link() -> None:
    page = opened()
    (l1,) = (toggle for toggle in page.toggle if toggle.label == "L1 beside L2")
    page = fine(l1.set_value(True).run())
    assert payload(page)["query"] == "l1=on"
    assert "On the diamond" in shown_text(page)


def test_a_hidden_control_keeps_its_value() -> None:
    page = opened({"source": "synthetic", "noise": "2"})
    page = fine(page.selectbox(key="geometry source").set_value("designed").run())
    page = fine(page.selectbox(key="geometry source").set_value("synthetic").run())
    assert page.number_input(key="geometry noise").value == 2


def test_nonsense_in_the_link_is_named_and_replaced() -> None:
    page = opened({"theta": "-1", "s2": "-3", "source": "moon", "angle": "20"})
    assert len(complaints(page)) == 3
    assert payload(page)["query"] == "angle=20"


def test_a_start_outside_the_frame_is_named() -> None:
    page = opened({"descent": "on", "start1": "60"})
    (warning,) = page.warning
    assert "(60, 1.5) lies outside the frame" in warning.value


def test_turning_descent_on_starts_inside_the_frame() -> None:
    page = opened({"source": "diabetes"})
    (switch,) = (toggle for toggle in page.toggle if toggle.label == "Descent")
    page = fine(switch.set_value(True).run())
    assert not page.warning
    assert "descent" in payload(page)["moves"]


def test_a_default_start_follows_the_frame() -> None:
    page = opened({"source": "diabetes", "descent": "on"})
    assert not page.warning
    assert "descent" in payload(page)["moves"]
    page = fine(page.selectbox(key="geometry source").set_value("designed").run())
    page = fine(page.selectbox(key="geometry source").set_value("diabetes").run())
    assert not page.warning


@pytest.mark.parametrize("flat", [False, True])
def test_a_minimiser_at_zero_does_not_bind(flat: bool) -> None:
    page = opened({"s1": "0", "s2": "0"} if flat else {"w1": "0", "w2": "0"})
    text = shown_text(page)
    assert "does not bind: μ = 0, and the shadow price is 0" in text
    assert r"\mu = 0 \ge 0" in text
    assert "lies outside" not in text
    assert ("The loss is flat" in text) == flat
    drawn = payload(page)
    assert set(drawn["series"]["price"]) == {0}
    assert ("The loss is flat" in drawn["sentences"][drawn["position"]]) == flat


def test_a_valley_is_named() -> None:
    assert "One eigenvalue is 0" in shown_text(opened({"s2": "0"}))
    equal = {"source": "diabetes", "feature1": "bp", "feature2": "bp"}
    assert "Both features hold the same numbers" in shown_text(opened(equal))
    assert "One eigenvalue is 0" not in shown_text(opened())


def test_a_slice_has_no_diamond_and_says_why() -> None:
    page = opened({"source": "slice", "l1": "on"})
    assert "L1 beside L2" not in {toggle.label for toggle in page.toggle}
    assert "are not weights" in shown_text(page)
    assert "diamond" not in payload(page)["moves"]


def test_theta_alone_stays_alone_in_the_link() -> None:
    drawn = payload(opened({"theta": "1"}))
    assert drawn["query"] == "theta=1"
    assert drawn["series"]["weight_decay"][drawn["position"]] > 0


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The session of a page on its defaults."""
    session: dict[str, Any] = {f"geometry {key}": value for key, value in FORM.defaults.items()}
    monkeypatch.setattr(controls.st, "session_state", session)
    return session


def let_go(state: dict[str, Any], k: int) -> Scene:
    """The scene after a slider was let go at picture k."""
    solved = solutions(FORM.chosen(state))
    numbers = {"weight_decay": float(solved.weight_decay[k]), "theta": float(solved.theta[k])}
    state[controls.CHART] = SimpleNamespace(chosen=numbers)
    controls.on_chart()["chosen"]()
    return FORM.chosen(state)


@pytest.mark.parametrize("start", [{}, {"w1": -3.0}, {"theta": 1.0}, {"theta": 7.0}, {"s2": 0.0}])
def test_the_slider_that_was_moved_is_kept(state: dict[str, Any], start: dict[str, float]) -> None:
    """The link holds its number alone, and another loss leaves that as it is."""
    state |= {f"geometry {key}": value for key, value in start.items()}
    before, session = solutions(FORM.chosen(state)), dict(state)
    for stops, key in zip(before.stops, ("weight_decay", "theta"), strict=True):
        for k in (*stops[::9], stops[-1]):
            if k == before.chosen:
                continue
            state |= session
            scene = let_go(state, k)
            wanted = float(getattr(before, key)[k])
            assert getattr(scene, key) == wanted
            assert (scene.theta > 0) == (key == "theta")
            opened_again, complaints = FORM.read(parse_qsl(FORM.query(scene)))
            assert getattr(opened_again, key) == wanted
            assert not complaints
            other = solutions(replace(scene, w1=5.0))  # with any of these θ the constraint binds
            assert getattr(other, key)[other.chosen] == wanted


def test_weight_decay_moved_to_zero_stays_zero(state: dict[str, Any]) -> None:
    state["geometry w1"] = -3.0
    first = solutions(FORM.chosen(state)).stops[0][0]
    assert FORM.query(let_go(state, first)) == "weight_decay=0&w1=-3"
    state["geometry w1"] = 5.0
    assert solutions(FORM.chosen(state)).now == 0


@pytest.mark.parametrize("kept", [{"theta": 1.0}, {"weight_decay": 2.0}])
def test_a_slider_let_go_where_it_was_changes_nothing(
    state: dict[str, Any], kept: dict[str, float]
) -> None:
    state |= {f"geometry {key}": value for key, value in kept.items()}
    scene = FORM.chosen(state)
    assert let_go(state, solutions(scene).chosen) == scene


def test_a_click_sets_the_start(state: dict[str, Any]) -> None:
    state[controls.CHART] = SimpleNamespace(clicked=[0.12345, -1.0])
    controls.on_chart()["clicked"]()
    assert (
        FORM.chosen(state).start1,
        FORM.chosen(state).start2,
    ) == (0.123, -1.0)


def test_the_words_hold_the_present_numbers() -> None:
    text = shown_text(opened({"weight_decay": "2", "descent": "on", "lr": "0.6"}))
    assert r"\lambda = 2" in text
    assert r"\tfrac{\lambda}{2} = 1" in text
    assert "dL*/dθ = −λ/2 = −1" in text
    assert "2/(sₘₐₓ + λ) = 0.5; here η(sₘₐₓ + λ) = 2.4." in text
    assert "L is the loss on the data" in text
    idle = shown_text(opened({"theta": "9"}))
    assert "does not bind" in idle
    assert "μ = 0" in idle


def numbers(latex: str) -> list[list[float]]:
    """The entries of the matrices in a formula."""
    inside = re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", latex)
    plain_ = [re.sub(r"\\cdot 10\^\{(-?\d+)\}", r"e\1", text) for text in inside]
    return [[float(x) for x in re.split(r"\\\\|&", text)] for text in plain_]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("lam", [0.0, 0.5, 20.0])
def test_the_loss_at_the_optimum_comes_out_of_the_formula(source: str, lam: float) -> None:
    """By hand, from what stands on the page: five digits of H and w̃ give three of L."""
    page = opened({"source": source, "weight_decay": str(lam)})
    (formula,) = (node.value for node in page.latex if "pmatrix" in node.value)
    (h11, h12, h21, h22), (free1, free2) = numbers(formula)
    rest = re.search(r"\\tilde w\) \+ ([\d.]+)", formula)
    H, free = np.array([[h11, h12], [h21, h22]]), np.array([free1, free2])
    best = np.linalg.solve(H + lam * np.eye(2), H @ free)
    away = best - free
    loss = away @ H @ away / 2 + (float(rest[1]) if rest else 0)
    drawn = payload(page)
    shown = drawn["series"]["loss"][drawn["position"]]
    assert loss == pytest.approx(shown, rel=2e-3, abs=1e-4)
    said = shown_text(page)
    if rest:  # terms and sum to six digits, so that they add up as they stand
        terms = re.search(r"so L\(w\*\) = ([\d.]+) \+ ([\d.]+) = ([\d.]+)\.", said)
        form, offset, total = map(float, terms.groups())
        assert form + offset == pytest.approx(total, rel=1e-5)
        assert total == pytest.approx(shown, rel=1e-5)
    else:
        assert f"= {plain(shown)}, which is L(w*)." in said
    assert (r"\min_b" in formula) == (source != "designed")


@pytest.mark.parametrize(("lr", "size"), [(1.1, 1), (0.05, 1), (0.3, 5), (3.0, 200)])
def test_minibatch_sgd_says_its_limit_and_what_its_path_does(lr: float, size: int) -> None:
    query = {"source": "synthetic", "descent": "on", "steps": "200"}
    query |= {"lr": str(lr), "batch_size": str(size)}
    page = opened(query)
    scene, _ = FORM.read(query.items())
    solved, data = solutions(scene), problem(scene.problem()).dataset
    assert data is not None
    run = Hyperparameters(weight_decay=0.5, batch_size=min(size, 20), seed=scene.seed)
    a_pass = batches(scene, data)[: -(-20 // run.batch_size)]
    limit = largest_stable_lr(data.X_train, run, a_pass)
    side = "above" if lr > limit else "not above"
    text = shown_text(page)
    (shown,) = re.findall(r"(?:diverge above|its limit is) η = ([\d.]+\d)", text)
    assert float(shown) == pytest.approx(limit, rel=5e-3)
    assert f"η = {plain(lr)} is {side} it" in text
    left, right, bottom, top = solved.box
    (path,) = minibatch(scene, data, [0.5])
    inside = [left <= x <= right and bottom <= y <= top for x, y in path.tolist()]
    wanted = "stays in" if all(inside) else f"leaves the frame at step {inside.index(False)}."
    assert f"This path {wanted}" in text


def test_a_start_outside_the_frame_has_no_path_to_speak_of() -> None:
    page = opened({"source": "synthetic", "descent": "on", "start1": "60"})
    assert "This path" not in shown_text(page)


def test_the_surface_is_in_the_link_and_has_its_own_slider() -> None:
    page = opened({"view": "surface", "weight_decay": "2", "l1": "on"})
    drawn = payload(page)
    assert drawn["query"] == "weight_decay=2&l1=on&view=surface"  # what is not drawn is kept
    (key,) = drawn["live"]["controls"]
    slider = page.select_slider(key=key)
    assert slider.value == 2
    assert not page.toggle
    page = fine(slider.set_value(0.5).run())
    assert payload(page)["query"] == "l1=on&view=surface"


def test_moving_the_surfaces_slider_frees_theta() -> None:
    page = opened({"view": "surface", "theta": "9"})
    assert payload(page)["query"] == "theta=9&view=surface"
    (slider,) = page.select_slider
    assert slider.value == 0
    page = fine(slider.set_value(1.0).run())
    assert payload(page)["query"] == "weight_decay=1&view=surface"


@pytest.mark.parametrize(
    ("key", "value", "kept"), [("s1", -1.0, 2.0), ("w2", 1e300, 1.1), ("angle", 181.0, 55.0)]
)
def test_a_number_out_of_range_is_refused_in_words(key: str, value: float, kept: float) -> None:
    page = opened({"angle": "55"})
    page = fine(page.number_input(key=f"geometry {key}").set_value(value).run())
    (warning,) = page.warning
    assert SETTINGS[key].label in warning.value
    assert "is outside the range" in warning.value
    assert page.number_input(key=f"geometry {key}").value == kept
    assert payload(page)["query"] == ""
    assert not fine(page.run()).warning


def test_a_path_stays_as_it_is_near_the_frame_and_is_pulled_in_beyond() -> None:
    solved = solutions(Scene(source="synthetic", descent="on"))
    left, right, bottom, top = solved.box
    centre, half = np.array([left + right, bottom + top]) / 2, solved.half
    near = centre + half * np.array([[0.3, -0.9], [5.0, 7.0]])
    far = centre + half * np.array([[300.0, 400.0], [-1e9, 0.0]])
    drawn = within_reach(np.concatenate([near, far]), solved)
    np.testing.assert_allclose(drawn[:2], near, rtol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(drawn[2:] - centre, axis=1), FARTHEST * half)
    np.testing.assert_allclose((drawn[2] - centre) / half, [0.6 * FARTHEST, 0.8 * FARTHEST])
