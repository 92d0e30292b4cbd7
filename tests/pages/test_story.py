"""The sentence under the picture claims what its numbers show, in every branch."""

import math
from dataclasses import replace

import pytest

from pages.shared import story
from pages.shared.cached import Baselines
from pages.shared.numbers import plain
from pages.shared.story import ALIKE, GROWN, MEMORISED, Limit, Outcome, diverged, sentence

RIVALS = Baselines(constant_test=0.01, ridge_test=0.02, ridge_norm=0.1)
HELPED = Outcome(weight_decay=3.0, train=0.001, test=0.05, test_without=50.0)


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


def test_helped_names_both_losses_and_their_ratio() -> None:
    text = sentence(HELPED, RIVALS)
    assert text.startswith(
        "λ = 3 helped: the test loss ends at 0.05 instead of 50, a factor of 1000."
    )


def test_hurt_names_both_losses() -> None:
    text = sentence(replace(HELPED, test_without=0.04), RIVALS)
    assert text.startswith("λ = 3 hurt: the test loss ends at 0.05 instead of 0.04 without decay.")


@pytest.mark.parametrize("factor", [1.0, 0.999 * ALIKE, 1.001 / ALIKE])
def test_alike_losses_are_called_alike(factor: float) -> None:
    text = sentence(replace(HELPED, test_without=factor * HELPED.test), RIVALS)
    assert text.startswith("λ = 3 made little difference: the test loss ends at 0.05")


@pytest.mark.parametrize(("factor", "word"), [(1.001 * ALIKE, "helped"), (0.999 / ALIKE, "hurt")])
def test_what_is_just_not_alike_is_told_apart(factor: float, word: str) -> None:
    assert word in sentence(replace(HELPED, test_without=factor * HELPED.test), RIVALS)


def test_a_twin_that_diverged_is_no_number() -> None:
    text = sentence(replace(HELPED, test_without=math.nan, without_diverged=True), RIVALS)
    assert text.startswith("With λ = 3 the test loss ends at 0.05; without decay it diverged.")
    assert "nan" not in text


def without(train: float, test: float) -> Outcome:
    """The end of a run without decay."""
    return Outcome(weight_decay=0.0, train=train, test=test, test_without=None)


def test_memorised() -> None:
    text = sentence(without(3e-7, 87.9), RIVALS)
    assert text.startswith(
        "Memorised: without decay the training loss ends at 3.00×10⁻⁷, the test loss at 87.9."
    )


def test_not_memorised() -> None:
    text = sentence(without(0.012, 0.013), RIVALS)
    assert not text.startswith("Memorised")
    assert "0.013" in text
    assert "0.012" in text


def test_losses_that_are_far_apart_are_not_called_near() -> None:
    text = sentence(without(0.1, 0.9 * MEMORISED * 0.1), RIVALS)
    assert "near the training loss" not in text


def test_a_run_that_is_far_from_done_has_something_to_cure() -> None:
    text = sentence(without(90.0, 91.0), RIVALS)
    assert "little to cure" not in text


def test_a_training_loss_that_has_not_fallen_is_not_memorising() -> None:
    text = sentence(without(5.0, 60.0), RIVALS)
    assert not text.startswith("Memorised")


@pytest.mark.parametrize(("constant", "word"), [(0.049, "better"), (0.051, "worse")])
def test_the_constant_predictor_is_judged(constant: float, word: str) -> None:
    text = sentence(HELPED, replace(RIVALS, constant_test=constant))
    assert text.endswith(f"has {plain(constant)}, {word} than this run.")


def test_the_ridge_solution_is_compared() -> None:
    assert "for this λ has 0.02, better than this run;" in sentence(HELPED, RIVALS)
    alike = sentence(HELPED, replace(RIVALS, ridge_test=0.05))
    assert "for this λ has 0.05, the same as this run;" in alike


def test_without_a_ridge_solution_none_is_mentioned() -> None:
    text = sentence(HELPED, replace(RIVALS, ridge_test=None, ridge_norm=None))
    assert "the exact ridge solution is left out, at this size it costs too much;" in text


