"""What λ weighs: the penalties by the names that settings know them by, and the facts about each.

Each is sharp·‖w‖₁ + smooth·‖w‖²/2. The second part has a gradient and is descended with the data
loss; of the first part every step then takes its proximal map, soft thresholding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from wd_core.checks import require
from wd_core.optimizers.entry import Tensor
from wd_core.optimizers.facts import STRENGTH
from wd_core.optimizers.formula import Formula
from wd_core.optimizers.registry import OPTIMIZERS
from wd_core.optimizers.settings import RunSettings

# Where the numbers of these formulas stand in a run.
FIELDS: Mapping[str, str] = {"λ": "weight_decay", "ρ": "l1_ratio"}
NOTHING = Formula("0", "0", (), lambda: 0.0)


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """One entry of the registry; a fact that is missing or blank raises ValueError with its name.

    label and formula (LaTeX) are for the page; `reads` names the fields of Hyperparameters it uses
    beside weight_decay, and `needs` what it asks of others: a rule in words and a test, by field.
    smooth, sharp (in λ and ρ): what weighs ‖w‖²/2 and ‖w‖₁. `corners`: "" where there is no sharp
    part, so that a plain step multiplies w by a factor, else a sentence that says why none does;
    end: "" where the optimizer's entry says where a run goes, else a sentence on where instead.
    """

    label: str
    formula: str
    reads: tuple[str, ...]
    needs: Mapping[str, tuple[str, Callable[[Any], bool]]]
    smooth: Formula
    sharp: Formula
    corners: str
    end: str

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            blank = name in ("label", "formula") and not str(value).strip()
            require(not (value is None or blank), name, "stated", value)
        known = {field.name for field in fields(RunSettings)}
        for name in ("reads", "needs"):
            strange = set(getattr(self, name)) - known
            require(not strange, name, "fields of Hyperparameters", sorted(strange))
        for name in ("smooth", "sharp"):
            part = getattr(self, name)
            sound = isinstance(part, Formula) and set(part.symbols) <= set(FIELDS)
            require(sound, name, "a Formula in λ and ρ", part)
        for name in ("corners", "end"):
            said = bool(getattr(self, name).strip())
            rule = 'a sentence where there is a sharp part, else ""'
            require(said == (self.sharp is not NOTHING), name, rule, getattr(self, name))


def thresholded(w: Tensor, cut: Tensor) -> Tensor:
    """Towards zero by `cut`, and no further: argmin ½(u − w)² + cut·|u|, of arrays and tensors."""
    return w - w.clip(-cut, cut)


L2 = Penalty(
    label="L2",
    formula=r"\tfrac{\lambda}{2}\lVert w\rVert^2",
    reads=(),
    needs={},
    smooth=STRENGTH,
    sharp=NOTHING,
    corners="",
    end="",
)
# What thresholding after a step is right for: a step of which nothing is kept or divided.
_PLAIN_STEPS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "optimizer": ("sgd, or another of plain steps,", lambda name: OPTIMIZERS[name].plain),
    "decay": ("coupled", lambda decay: decay == "coupled"),
    "decay_bias": ("False", lambda decay_bias: not decay_bias),
}
_TAKEN = (
    "A step takes the same amount of every weight, and all of one that is smaller: no factor "
    "describes what is left of w."
)
L1 = Penalty(
    label="L1",
    formula=r"\lambda\lVert w\rVert_1",
    reads=(),
    needs=_PLAIN_STEPS,
    smooth=NOTHING,
    sharp=STRENGTH,
    corners=_TAKEN,
    end="The run goes to the lasso's solution, which is no ridge solution.",
)
ELASTIC = Penalty(
    label="Elastic net",
    formula=r"\lambda\left(\rho\lVert w\rVert_1 + \tfrac{1-\rho}{2}\lVert w\rVert^2\right)",
    reads=("l1_ratio",),
    needs=_PLAIN_STEPS,
    smooth=Formula(
        "λ(1 − ρ)", r"\lambda(1-\rho)", ("λ", "ρ"), lambda lam, ratio: lam * (1 - ratio)
    ),
    sharp=Formula("λρ", r"\lambda\rho", ("λ", "ρ"), lambda lam, ratio: lam * ratio),
    corners=_TAKEN,
    end="The run goes to the elastic net's solution, which is no ridge solution.",
)
PENALTIES: dict[str, Penalty] = {"l2": L2, "l1": L1, "elastic": ELASTIC}
