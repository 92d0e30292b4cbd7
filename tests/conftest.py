"""Settings of the whole suite."""

from __future__ import annotations

import pytest
import torch
from hypothesis import settings

# Derandomised: a failure in CI is the same failure on every machine.
settings.register_profile("suite", max_examples=25, deadline=None, derandomize=True)
settings.load_profile("suite")
# Threads cost more than they give at these sizes.
torch.set_num_threads(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--whole-matrix: every combination of the matrix of cases, not a covering choice."""
    parser.addoption(
        "--whole-matrix",
        action="store_true",
        help="run the pages in every combination of optimizer, decay, batches, λ, shape and data",
    )
