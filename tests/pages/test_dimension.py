"""The dimension page: links, presets and their numbers, sentences, the figure, the page itself."""

import json
import math
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.signal import find_peaks, peak_prominences
from streamlit.testing.v1 import AppTest

from pages.dimension import answer
from pages.dimension import payload as picture
from pages.dimension.answer import Sample, Seen, seen
from pages.dimension.presets import PRESETS, RESULTS, Result, opened
from pages.dimension.question import DEFAULT, FORM, SETTINGS, Problem, on_train
from pages.dimension.words import finding, places, plain
from pages.dimension.words import names as words
from pages.shared import work
from pages.shared.encoding import encode
from pages.shared.store import Store
from pages.shared.words import Said
from pages.train.question import FORM as TRAIN
from tests.matrix.driver import number, recording
from tests.pages.opening import unfolded
from tests.unlinked import unlinked
from wd_core import make_dataset, max_stable_lr

VIEW = Path(__file__).parents[2] / "pages" / "dimension" / "view.py"
# A page that shows four digits of a number rounds by half a unit of the fourth.
FOUR_DIGITS = 5.1e-5
SMALL = replace(DEFAULT, n_train=10)


def whole(problem: Problem) -> Seen:
    """The problem with all its training sets drawn."""
    answer.work(problem).finish()
    return answer.now(problem)


def found_words(problem_seen: Seen) -> list[Said]:
    """The sentences of the finding."""
    with recording() as said:
        finding.finding(problem_seen)
    return said


def one(said: list[Said], words_of_it: str) -> dict[str, Any]:
    """The values of the one sentence whose text holds these words, its numbers in full."""
    (sentence,) = (sentence for sentence in said if words_of_it in sentence.text)
    return {
        name: number(value) if hasattr(value, "value") or isinstance(value, int) else value
        for name, value in sentence.values.items()
    }


def none(said: list[Said], words_of_it: str) -> bool:
    """Whether no sentence holds these words."""
    return not [sentence for sentence in said if words_of_it in sentence.text]


def page_at(**query: str) -> AppTest:
    page = unfolded(AppTest.from_file(str(VIEW), default_timeout=60), "dimension")
    for key, text in query.items():
        page.query_params[key] = text
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    return page


def payload(page: AppTest) -> dict[str, Any]:
    return dict(json.loads(page.get("bidi_component")[0].proto.bytes)["payload"])


def text_of(page: AppTest) -> str:
    return "\n".join(unlinked(str(node.value)) for node in (*page.markdown, *page.caption))


# ---------------------------------------------------------------- settings and links

OTHER = Problem(
    axis="n_train",
    n_train=50,
    n_features=7,
    at=9,
    weight_decay=0.5,
    noise=0.1,
    signal=2.0,
    intercept="off",
    measure="loss",
    draws=10,
    seed=3,
)


@pytest.mark.parametrize("problem", [DEFAULT, OTHER, *(p.question for p in PRESETS)])
def test_a_link_is_the_problem(problem: Problem) -> None:
    assert FORM.read(parse_qsl(FORM.query(problem))) == (problem, [])


def test_the_link_is_short() -> None:
    assert FORM.query(DEFAULT) == ""
    unread = replace(DEFAULT, n_features=77)
    assert FORM.query(unread) == ""
    assert FORM.query(replace(DEFAULT, at=10**6)) == "at=500"
    assert FORM.query(replace(DEFAULT, at=49)) == ""


def test_a_mark_at_the_peak_stays_there_when_the_sizes_change() -> None:
    for query in ([], [("at", "49")]):
        problem, complaints = FORM.read(query)
        assert not complaints
        for n in (2, 10, 500):
            moved = replace(problem, n_train=n)
            assert moved.marked == n - 1
            assert FORM.query(moved) == f"n_train={n}"
    assert FORM.read([("at", "60")])[0].marked == 60


def test_nonsense_in_a_link_is_named() -> None:
    query = {"axis": "k", "n_train": "1", "noise": "-1", "at": "x", "draws": "1e3", "q": "1"}
    problem, complaints = FORM.read(query.items())
    assert problem == DEFAULT
    assert len(complaints) == len(query)


