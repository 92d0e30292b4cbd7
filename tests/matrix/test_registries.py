"""Optimizers and data that nobody ships, registered for a test: one entry is enough everywhere."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from urllib.parse import parse_qs

import numpy as np
import pytest

from pages.shared.settings import SETTINGS, relevant
from tests import oracles
from tests.made_up import SOURCES
from tests.made_up_rules import RULE_AGES, RULE_ORACLES, RULES, SHORTER
from tests.matrix.driver import visit
from tests.matrix.recompute import Recomputed
from tests.matrix.test_step import Stepped
from tests.pages.opening import fine, opened, payloads
from tests.wd_core.test_export import printed
from wd_core import DATASETS, OPTIMIZERS, DatasetSpec, Hyperparameters, collect, train
from wd_core.export import to_script
from wd_core.linear.behaviour import behaviour
from wd_core.linear.inspection import Replay

# Two ways of a few dozen steps, and the six digits that a script prints.
CLOSE, PRINTED = 1e-9, 1e-5
# What the engine's search for a limit leaves.
SEARCH = 3e-5
KINDS = ("coupled", "decoupled")
SMALL = {"n_train": "11", "n_features": "3", "batch_size": "4", "epochs": "10", "noise": "0.5"}
# The pages that show a run, which have its optimizer and its data, and what is theirs alone.
RUNS = {"train": {}, "step": {}, "act": {}, "codes": {}, "map": {"per_decade": "1", "seeds": "1"}}
# Those that have data alone.
DATA = {"which": {"seeds": "1", "draws": "5"}}
REST = ("geometry", "dimension", "book")


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """The made-up entries, in the registries as long as a test runs."""
    for name, rule in RULES.items():
        monkeypatch.setitem(OPTIMIZERS, name, rule)
        monkeypatch.setitem(oracles.ORACLES, name, RULE_ORACLES[name])
    for name, ages in RULE_AGES.items():
        monkeypatch.setitem(oracles.AGES, name, ages)
    for name, source in SOURCES.items():
        monkeypatch.setitem(DATASETS, name, source)


def query_of(optimizer="sgd", decay="coupled", source="linear", **extras):
    """A small link, of what this optimizer and these data read."""
    asked = {**SMALL, "optimizer": optimizer, "decay": decay, "source": source}
    read = relevant(source, optimizer)
    return {key: text for key, text in asked.items() if key in read} | extras


@pytest.mark.parametrize("view", RUNS)
@pytest.mark.parametrize(("name", "decay"), list(product(RULES, KINDS)))
def test_every_page_of_a_run_opens_with_a_made_up_optimizer(view, name, decay):
    seen = visit(view, query_of(name, decay, **RUNS[view]))
    assert not [text for text in seen.complaints if "in the link" in text]
    box = [box for box in seen.page.selectbox if box.key and box.key.endswith("optimizer")]
    assert all(RULES[name].label in box.options for box in box)
    for payload in seen.payloads:
        said = parse_qs(payload.get("query") or "")
        assert said.get("optimizer", [name]) == [name]


@pytest.mark.parametrize("view", {**RUNS, **DATA})
@pytest.mark.parametrize("source", SOURCES)
def test_every_page_with_data_opens_with_made_up_data(view, source):
    extras = {**RUNS, **DATA}[view]
    query = query_of(source=source, **extras)
    if view in DATA:
        query = {"source": source, **extras}
    seen = visit(view, query)
    assert not [text for text in seen.complaints if "in the link" in text]


@pytest.mark.parametrize(("name", "source"), list(product(RULES, SOURCES)))
@pytest.mark.parametrize("view", RUNS)
def test_both_at_once(view, name, source):
    visit(view, query_of(name, "decoupled", source, **RUNS[view]))


@pytest.mark.parametrize("view", REST)
def test_the_other_pages_open_beside_them(view):
    visit(view)


@pytest.mark.parametrize("view", ["train", "step", "act"])
@pytest.mark.parametrize("name", RULES)
def test_its_control_chooses_it(view, name):
    page = opened(view, dict(SMALL))
    fine(page.selectbox(key="optimizer").set_value(name).run())
    said = [parse_qs(p["query"]) for p in payloads(page) if p.get("query")]
    assert said
    assert all(query["optimizer"] == [name] for query in said)
    keys = {node.key for node in page.number_input}
    assert ("momentum" in keys) == ("momentum" in RULES[name].reads)


def test_its_label_is_an_option():
    for name, rule in RULES.items():
        assert SETTINGS["optimizer"].options[name] == rule.label
        assert SETTINGS["optimizer"].read(name) == name


def run_of(name, decay, **changes):
    """A calm run of the rule on a small data set."""
    values = {"weight_decay": 0.5, "lr": 0.01, "batch_size": 4, "epochs": 12, **changes}
    return Hyperparameters(optimizer=name, decay=decay, **values)


def worked_out(run, source="linear"):
    """What the oracle makes of the run on a small data set."""
    return Recomputed(DatasetSpec(source, n_train=11, n_features=3, noise=0.5), run)


@pytest.mark.parametrize(("name", "decay"), list(product(RULES, KINDS)))
@pytest.mark.parametrize("source", ["linear", *SOURCES])
def test_the_engine_the_replay_and_the_script_run_as_the_oracle(name, decay, source):
    found = worked_out(run_of(name, decay), source)
    run = collect(train(found.data, [found.run]))
    assert run.train_loss[-1, 0] == pytest.approx(found.train, rel=CLOSE)
    assert run.test_loss[-1, 0] == pytest.approx(found.test, rel=CLOSE)
    _, *losses = printed(to_script(found.spec, found.run))
    assert losses == pytest.approx([found.train, found.test], rel=PRINTED)


@pytest.mark.parametrize("decay", KINDS)
@pytest.mark.parametrize("decay_bias", [False, True])
@pytest.mark.parametrize("batch_size", [4, 11])
def test_its_limit_is_the_oracles(decay, decay_bias, batch_size):
    run = run_of("zz_averaged", decay, decay_bias=decay_bias, batch_size=batch_size)
    found = worked_out(run)
    limit = behaviour(run, 11).limit(found.data)
    assert limit.kind == ("full" if batch_size == 11 else "cycle")
    assert limit.lr == pytest.approx(found.limit, rel=SEARCH)


@pytest.mark.parametrize("decay", KINDS)
def test_where_its_entry_says_that_it_goes_it_goes(decay):
    run = run_of("zz_averaged", decay, batch_size=11, lr=0.3)
    found = worked_out(run)
    end = behaviour(run, 11).end
    assert end.kind == "ridge"
    w, b = found.after(3000)
    expected_w, expected_b = found.ridge(end.weight_decay.value)
    np.testing.assert_allclose([*w, b], [*expected_w, expected_b], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(("name", "decay"), list(product(RULES, KINDS)))
def test_its_step_is_taken_apart_as_its_oracle_does(name, decay):
    found = worked_out(run_of(name, decay))
    seen, stepped = Replay(found.data, found.run).step(7), Stepped(found, 7)
    np.testing.assert_allclose(seen.by_decay, stepped.by_decay, atol=CLOSE)
    assert np.abs(seen.by_decay).max() > 1e-4


def test_one_that_is_not_linear_may_end_at_a_ridge_solution_on_batches():
    run = run_of("zz_summed", "coupled", lr=0.3)
    found = worked_out(run)
    w, b = found.after(1500)
    assert behaviour(run, 11).end.weight_decay.value == 0.5
    expected_w, expected_b = found.ridge(0.5)
    np.testing.assert_allclose([*w, b], [*expected_w, expected_b], atol=1e-2)


@pytest.mark.parametrize("batch_size", [4, 11])
def test_one_may_end_at_no_point_that_is_known_even_on_all_examples(batch_size):
    run = run_of("zz_summed", "decoupled", batch_size=batch_size, lr=0.3)
    end = behaviour(run, 11).end
    assert (end.kind, end.why) == ("unknown", SHORTER)
    lengths = [np.linalg.norm(worked_out(run).after(epochs)[0]) for epochs in (20, 500)]
    assert lengths[1] < lengths[0] / 2
    page = visit("train", query_of("zz_summed", "decoupled", batch_size=str(batch_size)))
    assert any(SHORTER in text for text in page.captions)


def test_the_overview_says_of_one_that_has_not_arrived_that_it_is_on_its_way():
    seen = visit("map", query_of("zz_summed", optimizers="zz_summed", per_decade="1", seeds="1"))
    (said,) = seen.saying("still on its way")
    assert "nobody’s №3, coupled" in said
    assert float(said.values["distance"]) > 0.5


def test_what_it_does_not_state_is_not_known():
    run = run_of("zz_signed", "coupled")
    assert behaviour(run, 11).end.kind == "unknown"
    assert behaviour(run, 11).limit(worked_out(run).data).kind == "none"
    assert math.isnan(behaviour(run, 11).limit(worked_out(run).data).lr)
    assert behaviour(replace(run, batch_size=11), 11).end.kind == "box"
