"""The page “which”: links, exact and trained numbers, choices made anew, figure, sentences."""

import csv
import io
import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest
from sklearn.linear_model import Ridge, RidgeCV
from streamlit.testing.v1 import AppTest

from pages.shared import cached
from pages.shared.encoding import encode
from pages.shared.fields import Steps
from pages.shared.judging import FEW_TESTS
from pages.shared.numbers import Digits
from pages.shared.words import Said
from pages.train.question import FORM as TRAIN
from pages.which import payload as picture
from pages.which import sections
from pages.which.answer import measured, solutions
from pages.which.answer.measured import Again, Seen, Trained
from pages.which.answer.solutions import METHODS
from pages.which.figure import drawing, freedom
from pages.which.figure.scale import Scale
from pages.which.figure.traces import RULES
from pages.which.presets import PRESETS
from pages.which.question import (
    FORM,
    SETTINGS,
    Problem,
    Span,
    on_train,
)
from pages.which.words import finding, places, verdict
from pages.which.words import plain as plain_words
from tests.matrix.driver import number, recording
from tests.pages.opening import complaints, unfolded
from tests.unlinked import unlinked
from wd_core import (
    bayes_weight_decay,
    choose,
    collect,
    make_dataset,
    ridge_path,
    train,
    validation_split,
)

VIEW = Path(__file__).parents[2] / "pages" / "which" / "view.py"
# Closed forms of one and the same solution, on a few dozen well-conditioned rows.
SAME = {"rel": 1e-9}
# A run in a batch, against alone: rounding over a few hundred steps, where nothing amplifies it.
BATCHED = {"rel": 1e-8}
# The refined minimum against a grid of 1000: half a step of it away at most.
HALF_A_STEP = 0.5 * math.log(10 / 1e-3) / 999
SMALL = {"seeds": 2, "draws": 5, "epochs": 20}


def problem(**values: Any) -> Problem:
    return FORM.of(SMALL | values)


@cache
def whole(asked: Problem) -> Seen:
    """The problem with everything worked out."""
    for work in measured.works(asked):
        work.finish()
    return measured.seen(asked)


def known(seen: Seen) -> solutions.Exact:
    assert seen.exact is not None
    return seen.exact


def test_a_typed_decay_that_is_not_trained_is_said_with_the_one_that_stands_for_it() -> None:
    asked = problem(at=0.3)
    assert asked.is_rounded
    taken = float(min(asked.span.grid[1:], key=lambda lam: abs(math.log(lam / 0.3))))
    assert str(plain_words.rounded(asked)).endswith(
        f"marked is {taken:g}, the nearest of them to 0.3."
    )
    assert not problem(at=taken).is_rounded
    assert not problem().is_rounded, "where the mark stands at first nothing was asked for"
    assert not problem(at=0.0).is_rounded


def found(seen: Seen) -> list[Said]:
    """The sentences of the finding."""
    with recording() as said:
        finding.finding(seen)
    return said


def judged(seen: Seen) -> list[Said]:
    """The sentences of the verdict over all repetitions."""
    with recording() as said:
        verdict.matters(seen)
    return said


def drawn_words(seen: Seen) -> list[Said]:
    """The sentences on what is drawn."""
    with recording() as said:
        drawing.drawing(seen, picture.marks(seen))
    return said


def one(said: list[Said], words: str) -> dict[str, Any]:
    """The values of the one sentence whose text holds these words, its numbers in full."""
    (sentence,) = (sentence for sentence in said if words in sentence.text)
    return {
        name: number(value) if isinstance(value, Digits | int) else value
        for name, value in sentence.values.items()
    }


def none(said: list[Said], words: str) -> bool:
    """Whether no sentence holds these words."""
    return not [sentence for sentence in said if words in sentence.text]


def page_at(**query: str) -> AppTest:
    page = unfolded(AppTest.from_file(str(VIEW), default_timeout=60), "which")
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


# ---------------------------------------------------------------- links

OTHER = FORM.of(
    dict(parse_qsl("source=sparse&optimizer=adam&decay=decoupled"))
    | {"n_train": 50, "n_features": 7, "n_informative": 3, "lr": 0.01, "true_bias": -1.5}
    | {"least": 1e-5, "most": 30.0, "at": 0.0, "seeds": 5, "draws": 10, "seed": 3}
)


@pytest.mark.parametrize("asked", [FORM.of({}), OTHER, *(p.question for p in PRESETS)])
def test_a_link_is_the_problem(asked: Problem) -> None:
    read, complaints = FORM.read(parse_qsl(FORM.query(asked)))
    assert not complaints
    assert FORM.query(read) == FORM.query(asked)
    assert (read.data, read.run, read.span) == (asked.data, asked.run, asked.span)
    assert read.weight_decay == asked.weight_decay
    assert (read.seeds, read.draws) == (asked.seeds, asked.draws)


def test_the_default_link_is_empty_whatever_the_range_is() -> None:
    assert FORM.query(FORM.of({})) == ""
    assert FORM.query(FORM.of({"most": 30.0})) == "most=30"


