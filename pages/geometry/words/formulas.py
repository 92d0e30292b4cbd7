"""The loss as LaTeX, with its numbers."""

from __future__ import annotations

from pages.shared.latex import tex
from wd_core.arrays import Array
from wd_core.plane.quadratic import Quadratic

# Digits of H and w̃: with these L(w*) comes out by hand to the three digits that are shown.
DIGITS = 5


def loss(surface: Quadratic, minimiser: Array, *, data: bool) -> str:
    """L(w) = ½ (w − w̃)ᵀH(w − w̃), for data with what it is an average of, H and w̃ below."""
    form = r"\tfrac{1}{2}(w-\tilde w)^\top H\,(w-\tilde w)"
    if surface.offset:
        form += f" + {tex(surface.offset, DIGITS)}"
    average = r"\min_b \tfrac{1}{2n}\sum_i (x_i^\top w + b - y_i)^2 \\ = " if data else ""
    rows = r"\\".join(" & ".join(tex(x, DIGITS) for x in row) for row in surface.hessian.tolist())
    point = " & ".join(tex(x, DIGITS) for x in minimiser.tolist())
    return (
        rf"\begin{{gathered}} L(w) = {average}{form} \\"
        rf" H = \begin{{pmatrix}} {rows} \end{{pmatrix}} \\"
        rf" \tilde w = \begin{{pmatrix}} {point} \end{{pmatrix}}^\top \end{{gathered}}"
    )
