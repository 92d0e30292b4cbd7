"""The Train page through AppTest: every preset, every choice, the ends of every control."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import cached
from pages.shared.brought.packed import packed
from pages.shared.fields import Choice, Number, Steps
from pages.shared.numbers import plain
from pages.shared.presets import PRESETS
from pages.shared.run import MOST_PINS, Asked, Pin
from pages.shared.settings import DEFAULTS, SETTINGS, settings_of
from pages.shared.words import literal
from pages.train.payload.picture import training_picture
from pages.train.question import FORM, Shown
from pages.train.sections import pinned
from pages.train.words.pins import called
from tests.pages.opening import FOLDERS, in_frame, unfolded
from tests.unlinked import unlinked
from wd_core import DATASETS, OPTIMIZERS, read_table
from wd_core.data import OWN

# A run at the end of a control is computed with these, so that it is over at once.
SMALL = {"n_train": "6", "n_test": "5", "n_features": "5", "epochs": "3"}
NUMBERS = [key for key, s in SETTINGS.items() if isinstance(s, Number)]
STEPPED = [key for key, s in SETTINGS.items() if isinstance(s, Steps)]
READ_WITH = {
    "n_informative": {"source": "sparse"},
    "correlation": {"source": "correlated"},
    "momentum": {"optimizer": "nesterov"},
}


def opened(query: dict[str, str] | None = None, pins: Sequence[str] = ()) -> AppTest:
    """The page at this address, and no exception on it."""
    page = unfolded(in_frame("train"), "train")
    for key, text in (query or {}).items():
        page.query_params[key] = text
    if pins:
        page.query_params["pin"] = list(pins)
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    """The page, once it is sure that nothing on it is a complaint of Python's."""
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    return page


def payload(page: AppTest) -> dict[str, Any]:
    """What the chart was given."""
    (chart,) = (made for made in page.get("bidi_component") if made.proto.bytes)
    return dict(json.loads(chart.proto.bytes)["payload"])


def click(page: AppTest, label: str) -> AppTest:
    """The page after a click on the button with this label."""
    (button,) = (button for button in page.button if button.label == label)
    return fine(button.click().run())


def shown_text(page: AppTest) -> str:
    """Everything written on the page in words and formulas."""
    return "\n".join(
        unlinked(str(node.value)) for node in (*page.markdown, *page.caption, *page.latex)
    )


def test_opens_on_a_picture_of_the_defaults() -> None:
    page = opened()
    drawn = payload(page)
    assert drawn["query"] == ""
    assert drawn["series"] == training_picture(settings_of({}))["series"]
    assert {"test_loss", "test_loss_0"} <= set(drawn["series"])
    assert not page.warning


@pytest.mark.parametrize("lr", ["0.001", "0.02", "0.05"])  # ηλ = 2 keeps lengths, 5 makes w grow
@pytest.mark.parametrize(("d", "words"), [("7", "1 of the 7 directions is"), ("8", "2 of the 8")])
def test_out_of_reach_a_step_only_multiplies_whatever_the_factor(lr, d, words) -> None:
    query = SMALL | {"lr": lr, "weight_decay": "100", "batch_size": "4", "n_features": d}
    text = shown_text(opened(query))
    assert f"At least {words}" in text
    assert "g is zero, and multiplying w so is all that a step does" in text
    assert "shrinking" not in text


def test_every_control_is_there_with_help_and_its_value() -> None:
    page = opened()
    every = (*page.select_slider, *page.number_input, *page.selectbox)
    widgets = {w.key: w for w in every if w.key in SETTINGS}
    assert set(STEPPED) | {"source", "optimizer"} <= set(widgets)
    for key, widget in widgets.items():
        assert unlinked(widget.help).startswith(SETTINGS[key].help)
        assert widget.value == DEFAULTS[key]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_opens_with_what_to_look_for(preset: Any) -> None:
    page = click(opened({"lr": "0.5", "noise": "2"}), preset.name)
    assert payload(page)["query"] == preset.link.query
    assert preset.look_for in shown_text(page)


def test_the_hint_leaves_with_the_preset() -> None:
    page = click(opened(), PRESETS[0].name)
    page = fine(page.select_slider(key="lr").set_value(0.001).run())
    assert PRESETS[0].look_for not in shown_text(page)


