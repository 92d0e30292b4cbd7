"""The page “One step” through AppTest: what it opens on, every choice, the ends, nonsense."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import product
from unittest.mock import patch

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from pages.shared import cached
from pages.shared.fields import Number, Steps
from pages.shared.numbers import plain
from pages.shared.run import PINS, Asked
from pages.shared.settings import SETTINGS as RUN
from pages.shared.settings import settings_of
from pages.shared.words import literal
from pages.step.answer import mends as mends_module
from pages.step.answer.mends import mends
from pages.step.answer.replays import measured
from pages.step.question import FORM, SETTINGS, Shown
from tests.pages import opening
from tests.pages.opening import fine, payloads, text, unopened
from wd_core import DATASETS, OPTIMIZERS, Hyperparameters, collect, make_dataset, train
from wd_core.linear.inspection import Replay
from wd_core.trials import EPOCHS, Course

SMALL = {"n_train": "6", "n_test": "5", "n_features": "5", "epochs": "3"}


def sized(source: str) -> dict[str, str]:
    """The small sizes, as far as a source has them."""
    sizes = DATASETS[source].within(int(SMALL["n_train"]), int(SMALL["n_features"]))
    return SMALL | {"n_train": str(sizes.n_train), "n_features": str(sizes.n_features)}


CHARTS = {"step plane", "step pulls", "step shrinking", "step phases"}


def opened(query: Mapping[str, str] | None = None) -> AppTest:
    return opening.opened("step", query)


def click(page: AppTest, label: str) -> AppTest:
    (button,) = (button for button in page.button if button.label == label)
    return fine(button.click().run())


def query(page: AppTest) -> str:
    """The link that the page writes into the address bar."""
    (link,) = (p["query"] for p in payloads(page) if "query" in p)
    return str(link)


def table(page: AppTest) -> list[dict[str, str]]:
    """The rows of the update's terms."""
    return list(page.table[0].value.to_dict("records"))


def number(cell: str) -> float:
    return float(cell.replace("−", "-"))


def test_the_help_of_the_test_examples_says_what_they_measure_here() -> None:
    page = opened(SMALL)
    said = page.number_input(key="n_test").help
    assert "bias decayed" in said
    assert "with a test loss of" in text(page)


def test_opens_on_the_first_step_of_the_default_run() -> None:
    page = opened()
    assert not page.warning
    assert query(page) == ""
    assert len(payloads(page)) == len(CHARTS)
    assert "Step 1 of 400: epoch 1, batch 1 of 4" in text(page)
    assert [row["weight"].partition(", ")[::2] for row in table(page)] == [
        *(("w₆₀", "largest"), ("w₁₀₆", "smallest"), ("w₁", "chosen"), ("w₂", "chosen"), ("b", ""))
    ]


def test_the_table_holds_the_numbers_of_the_run() -> None:
    page = opened({"step": "399", "first": "200", "second": "7"})
    settings = settings_of({})
    data = make_dataset(settings.data)
    run = collect(train(data, [settings.run]))
    one = Replay(data, settings.run).step(399)
    assert table(page)[2]["weight"] == "w₂₀₀, chosen"
    for row in table(page):
        if row["weight"].endswith("chosen"):
            index = {"w₂₀₀": 199, "w₇": 6}[row["weight"].removesuffix(", chosen")]
            assert number(row["w before"]) == pytest.approx(one.before[index], rel=1e-3)
            assert number(row["new w"]) == pytest.approx(one.after[index], rel=1e-3)
            assert number(row["w before"]) + number(row["−η∂L"]) + number(row["−ηλw"]) == (
                pytest.approx(number(row["new w"]), abs=1.5e-8)
            )
    page = opened({"step": "400", "first": "60"})
    (row,) = (row for row in table(page) if row["weight"].startswith("w₆₀"))
    assert number(row["new w"]) == pytest.approx(run.weights[-1, 0, 59], rel=1e-3)
    assert table(page)[-1]["−ηλw"] == "not decayed"


