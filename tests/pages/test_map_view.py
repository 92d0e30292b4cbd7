"""The page “map” through AppTest: its link, its controls, a click, its bad inputs."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from pages.map import payload as picture
from pages.map.presets import PRESETS
from pages.map.question import FORM
from tests.pages.opening import complaints, told, unfolded
from tests.unlinked import unlinked

VIEW = Path(__file__).parents[2] / "pages" / "map" / "view.py"
SMALL = "n_features=6&n_train=8&n_test=5&epochs=4&batch_size=4&per_decade=1&seeds=1"


def opened(query: str = SMALL) -> AppTest:
    page = unfolded(AppTest.from_file(str(VIEW), default_timeout=60), "map")
    for key, text in parse_qsl(query):
        page.query_params[key] = text
    page.run()
    assert not page.exception, page.exception[0].value
    return page


def trained(query: str = SMALL) -> None:
    """What the browser's stream would have done."""
    asked, _ = FORM.read(parse_qsl(query))
    assert told(picture.stream(asked.settings, asked.shown))[-1][0] == "done"


def payload(page: AppTest) -> dict[str, Any]:
    return dict(json.loads(page.get("bidi_component")[0].proto.bytes)["payload"])


def text(page: AppTest) -> str:
    return "\n".join(unlinked(str(node.value)) for node in (*page.markdown, *page.caption))


def test_opens_on_the_books_problem_with_the_stream_of_its_cells() -> None:
    page = opened("seed=77")  # nobody has trained it yet
    shown = payload(page)
    assert shown["stream"] == "/api/map/stream?seed=77"
    assert shown["query"] == "seed=77"
    assert shown["total"] == 2730
    assert sum(trace["type"] == "heatmap" for trace in shown["figure"]["data"]) == 6
    assert "It is none of the cells" in text(page)


def test_a_link_opens_its_maps_and_its_run() -> None:
    query = f"{SMALL}&optimizers=adam&scale=paper&lr=0.01&optimizer=adam&weight_decay=0.1"
    trained(query)
    page = opened(query)
    shown = payload(page)
    assert dict(parse_qsl(shown["query"])) == dict(parse_qsl(query))
    assert shown["stream"] is None
    assert "**Chosen: Adam, coupled, η = 0.01, λ = 0.1.** Test loss" in text(page)
    assert [page.selectbox(key=f"map {key}").value for key in ("optimizers", "scale")] == [
        "adam",
        "paper",
    ]


def test_whole_maps_have_their_table_and_what_is_chosen_comes_by_itself() -> None:
    query = f"{SMALL}&seed=91&lr=0.1&weight_decay=1"
    page = opened(query)
    assert not page.dataframe[:-1]  # the last one says where the two decays end
    assert "Click its cell once it has come" in text(page)
    trained(query)
    page.run()
    rows = page.dataframe[0].value
    assert list(rows["best cell of"])[:2] == ["SGD, either", "SGD with momentum, coupled"]
    assert "**Chosen: SGD, coupled, η = 0.1, λ = 1.** Test loss" in text(page)


def test_a_control_starts_another_sweep_and_is_in_the_link() -> None:
    page = opened()
    before = payload(page)
    page.selectbox(key="map optimizers").set_value("nesterov")
    page.run()
    after = payload(page)
    assert after["stream"] != before["stream"]
    assert after["run"] != before["run"]
    assert dict(parse_qsl(after["query"]))["optimizers"] == "nesterov"


def test_the_chosen_run_is_no_other_sweep() -> None:
    page = opened()
    before = payload(page)
    page.select_slider(key="lr").set_value(0.1)
    page.run()
    after = payload(page)
    assert (after["stream"], after["run"]) == (before["stream"], before["run"])
    assert dict(parse_qsl(after["query"]))["lr"] == "0.1"
    assert after["figure"]["layout"]["shapes"] != before["figure"]["layout"]["shapes"]


def test_a_range_cannot_end_before_it_begins() -> None:
    page = opened()
    page.select_slider(key="map lr_to").set_value(0.01)
    page.run()
    page.select_slider(key="map lr_from").set_value(0.1)
    page.run()
    assert not page.exception
    after = dict(parse_qsl(payload(page)["query"]))
    assert (after["lr_from"], after["lr_to"]) == ("0.1", "0.1")
    assert min(map(float, page.select_slider(key="map lr_to").options)) == 0.1
    page.select_slider(key="map lr_from").set_value(1.0)
    page.run()
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("name", ["The paper's decay", "Full batch", "λ matters: d = 20"])
def test_a_preset_sets_the_maps_and_says_what_to_look_for(name: str) -> None:
    page = opened()
    next(button for button in page.button if button.label == name).click()
    page.run()
    assert not page.exception
    (preset,) = (preset for preset in PRESETS if preset.name == name)
    assert preset.look_for in text(page)


def test_maps_that_are_too_much_are_refused_in_a_sentence_and_keep_the_controls() -> None:
    page = opened("per_decade=8&seeds=25&epochs=20000")
    assert "Choose fewer cells" in page.error[0].value
    assert page.select_slider(key="map per_decade").value == 8
    page.select_slider(key="map per_decade").set_value(1)
    page.select_slider(key="map seeds").set_value(1)
    page.number_input(key="epochs").set_value(10)
    page.run()
    assert not page.error


@pytest.mark.parametrize(
    "query",
    [
        "n_train=1&n_features=1&n_test=1&batch_size=1&epochs=1&per_decade=1&seeds=1",
        f"{SMALL}&lr_from=1&lr_to=1&decay_from=100&decay_to=100",
        f"{SMALL}&source=diabetes&n_features=10",
        f"{SMALL}&noise=0&true_weight=0&init_std=0&true_bias=0",
    ],
)
def test_the_ends_of_the_controls_have_a_picture(query: str) -> None:
    trained(query)
    page = opened(query)
    assert not page.error
    shown = payload(page)
    assert shown["stream"] is None
    assert shown["sentence"]


def test_nonsense_is_named_on_the_page() -> None:
    page = opened(f"{SMALL}&scale=metre&lr_from=0.5&lr_to=0.1&x=1")
    assert len(complaints(page)) == 3