def test_every_setting_that_is_read_is_in_the_link() -> None:
    other = {"least": 1e-4, "most": 30.0, "seeds": 5, "draws": 10, "at": 0.0, "seed": 7}
    other |= {"n_train": 31, "n_features": 26, "noise": 0.6, "true_weight": 0.3, "true_bias": 1.0}
    other |= {"lr": 0.01, "epochs": 90, "batch_size": 9, "init_std": 0.5, "n_test": 90}
    for key, value in other.items():
        assert key in dict(parse_qsl(FORM.query(FORM.of({key: value})))), key


def test_nonsense_in_a_link_is_named() -> None:
    query = {"lr": "x", "seeds": "2.5", "least": "1", "most": "1e9", "at": "-1", "q": "1"}
    query |= {"source": "moon", "weight_decay": "3"}
    read, complaints = FORM.read(query.items())
    assert read == FORM.of({})
    # Train knows λ; of the seven others five are named
    assert [line.partition(":")[0] for line in complaints[:2]] == [
        "Learning rate η",
        "Runs for each λ",
    ]
    assert complaints[5:] == ["2 more things in the link make no sense."]


def test_a_mark_beside_the_axis_is_named_and_moved() -> None:
    read, complaints = FORM.read([("at", "50")])
    assert read.weight_decay == 10
    assert complaints == [
        "Marked λ: 50 in the link lies beside the axis, which goes from 0.001 to 10; 10 is marked "
        "instead."
    ]


def test_settings_that_do_not_go_together_are_named() -> None:
    _, complaints = FORM.read([("optimizer", "nesterov"), ("momentum", "0")])
    assert len(complaints) == 1


@pytest.mark.parametrize("least", SETTINGS["least"].steps)  # type: ignore[union-attr]
@pytest.mark.parametrize("most", SETTINGS["most"].steps)  # type: ignore[union-attr]
def test_the_grid_holds_an_exact_zero_and_both_ends(least: float, most: float) -> None:
    grid = Span(least, most).grid
    assert len(grid) == 64
    assert grid[0] == 0.0
    assert (grid[1], grid[-1]) == (least, most)
    assert (np.diff(grid) > 0).all()
    for k, lam in enumerate(grid.tolist()):
        assert Span(least, most).nearest(lam) == k


@pytest.mark.parametrize("at", [0.0, 1e-3, 0.7, 10.0])
def test_the_link_to_train_is_the_marked_run(at: float) -> None:
    asked = problem(at=at, optimizer="momentum")
    link = on_train(asked)
    assert link is not None
    assert link.page == "train"
    there, complaints = TRAIN.read(parse_qsl(link.query))
    assert not complaints
    assert there.settings == asked.settings(asked.weight_decay)


# ---------------------------------------------------------------- exact


def test_exact_losses_are_those_of_scikit_learn() -> None:
    seen = whole(problem())
    data, at = make_dataset(seen.problem.data), known(seen).at
    for k in (1, 20, 63):
        lam = float(seen.grid[k])
        model = Ridge(alpha=data.n_train * lam).fit(data.X_train, data.y_train)
        rest = [
            np.mean((model.predict(X) - y) ** 2) / 2
            for X, y in ((data.X_train, data.y_train), (data.X_test, data.y_test))
        ]
        assert [at.train[k], at.test[k]] == pytest.approx(rest, **SAME)
        assert at.norm[k] == pytest.approx(np.linalg.norm(model.coef_), **SAME)
        paths = known(seen).paths
        assert paths.total == 25
    assert known(seen).constant == pytest.approx(
        float(np.mean((data.y_test - data.y_train.mean()) ** 2)) / 2, **SAME
    )


def test_degrees_of_freedom_are_the_trace_of_the_hat_matrix() -> None:
    seen = whole(problem())
    data, k = make_dataset(seen.problem.data), 30
    alpha = data.n_train * float(seen.grid[k])
    fits = [
        Ridge(alpha=alpha).fit(data.X_train, e).predict(data.X_train)[i]
        for i, e in enumerate(np.eye(data.n_train))
    ]
    assert known(seen).at.dof[k] == pytest.approx(sum(fits), **SAME)


def test_what_leave_one_out_chooses_is_what_scikit_learn_chooses() -> None:
    seen = whole(problem())
    data = make_dataset(seen.problem.data)
    lams = np.geomspace(1e-3, 10, 1000)
    model = RidgeCV(alphas=data.n_train * lams).fit(data.X_train, data.y_train)
    chosen = known(seen).chosen.weight_decay[METHODS.index("loo")]
    assert abs(math.log(chosen * data.n_train / model.alpha_)) <= 1.01 * HALF_A_STEP


def test_what_validation_chooses_is_the_best_refit_on_the_split() -> None:
    seen = whole(problem())
    asked = seen.problem
    split = validation_split(make_dataset(asked.data), seed=asked.data.seed)
    lams = np.geomspace(1e-3, 10, 1000)
    held = [
        np.mean((Ridge(alpha=len(split.y_train) * lam).fit(split.X_train, split.y_train).predict(
            split.X_test) - split.y_test) ** 2)
        for lam in lams
    ]  # fmt: skip
    chosen = known(seen).chosen.weight_decay[METHODS.index("validation")]
    assert abs(math.log(chosen / lams[int(np.argmin(held))])) <= 1.01 * HALF_A_STEP


