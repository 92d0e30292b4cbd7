"""How large η and decay are at each step of runs: what their schedules make of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from wd_core.arrays import Array
from wd_core.optimizers.hyperparameters import Hyperparameters
from wd_core.optimizers.runs import Runs
from wd_core.optimizers.schedules import FOLLOWING, SCHEDULES
from wd_core.signatures import typed

# So many shares are worked out together.
AT_ONCE = 4096


class Pace:
    """The shares of η and of decay at each step of runs that take `steps` of them."""

    def __init__(self, runs: Runs, steps: int) -> None:
        kinds = runs.alike("schedule", "warmup", "decay_follows")
        self._kinds = [runs[int(places[0])] for places in kinds]
        self._which = np.empty(len(runs), dtype=np.int64)
        for kind, places in enumerate(kinds):
            self._which[places] = kind
        self._steps, self._block = steps, range(0)
        self._shares: tuple[Any, Any] = (), ()

    @classmethod
    def of(cls, runs: Runs, steps: int) -> Pace | None:
        """None where η is the same at every step of all of them."""
        kinds = runs.alike("schedule", "warmup")
        return cls(runs, steps) if any(runs[int(k[0])].scheduled for k in kinds) else None

    def at(self, step: int) -> tuple[Any, Any]:
        """What η and decay are multiplied by at step 0, 1, ...: numbers for all runs, or [R]."""
        if step not in self._block:
            size = max(1, AT_ONCE // len(self._kinds))
            self._block = range(step, min(step + size, max(self._steps, step + 1)))
            self._shares = self._of_block()
        lr, decay = (shares[step - self._block.start] for shares in self._shares)
        return (lr, decay) if len(self._kinds) == 1 else (lr[self._which], decay[self._which])

    def _of_block(self) -> tuple[Any, Any]:
        """Both shares at the steps of the block, of every kind of run."""
        lr = [lr_shares(run, self._steps, self._block) for run in self._kinds]
        decay = [decay_shares(run, its) for run, its in zip(self._kinds, lr, strict=True)]
        if len(self._kinds) == 1:
            return lr[0].tolist(), decay[0].tolist()
        return np.column_stack(lr), np.column_stack(decay)


def lr_shares(run: Hyperparameters, steps: int, which: range) -> Array:
    """What η is multiplied by at some of the run's steps, of which there are so many."""
    t = np.arange(which.start, which.stop)
    warm = min(run.warmup, which.stop)
    done, after = np.maximum(t - warm, 0), max(steps - run.warmup, 1)
    ramp = (t + 1) / max(float(run.warmup), 1.0)
    return np.where(t < warm, ramp, SCHEDULES[run.schedule].share(done, after))


def decay_shares(run: Hyperparameters, shares: Array) -> Array:
    """What decay is multiplied by where η is multiplied by these."""
    return np.asarray(shares ** FOLLOWING[run.decay_follows].power)


@typed
def learning_rates(run: Hyperparameters, steps: int) -> Array:
    """η at each step of a run that takes so many, [steps]: `run.steps(n_train)` says how many."""
    return np.asarray(run.lr * lr_shares(run, steps, range(steps)))


@typed
def decay_factors(run: Hyperparameters, steps: int) -> Array:
    """What decay alone multiplies w by at each of these steps, on a full batch, [steps].

    That is 1 − ηλ with η and λ as they are at that step; of a penalty with a sharp part only what
    weighs ‖w‖²/2 is in it. Where decay passes through an optimizer no factor describes it:
    `Behaviour.has_factors`.
    """
    shares = decay_shares(run, lr_shares(run, steps, range(steps)))
    return np.asarray(1 - run.lr * run.smooth * shares)
