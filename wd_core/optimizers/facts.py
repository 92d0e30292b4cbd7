"""What several rules have in common: where they end, and what is said of it."""

from __future__ import annotations

from typing import Any

from wd_core.optimizers.entry import Destination
from wd_core.optimizers.formula import Formula

STRENGTH = Formula("λ", r"\lambda", ("λ",), lambda lam: lam)
BOUND = Formula("1/λ", r"\tfrac{1}{\lambda}", ("λ",), lambda lam: 1 / lam)

TO_RIDGE = Destination(shape="ridge", strength=STRENGTH, on_batches=True)


def ridge_if_whole(elsewhere: str) -> Destination:
    """To ridge where every step takes all examples; `elsewhere`: why it is not known on batches."""
    return Destination(shape="ridge", strength=STRENGTH, on_batches=False, elsewhere=elsewhere)


def box_if_whole(elsewhere: str) -> Destination:
    """Into the box |w_j| <= 1/λ where every step takes all examples."""
    return Destination(shape="box", strength=BOUND, on_batches=False, elsewhere=elsewhere)


def neither(elsewhere: str) -> Destination:
    """To no ridge solution and into no box; `elsewhere`: where it goes instead, or why."""
    return Destination(shape="neither", strength=None, on_batches=False, elsewhere=elsewhere)


# What decoupled decay is under every rule that keeps something of its gradients or divides them.
APART: dict[str, Any] = {
    "acts": (
        "A step multiplies w by 1 − ηλ, and the optimizer sees the gradients of the data loss "
        "alone."
    ),
    "part": "Decay's part is −ηλw, and the optimizer sees the data gradients alone.",
    "factor": True,
    "no_factor": "",
}
# What coupled decay is where no factor describes it.
NO_FACTOR: dict[str, Any] = {
    "factor": False,
    "no_factor": (
        "λw passes through the optimizer, and no single factor describes what is left of w."
    ),
}
