"""One form for every page: what is asked is its link, and a new control is one entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import hypothesis
import pytest
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.registry import PAGES
from pages.shared import form
from pages.shared.fields import Choice, Number, Setting, Steps, Text, Value, as_text, usual
from pages.shared.form import FORMS, Form, InSession, Link, link_to
from pages.shared.link import PIN
from pages.shared.run import RUN, Asked, Pin, RunForm
from pages.shared.settings import DEFAULTS, SETTINGS, settings_of
from tests.pages.opening import TIMEOUT_SECONDS, fine
from tests.unlinked import unlinked
from wd_core.data import OWN


@dataclass(frozen=True)
class Garden:
    """What a made-up page asks."""

    kind: str = "roses"
    rows: int = 3
    width: float = 1.5
    shade: float = 0.5

    def __post_init__(self) -> None:
        if self.rows * self.width > 20:
            raise ValueError("rows times width must be at most 20")


def entries(*settings: Setting) -> dict[str, Setting]:
    return {setting.key: setting for setting in settings}


GARDEN = entries(
    Choice("kind", "Kind", "What grows.", "roses", {"roses": "Roses", "ferns": "Ferns"}),
    Steps("rows", "Rows", "How many rows there are.", 3, [1, 3, 10, 30], whole=True),
    Number("width", "Width", "How far apart they are.", 1.5, 0.5, 9.0, 0.5),
    Number("shade", "Shade", "How much shade there is: for ferns alone.", 0.5, 0.0, 1.0, 0.1),
)
WATER = Number("water", "Water", "How much water a row gets.", 2.0, 0.0, 8.0, 0.5)


@dataclass(frozen=True)
class Watered(Garden):
    """The same with another setting."""

    water: float = 2.0


@dataclass(frozen=True)
class Looked:
    """What a made-up page shows of a run."""

    near: int = 1


@dataclass(frozen=True)
class LookedWell(Looked):
    """The same with another setting."""

    water: float = 2.0


def of_garden(values: Any) -> set[str]:
    return values.keys() - ({"shade"} if values["kind"] == "roses" else set())


def mended(garden: Garden, given: Any) -> tuple[Garden, list[str]]:
    if garden.kind == "ferns" and garden.rows == 30:
        return replace(garden, rows=10), [f"Rows: {given['rows']} of ferns are too many."]
    return garden, []


@pytest.fixture
def forms() -> Iterator[None]:
    """What this test adds to the forms is no longer there after it."""
    before = dict(FORMS)
    yield
    FORMS.clear()
    FORMS.update(before)


@pytest.fixture
def garden(forms: None) -> Form[Garden]:
    """The form of a page that only this test has."""
    return Form("garden", dict(GARDEN), Garden, reads=of_garden, mended=mended, aside=("shade",))


@pytest.fixture
def look(forms: None) -> RunForm[Looked]:
    """The form of a page with a run that only this test has."""
    near = Number("near", "Near", "How near one looks.", 1, 1, 5, 1, whole=True)
    return RunForm("look", entries(near), Looked)


def read(page: Form[Any], query: str) -> tuple[Any, list[str]]:
    return page.read(parse_qsl(query, keep_blank_values=True))


# ---- a form alone


def test_a_question_is_its_link(garden: Form[Garden]) -> None:
    assert garden.query(Garden()) == ""
    assert garden.link(Garden()) == Link("garden", "")
    asked = Garden("ferns", 10, 1.25, 0.25)
    assert garden.query(asked) == "kind=ferns&rows=10&width=1.25&shade=0.25"
    assert read(garden, garden.query(asked)) == (asked, [])


def test_what_a_question_does_not_read_is_not_in_its_link(garden: Form[Garden]) -> None:
    assert garden.query(Garden(shade=0.25)) == ""
    assert read(garden, "shade=0.25") == (Garden(shade=0.25), [])


def test_what_makes_no_sense_is_named_and_what_follows_is_mended(garden: Form[Garden]) -> None:
    assert read(garden, "rows=many&kind=moss&width=2") == (
        Garden(width=2.0),
        [
            "Rows: “many” in the link is not a whole number; 3 is used instead.",
            "Kind: “moss” in the link is not one of roses, ferns; roses is used instead.",
        ],
    )
    assert read(garden, "rows=30&width=9") == (
        Garden(),
        ["The link's settings do not go together: rows times width must be at most 20."],
    )
    assert read(garden, "kind=ferns&rows=30&width=0.5") == (
        Garden("ferns", 10, 0.5),
        ["Rows: 30 of ferns are too many."],
    )


def test_what_any_page_knows_is_no_complaint_on_another(garden: Form[Garden]) -> None:
    assert RUN.read([("kind", "ferns"), ("utm_source", "x"), (PIN, "x")])[1] == []
    (said,) = RUN.read([("weeds", "1")])[1]
    assert "“weeds”" in said
    del FORMS["garden"]
    assert "“kind”" in RUN.read([("kind", "ferns")])[1][0]


def test_a_link_names_its_page(garden: Form[Garden]) -> None:
    assert garden.link(Garden(rows=10)).path == "/garden?rows=10"
    assert Link("garden", "").path == "/garden"
    assert Link(form.HOME, "at=1").path == "/?at=1"
    assert link_to("garden", {"rows": 10}) == Link("garden", "rows=10")


def test_there_is_no_link_to_what_a_page_cannot_ask(garden: Form[Garden]) -> None:
    assert link_to("garden", {"width": 9.5, "rows": 1}) is None
    assert link_to("garden", {"kind": "moss"}) is None
    assert link_to("garden", {"rows": 30}) is None
    assert link_to("garden", {"rows": 11, "width": 1.0}) == Link("garden", "rows=11&width=1")


def test_a_preset_is_the_same_whatever_it_leaves_open(garden: Form[Garden]) -> None:
    ferns = Garden("ferns")
    assert garden.told(ferns) == garden.told(replace(ferns, shade=0.125))
    assert garden.told(Garden()) == garden.told(Garden(shade=0.125))
    assert garden.told(ferns) != garden.told(Garden())


def test_the_session_keeps_what_is_asked(garden: Form[Garden]) -> None:
    state: dict[Any, Any] = {}
    assert garden.take([("rows", "10"), ("width", "x")], state) == [
        "Width: “x” in the link is not a number; 1.5 is used instead."
    ]
    assert state == {f"garden {key}": value for key, value in vars(Garden(rows=10)).items()}
    state["garden kind"] = "ferns"
    assert garden.chosen(state) == Garden("ferns", 10)
    garden.show({"shade": 0.0}, state)
    assert garden.chosen(state) == Garden(shade=0.0)


def test_a_value_in_the_session_is_looked_up_when_it_is_asked_for_and_once(
    garden: Form[Garden],
) -> None:
    class Watched(dict[Any, Any]):
        """A session that remembers what was looked up."""

        looked: ClassVar[list[str]] = []

        def get(self, key: Any, default: Any = None) -> Any:
            self.looked.append(key)
            return super().get(key, default)

    kept = InSession(garden, state := Watched({"garden kind": "ferns"}))
    assert not state.looked
    assert [kept["kind"], kept["kind"], kept["rows"]] == ["ferns", "ferns", 3]
    assert state.looked == ["garden kind", "garden rows"]
    assert dict(kept) == garden.kept(state) == vars(Garden("ferns"))
    with pytest.raises(KeyError):
        kept["pond"]


# ---- a form with a run


def test_a_run_stands_in_the_link_before_its_pins_and_the_pages_own(look: RunForm[Looked]) -> None:
    asked = Asked(settings_of({"lr": 0.01}), Looked(2), (Pin("a?b", settings_of({"seed": 4})),))
    assert look.query(asked) == "lr=0.01&pin=a%3Fb%3Fseed%3D4&near=2"
    assert read(look, look.query(asked)) == (asked, [])


def test_a_run_that_is_refused_leaves_what_is_shown_of_it(
    look: RunForm[Looked], monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_run(**values: Value) -> Any:
        if values["lr"] == 0.01:
            raise ValueError("lr must be another")
        return settings_of(values)

    monkeypatch.setattr(RUN, "make", of_run)
    assert read(look, "lr=0.01&near=2&pin=mine") == (
        Asked(settings_of({}), Looked(2), (Pin("mine", settings_of({})),)),
        ["The link's settings do not go together: lr must be another."],
    )


def test_pages_with_a_run_have_it_in_common(look: RunForm[Looked]) -> None:
    other = RunForm("other", {}, Looked)
    state: dict[Any, Any] = {}
    assert look.take([("lr", "0.01"), ("near", "3"), (PIN, "mine")], state) == []
    pins = (Pin("mine", settings_of({})),)
    assert other.chosen(state) == Asked(settings_of({"lr": 0.01}), Looked(), pins)
    assert other.take([("lr", "0.5"), (PIN, "another")], state) == []
    assert other.chosen(state).settings.run.lr == 0.01
    assert look.slots - other.slots == {"look near"}
    other.show({"lr": 0.02}, state)
    assert look.chosen(state) == Asked(settings_of({"lr": 0.02}), Looked(3), pins)


def test_a_page_cannot_call_a_setting_as_a_run_does() -> None:
    with pytest.raises(ValueError, match=r"a run has settings \['lr'\]"):
        RunForm("look", {"lr": SETTINGS["lr"]}, Looked)


# ---- the controls


def opened(page: Form[Any], query: str = "") -> AppTest:
    """A page that shows every control of the form, and the link."""

    def view(name: str) -> None:
        import streamlit as st

        from pages.shared import controls, form

        page = form.FORMS[name]
        for complaint in controls.opened(page):
            st.warning(complaint)
        controls.draw(page, *page.settings)
        st.text(page.query(page.chosen(st.session_state)))

    app = AppTest.from_function(view, default_timeout=TIMEOUT_SECONDS, args=(page.page,))
    for key, text in parse_qsl(query):
        app.query_params[key] = text
    return fine(app.run())


def link_of(app: AppTest) -> str:
    return str(app.text[0].value)


def test_a_page_has_a_control_for_what_it_reads(garden: Form[Garden]) -> None:
    app = opened(garden, "rows=10&width=2")
    assert app.select_slider(key="garden rows").value == 10
    assert app.number_input(key="garden width").value == 2.0
    assert [box.label for box in app.selectbox] == ["Kind"]
    assert [number.key for number in app.number_input] == ["garden width"]
    app.selectbox(key="garden kind").set_value("ferns").run()
    assert [number.key for number in fine(app).number_input] == ["garden width", "garden shade"]
    app.number_input(key="garden shade").set_value(0.25).run()
    assert link_of(fine(app)) == "kind=ferns&rows=10&width=2&shade=0.25"


def test_complaints_stay_as_long_as_the_settings(garden: Form[Garden]) -> None:
    app = opened(garden, "rows=x")
    assert len(app.warning) == 1
    assert len(fine(app.run()).warning) == 1
    app.select_slider(key="garden rows").set_value(10).run()
    assert not fine(app).warning


def test_a_new_control_of_a_page_is_one_entry(garden: Form[Garden]) -> None:
    garden.settings = {**garden.settings, "water": WATER}
    garden.make = Watered  # its dataclass with the field
    app = opened(garden, "water=3")
    control = app.number_input(key="garden water")
    assert (control.value, control.label) == (3.0, WATER.label)
    assert unlinked(control.help).startswith(WATER.help)
    assert link_of(app) == "water=3"
    control.set_value(2.0).run()
    assert link_of(fine(app)) == ""
    assert opened(garden, "water=9").warning[0].value == (
        "Water: “9” in the link is outside the range 0 to 8; 2 is used instead."
    )


def test_a_new_control_beside_a_run_is_one_entry(look: RunForm[Looked]) -> None:
    look.own["water"], look.shown = WATER, LookedWell
    app = opened(look, "lr=0.01&water=3&near=2")
    assert app.number_input(key="look water").value == 3.0
    assert link_of(app) == "lr=0.01&near=2&water=3"


def test_a_new_control_of_the_run_is_one_entry(
    look: RunForm[Looked], monkeypatch: pytest.MonkeyPatch
) -> None:
    eps = Number("eps", "ε", "ε: keeps a step finite.", 1e-8, 0.0, 1.0, 0.1)
    monkeypatch.setitem(SETTINGS, "eps", eps)  # a field of Hyperparameters, which only Adam reads
    monkeypatch.setitem(DEFAULTS, "eps", eps.default)  # worked out from the settings at the start
    assert "eps" not in [number.key for number in opened(look).number_input]
    app = opened(look, "optimizer=adam&eps=0.5")
    assert app.number_input(key="eps").value == 0.5
    assert link_of(app) == "optimizer=adam&eps=0.5"
    assert read(look, link_of(app))[0].settings.run.eps == 0.5


# ---- every page


HOSTILE = "<img src=x onerror=alert(1)>"
PATHS = [page.path for page in PAGES]
# Data that are decomposed to read a link are few here; what 0 is told apart from is told elsewhere.
FEW = {"n_train": 30, "n_features": 30, "steps": 1000}
TINY = 1e-6
# What is left out where it follows from the rest.
FOLLOWING = {
    "act": {"steps"},
    **{page: {"at"} for page in ("dimension", "prior", "start", "which", "zeros")},
}


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
            low, high = setting.least, min(setting.most, 1e6)
            listed = st.just(int(low) if setting.whole else low)
    if setting.whole:
        return listed | st.integers(int(low), int(min(high, FEW.get(setting.key, high))))
    return listed | st.floats(low, high).map(lambda x: 0.0 if abs(x) < TINY else x)


def questions(page: Form[Any]) -> st.SearchStrategy[dict[str, Value]]:
    drawn = {key: of_setting(setting) for key, setting in page.settings.items()}
    few = {key: st.integers(1, most) for key, most in FEW.items() if key in page.settings}
    return st.fixed_dictionaries({}, optional=drawn | few)


@pytest.mark.parametrize("path", PATHS)
@hypothesis.given(st.data())
def test_what_is_read_from_a_link_is_its_link(path: str, data: st.DataObject) -> None:
    """Whatever values a link names: once they are mended, nothing is lost and nothing is said."""
    page = FORMS[path]
    values = data.draw(questions(page))
    asked, _ = page.read([(key, as_text(value)) for key, value in values.items()])
    again, complaints = read(page, page.query(asked))
    assert complaints == []
    assert page.query(again) == page.query(asked)
    assert page.differences(again) == page.differences(asked)
    state: dict[Any, Any] = {}
    complaints = page.take(parse_qsl(page.query(asked)), state)
    settled, mends = page.worked_out(asked)
    assert complaints == mends
    assert page.query(page.chosen(state)) == page.query(settled)


@pytest.mark.parametrize("path", PATHS)
@hypothesis.given(st.data())
def test_a_link_holds_each_value_that_it_named(path: str, data: st.DataObject) -> None:
    """A value that is alone in a link, and is neither the default nor unread, is in it again."""
    page = FORMS[path]
    key = data.draw(st.sampled_from(sorted(page.settings)))
    value = data.draw(of_setting(page.settings[key]))
    if key in FEW:
        value = min(int(value), FEW[key])
    asked, complaints = page.read([(key, as_text(value))])
    values = page.values(asked)
    taken = not complaints and key in page.reads(values) and values[key] == value
    if taken and key not in FOLLOWING.get(path, ()):
        said = dict(parse_qsl(page.query(asked)))
        assert said.get(key) == (None if value == page.defaults[key] else as_text(value))


@pytest.mark.parametrize("path", PATHS)
@hypothesis.given(st.data())
def test_no_link_breaks_a_page(path: str, data: st.DataObject) -> None:
    page = FORMS[path]
    keys = st.sampled_from([*page.settings, PIN, "x", HOSTILE])
    texts = st.text() | st.sampled_from(["", "nan", "-inf", "1e999", "9" * 400, "0x10", HOSTILE])
    query = data.draw(st.lists(st.tuples(keys, texts)))
    asked, complaints = page.read(query)
    assert all(complaint.endswith(".") for complaint in complaints)
    assert read(page, page.query(asked))[1] == []


@pytest.mark.parametrize("path", PATHS)
def test_defaults_are_left_out_and_every_one_can_be_read(path: str) -> None:
    page = FORMS[path]
    assert page.query(page.of({})) == ""
    assert page.read([]) == (page.of({}), [])
    assert page.says(page.of({}))
    for key, setting in page.settings.items():
        assert setting.help.endswith("."), key
        assert setting.label, key
        if key not in FOLLOWING.get(path, ()):
            assert usual(setting) == page.values(page.of({}))[key], key


@pytest.mark.parametrize("path", PATHS)
def test_a_default_is_the_same_in_the_question_and_in_its_setting(path: str) -> None:
    """Said twice, as the recipe asks: one apart from the other would be a false link."""
    page = FORMS[path]
    asked = page.of({})
    question = asked.shown if isinstance(page, RunForm) else asked
    own = page.own if isinstance(page, RunForm) else page.settings
    for field in fields(question):
        if field.name in own and field.name not in FOLLOWING.get(path, ()):
            assert field.default in (MISSING, usual(own[field.name])), field.name


def test_the_page_that_opens_is_at_the_root() -> None:
    assert PAGES[0].path == form.HOME
    assert {link.path for page in PAGES if (link := page.form.link(page.form.of({})))} == {
        "/" if page is PAGES[0] else f"/{page.path}" for page in PAGES
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_setting_has_one_key_and_a_place_of_its_own_in_a_session(path: str) -> None:
    page = FORMS[path]
    assert all(key == setting.key for key, setting in page.settings.items())
    assert len(page.slots) == len(page.settings)


# ---- presets


def test_a_preset_sets_what_the_page_has_and_leads_to_what_it_has_not(
    garden: Form[Garden], look: RunForm[Looked]
) -> None:
    """Of two presets on a page with a run, one is of a run and one of another page."""

    def view() -> None:
        import streamlit as st

        from pages.shared import controls, form, presets

        page = form.FORMS["look"]
        controls.opened(page)
        chosen = (
            presets.Preset("train", "Slow", {"lr": 0.001}, "It is slow."),
            presets.Preset("garden", "Ferns", {"kind": "ferns"}, "It is green."),
        )
        presets.buttons(page, chosen)
        presets.hint(form.FORMS["train"], chosen[:1], form.FORMS["train"].chosen(st.session_state))
        st.text(page.query(page.chosen(st.session_state)))

    app = AppTest.from_function(view, default_timeout=TIMEOUT_SECONDS)
    app.query_params["near"] = "2"
    app.query_params["noise"] = "1"
    app = fine(app.run())
    (there,) = app.get("link_button")
    assert (there.proto.label, there.proto.url) == ("Ferns", "/garden?kind=ferns")
    assert there.proto.help == "It is green."
    assert not app.markdown[1:]
    (button, _) = app.button  # the other is Reset
    assert (button.label, button.help) == ("Slow", "It is slow.")
    app = fine(button.click().run())
    assert link_of(app) == "lr=0.001&near=2"
    assert app.markdown[1].value == "It is slow."
