"""The link is the document: what it says comes back, and nonsense in it is named, never fatal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pages.registry import PAGES
from pages.shared.fields import Choice, Number, Setting, Steps, Text, Value
from pages.shared.foreign import is_foreign
from pages.shared.form import FORMS, unknown
from pages.shared.link import LESSON, LONGEST_NAME, NAMED, PIN, printable, read_values
from pages.shared.numbers import Digits
from pages.shared.run import MOST_PINS, RUN, Asked, Pin, RunForm
from pages.shared.settings import DEFAULTS, SETTINGS, Settings, settings_of
from pages.shared.words import Said
from pages.train.question import FORM, Shown
from tests.made_up import FEATURES, ROWS, SOURCES
from wd_core import DATASETS
from wd_core.data import OWN

PATHS = [page.path for page in PAGES]
# What addresses bring that were passed on by others, each as it comes.
ADDED = {
    "Facebook": "fbclid=IwAR0x",
    "Google": "gclid=x&gclsrc=aw.ds&gad_source=1&wbraid=x&gbraid=x&dclid=x&srsltid=x",
    "Analytics": "utm_source=y&utm_medium=email&utm_campaign=a+b&utm_content=1&utm_term=2&_ga=2.1",
    "linker": "_gl=1*x&_gac=1.2",
    "Mailchimp": "mc_cid=1&mc_eid=2",
    "HubSpot": "_hsenc=p2&_hsmi=3&__hstc=1&hsCtaTracking=x",
    "Microsoft": "msclkid=x",
    "Yandex": "yclid=1&ysclid=2&_openstat=x",
    "social": "igshid=x&igsh=y&twclid=z&ttclid=q&li_fat_id=1&rdt_cid=2&epik=3",
    "referrer": "ref=hn&ref_src=twsrc&FBCLID=x",
    "Matomo": "pk_campaign=1&mtm_source=2&matomo_x=3",
    "Streamlit": "embed=true&embed_options=dark_theme&theme=dark&lang=de",
}

HOSTILE = "<img src=x onerror=alert(1)>"


def of_setting(setting: Setting) -> st.SearchStrategy[Value]:
    """Every value a setting may have."""
    match setting:
        case Choice():
            return st.sampled_from([name for name in setting.options if name != OWN])
        case Text():
            return st.just(setting.default)
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
NAMES = st.text(max_size=LONGEST_NAME).map(printable).map(str.strip).filter(bool)
PINS = st.lists(st.builds(Pin, NAMES, SETTINGS_DRAWN), max_size=MOST_PINS)


class Link(NamedTuple):
    """What Train makes of an address."""

    settings: Settings
    pins: tuple[Pin, ...] = ()
    complaints: tuple[str, ...] = ()


def read_link(query: Iterable[tuple[str, str]]) -> Link:
    """What Train makes of these pairs."""
    asked, complaints = FORM.read(query)
    return Link(asked.settings, asked.pins, tuple(complaints))


def opened(query: str) -> Link:
    """What Train makes of an address with this query."""
    return read_link(parse_qsl(query, keep_blank_values=True))


def query_of(settings: Settings, pins: Sequence[Pin]) -> str:
    """The query of Train's link to these settings and pins."""
    return FORM.query(Asked(settings, Shown(), tuple(pins)))


def read_by_the_run(settings: Settings) -> Mapping[str, Value]:
    """What decides the picture: settings that a run does not read are not in its link."""
    return RUN.differences(settings)


@given(SETTINGS_DRAWN)
@example(settings_of({"lr": 0.0123456789012345}))
def test_settings_come_back_from_their_link(settings: Settings) -> None:
    link = opened(RUN.query(settings))
    assert link.complaints == ()
    assert read_by_the_run(link.settings) == read_by_the_run(settings)
    assert RUN.query(link.settings) == RUN.query(settings)


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
    assert RUN.query(settings_of(dict(DEFAULTS))) == ""


@given(st.lists(st.tuples(st.sampled_from([*SETTINGS, PIN, "x", HOSTILE]), st.text())))
def test_no_link_breaks_the_page(query: list[tuple[str, str]]) -> None:
    link = read_link(query)
    assert len(link.pins) <= MOST_PINS
    assert all(len(pin.name) <= LONGEST_NAME for pin in link.pins)
    assert all(complaint.endswith(".") for complaint in link.complaints)


def complaints_of(page: str, query: str) -> tuple[str, ...]:
    """What a page says of an address."""
    return tuple(FORMS[page].read(parse_qsl(query, keep_blank_values=True))[1])


KEYS = {key for path in PATHS for key in FORMS[path].settings}
STRANGE = st.text().filter(lambda text: text not in KEYS | {PIN} and not is_foreign(text))


@given(STRANGE, st.text())
def test_unknown_keys_are_named_and_left_out(key: str, text: str) -> None:
    link = read_link([(key, text), ("lr", "0.01")])
    assert link.settings == settings_of({"lr": 0.01})
    (complaint,) = link.complaints
    assert f"“{printable(key)}”" in complaint
    assert "does not exist" in complaint


def test_every_page_has_its_form() -> None:
    """Its keys are then no complaint on the others."""
    assert set(PATHS) <= FORMS.keys()
    assert all(FORMS[path].page == path for path in PATHS)
    assert unknown(["colour", *KEYS, PIN, LESSON]) == ["colour"]


@pytest.mark.parametrize("page", PATHS)
def test_what_another_page_knows_is_no_complaint_on_this_one(page: str) -> None:
    others = KEYS - FORMS[page].settings.keys()
    assert others
    for key in (*others, PIN):
        assert complaints_of(page, urlencode({key: "?"})) == ()
    assert complaints_of(page, urlencode(dict.fromkeys(others, "nonsense"))) == ()


