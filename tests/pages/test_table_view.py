"""The page of a visitor's own table: what was understood, what is refused, and the way on."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from pages.shared.run import PINS, RUN
from pages.shared.settings import SETTINGS, Settings
from pages.table import words
from tests.pages.opening import fine, in_frame, text
from wd_core import read_table, ridge_path
from wd_core.data import OWN, table_dataset

ROWS = "\n".join(f"{k},{k % 7 / 2},{'ab'[k % 2]},{(k * 37) % 11}" for k in range(1, 41))
TABLE = f"no,x,kind,y\n{ROWS}\n"


def pasted(rows: str) -> AppTest:
    """The page with this text."""
    page = fine(in_frame("table").run())
    page.radio(key="table way").set_value(words.TEXT).run()
    page.text_area(key="table text").set_value(rows).run()
    return page


def target(page: AppTest) -> Selectbox:
    """The list of columns to predict."""
    return next(box for box in page.selectbox if box.label.startswith("Target"))


def run_of(page: AppTest) -> Settings:
    """What the session’s run is."""
    state = {key: page.session_state[key] for key in SETTINGS if key in page.session_state}
    return RUN.chosen(state)


def test_it_opens_with_three_ways_to_bring_a_table() -> None:
    page = fine(in_frame("table").run())
    assert page.radio(key="table way").options == ["A file", "Pasted text", "Typed numbers"]
    assert "No one else sees it" in text(page)


def test_what_was_understood_is_shown_before_it_is_used() -> None:
    page = fine(pasted(TABLE))
    said = text(page).replace("\\", "")
    assert "Rows: 40; columns: 4, of which 3 are numbers." in said
    assert "The first 5 of 40 rows" in said
    assert target(page).value == "y"
    assert page.success[0].value == (
        "pasted table can be used. Rows: 40; features: 2."  # the first column counts rows
    )
    assert run_of(page).data.source != OWN


def test_a_button_opens_train_with_it() -> None:
    page = fine(pasted(TABLE))
    page.button(key="table opens train").click().run()
    settings = run_of(page)
    assert page.session_state[PINS] == ()
    assert settings.data.source == OWN
    assert settings.data.n_train == 30
    assert settings.data.n_features == 2
    data = table_dataset(read_table(TABLE), "y", n_train=30, n_test=10)
    path = ridge_path(data, [settings.run.weight_decay])
    assert np.isfinite(path.test_loss).all()


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("x,y\n", "a header alone"),
        ("x,y\n1,2\n3\n4,5\n", "line 3 must have 2 cells"),
        ("x,y\n1,a\n2,b\n3,c\n", "the target 'y' must hold numbers or two classes"),
        ("x,y\n1,2\n3,4\n", "at least 3 rows"),
    ],
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(rows: str, why: str) -> None:
    page = pasted(rows)
    assert not page.exception
    if not page.error:  # no column seems right: one must be chosen
        target(page).set_value("y").run()
    said = " ".join(box.value.replace("\\", "") for box in page.error)
    assert why in said
    assert not page.success
    assert run_of(page).data.source != OWN


def test_a_table_that_was_brought_is_there_for_the_rest_of_the_visit() -> None:
    page = fine(pasted(TABLE))
    page.button(key="table opens train").click().run()
    page = page.switch_page("table/view.py").run()
    page.radio(key="table way").set_value(words.AGAIN).run()
    assert "Rows: 40; columns: 4" in text(page).replace("\\", "")
    assert page.selectbox(key="table before").options == ["pasted table"]
    assert page.success[0].value.startswith("pasted table can be used. Rows: 40")


def test_a_guess_can_be_overruled() -> None:
    page = pasted("1,5;2\n2,5;3\n3,5;1\n4,5;2\n")
    assert "1.5" in str(page.table[0].value)
    page.session_state["table Read it in another way opened"] = True
    page.run()
    page.selectbox(key="table decimal").set_value(".").run()
    assert not page.exception
    assert "5;2" in str(page.table[0].value)  # commas part the columns now


def test_names_of_columns_stand_for_themselves() -> None:
    page = fine(pasted("$x_1$,[a](b),**m**,y\n1,2,3,1\n2,1,3,2\n4,5,1,3\n7,1,2,4\n"))
    names = list(page.table[0].value.columns)
    assert names == [r"\$x\_1\$", r"\[a\]\(b\)", r"\*\*m\*\*", "y"]
