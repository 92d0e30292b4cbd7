"""The page “act” through AppTest: what it opens on, every choice, the ends, nonsense."""

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.act.controls import CHART, on_chart
from pages.act.question.matching import matches
from pages.act.question.shown import SETTINGS
from pages.shared import cached
from pages.shared.fields import Number, Steps
from pages.shared.presets import PRESETS
from pages.shared.run import PINS
from pages.shared.settings import SETTINGS as RUN
from pages.shared.settings import settings_of
from pages.shared.words import literal
from tests.pages.opening import unfolded
from tests.unlinked import unlinked
from wd_core import DATASETS, OPTIMIZERS, DatasetSpec, make_dataset

VIEW = Path(__file__).parents[2] / "pages" / "act" / "view.py"
TIMEOUT_SECONDS = 60
SMALL = {"n_train": "6", "n_test": "5", "n_features": "5", "epochs": "3"}


def sized(source: str) -> dict[str, str]:
    """The small sizes, as far as a source has them."""
    sizes = DATASETS[source].within(int(SMALL["n_train"]), int(SMALL["n_features"]))
    return SMALL | {"n_train": str(sizes.n_train), "n_features": str(sizes.n_features)}


def opened(query: Mapping[str, str] | None = None) -> AppTest:
    """The page at this address, and no exception on it."""
    page = unfolded(AppTest.from_file(str(VIEW), default_timeout=TIMEOUT_SECONDS), "act")
    for key, text in (query or {}).items():
        page.query_params[key] = text
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    return page


def payloads(page: AppTest) -> list[dict[str, Any]]:
    """What the charts were given, in the page's order."""
    return [dict(json.loads(chart.proto.bytes)["payload"]) for chart in page.get("bidi_component")]


def query(page: AppTest) -> str:
    """The link that every chart of the page writes into the address bar."""
    (link,) = {p["query"] for p in payloads(page)}
    return str(link)


def written_by_python(page: AppTest) -> dict[str, str]:
    """The link where no chart writes it."""
    given = {key: page.query_params[key] for key in page.query_params}
    return {key: text if isinstance(text, str) else text[0] for key, text in given.items()}


def text(page: AppTest) -> str:
    nodes = (*page.markdown, *page.caption, *page.latex, *page.warning, *page.info)
    return "\n".join(unlinked(str(node.value)) for node in nodes)


def now(page: AppTest) -> dict[str, Any]:
    """The numbers of the state that the first chart opens at."""
    payload = payloads(page)[0]
    return {name: values[payload["position"]] for name, values in payload["series"].items()}


def slide(page: AppTest, weight_decay: float, steps: float | None) -> AppTest:
    """Let go of a slider of the chart at this stop."""
    chosen = {"weight_decay": weight_decay, "steps": steps}
    with patch("pages.act.controls.st") as session:
        session.session_state = {CHART: SimpleNamespace(chosen=chosen)}
        on_chart()["chosen"]()
        changed = {k: v for k, v in session.session_state.items() if k != CHART}
    for key, value in changed.items():
        page.session_state[key] = value
    return fine(page.run())


def test_nothing_asks_how_many_examples_measure_a_loss_that_is_not_shown() -> None:
    keys = {node.key for node in opened(SMALL).number_input}
    assert "n_train" in keys
    assert "n_test" not in keys


def test_opens_on_the_book_with_the_matching_steps() -> None:
    page = opened()
    assert not page.warning
    assert query(page) == ""
    assert len(payloads(page)) == 2
    assert now(page)["weight_decay"] == 3
    assert now(page)["steps"] == matches(DatasetSpec(), 0.003).steps_for(3.0)
    assert "along 19 directions" in text(page)
    assert "In the remaining 181 directions" in text(page)
    assert r"2.69\,\%" in text(page)  # (1 − 0.009)^400


