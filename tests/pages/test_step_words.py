"""What the page “One step” says: the numbers of the update, and no more than they show."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pages.shared.numbers import Digits
from pages.shared.words import Said
from pages.step.answer.mends import Mend, Outcome
from pages.step.words import limits, pulls, shrinking, trials, update
from pages.step.words.formula import WIDEST, formula, signs
from tests.matrix.driver import number
from tests.matrix.formulas import evaluate
from tests.oracles import random_dataset
from wd_core import OPTIMIZERS, Hyperparameters, collect, train
from wd_core.linear.inspection import Replay
from wd_core.linear.phases import limits as limits_of
from wd_core.linear.spectrum import largest_curvature
from wd_core.trials import Course, Trial

DATA = random_dataset(12, 3)


def run_of(**given: object) -> Hyperparameters:
    base = {"weight_decay": 0.5, "lr": 0.01, "batch_size": 5, "epochs": 6}
    return Hyperparameters(**{**base, **given})  # type: ignore[arg-type]


def joined(said: Sequence[Said]) -> str:
    return " ".join(said)


def named(said: Sequence[Said]) -> dict[str, float]:
    """The numbers of some sentences by their names."""
    return {
        name: number(value)
        for sentence in said
        for name, value in sentence.values.items()
        if isinstance(value, Digits | int)
    }


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
        text = formula(run, one, index)
        terms = 2 if OPTIMIZERS[optimizer].plain else 3
        shown = numbers(" ".join(text.split("&=")[-2:]))
        assert len(shown) == terms + 1
        assert shown[-1] == pytest.approx(one.after[index], rel=1e-2)
        unit = 10.0 ** -len(re.findall(r"\.(\d+)", text)[-1])
        assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=2 * unit)


def test_the_middle_line_holds_the_settings_and_multiplies_out() -> None:
    run = run_of(weight_decay=3.0)
    one = Replay(DATA, run).step(2)
    lines = formula(run, one, 1).split(r"\\")
    assert r"(1 - 0.01\cdot 3)" in lines[1]
    gradient = numbers(lines[2].replace(r"- 0.01\cdot", ""))[0]
    assert gradient == pytest.approx(one.gradient[1], rel=1e-5)


def test_a_short_batch_shows_its_share_in_the_formula() -> None:
    run = run_of()
    replay = Replay(DATA, run)
    assert r"\tfrac{2}{5}" in formula(run, replay.step(3), 0)
    assert r"\tfrac" not in formula(run, replay.step(2), 0)
    assert r"\tfrac" not in formula(run_of(decay="decoupled"), replay.step(3), 0)


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
def test_a_short_batch_shows_its_share_around_the_formula_too(decay: str) -> None:
    run = run_of(decay=decay, init_bias_std=1.0)
    full, short = (Replay(DATA, run).step(step) for step in (2, 3))
    assert [*update.rows(run, full, (0, 1))[0]][3] == "−ηλw"
    assert "short" not in joined(update.parts(run, full))
    said = joined(update.parts(run, short))
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
    assert named(pulls.pull(run, short))["share"] == pytest.approx(taken)
    more = named(pulls.bias(run, short, None))["bias_by_decay"]
    assert more == pytest.approx(-taken * float(short.before[-1]))


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_formula_of_large_numbers_is_no_wider_than_others(step: int) -> None:
    run = run_of(lr=1.0, weight_decay=300.0, epochs=50)
    seen = Replay(DATA, run).step(step)
    lines = formula(run, seen, 0).split(r"\\")
    assert all(signs(re.sub(r".*&(=|\\quad)?", "", line)) <= WIDEST for line in lines)


def test_where_names_the_examples_from_one() -> None:
    replay = Replay(DATA, run_of())
    text = joined(update.where(replay.step(3), replay))
    rows = ", ".join(str(int(i) + 1) for i in replay.step(3).rows)
    assert text == f"Step 3 of 18: epoch 1, batch 3 of 3. It is made from the examples {rows}."
    whole = Replay(DATA, run_of(batch_size=12))
    assert "all 12 examples" in joined(update.where(whole.step(1), whole))
    single = Replay(random_dataset(1, 3), run_of(batch_size=1))
    assert "the one example" in joined(update.where(single.step(1), single))
    many = Replay(random_dataset(40, 3), run_of(batch_size=20))
    assert "20 of the 40 examples" in joined(update.where(many.step(1), many))


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
        said = joined(pulls.pull(run, Replay(DATA, run).step(1)))
        assert ("soft thresholding" in said) == taken


@pytest.mark.parametrize(
    ("weight_decay", "said", "unsaid"),
    [
        (0.0, "keeps its value for ever", "Half"),
        (0.5, "Its sign flips where ηλ is above 1", "η is above"),
        (10.0, "one step takes all of w", "Half"),
        (15.0, "is above 1: w changes its sign", "diverges"),
        (15.0, "Half the length of w is gone", "Half of w"),
        (5.0, "Half of w is gone", "length"),
        (20.0, "never gets smaller", "Half"),
        (25.0, "with every step: decay alone diverges", "Half"),
    ],
)
def test_decay_alone_in_words(weight_decay: float, said: str, unsaid: str) -> None:
    run = run_of(lr=0.1, weight_decay=weight_decay)
    text = joined(shrinking.shrink(run, 10))
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
    found = named(shrinking.shrink(run, 12))
    assert (found["half_step"], found["half_epoch"]) == (step, -(-step // 3))


@pytest.mark.parametrize(
    ("weight_decay", "said"),
    [
        (25.0, "In each epoch w grows at first, changing its sign, and ends it at 0"),
        (20.0, "Half the length of w is gone"),
        (22.0, "ends it smaller."),
        (60.0, "decay alone diverges"),
        (14.0, "The sign of w changes with every full batch"),
    ],
)
def test_short_batches_decide_whether_decay_alone_diverges(weight_decay: float, said: str) -> None:
    run = run_of(lr=0.1, weight_decay=weight_decay)
    text = joined(shrinking.shrink(run, 12))
    rate = run.lr * run.weight_decay
    assert said in text
    epoch = (1 - rate) ** 2 * (1 - rate * 2 / 5)
    assert ("decay alone diverges" in text) == (abs(epoch) > 1)
    factor = named(shrinking.shrink(run, 12))["factor_epoch"]
    assert factor == pytest.approx(epoch, abs=1e-12)
    assert (limits_of(DATA, run).broken == "decay") == (abs(epoch) > 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batch_size": 12, "lr": 1e-3}, "SGD converges"),
        ({"lr": 1e-3}, "% of the estimated limit, "),
        ({"lr": 3.0}, "is not below the estimated limit, "),
        ({"lr": 3.0, "batch_size": 12}, "SGD diverges"),
        ({"lr": 1.0, "weight_decay": 30.0}, "too large for decay alone"),
        ({"optimizer": "adam"}, "No limit of η is known for Adam."),
        ({"optimizer": "lion", "decay": "decoupled"}, "but decay alone makes weights grow above"),
    ],
    ids=str,
)
def test_the_verdict(given: dict[str, object], said: str) -> None:
    run = run_of(**given)
    assert said in limits.verdict(limits_of(DATA, run), run)


def test_a_limit_that_is_not_searched_for_is_not_said_to_be_lower() -> None:
    run = run_of(lr=1e-3)
    found = replace(limits_of(DATA, run), batch=math.nan)
    first, (at_once,) = limits.verdict(found, run), limits.at_once(found, 12)
    assert first.text.startswith("Finding the limit of η for batches of {batch_size} would take")
    assert number(at_once.values["limit_full"]) == pytest.approx(2 / found.with_decay)


LINEAR = [key for key, rule in OPTIMIZERS.items() if rule.linear]


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("optimizer", LINEAR)
def test_the_rule_with_its_numbers_is_the_limit(optimizer: str, decay: str) -> None:
    run = run_of(optimizer=optimizer, momentum=0.75, decay=decay, batch_size=12)
    found = limits_of(DATA, run)
    assert limits.at_once(found, 12) == []
    _, filled, limit = limits.rule(found).removesuffix(r"\end{aligned}").split("= ")
    assert r"\eta &<" in limits.rule(found)
    assert evaluate(filled).value == pytest.approx(float(limit), rel=5e-3)
    assert float(limit) == pytest.approx(found.limit, rel=5e-3)
    in_batches = replace(run, batch_size=5)
    assert r"\eta" not in limits.rule(limits_of(DATA, in_batches))


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("optimizer", LINEAR)
def test_the_rule_of_the_table_gives_its_number(optimizer: str, decay: str) -> None:
    run = run_of(optimizer=optimizer, momentum=0.75, decay=decay)
    (row,) = (
        row
        for row in limits.table(limits_of(DATA, run), run)
        if row["optimizer"] == OPTIMIZERS[optimizer].label
    )
    text, _, inside = row["rule for η"].replace(limits.BREAK, "").partition(", h = ")
    shown, _, within = inside.partition(" with ")

    def value(text: str, **numbers: float) -> float:
        text = re.sub(r"(?<=[0-9)μλh])(?=[(μλh])", "*", text).replace("−", "-")
        return float(eval(text, numbers))

    mu, lam = run.momentum, run.weight_decay
    counted = value(within, μ=mu, λ=lam) if within else lam
    h = largest_curvature(DATA.X_train, counted)
    assert float(shown) == pytest.approx(h, rel=5e-3)
    assert float(row["η below"]) == pytest.approx(value(text, μ=mu, h=h), rel=5e-3)


def test_eta_is_compared_with_the_limit_of_its_own_steps() -> None:
    for weight_decay, lower in ((0.5, True), (100.0, False)):
        run = run_of(optimizer="momentum", decay="decoupled", weight_decay=weight_decay, lr=1e-4)
        found = limits_of(DATA, run)
        first, (at_once,) = limits.verdict(found, run), limits.at_once(found, 12)
        assert found.full is not None
        assert (found.batch < found.full.value) == lower
        assert number(first.values["limit"]) == found.batch
        assert number(first.values["share"]) == run.lr / found.batch
        assert number(at_once.values["limit_full"]) == found.full.value


def test_no_rule_where_no_limit_is_known() -> None:
    for key, rule in OPTIMIZERS.items():
        run = run_of(optimizer=key)
        assert (limits.rule(limits_of(DATA, run)) == "") == (rule.decays["coupled"].limit is None)


def test_the_limits_table_has_every_optimizer() -> None:
    rows = limits.table(limits_of(DATA, run_of()), run_of())
    assert [row["optimizer"] for row in rows] == [rule.label for rule in OPTIMIZERS.values()]
    for row, rule in zip(rows, OPTIMIZERS.values(), strict=True):
        unknown = rule.decays["coupled"].limit is None
        assert (row["η below"] == "–") == (row["MSELoss"] == "–") == unknown
        assert (row["rule for η"] == "No limit is known.") == unknown


def test_the_table_says_where_a_rule_does_not_take_the_settings() -> None:
    run = run_of(momentum=0.0)
    rows = {row["optimizer"]: row for row in limits.table(limits_of(DATA, run), run)}
    assert rows["Nesterov momentum"]["η below"] == "–"
    assert rows["Nesterov momentum"]["rule for η"] == "It does not take these settings."


def course(**given: float) -> Course:
    """A run from 10 to 1, and what is to be otherwise."""
    base: dict[str, Any] = {"epochs": 6, "start": 10.0, "end": 1.0, "highest": 2.0}
    base |= {"highest_at": 3, "falls": False, "earlier": 3.0, "lately": 1.0}
    return Course(**{**base, "untrained": 0.5, "diverged_at": None, **given})


GROWN = {
    "highest": 90.0,
    "highest_at": 2000,
    "falls": False,
    "end": 90.0,
    "earlier": 20.0,
    "lately": 80.0,
}


@pytest.mark.parametrize(
    ("own", "long", "broken", "said"),
    [
        (None, None, "none", []),
        ({}, None, "none", ["did not diverge in its {n} epochs"]),
        ({"highest": 80.0}, None, "none", ["In its {n} epochs the run does not settle"]),
        ({"highest": 80.0, "end": 80.0}, None, "none", ["{train_start} at the start, ends at {t"]),
        ({"diverged_at": 2}, None, "full", ["The run itself diverged at epoch {diverged_at}"]),
        ({"diverged_at": 2}, None, "none", ["Yet the run itself diverged", "no limit foretold"]),
        ({}, {"diverged_at": 412}, "batch", ["did not diverge", "it diverges, at epoch"]),
        ({}, {}, "batch", ["did not diverge", "it still settles"]),
        ({}, GROWN, "batch", ["did not diverge", "grows from {train_start} to {train_long}"]),
        ({"highest": 80.0}, {}, "none", ["Its {n} epochs are too few for this η"]),
        ({}, {"highest": 80.0}, "none", ["did not diverge", "it does not settle"]),
    ],
    ids=str,
)
def test_the_outcome_is_that_of_the_run(
    own: dict[str, float] | None, long: dict[str, float] | None, broken: Any, said: list[str]
) -> None:
    ran = Outcome(
        None if own is None else course(**own),
        None if long is None else course(**{"epochs": 2000, **long}),
    )
    found = trials.outcome(ran, broken, 6)
    text = " ".join(sentence.text for sentence in found)
    assert all(words in text for words in said)
    assert bool(found) == bool(said)


def test_a_loss_that_is_highest_at_the_end_is_named_once() -> None:
    for end, reached in ((80.0, False), (70.0, True)):
        own = Outcome(course(highest=80.0, highest_at=6, end=end), None)
        (said,) = trials.outcome(own, "none", 6)
        assert named([said])["train"] == end
        assert ("highest" in said.values) == reached
        assert str(said).count("80") == 1


def test_what_was_tried_in_words() -> None:
    run = run_of(optimizer="momentum")
    ill = Trial(replace(run, lr=0.2), course(highest=50.0), False)
    well = Trial(replace(run, lr=0.1), course(epochs=2000), True)
    (said,) = trials.tried([Mend("lr", (ill, well))])
    assert named([said]) == {
        "long_epochs": 2000,
        "lr_failed": 0.2,
        "lr_mend": 0.1,
        "train_start": 10.0,
        "train_mend": 1.0,
    }
    (said,) = trials.tried([Mend("lr", (well,))])
    assert "does not settle" not in said
    none, lower = trials.tried([Mend("lr", (ill,)), Mend("weight_decay", (well,))])
    assert named([none]) == {"lr_first": 0.2, "lr_last": 0.2, "margin": 1.2}
    assert named([lower])["weight_decay_mend"] == 0.5
    failed = Mend("weight_decay", (ill,))
    *_, lower = trials.tried([Mend("lr", ()), failed, Mend("momentum", (well,))])
    assert named([lower])["momentum_mend"] == 0.9
    (said,) = trials.tried([Mend("lr", ()), failed])
    assert said == "The slider has no learning rate below this limit."
    (said,) = trials.tried(None)
    assert not named([said])


def test_the_bias_with_both_ends() -> None:
    run = run_of(init_bias_std=1.0)
    one = Replay(DATA, run).step(1)
    ends = collect(train(DATA, [run, replace(run, decay_bias=True)]))
    found = named(pulls.bias(run, one, ends))
    assert (found["bias_end"], found["bias_held"]) == tuple(ends.bias[-1])
    assert (found["test"], found["test_held"]) == tuple(ends.test_loss[-1])
    assert "bias_by_decay" in found
    assert "bias_end" not in named(pulls.bias(run, one, None))
    none = named(
        pulls.bias(run_of(weight_decay=0.0), Replay(DATA, run_of(weight_decay=0.0)).step(1), ends)
    )
    assert none.keys() == {"bias_before", "bias_after"}


def test_a_bias_whose_digits_stay_is_said_to_rest() -> None:
    one = Replay(DATA, run_of(init_bias_std=1.0)).step(1)
    (moved, *_), (rests, *_) = (
        pulls.bias(run_of(), replace(one, after=after), None)
        for after in (one.after, np.append(one.after[:-1], one.before[-1] + 1e-13))
    )
    assert str(moved.values["bias_before"]) != str(moved.values["bias_after"])
    assert "leave it at rest" in rests
    assert rests.values.keys() == {"bias_after"}


def test_the_phase_is_that_of_steps_on_all_examples() -> None:
    for here in ("monotone", "ripples", "flips", "diverges"):
        first, second = limits.phase(here, run_of(), 12, reached=True)  # type: ignore[arg-type]
        assert first.startswith("With all examples at once, ")
        assert second.values == {"batch_size": 5}


def test_coupled_shares_of_one_weight_are_one_number() -> None:
    # 29.85 %, a hair below and above: as text they would differ
    def kinds(*shares: float) -> Sequence[Said]:
        return pulls.kinds(pulls.Shares("Adam", True, *shares))

    assert "share_least" not in named(kinds(0.29849999999, 0.2985, 0.29850000001, 0.15))
    assert "share_least" not in named(kinds(0.01, 0.01, 0.01, 0.02))
    negative = kinds(-0.01, 0.0, 0.01, 0.02)
    assert named(negative)["share_least"] == -0.01
    assert "pushes away from 0" in negative[-1]


def test_a_rule_that_knows_one_kind_of_decay_is_told_of_another() -> None:
    own, other = (
        pulls.kinds(pulls.Shares("Adam", own, 0.01, 0.01, 0.01, 0.02))[0] for own in (True, False)
    )
    assert own.text.startswith("A run with coupled and one with decoupled decay under {other}")
    assert other.text.startswith("Under {other} coupled and decoupled decay are two rules")


def test_weights_of_zero_have_nothing_to_take() -> None:
    run = run_of(init_std=0.0)
    assert "nothing that decay could take" in pulls.pull(run, Replay(DATA, run).step(1))[0]
    first = Replay(DATA, run_of()).step(1)
    before = first.before.copy()
    before[1] = 0.0
    assert "soft" not in joined(pulls.pull(run_of(weight_decay=3.0), replace(first, before=before)))


def test_one_weight_is_both_the_largest_and_the_smallest() -> None:
    data = random_dataset(12, 1)
    found = named(pulls.pull(run_of(), Replay(data, run_of()).step(1)))
    assert "large" in found
    assert "small" not in found
    assert "largest" not in update.table(1)


def test_without_decay_what_no_example_reaches_stays() -> None:
    for weight_decay, reached, stays in (
        (0.0, False, True),
        (0.0, True, False),
        (0.5, False, False),
    ):
        run = run_of(weight_decay=weight_decay)
        said = joined(limits.phase("monotone", run, 12, reached=reached))
        assert ("stays where it is" in said) == stays


def test_with_a_decayed_bias_every_direction_flips() -> None:
    free, held = (
        limits.phase("flips", run_of(decay_bias=decayed), 12, reached=True)[0]
        for decayed in (False, True)
    )
    assert "but the bias" in free
    assert "bias" not in held


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
def test_a_factor_is_said_only_where_a_step_has_one(optimizer: str, decay: str) -> None:
    run = run_of(optimizer=optimizer, decay=decay)
    said = shrinking.shrink(run, 10)
    known = OPTIMIZERS[optimizer].decays[decay]
    assert said[0].text.startswith("Each step multiplies w") == known.factor
    assert ("half_step" in named(said)) == known.factor
    assert known.factor or said[0] == known.no_factor


def test_the_factor_of_a_step_is_a_number_however_small_or_large() -> None:
    for weight_decay, said in ((0.003, "0.9997"), (1e7, "×10⁶"), (10 * (1 - 1e-7), "×10⁻⁷")):
        run = run_of(lr=0.1, weight_decay=weight_decay)
        text = joined(shrinking.shrink(run, 10))
        assert said in text.split(". ")[0]
        assert "cdot" not in text