def test_bayes_is_sigma_squared_over_n_tau_squared() -> None:
    for values, tau2 in (({}, 0.04), ({"source": "sparse", "n_informative": 5}, 0.04 * 5 / 25)):
        seen = whole(problem(**values))
        value = known(seen).chosen.weight_decay[METHODS.index("bayes")]
        assert value == pytest.approx(0.25 / (30 * tau2), **SAME)


def test_the_drawn_weights_are_the_largest_of_all() -> None:
    seen = whole(problem(n_features=200))
    paths, data = known(seen).paths, make_dataset(seen.problem.data)
    weights = ridge_path(data, paths.weight_decay).weights
    size = np.abs(weights).max(0)
    assert paths.total == 200
    assert paths.weights.shape[1] == solutions.LINES
    assert np.abs(paths.weights).max(0) == pytest.approx(np.sort(size)[::-1][: solutions.LINES])
    assert paths.names[0] == f"w<sub>{size.argmax() + 1}</sub>"


# ---------------------------------------------------------------- trained


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_medians_and_bands_are_those_of_lone_runs(optimizer: str) -> None:
    seen = whole(problem(seeds=5, optimizer=optimizer, seed=2))
    asked, data = seen.problem, make_dataset(seen.problem.data)
    for k in (0, 40, 63):
        lone = [
            collect(train(data, [replace(asked.run, weight_decay=float(seen.grid[k]), seed=s)]))
            for s in range(2, 7)
        ]
        losses = np.array([[run.train_loss[-1, 0], run.test_loss[-1, 0]] for run in lone])
        norms = [run.weight_norm[-1, 0] for run in lone]
        found = seen.found
        assert [found.train[k], found.test[k]] == pytest.approx(np.median(losses, 0), **BATCHED)
        assert found.test_band[:, k] == pytest.approx(
            np.quantile(losses[:, 1], [0.1, 0.9]), **BATCHED
        )
        assert found.norm[k] == pytest.approx(np.median(norms), **BATCHED)
        assert found.own[:, k] == pytest.approx([*losses[0], norms[0]], **BATCHED)
    assert seen.found.count == 5


def test_seeds_that_have_not_ended_are_not_counted() -> None:
    asked = problem(seeds=5)
    trained = Trained(asked.data, asked.run, asked.span, 5)
    assert trained.found.count == 0
    assert trained.found.best is None
    half = whole(asked).trained.parts[0]
    keep = half.rows < 64 + 10  # the first seed, and a part of the second
    names = ("rows", "train_loss", "test_loss", "penalty", "weight_norm", "diverged_at")
    part = replace(half, **{name: getattr(half, name)[keep] for name in names})
    trained = replace(trained, parts=[part])
    assert trained.found.count == 1
    assert trained.found.test == pytest.approx(whole(asked).found.own[1])


def test_nothing_random_is_run_once() -> None:
    seen = whole(problem(seeds=20, init_std=0.0, batch_size=30))
    assert seen.found.count == 1
    assert one(drawn_words(seen), "nothing in it is random") == {}


def test_diverged_runs_are_a_gap_and_said() -> None:
    seen = whole(problem(lr=0.1, most=100.0, epochs=200))
    gone = seen.found.diverged > 0
    assert gone.any()
    assert not gone.all()
    assert np.isnan(seen.found.test[gone]).all()
    assert np.isfinite(seen.found.test[~gone]).all()
    assert one(found(seen), "leave a gap there") == {
        "n_values": gone.sum(),
        "low": seen.grid[gone][0],
        "high": seen.grid[gone][-1],
    }
    assert "2 of 2 runs diverged" in places.sentences(seen)[-1]
    alone = whole(problem(lr=0.1, most=100.0, epochs=200, seeds=1))
    assert places.sentences(alone)[-1].endswith("Its run diverged: choose a smaller η.")


def test_a_size_that_would_take_too_long_leaves_trained_runs_out() -> None:
    asked = problem(n_train=2000, n_features=1000, epochs=20000, batch_size=1)
    assert measured.seeds_shown(asked) == 0
    empty = Trained(asked.data, asked.run, asked.span, 0)
    assert empty.whole
    seen = replace(whole(problem()), trained=empty, found=empty.found)
    assert one(found(seen), "trained runs are left out") == {}
    assert encode(picture.picture(seen))


def test_a_size_that_cannot_be_decomposed_in_time_has_no_exact_solution() -> None:
    asked = problem(n_train=2000, n_features=2000)
    assert solutions.exact(asked.data, asked.span) is None
    assert measured.draws_shown(asked) == 0
    seen = replace(whole(problem()), exact=None, again=Again(asked.data, asked.span, 0))
    assert one(found(seen), "The exact solution is left out") == {}
    assert encode(picture.picture(seen))


# ---------------------------------------------------------------- chosen anew


