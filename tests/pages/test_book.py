"""The book page: links, sentences that follow the numbers, and the page through AppTest."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.book import answer
from pages.book import payload as picture
from pages.book.question import DEFAULT, FORM, Entry, on_train
from pages.book.words import curves, numbers
from pages.shared import work
from pages.shared.encoding import encode
from pages.shared.numbers import plain
from pages.shared.store import Store
from pages.train.question import FORM as TRAIN
from tests.pages import opening
from tests.pages.opening import fine, payloads, text, values
from wd_core import collect, make_dataset, train
from wd_core.book.draws import draw
from wd_core.book.editions import EDITIONS, Printed
from wd_core.book.ends import baselines, finish

FEW = 50
STEADY = {"test, start at 0", "test, constant predictor", "test, exact ridge"}
RUNS = [(e.key, code) for e in EDITIONS.values() for code in e.recipes]


def opened(**query: str) -> AppTest:
    return opening.opened("book", query)


@pytest.mark.parametrize("entry", [DEFAULT, Entry("en-jax", "concise", 7, 100)])
def test_a_link_is_the_entry(entry: Entry) -> None:
    assert FORM.read(parse_qsl(FORM.query(entry))) == (entry, [])


def test_nonsense_in_a_link_is_named() -> None:
    entry, complaints = FORM.read([("edition", "latin"), ("seeds", "3"), ("x", "1")])
    assert entry == DEFAULT
    assert len(complaints) == 3


@pytest.mark.parametrize(("edition", "code"), RUNS)
@pytest.mark.parametrize("lam", [0.0, 3.0])
def test_the_link_to_train_is_the_same_run(edition: str, code: str, lam: float) -> None:
    recipe = EDITIONS[edition].recipes[code]  # type: ignore[index]
    link = on_train(recipe, lam, 3)
    told = ("its weights do not start", "its bias starts at random", "its bias decays")
    obstacle = [not recipe.plain_start, bool(recipe.bias_scale), recipe.decay_bias]
    assert (link is None) == any(obstacle)
    if link is None:
        assert told[obstacle.index(True)] in numbers.not_on_train(code, recipe)
        return
    assert link.page == "train"
    asked, complaints = TRAIN.read(parse_qsl(link.query))
    assert not complaints
    run = asked.settings.run
    there = collect(train(make_dataset(asked.settings.data), [run], record_every=run.epochs))
    (here,) = finish([recipe], [lam], draw([3]))
    assert there.test_loss[-1, 0] == pytest.approx(here.test[0, 0], rel=1e-9)
    assert there.weight_norm[-1, 0] == pytest.approx(here.norm[0, 0], rel=1e-9)


def test_train_can_open_these() -> None:
    fits = {
        (key, code)
        for key, code in RUNS
        if on_train(EDITIONS[key].recipes[code], 3.0, 0) is not None
    }
    assert ("zh-pytorch", "scratch") in fits
    assert ("en-tensorflow", "concise") in fits
    assert not fits & {("zh-tensorflow", "scratch"), ("en-pytorch", "concise")}
    assert ("zh-pytorch", "concise") not in fits


def compared(value: float | None, seeds: list[float]) -> answer.Spread:
    printed = Printed("scratch", 3.0, "norm", float("nan") if value is None else value)
    low, high = np.quantile(seeds, answer.SPREAD).tolist()
    return answer.Spread(printed, value, np.array(seeds), float(np.median(seeds)), (low, high))


def test_a_verdict_follows_the_numbers() -> None:
    seeds = np.linspace(1, 2, 201).tolist()
    values = (1.5, 1.99, 2.5, None)
    said = [numbers.verdict(compared(value, seeds)) for value in values]
    assert said == ["inside", "outside nine in ten", "outside every seed", "none quoted"]
    assert numbers.glance(compared(1.5, seeds)) == "1.5: inside"
    text = numbers.summary(DEFAULT.book, [compared(v, seeds) for v in values], 200)
    assert "1 of 3 printed numbers lie" in text
    assert "2.5 (scratch, λ = 3, ‖w‖) does not: it lies above every seed." in text
    assert "1.99 (scratch, λ = 3, ‖w‖) does not: 198 of 200 seeds end below it." in text
    book = EDITIONS["zh-pytorch"]
    text = numbers.everywhere([(book, compared(v, seeds)) for v in values])
    assert "Of 3 printed numbers 1 lie" in text
    assert "Beyond every one of our seeds: 2.5" in text


def test_the_finding_says_what_the_numbers_show() -> None:
    found = answer.begun(DEFAULT).curves
    hidden, zero, baselines = curves.reasons(DEFAULT.recipe, found)
    assert "Of the 200 directions 180 are reached by no example" in hidden
    assert "the share 0.0269" in hidden
    assert "not to erase it: the share 0.0269" in zero
    assert "which is better than the" in baselines
    assert "does best at λ = 50 (the largest drawn)" in curves.effect(found)


def test_other_numbers_make_other_sentences() -> None:
    found = answer.begun(DEFAULT).curves
    none, three = found.at(0.0), found.at(3.0)
    for factor, said in ((2.0, "λ = 3 does harm"), (0.5, "with λ = 3.")):
        test = found.zero.test.copy()
        test[:, three] = factor * test[:, none]
        zero = replace(found.zero, test=test)
        assert said in curves.reasons(DEFAULT.recipe, replace(found, zero=zero))[1]
    small = replace(found, random=replace(found.random, test=found.zero.test))
    assert "The random start hardly matters either" in curves.reasons(DEFAULT.recipe, small)[1]
    poor = replace(found.baselines, constant=found.baselines.constant + 100)
    assert "worse than" in curves.reasons(DEFAULT.recipe, replace(found, baselines=poor))[2]


@pytest.mark.parametrize(("edition", "code"), RUNS)
def test_what_decay_did_to_the_start_follows_from_share_and_losses(edition: str, code: str) -> None:
    entry = Entry(edition, code, seeds=FEW)  # type: ignore[arg-type]
    said = curves.reasons(entry.recipe, answer.begun(entry).curves)[1]
    starts = [entry.recipe, replace(entry.recipe, mean=0.0, scale=0.0, bias_scale=0.0)]
    random, zero = (
        np.median(ends.test, axis=0) for ends in finish(starts, [0.0, 3.0], draw(range(FEW)))
    )
    adds = random - zero
    matters = zero.max() > 1.05 * zero.min()
    assert ("λ hardly matters" in said) != matters
    if matters:
        assert "the random start" not in said
    elif random[0] <= 1.05 * zero[0]:
        assert "The random start hardly matters either" in said
    else:
        assert "not to erase it" in said
        assert f"went from {plain(adds[0])} to {plain(adds[1])}." in said
        assert f"the share {plain(float(entry.recipe.shrink(3.0)))}" in said
        assert abs(adds[1]) < adds[0]
        assert entry.recipe.shrink(3.0) > 0.02


def test_a_code_that_decays_its_bias_is_not_compared_with_ridge_that_leaves_it_free() -> None:
    for edition, code in RUNS:
        entry = Entry(edition, code, seeds=FEW)  # type: ignore[arg-type]
        names = {t.get("name") for t in picture.finding(answer.begun(entry))["figure"]["data"]}
        decays = EDITIONS[edition].recipes[code].decay_bias  # type: ignore[index]
        assert ("test, exact ridge" in names) != decays
        told = curves.reasons(entry.recipe, answer.begun(entry).curves)[2]
        assert ("Exact ridge has" in told) != decays
        assert ("The bias is decayed, too" in told) == decays


def test_the_mark_of_lambda_stays_inside_the_panels() -> None:
    layout = picture.finding(answer.begun(Entry(seeds=FEW)))["figure"]["layout"]
    assert [shape["yref"] for shape in layout["shapes"]] == [
        *("y domain", "y2 domain", "y3 domain")
    ]


@pytest.mark.parametrize(("edition", "code"), RUNS)
def test_the_plotted_curves_hold_what_the_code_adds(edition: str, code: str) -> None:
    book = EDITIONS[edition]
    (course,) = (c for c in answer.courses(book, 5, 3.0) if c.code == code)
    (ends,) = finish([book.recipes[code]], [3.0], draw([5]))  # type: ignore[index]
    times = 2 if book.recipes[code].loss == "mse" else 1  # type: ignore[index]
    # the code's λ in its own loss: λ/2 by hand, λ in Keras's l2
    added = {("en-tensorflow", "concise"): 3.0}.get(
        (edition, code), 1.5 if edition.startswith("en-") and code == "scratch" else 0.0
    )
    for alone, plotted, end in (
        (course.train, course.plotted_train, ends.train),
        (course.test, course.plotted_test, ends.test),
    ):
        assert alone[-1] == pytest.approx(end[0, 0], rel=1e-9)
        wanted = times * end[0, 0] + added * ends.norm[0, 0] ** 2
        assert plotted[-1] == pytest.approx(wanted, rel=1e-9)
    said = numbers.plotted([course], 5)
    assert ("of it the penalty" in said) == bool(added)
    assert ("without ½" in said) == (times == 2)


def test_the_enlarged_panel_holds_what_needs_no_random_start() -> None:
    for edition, code in RUNS:
        entry = Entry(edition, code, seeds=FEW)  # type: ignore[arg-type]
        figure = picture.finding(answer.begun(entry))["figure"]
        low, high = figure["layout"]["yaxis2"]["range"]
        steady = [t for t in figure["data"] if t.get("name") in STEADY and t["yaxis"] == "y2"]
        free = not EDITIONS[edition].recipes[code].decay_bias  # type: ignore[index]
        assert len(steady) == len(STEADY) - (not free)
        for trace in steady:
            assert (low < values(trace["y"])).all()
            assert (values(trace["y"]) < high).all()


def test_every_printed_number_is_a_dot_at_its_rank() -> None:
    seen = answer.begun(Entry(seeds=FEW))
    figure = picture.everything(seen)["figure"]
    dots = {t["name"]: values(t["x"]) for t in figure["data"] if t.get("mode") == "markers"}
    found = [c for _, c in seen.everything]
    for name, inside in (("inside", True), ("outside nine in ten", False)):
        shares = [100 * np.mean(c.all < c.value) for c in found if c.inside == inside]
        np.testing.assert_allclose(dots[name], shares)
    assert all(5 <= share <= 95 for share in dots["inside"])


def test_the_first_seeds_are_shown_where_there_is_no_room_to_keep_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are dropped as soon as nobody works on them: others have asked for much meanwhile."""
    begin = work.Growth.begin

    def dropped(growth: work.Growth[answer.Block], **how: float) -> tuple[answer.Block, ...]:
        parts = begin(growth, **how)  # type: ignore[arg-type]
        work.STORE.drop(growth)
        return parts

    monkeypatch.setattr(work, "STORE", Store(2**26))
    monkeypatch.setattr(work.Growth, "begin", dropped)
    assert picture.prints(answer.begun(Entry(seeds=FEW)))["come"] > 0