@pytest.mark.parametrize(
    ("source", "optimizer", "decay"),
    [*product(DATASETS, OPTIMIZERS, ("coupled", "decoupled"))],
)
def test_every_data_set_optimizer_and_decay(source: str, optimizer: str, decay: str) -> None:
    page = opened(SMALL | {"source": source, "optimizer": optimizer, "decay": decay})
    drawn = payload(page)
    assert drawn["series"]["epoch"] == [0, 1, 2, 3]
    assert None not in drawn["series"]["test_loss"]
    assert DATASETS[source].formula in shown_text(page)
    assert OPTIMIZERS[optimizer].formula in shown_text(page)


@pytest.mark.parametrize("key", STEPPED)
def test_both_ends_of_every_slider(key: str) -> None:
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    page = opened(SMALL)
    for end in (setting.steps[0], setting.steps[-1]):
        value = int(end) if setting.whole else end
        page = fine(page.select_slider(key=key).set_value(value).run())
        assert payload(page)["sentence"]
        assert FORM.read([*_pairs(payload(page)["query"])])[0].settings.values()[key] == end


def _pairs(query: str) -> list[tuple[str, str]]:
    return [(key, text) for key, _, text in (part.partition("=") for part in query.split("&"))]


@pytest.mark.parametrize("key", NUMBERS)
def test_both_ends_of_every_number(key: str) -> None:
    setting = SETTINGS[key]
    assert isinstance(setting, Number)
    page = opened(SMALL | READ_WITH.get(key, {}))
    for end in (setting.least, setting.most):
        value = int(end) if setting.whole else float(end)
        page = fine(page.number_input(key=key).set_value(value).run())
        assert page.number_input(key=key).value == end
        assert payload(page)["sentence"]


CHOICES = [key for key, s in SETTINGS.items() if isinstance(s, Choice)]


@pytest.mark.parametrize("key", CHOICES)
def test_every_choice_by_its_box(key: str) -> None:
    setting = SETTINGS[key]
    assert isinstance(setting, Choice)
    rows = packed(read_table("a,b,y\n1,2,3\n2,,1\n3,1,2\n5,2,2\n8,,1\n4,4,0\n7,1,3\n6,2,2\n"))
    own = {"source": OWN, "rows": rows, "target": "y", "n_train": "3", "n_test": "1"}
    diabetes = {"source": "diabetes"}
    page = opened(SMALL | {"optimizer": "adam"} | (own if key in ("source", "holes") else diabetes))
    for name in setting.options:
        page = fine(page.selectbox(key=key).set_value(name).run())
        assert payload(page)["series"]["epoch"][-1] == 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"n_train": "23"}, "its gradient counts 3/5, decay included."),
        ({"n_train": "23", "decay": "decoupled"}, "counts 3/5, while decay acts in full."),
        ({"n_train": "23", "optimizer": "adam"}, "its gradient counts 3/5, decay included."),
    ],
)
def test_a_short_last_batch_is_explained(query: dict[str, str], words: str) -> None:
    assert words in shown_text(opened(query))
    assert "The last batch of an epoch" not in shown_text(opened(query | {"n_train": "25"}))


def test_only_whole_batches_shrink_by_the_whole_factor() -> None:
    assert "Every step on 5 rows multiplies w" in shown_text(opened({"n_train": "23"}))
    assert "Every step multiplies w" in shown_text(opened({"n_train": "25"}))
    decoupled = shown_text(opened({"n_train": "23", "decay": "decoupled"}))
    assert "Every step multiplies w" in decoupled


def test_more_rows_than_the_table_has_are_all_of_them() -> None:
    page = opened({"n_train": "2000"})
    page.selectbox(key="source").set_value("diabetes").run()
    assert not page.exception
    assert page.number_input(key="n_train").value == 441
    assert "Here 441 examples train and 1 test." in shown_text(page)


def test_controls_that_are_not_read_are_not_there() -> None:
    keys = {w.key for w in (*opened().number_input, *opened().selectbox)}
    assert not keys & {"momentum", "correlation", "n_informative", "extension"}
    page = opened({"optimizer": "momentum", "source": "correlated"})
    keys = {w.key for w in (*page.number_input, *page.selectbox)}
    assert {"momentum", "decay", "correlation"} <= keys


def test_a_control_that_was_hidden_keeps_its_value() -> None:
    page = opened(SMALL | {"optimizer": "momentum", "momentum": "0.5"})
    page = fine(page.selectbox(key="optimizer").set_value("sgd").run())
    page = fine(page.selectbox(key="optimizer").set_value("nesterov").run())
    assert page.number_input(key="momentum").value == 0.5