@pytest.mark.parametrize("at", ["-4", "0", "x", "7.5"])
def test_a_mark_that_makes_no_sense_gives_the_peak_and_says_so(at: str) -> None:
    problem, (complaint,) = FORM.read([("n_train", "31"), ("at", at)])
    assert problem.marked == problem.sizes.peak == 30
    assert complaint.endswith("; the peak is marked instead.")


def test_a_mark_beside_the_axis_is_named_and_moved() -> None:
    problem, complaints = FORM.read([("n_train", "10"), ("at", "2000")])
    assert problem.marked == 100
    assert complaints == [
        "Marked place: 2000 in the link lies beside the axis, which goes from 1 to 100; 100 is "
        "marked instead."
    ]


@pytest.mark.parametrize("axis", ["n_features", "n_train"])
@pytest.mark.parametrize("intercept", ["on", "off"])
@pytest.mark.parametrize("size", [1, 2, 3, 10, 500])
def test_the_grid_holds_peak_ends_and_mark(axis: Any, intercept: Any, size: int) -> None:
    size = max(size, 2) if axis == "n_features" else size
    problem = Problem(axis, size, size, 4, intercept=intercept)
    low, high = problem.sizes.ends
    grid = problem.grid
    assert grid == sorted(set(grid))
    assert {low, high, problem.sizes.peak, problem.marked} <= set(grid)
    assert problem.sizes.diverges == bool(
        np.isinf(problem.model.limit(*problem.pairs([problem.sizes.peak]), 0.0).excess[0])
    )
    n, d = problem.sizes.pair(problem.sizes.peak)
    assert problem.model.rows(n) == d or (axis, d, intercept) == ("n_train", 1, "off")
    n, d = problem.sizes.pair(low)
    assert n >= 2
    assert d >= 1


@pytest.mark.parametrize("at", [5, 49, 500])
@pytest.mark.parametrize("lam", [0.0, 0.02, 30.0])
def test_the_link_to_train_is_a_stable_run_on_such_data(at: int, lam: float) -> None:
    link = on_train(replace(DEFAULT, at=at, weight_decay=lam))
    assert link is not None
    assert link.page == "train"
    asked, complaints = TRAIN.read(parse_qsl(link.query))
    assert not complaints
    data, run = make_dataset(asked.settings.data), asked.settings.run
    assert data.X_train.shape == (50, at)
    assert asked.settings.data.noise == 0.5
    assert (data.w_true**2).sum() == pytest.approx(1, rel=1e-5)
    assert run.weight_decay == lam
    assert run.batch_size == 50
    assert run.lr < max_stable_lr(data.X_train, run)


def test_train_has_no_run_without_intercept_and_none_so_long() -> None:
    assert on_train(replace(DEFAULT, intercept="off")) is None
    assert on_train(Problem(axis="n_train", n_features=500, at=5000)) is None


# ---------------------------------------------------------------- measured


def test_the_medians_are_those_of_the_draws() -> None:
    found = whole(replace(SMALL, draws=10))
    assert found.drawn.whole
    assert (found.found.count == 10).all()
    k = found.drawn.grid.index(15)
    sets = found.drawn.kept[15]
    best = float(found.problem.model.best_weight_decay(10, 15))
    total = np.concatenate(
        [answer.measured(s, found.problem.model, [0, 0.02, best]).total for s in sets], 1
    )
    # the loss is half the mean square, here as on all pages
    assert found.median[:, k] == pytest.approx(np.median(total, axis=1) / 2)
    assert found.band[0][:, k] == pytest.approx(np.quantile(total, 0.1, axis=1) / 2)
    assert found.at.best[k] == pytest.approx(best)


def test_the_measure_only_shifts_and_halves() -> None:
    risk, excess, loss = (
        whole(replace(SMALL, measure=m))
        for m in ("risk", "excess", "loss")  # type: ignore[arg-type]
    )
    assert risk.median == pytest.approx(excess.median + 0.25)
    assert risk.limit == pytest.approx(2 * loss.limit)
    assert loss.median == pytest.approx(risk.median / 2)