@pytest.mark.parametrize("values", [{}, {"source": "diabetes", "n_features": 10}])
def test_every_repetition_is_the_choice_on_its_own_data(values: dict[str, Any]) -> None:
    seen = whole(problem(seed=4, **values))
    asked = seen.problem
    assert len(seen.again.found) == 5
    own = known(seen).chosen
    assert seen.again.found[0].weight_decay == pytest.approx(own.weight_decay, nan_ok=True)
    for k, found in enumerate(seen.again.found):
        data = make_dataset(replace(asked.data, seed=4 + k))
        rules = choose(data, seen.grid, seed=4 + k)
        for rule, choice in rules.items():
            at = METHODS.index(rule)
            assert found.weight_decay[at] == choice.weight_decay
            model = Ridge(alpha=max(data.n_train * choice.weight_decay, 1e-12))
            model.fit(data.X_train, data.y_train)
            loss = np.mean((model.predict(data.X_test) - data.y_test) ** 2) / 2
            assert found.test[at] == pytest.approx(loss, rel=1e-6)
            assert found.ratio[at] == pytest.approx(found.test[at] / found.least)
        zero = ridge_path(data, [0.0]).test_loss[0]
        assert found.test[METHODS.index("zero")] == pytest.approx(zero, **SAME)
        assert np.nanmin(found.ratio[[METHODS.index(r) for r in rules]]) == 1


def test_the_prior_is_unknown_for_real_data_and_idle_without_noise() -> None:
    real = whole(problem(source="diabetes", n_features=10))
    assert np.isnan(known(real).chosen.weight_decay[METHODS.index("bayes")])
    silent = whole(problem(noise=0.0))
    assert known(silent).chosen.weight_decay[METHODS.index("bayes")] == 0
    assert math.isinf(bayes_weight_decay(0.5, 0.0, 30))
    assert math.isinf(
        known(whole(problem(true_weight=0.0))).chosen.weight_decay[METHODS.index("bayes")]
    )


def test_rounding_is_no_loss() -> None:
    seen = whole(problem(noise=0.0))
    exact = known(seen)
    assert exact.at.test[0] == 0
    assert exact.chosen.least == 0
    assert exact.chosen.ratio[METHODS.index("zero")] == 1
    assert "test loss 0, as good as the best" in places.sentences(seen)[0]
    assert "above the best, which is 0" in places.sentences(seen)[-1]


@pytest.mark.parametrize(
    ("values", "undefined"),
    [
        ({"n_train": 1}, {"test", "gcv", "loo", "validation"}),
        ({"n_train": 2}, {"gcv", "loo", "validation"}),
        ({"true_weight": 0.0, "noise": 0.0}, {"test", "bayes", "gcv", "loo", "validation"}),
        ({"n_features": 200}, set()),
    ],
)
def test_a_rule_that_prefers_no_weight_decay_chooses_none(
    values: dict[str, Any], undefined: set[str]
) -> None:
    seen = whole(problem(**values))
    marks = {mark.rule: mark for mark in picture.marks(seen)}
    assert {rule for rule, mark in marks.items() if math.isnan(mark.weight_decay)} == undefined
    assert all(marks[rule].why for rule in undefined)


def test_a_score_that_is_the_same_everywhere_is_not_called_undefined() -> None:
    one, two = (whole(problem(n_train=n)) for n in (1, 2))
    lone, pair = ({mark.rule: mark.why for mark in picture.marks(seen)} for seen in (one, two))
    assert np.ptp(known(one).at.test) == 0
    assert lone["test"] == "It prefers none: the same for every λ."
    assert np.isnan(known(one).at.gcv).all()
    assert lone["gcv"] == lone["loo"] == "It is undefined for one example."
    assert known(two).at.gcv == pytest.approx(known(two).at.gcv[0], **SAME)
    assert pair["gcv"] == pair["loo"] == "It prefers none: the same for every λ."


def test_a_loss_of_zero_is_said_to_be_below_the_picture() -> None:
    for values, text in (
        ({"n_features": 200}, "At λ = 0 the exact training loss is 0"),
        ({"n_train": 1}, "At every λ the exact training loss is 0"),
        ({"noise": 0.0}, "At λ = 0 the exact test loss is 0"),
    ):
        assert not none(drawn_words(whole(problem(**values))), text)
    assert none(drawn_words(whole(problem())), "below the picture")


# ---------------------------------------------------------------- the picture

ENDS: list[dict[str, Any]] = [
    {},
    {"n_train": 1},
    {"n_features": 1},
    {"n_train": 1, "n_features": 1},
    {"n_train": 2, "noise": 0.0},
    {"n_test": 1},
    {"noise": 0.0},
    {"noise": 10.0},
    {"true_weight": 0.0},
    {"true_weight": 0.0, "noise": 0.0},
    {"true_weight": 0.0, "noise": 0.0, "true_bias": 0.0},
    {"lr": 1.0},
    {"lr": 1e-4},
    {"n_features": 1000},
    {"least": 1e-8, "most": 100.0},
    {"least": 0.1, "most": 1.0},
    {"seeds": 1},
    {"source": "correlated", "correlation": 0.99, "n_features": 50},
    {"source": "diabetes", "n_train": 441, "n_test": 2000, "n_features": 80},
    {"optimizer": "adam", "decay": "decoupled", "momentum": 0.5},
    {"epochs": 1},
]


@pytest.mark.parametrize("values", ENDS, ids=str)
def test_every_end_has_a_picture_and_says_only_numbers(values: dict[str, Any]) -> None:
    seen = whole(problem(**values))
    drawn = picture.picture(seen)
    go.Figure(drawn["figure"])
    json.loads(encode(drawn), parse_constant=pytest.fail)
    said = [*found(seen), *judged(seen), *drawn_words(seen), *drawn["sentences"]]
    assert not [text for text in said if "nan" in text or "inf" in text.split()]
    assert len(drawn["sentences"]) == len(drawn["series"]["at"]) == 64
    low, high = drawn["figure"]["layout"]["yaxis11"]["range"]
    assert -40 < low < high < 40


