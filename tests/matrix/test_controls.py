"""A control is shown only where it changes something: what is drawn, said or listed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pages.shared.fields import Choice, Steps, Text, as_text
from pages.shared.settings import SETTINGS
from tests.matrix.driver import Visit, visit
from wd_core import DATASETS, OPTIMIZERS

# The settings from which each control is moved alone: no value of it is at an end, or idle.
BASE = {
    "weight_decay": "0.5",
    "lr": "0.01",
    "n_train": "11",
    "n_test": "12",
    "n_features": "12",
    "batch_size": "4",
    "epochs": "8",
    "noise": "0.5",
    "true_weight": "0.5",
    "n_informative": "4",
}
# What a page answers a link with, beside the picture: the link itself.
ECHO = ("run", "query", "live", "stream", "work", "heard")
PLACES = [
    *(("train", optimizer, "linear") for optimizer in OPTIMIZERS),
    *(("train", "sgd", source) for source in DATASETS if source != "linear"),
    ("step", "adam", "linear"),
    ("act", "momentum", "diabetes"),
]


def answer(seen: Visit) -> str:
    """All that the page shows, but for the link to it."""
    pictures = [{k: v for k, v in p.items() if k not in ECHO} for p in seen.payloads]
    tables = [table.to_json() for table in seen.tables]
    return json.dumps([pictures, seen.shown(), seen.latex, tables], default=str)


def other(key: str, value: Any) -> str:
    """Another value that the setting may have."""
    setting = SETTINGS[key]
    if isinstance(setting, Choice):
        return next(name for name in setting.options if name != value)
    if isinstance(setting, Steps):
        steps = [step for step in setting.steps if step > float(value)]
        return as_text(int(steps[0]) if setting.whole else float(steps[0]))
    if isinstance(setting, Text):
        return setting.default
    moved = float(value) + (1 if setting.whole else 0.125)
    if not setting.least <= moved <= setting.most:
        moved = float(value) - 0.125
    return as_text(int(moved) if setting.whole else moved)


def controls_of(seen: Visit) -> dict[str, Any]:
    """The settings that have a control on the page, and their values."""
    page = seen.page
    nodes = (*page.select_slider, *page.number_input, *page.selectbox)
    return {node.key: node.value for node in nodes if node.key in SETTINGS}


@pytest.mark.parametrize(("view", "optimizer", "source"), PLACES)
def test_each_control_changes_what_is_shown(view, optimizer, source):
    query = {**BASE, "optimizer": optimizer, "source": source}
    at_first = visit(view, query, checks=())
    shown, idle = answer(at_first), []
    for key, value in controls_of(at_first).items():
        moved = visit(view, query | {key: other(key, value)}, checks=())
        if answer(moved) == shown:
            idle.append(key)
    assert not idle, f"{view} shows controls that change nothing: {idle}"