def test_pages_that_show_a_run_are_these() -> None:
    shown = {path for path in PATHS if isinstance(FORMS[path], RunForm)}
    assert shown >= {"train", "step", "codes", "map", "act"}
    assert not shown & {"book", "dimension", "geometry", "which"}


@pytest.mark.parametrize("query", ADDED.values(), ids=ADDED)
@pytest.mark.parametrize("page", PATHS)
def test_what_other_services_add_is_no_complaint(page: str, query: str) -> None:
    assert complaints_of(page, query) == ()
    assert complaints_of(page, "seed=3&" + query) == ()


@pytest.mark.parametrize("page", PATHS)
@pytest.mark.parametrize("count", [1, 2, NAMED, NAMED + 1, 900])
def test_what_no_page_knows_is_one_sentence_that_names_a_few(page: str, count: int) -> None:
    query = urlencode({f"colour{k}": "red" for k in range(count)})
    (said,) = complaints_of(page, query)
    assert isinstance(said, Said)
    assert [f"“colour{k}”" in said for k in range(5)] == [k < min(count, NAMED) for k in range(5)]
    assert ("does not exist" if count == 1 else "do not exist") in said
    assert count <= NAMED or said.values["n_settings"] == count
    assert len(said) < 200


def test_names_in_a_sentence_hold_no_sign_that_turns_or_breaks_it() -> None:
    for sign in ("\u202e", "\u2066", "\n", "\r", "\u2028", "\0", "\x1b"):
        for query in ([(f"a{sign}b", "1")], [("lr", f"a{sign}b")], [(PIN, f"a{sign}b?lr=x")]):
            (complaint,) = read_link(query).complaints
            assert sign not in complaint
            assert "“ab”" in complaint


@pytest.mark.parametrize("page", PATHS)
@pytest.mark.parametrize("digits", [20, 309, 310, 4300, 4301, 50_000])
def test_a_whole_number_of_any_length_is_refused_with_its_range(page: str, digits: int) -> None:
    own = FORMS[page].settings
    whole = [key for key, s in own.items() if isinstance(s, Steps | Number) and s.whole]
    assert whole or page == "start"
    for key in whole:
        for sign in ("", "-", "+", " "):
            (said,) = complaints_of(page, urlencode({key: sign + "9" * digits}))
            assert " is outside the range " in said
            assert len(said) < 200


def test_the_numbers_of_a_refusal_are_kept_in_full_precision() -> None:
    (said,) = read_link([("init_std", "11")]).complaints
    assert isinstance(said, Said)
    assert said == (
        "Start scale: “11” in the link is outside the range 0 to 10; 1 is used instead."
    )
    numbers = [said.values[name] for name in ("least", "most")]
    assert [number.value for number in numbers if isinstance(number, Digits)] == [0.0, 10.0]
    instead = said.values["instead"]
    assert isinstance(instead, Said)
    assert instead.values["default"] == "1"


@pytest.mark.parametrize("key", [k for k, s in SETTINGS.items() if isinstance(s, Steps | Number)])
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


@pytest.mark.parametrize("page", PATHS)
def test_of_two_values_the_last_is_taken_and_no_other_is_spoken_of(page: str) -> None:
    values, complaints = read_values([("lr", "much"), ("lr", "0.02")], SETTINGS, DEFAULTS, unknown)
    assert (values, complaints) == ({"lr": 0.02}, [])
    assert len(complaints_of(page, "seed=1&seed=2" + "&seed=x" * 900)) <= 1


def test_more_rows_than_a_table_has_are_named_and_all_of_them_used() -> None:
    link = read_link([("source", "diabetes"), ("n_train", "2000")])
    assert link.settings.data.n_train == 441
    assert link.complaints == (
        "Training examples n: 2000 in the link is more than these data have; 441 are used.",
    )
    assert not read_link([("source", "diabetes"), ("n_train", "441")]).complaints
    in_a_pin = opened(urlencode([(PIN, "mine?source=diabetes&n_train=442")]))
    assert in_a_pin.pins == (Pin("mine", settings_of({"source": "diabetes", "n_train": 441})),)
    assert [c.startswith("Pinned run “mine”: Training ex") for c in in_a_pin.complaints] == [True]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("page", ["train", "which"])
def test_a_source_that_is_registered_later_is_read_and_its_sizes_are_kept(
    page: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = f"source={source}&n_train={ROWS + 1}&n_features={FEATURES + 1}"
    assert "is not one of" in complaints_of(page, query)[0]
    monkeypatch.setitem(DATASETS, source, SOURCES[source])
    assert complaints_of(page, query) == (
        "Training examples n: 16 in the link is more than these data have; 15 are used.",
        "Dimension d: 4 in the link is more than these data have; 3 features are used.",
    )
    assert complaints_of(page, f"source={source}&n_train=15&n_features=3") == ()
    settings = opened(query).settings
    assert (settings.data.n_train, settings.data.n_features) == (ROWS, FEATURES)
    again = opened(RUN.query(settings))
    assert (again.settings, again.complaints) == (settings, ())


def test_of_a_source_with_one_of_a_kind_that_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    one = replace(SOURCES["made_up"], most_train=1, most_features=1)
    monkeypatch.setitem(DATASETS, "one", one)
    assert opened("source=one&n_train=2&n_features=2").complaints == (
        "Training examples n: 2 in the link is more than these data have; the only one is used.",
        "Dimension d: 2 in the link is more than these data have; their only feature is used.",
    )