def test_the_upright_lines_stand_at_every_weight_decay() -> None:
    drawn = picture.picture(whole(problem(at=0.7)))
    scale = Scale(1e-3, 10)
    assert len(drawn["moves"]) == 4
    for move in drawn["moves"].values():
        xs = [pair[0] for pair in move["x"]]
        assert xs == pytest.approx(scale.place(np.array(drawn["series"]["at"])).tolist())
    named = {trace["meta"]["moves"] for trace in drawn["figure"]["data"] if "meta" in trace}
    assert named == set(drawn["moves"])
    assert drawn["series"]["at"][drawn["position"]] == pytest.approx(0.7, rel=0.08)


def test_every_marker_is_seen() -> None:
    """One of size 0 costs the browser as much: thousands of them held the first picture up."""
    traces = picture.picture(whole(problem()))["figure"]["data"]
    marked = [trace for trace in traces if "markers" in trace.get("mode", "")]
    assert marked
    for trace in marked:
        assert np.min(trace["marker"]["size"]) > 0
        assert len(trace["x"]) <= 64


def test_the_dot_at_zero_goes_with_its_line() -> None:
    seen = whole(problem())
    figure, fine = picture.picture(seen)["figure"], known(seen).fine
    lines = [t for t in figure["data"] if t.get("legendgroup") and t["mode"] == "lines"]
    dots = [t for t in figure["data"] if t.get("legendgroup") and t["mode"] == "markers"]
    assert [t["legendgroup"] for t in lines] == [t["legendgroup"] for t in dots]
    ends = {"train, exact": fine.train, "test, exact": fine.test, "‖w*‖, exact": fine.norm}
    ends |= {"½ GCV": fine.gcv / 2, "½ LOO": fine.loo / 2}
    assert {t["name"] for t in lines} == ends.keys()
    for line, dot in zip(lines, dots, strict=True):
        assert line.get("visible") == dot.get("visible")
        assert (dot["x"][0], dot["y"][0]) == (line["x"][0], line["y"][0])
        assert dot["y"][0] == pytest.approx(ends[line["name"]][0], rel=1e-6)
        assert (dot["showlegend"], dot["hoverinfo"]) == (False, "skip")
    # else each would be a group of its own in the legend
    assert figure["layout"]["legend"]["traceorder"] == "normal"


@pytest.mark.parametrize("n_features", [1, 3, 5, 6, 12])
def test_every_weight_has_a_line_that_says_its_name(n_features: int) -> None:
    seen = whole(problem(n_features=n_features))
    paths = known(seen).paths
    traces = [t for t in picture.picture(seen)["figure"]["data"] if t.get("yaxis") == "y13"]
    *lines, dots = traces
    assert len(lines) == min(n_features, solutions.NAMED) + (n_features > solutions.NAMED)
    drawn: dict[str, list[float]] = {}
    for trace in lines:
        assert "%{customdata}" in trace["hovertemplate"]
        for name, y in zip(trace["customdata"], trace["y"].tolist(), strict=True):
            drawn.setdefault(name, []).append(y)
    assert drawn.keys() == set(paths.names)
    for j, name in enumerate(paths.names):
        zero, gap, *rest, last = drawn[name]
        assert np.isnan([gap, last]).all()
        assert [zero, *rest] == pytest.approx(paths.weights[:, j].tolist(), rel=1e-6, abs=1e-30)
    # the largest over the others
    bare = paths.weights[0, ::-1].tolist()
    assert dots["y"].tolist() == pytest.approx(bare, rel=1e-6, abs=1e-30)
    assert len(dots["marker"]["color"]) == n_features


def test_zero_stands_left_of_the_axis_and_is_ticked() -> None:
    scale = Scale(1e-3, 10)
    assert scale.zero < -3
    assert scale.ticks(small=False)["ticktext"] == ["0", "0.001", "0.01", "0.1", "1", "10"]
    assert scale.ticks(small=True)["ticktext"][0] == "0"
    assert scale.place(np.array([0.0, 1e-3, 10, 1e9])).tolist() == [scale.zero, -3, 1, 1]


@pytest.mark.parametrize("lam", [0.0, 1e-3, 0.2, 10.0])
def test_a_click_on_a_point_is_its_weight_decay(lam: float) -> None:
    scale = Scale(1e-3, 10)
    assert scale.weight_decay(float(scale.place(np.array(lam)))) == pytest.approx(lam)


def test_a_click_beside_the_axis_is_its_nearer_end() -> None:
    scale = Scale(1e-3, 10)
    assert scale.weight_decay(-3.05) == pytest.approx(1e-3)
    assert scale.weight_decay(7) == pytest.approx(10)
    assert scale.weight_decay(-300) == 0


