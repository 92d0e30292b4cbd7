"""What the page “One step” says: the numbers of the update, and no more than they show."""

import math
import re

import numpy as np
import pytest

from pages.shared.step.words import digits, limits, pulls, shrinking, update
from tests.oracles import random_dataset
from wd_core import OPTIMIZERS, Hyperparameters, collect, train
from wd_core.inspection import Replay
from wd_core.inspection import shrinking as shrinking_of
from wd_core.phases import limits as limits_of

DATA = random_dataset(12, 3)


def run_of(**given: object) -> Hyperparameters:
    base = {"weight_decay": 0.5, "lr": 0.01, "batch_size": 5, "epochs": 6}
    return Hyperparameters(**{**base, **given})  # type: ignore[arg-type]


def numbers(line: str) -> list[float]:
    """The numbers of a line of LaTeX, its signs with them."""
    line = re.sub(r"_\{\d+\}|\\cdot 10\^\{(-?\d+)\}", lambda m: f"e{m[1]}" if m[1] else "", line)
    return [float(x.replace(" ", "")) for x in re.findall(r"[+-]? ?\d+\.?\d*(?:e-?\d+)?", line)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("step", [1, 3, 18])
def test_the_last_line_of_the_formula_adds_up(optimizer: str, decay: str, step: int) -> None:
    run = run_of(optimizer=optimizer, decay=decay)
    one = Replay(DATA, run).step(step)
    for index in range(3):
        lines = update.formula(run, one, index).split(r"\\")
        shown = numbers(" ".join(lines[-1:] if optimizer == "sgd" else lines[-2:]))
        assert shown[-1] == pytest.approx(one.after[index], rel=1e-2)
        unit = 10.0 ** -len(re.findall(r"\.(\d+)", lines[-1])[-1])
        assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=2 * unit)


def test_the_middle_line_holds_the_settings_and_multiplies_out() -> None:
    run = run_of(weight_decay=3.0)
    one = Replay(DATA, run).step(2)
    lines = update.formula(run, one, 1).split(r"\\")
    assert r"(1 - 0.01\cdot 3)" in lines[1]
    gradient = numbers(lines[2].replace(r"- 0.01\cdot", ""))[0]
    assert gradient == pytest.approx(one.gradient[1], rel=1e-5)


def test_a_short_batch_shows_its_share_in_the_formula() -> None:
    run = run_of()
    replay = Replay(DATA, run)
    assert r"\tfrac{2}{5}" in update.formula(run, replay.step(3), 0)
    assert r"\tfrac" not in update.formula(run, replay.step(2), 0)
    assert r"\tfrac" not in update.formula(run_of(decay="decoupled"), replay.step(3), 0)


def test_where_names_the_examples_from_one() -> None:
    replay = Replay(DATA, run_of())
    text = update.where(replay.step(3), replay)
    rows = ", ".join(str(int(i) + 1) for i in replay.step(3).rows)
    assert text == f"Step 3 of 18: epoch 1, batch 3 of 3, examples {rows}."
    whole = Replay(DATA, run_of(batch_size=12))
    assert "all 12 examples" in update.where(whole.step(1), whole)
    single = Replay(random_dataset(1, 3), run_of(batch_size=1))
    assert "the one example" in update.where(single.step(1), single)
    many = Replay(random_dataset(40, 3), run_of(batch_size=20))
    assert "20 of the 40 examples" in update.where(many.step(1), many)


def test_the_rows_are_the_largest_the_smallest_the_chosen_and_the_bias() -> None:
    one = Replay(DATA, run_of()).step(1)
    size = np.abs(one.before[:-1])
    found = update.chosen(one, (0, 1))
    assert found[0][0] == size.argmax()
    assert found[-1] == (3, "the bias")
    assert len(found) == len({index for index, _ in found})
    why = dict(found)
    assert "smallest" in why[int(size.argmin())]


def test_a_diverged_table_keeps_its_width() -> None:
    run = run_of(lr=1.0, weight_decay=30.0, epochs=50)
    replay = Replay(DATA, run)
    last = replay.step(replay.steps)
    assert replay.diverged
    for row in update.rows(run, last, (0, 1)):
        assert all(len(cell) < 16 for cell in row.values())


def test_l1_takes_the_smallest_whole_only_where_it_is_smaller() -> None:
    one = Replay(DATA, run_of()).step(1)
    small = float(np.abs(one.before[:-1]).min())
    assert "soft thresholding" in pulls.pull(run_of(weight_decay=200 * small), one)
    assert "soft thresholding" not in pulls.pull(run_of(weight_decay=50 * small), one)


@pytest.mark.parametrize(
    ("weight_decay", "said", "unsaid"),
    [
        (0.0, "keeps its value for ever", "Half"),
        (0.5, "the sign flips above 1", "is above"),
        (10.0, "one step takes all of w", "Half"),
        (15.0, "is above 1: w changes its sign", "diverges"),
        (20.0, "never gets smaller", "Half"),
        (25.0, "with every step: decay alone diverges", "Half"),
    ],
)
def test_decay_alone_in_words(weight_decay: float, said: str, unsaid: str) -> None:
    run = run_of(lr=0.1, weight_decay=weight_decay)
    text = shrinking.shrink(run, shrinking_of(run, 12, 0), 3)
    assert said in text
    assert unsaid not in text


