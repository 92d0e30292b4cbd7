"""What the two codes did, in sentences and formulas; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from pages.shared.codes.runs import Answer, Question
from pages.shared.latex import tex
from pages.shared.numbers import number_text, plain
from wd_core import OPTIMIZERS
from wd_core.two_codes import IDLE, MARKS, Standing

# A difference below this share of the largest weight is what float64 leaves of equal sums.
ROUNDING = 1e-12


def outcome(question: Question, found: Answer) -> str:
    """Which switches set the codes apart, and how far apart they end."""
    said = [_diverged(question, found) or _end(question, found)]
    idle = [key for key, standing in question.standings.items() if standing == "idle"]
    if not question.acting and idle:
        said.append(f"Still written differently, without effect: {named(idle)}.")
    said.append(
        f"At no epoch{_compared(question, found)} is a weight or the bias of either further than "
        f"{plain(found.farthest)} from our engine’s run of it, and never by more than "
        f"{plain(found.nearness)} of the largest weight or bias that the code has had."
    )
    return " ".join(said)


def _compared(question: Question, found: Answer) -> str:
    """Which epochs there are to compare, where a code has diverged."""
    if found.diverged_at == (None, None):
        return ""
    ends = [
        f"{program.code} up to epoch {last}"
        for program, last in zip(question.programs, found.last_epochs, strict=True)
    ]
    return f" with numbers ({', '.join(ends)})"


def _end(question: Question, found: Answer) -> str:
    epochs, apart = _epochs(question.run.epochs), float(found.apart[-1])
    small = apart <= ROUNDING * float(found.size[-1].max())
    ends = f"after {epochs} no weight or bias differs by more than {plain(apart)}"
    if apart == 0:
        ends = f"after {epochs} no weight or bias differs at all"
    if not question.acting:
        return f"The two codes are one computation: {ends}{', which is rounding' * small}."
    differ = f"The codes differ in {named(question.acting)}"
    if small:
        return f"{differ}; yet {ends}: nothing is left of that."
    scratch, concise = (plain(float(loss)) for loss in found.test_loss[-1])
    return (
        f"{differ}: after {epochs} a weight or the bias is {plain(apart)} apart, and the test loss "
        f"is {scratch} from scratch and {concise} concise."
    )


def _diverged(question: Question, found: Answer) -> str:
    gone = [
        (program, epoch)
        for program, epoch in zip(question.programs, found.diverged_at, strict=True)
        if epoch is not None
    ]
    if not gone:
        return ""
    said = " and ".join(
        f"the {program.code} code, at η = {plain(program.lr)}, diverged by epoch {epoch}"
        for program, epoch in gone
    )
    other = "" if len(gone) == 2 else "; the other did not"
    differ = f" The codes differ in {named(question.acting)}." if question.acting else ""
    return f"{said[0].upper()}{said[1:]}{other}.{differ} Choose a smaller η."


def _epochs(count: int) -> str:
    return "one epoch" if count == 1 else f"{count} epochs"


def named(keys: Iterable[str]) -> str:
    """The switches in a sentence: the ½ of the loss, the start of b and decay of b."""
    *first, last = [MARKS[key] for key in keys]
    return f"{', '.join(first)} and {last}" if first else last


def heading(key: str, standing: Standing) -> str:
    """A switch in which the codes differ, as the marks in the scripts have it."""
    sign = "=" if standing == "idle" else "≠"
    return f"**{sign} {MARKS[key]}**"


def effect(key: str, standing: Standing, alone: Mapping[str, float]) -> str:
    """What this one switch does to the end of the run."""
    if standing == "joint":
        return (
            "No effect by itself: where the sum is divided by its rows, the step is the same. "
            f"Where it is not, this acts together with {MARKS['divisor']}."
        )
    if standing == "idle":
        return f"Without effect here: {IDLE[key]}."
    said = f"With this alone, all else as “Make them equal” has it, {_ending(alone[key])}"
    if key == "divisor" and "penalty" in alone:
        said += f"; with the penalty added by the optimizer in both, {_ending(alone['penalty'])}"
    return f"{said}."


def _ending(apart: float) -> str:
    return "a code diverges" if math.isnan(apart) else f"the codes end {plain(apart)} apart"


def alike(standings: Mapping[str, Standing]) -> str:
    """The switches in which the codes do not differ."""
    keys = [key for key, standing in standings.items() if standing == "alike"]
    return f"The same in both: {named(keys)}." if keys else ""


def mapping(question: Question) -> str:
    """concise(η, wd) in terms of scratch, in general and with the present numbers, in LaTeX."""
    scratch, concise = question.programs
    c = 2 if scratch.half and not concise.half else 1
    law = r"\text{concise}(\eta, wd) = \text{scratch}(" + (
        r"2\eta, \tfrac{wd}{2})" if c == 2 else r"\eta, wd)"
    )
    equal = (concise.lr * c, concise.weight_decay / c)
    needed = (scratch.lr / c, scratch.weight_decay * c)
    lines = [
        law,
        rf"\text{{concise}}{_pair(concise.lr, concise.weight_decay)} = \text{{scratch}}"
        + _pair(*equal),
    ]
    if equal != (scratch.lr, scratch.weight_decay):
        lines.append(
            rf"\text{{scratch}}{_pair(scratch.lr, scratch.weight_decay)} = \text{{concise}}"
            + _pair(*needed)
        )
    return _gathered(lines)


def steps(question: Question) -> str:
    """What a step of each code on a full batch does to w, with the present numbers, in LaTeX."""
    return _steps(question, min(question.run.batch_size, question.settings.data.n_train))


def short_batch(question: Question) -> tuple[int, str] | None:
    """The rows of the last batch and what a step on them does; None where every batch is full."""
    rows = question.settings.data.n_train % question.run.batch_size
    return (rows, _steps(question, rows)) if rows else None


def _steps(question: Question, rows: int) -> str:
    lines = []
    for program in question.programs:
        keep, data = program.step(rows)
        lines.append(
            rf"\text{{{program.code}:}}\ w \leftarrow {tex(keep, 4)}\,w"
            rf" - {tex(data, 4)} \textstyle\sum_i r_i x_i"
        )
    return _gathered(lines)


def _pair(lr: float, weight_decay: float) -> str:
    return rf"({tex(lr, 4)},\ {tex(weight_decay, 4)})"


def _gathered(lines: Iterable[str]) -> str:
    return r"\begin{gathered}" + r" \\ ".join(lines) + r"\end{gathered}"


def convention(question: Question) -> str:
    """In which unit the losses are drawn, and what the codes themselves would plot."""
    doubled = [program.code for program in question.programs if not program.half]
    if not doubled:
        return "Losses are half mean squares, as both codes have them; the penalty is not in them."
    codes = " and ".join(doubled)
    return (
        "Losses are half mean squares for both, without the penalty; plotted in its own unit, "
        f"without the ½, the {codes} code’s would stand twice as high."
    )


def not_sgd(optimizer: str) -> str:
    """Why the run differs from that on Train."""
    return (
        f"The present run on Train uses {OPTIMIZERS[optimizer].label}; the book’s codes know plain "
        "SGD only, and so does this page."
    )


def capped(question: Question) -> str:
    """That only the first epochs are run."""
    return (
        f"Of the run’s {question.settings.run.epochs} epochs the first {question.run.epochs} are "
        "run here and in the scripts below: two codes with autograd take their time. Choose fewer "
        "examples, larger batches or fewer dimensions to see more of them."
    )


def rates(question: Question) -> str:
    """η and wd of the two codes, for the caption of the formulas."""
    return "; ".join(
        f"{program.code}: η = {number_text(program.lr)}, wd = {number_text(program.weight_decay)}"
        for program in question.programs
    )
