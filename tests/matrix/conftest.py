"""A test that asks for a `case` runs in every case of the matrix."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.matrix import cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill in `case`: a share of the covering design, or the whole product where it is asked for.

    A page that has fewer dimensions names its cases itself, as `CASES` in its test module.
    """
    if "case" not in metafunc.fixturenames:
        return
    all_of_them = metafunc.config.getoption("--whole-matrix", default=False)
    chosen = getattr(metafunc.module, "CASES", None)
    if chosen is None:
        chosen = cases.whole() if all_of_them else _share(metafunc.module)
    # of module scope, so that all tests of a case follow each other and may share what is costly
    metafunc.parametrize("case", chosen, ids=str, scope="module")


def _share(module: ModuleType) -> tuple[cases.Case, ...]:
    """A quarter of the covering design: of four pages each has another."""
    here = Path(str(module.__file__))
    return cases.covering()[sorted(here.parent.glob("test_*.py")).index(here) % 4 :: 4]
