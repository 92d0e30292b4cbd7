"""The sentences under the picture claim what their numbers show, in every branch."""

import math
from dataclasses import replace

import pytest

from pages.shared.cached import Baselines
from pages.shared.judging import ALIKE
from pages.shared.numbers import plain
from pages.shared.remedies import Remedies
from pages.train.words import rivals, story
from pages.train.words.diverged import advice
from pages.train.words.story import GROWN, MEMORISED, Outcome
from tests.matrix.driver import number, recording
from wd_core import Hyperparameters
from wd_core.linear.behaviour import behaviour
from wd_core.linear.outcomes import End
from wd_core.trials import Course

RIVALS = Baselines(constant_test=0.01, ridge_test=0.02, ridge_norm=0.1)
HELPED = Outcome(weight_decay=3.0, train=0.001, test=0.05, test_without=50.0)
TO_RIDGE = behaviour(Hyperparameters(weight_decay=3.0), 20).end
TO_LEAST_SQUARES = behaviour(Hyperparameters(), 20).end
WILD = replace(HELPED, start=50.0, train=1.01 * GROWN * 50.0, test=1e14)
GOES_ON = Course(2000, 50.0, math.nan, math.inf, 1000, False, 1e20, math.nan, 1.0, 300)
COMES_BACK = Course(2000, 50.0, 0.001, 3.0, 1000, False, 2.0, 0.001, 1.0, None)


def sentence(end: Outcome, baselines: Baselines) -> str:
    """What is said of a run."""
    return story.sentence(end, baselines, Remedies(0.01, None, 2000))


def exact(test: float, baselines: Baselines, goal: End = TO_RIDGE, fits: bool = False) -> str:
    """What is said of a run's exact solution."""
    return " ".join(rivals.exact(test, baselines, goal, fits))


def said(words: str, *args, say=sentence, **named) -> dict[str, float]:
    """The numbers of the one sentence with these words."""
    with recording() as heard:
        say(*args, **named)
    (found,) = (one for one in heard if words in one.text)
    return {name: number(x) for name, x in found.values.items() if name != "formula"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0546123, "0.0546"),
        (0.001, "0.001"),
        (0.00009999, "1.00×10⁻⁴"),
        (3.14159e-7, "3.14×10⁻⁷"),
        (1.0, "1"),
        (87.94, "87.9"),
        (999.4, "999"),
        (1284.4, "1280"),
        (99949.0, "99900"),
        (100000.0, "1.00×10⁵"),
        (-2.5e9, "−2.50×10⁹"),
    ],
)
def test_numbers_in_words(value: float, text: str) -> None:
    assert plain(value) == text


def test_helped_names_both_losses() -> None:
    values = said("helped", HELPED, RIVALS)
    assert values == {"test": 0.05, "test_without": 50}
    assert sentence(HELPED, RIVALS).startswith("Weight decay helped")


def test_hurt_names_both_losses() -> None:
    values = said("hurt", replace(HELPED, test_without=0.04), RIVALS)
    assert values == {"test": 0.05, "test_without": 0.04}


@pytest.mark.parametrize("factor", [1.0, 0.999 * ALIKE, 1.001 / ALIKE])
def test_alike_losses_are_called_alike(factor: float) -> None:
    assert said("made little difference", replace(HELPED, test_without=factor * 0.05), RIVALS)


@pytest.mark.parametrize(("factor", "word"), [(1.001 * ALIKE, "helped"), (0.999 / ALIKE, "hurt")])
def test_what_is_just_not_alike_is_told_apart(factor: float, word: str) -> None:
    assert said(word, replace(HELPED, test_without=factor * HELPED.test), RIVALS)


def test_a_twin_that_diverged_is_no_number() -> None:
    end = replace(HELPED, test_without=math.nan, without_diverged=True)
    assert said("without it the run diverged", end, RIVALS) == {"test": 0.05}
    assert "nan" not in sentence(end, RIVALS)