def test_either_slider_drives_and_the_link_says_which() -> None:
    page = slide(opened(), 0.5, matches(DatasetSpec(), 0.003).steps_for(0.5))
    assert query(page) == "weight_decay=0.5"
    lam = matches(DatasetSpec(), 0.003).weight_decay_for(200)
    page = slide(page, lam, 200)
    assert query(page) == "steps=200"
    assert now(page)["weight_decay"] == lam
    assert page.session_state["weight_decay"] == lam  # Train goes on with it
    page = slide(page, 0.0, None)
    assert query(page) == "weight_decay=0"
    assert now(page)["steps"] is None


def test_alone_each_slider_keeps_the_other() -> None:
    page = opened({"sliders": "free", "steps": "40"})
    assert (now(page)["weight_decay"], now(page)["steps"]) == (3, 40)
    page = slide(page, 0.5, 40)
    assert query(page) == "weight_decay=0.5&steps=40&sliders=free"
    assert "no other" not in payloads(page)[0]["sentences"][payloads(page)[0]["position"]]
    page = fine(page.selectbox(key="act sliders").set_value("together").run())
    assert query(page) == "weight_decay=0.5"
    assert now(page)["steps"] == matches(DatasetSpec(), 0.003).steps_for(0.5)


def test_a_new_learning_rate_matches_anew() -> None:
    page = opened({"steps": "200"})
    lam = now(page)["weight_decay"]
    page = fine(page.select_slider(key="lr").set_value(0.01).run())
    assert now(page)["weight_decay"] == lam
    assert now(page)["steps"] == matches(DatasetSpec(), 0.01).steps_for(lam)


@pytest.mark.parametrize(
    ("source", "optimizer", "decay"),
    [*product(DATASETS, OPTIMIZERS, ("coupled", "decoupled"))],
)
def test_every_data_set_optimizer_and_decay(source: str, optimizer: str, decay: str) -> None:
    page = opened(sized(source) | {"source": source, "optimizer": optimizer, "decay": decay})
    assert len(payloads(page)) == 2
    assert not page.warning
    for payload in payloads(page):
        assert payload.get("sentence") or all(payload["sentences"])


@pytest.mark.parametrize("sliders", ["together", "free"])
@pytest.mark.parametrize("key", [k for k, s in RUN.items() if isinstance(s, Steps | Number)])
def test_both_ends_of_every_setting_of_the_run(key: str, sliders: str) -> None:
    setting = RUN[key]
    assert isinstance(setting, Steps | Number)
    ends = (
        (setting.steps[0], setting.steps[-1])
        if isinstance(setting, Steps)
        else (setting.least, setting.most)
    )
    for end in ends:
        value = str(int(end)) if setting.whole else str(end)
        given = SMALL | {"optimizer": "momentum", "source": "sparse", "sliders": sliders}
        page = opened(given | {key: value})
        assert not page.warning
        assert payloads(page) or page.info


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_opens_here(preset: Any) -> None:
    page = opened({"steps": "200"})
    (button,) = (b for b in page.button if b.label == preset.name)
    page = fine(button.click().run())
    assert query(page) == preset.link.query
    assert now(page)["weight_decay"] == preset.question.settings.run.weight_decay


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"n_train": "1"}, "With a single example"),
        ({"n_train": "2000", "n_features": "10000"}, "would take too long"),
        ({"epochs": "20000", "n_features": "300", "n_train": "300"}, "This run takes a while"),
    ],
    ids=str,
)
def test_what_cannot_be_shown_is_explained_and_the_link_stays(
    values: dict[str, str], said: str
) -> None:
    page = opened(values | {"weight_decay": "2"})
    assert said in text(page)
    written = dict(parse_qsl(query(page))) if payloads(page) else written_by_python(page)
    assert {**values, "weight_decay": "2"}.items() <= written.items()


def test_without_a_picture_the_weight_decay_has_a_control_of_its_own() -> None:
    page = opened({"n_train": "1"})
    page = fine(page.select_slider(key="weight_decay").set_value(0.5).run())
    assert query(page) == "weight_decay=0.5&n_train=1&batch_size=1"
    assert not [s for s in opened().select_slider if s.key == "weight_decay"]


