"""What each of the book's two codes does, what sets them apart, and what makes them equal.

On a batch of m of B nominal rows a program moves, with c = 1 for a loss with its ½ and 2 without,

    w <- w − η·c/M·Σ r_i x_i − η·s·wd·w,    M = B or m,

where s = m/B if the penalty is added to every example's loss and the sum is divided by B, else 1.
So two programs are one computation exactly where their `Hyperparameters` agree and b starts alike:
concise(η, wd) without the ½ is scratch(2η, wd/2).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from wd_core.book.recipes import Code
from wd_core.checks import require_one_of
from wd_core.optimizers import Hyperparameters
from wd_core.signatures import typed

BiasStart = Literal["zero", "normal", "uniform"]
Divisor = Literal["batch_size", "rows"]
Place = Literal["loss", "optimizer"]
Standing = Literal["alike", "idle", "joint", "acts"]


@dataclass(frozen=True)
class Program:
    """One code and its conventions.

    half: whether its loss is half the square; bias_start: b = 0, b ~ N(0, 1), or uniform on ±1/√D
    as nn.Linear has it; divisor: what the sum over a batch is divided by, its nominal size or its
    rows; penalty: added to every example's loss, or to the gradient by the optimizer.
    """

    code: Code
    lr: float
    weight_decay: float
    batch_size: int
    epochs: int
    init_std: float
    seed: int
    half: bool
    bias_start: BiasStart
    decay_bias: bool
    divisor: Divisor
    penalty: Place

    @typed
    def step(self, rows: int) -> tuple[float, float]:
        """(1 − η·s·wd, η·c/M): what a step on so many rows makes of w, and takes of Σ r_i x_i."""
        divisor = rows if self.divisor == "rows" else self.batch_size
        share = rows / divisor if self.penalty == "loss" else 1.0
        c = 1 if self.half else 2
        return 1 - self.lr * share * self.weight_decay, self.lr * c / divisor

    @typed
    def hyperparameters(self, n_train: int) -> Hyperparameters:
        """The run of `train` that this program is on N rows; all but the start of b."""
        c = 1 if self.half else 2
        short = n_train % self.batch_size != 0
        by_rows = short and self.divisor == "rows"
        apart = short and not by_rows and self.penalty == "optimizer" and self.weight_decay > 0
        return Hyperparameters(
            lr=self.lr * c / (2 if by_rows else 1),
            weight_decay=self.weight_decay / c * (2 if by_rows else 1),
            batch_size=self.batch_size,
            epochs=self.epochs,
            loss="mse" if by_rows else "half_mse",
            decay="decoupled" if apart else "coupled",
            decay_bias=self.decay_bias and self.weight_decay > 0,
            init_std=self.init_std,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Switches:
    """How the two codes stand to each other, a key of `SIDES` for each; the defaults are the book.

    Wrong values raise ValueError.
    """

    loss: str = "book"
    rates: str = "same"
    bias_start: str = "book"
    bias_decay: str = "neither"
    divisor: str = "book"
    penalty: str = "book"

    def __post_init__(self) -> None:
        for field in fields(self):
            require_one_of(field.name, getattr(self, field.name), [*SIDES[field.name]])

    def sides(self) -> dict[str, tuple[Any, Any]]:
        """For every switch what the scratch code and the concise code have."""
        return {key: SIDES[key][value] for key, value in asdict(self).items()}


# (scratch, concise); `rates` holds the factor by which wd is multiplied and η divided.
SIDES: dict[str, dict[str, tuple[Any, Any]]] = {
    "loss": {"book": (True, False), "half": (True, True), "whole": (False, False)},
    "rates": {"same": (1, 1), "mapped": (1, 2)},
    "bias_start": {
        "book": ("zero", "normal"),
        "linear": ("zero", "uniform"),
        "zero": ("zero", "zero"),
        "normal": ("normal", "normal"),
    },
    "bias_decay": {"neither": (False, False), "concise": (False, True), "both": (True, True)},
    "divisor": {
        "book": ("batch_size", "rows"),
        "rows": ("rows", "rows"),
        "batch_size": ("batch_size", "batch_size"),
    },
    "penalty": {
        "book": ("loss", "optimizer"),
        "loss": ("loss", "loss"),
        "optimizer": ("optimizer", "optimizer"),
    },
}


@typed
def programs(switches: Switches, run: Hyperparameters) -> tuple[Program, Program]:
    """The scratch and the concise code; λ, η, B, epochs, start scale and seed are the run's."""
    sides = switches.sides()

    def side(code: Code, place: int) -> Program:
        own = {key: pair[place] for key, pair in sides.items()}
        return Program(
            code=code,
            lr=run.lr / own["rates"],
            weight_decay=run.weight_decay * own["rates"],
            batch_size=run.batch_size,
            epochs=run.epochs,
            init_std=run.init_std,
            seed=run.seed,
            half=own["loss"],
            bias_start=own["bias_start"],
            decay_bias=own["bias_decay"],
            divisor=own["divisor"],
            penalty=own["penalty"],
        )

    return side("scratch", 0), side("concise", 1)


@typed
def standings(switches: Switches, run: Hyperparameters, n_train: int) -> dict[str, Standing]:
    """For every switch whether the codes are alike in it, differ without effect, or differ.

    None acts if and only if the two are one computation. The place of the penalty is joint where it
    changes what another divisor does, and nothing without that.
    """
    scratch, concise = programs(switches, run)
    a, b = scratch.hyperparameters(n_train), concise.hyperparameters(n_train)
    scale = _data_rate(a) != _data_rate(b)
    acts = {
        "loss": scale,
        "rates": scale,
        "bias_start": True,
        "bias_decay": a.decay_bias != b.decay_bias,
        "divisor": a.loss != b.loss,
        "penalty": a.loss == b.loss and a.decay != b.decay,
    }
    found: dict[str, Standing] = {
        key: "alike" if left == right else "acts" if acts[key] else "idle"
        for key, (left, right) in switches.sides().items()
    }
    if found["penalty"] == "idle" and found["divisor"] == "acts" and run.weight_decay > 0:
        found["penalty"] = "joint"
    return found


def _data_rate(run: Hyperparameters) -> float:
    return run.lr * (2 if run.loss == "mse" else 1)


@typed
def equalised(switches: Switches, run: Hyperparameters, n_train: int) -> Switches:
    """The nearest switches with which the codes are one computation.

    A missing ½ stays and is made up for by η/2 and wd = 2λ; what has no effect stays as it is.
    """
    alike = {
        "loss": switches.loss,
        "rates": "mapped" if switches.loss == "book" else "same",
        "bias_start": "zero",
        "bias_decay": "neither",
        "divisor": "rows",
        "penalty": "loss",
    }
    now = standings(switches, run, n_train)
    changed = {key: alike[key] for key, standing in now.items() if standing == "acts"}
    if "loss" in changed or "rates" in changed:
        changed["rates"] = alike["rates"]
    return replace(switches, **changed)
