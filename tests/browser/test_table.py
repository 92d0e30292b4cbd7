"""The table behind a picture: what is drawn, to read and to take away."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.choosing import choose
from tests.browser.demo.driver import opened, root, wait_epoch
from tests.browser.demo.runs import curves

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server


def shown(page: "Page") -> "Locator":
    """The tables, opened."""
    page.get_by_role("button", name="Show as a table").first.click()
    page.locator(".wd-table table").first.wait_for()
    return page.locator(".wd-table table")


def cells(table: "Locator") -> list[list[str]]:
    """All of a table."""
    rows = "node => [...node.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    return list(table.evaluate(rows))


def taken(page: "Page", title: str) -> list[list[str]]:
    """A table as it is downloaded."""
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download “{title}” as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def rows_at_last(page: "Page", count: int) -> None:
    """Wait until the first table has so many rows."""
    page.wait_for_function(
        "count => document.querySelector('.wd-table table')?.tBodies[0].rows.length === count",
        arg=count,
    )


def test_it_holds_what_is_drawn_and_is_closed_until_it_is_asked_for(
    page: "Page", demo: "Server"
) -> None:
    opened(page, demo)
    button = page.get_by_role("button", name="Show as a table")
    assert button.get_attribute("aria-expanded") == "false"
    assert page.locator(".wd-table").is_hidden()
    assert page.locator(".wd-table table").count() == 0
    lines, marks = shown(page).all()
    assert button.get_attribute("aria-expanded") == "true"
    head, *rows = cells(lines)
    assert head == ["epoch", "train", "test"]
    assert len(rows) == 101
    assert rows[50] == ["50", "0.01832", "0.5677"]
    assert rows[100][1] == "–"  # a logarithmic axis has no place for 0
    assert lines.locator("caption").inner_text() == "loss"
    assert lines.locator("thead th[scope=col]").count() == 3
    assert lines.locator("tbody th[scope=row]").count() == 101
    assert cells(marks)[1:] == [["truth", "0", "0.3000"], ["truth", "100", "0.3000"]]
    button.click()
    assert page.locator(".wd-table table").count() == 0


def test_its_csv_has_exactly_the_numbers(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    shown(page)
    head, *rows = taken(page, "loss")
    assert head == ["epoch", "train", "test"]
    series = curves(0, 100)
    for column, name in enumerate(("epoch", "train_loss", "test_loss")):
        drawn = [value if value or column == 0 else None for value in series[name]]
        assert [float(row[column]) if row[column] else None for row in rows] == drawn


def test_it_follows_the_picture(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    shown(page)
    page.get_by_role("slider", name="Epoch").fill("37")
    rows_at_last(page, 38)
    page.get_by_role("slider", name="Weight decay").press("ArrowRight")
    root(page, run="decay-0.001")
    page.wait_for_function(
        "document.querySelector('.wd-table tbody tr td:last-child').textContent === '0.9995'"
    )


def test_it_grows_with_a_stream(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    shown(page)
    choose(page, "Long run", "two")
    root(page, "done", "/api/stream?name=two&epochs=40&pace=0.01")
    rows_at_last(page, 41)
    choose(page, "Long run", "one")
    root(page, "streaming")
    wait_epoch(page, 20)
    page.get_by_role("button", name="Stop").click()
    root(page, "stopped")
    epoch = int(page.locator(".wd-chart").get_attribute("data-epoch") or 0)
    rows_at_last(page, epoch + 1)


def test_a_cell_is_no_formula(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    page.evaluate(
        """() => { const { parentElement } = document.querySelector('.wd-chart');
        const { picture } = parentElement[Symbol.for('weight-decay-explorer chart')];
        picture.figure.data[2].name = '=1+1,"2"'; }"""
    )
    shown(page)
    assert taken(page, "loss: points")[1][0] == '\u2060=1+1,"2"'


# Of each page that has another kind of trace: a column or a row, and what must stand there.
DRAWN = {
    "map?optimizers=sgd&per_decade=1&seeds=1": ("SGD coupled", "rows: weight decay λ"),
    "geometry": ("level sets of the data loss", "w₁"),
    "book?seeds=50": ("‖w‖", "seeds"),
}


@pytest.mark.parametrize("link", DRAWN)
def test_other_kinds_of_pictures_have_tables(page: "Page", server: "Server", link: str) -> None:
    title, head = DRAWN[link]
    page.goto(f"{server.url}/{link}")
    page.locator(".wd-chart[data-run]").first.wait_for()
    tables = shown(page)
    first = tables.first
    assert title in first.locator("caption").inner_text()
    assert head in first.locator("thead").inner_text()
    rows = cells(first)
    assert len(rows) > 3
    assert all(len(row) == len(rows[0]) for row in rows)