def test_a_twin_that_has_grown_makes_nobody_helpful() -> None:
    end = replace(HELPED, start=60.0, train_without=1.01 * GROWN * 60.0, test_without=1e9)
    values = said("has grown", end, RIVALS)
    assert values["train_without"] > GROWN * values["train_start"]
    assert "helped" not in sentence(end, RIVALS)
    assert "helped" in sentence(replace(end, train_without=0.99 * GROWN * 60.0), RIVALS)


def without(train: float, test: float) -> Outcome:
    """The end of a run without decay."""
    return Outcome(weight_decay=0.0, train=train, test=test, test_without=None)


def test_memorised() -> None:
    values = said("memorised", without(3e-7, 87.9), RIVALS)
    assert values == {"train": 3e-7, "test": 87.9}


def test_not_memorised() -> None:
    values = said("Without decay", without(0.012, 0.013), RIVALS)
    assert values == {"train": 0.012, "test": 0.013}


@pytest.mark.parametrize(
    ("train", "test"), [(0.1, 0.9 * MEMORISED * 0.1), (90.0, 91.0), (5.0, 60.0)]
)
def test_a_run_that_has_not_fallen_far_is_not_memorising(train: float, test: float) -> None:
    assert "memorised" not in sentence(without(train, test), RIVALS)


@pytest.mark.parametrize(
    ("loss", "words"),
    [(0.049, "better than this run"), (0.051, "worse than this run"), (0.05, "the same as this")],
)
@pytest.mark.parametrize("goal", [TO_RIDGE, TO_LEAST_SQUARES])
@pytest.mark.parametrize("many", [False, True])
def test_rivals_are_judged(loss: float, words: str, goal: End, many: bool) -> None:
    both = Baselines(constant_test=loss, ridge_test=loss, many=many)
    assert said(f"{{constant_test}}, {words}", HELPED, both)["constant_test"] == loss
    ridge = said(f"{{ridge_test}}, {words}", HELPED.test, both, goal, say=exact)
    assert ridge["ridge_test"] == loss


def test_losses_shown_alike_are_the_same() -> None:
    both = Baselines(constant_test=0.0500001, ridge_test=0.0499999)
    text = sentence(HELPED, both) + exact(HELPED.test, both)
    assert text.count("the same as this run") == 2
    assert "better" not in text


@pytest.mark.parametrize(
    ("run", "weight_decay"),
    [
        (Hyperparameters(weight_decay=1.0, optimizer="momentum", decay="decoupled"), 0.1),
        (Hyperparameters(weight_decay=1.0, batch_size=8, decay="decoupled"), 1.2),
        (Hyperparameters(weight_decay=1.0, optimizer="momentum"), 1.0),
    ],
)
def test_the_ridge_solution_is_named_by_the_strength_it_has(
    run: Hyperparameters, weight_decay: float
) -> None:
    values = said("exact ridge", HELPED.test, RIVALS, behaviour(run, 20).end, say=exact)
    assert values["end_weight_decay"] == pytest.approx(weight_decay, rel=1e-12)


def test_many_least_squares_solutions_are_not_one() -> None:
    assert "the exact least squares solution" in exact(80.0, RIVALS, TO_LEAST_SQUARES)
    text = exact(80.0, replace(RIVALS, many=True), TO_LEAST_SQUARES)
    assert "the one of least norm" in text
    assert "the exact least squares solution" not in text


@pytest.mark.parametrize(
    ("batch_size", "words"),
    [(5, "it is not known where it ends"), (20, "it goes to no ridge solution")],
)
def test_without_a_known_end_nothing_exact_is_compared(batch_size: int, words: str) -> None:
    run = Hyperparameters(
        weight_decay=1.0, optimizer="adam", decay="decoupled", batch_size=batch_size
    )
    text = exact(HELPED.test, replace(RIVALS, ridge_test=None), behaviour(run, 20).end)
    assert words in text
    assert "the exact" not in text


def test_a_solution_that_costs_too_much_is_left_out() -> None:
    text = exact(HELPED.test, replace(RIVALS, ridge_test=None))
    assert "at this size it costs too much" in text


