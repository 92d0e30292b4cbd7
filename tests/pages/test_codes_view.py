"""The page “codes” through AppTest: its switches, its scripts, what it leaves out, nonsense."""

import io
import json
import re
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.shared.run import PINS
from tests.pages.opening import complaints, unfolded
from tests.unlinked import unlinked
from wd_core.book.two_codes import SIDES, Switches

VIEW = Path(__file__).parents[2] / "pages" / "codes" / "view.py"
SMALL = {"n_train": "7", "n_test": "5", "n_features": "4", "epochs": "3", "batch_size": "3"}
# The picture holds six digits, the scripts print twelve.
SHOWN = 1e-5


def opened(query: Mapping[str, str] | None = None) -> AppTest:
    page = unfolded(AppTest.from_file(str(VIEW), default_timeout=60), "codes")
    for key, text in (query or {}).items():
        page.query_params[key] = text
    return fine(page.run())


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    assert not page.error, page.error[0].value
    return page


def click(page: AppTest, label: str) -> AppTest:
    (button,) = (button for button in page.button if button.label == label)
    return fine(button.click().run())


def payload(page: AppTest) -> dict[str, Any]:
    (chart,) = page.get("bidi_component")
    return dict(json.loads(chart.proto.bytes)["payload"])


def text(page: AppTest) -> str:
    nodes = (*page.markdown, *page.caption, *page.latex, *page.info, *page.subheader)
    return "\n".join(unlinked(str(node.value)) for node in nodes)


def scripts(page: AppTest) -> list[str]:
    """The two whole codes."""
    return [str(code.value) for code in page.code if "import torch" in str(code.value)]


def printed(script: str) -> list[tuple[float, ...]]:
    out, dtype = io.StringIO(), torch.get_default_dtype()
    try:
        with redirect_stdout(out):
            exec(compile(script, "script.py", "exec"), {"__name__": "__main__"})
    finally:
        torch.set_default_dtype(dtype)
    row = r"epoch (\d+)  train (\S+)  test (\S+)  norm (\S+)"
    found = [re.fullmatch(row, line) for line in out.getvalue().splitlines()]
    return [tuple(map(float, match.groups())) for match in found if match]


def test_opens_on_the_book() -> None:
    page = opened()
    assert not page.warning
    assert payload(page)["query"] == ""
    assert len(scripts(page)) == 2
    assert "≠ the ½ of the loss" in text(page)
    assert "= where the penalty is added" in text(page)


def test_made_equal_by_the_button_and_back_again() -> None:
    page = click(opened(), "Make them equal")
    drawn = payload(page)
    assert dict(parse_qsl(drawn["query"])) == {"rates": "mapped", "bias_start": "zero"}
    assert drawn["series"]["apart"][-1] < 1e-13
    assert "one computation" in drawn["sentence"]
    assert "# ≠" not in "".join(scripts(page))
    page = click(page, "As in the book")
    assert payload(page)["query"] == ""
    assert "# ≠" in "".join(scripts(page))


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"loss": "half", "bias_start": "linear"},
        {"rates": "mapped", "divisor": "rows", "penalty": "loss"},
        {"loss": "whole", "bias_decay": "concise", "penalty": "optimizer"},
        {"divisor": "batch_size", "bias_decay": "both", "bias_start": "normal"},
    ],
    ids=str,
)
def test_the_shown_scripts_print_the_shown_numbers(switches: dict[str, str]) -> None:
    page = opened(SMALL | switches)
    series = payload(page)["series"]
    for code, script in zip(("scratch", "concise"), scripts(page), strict=True):
        rows = np.array(printed(script))
        names = ("epoch", *(f"{what}_{code}" for what in ("train", "test", "norm")))
        shown = np.column_stack([series[name] for name in names])
        assert rows == pytest.approx(shown, rel=SHOWN)


@pytest.mark.parametrize("key", SIDES)
def test_every_choice_is_a_page_and_in_its_link(key: str) -> None:
    page = opened(SMALL)
    for choice in SIDES[key]:
        page.selectbox(key=f"codes {key}").set_value(choice)
        link = dict(parse_qsl(payload(fine(page.run()))["query"]))
        assert link.get(key, asdict(Switches())[key]) == choice


def test_a_setting_of_the_run_is_shared_and_changes_the_picture() -> None:
    page = opened()
    before = payload(page)["series"]["test_scratch"]
    page.select_slider(key="weight_decay").set_value(0.0)
    drawn = payload(fine(page.run()))
    assert drawn["query"] == "weight_decay=0"
    assert drawn["series"]["test_scratch"] != before
    assert page.session_state["weight_decay"] == 0.0


def test_what_train_has_and_this_page_has_not_is_said() -> None:
    page = opened({**SMALL, "optimizer": "adam"})
    assert "uses Adam" in text(page)
    page = opened({**SMALL, "decay": "decoupled"})
    assert "has decoupled decay" in text(page)
    assert "has decoupled decay" not in text(
        opened({**SMALL, "decay": "decoupled", "n_train": "6"})
    )
    page = opened({**SMALL, "optimizer": "adam"})
    assert dict(parse_qsl(payload(page)["query"]))["optimizer"] == "adam"
    page = opened({"n_train": "2000", "epochs": "5000"})
    assert "of the run’s 5000 epochs" in text(page).lower()


@pytest.mark.parametrize(
    "query",
    [
        {"n_features": "1", "n_train": "1", "n_test": "1", "epochs": "1"},
        {"n_train": "2", "n_features": "3", "init_std": "0"},
        {"lr": "1", "weight_decay": "100"},
        {"weight_decay": "0", "batch_size": "2000"},
        {"noise": "0", "true_weight": "0", "true_bias": "0", "init_std": "0", "bias_start": "zero"},
        {"source": "diabetes", "n_train": "40", "n_features": "60"},
        {"epochs": "3", "batch_size": "1"},
    ],
    ids=str,
)
def test_the_ends_of_the_controls_make_a_page(query: dict[str, str]) -> None:
    page = opened(query)
    assert payload(page)["sentence"]


def test_nonsense_is_said_on_the_page() -> None:
    page = opened({**SMALL, "divisor": "7", "lr": "fast"})
    assert len(complaints(page)) == 2
    assert PINS in page.session_state
