"""The page “codes”: links, sentences that follow the numbers, and the page through AppTest."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.codes import payload
from pages.codes.answer import SECONDS, Answer, Question, affordable_epochs, begun, running
from pages.codes.question import FORM, SETTINGS
from pages.codes.words import formulas, omitted, outcome
from pages.codes.words import switches as words
from pages.shared import work
from pages.shared.fields import Choice
from pages.shared.numbers import plain
from pages.shared.payload import Payload
from pages.shared.run import Asked, Pin
from pages.shared.settings import SETTINGS as RUN
from pages.shared.settings import settings_of
from wd_core import make_dataset
from wd_core.book.two_codes import SIDES, Switches, lock_step, seconds_an_epoch

VIEW = Path(__file__).parents[2] / "pages" / "codes" / "view.py"
SMALL = {"n_train": "7", "n_test": "5", "n_features": "4", "epochs": "3", "batch_size": "3"}
# The picture holds six digits, the scripts print twelve.
SHOWN = 1e-5


BOOK = Switches()


def question(switches: Switches = BOOK, **values: Any) -> Question:
    return Question(settings_of(values), switches)


def answer(asked: Question) -> Answer:
    return begun(asked).found


def alone(asked: Question) -> Mapping[str, float]:
    return begun(asked).alone


def picture(asked: Question) -> Payload:
    return payload.lock_step(begun(asked), ())


# ---------------------------------------------------------------- switches and links


def test_every_switch_of_the_engine_is_a_control_with_its_choices() -> None:
    assert list(SETTINGS) == list(SIDES)
    for key, setting in SETTINGS.items():
        assert isinstance(setting, Choice)
        assert list(setting.options) == list(SIDES[key])
        assert setting.default == asdict(Switches())[key]
        assert setting.help.endswith(".")
    assert not set(SETTINGS) & set(RUN)


@pytest.mark.parametrize("key", SIDES)
def test_a_link_is_the_run_and_the_switches(key: str) -> None:
    for choice in SIDES[key]:
        switches = replace(Switches(), **{key: choice})
        settings = settings_of({"weight_decay": 0.5, "batch_size": 6})
        pins = (Pin("a", settings_of({"lr": 0.01})),)
        asked = Asked(settings, switches, pins)
        assert FORM.read(parse_qsl(FORM.query(asked))) == (asked, [])
    assert FORM.query(Asked(settings_of({}), Switches())) == ""


def test_nonsense_in_a_link_is_named_and_replaced() -> None:
    asked, complaints = FORM.read([("divisor", "7"), ("loss", "half"), ("x", "1")])
    assert asked == Asked(settings_of({}), Switches(loss="half"))
    assert len(complaints) == 2
    assert "A short last batch" in complaints[0]


# ---------------------------------------------------------------- numbers and words


def test_the_book_differs_and_says_in_what() -> None:
    asked = question()
    said = outcome.outcome(asked, answer(asked))
    *_, last = lock_step(make_dataset(asked.settings.data), asked.programs)
    assert said.startswith(
        "The codes differ in the ½ of the loss and the start of b. After epoch 1"
    )
    assert f"{last.apart:.3g} apart" in said
    assert f"{last.test_loss[0]:.3g} from scratch and {last.test_loss[1]:.3g} concise" in said


def test_made_equal_the_difference_is_rounding_and_said_so() -> None:
    asked = question()
    asked = replace(asked, switches=asked.equalised)
    found = answer(asked)
    assert found.apart[-1] <= words.ROUNDING * found.size[-1].max()
    said = outcome.outcome(asked, found)
    assert said.startswith("The two codes are one computation")
    assert "which is rounding" in said
    assert "Still written differently, without effect: the ½ of the loss" in said


@pytest.mark.parametrize("values", [{}, {"lr": 0.03}, {"n_train": 7, "batch_size": 3}], ids=str)
@pytest.mark.parametrize("switches", [BOOK, Switches(rates="mapped", bias_start="zero")], ids=str)
def test_before_the_codes_run_the_engine_has_their_numbers(
    monkeypatch: pytest.MonkeyPatch, switches: Switches, values: dict[str, Any]
) -> None:
    """All but what compares the two, to rounding."""
    asked = question(switches, **values, seed=77)
    monkeypatch.setattr(work, "AT_FIRST", 0.0)
    known = begun(asked)
    before = picture(asked)
    assert not known.whole
    assert before["stream"]
    assert before["come"] == 0
    assert np.isnan(known.found.from_engine).all()
    assert set(before["series"]["engine"]) == {None}
    assert before["sentence"].endswith("the codes themselves run when nothing is moved.")
    running(asked).finish()
    seen = begun(asked)
    assert seen.whole
    assert seen.alone == known.alone
    assert seen.found.epoch == known.found.epoch
    assert seen.found.diverged_at == known.found.diverged_at
    for name in ("train_loss", "test_loss", "weight_norm"):
        mine, theirs = getattr(seen.found, name), getattr(known.found, name)
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, err_msg=name)
    size = np.nan_to_num(seen.found.size.max(axis=1))
    difference = np.nan_to_num(np.abs(seen.found.apart - known.found.apart))
    assert (difference <= words.ROUNDING * size).all()
    after = picture(asked)
    assert after["stream"] is None
    assert "engine’s run of it" in outcome.outcome(asked, seen.found)
    if asked.acting:  # what is said of the codes is the same
        said = before["sentence"].rpartition(" That is what")[0]
        assert after["sentence"].startswith(said)


def test_a_difference_that_is_gone_at_the_end_is_not_called_one() -> None:
    """A full batch at a strong λ forgets where the bias began."""
    switches = Switches(loss="half", divisor="rows", penalty="loss")
    values = {"n_features": 2, "weight_decay": 3.0, "lr": 0.3, "batch_size": 20}
    asked = question(switches, **values, epochs=300)
    assert asked.acting == ("bias_start",)
    said = outcome.outcome(asked, answer(asked))
    assert said.startswith("The codes differ in the start of b. Yet after epoch 300 no weight")


def test_a_code_that_diverges_is_named() -> None:
    asked = question(lr=0.03)
    found = answer(asked)
    assert found.diverged_at[0] is None
    said = outcome.outcome(asked, found)
    assert said.startswith(
        f"The concise code, at η = 0.03, diverged by epoch {found.diverged_at[1]}"
    )
    assert "the other did not" in said
    both = question(lr=1.0)
    assert None not in answer(both).diverged_at
    assert "other" not in outcome.outcome(both, answer(both))
    assert "the scratch code, at η = 1," in outcome.outcome(both, answer(both)).lower()


@pytest.mark.parametrize(("lr", "weight_decay"), [(0.03, 3.0), (1.0, 3.0), (1.0, 100.0)])
def test_a_picture_ends_where_the_last_code_has_no_numbers_any_more(
    lr: float, weight_decay: float
) -> None:
    asked = question(lr=lr, weight_decay=weight_decay)
    moments = list(lock_step(make_dataset(asked.settings.data), asked.programs))
    last = [max(m.epoch for m in moments if np.isfinite(m.test_loss[k])) for k in (0, 1)]
    drawn = picture(asked)
    assert {values[-1] for name, values in drawn["series"].items() if name == "epoch"} == {
        max(last)
    }
    assert all(len(values) == max(last) + 1 for values in drawn["series"].values())
    assert drawn["series"]["engine"][-1] is not None
    assert drawn["figure"]["layout"]["xaxis3"]["range"] == [0, max(1, *last)]
    said = f"with numbers (scratch up to epoch {last[0]}, concise up to epoch {last[1]})"
    assert said in outcome.outcome(asked, answer(asked))
    assert "with numbers" not in outcome.outcome(question(), answer(question()))


@pytest.mark.parametrize("batch_size", [3, 7])
@pytest.mark.parametrize(
    "switches",
    [
        Switches(),
        Switches(loss="whole", bias_start="linear", bias_decay="concise"),
        Switches(rates="mapped", loss="half", divisor="batch_size"),
        Switches(bias_start="normal", bias_decay="both", divisor="batch_size"),
    ],
    ids=str,
)
def test_alone_is_what_that_switch_does_with_the_others_equal(
    switches: Switches, batch_size: int
) -> None:
    asked = question(switches, n_train=7, n_features=4, epochs=5, lr=0.05, batch_size=batch_size)
    effects = alone(asked)
    assert set(effects) - {"penalty"} == set(asked.acting) - {"penalty"}
    for key in asked.acting:
        effect = effects[key]
        own = ("loss", "rates") if key in ("loss", "rates") else (key,)
        kept = {name: getattr(switches, name) for name in own}
        only = replace(asked, switches=replace(asked.equalised, **kept))
        assert only.acting == (key,)
        assert effect == pytest.approx(answer(only).apart[-1], rel=1e-9)


@pytest.mark.parametrize("values", [{}, {"weight_decay": 3.0, "lr": 0.05}])
def test_the_divisor_names_what_the_penalty_s_place_does_to_it(values: dict[str, float]) -> None:
    """The codes really run, with the penalty where it is and with the optimizer's in both."""
    asked = question(n_train=10, batch_size=7, epochs=5, **values)
    assert asked.standings["penalty"] == "joint"
    effects = alone(asked)
    base = replace(asked.equalised, divisor="book")
    here, moved = (
        answer(replace(asked, switches=replace(base, penalty=place))).apart[-1]
        for place in ("book", "optimizer")
    )
    assert here != pytest.approx(moved, rel=1e-3)
    assert effects["divisor"] == pytest.approx(here, rel=1e-9)
    assert effects["penalty"] == pytest.approx(moved, rel=1e-9)
    said = words.effect("divisor", "acts", effects, 1.0)
    assert "as “Make them equal” has it" in said
    assert said.index(f"{here:.3g} apart") < said.index(
        f"optimizer in both, the codes end {moved:.3g}"
    )
    assert "acts together with the divisor" in words.effect("penalty", "joint", effects, 1.0)
    assert words.heading("penalty", "joint").startswith("**≠")