@pytest.mark.parametrize("test_without", [0.0, 1e-40, 5.0, None])
def test_a_perfect_run_has_a_sentence(test_without: float | None) -> None:
    end = Outcome(weight_decay=3.0, train=0.0, test=0.0, test_without=test_without)
    text = sentence(replace(end, scale=1.0), Baselines(0.0, 0.0, 0.0))
    assert "ends at 0" in text
    assert "inf" not in text
    assert "nan" not in text


def test_of_rounding_nothing_is_made() -> None:
    end = Outcome(0.3, 2e-34, 5.7e-34, 5e-35, start=1.5, scale=0.002)
    with recording() as heard:
        text = sentence(end, Baselines(constant_test=0.001))
    shown = {number(x) for one in heard for n, x in one.values.items() if "test" in n}
    assert shown == {0.0, 0.001}
    assert "made little difference" in text
    assert "0 up to rounding" in text
    assert "rounding" not in sentence(HELPED, RIVALS)


@pytest.mark.parametrize(
    ("fits", "goal", "many", "one_of_them"),
    [
        (True, TO_LEAST_SQUARES, True, True),
        (False, TO_LEAST_SQUARES, True, False),
        (True, TO_LEAST_SQUARES, False, False),
        (True, TO_RIDGE, True, False),
    ],
)
def test_a_run_that_fits_exactly_is_one_of_many_solutions(fits, goal, many, one_of_them) -> None:
    text = exact(80.0, replace(RIVALS, many=many), goal, fits)
    assert ("This run ends at one of them, too." in text) == one_of_them


@pytest.mark.parametrize("other", [0.05, math.nan, None])
def test_a_run_that_has_grown_is_no_result(other: float | None) -> None:
    gone = other is not None and math.isnan(other)
    end = replace(WILD, test_without=other, without_diverged=gone)
    for course in (None, GOES_ON, COMES_BACK):
        text = sentence(replace(end, course=course), RIVALS)
        assert "helped" not in text
        assert "nan" not in text
        assert ("Diverging" in text) == (course is GOES_ON)
        assert ("Choose" in text) == (course is GOES_ON)
    assert "has grown" not in sentence(replace(end, untrained=60.0), RIVALS)
    assert "has grown" not in sentence(replace(end, train=0.99 * GROWN * 50.0), RIVALS)


def test_a_run_that_comes_back_says_where_to() -> None:
    values = said("does not grow", replace(WILD, course=COMES_BACK), RIVALS)
    assert values == {"train": WILD.train, "train_start": 50, "tried": 2000, "train_later": 0.001}


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "on a single test example"), (9, "on only 9 test examples"), (10, "")],
)
def test_few_test_examples_are_named(count: int, words: str) -> None:
    text = sentence(replace(HELPED, n_test=count), RIVALS)
    assert text.endswith(f"measured {words}: chance decides much of it.") == bool(words)
    assert ("test example" in text) == bool(words)


def test_two_runs_that_still_cross_get_no_verdict() -> None:
    text = sentence(replace(HELPED, unclear=True), RIVALS)
    assert text.startswith("Weight decay made no clear difference")
    assert "helped" not in text


@pytest.mark.parametrize(
    ("found", "advised"),
    [
        (Remedies(0.05, 3.0, 2000), {"η = 0.05", "λ = 3", "2000 epochs"}),
        (Remedies(0.05, None, 2000), {"η = 0.05", "2000 epochs"}),
        (Remedies(None, 3.0, 2000), {"λ = 3", "2000 epochs"}),
        (Remedies(None, None, 2000), set()),
        (Remedies(), set()),
    ],
)
def test_only_what_was_tried_is_advised(found: Remedies, advised: set[str]) -> None:
    text = advice(found)
    assert all(words in text for words in advised)
    assert text.startswith("Choose a smaller η") == (not advised)


def test_thresholds_are_what_the_tests_assume() -> None:
    assert 1 < ALIKE < 1.5
    assert story.MEMORISED >= 5
