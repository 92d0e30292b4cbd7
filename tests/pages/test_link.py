"""The link is the document: what it says comes back, and nonsense in it is named, never fatal."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pages.shared.link import LONGEST_NAME, MOST_PINS, PIN, Link, Pin, query_of, read_link
from pages.shared.settings import (
    DEFAULTS,
    SETTINGS,
    Choice,
    Number,
    Setting,
    Settings,
    Steps,
    Value,
    settings_of,
)

HOSTILE = "<img src=x onerror=alert(1)>"


def of_setting(setting: Setting) -> st.SearchStrategy[Value]:
    """Every value a setting may have."""
    match setting:
        case Choice():
            return st.sampled_from(list(setting.options))
        case Steps():
            low, high = setting.steps[0], setting.steps[-1]
            listed = st.sampled_from([int(s) if setting.whole else s for s in setting.steps])
        case Number():
            low, high = setting.least, setting.most
            listed = st.just(int(low) if setting.whole else low)
    free = st.integers(int(low), int(high)) if setting.whole else st.floats(low, high)
    return listed | free


VALUES = st.fixed_dictionaries({}, optional={k: of_setting(s) for k, s in SETTINGS.items()})
SETTINGS_DRAWN = VALUES.map(settings_of)
# The name field cuts at its length and strips blanks.
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=LONGEST_NAME)
PINS = st.lists(
    st.builds(Pin, NAMES.map(str.strip).filter(bool), SETTINGS_DRAWN), max_size=MOST_PINS
)


def opened(query: str) -> Link:
    """What the page makes of an address with this query."""
    return read_link(parse_qsl(query, keep_blank_values=True))


def read_by_the_run(settings: Settings) -> Mapping[str, Value]:
    """What decides the picture: settings that a run does not read are not in its link."""
    return settings.differences()


@given(SETTINGS_DRAWN)
@example(settings_of({"lr": 0.0123456789012345}))
def test_settings_come_back_from_their_link(settings: Settings) -> None:
    link = opened(settings.query())
    assert link.complaints == ()
    assert read_by_the_run(link.settings) == read_by_the_run(settings)
    assert link.settings.query() == settings.query()


@given(SETTINGS_DRAWN, PINS)
@example(settings_of({}), [Pin("why?", settings_of({"lr": 0.01}))])
@example(settings_of({}), [Pin("a&pin=b?lr=1", settings_of({"lr": 0.01}))])
@example(settings_of({}), [Pin("50 % + 1 #2", settings_of({"source": "sparse"}))])
def test_pins_come_back_from_their_link(settings: Settings, pins: list[Pin]) -> None:
    link = opened(query_of(settings, pins))
    assert link.complaints == ()
    assert [pin.name for pin in link.pins] == [pin.name for pin in pins]
    assert [read_by_the_run(pin.settings) for pin in link.pins] == [
        read_by_the_run(pin.settings) for pin in pins
    ]
    assert query_of(link.settings, link.pins) == query_of(settings, pins)


def test_an_empty_link_is_the_defaults() -> None:
    assert opened("") == Link(settings_of({}))
    assert query_of(settings_of({}), ()) == ""


def test_defaults_are_left_out() -> None:
    assert query_of(settings_of({"lr": 0.01}), ()) == "lr=0.01"
    assert settings_of(dict(DEFAULTS)).query() == ""


@given(st.lists(st.tuples(st.sampled_from([*SETTINGS, PIN, "x", HOSTILE]), st.text())))
def test_no_link_breaks_the_page(query: list[tuple[str, str]]) -> None:
    link = read_link(query)
    assert len(link.pins) <= MOST_PINS
    assert all(len(pin.name) <= LONGEST_NAME for pin in link.pins)
    assert all(complaint.endswith(".") for complaint in link.complaints)


@given(st.text().filter(lambda text: text not in SETTINGS and text != PIN), st.text())
def test_unknown_keys_are_named_and_left_out(key: str, text: str) -> None:
    link = read_link([(key, text), ("lr", "0.01")])
    assert link.settings == settings_of({"lr": 0.01})
    (complaint,) = link.complaints
    assert key[:40] in complaint
    assert "does not exist" in complaint


@pytest.mark.parametrize("key", [k for k, s in SETTINGS.items() if not isinstance(s, Choice)])
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("banana", "is not a"),
        ("", "is not a"),
        (HOSTILE, "is not a"),
        ("-99999999999", "is outside the range"),
        ("99999999999", "is outside the range"),
        ("nan", "is outside the range|is not a whole number"),
    ],
)
def test_nonsense_falls_back_to_the_default_and_says_so(key: str, text: str, rule: str) -> None:
    link = read_link([(key, text)])
    assert link.settings == settings_of({})
    assert len(link.complaints) == 1
    assert link.complaints[0].startswith(f"{SETTINGS[key].label}: ")
    assert any(part in link.complaints[0] for part in rule.split("|"))
    assert "is used instead." in link.complaints[0]


def test_what_makes_sense_is_kept_beside_what_does_not() -> None:
    link = opened("lr=0.01&n_features=many&source=moon&weight_decay=1")
    assert link.settings == settings_of({"lr": 0.01, "weight_decay": 1.0})
    assert len(link.complaints) == 2


def test_a_long_value_is_cut_in_the_complaint() -> None:
    (complaint,) = opened("lr=" + "9" * 5000 + "x").complaints
    assert len(complaint) < 200


def test_no_more_pins_than_fit() -> None:
    query = urlencode([(PIN, f"run {i}?seed={i}") for i in range(MOST_PINS + 3)])
    link = opened(query)
    assert [pin.name for pin in link.pins] == [f"run {i}" for i in range(MOST_PINS)]
    assert link.complaints == (
        f"The link pins {MOST_PINS + 3} runs; the first {MOST_PINS} are shown.",
    )


def test_nonsense_in_a_pin_is_named_with_its_pin() -> None:
    link = opened(urlencode([(PIN, "mine?lr=much&seed=4"), (PIN, "?n_train=0")]))
    assert link.pins[0] == Pin("mine", settings_of({"seed": 4}))
    assert link.pins[1].settings == settings_of({})
    assert link.pins[1].name == "Run 2"
    assert len(link.complaints) == 2
    assert link.complaints[0].startswith("Pinned run “mine”: Learning rate η")


@pytest.mark.parametrize("rest", ["lr=", "lr", "garbage"])
def test_nothing_in_a_pin_is_dropped_in_silence(rest: str) -> None:
    link = opened(urlencode([(PIN, f"mine?{rest}")]))
    assert link.pins == (Pin("mine", settings_of({})),)
    assert len(link.complaints) == 1


def test_a_pin_without_settings_is_the_defaults() -> None:
    assert opened("pin=plain").pins == (Pin("plain", settings_of({})),)


def test_a_long_name_is_cut() -> None:
    (pin,) = opened(urlencode([(PIN, "x" * 500 + "?lr=0.01")])).pins
    assert pin == Pin("x" * LONGEST_NAME, settings_of({"lr": 0.01}))


def test_of_two_values_one_is_taken() -> None:
    link = opened("lr=0.01&lr=0.02")
    assert link.settings.run.lr in (0.01, 0.02)
    assert link.complaints == ()


def test_more_rows_than_a_table_has_are_named_and_all_of_them_used() -> None:
    link = read_link([("source", "diabetes"), ("n_train", "2000")])
    assert link.settings.data.n_train == 441
    assert link.complaints == (
        "Training examples n: 2000 in the link is more than these data have; 441 are used.",
    )
    assert not read_link([("source", "diabetes"), ("n_train", "441")]).complaints
