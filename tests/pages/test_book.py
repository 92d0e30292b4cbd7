"""The book page: links, sentences that follow the numbers, and the page through AppTest."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.book import controls, ours, picture, words
from pages.shared.book.entry import DEFAULT, Entry, obstacle, read_link, train_query
from pages.shared.chart import encode
from pages.shared.link import read_link as read_train_link
from wd_core import collect, make_dataset, train
from wd_core.editions import EDITIONS, Printed, finish

VIEW = Path(__file__).parents[2] / "pages" / "views" / "book.py"
FEW = 50
RUNS = [(e.key, code) for e in EDITIONS.values() for code in e.recipes]


def opened(**query: str) -> AppTest:
    page = AppTest.from_file(str(VIEW), default_timeout=60)
    for key, text in query.items():
        page.query_params[key] = text
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    return page


def payloads(page: AppTest) -> list[dict[str, Any]]:
    return [dict(json.loads(c.proto.json)["payload"]) for c in page.get("bidi_component")]


@pytest.mark.parametrize("entry", [DEFAULT, Entry("en-jax", "concise", 7, 100)])
def test_a_link_is_the_entry(entry: Entry) -> None:
    assert read_link(parse_qsl(entry.query())) == (entry, [])


def test_nonsense_in_a_link_is_named() -> None:
    entry, complaints = read_link([("edition", "latin"), ("seeds", "3"), ("x", "1")])
    assert entry == DEFAULT
    assert len(complaints) == 3


@pytest.mark.parametrize(("edition", "code"), RUNS)
@pytest.mark.parametrize("lam", [0.0, 3.0])
def test_the_link_to_train_is_the_same_run(edition: str, code: str, lam: float) -> None:
    recipe = EDITIONS[edition].recipes[code]  # type: ignore[index]
    query = train_query(recipe, lam, 3)
    assert (query is None) == bool(obstacle(recipe))
    if query is None:
        return
    link = read_train_link(parse_qsl(query))
    assert not link.complaints
    run = link.settings.run
    there = collect(train(make_dataset(link.settings.data), [run], record_every=run.epochs))
    here = finish(recipe, [lam], [3])
    assert there.test_loss[-1, 0] == pytest.approx(here.test[0, 0], rel=1e-9)
    assert there.weight_norm[-1, 0] == pytest.approx(here.norm[0, 0], rel=1e-9)


def test_train_can_open_these() -> None:
    fits = {run for run in RUNS if not obstacle(EDITIONS[run[0]].recipes[run[1]])}  # type: ignore[index]
    assert ("zh-pytorch", "scratch") in fits
    assert ("en-tensorflow", "concise") in fits
    assert not fits & {("zh-tensorflow", "scratch"), ("en-pytorch", "concise")}
    assert ("zh-pytorch", "concise") not in fits


def compared(value: float | None, seeds: list[float]) -> ours.Comparison:
    printed = Printed("scratch", 3.0, "norm", float("nan") if value is None else value)
    return ours.Comparison(printed, value, seeds[0], np.array(seeds))


def test_a_verdict_follows_the_numbers() -> None:
    seeds = np.linspace(1, 2, 201).tolist()
    values = (1.5, 1.99, 2.5, None)
    said = [words.verdict(compared(value, seeds)) for value in values]
    assert said == ["inside", "rare: outside nine in ten", "outside every seed", "none quoted"]
    text = words.summary(DEFAULT, [compared(v, seeds) for v in values])
    assert "1 of 3 printed numbers lie" in text
    assert "2.5 (scratch, λ = 3, ‖w‖) does not: it lies above every seed." in text
    assert "1.99 (scratch, λ = 3, ‖w‖) does not: 198 of 200 seeds end below it." in text
    book = EDITIONS["zh-pytorch"]
    text = words.everywhere([(book, compared(v, seeds)) for v in values], 200)
    assert "Of 3 printed numbers 1 lie" in text
    assert "Beyond every one of our seeds: 2.5" in text


def test_the_finding_says_what_the_numbers_show() -> None:
    said = words.outcome(DEFAULT, ours.of(DEFAULT))
    assert "Of the 200 directions 180 are reached by no example" in said
    assert "the share 0.0269" in said
    assert "erase the random start" in said
    assert "which is better than what λ = 3 reaches" in said


@pytest.mark.parametrize(("edition", "code"), RUNS)
def test_every_edition_draws(edition: str, code: str) -> None:
    entry = Entry(edition, code, seeds=FEW)  # type: ignore[arg-type]
    for payload in (picture.prints(entry), picture.finding(entry)):
        assert payload["sentence"]
        assert payload["query"] == entry.query()
        text = encode(payload)  # NaN and infinities become null
        assert "null" not in text
        for trace in payload["figure"]["data"]:
            assert len(trace["x"]) > 1


def test_opens_on_the_chinese_edition() -> None:
    page = opened(seeds=str(FEW))
    prints, finding = payloads(page)
    assert prints["query"] == finding["query"] == f"seeds={FEW}"
    assert sum(trace["name"] == "printed" for trace in prints["figure"]["data"]) == 8
    text = "\n".join(str(node.value) for node in (*page.markdown, *page.caption))
    assert "nine in ten of 50 seeds" in text
    assert "cannot be opened on Train: its bias starts at random" in text


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_is_a_page(edition: str) -> None:
    page = opened(seeds=str(FEW), edition=edition, code="concise")
    text = "\n".join(str(node.value) for node in page.caption)
    assert all(sentence in text for sentence in EDITIONS[edition].why)


def test_a_control_changes_the_link() -> None:
    page = opened(seeds=str(FEW))
    page.selectbox(key=controls.PAGE + "edition").set_value("en-pytorch")
    prints, _ = payloads(fine(page.run()))
    assert dict(parse_qsl(prints["query"])) == {"edition": "en-pytorch", "seeds": str(FEW)}
    assert "½‖w‖²" in json.dumps(prints["figure"], ensure_ascii=False)


def test_nonsense_is_said_on_the_page() -> None:
    page = opened(seeds="many")
    assert len(page.warning) == 1