def test_the_half_life_is_in_steps_and_epochs() -> None:
    run = run_of(lr=0.1, weight_decay=5.0, batch_size=4)
    text = shrinking.shrink(run, shrinking_of(run, 12, 0), 3)
    assert "after 1 step, which is 0.333 epochs" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batch_size": 12, "lr": 1e-3}, "SGD converges"),
        ({"lr": 1e-3}, "an estimate"),
        ({"lr": 3.0}, "breaks the limit of all 12 examples"),
        ({"lr": 1.0, "weight_decay": 3.0}, "too large for decay alone"),
        ({"optimizer": "adam"}, "no such limit"),
    ],
    ids=str,
)
def test_the_verdict(given: dict[str, object], said: str) -> None:
    run = run_of(**given)
    assert said in limits.verdict(limits_of(DATA, run), run, 12)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_the_rule_with_its_numbers_is_the_limit(optimizer: str) -> None:
    run = run_of(optimizer=optimizer, momentum=0.75)
    found = limits_of(DATA, run)
    _, fraction, limit = limits.rule(found, run).split(" = ")
    top, bottom = re.findall(r"\{((?:[^{}])*)\}", fraction)
    top, bottom = (part.replace(r"\,", "*").replace(r"\cdot", "*") for part in (top, bottom))
    assert eval(top) / eval(bottom) == pytest.approx(float(limit), rel=1e-2)
    assert float(limit) == pytest.approx(found.full, rel=1e-2)


def test_no_rule_where_none_is_as_short() -> None:
    for given in ({"optimizer": "adam"}, {"optimizer": "momentum", "decay": "decoupled"}):
        run = run_of(**given)
        assert limits.rule(limits_of(DATA, run), run) == ""


def test_the_limits_table_has_every_optimizer() -> None:
    rows = limits.table(limits_of(DATA, run_of()))
    assert [row["optimizer"] for row in rows] == [rule.label for rule in OPTIMIZERS.values()]
    assert rows[-1]["η below"] == "–"


def test_the_outcome_is_that_of_the_run() -> None:
    fine = collect(train(DATA, [run_of()]))
    lost = collect(train(DATA, [run_of(lr=10.0)]))
    assert limits.outcome(None, "none", 6) == ""
    said = limits.outcome(fine, "none", 6)
    begin, end = (digits.plain(float(fine.train_loss[k, 0])) for k in (0, -1))
    assert f"did not diverge in its 6 epochs: its training loss went from {begin} to {end}." in said
    slow = {"lr": 1.05 * limits_of(DATA, run_of(batch_size=12)).full, "epochs": 60}
    grown = collect(train(DATA, [run_of(batch_size=12, **slow)]))
    assert grown.diverged_at[0] == -1
    assert "grows from" in limits.outcome(grown, "full", 6)
    at = int(lost.diverged_at[0])
    assert f"diverged at epoch {at}" in limits.outcome(lost, "full", 6)
    assert "Yet" in limits.outcome(lost, "none", 6)


def test_the_bias_with_both_ends() -> None:
    run = run_of(init_bias_std=1.0)
    one = Replay(DATA, run).step(1)
    ends = collect(train(DATA, [run])), collect(train(DATA, [run_of(decay_bias=True)]))
    text = pulls.bias(run, one, ends)
    assert digits.plain(float(ends[0].bias[-1, 0])) in text
    assert digits.plain(float(ends[1].bias[-1, 0])) in text
    assert "would change by" in text
    assert "ends at" not in pulls.bias(run, one, None)


def test_coupled_shares_of_one_weight_are_one_number() -> None:
    one = pulls.kinds(pulls.Shares("Adam", 0.01, 0.01, 0.01, 0.02))
    assert " to " not in one
    assert "pushes away from 0" in pulls.kinds(pulls.Shares("Adam", -0.01, 0.0, 0.01, 0.02))
    assert not math.isnan(float(digits.plain(0.5)))


def test_one_weight_is_both_the_largest_and_the_smallest() -> None:
    data = random_dataset(12, 1)
    text = pulls.pull(run_of(), Replay(data, run_of()).step(1))
    assert "from the largest" in text
    assert "smallest (" not in text


def test_without_decay_what_no_example_reaches_stays() -> None:
    said = limits.phase("monotone", run_of(weight_decay=0.0), 12)
    assert "stays where it is" in said
    assert "stays where it is" not in limits.phase("monotone", run_of(), 12)


def test_the_factor_of_a_step_is_a_number_however_small_or_large() -> None:
    for weight_decay, said in ((0.003, "0.9997"), (1e7, "×10⁶"), (10 * (1 - 1e-7), "×10⁻⁷")):
        run = run_of(lr=0.1, weight_decay=weight_decay)
        text = shrinking.shrink(run, shrinking_of(run, 12, 0), 3)
        assert said in text.split(". ")[0]
        assert "cdot" not in text
