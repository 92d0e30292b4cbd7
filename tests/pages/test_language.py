"""Languages: what is spoken, how a text is told in it, and what happens where a catalogue fails."""

from __future__ import annotations

import io
import pickle
import tokenize
from dataclasses import dataclass, replace
from itertools import product

import pytest
from babel.messages.catalog import Catalog

from pages.locale import extract
from pages.shared import language
from pages.shared.form import Link
from pages.shared.language import LANG, preferred, speaking, with_language
from pages.shared.reasons import reason
from pages.shared.scripts import in_words
from pages.shared.words import Names, joined, label, listed, say, say_n, tell, tell_n, tells, told
from tests.made_up_language import NAME, offered, write
from tests.pages.opening import complaints, fine, opened, payloads, unopened
from tests.pages.test_languages import left
from wd_core import DATASETS, OPTIMIZERS, PENALTIES, DatasetSpec, Hyperparameters
from wd_core.checks import Phrase, require
from wd_core.export import to_script

# Languages of which not all is translated yet: they are not offered.
UNFINISHED: set[str] = set()


def folder_of(tmp_path, translations, name=NAME):
    """A folder with one language, which has these texts."""
    catalogue = Catalog(locale="zh")
    catalogue.language_team = "Made up"
    for text, said in translations.items():
        catalogue.add(text, (said,) if isinstance(text, tuple) else said)
    (tmp_path / name).mkdir()
    (tmp_path / name / language.COMPILED).write_bytes(extract.compiled(catalogue))
    return tmp_path


@pytest.fixture
def speaks(tmp_path):
    """Have a language with these texts, and speak it."""

    def made(translations):
        return offered(folder_of(tmp_path, translations))

    return made


# ---- texts


def test_a_sentence_is_told_in_the_language_that_is_spoken(speaks):
    with speaks({"At {x}.": "Bei {x}."}):
        english = say("At {x}.", x=0.5)
        with speaking(NAME):
            told_anew = say("At {x}.", x=0.5)
            assert (english, told_anew, told(english)) == ("At 0.5.", "Bei 0.5.", "Bei 0.5.")
            assert told_anew.text == english.text == "At {x}."
            assert told_anew.values["x"].value == 0.5
            assert tell("At {x}.", x="3") == "Bei 3."
        assert told(told_anew) == "At 0.5."


def test_one_and_many_are_told_by_their_number(speaks):
    with speaks({("{n} step.", "{n} steps."): "Schritte: {n}."}), speaking(NAME):
        one, many = (say_n("{n} step.", "{n} steps.", n) for n in (1, 3))
        assert (one, many) == ("Schritte: 1.", "Schritte: 3.")
        with speaking("en"):
            assert (told(one), told(many)) == ("1 step.", "3 steps.")


def test_one_form_for_one_and_many_has_the_number_wherever_it_wants(speaks):
    forms = "The one step, {name}.", "The {n} steps, {name}."
    with speaks({forms: "{name}: {n}."}), speaking(NAME):
        said = [say_n(*forms, n, name="x") for n in (1, 2)]
        assert said == ["x: 1.", "x: 2."] == [tell_n(*forms, n, name="x") for n in (1, 2)]
        assert said[0].values == {"name": "x"}


def test_blanks_are_set_by_chinese_habit(speaks):
    with speaks({"{a} and {b}": "用 {a}和{b} 的步"}):
        assert say("{a} and {b}", a="测试run", b="步") == "测试run and 步"
        with speaking(NAME):
            assert say("{a} and {b}", a="Adam", b="解耦 λ") == "用 Adam 和解耦 λ 的步"
            assert tell("{a} and {b}", a="带动量的 SGD", b="η") == "用带动量的 SGD 和 η 的步"
            assert say("{a} and {b}", a="5.24 %", b="步") == "用 5.24% 和步的步"


def test_a_sentence_in_a_sentence_is_told_too(speaks):
    with speaks({"It is {why}.": "Es ist {why}.", "so": "so gewollt"}):
        said = say("It is {why}.", why=say("so"))
        with speaking(NAME):
            assert told(said) == "Es ist so gewollt."


def test_a_sentence_comes_back_from_another_process(speaks):
    with speaks({"At {x}.": "Bei {x}.", "{n} step.": ""}), speaking(NAME):
        for said in (say("At {x}.", x=0.5), say_n("{n} step.", "{n} steps.", 2)):
            back = pickle.loads(pickle.dumps(said))
            assert (back, back.text, back.values) == (said, said.text, said.values)


