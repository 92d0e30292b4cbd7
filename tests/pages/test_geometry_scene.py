"""The geometry page's link: what it says comes back, and nonsense in it is named."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.geometry.question.scene import (
    DEFAULT,
    FORM,
    SETTINGS,
    SMALLEST,
    WEIGHT_DECAYS,
    Scene,
    relevant,
)
from pages.shared.fields import Choice, Number, Setting, Steps, Value


def of_setting(setting: Setting) -> st.SearchStrategy[Value]:
    """Every value a setting may have."""
    match setting:
        case Choice():
            return st.sampled_from(list(setting.options))
        case Steps():
            return st.sampled_from(list(setting.steps))
        case Number() if setting.whole:
            return st.integers(int(setting.least), int(setting.most))
        case Number():
            values = st.floats(setting.least, setting.most)
            return values.map(lambda x: 0.0 if abs(x) < SMALLEST else x)


KEYS = [key for key in SETTINGS if key != "theta"]
SCENES = st.fixed_dictionaries({}, optional={k: of_setting(SETTINGS[k]) for k in KEYS}).map(FORM.of)


def opened(query: str) -> tuple[Scene, list[str]]:
    return FORM.read(parse_qsl(query, keep_blank_values=True))


@given(SCENES)
def test_a_scene_comes_back_from_its_link(scene: Scene) -> None:
    again, complaints = opened(FORM.query(scene))
    assert complaints == []
    assert FORM.differences(again) == FORM.differences(scene)


def test_every_setting_has_a_default_and_a_help_text() -> None:
    assert SETTINGS.keys() == FORM.defaults.keys()
    assert FORM.query(DEFAULT) == ""
    for key, setting in SETTINGS.items():
        assert setting.help.endswith("."), key
        if key != "theta":
            assert setting.read(str(FORM.defaults[key])) == FORM.defaults[key]


def test_the_steps_of_weight_decay_rise_from_an_exact_zero() -> None:
    assert WEIGHT_DECAYS[0] == 0.0
    assert list(WEIGHT_DECAYS) == sorted(set(WEIGHT_DECAYS))


def test_theta_alone_sets_weight_decay_aside() -> None:
    scene, complaints = opened("theta=1.5")
    assert (scene.weight_decay, scene.theta, complaints) == (0.0, 1.5, [])
    again, _ = opened(FORM.query(scene))
    assert again == scene
    assert FORM.query(scene) == "theta=1.5"


def test_theta_beside_weight_decay_is_refused() -> None:
    scene, (complaint,) = opened("theta=1.5&weight_decay=2")
    assert (scene.weight_decay, scene.theta) == (2.0, 0.0)
    assert "one setting" in complaint


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("theta=0", "is not above 0"),
        ("theta=-1", "is not above 0"),
        ("theta=inf", "is not a finite number"),
        ("theta=much", "is not a number"),
        ("s2=-1", "is outside the range 0 to 100"),
        ("source=moon", "is not one of designed"),
        ("weight_decay=nan", "is outside the range"),
        ("correlation=1", "0.99: at ±1 the two features would be one"),
        ("correlation=-2", "0.99: at ±1 the two features would be one"),
        ("correlation=much", "is not a number"),
        ("correlation=0.995", "is outside the range"),
        ("w1=1e-200", "is closer to 0 than"),
        ("s1=1e-300", "is closer to 0 than"),
        ("colour=red", "does not exist"),
    ],
)
def test_nonsense_is_named_and_the_default_kept(query: str, words: str) -> None:
    scene, (complaint,) = opened(query)
    assert words in complaint
    assert scene == DEFAULT
    assert ("θ follows from λ instead" in complaint) == query.startswith("theta")


def test_a_scene_reads_what_its_source_and_switches_need() -> None:
    assert "n_train" not in relevant(DEFAULT)
    assert "descent" not in relevant(FORM.of({"source": "slice"}))
    on = FORM.of({"source": "diabetes", "descent": "on"})
    assert {"feature1", "batch_size", "lr", "start1"} <= relevant(on)
    assert "batch_size" not in relevant(
        FORM.of({"source": "diabetes", "descent": "on", "sgd": "off"})
    )
