"""Every page with data that nobody ships: one entry in the registry is enough."""

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from tests.made_up import FEATURES, ROWS, SOURCES
from tests.pages.opening import fine, opened, payloads, text
from wd_core import DATASETS

VIEWS = ("train", "step", "codes", "map", "act", "which")
FEW = {"epochs": "10", "batch_size": "4"}
# Beside what the settings of these pages share.
OWN = {"map": {"per_decade": "1", "seeds": "1"}, "which": {"seeds": "1", "draws": "5"}}


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a source that is registered while the test runs."""
    name: str = request.param
    monkeypatch.setitem(DATASETS, name, SOURCES[name])
    return name


def page_of(view: str, source: str, **query: str) -> AppTest:
    return opened(view, {"source": source, **FEW, **OWN.get(view, {}), **query})


def prefix(view: str) -> str:
    return "which " if view == "which" else ""


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_offers_it_and_says_its_link(view: str, source: str) -> None:
    page = page_of(view, source, n_train="12", n_features="2")
    assert [warning.value for warning in page.warning] == []
    box = page.selectbox(key=prefix(view) + "source")
    assert box.value == source
    assert SOURCES[source].label in box.options
    said = [p["query"] for p in payloads(page) if p.get("query") is not None]
    for query in said:
        assert parse_qs(query)["source"] == [source]
        assert ("n_features" in parse_qs(query)) == ("n_features" in SOURCES[source].reads)
    assert said or view == "step"


@pytest.mark.parametrize("view", VIEWS)
def test_what_it_does_not_read_has_no_control_and_what_it_has_ends_it(
    view: str, source: str
) -> None:
    page = page_of(view, source, n_train="12", n_features="2")
    sliders = {slider.key: slider for slider in page.select_slider}
    numbers = {number.key: number for number in page.number_input}
    rows, width = prefix(view) + "n_train", prefix(view) + "n_features"
    assert (rows in numbers) == ("n_train" in SOURCES[source].reads)
    assert (width in sliders) == ("n_features" in SOURCES[source].reads)
    if rows in numbers:
        assert numbers[rows].max == ROWS
        assert list(sliders[width].options) == ["1", "2", str(FEATURES)]
    assert prefix(view) + "noise" not in numbers


@pytest.mark.parametrize("view", VIEWS)
def test_choosing_it_by_hand_takes_as_much_as_it_has(view: str, source: str) -> None:
    page = opened(view, {**FEW, **OWN.get(view, {})})
    fine(page.selectbox(key=prefix(view) + "source").set_value(source).run())
    for query in [parse_qs(p["query"]) for p in payloads(page) if p.get("query") is not None]:
        reads = SOURCES[source].reads
        assert query.get("n_train") == ([str(ROWS)] if "n_train" in reads else None)
        assert query.get("n_features") == ([str(FEATURES)] if "n_features" in reads else None)
    fine(page.run())


def test_train_says_where_it_comes_from_and_how_much_of_it(source: str) -> None:
    said = text(page_of("train", source, n_train="12", n_features="2"))
    entry = SOURCES[source]
    n = 12 if "n_train" in entry.reads else ROWS
    assert f"Where the data come from: {entry.label}" in said
    assert entry.formula in said
    assert f"{entry.description}" in said
    assert f"Here {n} examples train and 4 test. Nothing is standardised." in said


def test_no_truth_is_claimed_of_real_data_and_no_other_data_where_there_are_none(
    source: str,
) -> None:
    said = text(page_of("which", source))
    assert "Nobody knows σ and τ of these data" in said
    assert "These data are the same for every seed" in said
    assert "splits of the same table" not in said
    seed = next(b for b in page_of("train", source).button if b.label == "New seed")
    assert seed.help == "Draw a new start and batch order; these data stay the same."
    drawn = next(b for b in opened("train").button if b.label == "New seed")
    assert drawn.help == "Draw new data, start and batch order."
