"""Sentences and numbers keep the values that they were made from."""

import pickle

import pytest

from pages.shared.numbers import Digits, every_digit, exact, percent, plain
from pages.shared.words import listed, say, say_n


@pytest.mark.parametrize(
    ("make", "value", "text"),
    [
        (plain, 0.054638, "0.0546"),
        (plain, 1280.4, "1280"),
        (plain, 3.14159e-7, "3.14×10⁻⁷"),
        (plain, -0.5, "−0.5"),
        (plain, -0.0, "0"),
        (plain, 99949.0, "99900"),
        (plain, 123456.0, "1.23×10⁵"),
        (exact, 0.549234567, "0.549235"),
        (exact, -1234567.0, "−1.23×10⁶"),
        (percent, 0.052432, "5.24 %"),
        (every_digit, -0.30000000000000004, "−0.30000000000000004"),
        (every_digit, 3.0, "3"),
    ],
)
def test_a_number_is_shown_so_and_keeps_its_value(make, value, text):
    digits = make(value)
    assert (digits, digits.value) == (text, value)
    assert pickle.loads(pickle.dumps(digits)).value == value


def test_a_sentence_keeps_its_text_and_the_values_by_name():
    said = say("λ = {lam} helped: the test loss ends at {test}.", lam=every_digit(3.0), test=1 / 3)
    assert said == "λ = 3 helped: the test loss ends at 0.333."
    assert said.text.startswith("λ = {lam}")
    assert isinstance(said.values["test"], Digits)
    assert said.values["test"].value == 1 / 3
    again = pickle.loads(pickle.dumps(said))
    assert (again, again.values["test"].value) == (said, 1 / 3)


@pytest.mark.parametrize("values", [{}, {"lam": 1, "other": 2}])
def test_a_place_without_a_value_and_a_value_without_a_place_are_refused(values):
    with pytest.raises(ValueError, match="places"):
        say("λ = {lam}.", **values)


def test_one_thing_and_many_have_texts_of_their_own():
    texts = ("One example trains.", "{n} examples train.")
    assert say_n(*texts, 1) == "One example trains."
    assert say_n(*texts, 20).values == {"n": 20}


@pytest.mark.parametrize(
    ("parts", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_one_after_the_other(parts, text):
    assert listed(parts) == text