@pytest.mark.parametrize(
    ("switches", "values"),
    [
        (Switches(), {"batch_size": 5}),
        (Switches(), {"weight_decay": 0.0}),
        (Switches(penalty="loss"), {}),
        (Switches(divisor="rows"), {}),
    ],
    ids=str,
)
def test_the_penalty_s_place_is_named_only_where_it_matters(
    switches: Switches, values: dict[str, float]
) -> None:
    settings: dict[str, Any] = {"n_train": 10, "batch_size": 7, "epochs": 2} | values
    asked = question(switches, **settings)
    effects = alone(asked)
    assert "penalty" not in effects
    assert asked.standings["penalty"] in ("idle", "alike")
    if asked.standings["penalty"] == "idle":
        assert "Without effect here" in words.effect("penalty", "idle", effects, 1.0)


def test_the_tile_and_the_sentence_measure_the_engine_alike() -> None:
    """The tile at each epoch, the sentence over all of them as a share of the weights."""
    asked = question()
    drawn, found = picture(asked), answer(asked)
    engine = np.array(drawn["series"]["engine"], dtype=float)
    assert engine == pytest.approx(np.nanmax(found.from_engine, axis=1), rel=1e-5)
    share = float((found.from_engine / found.size).max())
    said = outcome.outcome(asked, found)
    assert f"than {plain(share)} of the largest weight or bias" in said
    assert said.count("×10⁻¹") == 1