def test_a_link_sets_the_controls_and_its_picture_is_theirs() -> None:
    page = opened({"weight_decay": "0.25", "n_features": "50", "noise": "0.2", "seed": "9"})
    assert page.select_slider(key="weight_decay").value == 0.25
    assert page.select_slider(key="n_features").value == 50
    assert page.number_input(key="noise").value == 0.2
    settings = settings_of({"weight_decay": 0.25, "n_features": 50, "noise": 0.2, "seed": 9})
    assert payload(page)["series"] == training_picture(settings)["series"]


def test_a_closed_expander_holds_nothing_and_the_run_is_the_same() -> None:
    page = opened(SMALL)
    shut = in_frame("train")
    for key, text in SMALL.items():
        shut.query_params[key] = text
    shut = fine(shut.run())
    assert {one.label for one in shut.expander} >= set(FOLDERS)
    assert not [node for one in shut.expander for node in (*one.number_input, *one.selectbox)]
    assert page.number_input(key="n_train").value == int(SMALL["n_train"])
    assert payload(shut) == payload(page)


def test_new_seed_draws_new_data() -> None:
    page = opened()
    before = payload(page)
    after = payload(click(page, "New seed"))
    assert after["query"] == "seed=1"
    assert after["series"]["test_loss"][0] != before["series"]["test_loss"][0]


def test_the_last_seed_is_followed_by_the_first() -> None:
    page = click(opened(SMALL | {"seed": str(2**31 - 1)}), "New seed")
    assert page.number_input(key="seed").value == 0


# ---------------------------------------------------------------- pins


def names(page: AppTest) -> list[str]:
    """The pinned runs of the session."""
    return [pin.name for pin in page.session_state["pins"]]


def test_a_run_is_pinned_and_carried_by_the_link() -> None:
    page = click(opened(SMALL), "Pin this run")
    assert names(page) == ["Run 1"]
    settings = settings_of({key: SETTINGS[key].read(text) for key, text in SMALL.items()})
    assert payload(page)["query"] == FORM.query(Asked(settings, Shown(), (Pin("Run 1", settings),)))
    (button,) = (b for b in page.button if b.label == "Pin this run")
    assert button.disabled
    page = fine(page.select_slider(key="lr").set_value(0.01).run())
    drawn = {trace["name"] for trace in payload(page)["figure"]["data"]}
    assert "test, Run 1" in drawn
    page = click(page, "Pin this run")
    assert names(page) == ["Run 1", "η = 0.01"]


@pytest.mark.parametrize(
    ("values", "pins", "name"),
    [
        ({}, [], "Run 1"),
        ({"weight_decay": 5.0}, [], "λ = 5"),
        ({"weight_decay": 5.0, "lr": 0.01}, [{"lr": 0.01}], "λ = 5"),
        ({"weight_decay": 5.0, "lr": 0.01}, [{}], "λ = 5, η = 0.01"),
        ({"optimizer": "adam"}, [{"weight_decay": 1.0}], "Run 2"),
        ({"momentum": 0.8}, [{"optimizer": "momentum"}], "Optimizer = sgd"),
        ({"n_train": 10, "n_test": 5, "epochs": 3}, [{}], "Run 2"),
    ],
)
def test_a_pin_is_named_after_what_sets_it_apart(
    values: dict[str, Any], pins: list[dict[str, Any]], name: str
) -> None:
    kept = [Pin(f"Run {i + 1}", settings_of(of)) for i, of in enumerate(pins)]
    assert pinned.named(settings_of(values), kept) == name


def test_the_table_compares_what_differs() -> None:
    page = click(opened(SMALL), "Pin this run")
    page = fine(page.select_slider(key="lr").set_value(0.01).run())
    (table,) = page.dataframe
    rows = table.value
    assert rows["run"].tolist() == ["present run", "Run 1"]
    assert rows["Learning rate η"].tolist() == ["0.01", "0.003"]
    assert "Weight decay λ" not in rows
    ends = payload(page)["series"]["test_loss"][-1]
    other = cached.short_run(FORM.read(SMALL.items())[0].settings)
    assert rows["test loss"][0] == plain(ends)
    assert rows["test loss"][1] == plain(float(other.test_loss[-1, 0]))
    ratios = [1.0, float(other.test_loss[-1, 0]) / ends]
    assert rows["test loss ÷ present run's"].tolist() == [plain(ratio) for ratio in ratios]


