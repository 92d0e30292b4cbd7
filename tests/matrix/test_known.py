"""A number and its formula come from one place: each formula of the entries gives its number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.matrix.formulas import evaluate
from tests.oracles import random_dataset
from wd_core import OPTIMIZERS, Hyperparameters
from wd_core.linear.behaviour import behaviour
from wd_core.optimizers import KINDS

# The arithmetic of a dozen operations.
EXACT = 1e-12
# LaTeX has names for these letters.
GREEK = {"λ": "lambda", "μ": "mu", "η": "eta"}
SIZES = {"whole": 4, "short": 5, "all": 12}


def known_of(run, n):
    """Every number with a formula that is known of a run."""
    found = behaviour(run, n)
    end, same = found.end, found.in_loss("mse" if run.loss == "half_mse" else "half_mse")
    yield from (end.weight_decay, end.bound, found.factor, found.epoch_factor, found.limit_alone)
    yield found.limit(random_dataset(n, 3)).formula
    if same is not None:
        yield from (same.lr, same.weight_decay)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("decay", KINDS)
@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("batches", SIZES)
def test_a_formula_gives_its_number(optimizer, decay, loss, batches):
    run = Hyperparameters(weight_decay=0.7, lr=0.02, momentum=0.8, batch_size=SIZES[batches])
    run = replace(run, optimizer=optimizer, decay=decay, loss=loss)
    for known in known_of(run, 12):
        if known is not None:
            symbols = dict(known.symbols)
            assert evaluate(known.text, **symbols).value == pytest.approx(known.value, rel=EXACT)
            named = symbols | {GREEK.get(name, name): x for name, x in symbols.items()}
            assert evaluate(known.latex, **named).value == pytest.approx(known.value, rel=EXACT)
            assert letters(known.text) <= symbols.keys()


def letters(text: str) -> set[str]:
    """The letters of a formula."""
    return {sign for sign in text if sign.isalpha()}
