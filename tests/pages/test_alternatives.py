"""What a picture is to who cannot see it: what is drawn and what it shows, in the present numbers.

The numbers of every sentence are worked out again in tests/matrix; here it is shown that each
picture's alternative holds the sentence of its own page and settings, in the language spoken.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from pages.registry import PICTURED
from pages.shared.language import LANG
from pages.shared.numbers import plain
from pages.train.payload.picture import training_picture
from pages.train.question import FORM as TRAIN
from tests.pages.opening import opened, payloads
from wd_core import DatasetSpec, Hyperparameters, collect, make_dataset, train

# What only Markdown, HTML or LaTeX reads as something else than itself.
MARKS = re.compile(r"\*\*|\$|`|\]\(|<\w|\\")
MADE_OF = DatasetSpec(n_train=20, n_features=200, noise=0.01, seed=0)


def findings(payload: dict[str, Any]) -> list[str]:
    """What the browser puts behind what is drawn: picture.js."""
    if "finding" in payload:
        return [payload["finding"]]
    return payload.get("sentences") or [payload.get("sentence", "")]


@pytest.mark.parametrize("view", [page.path for page in PICTURED])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_picture_says_what_it_shows(view: str, language: str) -> None:
    sent = payloads(opened(view, {LANG: language}))
    assert sent
    for payload in sent:
        drawn = payload["figure"]["layout"]["meta"]["alt"]
        assert drawn
        for finding in findings(payload):
            assert finding, drawn
            assert finding != drawn
            assert not MARKS.search(finding), finding
            assert language == "en" or re.search(r"[\u4e00-\u9fff]", finding), finding


def test_the_run_ends_where_its_picture_says() -> None:
    for weight_decay in (0.0, 0.3, 3.0):
        run = Hyperparameters(weight_decay=weight_decay, lr=0.003, batch_size=5, epochs=100)
        test = collect(train(make_dataset(MADE_OF), [run])).test_loss[-1, 0]
        (said,) = findings(picture(weight_decay=str(weight_decay)))
        assert plain(float(test)) in said


def test_a_run_that_diverged_says_when() -> None:
    run = Hyperparameters(weight_decay=3.0, lr=1.0, batch_size=5, epochs=100)
    epoch = int(collect(train(make_dataset(MADE_OF), [run])).diverged_at[0])
    (said,) = findings(picture(weight_decay="3", lr="1"))
    assert re.search(rf"\b{epoch}\b", said), said


def test_a_step_says_where_its_weights_go() -> None:
    for query in ({}, {"weight_decay": "0"}, {"optimizer": "adam", "step": "7"}):
        payload = payloads(opened("step", query))[0]
        old, new = (
            next(trace for trace in payload["figure"]["data"] if trace["name"] == name)
            for name in ("old w", "new w")
        )
        for axis in "xy":
            before, after = (float(np.asarray(point[axis])[0]) for point in (old, new))
            assert f"{plain(before)} to {plain(after)}" in payload["finding"]


def picture(**query: str) -> dict[str, Any]:
    """The Train page's picture for these settings, as a drag asks for it too."""
    asked, _ = TRAIN.read(list(query.items()))
    return dict(training_picture(asked.settings, waits=False))