@pytest.mark.parametrize(
    ("values", "apart"),
    [
        ({}, 0.05),
        ({}, 0.13),
        ({"n_features": 200, "n_train": 20}, 0.05),
        ({"n_features": 1}, 0.05),
        ({"least": 0.1, "most": 1.0}, 0.05),
    ],
)
def test_the_upper_axis_is_ticked_at_round_degrees_of_freedom(
    values: dict[str, Any], apart: float
) -> None:
    seen = whole(problem(**values))
    scale = Scale(seen.problem.span.least, seen.problem.span.most)
    X = make_dataset(seen.problem.data).X_train
    s = np.linalg.svd(X - X.mean(0), compute_uv=False) ** 2 / len(X)
    s = s[s > 1e-12]
    found = freedom.ticks(known(seen).fine, scale, apart)
    assert (found.places[0], found.texts[0]) == (scale.zero, f"{1 + len(s)}")
    assert len(found.places) >= 3
    for x, text in list(zip(found.places, found.texts, strict=True))[1:]:
        assert 1 + (s / (s + 10**x)).sum() == pytest.approx(float(text), rel=1e-4)
        assert float(text) == float(f"{float(text):.2g}")
    low, high = scale.range
    assert np.diff(sorted(found.places)).min() >= apart * (high - low) * (1 - 1e-9)


def test_the_upper_axis_is_that_of_the_losses_and_zooms_with_it() -> None:
    seen = whole(problem())
    layout = picture.picture(seen)["figure"]["layout"]
    upper = layout["xaxis9"]
    assert (upper["overlaying"], upper["matches"], upper["side"]) == ("x", "x", "top")
    assert upper["range"] == layout["xaxis"]["range"]
    assert upper["title"]["text"] == "degrees of freedom (exact)"
    few = layout["meta"]["narrow"]["xaxis9.tickvals"]
    assert 3 <= len(few) < len(upper["tickvals"])
    hidden = picture.picture(replace(seen, exact=None))["figure"]["layout"]
    assert "xaxis9" not in hidden


def test_a_choice_beyond_the_axis_is_said_at_its_end() -> None:
    seen = whole(problem(least=0.1, most=1.0))
    chosen = known(seen).chosen.weight_decay[METHODS.index("validation")]
    assert 0 < chosen < 0.1
    figure = picture.picture(seen)["figure"]
    note = next(a for a in figure["layout"]["annotations"] if a["text"].startswith("← "))
    assert note["text"] == f"← λ = {places.plain(float(chosen))}"
    assert note["x"] == -1
    above = [t for t in figure["data"] if t.get("name") == "validation"]
    assert not above  # no mark on the losses, where this λ has no place
    inside = picture.picture(whole(problem()))["figure"]
    assert [t for t in inside["data"] if t.get("name") == "validation"]
    assert not [a for a in inside["layout"]["annotations"] if "λ =" in a["text"]]
    endless = picture.picture(whole(problem(true_weight=0.0)))["figure"]["layout"]["annotations"]
    assert "λ = ∞ →" in [a["text"] for a in endless]


def test_the_weights_panel_shows_those_with_decay() -> None:
    near, far = (whole(FORM.of({**SMALL, **preset.values})) for preset in (PRESETS[0], PRESETS[2]))
    for seen, beyond in ((near, False), (far, True)):
        weights = known(seen).paths.weights
        low, high = picture.picture(seen)["figure"]["layout"]["yaxis13"]["range"]
        assert low < weights[1:].min()
        assert high > weights[1:].max()
        assert (low <= weights[0].min() and weights[0].max() <= high) != beyond
        said = drawn_words(seen)
        if beyond:
            assert one(said, "beyond their panel")["size"] == np.abs(weights[0]).max()
        else:
            assert none(said, "beyond their panel")


def test_where_there_is_nothing_to_learn_rounding_is_not_shown() -> None:
    seen = whole(problem(noise=0.0, true_weight=0.0))
    exact = known(seen)
    assert not exact.at.norm.any()
    assert not exact.paths.weights.any()
    assert exact.constant == 0
    figure = picture.picture(seen)["figure"]
    low, high = figure["layout"]["yaxis11"]["range"]
    shown = np.log10([*seen.found.train, *seen.found.test])
    assert low <= shown.min() <= shown.max() <= high
    assert high - low < 1.5 * np.ptp(shown) + 0.5
    marks = {mark.rule: mark.why for mark in picture.marks(seen)}
    assert marks["bayes"] == "It prefers none: σ = 0 and all true weights are 0."


def test_few_decades_are_ticked_in_small_panels_too() -> None:
    small = Scale(0.1, 1).ticks(small=True)
    assert small["ticktext"] == ["0", "0.2", "0.5", "1"]
    assert Scale(1e-8, 100).ticks(small=True)["ticktext"][-1] != "0"
    for least in SETTINGS["least"].steps:  # type: ignore[union-attr]
        for most in SETTINGS["most"].steps:  # type: ignore[union-attr]
            assert 3 <= len(Scale(least, most).ticks(small=True)["tickvals"]) <= 6


def test_the_marks_are_what_the_rules_chose() -> None:
    seen = whole(problem())
    marks = {mark.rule: mark for mark in picture.marks(seen)}
    assert list(marks) == list(RULES)
    best = int(np.argmin(seen.found.test))
    assert marks["trained"].weight_decay == seen.grid[best]
    rules = choose(make_dataset(seen.problem.data), seen.grid)
    for rule, choice in rules.items():
        assert marks[rule].weight_decay == choice.weight_decay
        assert marks[rule].test == pytest.approx(choice.test_loss)
        assert len(marks[rule].others) == 5


