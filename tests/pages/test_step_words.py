"""What the page “One step” says: the numbers of the update, and no more than they show."""

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pages.shared.step.trials import Course, Trial
from pages.shared.step.words import digits, limits, pulls, shrinking, trials, update
from tests.oracles import random_dataset
from wd_core import OPTIMIZERS, Hyperparameters, collect, train
from wd_core.inspection import Replay
from wd_core.phases import limits as limits_of
from wd_core.spectrum import largest_curvature

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


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
def test_a_short_batch_shows_its_share_around_the_formula_too(decay: str) -> None:
    run = run_of(decay=decay, init_bias_std=1.0)
    full, short = (Replay(DATA, run).step(step) for step in (2, 3))
    assert [*update.rows(run, full, (0, 1))[0]][3] == "−ηλw"
    assert "short" not in update.parts(run, full)
    said = update.parts(run, short)
    assert "sum over its 2 examples divided by the batch size 5, so that it counts 2/5" in said
    gradient = DATA.X_train[short.rows].T @ (
        DATA.X_train[short.rows] @ short.before[:-1] + short.before[-1] - DATA.y_train[short.rows]
    )
    np.testing.assert_allclose(short.gradient[:-1], gradient / 5)
    header = [*update.rows(run, short, (0, 1))[0]][3]
    share = {"coupled": 2 / 5, "decoupled": 1.0}[decay]
    assert header == {"coupled": "−ηλ·2/5·w", "decoupled": "−ηλw"}[decay]
    taken = run.lr * run.weight_decay * share
    np.testing.assert_allclose(short.before[:-1] * -taken, short.by_decay[:-1])
    assert f"= {digits.percent(taken)} of each weight" in pulls.pull(run, short)
    more = digits.plain(-taken * float(short.before[-1]))
    assert f"like a weight, it would change by {more} more" in pulls.bias(run, short, None)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_formula_of_large_numbers_is_no_wider_than_others(step: int) -> None:
    run = run_of(lr=1.0, weight_decay=300.0, epochs=50)
    seen = Replay(DATA, run).step(step)
    lines = update.formula(run, seen, 0).split(r"\\")
    if "10^" in lines[-1]:
        assert len(lines) == 5
        signs = [re.sub(r"\\[a-z]+|[{}^&_ ]", "", line) for line in lines[1:]]
        assert max(map(len, signs)) < 26


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
    assert found[-1] == (3, "")
    assert len(found) == len({index for index, _ in found})
    why = dict(found)
    assert "smallest" in why[int(size.argmin())]


def test_a_diverged_table_keeps_its_width() -> None:
    run = run_of(lr=1.0, weight_decay=30.0, epochs=50)
    replay = Replay(DATA, run)
    last = replay.step(replay.steps)
    assert replay.diverged
    for row in update.rows(run, last, (0, 1)):
        assert all(len(cell) < 16 for key, cell in row.items() if key != "weight")


def test_l1_takes_the_smallest_whole_only_where_it_is_smaller() -> None:
    small = float(np.abs(Replay(DATA, run_of()).step(1).before[:-1]).min())
    for share, taken in ((200, True), (50, False)):
        run = run_of(weight_decay=share * small)
        said = pulls.pull(run, Replay(DATA, run).step(1))
        assert ("soft thresholding" in said) == taken


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
    text = shrinking.shrink(run, 10)
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize("weight_decay", [5.0, 3.0, 0.3, 16.0])
@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
def test_half_is_gone_by_the_step_that_is_named(weight_decay: float, decay: str) -> None:
    """Step by step: out of the data's reach w has what decay leaves."""
    run = run_of(lr=0.1, weight_decay=weight_decay, decay=decay)
    left, step = 1.0, 0
    while abs(left) > 0.5:
        rows = (5, 5, 2)[step % 3]
        left *= 1 - run.lr * run.weight_decay * (rows / 5 if decay == "coupled" else 1.0)
        step += 1
    said = f"Half of w is gone by step {step}, in epoch {-(-step // 3)}."
    assert said in shrinking.shrink(run, 12)