def test_what_a_catalogue_lacks_is_said_in_english(speaks):
    with speaks({"At {x}.": "Bei {x}."}), speaking(NAME):
        assert say("Elsewhere.") == "Elsewhere."
        assert told(label("a name")) == "a name"


@pytest.mark.parametrize(
    "wrong", ["Bei.", "Bei {x} und {y}.", "Bei {x", "Bei {x:.3f}.", "Bei {x!r}.", "Bei {}."]
)
def test_a_translation_with_other_places_is_left_out(speaks, caplog, wrong):
    with speaks({"At {x}.": wrong}), speaking(NAME):
        assert [say("At {x}.", x=0.5), say("At {x}.", x=0.25)] == ["At 0.5.", "At 0.25."]
        assert len(caplog.records) == 1


@pytest.mark.parametrize("content", [b"", b"no catalogue", b"\xde\x12\x04\x95" + b"\x00" * 9])
def test_a_broken_catalogue_is_left_out(tmp_path, caplog, content):
    folder_of(tmp_path, {"At.": "Bei."})
    (tmp_path / "yy").mkdir()
    (tmp_path / "yy" / language.COMPILED).write_bytes(content)
    with offered(tmp_path):
        assert language.languages() == {"en": "English", NAME: "Made up"}
        assert len(caplog.records) == 1
        with speaking("yy"):
            assert language.spoken() == "en"
            assert say("At.") == "At."


def test_a_folder_without_a_catalogue_is_no_language(tmp_path):
    (tmp_path / "yy").mkdir()
    with offered(tmp_path):
        assert language.languages() == {"en": "English"}


def test_fields_and_tables_of_labels_are_told_when_asked_for(speaks):
    @tells("name")
    @dataclass(frozen=True)
    class Thing:
        name: str
        size: int = 1

    thing, table = Thing(label("a name")), Names({"key": label("a name")})
    with speaks({"a name": "ein Name"}):
        with speaking(NAME):
            assert thing.name == table["key"] == "ein Name"
            assert replace(thing, size=2).name == "ein Name"
        assert thing.name == table["key"] == "a name"
        assert thing == Thing("a name")


def test_lists_follow_the_language(speaks):
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c"),
    ]
    assert joined(["One.", "", "Two."]) == "One. Two."
    own = {
        "{before}, {part}": "{before}、{part}",
        "{before} and {last}": "{before}和{last}",
        "{one} {other}": "{one}{other}",
    }
    with speaks(own), speaking(NAME):
        assert listed(["a", "b", "c"]) == "a、b 和 c"
        assert joined(["One。", "", "Two。"]) == "One。Two。"


def test_a_refusal_of_the_engine_is_told_by_its_fields(speaks):
    own = {
        "{name} must be {rule}, got {value}": "{name}: {rule}, nicht {value}",
        "at most {most}": "höchstens {most}",
    }
    with pytest.raises(ValueError, match="lr must be at most 3") as caught:
        require(False, "lr", Phrase("at most {most}", most=3), 5.0)
    assert reason(caught.value) == str(caught.value) == "lr must be at most 3, got 5.0"
    with speaks(own), speaking(NAME):
        assert reason(caught.value) == "lr: höchstens 3, nicht 5.0"
        assert reason(pickle.loads(pickle.dumps(caught.value))) == "lr: höchstens 3, nicht 5.0"
        assert reason(ValueError("as it is")) == "as it is"


# ---- which language


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("", "en"),
        ("xx", NAME),
        ("xx-CN,xx;q=0.9,en;q=0.8", NAME),
        ("en-GB,en;q=0.9,xx;q=0.8", "en"),
        ("de,xx;q=0.7,en;q=0.3", NAME),
        ("XX-Hans-CN", NAME),
        ("xx;q=0", "en"),
        ("xx;q=nonsense,*;q=0.5", "en"),
        (",;;q=", "en"),
    ],
)
def test_a_browser_is_spoken_to_in_the_first_of_its_languages_that_there_is(
    speaks, accepted, spoken
):
    with speaks({}):
        assert preferred(accepted) == spoken


def test_links_carry_the_language(speaks):
    link = Link("train", "lr=0.1")
    assert (link.told, with_language("")) == ("/train?lr=0.1", "")
    with speaks({}), speaking(NAME):
        assert link.told == f"/train?lr=0.1&lang={NAME}"
        assert Link("start", "").told == f"/?lang={NAME}"
        assert link.path == "/train?lr=0.1"


