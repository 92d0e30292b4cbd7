"""Every page that works on the run's data, with tables of awkward shapes instead of those drawn."""

from __future__ import annotations

import pytest

from pages.shared.brought.packed import packed
from pages.table.use import PAGES
from tests.pages.opening import fine, in_frame, payloads, text, unfolded
from wd_core import Table, read_table
from wd_core.data import OWN

SMALL = read_table("a,b,y\n1,2,3\n2,,1\n3,1,2\n5,2,2\n8,,1\n4,4,0\n7,1,3\n6,2,2\n")
CLASSES = read_table(
    "x;kind;y\n"
    + "\n".join(f"{k % 7};{'abc'[k % 3]};{['no', 'yes'][k % 5 > 2]}" for k in range(40))
)
ONE = read_table("x,y\n" + "\n".join(f"{k % 5},{k * k % 7}" for k in range(12)))
WIDE = read_table(
    ",".join(f"x{k}" for k in range(30))
    + ",y\n"
    + "\n".join(",".join(str((row * 7 + k * k) % 11) for k in range(31)) for row in range(9))
)
TABLES: dict[str, tuple[Table, dict[str, str]]] = {
    "rows with holes": (SMALL, {"n_train": "3", "n_test": "1"}),
    "medians in holes": (SMALL, {"n_train": "5", "n_test": "3", "holes": "median"}),
    "two classes": (CLASSES, {"n_train": "30", "n_test": "10"}),
    "one feature": (ONE, {"n_train": "8", "n_test": "4"}),
    "more features than rows": (WIDE, {"n_train": "6", "n_test": "3"}),
    "more rows asked for than there are": (ONE, {"n_train": "2000", "n_test": "2000"}),
}
QUICK = {
    "map": {"per_decade": "2", "seeds": "1"},
    "which": {"draws": "5", "seeds": "1"},
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_works_on_a_table_of_ones_own(page: str, name: str) -> None:
    table, sizes = TABLES[name]
    view = unfolded(in_frame(page), page)
    own = {"source": OWN, "rows": packed(table), "target": "y", "epochs": "5", "batch_size": "4"}
    for key, value in {**own, **sizes, **QUICK.get(page, {})}.items():
        view.query_params[key] = value
    fine(view.run())
    assert payloads(view)
    said = text(view)
    assert "true weight" not in said.lower()
