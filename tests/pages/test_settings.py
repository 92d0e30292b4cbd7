"""Settings: what each may be, which ones a run reads, and how they are written."""

import math
from dataclasses import replace
from itertools import pairwise, product

import pytest

from pages.geometry.question import scene
from pages.map import question
from pages.shared.fields import Choice, Number, Steps, as_text
from pages.shared.run import RUN
from pages.shared.settings import DEFAULTS, FRONT, SETTINGS, relevant, settings_of, within
from pages.shared.sources import TEXTS
from pages.which import question as which
from tests.made_up import SOURCES
from wd_core import (
    DATASETS,
    OPTIMIZERS,
    DatasetSpec,
    Hyperparameters,
    collect,
    make_dataset,
    train,
)
from wd_core.data import OWN

NUMBERS = {key: s for key, s in SETTINGS.items() if isinstance(s, Steps | Number)}
WHOLE = [key for key, s in NUMBERS.items() if s.whole]
PAIRS = list(product(DATASETS, OPTIMIZERS))


def limits(setting: Steps | Number) -> tuple[float, float]:
    """The least and the largest value of a number."""
    if isinstance(setting, Steps):
        return setting.steps[0], setting.steps[-1]
    return setting.least, setting.most


def test_defaults_are_the_engines_except_the_decay() -> None:
    specs = {**vars(DatasetSpec()), **vars(Hyperparameters()), **dict.fromkeys(TEXTS, "")}
    differing = {key for key, value in DEFAULTS.items() if specs[key] != value}
    assert differing == {"weight_decay"}
    assert RUN.differences(settings_of({})) == {}
    assert RUN.query(settings_of({})) == ""


@pytest.mark.parametrize("key", SETTINGS)
def test_a_default_can_be_read_and_is_of_its_kind(key: str) -> None:
    value = SETTINGS[key].read(as_text(DEFAULTS[key]))
    assert value == DEFAULTS[key]
    assert type(value) is type(DEFAULTS[key])


@pytest.mark.parametrize("key", [key for key, s in SETTINGS.items() if isinstance(s, Steps)])
def test_steps_are_rising_and_each_is_read_back(key: str) -> None:
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    assert all(before < after for before, after in pairwise(setting.steps))
    assert setting.default in setting.steps
    assert [setting.read(as_text(step)) for step in setting.steps] == list(setting.steps)


def test_decay_and_learning_rate_are_log_spaced_and_decay_has_an_exact_zero() -> None:
    for key in ("weight_decay", "lr"):
        steps = [step for step in SETTINGS[key].steps if step > 0]
        ratios = [after / before for before, after in pairwise(steps)]
        assert 1.4 < min(ratios) <= max(ratios) <= 2.01, key
    assert SETTINGS["weight_decay"].steps[0] == 0.0
    assert 0.0 not in SETTINGS["lr"].steps


@pytest.mark.parametrize("key", NUMBERS)
def test_the_limits_are_in_and_what_lies_beyond_is_refused(key: str) -> None:
    setting = NUMBERS[key]
    low, high = limits(setting)
    assert (setting.read(as_text(low)), setting.read(as_text(high))) == (low, high)
    for beyond in (low - 1, high + 1):
        with pytest.raises(ValueError, match="is outside the range"):
            setting.read(f"{beyond:.0f}")