def test_the_bars_count_every_repetition() -> None:
    seen = whole(problem(n_train=12, draws=20))
    bars = [t for t in picture.picture(seen)["figure"]["data"] if t["type"] == "bar"]
    assert [int(sum(bar["customdata"])) for bar in bars] == [20] * 4


def test_the_file_holds_the_numbers() -> None:
    seen = whole(problem(lr=0.1, most=100.0, epochs=200))
    rows = list(csv.DictReader(io.StringIO(sections.numbers(seen))))
    assert len(rows) == 64
    assert [float(row["weight_decay"]) for row in rows] == seen.grid.tolist()
    assert [float(row["exact_test_loss"]) for row in rows] == known(seen).at.test.tolist()
    assert [row["trained_test_loss"] == "" for row in rows] == np.isnan(seen.found.test).tolist()
    assert float(rows[0]["own_test_loss"]) == seen.found.own[1, 0]


# ---------------------------------------------------------------- words


def test_the_finding_names_what_each_rule_chose() -> None:
    seen = whole(problem())
    chosen = known(seen).chosen
    said = [sentence for sentence in found(seen) if "{rule} chooses" in sentence.text]
    for method in ("gcv", "loo", "validation", "bayes"):
        name = places.NAMES[method][0].upper() + places.NAMES[method][1:]
        (sentence,) = (sentence for sentence in said if sentence.values["rule"] == name)
        at = METHODS.index(method)
        assert number(sentence.values["weight_decay"]) == chosen.weight_decay[at]
        share = chosen.test[at] / chosen.least - 1
        if "cost" in sentence.values:
            assert number(sentence.values["cost"]) == share
        else:
            assert "as good as the best" in sentence.text
            assert share < 0.0005


@pytest.mark.parametrize("values", [{"noise": 10.0, "most": 10.0, "seed": 3}])
def test_nothing_is_better_than_the_best(values: dict[str, Any]) -> None:
    seen = whole(problem(**values))
    chosen, data = known(seen).chosen, make_dataset(seen.problem.data)
    bayes = METHODS.index("bayes")
    assert chosen.weight_decay[bayes] == pytest.approx(10**2 / (30 * 0.04))
    beyond = ridge_path(data, [chosen.weight_decay[bayes]]).test_loss[0]
    assert chosen.least == pytest.approx(beyond, **SAME)
    assert chosen.least < known(seen).fine.test.min()
    assert chosen.ratio[METHODS.index("test")] > 1
    said = found(seen)
    assert none(said, "−")
    prior = [s for s in said if s.values.get("rule") == "Bayes"]
    assert [sentence.text for sentence in prior] == [
        "{rule} chooses λ = {weight_decay}, as good as the best."
    ]
    assert "That λ lies beyond the axis." in [str(sentence) for sentence in said]


def test_rules_that_choose_alike_share_a_sentence_and_the_axis_ends_once() -> None:
    """All three rules, at the end of the axis, beyond which Bayes’ λ lies: hindsight may lose."""
    values = {"n_features": 65, "source": "sparse", "n_train": 10, "n_test": 300, "noise": 2.0}
    seen = whole(problem(**values, lr=0.05, most=10.0, draws=20))
    said = finding.finding(seen)
    chosen = known(seen).chosen.weight_decay
    at_end = [m for m in ("gcv", "loo", "validation") if chosen[METHODS.index(m)] == 10]
    assert len(at_end) > 1
    (joint,) = [one for one in found(seen) if "choose the same λ" in one.text]
    named = [places.NAMES[method] for method in at_end]
    assert all(name in str(joint).replace("Leave", "leave") for name in named)
    assert said.count("The axis ends at λ = 10.") == 1
    rows = {row["λ by"]: row for row in (sections._row(seen, m) for m in ("bayes", "test"))}
    prior = seen.again.column("bayes")[0]
    assert (prior > 10).all()
    assert rows["Bayes"]["at 0 or ≥ 10"] == "100 %"
    assert "may cost less" in verdict.hindsight(seen)
    assert not verdict.hindsight(whole(problem(draws=5)))


def test_whether_it_matters_is_what_the_repetitions_say() -> None:
    seen = whole(problem(draws=20))
    said = judged(seen)
    zero = np.median(seen.again.column("zero")[1])
    gcv = np.median(seen.again.column("gcv")[1])
    assert one(said, "without decay is {cost} above")["cost"] == zero - 1
    (by_gcv,) = (s for s in said if s.values.get("rule") == "GCV" and "Chosen by" in s.text)
    assert number(by_gcv.values["cost"]) == gcv - 1
    assert zero > gcv
    costs = {m: np.median(seen.again.column(m)[1]) for m in ("gcv", "loo", "validation")}
    cheapest = min(costs, key=lambda method: costs[method])
    assert one(said, "choosing is worth it") == {"rule": places.NAMES[cheapest]}


def test_few_repetitions_have_no_verdict() -> None:
    seen = whole(problem())
    assert not none(judged(seen), "For the exact solution")
    few = replace(seen.again, found=seen.again.found[: measured.LEAST_DRAWS - 1])
    said = judged(replace(seen, again=few))
    assert none(said, "For the")
    assert one(said, "a verdict takes at least") == {"least_draws": 5}