@pytest.mark.parametrize(
    ("weight_decay", "said"),
    [
        (25.0, "In each epoch w grows at first, with a new sign at every step, and ends it at 0"),
        (20.0, "Half of w is gone"),
        (22.0, "ends it smaller than it began"),
        (60.0, "decay alone diverges"),
        (14.0, "Its sign changes with every full batch"),
    ],
)
def test_short_batches_decide_whether_decay_alone_diverges(weight_decay: float, said: str) -> None:
    run = run_of(lr=0.1, weight_decay=weight_decay)
    text = shrinking.shrink(run, 12)
    rate = run.lr * run.weight_decay
    assert said in text
    epoch = (1 - rate) ** 2 * (1 - rate * 2 / 5)
    assert ("decay alone diverges" in text) == (abs(epoch) > 1)
    assert f"an epoch by {digits.exact(epoch)}" in text
    assert (limits_of(DATA, run).broken == "decay") == (abs(epoch) > 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batch_size": 12, "lr": 1e-3}, "SGD converges"),
        ({"lr": 1e-3}, "an estimate"),
        ({"lr": 3.0}, "breaks the limit of all 12 examples"),
        ({"lr": 1.0, "weight_decay": 30.0}, "too large for decay alone"),
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


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_the_rule_of_the_table_gives_its_number(optimizer: str, decay: str) -> None:
    run = run_of(optimizer=optimizer, momentum=0.75, decay=decay)
    (row,) = (
        row
        for row in limits.table(limits_of(DATA, run), run)
        if row["optimizer"] == OPTIMIZERS[optimizer].label
    )
    rule, _, within = row["rule for η"].replace(limits.BREAK, "").partition(", with ")

    def value(text: str, **numbers: float) -> float:
        return float(eval(re.sub(r"(?<=[0-9)μλh])(?=[(μλh])", "*", text), numbers))

    mu, lam = run.momentum, run.weight_decay
    inside = value(within.removesuffix(" in h"), μ=mu, λ=lam) if within else lam
    found = value(rule, μ=mu, h=largest_curvature(DATA.X_train, inside))
    assert float(row["η below"]) == pytest.approx(found, rel=1e-2)


def test_eta_is_compared_with_the_lowest_limit() -> None:
    for weight_decay in (0.5, 100.0):
        run = run_of(optimizer="momentum", decay="decoupled", weight_decay=weight_decay, lr=1e-4)
        found = limits_of(DATA, run)
        said = limits.verdict(found, run, 12)
        assert found.lowest == min(found.full, found.batch)
        share, limit = digits.percent(run.lr / found.lowest), digits.plain(found.lowest)
        assert f"is {share} of {limit}, " in said
        assert digits.plain(max(found.full, found.batch)) in said
    assert found.full < found.batch


def test_no_rule_where_none_is_as_short() -> None:
    for given in ({"optimizer": "adam"}, {"optimizer": "momentum", "decay": "decoupled"}):
        run = run_of(**given)
        assert limits.rule(limits_of(DATA, run), run) == ""


def test_the_limits_table_has_every_optimizer() -> None:
    rows = limits.table(limits_of(DATA, run_of()), run_of())
    assert [row["optimizer"] for row in rows] == [rule.label for rule in OPTIMIZERS.values()]
    assert rows[-1]["η below"] == "–"


def course(**given: float) -> Course:
    """A run from 10 to 1, and what is to be otherwise."""
    base: dict[str, Any] = {"start": 10.0, "end": 1.0, "highest": 2.0, "highest_at": 3}
    return Course(**{**base, "untrained": 0.5, "diverged_at": None, **given})


def test_the_outcome_is_that_of_the_run() -> None:
    assert trials.outcome(None, "none", 6) == ""
    said = trials.outcome(course(), "none", 6)
    assert "did not diverge in its 6 epochs: its training loss went from 10 to 1." in said
    grown = course(end=90.0, highest=90.0, highest_at=6)
    assert "does not settle: its training loss grows from 10 to 90." in (
        trials.outcome(grown, "full", 6)
    )
    wild = trials.outcome(course(highest=80.0, highest_at=4), "none", 6)
    assert wild.startswith(" Yet the run itself")
    assert "10 at the start, still reaches 80 at epoch 4 and ends at 1." in wild
    lost = course(diverged_at=2)
    assert trials.outcome(lost, "full", 6) == " The run itself diverged at epoch 2."
    assert "Yet the run itself diverged at epoch 2" in trials.outcome(lost, "none", 6)


def test_a_run_settles_where_its_second_half_stays_below_its_start() -> None:
    assert course().settles
    assert not course(highest=11.0).settles
    assert not course(diverged_at=4).settles
    assert course(highest=11.0, untrained=11.0).settles


def test_what_was_tried_in_words() -> None:
    ill, well = Trial(0.2, course(highest=50.0)), Trial(0.1, course())
    run = run_of(optimizer="momentum")
    said = trials.tried([ill, well], 0.1, run)
    assert said == (
        "Tried: with η = 0.2 the run does not settle, with η = 0.1 it does: its training loss goes "
        "from 10 to 1."
    )
    assert "with η = 0.1 the run settles" in trials.tried([well], 0.1, run)
    assert "lower λ or μ instead" in trials.tried([ill], None, run)
    assert "lower λ instead" in trials.tried([ill], None, run_of())
    assert trials.tried([], None, run_of(weight_decay=0.0)).endswith("below this limit.")
    assert "too long to be tried" in trials.tried([], 0.1, run)


def test_the_bias_with_both_ends() -> None:
    run = run_of(init_bias_std=1.0)
    one = Replay(DATA, run).step(1)
    ends = collect(train(DATA, [run])), collect(train(DATA, [run_of(decay_bias=True)]))
    text = pulls.bias(run, one, ends)
    assert digits.plain(float(ends[0].bias[-1, 0])) in text
    assert digits.plain(float(ends[1].bias[-1, 0])) in text
    assert "would change by" in text
    assert "ends at" not in pulls.bias(run, one, None)
    none = pulls.bias(
        run_of(weight_decay=0.0), Replay(DATA, run_of(weight_decay=0.0)).step(1), ends
    )
    assert "ends" not in none
    assert "like a weight" not in none


def test_coupled_shares_of_one_weight_are_one_number() -> None:
    # 29.85 %, a hair below and above: as text they would differ
    hair = pulls.kinds(pulls.Shares("Nesterov", 0.29849999999, 0.2985, 0.29850000001, 0.15))
    assert "differs from weight to weight" not in hair
    one = pulls.kinds(pulls.Shares("Adam", 0.01, 0.01, 0.01, 0.02))
    assert " to " not in one
    assert "pushes away from 0" in pulls.kinds(pulls.Shares("Adam", -0.01, 0.0, 0.01, 0.02))
    assert not math.isnan(float(digits.plain(0.5)))


def test_weights_of_zero_have_nothing_to_take() -> None:
    run = run_of(init_std=0.0)
    assert "nothing that decay could take" in pulls.pull(run, Replay(DATA, run).step(1))
    first = Replay(DATA, run_of()).step(1)
    before = first.before.copy()
    before[1] = 0.0
    assert "soft" not in pulls.pull(run_of(weight_decay=3.0), replace(first, before=before))


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
        text = shrinking.shrink(run, 10)
        assert said in text.split(". ")[0]
        assert "cdot" not in text