def test_constant_features_are_no_directions() -> None:
    def constant(spec: DatasetSpec, tables: Any) -> Any:
        data = make_dataset(spec, tables)
        return type(data)(0 * data.X_train + 2.5, data.y_train, data.X_test, data.y_test)

    with patch.object(cached, "make_dataset", side_effect=constant):
        page = opened({"seed": "7654321"})  # in no cache
    assert "features that are all constant" in text(page)
    assert len(payloads(page)) == 1


@pytest.mark.parametrize(
    ("values", "said", "left"),
    [
        ({"steps": "soon"}, "is not a whole number", ""),
        ({"steps": "-3"}, "outside the range", ""),
        ({"steps": "7.5"}, "t follows from λ instead", ""),
        ({"steps": "0"}, "range 1 to 1000000000000000; t follows from λ instead", ""),
        ({"sliders": "up"}, "is not one of together, free", ""),
        ({"steps": "1"}, "but λ goes no further than 100", ""),
        ({"steps": "200", "weight_decay": "2"}, "names both λ and t", "weight_decay=2"),
        ({"colour": "red"}, "does not exist", ""),
    ],
    ids=str,
)
def test_nonsense_in_the_link_is_named_and_replaced(
    values: dict[str, str], said: str, left: str
) -> None:
    page = opened(values)
    assert any(said in warning.value.replace("\\", "") for warning in page.warning)
    assert query(page) == left


def test_the_run_and_the_pins_are_those_of_the_session() -> None:
    page = unfolded(AppTest.from_file(str(VIEW), default_timeout=TIMEOUT_SECONDS), "act")
    for key, value in settings_of({"lr": 0.02}).values().items():
        page.session_state[key] = value
    page.session_state[PINS] = ()
    assert query(fine(page.run())) == "lr=0.02"
    page = opened({"pin": "one?lr=0.02", "steps": "50", "sliders": "free"})
    assert query(page) == "pin=one%3Flr%3D0.02&steps=50&sliders=free"


def test_settings_that_do_not_go_together_are_explained() -> None:
    page = unfolded(AppTest.from_file(str(VIEW), default_timeout=TIMEOUT_SECONDS), "act")
    problem = ValueError("n_train must be at most 441, got 500")
    with patch.object(cached, "make_dataset", side_effect=problem):
        page.query_params["seed"] = "987"  # not in any cache
        page.run()
    assert not page.exception
    assert literal("n_train must be at most 441") in page.error[0].value


def test_where_descent_diverges_no_number_of_steps_is_called_a_match() -> None:
    page = opened({"lr": "1"})
    assert "no t matches λ" in text(page)
    assert "goes where this is least" not in text(page)
    assert any(r"= 1-(1-1\,s)^{t} \end{gathered}" in latex.value for latex in page.latex)
    assert any(r"(s+3))^{t}\bigr)" in latex.value for latex in page.latex)


def test_a_factor_beyond_floats_is_infinite() -> None:
    page = opened({"lr": "1", "epochs": "2000"})
    assert any(r"(1-1\cdot 3)^{8000} \\ = \pm\infty" in latex.value for latex in page.latex)


def test_a_short_last_batch_has_a_factor_of_its_own() -> None:
    page = opened({"n_train": "7", "lr": "0.1", "weight_decay": "0.1", "epochs": "2"})
    assert any(r"(1-\eta\lambda\tfrac{m}{B})" in latex.value for latex in page.latex)
    assert any(r"\cdot\tfrac{2}{5})\bigr)^{2}" in latex.value for latex in page.latex)
    assert "m = 2 of B = 5 rows, by 1 − ηλ·m/B" in text(page)


def test_every_control_has_a_help_text_and_none_is_shared_by_name() -> None:
    assert not SETTINGS.keys() & RUN.keys()
    for setting in SETTINGS.values():
        assert setting.help.endswith(".")


def test_without_a_picture_of_directions_the_run_stands_beside_the_controls() -> None:
    lone, usual = opened({"n_train": "1"}), opened({})
    assert [column.weight for column in lone.columns] == [0.75, 0.25]
    drawing = lone.columns[0]
    assert [head.value for head in drawing.subheader] == [
        "What does this run learn, and what is left of its start?"
    ]
    assert not usual.columns[0].subheader
