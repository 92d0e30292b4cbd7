"""How several workers share a run: what is costly to set up is set up in one of them."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER, MATRIX = "tests/browser/", "tests/matrix/"


class Shares(LoadScopeScheduling):
    """Hands out tests in groups, in their order: the tests with a browser come first."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        """By default a worker takes the group with the most tests, whatever these cost."""
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """The name of the group that a test goes with.

    All tests with a browser share servers and must not disturb each other; the tests of one case of
    the matrix share a visit; those of any other file share its fixtures.
    """
    path, _, test = nodeid.partition("::")
    if path.startswith(BROWSER):
        return BROWSER
    case = test.partition("[")[2]
    return f"{path} {case}" if path.startswith(MATRIX) else path