def test_the_plane_ends_where_the_step_ends() -> None:
    page = opened({"first": "3", "second": "4"})
    settings = settings_of({})
    one = Replay(make_dataset(settings.data), settings.run).step(1)
    figure = payloads(page)[0]["figure"]
    ends = {t["name"]: (t["x"][-1], t["y"][-1]) for t in figure["data"]}
    assert ends["old w"] == pytest.approx((one.before[2], one.before[3]))
    assert ends["new w"] == ends["both"] == pytest.approx((one.after[2], one.after[3]))
    assert ends["data, −η∂L"] == pytest.approx(ends["new w"])
    shrunk = 1 - settings.run.lr * settings.run.weight_decay
    assert ends["decay, −ηλw"] == pytest.approx((shrunk * one.before[2], shrunk * one.before[3]))
    assert figure["layout"]["yaxis"]["scaleanchor"] == "x"


@pytest.mark.parametrize(
    ("label", "step"),
    [
        *(("Back", 5), ("Forward", 7), ("First", 1), ("Last", 400)),
        *(("Epoch back", 2), ("Epoch forward", 10)),
    ],
)
def test_the_buttons_go_through_the_run(label: str, step: int) -> None:
    page = click(opened({"step": "6"}), label)
    assert f"Step {step} of 400" in text(page)
    assert query(page) == ("" if step == 1 else f"step={step}")
    assert page.slider[0].value == step


def test_a_step_that_a_run_has_not_comes_back_with_one_that_has_it() -> None:
    page = opened({"step": "300"})
    page.select_slider(key="lr").set_value(1.0).run()
    last = page.slider[0].value if page.slider else 1
    assert last < 300
    assert query(page) == f"lr=1&step={last}" or last == 1
    assert "Step 300 cannot be shown" in page.warning[0].value
    page.select_slider(key="weight_decay").set_value(1.0).run()
    assert "Step 300 cannot be shown" in page.warning[0].value
    page.select_slider(key="lr").set_value(0.003).run()
    assert not page.warning
    assert "Step 300 of 400" in text(page)
    assert page.slider[0].value == 300


def test_a_step_chosen_since_stays() -> None:
    page = opened({"step": "300", "lr": "1"})
    last = page.slider[0].value
    page = click(page, "Back")
    assert not [box for box in page.warning if "cannot be shown" in box.value]
    page.select_slider(key="lr").set_value(0.003).run()
    assert f"Step {last - 1} of 400" in text(page)


def test_weights_come_back_with_the_features_that_they_are_of() -> None:
    page = opened({"first": "150", "second": "120"})
    page.select_slider(key="n_features").set_value(20).run()
    assert page.number_input(key="step first").value == 20
    page.select_slider(key="n_features").set_value(200).run()
    assert not page.warning
    assert page.number_input(key="step first").value == 150
    assert page.number_input(key="step second").value == 120


def test_the_buttons_stop_at_both_ends() -> None:
    disabled = {b.label for b in opened().button if b.disabled}
    assert {"First", "Back", "Epoch back"} <= disabled
    disabled = {b.label for b in opened({"step": "400"}).button if b.disabled}
    assert disabled == {"Forward", "Epoch forward", "Last"}


@pytest.mark.parametrize(
    ("step", "label", "end"), [("398", "Epoch forward", 400), ("3", "Epoch back", 1)]
)
def test_an_epoch_that_is_not_there_ends_where_the_run_does(
    step: str, label: str, end: int
) -> None:
    assert f"Step {end} of 400" in text(click(opened({"step": step}), label))


def test_the_slider_chooses_the_step() -> None:
    page = opened()
    assert page.slider[0].max == 400
    page = fine(page.slider[0].set_value(123).run())
    assert query(page) == "step=123"
    assert "epoch 31, batch 3 of 4" in text(page)


@pytest.mark.parametrize(
    ("source", "optimizer", "decay"),
    [*product(DATASETS, OPTIMIZERS, ("coupled", "decoupled"))],
)
def test_every_data_set_optimizer_and_decay(source: str, optimizer: str, decay: str) -> None:
    page = opened(
        sized(source) | {"source": source, "optimizer": optimizer, "decay": decay, "step": "3"}
    )
    assert "Step 3 of 6" in text(page)
    assert len(payloads(page)) == len(CHARTS)
    assert not page.warning


@pytest.mark.parametrize("key", [k for k, s in RUN.items() if isinstance(s, Steps | Number)])
def test_both_ends_of_every_setting_of_the_run(key: str) -> None:
    setting = RUN[key]
    assert isinstance(setting, Steps | Number)
    ends = (
        (setting.steps[0], setting.steps[-1])
        if isinstance(setting, Steps)
        else (setting.least, setting.most)
    )
    for end in ends:
        value = str(int(end)) if setting.whole else str(end)
        page = opened(SMALL | {"optimizer": "momentum", "source": "sparse", key: value})
        assert "Step 1 of " in text(page)