def test_the_table_says_which_runs_diverged_and_compares_them_with_none() -> None:
    wild = {"weight_decay": "20", "lr": "0.3", "n_features": "300"}
    page = click(opened(wild), "Pin this run")
    series = payload(page)["series"]
    (table,) = page.dataframe
    rows = table.value
    for column, name in (("train loss", "train_loss"), ("test loss", "test_loss")):
        assert rows[column].tolist() == [plain(series[name][-1])] * 2
    assert rows["‖w‖"].tolist() == [plain(series["weight_norm"][-1])] * 2
    epoch = payload(page)["sentence"].split("Diverged by epoch ")[1].split(".")[0]
    assert rows["diverged"].tolist() == [f"by epoch {epoch}"] * 2
    page = fine(page.select_slider(key="lr").set_value(0.003).run())
    (table,) = page.dataframe
    assert table.value["diverged"].tolist() == ["–", f"by epoch {epoch}"]
    assert table.value["test loss ÷ present run's"].tolist() == ["1", "–"]
    assert "diverged" not in opened(SMALL, ["first?lr=0.01"]).dataframe[0].value


def test_a_pin_is_called_after_what_the_present_run_has_not() -> None:
    of = settings_of
    slow = Pin("η = 0.001", of({"lr": 0.001, "weight_decay": 3.0}))
    mine = Pin("mine", of({"lr": 0.002}))
    faster, stronger = (
        of({"lr": 0.01, "weight_decay": 3.0}),
        of({"lr": 0.001, "weight_decay": 30.0}),
    )
    assert [pin.name for pin in called(faster, [slow, mine])] == ["η = 0.001", "mine"]
    assert [pin.name for pin in called(stronger, [slow, mine])] == ["λ = 3", "mine"]
    assert called(slow.settings, [slow]) == (slow,)


def test_a_pin_is_renamed_and_removed() -> None:
    page = opened(SMALL, ["first?lr=0.01", "second?lr=0.02"])
    assert names(page) == ["first", "second"]
    (field,) = (f for f in page.text_input if f.label == "Name of pinned run 2")
    page = fine(field.set_value("  better ").run())
    assert names(page) == ["first", "better"]
    assert "pin=better%3Flr%3D0.02" in payload(page)["query"]
    page = fine(page.button(key="remove pin name 0 lr=0.01").click().run())
    assert names(page) == ["better"]
    assert "first" not in payload(page)["query"]
    page = fine(page.button(key="remove pin name 0 lr=0.02").click().run())
    assert names(page) == []
    assert "pin=" not in payload(page)["query"]
    assert not page.dataframe


def test_an_empty_name_is_no_name() -> None:
    page = opened(SMALL, ["first?lr=0.01"])
    page = fine(page.text_input[0].set_value("   ").run())
    assert names(page) == ["first"]


def test_a_name_with_the_sign_that_ends_names_survives_its_link() -> None:
    page = opened(SMALL, ["first?lr=0.01"])
    page = fine(page.text_input[0].set_value("why? me").run())
    again = opened(SMALL, [pin.text() for pin in page.session_state["pins"]])
    assert again.session_state["pins"][0].settings.run.lr == 0.01
    assert not again.warning


def test_two_pins_of_the_same_run_and_name() -> None:
    page = opened(SMALL, ["same?lr=0.01", "same?lr=0.01"])
    assert names(page) == ["same", "same"]


def test_no_more_pins_than_fit() -> None:
    page = opened(SMALL, [f"run {i}?seed={i}" for i in range(MOST_PINS + 2)])
    assert len(names(page)) == MOST_PINS
    assert [w.value for w in page.warning] == [
        f"The link pins {MOST_PINS + 2} runs; the first {MOST_PINS} are shown."
    ]
    (button,) = (b for b in page.button if b.label == "Pin this run")
    assert button.disabled


def test_a_pinned_long_run_that_nobody_ran_has_no_numbers() -> None:
    page = opened(SMALL, ["long?n_features=10000&n_train=2000&epochs=300"])
    (table,) = page.dataframe
    assert table.value["test loss"][0] != "–"
    assert table.value["test loss"][1] == "–"


# ---------------------------------------------------------------- nonsense, divergence, long runs


def test_nonsense_in_the_link_is_named_and_replaced() -> None:
    page = opened({"n_features": "many", "lr": "7", "source": "moon", "colour": "red", "seed": "4"})
    (warning,) = page.warning
    assert len(warning.value.split("\n\n")) == 4
    assert payload(page)["query"] == "seed=4"