def test_alone_without_anything_is_nothing_and_says_when_a_code_diverges() -> None:
    asked = question()
    assert alone(replace(asked, switches=asked.equalised)) == {}
    effects = alone(question(lr=0.03))
    assert np.isnan(effects["loss"])
    assert np.isfinite(effects["bias_start"])
    assert "a code diverges" in words.effect("loss", "acts", effects, 1.0)


@pytest.mark.parametrize("rows", [5, 2])
def test_the_formulas_are_the_step_that_is_taken(rows: int) -> None:
    """w after one step on so many rows, from the two factors that the page shows."""
    for switches in (Switches(), Switches(divisor="batch_size", penalty="optimizer")):
        asked = question(switches, n_train=rows, n_features=3, epochs=1)
        pair = tuple(replace(program, batch_size=5) for program in asked.programs)
        data = make_dataset(asked.settings.data)
        before, after = lock_step(data, pair)  # type: ignore[arg-type]
        for k, program in enumerate(pair):
            w, b = before.parameters[k, :-1], before.parameters[k, -1]
            keep, factor = program.step(rows)
            residual = data.X_train @ w + b - data.y_train
            expected = keep * w - factor * data.X_train.T @ residual
            assert after.parameters[k, :-1] == pytest.approx(expected, rel=1e-12)


def test_the_mapping_holds_the_present_numbers() -> None:
    latex = formulas.mapping(question(lr=0.01, weight_decay=5.0))
    assert r"\text{concise}(0.01,\ 5) = \text{scratch}(0.02,\ 2.5)" in latex
    assert r"\text{scratch}(0.01,\ 5) = \text{concise}(0.005,\ 10)" in latex
    latex = formulas.mapping(question(Switches(rates="mapped"), lr=0.01, weight_decay=5.0))
    assert r"\text{concise}(0.005,\ 10) = \text{scratch}(0.01,\ 5)" in latex
    assert latex.count(r"\\") == 1
    assert r"\tfrac" not in formulas.mapping(question(Switches(loss="half")))


