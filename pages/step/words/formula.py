"""The update of one weight as a formula with its numbers put in, no wider than its column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pages.shared.latex import EXACT, bracketed, tex
from pages.shared.words import tell
from pages.step.words.update import is_plain, part, places_of
from wd_core import Hyperparameters
from wd_core.linear.inspection import Inspection

# Digits of numbers that need powers of ten.
LARGE = 3
# So many signs fit beside "w₁ ←" in the narrowest column: a phone's, or half a small screen's.
WIDEST = 21
# What stands for one sign, and for none.
ONE, NONE = re.compile(r"\\(cdot|eta|lambda|partial)"), re.compile(r"\\[a-z]+|[{}_^\\, ]")


def formula(run: Hyperparameters, seen: Inspection, index: int) -> str:
    """The update of one weight with its numbers put in, in LaTeX."""
    sides = _plain(run, seen, index) if is_plain(run) else _parted(seen, index)
    lines = [line for start, pieces in sides for line in _lines(start, pieces)]
    return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"


def _plain(
    run: Hyperparameters, seen: Inspection, index: int
) -> list[tuple[str, Sequence[Sequence[str]]]]:
    """w ← (1 − ηλ)w − η∂L: what begins each line, and the pieces that must follow."""
    w = f"w_{{{index + 1}}}"
    before, after = float(seen.before[index]), float(seen.after[index])
    data, decay = float(seen.by_data[index]), float(seen.by_decay[index])
    digits = LARGE if places_of(seen, index) is None else EXACT
    short = part(run, seen) if run.decay == "coupled" else None
    share = rf"\tfrac{{{short[0]}}}{{{short[1]}}}" if short else ""
    eta, lam = tex(run.lr, EXACT), tex(run.weight_decay, EXACT)
    cut = rf"{eta}\cdot {lam}" + (rf"\cdot{share}" if share else "")
    gradient = bracketed(tex(float(seen.gradient[index]), digits))
    return [
        (
            rf"{w} &\leftarrow ",
            [[rf"(1-\eta\lambda{share})\,{w}", rf"- \eta\,\partial_{{{index + 1}}} L"]],
        ),
        (
            "&= ",
            [
                [f"(1 - {cut})", rf"\cdot {bracketed(_term(before, seen, index))}"],
                [rf"- {eta}\cdot {gradient}"],
            ],
        ),
        ("&= ", [[_term(before + decay, seen, index), _signed(data, seen, index)]]),
        ("&= ", [[_term(after, seen, index)]]),
    ]


def _parted(seen: Inspection, index: int) -> list[tuple[str, Sequence[Sequence[str]]]]:
    """The same where the step is the sum of two parts."""
    w = f"w_{{{index + 1}}}"
    before, after = float(seen.before[index]), float(seen.after[index])
    data, decay = float(seen.by_data[index]), float(seen.by_decay[index])
    return [
        (
            rf"{w} &\leftarrow ",
            [[w, _named(tell("decay’s part")), _named(tell("data’s part"))]],
        ),
        (
            "&= ",
            [
                [
                    _term(before, seen, index),
                    _signed(decay, seen, index),
                    _signed(data, seen, index),
                ]
            ],
        ),
        ("&= ", [[_term(after, seen, index)]]),
    ]


def _named(part: str) -> str:
    return rf"+ \text{{{part}}}"


def _lines(start: str, groups: Sequence[Sequence[str]]) -> list[str]:
    """These pieces in as few lines as are not too wide; each group begins a line of its own."""
    lines, begin = [], start
    for pieces in groups:
        line = ""
        for piece in pieces:
            if line and signs(line) + signs(piece) > WIDEST:
                lines.append(begin + line)
                line, begin = "", r"&\quad "
            line = f"{line} {piece}" if line else piece
        lines.append(begin + line)
        begin = r"&\quad "
    return lines


def signs(latex: str) -> int:
    """How many signs stand side by side."""
    return len(NONE.sub("", ONE.sub("x", latex)))


def _term(value: float, seen: Inspection, index: int) -> str:
    places = places_of(seen, index)
    return tex(value, LARGE) if places is None else f"{value + 0.0:.{places}f}"


def _signed(value: float, seen: Inspection, index: int) -> str:
    text = _term(value, seen, index)
    return text if text.startswith("-") else f"+ {text}"
