"""The means of the matrix: what is recorded, what the checks find, and that the cases cover."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from pages.shared.numbers import Digits, every_digit, percent, plain
from pages.shared.words import say
from tests.matrix import checks, formulas, traces
from tests.matrix.cases import DIMENSIONS, covering, growing, pairs_of, settling
from tests.matrix.driver import differences, hold, recording, unread, visit
from wd_core import collect, make_dataset, train


def test_every_pair_of_values_that_can_be_had_is_in_the_covering_cases():
    covered = {pair for case in covering() for pair in pairs_of(case)}
    assert covered >= {pair for case in settling() for pair in pairs_of(case)}


def test_every_optimizer_kind_of_decay_and_source_is_in_it():
    for name in ("optimizer", "decay", "source"):
        assert {getattr(case, name) for case in covering()} == set(DIMENSIONS[name])
    assert len(growing()) == 2 * len(DIMENSIONS["optimizer"]) * len(DIMENSIONS["decay"])


def test_the_covering_cases_are_a_small_part_of_all():
    assert len(covering()) < len(settling()) / 10


def test_sentences_are_recorded_while_it_is_asked_for():
    say("Before.")
    with recording() as outer:
        first = say("At {test}.", test=0.25)
        with recording() as inner:
            second = say("At {test}.", test=0.5)
    say("After.")
    assert outer == [first, second]
    assert inner == [second]


def test_a_number_that_nobody_recomputes_is_a_failure():
    said = [say("At {test} of {n_train}.", test=0.25, n_train=3), say("At {test}.", test=0.5)]
    oracles = {"test": lambda found, _: found}
    assert unread(said, oracles) == ["n_train in 'At {test} of {n_train}.'"]
    assert len(differences(said, oracles, 0.25)) == 1
    with pytest.raises(AssertionError, match="no oracle"):
        hold(said, oracles, 0.25)


def test_an_oracle_for_the_words_of_a_sentence_goes_before_that_of_a_name():
    said = [say("Ridge: {test}.", test=0.5), say("At {test}.", test=0.25)]
    hold(said, {("Ridge", "test"): lambda *_: 0.5, "test": lambda *_: 0.25}, None)


def test_an_oracle_may_give_its_own_tolerance():
    said = [say("At {test}.", test=0.5)]
    hold(said, {"test": lambda *_: pytest.approx(0.501, rel=0.01)}, None)


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\frac{1}{2}", 0.5),
        (r"1 - 0.003 \cdot 3", 0.991),
        (r"2(1 + 0.9)", 3.8),
        (r"\left(1 - 0.5\right)^{2} / 4", 0.0625),
        (r"-3\cdot 10^{-4}", -3e-4),
        (r"\sqrt{0.25} \times \tfrac{1}{4}", 0.125),
        (r"\underbrace{2 + 3}_{\text{data}}", 5),
    ],
)
def test_a_formula_of_numbers_has_a_value(latex, value):
    assert formulas.evaluate(latex).value == pytest.approx(value, rel=1e-12)


def test_a_letter_needs_a_value():
    with pytest.raises(formulas.NotNumericError):
        formulas.evaluate(r"1 - \eta\lambda")
    value = formulas.evaluate(r"1 - \eta\lambda", eta=0.1, **{"lambda": 3})
    assert value.value == pytest.approx(0.7)


@pytest.mark.parametrize(
    "latex",
    [
        r"1 - \eta\lambda = 1 - 0.003 \cdot 3 = 0.991",
        r"\frac{2}{17.3 + 3} = 0.0985",  # rounded: 0.09852
        r"\text{df} = 1 + \sum_j \frac{s_j}{s_j + 3} = 4.5",
        r"\alpha = n\lambda = 20 \cdot 0.333 = 6.67",
    ],
)
def test_formulas_that_agree_to_the_digits_shown(latex):
    assert formulas.disagreements(latex) == []


@pytest.mark.parametrize(
    "latex", [r"1 - 0.003 \cdot 3 = 0.992", r"\frac{2}{17.3 + 3} = 0.0990", r"2^3 = 9"]
)
def test_formulas_that_do_not(latex):
    assert len(formulas.disagreements(latex)) == 1


def test_sums_in_a_sentence_are_worked_out_where_they_are_all_numbers():
    for right in (
        "w is multiplied by 1 − ηλ = 1 − 0.003 · 3 = 0.991 at every step.",
        "alpha = nλ = 60, and 2λ = 6.",
        "ηλ = 0.5 · 2×10⁻⁴ = 10⁻⁴ here; at λ = 3 it is 1.5.",
    ):
        assert formulas.sentence_disagreements(right) == []
    assert formulas.sentence_disagreements("It is 1 − 0.003 · 3 = 0.992 here.")


def test_what_is_not_closed_is_found():
    assert formulas.unbalanced(r"\frac{1}{2}") == []
    assert formulas.unbalanced(r"\frac{1}{2") == ["{ without }"]
    assert formulas.unbalanced(r"\left(1") == [r"\left without \right"]


@pytest.mark.parametrize(
    "text",
    ["Here 1 examples train.", "It ends at -3.", "The loss is nan.", "η = inf", "d = None here"],
)
def test_faults_of_words_are_found(text):
    seen = SimpleNamespace(shown=lambda: [("caption", text)])
    assert len(list(checks.words_are_clean(seen))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Here 1 example trains and 21 examples test.",
        "1 of 20 examples; None of them.",
        "x − 1 steps, 2026-11-29, [here](/train?lr=-3)",
    ],
)
def test_clean_words_are_left_alone(text):
    seen = SimpleNamespace(shown=lambda: [("caption", text)])
    assert list(checks.words_are_clean(seen)) == []


def test_digits_show_their_value():
    assert checks.shows(Digits("12\u202f800", 12800))
    for digits in (plain(1 / 3), plain(-2e-7), every_digit(0.00301), percent(0.0524), plain(0.0)):
        assert checks.shows(digits)
    assert not checks.shows(Digits("0.33", 0.3349))


def test_a_legend_without_a_point_in_its_panel_is_found():
    trace = {"type": "scatter", "name": "run", "meta": {"series": "loss"}}
    payload = {
        "series": {"epoch": [0, 1], "loss": [0.0, 0.0]},
        "figure": {"data": [trace], "layout": {"yaxis": {"type": "log"}}},
    }
    seen = SimpleNamespace(payloads=[payload])
    assert len(list(checks.legends_are_drawn(seen))) == 1
    payload["figure"]["layout"]["annotations"] = [{"xref": "x domain", "text": "All are 0."}]
    assert list(checks.legends_are_drawn(seen)) == []


def test_moving_traces_are_where_the_page_opens_them():
    payload = {
        "position": 1,
        "moves": {"dot": {"x": [[1.0], [2.0]], "y": [[3.0], [4.0]]}},
        "figure": {"data": [{"name": "dot", "meta": {"moves": "dot"}}], "layout": {}},
    }
    (dot,) = traces.drawn(payload)
    assert (dot.x.tolist(), dot.y.tolist()) == ([2.0], [4.0])


def test_a_visit_makes_every_sentence_anew():
    query = {"n_features": "3", "n_train": "8", "epochs": "5"}
    visit("train", query)  # sentences that never change are made once, when a page is imported
    first, second = (visit("train", query) for _ in range(2))
    assert first.said == second.said
    assert first.payloads
    assert first.file("Numbers (CSV)").startswith("epoch")


@pytest.mark.parametrize("settling_case", [c for c in covering() if not c.grows], ids=str)
def test_a_case_that_is_to_settle_does_not_grow(settling_case):
    """So that "diverged" is said only in the cases that are made for it."""
    settings = settling_case.settings()
    run = replace(settings.run, decay_bias=settling_case.decay_bias)
    loss = collect(train(make_dataset(settings.data), [run])).train_loss[:, 0]
    assert loss[-1] <= max(2 * loss[0], 0.5)