@pytest.mark.parametrize("block", [7, 20])
def test_the_numbers_are_the_same_in_whatever_blocks_they_come(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """As those of all seeds trained at once, to the last bit."""
    recipe = EDITIONS["zh-pytorch"].recipes["concise"]
    entry = Entry("zh-pytorch", "concise", 3, FEW)
    monkeypatch.setattr(work, "STORE", Store(2**28))
    monkeypatch.setattr(answer, "BLOCK", block)
    seen = answer.begun(entry)
    assert seen.whole
    assert len(seen.blocks) == -(-FEW // block)
    draws, lams = draw(range(FEW)), answer.decays(recipe)
    zero = replace(recipe, mean=0.0, scale=0.0, bias_scale=0.0)
    printed = finish(answer.RECIPES, answer.PRINTED_AT, draws)
    random, from_zero = finish([recipe, zero], lams, draws)
    compared = [
        *zip((seen.printed[one] for one in answer.RECIPES), printed, strict=True),
        (seen.curves.random, random),
        (seen.curves.zero, from_zero),
        (seen.curves.baselines, baselines([lam / 2 for lam in lams], draws)),
    ]
    for mine, whole in compared:
        for name, values_ in vars(whole).items():
            np.testing.assert_array_equal(getattr(mine, name), values_, err_msg=name)
    (first,) = finish([replace(recipe, epochs=0)], [0.0], draws)
    assert seen.curves.hidden == np.median(first.unreachable)


@pytest.mark.parametrize(("edition", "code"), RUNS)
def test_every_edition_draws(edition: str, code: str) -> None:
    entry = Entry(edition, code, seeds=FEW)  # type: ignore[arg-type]
    seen = answer.begun(entry)
    for payload in (picture.prints(seen), picture.plots(entry), picture.finding(seen)):
        assert payload["sentence"]
        assert payload["query"] == FORM.query(entry)
        # NaN and infinities become null
        assert "null" not in encode(payload["figure"]) + encode({"series": payload["series"]})
        for trace in payload["figure"]["data"]:
            assert len(trace["x"]) > 1


def test_opens_on_the_chinese_edition() -> None:
    page = opened(seeds=str(FEW))
    prints, *others = payloads(page)
    assert len(others) == 3
    assert {p["query"] for p in (prints, *others)} == {f"seeds={FEW}"}
    assert sum(trace["name"] == "printed" for trace in prints["figure"]["data"]) == 8
    assert "cannot be opened on Train: its bias starts at random" in text(page)
    assert "None" not in page.dataframe[0].value["on Train"].astype(str).tolist()


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_is_a_page(edition: str) -> None:
    page = opened(seeds=str(FEW), edition=edition, code="concise")
    assert all(sentence in text(page) for sentence in EDITIONS[edition].why)


def test_a_control_changes_the_link() -> None:
    page = opened(seeds=str(FEW))
    page.selectbox(key="book edition").set_value("en-pytorch")
    prints, *_ = payloads(fine(page.run()))
    assert dict(parse_qsl(prints["query"])) == {"edition": "en-pytorch", "seeds": str(FEW)}
    assert "½‖w‖²" in json.dumps(prints["figure"], ensure_ascii=False)


def test_nonsense_is_said_on_the_page() -> None:
    page = opened(seeds="many")
    assert len(page.warning) == 1
