"""A test that asks for a `case` runs in every case of the matrix."""

from __future__ import annotations

import pytest

from tests.matrix import cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill in `case`: from the covering design, or from the whole product where it is asked for.

    A page that has fewer dimensions names its cases itself, as `CASES` in its test module.
    """
    if "case" not in metafunc.fixturenames:
        return
    all_of_them = metafunc.config.getoption("--whole-matrix", default=False)
    chosen = getattr(metafunc.module, "CASES", None)
    if chosen is None:
        chosen = cases.whole() if all_of_them else cases.covering()
    # of module scope, so that all tests of a case follow each other and may share what is costly
    metafunc.parametrize("case", chosen, ids=str, scope="module")