@pytest.mark.parametrize("test_without", [0.0, 1e-30, 5.0, None])
def test_a_perfect_run_has_a_sentence(test_without: float | None) -> None:
    end = Outcome(weight_decay=3.0, train=0.0, test=0.0, test_without=test_without)
    text = sentence(end, Baselines(0.0, 0.0, 0.0))
    assert "ends at 0" in text
    assert "inf" not in text
    assert "nan" not in text


def test_diverged_above_the_limit_says_which() -> None:
    text = diverged(4, 1.0, Limit(0.0391, 0.0391, 1), "SGD", 5)
    assert text.startswith("Diverged at epoch 4: η = 1 is above 0.0391")
    assert "batch of 5 in the first epoch" in text
    assert text.endswith("Choose η below 0.0391.")


def test_descent_on_all_examples_has_one_limit() -> None:
    text = diverged(4, 1.0, Limit(0.0391, 0.0391, None), "SGD", 20)
    assert "the largest learning rate that is stable on all 20 examples" in text
    assert "batch" not in text


def test_where_decay_broke_the_limit_a_smaller_one_is_a_way_out() -> None:
    text = diverged(5, 0.03, Limit(0.0122, 0.0351, 5), "SGD", 5)
    assert text.endswith("Choose η below 0.0122, or a smaller λ: at λ = 0 that limit is 0.0351.")


@pytest.mark.parametrize(("other", "gone"), [(0.05, False), (math.nan, True), (None, False)])
def test_a_run_on_its_way_out_is_no_result(other: float | None, gone: bool) -> None:
    wild = replace(HELPED, start=50.0, train=1.01 * GROWN * 50.0, test=1e14)
    text = sentence(replace(wild, test_without=other, without_diverged=gone), RIVALS)
    assert text.startswith("Diverging: the training loss has grown from 50 to 101 instead")
    assert "Diverging" not in sentence(replace(wild, untrained=60.0), RIVALS)
    assert "helped" not in text
    assert "nan" not in text
    assert "Diverging" not in sentence(replace(wild, train=0.99 * GROWN * 50.0), RIVALS)


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "on a single test example"), (9, "on only 9 test examples"), (10, "")],
)
def test_few_test_examples_are_named(count: int, words: str) -> None:
    text = sentence(replace(HELPED, n_test=count), RIVALS)
    assert text.endswith(f"measured {words}: chance decides much of it.") == bool(words)
    assert ("test example" in text) == bool(words)


def test_without_decay_the_exact_solution_is_least_squares() -> None:
    text = sentence(without(0.012, 0.013), RIVALS)
    assert "the exact least squares solution has 0.02, worse" in text


def test_diverged_below_the_limit_does_not_blame_it() -> None:
    text = diverged(4, 0.03, Limit(0.0391, 0.0391, 4), "SGD", 5)
    assert "is below the limit of each single batch of the first 4 epochs (0.0391)" in text
    assert "above" not in text


def test_diverged_without_a_limit_names_the_optimizer() -> None:
    text = diverged(4, 1.0, Limit(math.nan, math.nan, 4), "Adam", 5)
    assert "with Adam there is no simple limit" in text
    assert "nan" not in text


@pytest.mark.parametrize("optimizer", ["SGD with momentum", "Nesterov momentum"])
def test_the_rule_for_plain_descent_is_not_stated_for_momentum(optimizer: str) -> None:
    text = diverged(4, 1.0, Limit(0.0743, 0.08, 4), optimizer, 5)
    assert "2/(s + λ)" not in text


def test_thresholds_are_what_the_tests_assume() -> None:
    assert 1 < ALIKE < 1.5
    assert story.MEMORISED >= 5


def test_two_runs_that_still_cross_get_no_verdict() -> None:
    text = sentence(replace(HELPED, unclear=True), RIVALS)
    assert text.startswith("λ = 3 made no clear difference: the test loss ends at 0.05,")
    assert "helped" not in text


def test_decay_alone_can_diverge() -> None:
    text = story.decay_diverged(7, 5.0)
    assert text.startswith("Diverged at epoch 7: ηλ = 5 is above 2")
    assert "1 − ηλ = −4" in text