def test_the_verdict_names_trained_runs_that_say_otherwise() -> None:
    seen = whole(FORM.of({**SMALL, **PRESETS[1].values, "epochs": 200}))
    zero = float(seen.found.test[0] / np.nanmin(seen.found.test))
    assert zero > 2
    assert one(judged(seen), "above gain by decay") == {"times": zero}
    lone = judged(whole(problem(n_train=1, epochs=100)))
    assert one(lone, "None of the rules chooses a λ here") == {}
    assert not none(lone, "The runs trained on the data above")
    alike = replace(seen.found, test=np.ones_like(seen.found.test))
    assert none(judged(replace(seen, found=alike)), "trained on the data")
    lost = replace(seen.found, test=np.where(seen.grid > 0, seen.found.test, np.nan))
    assert none(judged(replace(seen, found=lost)), "trained on the data")


def test_few_test_examples_measure_nothing() -> None:
    lone = whole(problem(source="diabetes", n_train=442))
    assert lone.problem.data.n_train == 441
    assert one(found(lone), "measured on a single test example: chance decides much") == {}
    assert one(judged(lone), "each test set is a single example: that measures nothing") == {}
    assert none(judged(lone), "worth it")
    few = whole(problem(n_test=FEW_TESTS - 1))
    assert one(found(few), "chance decides") == {"n": FEW_TESTS - 1}
    assert one(judged(few), "there is no verdict") == {"n": FEW_TESTS - 1}
    enough = whole(problem(n_test=FEW_TESTS))
    assert none(found(enough), "chance decides")
    assert not none(judged(enough), "For the exact solution")


def test_more_examples_than_the_table_has_are_named() -> None:
    _, complaints = FORM.read([("source", "diabetes"), ("n_train", "442")])
    assert complaints == [
        "Training examples n: 442 in the link is more than these data have; 441 are used."
    ]
    assert not FORM.read([("source", "diabetes"), ("n_train", "441")])[1]


def test_bars_are_named_only_where_there_are_bars() -> None:
    assert "bars of the picture" in verdict.bars(whole(problem()))
    assert verdict.bars(whole(problem(n_train=1))) == ""


def test_a_best_loss_of_zero_has_no_percentage() -> None:
    seen = whole(problem(noise=0.0))
    said = judged(seen)
    assert not [sentence for sentence in said if "cost" in sentence.values]
    reach = [m for m in ("gcv", "loo", "validation") if np.median(seen.again.column(m)[1]) == 1]
    assert reach == ["gcv", "loo"]
    assert one(said, "λ = 0 reaches the least loss, 0, and so do") == {
        "rules": "GCV and leave-one-out"
    }


def test_it_does_not_matter_where_the_exact_loss_is_flat() -> None:
    seen = whole(FORM.of({**SMALL, **PRESETS[1].values}))
    rules = {places.NAMES[rule]: np.median(seen.again.column(rule)[1]) for rule in METHODS[2:5]}
    cheapest = min(rules, key=lambda name: rules[name])
    assert one(judged(seen), "choosing gains little here") == {"rule": cheapest, "nearly": 0.05}


@pytest.mark.parametrize(
    ("ratio", "text"), [(1.0, "0 %"), (1.0314, "3.14 %"), (2.5, "150 %"), (12.0, "12 times")]
)
def test_a_cost_is_a_share_or_a_factor(ratio: float, text: str) -> None:
    assert places.cost(ratio) == text


# ---------------------------------------------------------------- the page


def test_the_page_opens_on_its_default() -> None:
    page = page_at()
    drawn = payload(page)
    assert drawn["query"] == ""
    assert "The exact test loss is least at λ = 0.264: 0.381" in text_of(page)
    assert "medians of 20 runs" in text_of(page)
    assert drawn["series"]["at"][drawn["position"]] == 0.928


def test_a_bad_link_is_said_and_the_page_is_drawn() -> None:
    page = page_at(lr="x", colour="3", draws="5", seeds="1")
    assert len(complaints(page)) == 2
    assert payload(page)["query"] == "seeds=1&draws=5"
    assert len(complaints(fine(page.run()))) == 2
    next(s for s in page.select_slider if s.key == "which lr").set_value(0.01)
    assert not fine(page.run()).warning


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_its_problem(preset: Any) -> None:
    page = page_at(seeds="1", draws="5", epochs="1")
    next(button for button in page.button if button.label == preset.name).click()
    page = fine(page.run())
    assert payload(page)["query"] == FORM.query(preset.question)
    assert preset.look_for in text_of(page)


@pytest.mark.parametrize("key", ["n_features", "lr", "least", "most", "seeds", "draws"])
def test_every_slider_has_pictures_at_its_ends(key: str) -> None:
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    page = page_at(seeds="1", draws="5", epochs="2", n_train="5", n_test="5")
    for value in (setting.steps[0], setting.steps[-1]):
        next(s for s in page.select_slider if s.key == f"which {key}").set_value(value)
        page = fine(page.run())
        assert len(payload(page)["sentences"]) == 64


def test_every_control_has_a_help_text() -> None:
    page = page_at(seeds="1", draws="5", epochs="2")
    controls = [*page.select_slider, *page.number_input, *page.selectbox]
    assert len(controls) >= 14
    assert all(control.help for control in controls)


def test_the_data_are_shared_with_train() -> None:
    assert FORM.defaults["seed"] == 0
    asked = problem()
    assert cached.dataset(asked.data) is cached.dataset(asked.settings(1.0).data)