def test_no_start_no_decay_no_noise() -> None:
    page = opened({"init_std": "0", "weight_decay": "0", "noise": "0"})
    assert "λ = 0: no decay of either kind" in text(page)
    assert table(page)[0]["−ηλw"] == "0"
    page = opened({"init_std": "0", "true_weight": "0", "true_bias": "0", "noise": "0"})
    assert {row["new w"] for row in table(page)} == {"0"}


def test_a_single_weight_is_drawn_beside_the_bias() -> None:
    page = opened({"n_features": "1", "step": "2"})
    assert not page.warning
    layout = payloads(page)[0]["figure"]["layout"]
    assert (layout["xaxis"]["title"]["text"], layout["yaxis"]["title"]["text"]) == ("w₁", "b")
    page = fine(page.select_slider(key="n_features").set_value(200).run())
    assert not page.warning
    assert {row["weight"] for row in table(page)} >= {"w₁, chosen", "w₂, chosen"}


# ---------------------------------------------------------------- the doctor


def buttons(page: AppTest) -> list[Button]:
    """The doctor's button, where it is."""
    return [button for button in page.button if button.label.startswith("Mend it")]


MOMENTUM = {"optimizer": "momentum"}


@pytest.mark.parametrize(
    "values",
    [
        {"lr": "0.5"},
        {"lr": "1", "weight_decay": "3"},
        {"lr": "0.5", "batch_size": "20"} | MOMENTUM,
        {"lr": "0.5", "optimizer": "nesterov", "decay": "decoupled"},
        {"lr": "1"} | MOMENTUM,
        {"lr": "0.01"} | MOMENTUM,
        {"lr": "0.01", "epochs": "300"} | MOMENTUM,
        {"lr": "0.012"} | MOMENTUM,
        {"lr": "1", "momentum": "0.999", "weight_decay": "0"} | MOMENTUM,
        {"lr": "0.055"},
        {"lr": "1", "optimizer": "adam", "epochs": "5"},
    ],
    ids=str,
)
def test_mended_once_the_run_really_settles(values: dict[str, str]) -> None:
    page = opened(values | {"step": "3"})
    settings = FORM.read(values.items())[0].settings
    assert len(page.warning) == 1
    (button,) = buttons(page)
    page = fine(button.click().run())
    lr = float(page.select_slider(key="lr").value)
    assert lr < min(settings.run.lr, np.nan_to_num(measured(settings).limit, nan=1e9))
    assert not page.warning
    assert not buttons(page)
    run = collect(train(make_dataset(settings.data), [replace(settings.run, lr=lr)]))
    loss = run.train_loss[:, 0]
    assert loss[len(loss) // 2 :].max() < loss[0]
    assert "did not diverge" in text(page)
    assert "Step 3 of " in text(page)


def test_a_rate_that_works_is_not_called_too_large() -> None:
    run = settings_of({"lr": 0.05})
    loss = collect(train(make_dataset(run.data), [run.run])).train_loss[:, 0]
    assert loss[-1] < 1e-3 * loss[0]
    page = opened({"lr": "0.05"})
    assert not page.warning
    assert not buttons(page)


def test_what_was_tried_is_named() -> None:
    said = text(opened({"lr": "1"} | MOMENTUM))
    assert "with η = 0.01 the run does not settle, with η = 0.005 it does" in said
    run = settings_of({"optimizer": "momentum", "lr": 0.005, "epochs": EPOCHS})
    ran = collect(train(make_dataset(run.data), [run.run])).train_loss[:, 0]
    assert f"from {plain(float(ran[0]))} to {plain(float(ran[-1]))}." in said


def test_a_run_that_does_not_settle_is_ill_though_no_limit_is_broken() -> None:
    page = opened({"lr": "0.01"} | MOMENTUM)
    settings = settings_of({"lr": 0.01, "optimizer": "momentum"})
    assert measured(settings).broken == "none"
    loss = collect(train(make_dataset(settings.data), [settings.run])).train_loss[:, 0]
    (warning,) = page.warning
    assert "If it went on, it would not settle" in warning.value
    assert f"still reaches {plain(float(loss[50:].max()))} at epoch" in text(page)
    later = collect(train(make_dataset(settings.data), [replace(settings.run, epochs=EPOCHS)]))
    second_half = later.train_loss[EPOCHS // 2 :, 0]
    assert "Run on to 2000 epochs it does not settle" in text(page)
    assert f"still reaches {plain(float(second_half.max()))} at epoch" in text(page)
    assert buttons(page)


def test_a_strong_decay_that_ends_where_nothing_is_learned_is_not_ill() -> None:
    """A start near the truth, and a decay that takes it all: the loss grows, and rightly so."""
    grown = 0
    for seed in range(12):
        values = {"n_features": "1", "true_weight": "1", "weight_decay": "100", "lr": "0.005"}
        values["seed"] = str(seed)
        given = FORM.read(values.items())[0].settings
        loss = collect(train(make_dataset(given.data), [given.run])).train_loss[:, 0]
        grown += loss[-1] > 2 * loss[0]
        assert not opened(values).warning
    assert grown


def test_a_rate_that_is_advised_settles_in_its_own_epochs_and_far_beyond() -> None:
    for values in ({"lr": 1.0}, {"lr": 0.1, "optimizer": "nesterov"}, {"lr": 1.0, "seed": 5}):
        given = settings_of({"optimizer": "momentum"} | values)
        found = mends(given)
        assert found is not None
        assert found[0].found is not None
        lr = found[0].found.run.lr
        data = make_dataset(given.data)
        for epochs in (given.run.epochs, 3 * EPOCHS):
            run = replace(given.run, lr=0.97 * lr, epochs=epochs)
            loss = collect(train(data, [run])).train_loss[:, 0]
            assert loss[epochs // 2 :].max() < 1.05 * loss[0]


def test_where_no_step_of_the_slider_settles_another_setting_is_tried() -> None:
    """As if the slider had no smaller η: a λ is advised once the run settles with it."""
    with patch.object(mends_module, "candidates", return_value=[]):
        values = {"lr": "0.05", "weight_decay": "100", "seed": "11"}
        page = opened(values)
    said = text(page)
    assert "no learning rate below this limit" in said
    assert not buttons(page)
    (lam,) = re.findall(r"with λ = ([\d.]+) and the present η it does", said)
    given = FORM.read((values | {"weight_decay": lam}).items())[0].settings
    loss = collect(train(make_dataset(given.data), [replace(given.run, epochs=EPOCHS)]))
    assert loss.train_loss[EPOCHS // 2 :].max() < loss.train_loss[0]
    with patch.object(Course, "settles", False):
        page = opened({"lr": "0.5", "seed": "12"} | MOMENTUM)
    said = text(page)
    assert "does the run settle safely, which is with 1.2 times the rate, too." in said
    assert "and the present η it does" not in said
    assert not buttons(page)


def test_a_run_too_long_to_try_gets_no_number_that_nobody_ran() -> None:
    page = opened({"lr": "1", "n_train": "500", "epochs": "2000", "batch_size": "1"})
    assert len(page.warning) == 1
    assert "trying takes too long" in text(page)
    assert not buttons(page)


@pytest.mark.parametrize("optimizer", [k for k, o in OPTIMIZERS.items() if not o.linear])
def test_where_no_limit_is_known_none_is_broken(optimizer: str) -> None:
    page = opened({"optimizer": optimizer, "lr": "0.01"})
    assert f"No limit of η is known for {OPTIMIZERS[optimizer].label}." in text(page)
    assert not buttons(page)


def test_bursts_that_come_and_go_are_not_called_growth() -> None:
    values = {"init_std": "0", "epochs": "5", "optimizer": "adam", "lr": "0.3", "weight_decay": "0"}
    given = FORM.read(values.items())[0].settings
    loss = collect(train(make_dataset(given.data), [replace(given.run, epochs=EPOCHS)])).train_loss
    assert loss[EPOCHS // 2 :].max() > loss[0] > loss[EPOCHS // 2 :].min()
    (warning,) = opened(values).warning
    assert "does not settle" in warning.value
    assert "gets worse" not in warning.value
    assert "diverge" not in warning.value


def test_the_regions_are_not_claimed_for_a_velocity() -> None:
    said = text(opened({"optimizer": "nesterov"}))
    assert "With all examples at once" not in said
    assert "do not hold for Nesterov momentum" in said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "descent is monotone"),
        ({"lr": "0.08"}, "descent ripples"),
        ({"lr": "0.0122", "weight_decay": "100"}, "signs flip"),
        ({"lr": "0.5"}, "descent diverges"),
    ],
    ids=str,
)
def test_the_phase_of_the_present_point(values: dict[str, str], said: str) -> None:
    assert f"With all examples at once, {said} here: " in text(opened(values))


def test_the_present_point_is_in_the_phase_picture_even_without_decay() -> None:
    for values in ({}, {"weight_decay": "0", "lr": "0.0001"}, {"weight_decay": "100", "lr": "1"}):
        figure = payloads(opened(values))[3]["figure"]
        (mark,) = (t for t in figure["data"] if t["name"].startswith("this run"))
        for axis in "xy":
            low, high = figure["layout"][f"{axis}axis"]["range"]
            assert 10**low <= mark[axis][0] <= 10**high
        assert ("λ = 0" in mark["name"]) == (values.get("weight_decay") == "0")


# ---------------------------------------------------------------- links and nonsense


def test_a_link_names_the_run_and_the_step() -> None:
    page = opened({"lr": "0.01", "step": "17", "first": "5", "pin": "one?lr=0.02"})
    assert page.select_slider(key="lr").value == 0.01
    assert "Step 17 of 400" in text(page)
    assert query(page) == "lr=0.01&pin=one%3Flr%3D0.02&step=17&first=5"
    assert not page.warning


def test_the_run_is_that_of_the_session() -> None:
    page = unopened("step")
    settings = settings_of({"lr": 0.02})
    for key, value in settings.values().items():
        page.session_state[key] = value
    page.session_state[PINS] = ()
    assert query(fine(page.run())) == "lr=0.02"


@pytest.mark.parametrize(
    ("values", "said", "left"),
    [
        ({"step": "401"}, "Step 401 cannot be shown: the run has 400 steps", "step=400"),
        ({"step": "0"}, "outside the range", ""),
        ({"step": "soon"}, "is not a whole number", ""),
        ({"first": "500", "second": "500"}, "There is no weight 500", "first=200&second=1"),
        ({"first": "201"}, "There is no weight 201: the number of features is 200", "first=200"),
        ({"second": "1"}, "A plane needs two weights", ""),
        ({"lr": "0.5", "step": "300"}, "the run has diverged", "lr=0.5&step=12"),
        ({"colour": "red"}, "does not exist", ""),
    ],
    ids=str,
)
def test_nonsense_in_the_link_is_named_and_replaced(
    values: dict[str, str], said: str, left: str
) -> None:
    page = opened(values)
    warnings = [warning.value.replace("\\", "") for warning in page.warning]
    assert any(said in warning for warning in warnings)
    assert len(warnings) == len({*warnings})
    assert query(page) == left


def test_a_shorter_run_moves_the_step_to_its_end() -> None:
    page = opened({"step": "400"})
    page = fine(page.number_input(key="epochs").set_value(3).run())
    assert "the run has 12 steps" in page.warning[0].value
    assert query(page) == "epochs=3&step=12"
    assert not click(page, "Back").warning


def test_a_run_too_long_to_walk_says_how_far_it_goes() -> None:
    page = opened({"n_features": "10000", "n_train": "2000", "batch_size": "1"})
    assert "The first " in text(page)
    assert "too long here" in page.info[0].value
    assert page.slider[0].max < 200_000
    assert "are compared in the first" not in text(page)
    page = fine(page.slider[0].set_value(page.slider[0].max).run())
    assert "are compared in the first" in text(page)


def test_settings_that_do_not_go_together_are_explained() -> None:
    page = unopened("step")
    problem = ValueError("n_train must be at most 441, got 500")
    with patch.object(cached, "is_short", side_effect=problem):
        page.query_params["seed"] = "987"  # not in any cache
        page.run()
    assert not page.exception
    assert literal("n_train must be at most 441") in page.error[0].value


def test_the_shown_step_is_read_back_from_its_query() -> None:
    shown = Shown(step=12, first=3, second=9)
    pairs = [part.split("=") for part in FORM.query(Asked(settings_of({}), shown)).split("&")]
    again, complaints = FORM.read((key, value) for key, value in pairs)
    assert again == Asked(settings_of({}), shown)
    assert not complaints
    assert list(SETTINGS) == [field.name for field in fields(Shown)]
    assert not SETTINGS.keys() & RUN.keys()
    assert not SETTINGS.keys() & set(Hyperparameters.__dataclass_fields__)