@pytest.mark.parametrize(
    "hostile",
    ["![x](http://example.org/x.png)", "[x](http://example.org)", ":red[x]", "$x$", "**x**"],
)
@pytest.mark.parametrize("key", ["lr", None])
def test_nothing_in_a_link_is_taken_for_markup(key: str | None, hostile: str) -> None:
    page = opened({key or hostile: hostile} if key else {hostile: "1"})
    (warning,) = page.warning
    assert hostile not in warning.value


@pytest.mark.parametrize("values", [{"lr": "1"}, {"lr": "1", "optimizer": "momentum"}])
def test_a_run_that_diverges_says_why(values: dict[str, str]) -> None:
    assert payload(opened(values))["sentence"].startswith("Diverged by epoch ")


def test_a_long_run_is_left_to_its_stream() -> None:
    drawn = payload(
        opened({"n_features": "10000", "n_train": "2000", "epochs": "300", "batch_size": "32"})
    )
    assert drawn["stream"].startswith("/api/train/stream?n_features=10000&")
    assert drawn["series"]["epoch"] == []


@contextmanager
def refused() -> Iterator[None]:
    """A data set that cannot be made."""
    problem = ValueError("n_train must be at most 441, got 500")
    with patch.object(cached, "is_short", side_effect=problem):
        yield


def test_settings_that_do_not_go_together_are_explained() -> None:
    page = unfolded(in_frame("train"), "train")
    with refused():
        page.run()
    assert not page.exception
    assert literal("n_train must be at most 441") in page.error[0].value


# ---------------------------------------------------------------- words


def test_the_formulas_hold_the_present_numbers() -> None:
    text = shown_text(opened({"weight_decay": "0.5", "n_train": "30", "lr": "0.01"}))
    assert "alpha = nλ = 15" in text
    assert "weight_decay = 2λ = 1 and lr = η/2 = 0.005" in text
    assert "1 − 0.01 · 0.5 = 0.995" in text
    assert r"\tfrac{0.5}{2}" in text


def test_a_tiny_decay_is_a_power_of_ten_in_its_formula() -> None:
    page = opened({"weight_decay": "0.00001"})
    formulas = [node.value for node in page.latex]
    assert any("10^{-5}" in formula for formula in formulas)


@pytest.mark.parametrize(
    ("decay", "words"), [("coupled", "Coupled decay"), ("decoupled", "Decoupled decay")]
)
def test_the_kind_of_decay_is_explained(decay: str, words: str) -> None:
    assert words in shown_text(opened(SMALL | {"optimizer": "adam", "decay": decay}))


def test_both_files_are_offered() -> None:
    labels = [b.proto.label for b in opened(SMALL).get("download_button")]
    assert labels == ["Numbers (CSV)", "PyTorch script"]


def test_a_run_that_takes_long_is_no_file_to_wait_for() -> None:
    """Nothing would stop it: the largest one would work for hours, and hold gigabytes."""
    large = {"n_features": "10000", "n_train": "2000", "epochs": "20000", "batch_size": "1"}
    page = opened(large)
    assert [b.proto.label for b in page.get("download_button")] == ["PyTorch script"]
    assert "takes too long" in shown_text(page)


def test_a_pins_name_is_no_formula_where_the_table_is_taken_to() -> None:
    name = '=HYPERLINK("//x.org")'
    page = opened(SMALL | {"pin": f"{name}?lr=0.01"})
    (table,) = page.dataframe
    assert list(table.value["run"]) == ["present run", f"\u2060{name}"]


def test_the_table_has_a_dash_for_what_a_run_does_not_read() -> None:
    pins = ["momentum?optimizer=momentum&momentum=0.5", "real?source=diabetes&n_features=10"]
    page = opened(SMALL | {"noise": "0.5"}, pins)
    (table,) = page.dataframe
    assert table.value["Momentum μ"].tolist() == ["–", "0.5", "–"]
    assert table.value["Noise σ"].tolist() == ["0.5", "0.01", "–"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            {"optimizer": "momentum", "decay": "decoupled", "batch_size": "20"},
            "alpha = n · λ(1 − μ) = 6",
        ),
        ({"optimizer": "adam", "decay": "decoupled", "batch_size": "20"}, "beyond 1/λ = 0.333"),
        ({"optimizer": "adam"}, "What the gradients are of"),
        ({"optimizer": "adam", "decay": "decoupled"}, "weight_decay = λ = 3, lr = η = 0.003"),
        ({"n_train": "23"}, "no λ and η take the same steps"),
    ],
)
def test_what_is_minimised_is_what_this_run_goes_to(query: dict[str, str], words: str) -> None:
    assert words in shown_text(opened(query))