@pytest.mark.parametrize("size", [2, 50, 200, 500])
def test_the_work_comes_in_parts_and_ends(size: int) -> None:
    problem = replace(DEFAULT, n_train=size, draws=200)
    drawn = Sample(problem.sizes, tuple(problem.grid))
    total = sum(answer.expected_seconds(*drawn.sizes.pair(x)) for x in drawn.grid)
    longest = max(answer.expected_seconds(*drawn.sizes.pair(x)) for x in drawn.grid)
    assert drawn.draws * total <= max(answer.MOST_SECONDS, answer.LEAST_DRAWS * total)
    a_part = drawn.at_once * total / drawn.strides
    assert a_part <= 2 * answer.PART_SECONDS + longest
    assert drawn.total * drawn.at_once >= drawn.draws * drawn.strides


@pytest.fixture
def small_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are small, and so are the turns in which they are drawn."""
    monkeypatch.setattr(answer, "PART_SECONDS", 1e-3)
    monkeypatch.setattr(work, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(work, "STORE", Store(2**28))


def some_of(problem: Problem, parts: int) -> Sample:
    """The first parts of what is drawn; nobody watches any more."""
    with closing(answer.work(problem).watch()) as coming:
        for _ in coming:
            if len(answer.work(problem).parts) >= parts:
                break
    return answer.now(problem).drawn


@pytest.mark.usefixtures("small_turns")
@pytest.mark.parametrize("size", [20, 60])
def test_what_goes_on_after_a_stop_draws_the_same_training_sets(size: int) -> None:
    problem = replace(DEFAULT, n_train=size, draws=10, seed=3)
    for parts in (1, 2, 5):
        some_of(problem, parts)
    stopped = whole(problem).drawn
    work.STORE.clear()
    at_a_stretch = whole(problem).drawn
    assert stopped.parts == at_a_stretch.total > 5
    for x, draws in at_a_stretch.kept.items():
        for one, other in zip(stopped.kept[x], draws, strict=True):
            np.testing.assert_array_equal(one.s2, other.s2)


@pytest.mark.usefixtures("small_turns")
def test_a_costly_axis_shows_lines_and_what_it_has() -> None:
    problem = replace(DEFAULT, n_train=200, at=199)
    drawn = some_of(problem, 1)
    first = seen(problem, drawn)
    assert 0 < (first.found.count > 0).sum() < len(drawn.grid)
    drawn_picture = picture.descent(first)
    assert len(drawn_picture["sentences"]) == len(drawn.grid)
    said = " ".join(places.sentences(first))
    assert "has not been measured yet. In the limit it is" in said
    assert found_words(first)[0].text.startswith("With the best λ for each {size} it has no peak")


# ---------------------------------------------------------------- presets


@pytest.mark.parametrize("result", RESULTS, ids=lambda r: r.preset.name)
def test_a_preset_meets_its_numbers(result: Result) -> None:
    problem = result.preset.question
    assert opened(problem) == result
    assert opened(replace(problem, at=50, seed=4)) == result
    assert opened(replace(problem, noise=0.3)) is None
    assert Sample(problem.sizes, tuple(problem.grid)).draws == problem.draws
    for reference in result.references:
        here = reference.here(problem)
        if math.isinf(reference.number):
            assert math.isinf(here)
        else:
            digits = FOUR_DIGITS * 10 if reference.number > 1.7 else FOUR_DIGITS
            assert here == pytest.approx(reference.number, abs=digits)
        if reference.at is not None:
            assert reference.at in problem.grid


def test_what_is_measured_is_near_the_references() -> None:
    """Away from the peak; medians of 50 draws at n = 100."""
    result = RESULTS[0]
    found = whole(result.preset.question)
    for reference in result.references:
        assert reference.at is not None
        if abs(reference.at - 100) > 30 or reference.kind == 2:
            k = found.drawn.grid.index(reference.at)
            assert found.median[reference.kind, k] == pytest.approx(reference.number, rel=0.15)


# ---------------------------------------------------------------- words


def test_the_finding_says_what_the_numbers_show() -> None:
    said = found_words(whole(DEFAULT))
    assert not none(said, "is highest at {place}")
    assert one(said, "its limit never falls as") == {"size": "d"}
    beyond = one(said, "falls once more")
    model = DEFAULT.model
    assert beyond["ratio"] == pytest.approx(2 * 49 / 50)  # √SNR/(√SNR − 1) = 2 of n − 1
    assert beyond["least"] == float(model.limit(50, 98, 0.0).total) / 2
    more_data = found_words(whole(replace(DEFAULT, axis="n_train", n_features=20)))
    assert one(more_data, "its limit never rises as") == {"size": "n"}
    assert none(more_data, "once more")


def test_while_sets_are_drawn_the_answer_has_no_number_that_grows_old() -> None:
    drawn = whole(DEFAULT).drawn
    nothing = plain.finding(answer.seen(DEFAULT, replace(drawn, sets=())))
    assert nothing == "The training sets are being drawn; the answer comes with them."
    some = plain.finding(answer.seen(DEFAULT, replace(drawn, sets=drawn.sets[:-1])))
    assert some.startswith("So far, without decay, the test loss peaks where features are about")
    assert not any(sign.isdigit() for sign in some)
    assert plain.finding(whole(DEFAULT)).startswith("Yes, more features can hurt")


def test_an_infinite_limit_and_an_infinite_mean_are_explained_where_they_stand() -> None:
    found = whole(DEFAULT)
    exact = found.problem.model.expected_without_decay(*found.problem.pairs(found.drawn.grid))
    mean = found.problem.shown(exact.excess)
    assert np.isinf(found.limit[0]).any()
    assert np.isinf(mean).any()
    said = (plain.sentences(found), places.sentences(found))
    for k, (at_once, numbers) in enumerate(zip(*said, strict=True)):
        assert ("∞" in at_once) == bool(np.isinf(found.limit[0, k]))
        assert ("the mean is ∞" in numbers) == bool(np.isinf(mean[k]))


def test_the_peak_is_where_the_medians_are_highest() -> None:
    found = whole(SMALL)
    k = int(found.median[0].argmax())
    peak = one(found_words(found), "is highest at {place}")
    assert peak["place"] == words.place(found.problem, found.drawn.grid[k])
    assert (peak["high"], peak["low"]) == (found.median[0, k], found.median[2, k])
    assert peak["times"] == peak["high"] / peak["low"]


@pytest.mark.parametrize("axis", ["n_features", "n_train"])
def test_a_peak_below_the_far_end_of_the_axis_is_a_peak(axis: Any) -> None:
    """A strong signal: without enough rows the risk is higher than at the peak."""
    found = whole(replace(DEFAULT, axis=axis, signal=100.0, weight_decay=100.0))
    at = {"n_features": 49, "n_train": 51}[axis]
    assert found.median[0].argmax() in (0, len(found.drawn.grid) - 1)
    peak = one(found_words(found), "has a peak at {place}")
    assert peak["place"] == words.place(found.problem, at)


@pytest.mark.parametrize("changes", [{"n_train": 2}, {"noise": 0.01}])
def test_medians_without_a_hump_have_no_peak(changes: dict[str, Any]) -> None:
    problem = replace(DEFAULT, **changes)
    found = whole(problem)
    peak = problem.sizes.peak
    k = found.drawn.grid.index(peak)
    assert found.median[0, k] < found.median[0, k + 1]
    said = found_words(found)
    assert not none(said, "shows no peak on this axis")
    assert one(said, "Its limit is infinite at") == {"name": "d = n − 1", "infinite": peak}
    assert none(said, "the peak")


def test_how_far_a_place_stands_out() -> None:
    """The prominence of SciPy, whose summits rise by a difference and here by a factor."""
    logs = np.random.default_rng(0).normal(size=200)
    tops, _ = find_peaks(logs)
    risen = [math.log(finding._stands_out(np.exp(logs), top)) for top in tops]
    assert risen == pytest.approx(peak_prominences(logs, tops)[0])
    slopes = set(range(len(logs))) - set(tops)
    assert {finding._stands_out(logs, k) for k in slopes} == {0.0}


def test_no_noise_no_peak() -> None:
    silent = whole(replace(SMALL, noise=0.0, measure="excess"))
    assert one(found_words(silent), "no variance, and no peak") == {}
    loud = found_words(whole(replace(SMALL, noise=2.0)))
    assert one(loud, "no stronger than the noise")["nothing"] == pytest.approx(5 * 1.1 / 2)


def test_a_sentence_for_every_place() -> None:
    found = whole(SMALL)
    said = places.sentences(found)
    peak = said[found.marked]
    assert peak.startswith("At d = 9 (d/n = 0.9) the test loss is ")
    assert "In the limit it is ∞" in peak
    assert "its exact mean for λ → 0 is ∞." in peak
    assert peak.endswith("a few training sets go so wrong that they decide the mean alone.")
    assert said[0].count("∞") == 0
    assert "the best λ = 0.225" in peak


# ---------------------------------------------------------------- the figure

EXTREMES = [
    {"n_train": "2", "at": "1"},
    {"axis": "n_train", "n_features": "1", "at": "2"},
    {"axis": "n_train", "n_features": "1", "at": "2", "intercept": "off"},
    {"n_train": "10", "noise": "0", "measure": "excess"},
    {"n_train": "10", "noise": "10", "signal": "0.01"},
    {"n_train": "10", "weight_decay": "0", "measure": "loss"},
    {"n_train": "10", "weight_decay": "100"},
]


@pytest.mark.parametrize("query", EXTREMES)
def test_the_ends_of_the_controls(query: dict[str, str]) -> None:
    problem, complaints = FORM.read(query.items())
    assert not complaints
    drawn = picture.descent(whole(problem))
    for name in ("yaxis", "yaxis2", "yaxis3", "xaxis", "xaxis2", "xaxis3"):
        low, high = drawn["figure"]["layout"][name]["range"]
        assert math.isfinite(low)
        assert low < high < 8
    json.loads(encode(drawn), parse_constant=pytest.fail)  # neither NaN nor Infinity
    texts = [a["text"] for a in drawn["figure"]["layout"]["annotations"]]
    assert ("0 everywhere" in texts) == (query.get("noise") == "0")


def test_the_figure_has_every_kind_limit_and_measured() -> None:
    drawn = picture.descent(whole(SMALL))
    names = [t["name"] for t in drawn["figure"]["data"] if t.get("name")]
    for kind in ("λ → 0", "λ = 0.02", "best λ"):
        assert names.count(f"{kind}, limit") == 3
    assert names.count("measured") == 9
    without = picture.descent(whole(replace(SMALL, weight_decay=0.0)))
    names = [t["name"] for t in without["figure"]["data"] if t.get("name")]
    assert names.count("measured") == 6


def test_colour_is_doubled_by_dash_and_marker() -> None:
    traces = [t for t in picture.descent(whole(SMALL))["figure"]["data"] if t.get("name")]
    lines = {(t["line"]["color"], t["line"]["dash"]) for t in traces if "limit" in t["name"]}
    marks = {
        (t["marker"]["color"], t["marker"]["symbol"]) for t in traces if t["name"] == "measured"
    }
    for pairs in (lines, marks):
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) == 3


@pytest.mark.parametrize("query", [{}, *EXTREMES])
def test_plotly_accepts_every_part_of_the_figure(query: dict[str, str]) -> None:
    figure = picture.descent(whole(FORM.read(query.items())[0]))["figure"]
    accepted = go.Figure(figure).to_plotly_json()
    assert len(accepted["data"]) == len(figure["data"])


def test_the_mark_moves_over_every_place() -> None:
    found = whole(SMALL)
    drawn = picture.descent(found)
    count = len(found.drawn.grid)
    assert drawn["position"] == found.drawn.grid.index(9)
    assert drawn["series"]["at"] == list(found.drawn.grid)
    for move in drawn["moves"].values():
        assert len(move["x"]) == len(move["y"]) == count
    assert list(drawn["moves"]["marked "]["x"][drawn["position"]]) == [0.9, 0.9]
    series = drawn["series"]
    for kind in ("zero", "best"):
        for k in range(count):
            parts = [series[f"{kind} {part}"][k] for part in ("bias2", "variance", "noise")]
            if "∞" in parts:
                assert series[f"{kind} risk"][k] == "∞"
            else:
                assert sum(parts) == pytest.approx(series[f"{kind} risk"][k])
    assert series["zero variance"][drawn["position"]] == "∞"


# ---------------------------------------------------------------- the page


def test_what_a_link_got_wrong_stays_said_while_the_page_draws_on() -> None:
    page = page_at(n_train="20", color="red")
    for _ in range(2):
        assert [warning.value for warning in page.warning] == [
            "The link names a setting “color” that does not exist."
        ]
        page.run()
    page.select_slider(key="dimension weight_decay").set_value(1.0).run()
    assert not page.warning


def test_opens_on_the_peak() -> None:
    page = page_at(n_train="20", at="19")
    drawn = payload(page)
    assert drawn["query"] == "n_train=20"
    assert drawn["series"]["zero risk"][drawn["position"]] == "∞"
    assert "is highest at d = " in text_of(page)
    assert "The numbers at d = 19" in text_of(page)


def test_comes_again_until_every_training_set_is_drawn() -> None:
    page = page_at(n_train="60", at="59", draws="100")
    assert "medians of 100 training sets" in text_of(page)
    assert "Drawing: part" not in text_of(page)


@pytest.mark.parametrize("query", EXTREMES)
def test_the_page_at_its_ends(query: dict[str, str]) -> None:
    page = page_at(**query)
    assert payload(page)["sentences"]
    assert not page.warning


def test_nonsense_is_said_on_the_page() -> None:
    page = page_at(n_train="10", noise="loud", at="9")
    assert len(page.warning) == 1
    assert payload(page)["query"] == "n_train=10"


def test_the_explanations_are_of_the_problem_that_is_shown() -> None:
    features = text_of(page_at(n_train="10"))
    assert "**Why λ → 0 has a peak**" in features
    assert "r² stays as d grows" in features
    assert "grows, so" not in text_of(page_at(axis="n_train", n_features="10"))
    silent = text_of(page_at(n_train="10", noise="0"))
    assert "**Why λ → 0 has no peak here**" in silent
    assert "passes the noise on" not in silent


def test_the_tooltip_of_a_preset_is_one_line() -> None:
    page = page_at(n_train="10")
    for preset in PRESETS:
        (button,) = (b for b in page.button if b.label == preset.name)
        assert button.help == preset.look_for
        assert len(preset.look_for) < 40


def test_the_numbers_are_two_tables_and_the_way_to_train_is_short() -> None:
    page = page_at(n_train="10", n_features="8", at="9")
    risk, parts = (frame.value for frame in page.dataframe)
    assert list(risk.columns) == ["decay", "test loss, median", "80 % of them", "test loss, limit"]
    columns = [
        name
        for part in ("½ bias²", "½ variance")
        for name in (f"{part}, median", f"estimate of {part}", f"{part}, limit")
    ]
    assert list(parts.columns) == ["decay", *columns]
    assert list(risk["decay"]) == list(parts["decay"])
    link = page.get("link_button")[0].proto
    assert link.label == "Open this place on Train"


def test_the_name_of_the_peak_stands_before_what_is_behind_it() -> None:
    layout = payload(page_at(n_train="10", at="9", noise="10"))["figure"]["layout"]
    name = next(note for note in layout["annotations"] if note["text"] == "d = n − 1")
    assert name["bgcolor"] == "var(--st-background-color)"


def test_every_control_has_its_help() -> None:
    page = page_at(n_train="10", at="9")
    widgets = [*page.number_input, *page.selectbox, *page.select_slider]
    assert len(widgets) == len(SETTINGS) - 2  # the other size, and the mark on the chart
    for widget in widgets:
        assert widget.key
        # a field of numbers adds its range
        assert unlinked(widget.help).startswith(
            SETTINGS[widget.key.removeprefix("dimension ")].help
        )


def test_a_control_changes_the_link_and_the_axis_its_size() -> None:
    page = page_at(n_train="10", at="9")
    page.number_input(key="dimension noise").set_value(1.0)
    assert payload(fine(page.run()))["query"] == "n_train=10&noise=1"
    page.selectbox(key="dimension axis").set_value("n_train")
    page = fine(page.run())
    page.number_input(key="dimension n_features").set_value(8)
    assert payload(fine(page.run()))["query"] == "axis=n_train&n_features=8&noise=1"
    page.selectbox(key="dimension axis").set_value("n_features")
    assert payload(fine(page.run()))["query"] == "n_train=10&noise=1"


def test_a_preset_opens_with_its_table() -> None:
    page = page_at(n_train="10", at="9")
    (button,) = (b for b in page.button if b.label.startswith("Hastie"))
    page = fine(button.click().run())
    assert payload(page)["query"] == FORM.query(PRESETS[2].question)
    table = page.dataframe[-1].value
    assert list(table["reference"]) == ["1.809", "3.472", "5"]
    assert list(table["here"]) == ["1.809", "3.4721", "5"]
    assert asdict(PRESETS[2].question)["n_train"] == 100