@pytest.mark.parametrize("weight_decay", [0.0, 3.0])
@pytest.mark.parametrize("batch_size", [3, 7])
@pytest.mark.parametrize("divisor", SIDES["divisor"])
@pytest.mark.parametrize("bias_decay", SIDES["bias_decay"])
@pytest.mark.parametrize("penalty", SIDES["penalty"])
def test_a_law_stands_where_the_codes_really_run_it(
    penalty: str, bias_decay: str, divisor: str, batch_size: int, weight_decay: float
) -> None:
    """The concise code and the scratch code of the other numbers take the same steps."""
    switches = Switches(bias_start="zero", divisor=divisor, bias_decay=bias_decay, penalty=penalty)
    values: dict[str, Any] = {"n_train": 7, "n_features": 4, "epochs": 3, "batch_size": batch_size}
    asked = question(switches, **values, weight_decay=weight_decay, lr=0.02)
    scratch, concise = asked.programs
    other = replace(scratch, lr=2 * concise.lr, weight_decay=concise.weight_decay / 2)
    *_, last = lock_step(make_dataset(asked.settings.data), (other, concise))
    same = last.apart <= words.ROUNDING * float(last.size.max())
    assert same == bool(formulas.mapping(asked)) == ("The same steps" in formulas.of_mapping(asked))


def test_losses_that_are_0_leave_an_empty_panel_that_says_why() -> None:
    values = {"noise": 0.0, "true_weight": 0.0, "true_bias": 0.0, "init_std": 0.0}
    figure = picture(question(Switches(bias_start="zero"), **values))["figure"]
    assert [trace["y"] for trace in figure["data"]] == [[None]] * 3
    notes = [note["text"] for note in figure["layout"]["annotations"]]
    assert notes == ["none: every loss is 0", "none: every weight is 0", "none: nothing differs"]


def test_the_sentence_on_units_names_the_codes_without_the_half() -> None:
    assert "concise code’s would stand twice" in formulas.convention(question())
    assert "twice" not in formulas.convention(question(Switches(loss="half")))
    whole = formulas.convention(question(Switches(loss="whole")))
    assert "those of both codes would stand twice" in whole


def test_long_runs_are_cut_and_the_rest_is_named() -> None:
    asked = question(n_train=2000, epochs=20000, batch_size=100)
    spec, run = asked.settings.data, asked.run
    assert 1 <= run.epochs == affordable_epochs(asked.settings) < 20000
    each = seconds_an_epoch(spec.n_train, spec.n_test, spec.n_features, run.batch_size)
    assert run.epochs * each <= SECONDS
    assert f"the first {run.epochs} are" in omitted.capped(asked)
    assert question().run.epochs == 100
    assert question(n_train=2000, n_features=10000, batch_size=1).run.epochs == 1


def test_every_curve_is_in_the_picture_and_gaps_are_null() -> None:
    drawn = picture(question(lr=0.03))
    named = {trace["meta"]["series"] for trace in drawn["figure"]["data"]}
    assert named | {"epoch", "engine"} == set(drawn["series"])
    assert not drawn["figure"]["layout"]["annotations"]
    assert drawn["series"]["test_concise"][-1] is None
    assert drawn["series"]["engine"][-1] is not None
    accepted = go.Figure(drawn["figure"]).to_plotly_json()
    assert [t["name"] for t in accepted["data"]] == [t["name"] for t in drawn["figure"]["data"]]
    for axis in ("yaxis", "yaxis2", "yaxis3"):
        assert np.isfinite(drawn["figure"]["layout"][axis]["range"]).all()


def test_where_the_codes_agree_both_are_seen() -> None:
    """A thin line on a broad pale one of the same series: neither hides the other."""
    drawn = picture(question())["figure"]["data"]
    lines = [trace for trace in drawn if trace["mode"] == "lines"]
    order = {trace["meta"]["series"]: k for k, trace in enumerate(lines)}
    pairs = [key for key in order if key.endswith("_concise")]
    assert len(pairs) == 4
    for key in pairs:
        above, below = order[key], order[key.replace("concise", "scratch")]
        assert above > below
        assert lines[above]["line"]["width"] < lines[below]["line"]["width"] / 2
        assert lines[below]["opacity"] < lines[above]["opacity"]


def test_rounding_beside_a_real_difference_is_inside_the_picture() -> None:
    drawn = picture(question())
    low = drawn["figure"]["layout"]["yaxis3"]["range"][0]
    for code in ("scratch", "concise"):
        last = drawn["series"][f"engine_{code}"][-1]
        assert last is not None
        assert low < np.log10(last) < -12