@pytest.mark.parametrize("text", ["", "nope", "1e", "0x10", "<b>3</b>", "1,5", "None", "٣٣x"])
@pytest.mark.parametrize("key", NUMBERS)
def test_what_is_no_number_is_refused(key: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a (whole )?number"):
        NUMBERS[key].read(text)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("key", NUMBERS)
def test_what_is_not_finite_is_refused(key: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is outside the range|is not a whole number"):
        NUMBERS[key].read(text)


@pytest.mark.parametrize("key", WHOLE)
def test_a_fraction_is_no_whole_number(key: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number"):
        SETTINGS[key].read("1.5")


@pytest.mark.parametrize("key", [key for key, s in SETTINGS.items() if isinstance(s, Choice)])
def test_a_choice_takes_its_names_and_no_other(key: str) -> None:
    setting = SETTINGS[key]
    assert isinstance(setting, Choice)
    assert [setting.read(name) for name in setting.options] == list(setting.options)
    assert all(setting.options.values())
    with pytest.raises(ValueError, match=f"is not one of {', '.join(setting.options)}"):
        setting.read(next(iter(setting.options)).upper())


def test_choices_offer_the_registries() -> None:
    assert list(SETTINGS["source"].options) == [*DATASETS, OWN]
    assert list(SETTINGS["optimizer"].options) == list(OPTIMIZERS)


def test_what_is_registered_later_is_offered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = [SETTINGS["source"], SETTINGS["optimizer"], which.SETTINGS["source"]]
    choices += [which.SETTINGS["optimizer"], scene.SETTINGS["data"]]
    choices.append(question.SETTINGS["optimizers"])
    before = [dict(choice.options) for choice in choices]
    monkeypatch.setitem(DATASETS, "made_up", SOURCES["made_up"])
    monkeypatch.setitem(OPTIMIZERS, "made_up", replace(OPTIMIZERS["sgd"], featured=False))
    labels = {"made_up": SOURCES["made_up"].label}, {"made_up": OPTIMIZERS["sgd"].label}
    added = [labels[k] for k in (0, 1, 0, 1, 0, 1)]
    assert [dict(choice.options) for choice in choices] == [
        old | new for old, new in zip(before, added, strict=True)
    ]
    assert [choice.read("made_up") for choice in choices] == ["made_up"] * len(choices)
    assert [len(choice.options) for choice in choices] == [len(old) + 1 for old in before]


@pytest.mark.parametrize("key", SETTINGS)
def test_help_is_one_sentence(key: str) -> None:
    text = SETTINGS[key].help
    assert text.endswith(".")
    assert ". " not in text.removesuffix(".").replace("(L2). ", "(L2); ")


def test_every_setting_is_read_by_some_run_and_the_front_ones_by_all() -> None:
    read = [relevant(source, optimizer) for source, optimizer in PAIRS]
    own = relevant(OWN, "sgd")
    assert set().union(*read) == set(SETTINGS) - {*TEXTS, "holes"}
    assert set().union(*read, own) == set(SETTINGS)
    assert all(set(FRONT) <= keys for keys in read)


@pytest.mark.parametrize(("source", "optimizer"), PAIRS)
def test_what_a_run_reads_follows_the_registries(source: str, optimizer: str) -> None:
    read = relevant(source, optimizer)
    assert read >= set(DATASETS[source].reads) & set(SETTINGS)
    assert ("momentum" in read) == ("momentum" in OPTIMIZERS[optimizer].reads)
    assert "decay" in read  # on a short last batch the kinds differ for every rule
    assert ("noise" in read) == ("noise" in DATASETS[source].reads)


def test_a_batch_is_no_larger_than_the_training_set() -> None:
    assert settings_of({"batch_size": 64, "n_train": 7}).run.batch_size == 7
    assert settings_of({"batch_size": 5, "n_train": 7}).run.batch_size == 5


def test_a_training_set_is_no_larger_than_its_source() -> None:
    most = DATASETS["diabetes"].most_train
    assert most is not None
    assert settings_of({"source": "diabetes", "n_train": 2000}).data.n_train == most
    assert settings_of({"n_train": 2000}).data.n_train == 2000


def test_a_table_limits_how_many_of_its_rows_can_train() -> None:
    most, rows = SETTINGS["n_train"], DATASETS["diabetes"].most_train
    assert isinstance(most, Number)
    assert within(most, DATASETS["diabetes"]).most == rows
    assert within(most, DATASETS["linear"]) == within(most, None) == most


def test_settings_and_data_have_the_same_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    for source in (*DATASETS, *SOURCES):
        monkeypatch.setitem(DATASETS, source, (SOURCES | DATASETS)[source])
        for n, d in ((1, 1), (7, 2), (2000, 300)):
            data = settings_of({"source": source, "n_train": n, "n_features": d}).data
            made = make_dataset(data)
            assert (data.n_train, data.n_features) == (made.n_train, made.n_features)
            assert made.n_train == n or made.n_train == DATASETS[source].most_train


@pytest.mark.parametrize(("most", "last"), [(3, [1, 2, 3]), (4, [1, 2, 3, 4]), (1, [1])])
def test_a_sliders_last_step_is_all_that_a_source_has(
    most: int, last: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DATASETS, "few", replace(SOURCES["made_up"], most_features=most))
    dimension = SETTINGS["n_features"]
    assert isinstance(dimension, Steps)
    assert within(dimension, DATASETS["few"]).steps == last
    assert within(dimension, DATASETS["diabetes"]) == within(dimension, None) == dimension
    for wide in (10_000, 20_000):
        monkeypatch.setitem(DATASETS, "wide", replace(SOURCES["made_up"], most_features=wide))
        assert within(dimension, DATASETS["wide"]) == dimension


def test_one_seed_fixes_data_and_run() -> None:
    settings = settings_of({"seed": 7})
    assert settings.data.seed == settings.run.seed == settings.values()["seed"] == 7
    assert RUN.differences(settings) == {"seed": 7}


def test_values_hold_every_setting() -> None:
    values = settings_of({"optimizer": "adam", "noise": 0.5}).values()
    assert set(values) == set(SETTINGS)
    assert values == DEFAULTS | {"optimizer": "adam", "noise": 0.5}


def test_what_the_run_does_not_read_is_no_difference() -> None:
    idle = {"momentum": 0.5, "correlation": 0.5, "extension": "noise"}
    assert RUN.differences(settings_of(idle)) == {}
    assert RUN.differences(settings_of(idle | {"optimizer": "momentum"})) == {
        "optimizer": "momentum",
        "momentum": 0.5,
    }


def test_a_short_last_batch_tells_the_kinds_of_decay_apart_under_sgd_too() -> None:
    # 23 rows in batches of 5: the last step counts 3/5, coupled decay with it
    coupled = settings_of({"n_train": 23})
    decoupled = settings_of({"n_train": 23, "decay": "decoupled"})
    assert RUN.query(decoupled) == "n_train=23&decay=decoupled"
    ends = [
        float(collect(train(make_dataset(one.data), [one.run])).weight_norm[-1, 0])
        for one in (coupled, decoupled)
    ]
    assert ends[0] > 1.1 * ends[1]


def test_settings_are_hashable_and_equal_by_value() -> None:
    assert hash(settings_of({"lr": 0.01})) == hash(settings_of({"lr": 0.01}))
    assert settings_of({"lr": 0.01}) != settings_of({"lr": 0.02})


def test_numbers_are_written_as_people_write_them() -> None:
    written = [
        as_text(value) for value in (3.0, 0.0, 0.003, 1e-5, 1e-4, 20, "sgd", math.pi / math.pi)
    ]
    assert written == ["3", "0", "0.003", "1e-05", "0.0001", "20", "sgd", "1"]


def test_the_list_of_decays_names_the_optimizers_that_have_them() -> None:
    kinds = SETTINGS["decay"]
    assert isinstance(kinds, Choice)
    assert "L2" in kinds.named("coupled")
    assert "AdamW" in kinds.named("decoupled")