def test_an_unknown_language_is_english_and_one_warning():
    page = fine(opened("train", {LANG: "<b>xx", "lr": "x"}))
    said = complaints(page)
    assert len(said) == 2
    assert "English is used" in said[0]
    assert "is not a number" in said[1]
    assert LANG not in payloads(page)[0]["query"]


def test_a_language_that_there_is_is_no_warning(speaks):
    with speaks({}):
        page = opened("train", {LANG: NAME, "lr": "0.001"})
        assert not page.warning
        assert payloads(page)[0]["query"] == f"lr=0.001&lang={NAME}"


def test_what_a_control_refuses_is_said_in_the_language_of_the_session(speaks):
    own = {"{label}: “{text}” {rule}; it stays {kept}.": "{label} {text} {rule} bleibt {kept}"}
    with speaks(own):
        page = unopened("train")
        page.query_params[LANG] = NAME
        page.run()
        field = next(box for box in page.text_input if box.key == "lr typed")
        field.set_value("never").run()
        assert any("bleibt 0.003" in box.value for box in page.warning)


# ---- scripts


RUNS = [
    Hyperparameters(optimizer=optimizer, decay=decay, weight_decay=strength, batch_size=size)
    for optimizer, decay, strength, size in product(
        OPTIMIZERS, ("coupled", "decoupled"), (0.0, 3.0), (7, 20)
    )
] + [Hyperparameters(weight_decay=3.0, penalty=penalty, l1_ratio=0.5) for penalty in PENALTIES]


@pytest.mark.parametrize("source", DATASETS)
def test_comments_of_scripts_are_told_and_nothing_else_is_changed(tmp_path, source):
    write(tmp_path)
    with offered(tmp_path), speaking(NAME):
        for run in RUNS:
            script = to_script(DatasetSpec(source, n_train=20, n_features=5), run)
            foreign = in_words(script)
            assert [*_code(foreign)] == [*_code(script)]
            assert not [text for text in _remarks(foreign) if left(text)]


def _code(script):
    for token in tokenize.generate_tokens(io.StringIO(script).readline):
        if token.type not in (tokenize.COMMENT, tokenize.NL) and not token.string.startswith('"""'):
            yield token.type, token.string


def _remarks(script):
    for token in tokenize.generate_tokens(io.StringIO(script).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


# ---- the catalogues that there are


def test_the_template_holds_the_texts_of_the_code():
    assert extract.TEMPLATE.read_bytes() == extract.written(extract.template()), COMMAND


COMMAND = "a text was changed: run python -m pages.locale.extract"


@pytest.mark.parametrize("name", extract.languages())
def test_a_catalogue_is_in_step_with_the_texts(name):
    translation = extract.updated(extract.catalogue(name), extract.template())
    source = language.LOCALE / name / extract.SOURCE
    assert source.read_bytes() == extract.written(translation), COMMAND


@pytest.mark.parametrize("name", extract.languages())
def test_a_language_that_is_offered_is_whole(name):
    path = language.LOCALE / name / language.COMPILED
    assert path.exists() == (name not in UNFINISHED)
    if path.exists():
        translation = extract.catalogue(name)
        assert not extract.faults(translation, extract.template())
        assert path.read_bytes() == extract.compiled(translation), COMMAND


@pytest.mark.parametrize(
    ("told_as", "fault"),
    [
        ("", "without a translation"),
        ("Bei.", "with other places"),
        ("Bei {y}.", "with other places"),
        ("Bei {x}.", ""),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_found(told_as, fault):
    wanted, translation = Catalog(), Catalog(locale="zh")
    wanted.add("At {x}.")
    translation.add("At {x}.", told_as)
    found = extract.faults(translation, wanted)
    assert [line.partition(":")[0] for line in found] == ([fault] if fault else [])


def test_what_is_no_longer_said_or_only_guessed_is_found():
    wanted, translation = Catalog(), Catalog(locale="zh")
    wanted.add("At.")
    translation.add("At.", "Bei.", flags=["fuzzy"])
    translation.add("Gone.", "Weg.")
    found = extract.faults(translation, wanted)
    assert found == ["no longer in the code: 'Gone.'", "marked as fuzzy: 'At.'"]
