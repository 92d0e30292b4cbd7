"""Settings of the whole suite."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import torch
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from threadpoolctl import threadpool_limits

# Derandomised: a failure in CI is the same failure on every machine.
settings.register_profile("suite", max_examples=25, deadline=None, derandomize=True)
settings.load_profile("suite")
# Threads cost more than they give at these sizes, and several workers share the cores.
torch.set_num_threads(1)
threadpool_limits(1)
# An AppTest looks through all that is installed for components: longer than most pages take.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--whole-matrix: every combination of the matrix of cases, not a covering choice."""
    parser.addoption(
        "--whole-matrix",
        action="store_true",
        help="run the pages in every combination of optimizer, decay, batches, λ, shape and data",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under several workers (`-n logical`) tests that share what is costly stay together."""
    from tests.sharing import Shares  # xdist need not be installed

    return Shares(config, log)


@pytest.fixture(autouse=True)
def _worked_out_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that opens without a browser is whole: there is none to follow its stream."""
    from pages.shared import work

    monkeypatch.setattr(work, "AT_FIRST", 600.0)


@pytest.fixture(autouse=True)
def _no_loop_of_a_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """A worker that has driven a browser keeps that loop running: other tests begin without one."""
    loop = asyncio._get_running_loop()
    if loop is None or request.node.get_closest_marker("browser"):
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)
