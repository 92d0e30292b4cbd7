"""Start: what it says, what its picture shows, and what still leads elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import config

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared.numbers import plain
from pages.shared.old_links import OldLinks
from pages.start.answer import DATA, RUN, Learned
from pages.start.answer import learned as learned_at
from pages.start.payload import picture
from pages.start.question import WEIGHT_DECAYS, Question
from pages.start.words import PARAGRAPHS, sentences
from tests.pages.asking import asked
from tests.pages.opening import opened, payloads, values
from wd_core import collect, make_dataset, ridge_path, train


def learned() -> Learned:
    return learned_at(WEIGHT_DECAYS)


SYMBOL = re.compile(r"[0-9λη]")


def test_it_is_short_and_has_few_symbols() -> None:
    for sentence in sentences(learned()):
        words = " ".join([*PARAGRAPHS, sentence]).split()
        assert len(words) <= 150
        assert 100 * sum(bool(SYMBOL.search(word)) for word in words) <= 8 * len(words)
    assert all(len(paragraph.split()) <= 60 for paragraph in PARAGRAPHS)


def test_every_sentence_is_true_of_its_losses() -> None:
    found = learned()
    tests, trains = found.test_loss[-1], found.train_loss[-1]
    for k, said in enumerate(sentences(found)):
        assert said.values["test"].value == tests[k]  # type: ignore[union-attr]
        if "Better" in said:
            assert tests.min() * 1.05 < tests[k] < tests[0]
        if "Too much" in said:
            assert tests[k] > tests.min() * 1.05
            assert k > tests.argmin()
        if "About the best" in said:
            assert tests[k] <= tests.min() * 1.05
            assert trains[k] > trains[0]
    kinds = [said.split()[0] for said in sentences(found)]
    assert list(dict.fromkeys(kinds)) == ["No", "Better,", "About", "Too"]


def test_the_picture_shows_the_runs_that_go_to_the_exact_solutions() -> None:
    data = make_dataset(DATA)
    exact = ridge_path(data, WEIGHT_DECAYS)
    found = learned()
    strong = np.array(WEIGHT_DECAYS) >= 0.15  # weaker decay has not settled yet
    assert found.train_loss[-1][strong] == pytest.approx(exact.train_loss[strong], rel=0.25)
    assert found.test_loss[-1][strong] == pytest.approx(exact.test_loss[strong], rel=0.1)
    assert len(found.epoch) == len(found.train_loss)


def test_more_decay_means_smaller_weights_and_a_larger_training_loss() -> None:
    found = learned()
    assert (np.diff(np.linalg.norm(found.weights, axis=1)) < 0).all()
    assert (np.diff(found.train_loss[-1]) > 0).all()


def test_every_stop_has_its_picture_and_nobody_is_asked() -> None:
    payload = picture(Question())
    assert "live" not in payload
    assert payload["stream"] is None
    (slider,) = payload["sliders"]
    assert len(slider["stops"]) == len(payload["sentences"]) == len(WEIGHT_DECAYS)
    parts = [part for move in payload["moves"].values() for part in move.values()]
    assert {len(part) for part in parts} == {len(WEIGHT_DECAYS)}
    moved = {trace["meta"]["moves"] for trace in payload["figure"]["data"] if "meta" in trace}
    assert moved == payload["moves"].keys()


def test_names_of_curves_do_not_stand_over_each_other() -> None:
    moves = picture(Question())["moves"]
    heights = [moves[f"{curve} name"]["affine"][:, 5] for curve in ("train", "test")]
    assert (heights[1] - heights[0] > 0.2).all()
    assert (learned().test_loss[-1, 0] - heights[1] > 0.2).all()


@pytest.mark.parametrize("at", [0.0, 0.25, 0.2637, 4.0, 0.05])
def test_a_link_opens_exactly_its_picture(at: float) -> None:
    page = opened("start", {"at": str(at)})
    (payload,) = payloads(page)
    position = payload["position"]
    assert payload["series"]["at"][position] == at
    assert payload["query"] == ("" if at == Question().at else f"at={at:g}")
    run = replace(RUN, weight_decay=at)
    end = collect(train(make_dataset(DATA), [run], record_every=RUN.epochs))
    assert f" {plain(float(end.test_loss[-1, 0]))}" in payload["sentences"][position]
    traces = payload["figure"]["data"]
    assert values(traces[0]["y"])[-1] == pytest.approx(learned().test_loss[-1, 0])


def test_only_the_position_differs_between_visitors() -> None:
    one, other = (json.loads(json.dumps(list(picture(Question(at))["sentences"]))) for at in (0, 1))
    assert one == other


# ---- old links

APP = Starlette(
    routes=[Route("/{any:path}", lambda _: PlainTextResponse("a page"))],
    middleware=[Middleware(OldLinks)],
)


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/?weight_decay=1", "/train?weight_decay=1"),
        ("/?utm_source=x&seed=4", "/train?utm_source=x&seed=4"),
        ("/?pin=Run%201%3Flr%3D0.01", "/train?pin=Run%201%3Flr%3D0.01"),
        ("/?weight_decay=", "/train?weight_decay="),
        ("/?lr=%3Cimg%3E%0d%0aX:y", "/train?lr=%3Cimg%3E%0d%0aX:y"),
        ("/", None),
        ("/?at=1", None),
        ("/?utm_source=x&fbclid=y&ref=z", None),
        ("/?weights=1", None),
        ("/?", None),
        ("/map?weight_decay=1", None),
        ("/_stcore/health?weight_decay=1", None),
    ],
)
def test_old_links_open_train_and_all_others_what_they_did(
    address: str, leads_to: str | None
) -> None:
    answer = asked(APP, address)
    assert answer.headers.get("location") == leads_to
    assert answer.status == (200 if leads_to is None else 307)


def test_below_a_path_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", lambda name: "some/place")
    assert asked(APP, "/some/place/?lr=1").headers["location"] == "/some/place/train?lr=1"
    assert asked(APP, "/?lr=1").status == 200
